//! Numbers with a fraction, read and written. The library's own ways bring tables of twenty kilobytes, which the
//! page would have to load before it shows anything; nothing on it is read or written by more than a few digits.
//!
//! Whoever writes `{}` for an `f64`, parses one or calls `f64::clamp` (whose panic writes one) brings them back.

/// More digits than this do not fit into a whole number of 64 bits, and none would be seen.
const DIGITS_MAX: u32 = 19;
/// A double is greater or smaller than no other power of ten.
const POWER_MAX: i32 = 400;
/// What is greater is written with a power of ten: beyond it whole numbers do not fit into 64 bits.
const WHOLE_MAX: f64 = 1e18;

/// As `{:.2}` writes it, with so many decimals; what is very great, with a power of ten.
pub fn fixed(number: f64, decimals: usize) -> String {
    if !number.is_finite() {
        return if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "∞"
        } else {
            "-∞"
        }
        .to_owned();
    }
    let decimals = decimals.min(9);
    let scale = 10_u64.pow(decimals as u32);
    let size = number.abs() * scale as f64;
    if size >= WHOLE_MAX {
        return power_of_ten(number);
    }
    let digits = size.round() as u64;
    let sign = if number < 0.0 && digits > 0 { "-" } else { "" };
    match decimals {
        0 => format!("{sign}{digits}"),
        _ => format!("{sign}{}.{:0decimals$}", digits / scale, digits % scale),
    }
}

/// Likewise, without the zeros at its end.
pub fn trimmed(number: f64, decimals: usize) -> String {
    let text = fixed(number, decimals);
    if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// As a length for a style: `12.5px`.
pub fn px(number: f64) -> String {
    trimmed(number, 2) + "px"
}

/// As a share of a whole for a style: `33.3%`, of 1 as the whole.
pub fn percent(share: f64) -> String {
    fixed(share * 100.0, 1) + "%"
}

/// `4.0e-7`
pub fn power_of_ten(number: f64) -> String {
    let power = magnitude(number);
    // Rounding may reach the next power.
    let mut mantissa = fixed(shifted(number, -power), 1);
    let power = if mantissa.ends_with("10.0") { power + 1 } else { power };
    mantissa = mantissa.replace("10.0", "1.0");
    format!("{mantissa}e{power}")
}

/// The power of ten of a number's first digit: 0 of 1 to 9.99, -1 of 0.25.
pub fn magnitude(number: f64) -> i32 {
    let mut size = number.abs();
    if size == 0.0 || !size.is_finite() {
        return 0;
    }
    let mut power = 0;
    while size >= 10.0 {
        size /= 10.0;
        power += 1;
    }
    while size < 1.0 {
        size *= 10.0;
        power -= 1;
    }
    power
}

/// A number times a power of ten.
pub fn shifted(number: f64, power: i32) -> f64 {
    let mut left = power.unsigned_abs();
    let (mut factor, mut number) = (1.0, number);
    // Powers up to 22 are exact: one step for most numbers, and no rounding but its own.
    while left > 0 {
        factor *= 10.0;
        left -= 1;
        if left == 0 || factor >= 1e22 {
            number = if power < 0 { number / factor } else { number * factor };
            factor = 1.0;
        }
    }
    number
}

/// Between two bounds; the upper one wins.
pub fn within(number: f64, least: f64, most: f64) -> f64 {
    number.max(least).min(most)
}

/// A number as JSON and people write it: exact for up to fifteen digits, else at most the last one is off.
pub fn read(text: &str) -> Option<f64> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, power.strip_prefix('+').unwrap_or(power).parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (mut digits, mut known, mut power) = (0_u64, 0, power.clamp(-POWER_MAX, POWER_MAX));
    for (is_fraction, part) in [(false, whole), (true, fraction)] {
        for letter in part.bytes() {
            let digit = letter.is_ascii_digit().then(|| u64::from(letter - b'0'))?;
            if known < DIGITS_MAX {
                digits = digits * 10 + digit;
                known += u32::from(digits > 0);
                power -= i32::from(is_fraction);
            } else {
                power += i32::from(!is_fraction);
            }
        }
    }
    Some(sign * shifted(digits as f64, power))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_written_as_the_library_writes_them() {
        let check = |number: f64, decimals: usize, text: &str| assert_eq!(fixed(number, decimals), text);
        check(0.0, 1, "0.0");
        check(0.04, 1, "0.0");
        check(-0.04, 1, "0.0");
        check(-1.25, 2, "-1.25");
        check(12.3456, 3, "12.346");
        check(99.96, 1, "100.0");
        check(33_554_431.5, 0, "33554432");
        check(7.0, 0, "7");
        check(4e19, 0, "4.0e19");
        check(f64::INFINITY, 1, "∞");
        check(f64::NAN, 1, "NaN");
    }

    #[test]
    fn zeros_at_the_end_are_left_out() {
        let check = |number: f64, text: &str| assert_eq!(trimmed(number, 3), text);
        check(12.5, "12.5");
        check(100.0, "100");
        check(0.0, "0");
        check(1e30, "1.0e30");
        assert_eq!(
            (px(120.0), px(2.254), percent(0.3333)),
            ("120px".into(), "2.25px".into(), "33.3%".into())
        );
    }

    #[test]
    fn powers_of_ten_are_found() {
        let check = |number: f64, power: i32| assert_eq!(magnitude(number), power, "{number}");
        check(1.0, 0);
        check(9.99, 0);
        check(10.0, 1);
        check(-0.25, -1);
        check(4e-7, -7);
        check(0.0, 0);
        assert_eq!(power_of_ten(0.000_000_4), "4.0e-7");
        assert_eq!(power_of_ten(-9.98e20), "-1.0e21");
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "1e", "1e400000000000", "0x10", "1 ", "null", "--1", "1.2.3", "NaN"] {
            assert_eq!(read(text), None, "{text}");
        }
        for (text, number) in [("0", 0.0), ("-0.5", -0.5), ("1e3", 1e3), ("2.5E-3", 2.5e-3), (".5", 0.5)] {
            assert_eq!(read(text), Some(number), "{text}");
        }
        assert_eq!((read("1e999"), read("1e-999")), (Some(f64::INFINITY), Some(0.0)));
    }

    proptest! {
        #[test]
        fn short_numbers_are_read_exactly(digits in -999_999_999_999_999_i64..999_999_999_999_999, power in 0..15) {
            let text = format!("{digits}e-{power}");
            prop_assert_eq!(read(&text), text.parse().ok());
        }

        #[test]
        fn any_number_is_read_nearly(number: f64) {
            prop_assume!(number.is_finite() && number.abs() > 1e-290);
            let known = read(&format!("{number:e}")).unwrap();
            prop_assert!((known / number - 1.0).abs() < 1e-14, "{} {}", known, number);
        }

        #[test]
        fn any_number_is_written_as_the_library_does(thousandths in -1_000_000_000_i64..1_000_000_000) {
            let number = thousandths as f64 / 1_000.0;
            prop_assert_eq!(fixed(number, 3), format!("{:.3}", number).replace("-0.000", "0.000"));
        }
    }
}
