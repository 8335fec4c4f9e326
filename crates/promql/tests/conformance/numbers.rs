//! The scripts' notation of samples: `1+2x3 _ stale {{…}}`.

use promql::STALE;

/// Samples one step apart; `None`: no sample there.
pub(crate) type Row = Vec<Option<f64>>;

/// Reads samples; `None` where a native histogram is among them.
pub(crate) fn row(text: &str) -> Option<Row> {
    if text.contains("{{") {
        return None;
    }
    let mut row = Row::new();
    for word in text.split_whitespace() {
        push(word, &mut row);
    }
    Some(row)
}

fn push(word: &str, row: &mut Row) {
    let (what, times) = match word.rsplit_once('x').filter(|(_, times)| times.parse::<usize>().is_ok()) {
        Some((what, times)) => (what, Some(times.parse::<usize>().unwrap())),
        None => (word, None),
    };
    if what == "_" {
        row.extend(std::iter::repeat_n(None, times.unwrap_or(1)));
        return;
    }
    let (first, step) = progression(what);
    let mut value = first;
    for _ in 0..=times.unwrap_or(0) {
        row.push(Some(value));
        value += step;
    }
}

/// `1+2`, `1-2`, `1e-3`
fn progression(text: &str) -> (f64, f64) {
    if text == "stale" {
        return (STALE, 0.0);
    }
    if let Some(number) = number(text) {
        return (number, 0.0);
    }
    let sign = text
        .char_indices()
        .skip(1)
        .find(|(at, sign)| matches!(sign, '+' | '-') && !text[..*at].ends_with(['e', 'E']));
    let (at, _) = sign.unwrap_or_else(|| panic!("no number: {text}"));
    (number(&text[..at]).unwrap(), number(&text[at..]).unwrap())
}

pub(crate) fn number(text: &str) -> Option<f64> {
    match text.trim_start_matches('+') {
        "Inf" | "inf" => Some(f64::INFINITY),
        "-Inf" | "-inf" => Some(f64::NEG_INFINITY),
        "NaN" | "nan" | "-NaN" => Some(f64::NAN),
        plain => match plain.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok().map(|number| number as f64),
            None => plain.parse().ok(),
        },
    }
}

/// Whether two numbers are the same but for rounding.
pub(crate) fn same(a: f64, b: f64) -> bool {
    if a.is_nan() || b.is_nan() {
        return a.is_nan() && b.is_nan();
    }
    let distance = (a - b).abs();
    let size = a.abs() + b.abs();
    a == b || distance < f64::MIN_POSITIVE || distance / size.min(f64::MAX) < 1e-6
}

/// `5m`, `1h30m`, `300`, in milliseconds.
pub(crate) fn millis(text: &str) -> i64 {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    if let Some(seconds) = number(text) {
        return sign * (seconds * 1e3).round() as i64;
    }
    let duration = model::parse_duration(text).unwrap_or_else(|error| panic!("{error}"));
    sign * duration.as_millis() as i64
}
