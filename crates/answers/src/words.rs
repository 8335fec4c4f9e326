//! Numbers and times in plain words.

use api::Millis;

/// An instant, for the page to write in its reader's zone.
pub(crate) fn clock(at: Millis) -> String {
    format!("{{{at}}}")
}

/// `3.2 %`
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p >= 99.95 => "100 %".to_owned(),
        p if p >= 10.0 => format!("{p:.0} %"),
        p if p >= 0.095 => format!("{p:.1} %"),
        p if p > 0.0 => "under 0.1 %".to_owned(),
        _ => "0 %".to_owned(),
    }
}

/// `1,240`
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 task`, `1,240 tasks`
pub(crate) fn plural(number: u64, word: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {word}{s}", count(number))
}

/// `120 ms`, `2.3 s`
pub(crate) fn millis(ms: f64) -> String {
    match ms {
        ms if ms >= 10_000.0 => format!("{:.0} s", ms / 1e3),
        ms if ms >= 1_000.0 => format!("{:.1} s", ms / 1e3),
        ms => format!("{ms:.0} ms"),
    }
}

/// `two minutes`, `3 hours`: of something told in passing.
pub(crate) fn span(seconds: f64) -> String {
    let unit = |number: f64, word: &str| {
        let number = number.round().max(1.0) as u64;
        let s = if number == 1 { "" } else { "s" };
        format!("{} {word}{s}", small(number))
    };
    match seconds.max(0.0) {
        s if s < 90.0 => unit(s, "second"),
        s if s < 5_400.0 => unit(s / 60.0, "minute"),
        s if s < 129_600.0 => unit(s / 3_600.0, "hour"),
        s => unit(s / 86_400.0, "day"),
    }
}

fn small(number: u64) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    usize::try_from(number)
        .ok()
        .and_then(|at| WORDS.get(at))
        .map_or_else(|| count(number), |word| (*word).to_owned())
}

/// `256 MB`
pub(crate) fn bytes(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut left = bytes.max(0.0);
    let mut unit = 0;
    while left >= 1_000.0 && unit + 1 < UNITS.len() {
        left /= 1_000.0;
        unit += 1;
    }
    let digits = usize::from(left < 10.0 && unit > 0);
    format!("{left:.digits$} {}", UNITS[unit])
}

/// `web`, `web and worker`, `web, worker and 3 others`
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} others", rest.len()),
    }
}

/// The first letter as sentences begin.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    first.to_uppercase().chain(letters).collect()
}

/// At most so many characters, on one line.
pub(crate) fn cut(text: &str, characters: usize) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= characters {
        return line.to_owned();
    }
    let kept: String = line.chars().take(characters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let shares = [0.0, 0.0004, 0.001, 0.032, 0.5, 0.9999].map(percent);
        assert_eq!(shares, ["0 %", "under 0.1 %", "0.1 %", "3.2 %", "50 %", "100 %"]);
        assert_eq!([0, 999, 1_240, 1_234_567].map(count), ["0", "999", "1,240", "1,234,567"]);
        assert_eq!([plural(1, "task"), plural(2_000, "user")], ["1 task", "2,000 users"]);
        assert_eq!([12.4, 1_234.0, 45_600.0].map(millis), ["12 ms", "1.2 s", "46 s"]);
        let spans = [0.0, 45.0, 121.0, 1_500.0, 7_200.0, 259_200.0].map(span);
        assert_eq!(
            spans,
            ["one second", "45 seconds", "two minutes", "25 minutes", "two hours", "three days"]
        );
        assert_eq!([512.0, 2.68e8, 1.5e9].map(bytes), ["512 B", "268 MB", "1.5 GB"]);
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        let lists = [list(&names[..1]), list(&names[..2]), list(&names[..3]), list(&names)];
        assert_eq!(lists, ["a", "a and b", "a, b and c", "a, b and 2 others"]);
        assert_eq!([cut("\n  ab cd\nx", 20), cut("abcdef", 4)], ["ab cd", "abc…"]);
        assert_eq!(capital("éa"), "Éa");
    }
}
