//! How numbers are written on the page.

use crate::decimal::{fixed, magnitude, power_of_ten, trimmed};

/// Between groups of three digits: a narrow space that does not break.
const GROUP: char = '\u{202f}';

/// `1 284`, all digits.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * GROUP.len_utf8());
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(GROUP);
        }
        text.push(digit);
    }
    text
}

/// At most four characters and a letter: `999`, `1.2k`, `12k`, `3.4M`.
pub fn compact(number: u64) -> String {
    scaled(number as f64, 1_000.0, &["", "k", "M", "G", "T", "P", "E"])
}

/// `0`, `0.4`, `3`, `1.2k`: a rate, of small ones the first decimal.
pub fn rate(number: f64) -> String {
    if number > 0.0 && number < 9.95 {
        let text = fixed(number.max(0.1), 1);
        return text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned);
    }
    compact(number.round() as u64)
}

/// `512 B`, `1.2 KiB`, `20 GiB`.
pub fn bytes(number: u64) -> String {
    scaled(number as f64, 1_024.0, &[" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"])
}

/// A number of any size and sign, three digits or so: `0`, `0.003`, `12.5`, `1.2k`, `-40M`.
pub fn short(number: f64) -> String {
    let size = number.abs();
    if size >= 999.5 {
        let text = scaled(size, 1_000.0, &["", "k", "M", "G", "T", "P", "E"]).replace(".0", "");
        return if number < 0.0 { format!("-{text}") } else { text };
    }
    if size == 0.0 {
        return "0".to_owned();
    }
    if size < 1e-6 {
        return power_of_ten(number);
    }
    trimmed(number, (2 - magnitude(size)).clamp(0, 9) as usize)
}

fn scaled(number: f64, base: f64, units: &[&str]) -> String {
    let mut value = number;
    let mut unit = 0;
    // 999.6 would be written as 1000 of its unit.
    while value >= base - 0.5 && unit + 1 < units.len() {
        value /= base;
        unit += 1;
    }
    if unit > 0 && value < 9.95 {
        return fixed(value, 1) + units[unit];
    }
    fixed(value, 0) + units[unit]
}

/// `1 line`, `2 lines`: the number and the word, with an `s` for all but one.
pub fn plural(number: u64, word: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {word}{ending}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_is_short() {
        let check = |number: f64, text: &str| assert_eq!(short(number), text);
        check(0.0, "0");
        check(0.003, "0.003");
        check(-0.25, "-0.25");
        check(12.499, "12.5");
        check(100.0, "100");
        check(999.4, "999");
        check(1_200.0, "1.2k");
        check(5_000.0, "5k");
        check(-40_000_000.0, "-40M");
        check(0.000_000_4, "4.0e-7");
    }

    #[test]
    fn numbers_are_written_for_people() {
        for (number, all, short) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1 000", "1.0k"),
            (1_284, "1 284", "1.3k"),
            (9_949, "9 949", "9.9k"),
            (9_950, "9 950", "10k"),
            (999_499, "999 499", "999k"),
            (999_501, "999 501", "1.0M"),
            (12_345_678, "12 345 678", "12M"),
        ] {
            assert_eq!(count(number).replace(GROUP, " "), all);
            assert_eq!(compact(number), short);
        }
        for (number, text) in [(0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (21_474_836_480, "20 GiB")]
        {
            assert_eq!(bytes(number), text);
        }
        for (number, text) in
            [(0.0, "0"), (0.01, "0.1"), (0.44, "0.4"), (3.0, "3"), (9.96, "10"), (1_234.5, "1.2k")]
        {
            assert_eq!(rate(number), text);
        }
        assert_eq!((plural(1, "line"), plural(0, "line")), ("1 line".to_owned(), "0 lines".to_owned()));
    }
}
