//! Reads numbers, durations and amounts of bytes out of labels as Go and Loki do. Each fault is told in Go's
//! words, which users know from `__error_details__`.

/// Reads a number.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    let fault = |what: &str| format!("strconv.ParseFloat: parsing {text:?}: {what}");
    match text.parse::<f64>() {
        Ok(number) if number.is_infinite() && text.bytes().any(|byte| byte.is_ascii_digit()) => {
            Err(fault("value out of range"))
        }
        Ok(number) => Ok(number),
        Err(_) => Err(fault("invalid syntax")),
    }
}

/// Reads a Go duration such as `1h2m0.5s`, in nanoseconds. A bare `0` is zero.
pub(crate) fn duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut rest = unsigned;
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let length = rest.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(rest.len());
        let (amount, after) = rest.split_at(length);
        let length = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(length);
        let digits = amount.bytes().filter(u8::is_ascii_digit).count();
        if digits == 0 || amount.len() - digits > 1 {
            return Err(invalid());
        }
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {text:?}"));
        }
        let nanos =
            unit_nanos(unit).ok_or_else(|| format!("time: unknown unit {unit:?} in duration {text:?}"))?;
        total += decimal_times(amount, nanos).ok_or_else(invalid)?;
        if total > 1 << 63 {
            return Err(invalid());
        }
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| invalid())
}

fn unit_nanos(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// `amount × nanos`, rounded down.
fn decimal_times(amount: &str, nanos: i128) -> Option<i128> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let read = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<i128>().ok() };
    let whole = read(whole).filter(|whole| *whole <= 1 << 63)?;
    let fraction = &fraction[..fraction.len().min(15)];
    Some(whole * nanos + read(fraction)? * nanos / 10_i128.pow(fraction.len() as u32))
}

/// Reads an amount of bytes: `1.5 MB`, `42mib`, `1,024`. Units may be in any case.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let length = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (amount, unit) = text.split_at(length);
    let amount = amount.replace(',', "");
    let amount: f64 =
        amount.parse().map_err(|_| format!("strconv.ParseFloat: parsing {amount:?}: invalid syntax"))?;
    let unit = unit.trim().to_lowercase();
    let factor = unit_bytes(&unit).ok_or_else(|| format!("unhandled size name: {unit}"))?;
    let bytes = amount * factor as f64;
    if bytes >= u64::MAX as f64 { Err(format!("too large: {text}")) } else { Ok(bytes as u64) }
}

fn unit_bytes(unit: &str) -> Option<u64> {
    let (prefix, binary) = match unit.strip_suffix("ib").or_else(|| unit.strip_suffix('i')) {
        Some(prefix) => (prefix, true),
        None => (unit.strip_suffix('b').unwrap_or(unit), false),
    };
    let power = match prefix {
        "" if !binary => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        "e" => 6,
        _ => return None,
    };
    Some(if binary { 1 << (10 * power) } else { 1000_u64.pow(power) })
}
