//! What a client of the engine asks.

use std::io::BufRead;

use anyhow::Result;
use model::Timestamp;

/// A request without a body: the collector only ever asks.
pub(super) struct Request {
    path: String,
    query: String,
}

impl Request {
    /// The next one; `None` when the client closed the connection.
    pub(super) fn read(input: &mut impl BufRead) -> Result<Option<Self>> {
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let target = line.split(' ').nth(1).unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = Self { path: path.to_owned(), query: query.to_owned() };
        loop {
            line.clear();
            if input.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
                return Ok(Some(request));
            }
        }
    }

    /// The path without the version in front.
    pub(super) fn segments(&self) -> Vec<&str> {
        let mut segments: Vec<&str> = self.path.split('/').filter(|segment| !segment.is_empty()).collect();
        let versioned = segments.first().is_some_and(|first| first.starts_with("v1."));
        segments.drain(..usize::from(versioned));
        segments
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// Whether a parameter is on.
    pub(super) fn is(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| matches!(value, "1" | "true" | "True"))
    }

    /// How many of the last lines are wanted; `None`: all.
    pub(super) fn tail(&self) -> Option<u64> {
        self.parameter("tail")?.parse().ok()
    }

    /// From when on: seconds, with nanoseconds behind the dot.
    pub(super) fn since(&self) -> Option<Timestamp> {
        let since = self.parameter("since")?;
        let (seconds, fraction) = since.split_once('.').unwrap_or((since, "0"));
        let nanos: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
        Some(Timestamp::from_nanos(seconds.parse::<i64>().ok()? * 1_000_000_000 + nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Request> {
        Request::read(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn paths_lose_their_version() {
        let check = |path: &str, segments: &[&str]| {
            let request = read(&format!("GET {path} HTTP/1.1\r\nHost: docker\r\n\r\n")).unwrap();
            assert_eq!(request.segments(), segments, "{path}");
        };
        check("/v1.41/containers/json?all=1", &["containers", "json"]);
        check("/_ping", &["_ping"]);
        check("/containers/ab/logs?follow=1", &["containers", "ab", "logs"]);
        assert!(read("").is_none());
    }

    #[test]
    fn instants_keep_their_nanoseconds() {
        let check = |query: &str, nanos: Option<i64>| {
            let request = read(&format!("GET /logs?{query} HTTP/1.1\r\n\r\n")).unwrap();
            assert_eq!(request.since().map(Timestamp::nanos), nanos, "{query}");
        };
        check("follow=1&since=12.000000345", Some(12_000_000_345));
        check("since=12.5", Some(12_500_000_000));
        check("since=0", Some(0));
        check("follow=true", None);
    }
}
