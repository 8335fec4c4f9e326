//! How a number is written in its unit, on axes, in cells and under the cursor.

use crate::decimal::trimmed;
use crate::number::short;

/// A value in a unit that the server names: `bytes`, `bytes per second`, `seconds`, `cores`, `ratio`, `percent`,
/// `per second`. One that is not known stands behind the number as it is; `""`: none.
pub fn written(value: f64, unit: &str) -> String {
    match unit {
        "" => short(value),
        "bytes" => bytes(value),
        "bytes per second" | "bytes/s" => format!("{}/s", bytes(value)),
        "seconds" => seconds(value),
        "ratio" => percent(value * 100.0),
        "percent" => percent(value),
        "per second" | "1/s" => format!("{}/s", short(value)),
        "cores" => cores(value),
        other => format!("{} {other}", short(value)),
    }
}

/// `1.5 MiB`, of any sign.
fn bytes(value: f64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut size = value.abs();
    let mut unit = 0;
    // Four digits are more than one reads at a glance.
    while size >= 999.5 && unit + 1 < UNITS.len() {
        size /= 1_024.0;
        unit += 1;
    }
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{} {}", short(size), UNITS[unit])
}

/// `0.004`, `0.13`, `2.4`: no finer than thousandths.
fn cores(value: f64) -> String {
    if value.abs() >= 1.0 {
        return short(value);
    }
    trimmed(value, 3)
}

/// `350 µs`, `12.5 ms`, `3.2 s`, `5 min`, `2.5 h`, `30 d`.
fn seconds(value: f64) -> String {
    const UNITS: [(&str, f64); 6] =
        [("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)];
    let size = value.abs();
    if size == 0.0 {
        return "0 s".to_owned();
    }
    // Two of the greater unit are needed from minutes on: 90 s is clearer than 1.5 min.
    let fits =
        |(name, unit): &&(&str, f64)| size >= unit * if *unit > 1.0 { 2.0 } else { 0.9995 } || *name == "µs";
    let (name, unit) = UNITS.iter().find(fits).unwrap_or(&UNITS[5]);
    format!("{} {name}", short(value / unit))
}

/// A share in percent. What is nearly all is never written as all.
fn percent(value: f64) -> String {
    let decimals = match value.abs() {
        value if value > 99.0 && value < 100.0 => 3,
        value if value < 10.0 => 2,
        _ => 1,
    };
    let text = trimmed(value, decimals);
    let rounded_up = value < 100.0 && text.starts_with("100");
    let text = if rounded_up { "99.999".to_owned() } else { text };
    format!("{text} %")
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn numbers_stand_in_their_unit() {
        let check =
            |value: f64, unit: &str, text: &str| assert_eq!(written(value, unit), text, "{value} {unit}");
        check(1_234.0, "", "1.2k");
        check(0.0, "bytes", "0 B");
        check(1_000.0, "bytes", "0.977 KiB");
        check(999.4, "bytes", "999 B");
        check(1_024.0, "bytes", "1 KiB");
        check(1_536.0, "bytes", "1.5 KiB");
        check(-3_145_728.0, "bytes", "-3 MiB");
        check(2_048.0, "bytes per second", "2 KiB/s");
        check(0.0, "seconds", "0 s");
        check(0.000_35, "seconds", "350 µs");
        check(0.012_5, "seconds", "12.5 ms");
        check(0.999_9, "seconds", "1 s");
        check(3.25, "seconds", "3.25 s");
        check(90.0, "seconds", "90 s");
        check(300.0, "seconds", "5 min");
        check(9_000.0, "seconds", "2.5 h");
        check(2_592_000.0, "seconds", "30 d");
        check(1.0, "ratio", "100 %");
        check(0.999_996, "ratio", "99.999 %");
        check(0.999_5, "ratio", "99.95 %");
        check(0.5, "ratio", "50 %");
        check(0.004, "ratio", "0.4 %");
        check(12.34, "percent", "12.3 %");
        check(0.25, "cores", "0.25");
        check(0.008_19, "cores", "0.008");
        check(0.0, "cores", "0");
        check(2.437, "cores", "2.44");
        check(12.0, "per second", "12/s");
        check(5.0, "celsius", "5 celsius");
    }
}
