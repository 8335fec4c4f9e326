//! What is true of the lines, found by reading them all: what the appliance says is compared with it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::load::wire;

const HOUR_NANOS: u64 = 3_600_000_000_000;

/// Services that answer requests; their lines have a `path` and a `status`.
const ANSWERING: [&str; 3] = ["api", "edge", "web"];

/// The container whose newest lines are asked for.
pub(super) const WATCHED: &str = "shop-web-1";

/// Counts of lines.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Answers {
    /// All of them.
    pub(super) lines: u64,
    /// The first one's nanosecond.
    pub(super) first: u64,
    /// The last one's.
    pub(super) last: u64,
    /// A request's id.
    pub(super) needle: String,
    /// Lines that hold it.
    pub(super) needles: u64,
    /// Lines of workers that hold `card_declined`.
    pub(super) declined: u64,
    /// Lines that match `timeout after [0-9]{4,}ms`.
    pub(super) timeouts: u64,
    /// Those of `web`.
    pub(super) web_timeouts: u64,
    /// Lines that match `[89][0-9]{2}[.][0-9]{3} ms`.
    pub(super) slow: u64,
    /// By what the line itself says its level is.
    pub(super) levels: BTreeMap<String, u64>,
    /// By service.
    pub(super) services: BTreeMap<String, u64>,
    /// Lines of a status of 500 and above within the last hour, by path.
    pub(super) failures: BTreeMap<String, u64>,
    /// Lines of [`WATCHED`].
    pub(super) watched: u64,
}

impl Answers {
    /// Reads all lines.
    pub(super) fn of(bodies: &[Vec<u8>], needle: &str) -> Result<Self> {
        let mut answers = Self { needle: needle.to_owned(), first: u64::MAX, ..Self::default() };
        let mut failures = Vec::new();
        for body in bodies {
            let request = snap::raw::Decoder::new().decompress_vec(body)?;
            for stream in wire::streams(&request)? {
                let service = label(stream.labels, "service").context("a stream without a service")?;
                *answers.services.entry(service.to_owned()).or_default() += stream.entries.len() as u64;
                if label(stream.labels, "container") == Some(WATCHED) {
                    answers.watched += stream.entries.len() as u64;
                }
                for (nanos, line) in stream.entries {
                    answers.add(service, nanos, line);
                    if ANSWERING.contains(&service) && number(line, "status") >= Some(500) {
                        failures.push((nanos, text(line, "path").context(line.to_owned())?.to_owned()));
                    }
                }
            }
        }
        failures.retain(|(nanos, _)| nanos + HOUR_NANOS > answers.last);
        for (_, path) in failures {
            *answers.failures.entry(path).or_default() += 1;
        }
        Ok(answers)
    }

    fn add(&mut self, service: &str, nanos: u64, line: &str) {
        self.lines += 1;
        self.first = self.first.min(nanos);
        self.last = self.last.max(nanos);
        let level = text(line, "level").unwrap_or_default();
        match self.levels.get_mut(level) {
            Some(count) => *count += 1,
            None => drop(self.levels.insert(level.to_owned(), 1)),
        }
        self.needles += u64::from(line.contains(&self.needle));
        self.slow += u64::from(is_slow(line));
        if service == "worker" {
            self.declined += u64::from(line.contains("card_declined"));
        }
        if is_timeout(line) {
            self.timeouts += 1;
            self.web_timeouts += u64::from(service == "web");
        }
    }

    /// The most lines that ten paths have together.
    pub(super) fn ten_paths(&self) -> u64 {
        let mut counts: Vec<u64> = self.failures.values().copied().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        counts.iter().take(10).sum()
    }

    /// Levels by the names that Loki's `detected_level` has.
    pub(super) fn detected_levels(&self) -> BTreeMap<String, u64> {
        let renamed = |level: &String| if level == "warning" { "warn".to_owned() } else { level.clone() };
        self.levels.iter().map(|(level, count)| (renamed(level), *count)).collect()
    }
}

/// The value of a label in `{name="value", …}`; no value here holds a quote.
fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = labels.trim_matches(['{', '}']).split(", ");
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix("=\"")?.strip_suffix('"'))
}

/// The text at a key of the line's JSON; keys come once, and no text here holds a quote.
fn text<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = line.split_once(&format!("\"{key}\":\""))?;
    after.split('"').next()
}

fn number(line: &str, key: &str) -> Option<u64> {
    let (_, after) = line.split_once(&format!("\"{key}\":"))?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn is_timeout(line: &str) -> bool {
    line.match_indices("timeout after ").any(|(at, words)| {
        let rest = &line[at + words.len()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits >= 4 && rest[digits..].starts_with("ms")
    })
}

fn is_slow(line: &str) -> bool {
    line.match_indices(" ms").any(|(at, _)| {
        let [.., a, b, c, b'.', d, e, f] = line.as_bytes()[..at] else { return false };
        matches!(a, b'8' | b'9') && [b, c, d, e, f].iter().all(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_the_queries_read_them() {
        let labels = r#"{project="shop", service="web", container="shop-web-1"}"#;
        assert_eq!(label(labels, "service"), Some("web"));
        assert_eq!(label(labels, "container"), Some(WATCHED));
        let line = r#"{"level":"error","path":"/cart/","status":502,"duration_ms":812.4}"#;
        assert_eq!((text(line, "level"), text(line, "path")), (Some("error"), Some("/cart/")));
        assert_eq!((number(line, "status"), number(line, "bytes")), (Some(502), None));
        assert!(is_timeout("x timeout after 1000ms") && !is_timeout("timeout after 999ms"));
        assert!(!is_timeout("timeout after 1000 ms"));
        assert!(is_slow("duration: 812.345 ms  execute") && is_slow("1912.000 ms"));
        assert!(!is_slow("712.345 ms") && !is_slow("12.345 ms") && !is_slow("812.34 ms"));
    }

    #[test]
    fn every_line_is_counted() {
        let mut stream = Vec::new();
        wire::bytes_field(&mut stream, 1, br#"{project="shop", service="web", container="shop-web-1"}"#);
        let hour = 3_600_000_000_000;
        for (at, status) in [(0, 500), (2 * hour, 200), (3 * hour - 1, 503), (3 * hour, 502)] {
            let line = format!(r#"{{"level":"warning","path":"/a","status":{status}}}"#);
            wire::entry(&mut stream, at, line.as_bytes());
        }
        let mut request = Vec::new();
        wire::bytes_field(&mut request, 1, &stream);
        let body = snap::raw::Encoder::new().compress_vec(&request).unwrap();
        let answers = Answers::of(&[body], "503").unwrap();
        assert_eq!((answers.lines, answers.first, answers.last), (4, 0, 3 * hour));
        assert_eq!((answers.needles, answers.ten_paths(), answers.watched), (1, 2, 4));
        assert_eq!(answers.detected_levels(), BTreeMap::from([("warn".to_owned(), 4)]));
    }
}
