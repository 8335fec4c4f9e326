//! Floats as Go's `strconv.FormatFloat` writes them.

use super::spec::Spec;

impl Spec {
    /// Appends the number in the format of a verb; `default` is the precision where none is written, `None` as many
    /// digits as tell the number from its neighbours.
    pub(super) fn float(&self, number: f64, verb: char, default: Option<usize>, out: &mut String) {
        let precision = self.precision.or(default);
        let mut body = format_float(number.abs(), verb, precision);
        let sign = match (number.is_sign_negative() && !number.is_nan(), self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        };
        if !number.is_finite() {
            let sign = if sign.is_empty() && number.is_infinite() { "+" } else { sign };
            return Self { zero: false, ..*self }.pad(&format!("{sign}{body}"), out);
        }
        if self.sharp && verb != 'b' {
            body = with_point(&body, verb, precision);
        }
        let fill = self.width.unwrap_or(0).saturating_sub(body.len() + 1);
        if !sign.is_empty() && self.zero && !self.minus && fill > 0 {
            out.push_str(sign);
            out.extend(std::iter::repeat_n('0', fill));
            return out.push_str(&body);
        }
        self.pad(&format!("{sign}{body}"), out);
    }
}

/// The magnitude of a number by one of `e E f g G b x X`.
fn format_float(number: f64, verb: char, precision: Option<usize>) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return "Inf".to_owned();
    }
    match verb {
        'b' => binary(number),
        'x' => hexadecimal(number, precision),
        'X' => hexadecimal(number, precision).to_uppercase(),
        'f' => match precision {
            Some(precision) => format!("{number:.precision$}"),
            None => format!("{number}"),
        },
        'e' => exponent(number, precision),
        'E' => exponent(number, precision).to_uppercase(),
        'G' => shortest(number, precision).to_uppercase(),
        _ => shortest(number, precision),
    }
}

/// `d.ddde±dd`
fn exponent(number: f64, precision: Option<usize>) -> String {
    let (mantissa, exponent) = scientific(number, precision);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// `d.ddd` and the power of ten.
fn scientific(number: f64, precision: Option<usize>) -> (String, i32) {
    let text = match precision {
        Some(precision) => format!("{number:.precision$e}"),
        None => format!("{number:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.to_owned(), exponent.parse().unwrap_or(0))
}

/// `%g`: `%e` for small and large exponents, else `%f`; no trailing zeros.
fn shortest(number: f64, precision: Option<usize>) -> String {
    let (mantissa, power) = scientific(number, precision.map(|precision| precision.max(1) - 1));
    let digits = mantissa.replace('.', "");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    let count = digits.len() as i32;
    let limit = match precision.map(|precision| precision.max(1) as i32) {
        None => 6,
        Some(precision) if precision > count && count > power => count,
        Some(precision) => precision,
    };
    if power < -4 || power >= limit {
        let rest = if count > 1 { format!(".{}", &digits[1..]) } else { String::new() };
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{}{rest}e{sign}{:02}", &digits[..1], power.unsigned_abs());
    }
    let decimals = (count - power - 1).max(0) as usize;
    match precision {
        None => format!("{number}"),
        Some(_) => rounded(digits, power, decimals),
    }
}

/// Digits with the point after the first and `power` more.
fn rounded(digits: &str, power: i32, decimals: usize) -> String {
    let whole = if power < 0 {
        format!("0{}{digits}", "0".repeat(power.unsigned_abs() as usize - 1))
    } else {
        format!("{digits:0<width$}", width = power as usize + 1)
    };
    if decimals == 0 {
        return whole;
    }
    let split = if power < 0 { 1 } else { power as usize + 1 };
    format!("{}.{}", &whole[..split], &whole[split..])
}

/// `4503599627370496p-52`
fn binary(number: f64) -> String {
    let (mantissa, power) = parts(number);
    format!("{mantissa}p{power:+}")
}

/// The integer mantissa and the power of two that it is multiplied by.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let power = (bits >> 52) as i32 & 0x7ff;
    let fraction = bits & ((1 << 52) - 1);
    if power == 0 { (fraction, -1074) } else { (fraction | 1 << 52, power - 1075) }
}

/// `0x1.8p+01`
fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut power) = parts(number);
    if mantissa == 0 {
        let zeros = precision.map_or(String::new(), |precision| match precision {
            0 => String::new(),
            _ => format!(".{}", "0".repeat(precision)),
        });
        return format!("0x0{zeros}p+00");
    }
    while mantissa < 1 << 52 {
        mantissa <<= 1;
        power -= 1;
    }
    power += 52;
    if let Some(kept) = precision.filter(|precision| *precision < 13) {
        let dropped = (13 - kept as u32) * 4;
        let half = 1_u64 << (dropped - 1);
        let odd = mantissa >> dropped & 1;
        mantissa = (mantissa + half - 1 + odd) >> dropped << dropped;
        if mantissa >= 1 << 53 {
            mantissa >>= 1;
            power += 1;
        }
    }
    let digits = format!("{:013x}", mantissa & ((1 << 52) - 1));
    let digits = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(precision) if precision <= 13 => digits[..precision].to_owned(),
        Some(precision) => format!("{digits:0<precision$}"),
    };
    let point = if digits.is_empty() { "" } else { "." };
    let sign = if power < 0 { '-' } else { '+' };
    format!("0x1{point}{digits}p{sign}{:02}", power.unsigned_abs())
}

/// The `#` flag: always a point, and `%g` keeps its trailing zeros.
fn with_point(body: &str, verb: char, precision: Option<usize>) -> String {
    let is_hex = matches!(verb, 'x' | 'X');
    let marks: &[char] = if is_hex { &['p', 'P'] } else { &['e', 'E', 'p', 'P'] };
    let (head, tail) = body.split_at(body.find(marks).unwrap_or(body.len()));
    let mut digits = match verb {
        'g' | 'G' | 'x' => precision.unwrap_or(6),
        _ => 0,
    };
    let significant = head.trim_start_matches(['0', '.']).chars().filter(|digit| *digit != '.').count();
    digits = digits.saturating_sub(significant);
    let mut text = head.to_owned();
    if !head.contains('.') {
        digits = digits.saturating_sub(usize::from(head == "0"));
        text.push('.');
    }
    text.extend(std::iter::repeat_n('0', digits));
    text + tail
}
