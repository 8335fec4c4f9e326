//! The lines that both are given, from `testdata/compare/lines.txt`.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::load::http::Client;

const MILLISECOND: u64 = 1_000_000;

/// One stream.
struct Stream {
    labels: BTreeMap<String, String>,
    metadata: BTreeMap<String, String>,
    step: u64,
    times: usize,
    lines: Vec<String>,
}

/// All streams of the file.
pub(super) struct Fixture {
    streams: Vec<Stream>,
}

impl Fixture {
    /// Reads the file.
    pub(super) fn read(text: &str) -> Result<Self> {
        let mut streams: Vec<Stream> = Vec::new();
        for line in text.lines() {
            if let Some(head) = line.strip_prefix("@ ") {
                streams.push(head_of(head).with_context(|| line.to_owned())?);
                continue;
            }
            let Some(stream) = streams.last_mut() else { continue };
            match line.strip_prefix("%metadata ") {
                Some(pairs) => {
                    let pairs = pairs.split(' ').filter_map(|pair| pair.split_once('='));
                    stream.metadata =
                        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                }
                None => stream.lines.push(line.to_owned()),
            }
        }
        for stream in &mut streams {
            // An empty line in the middle is a line, the one before the next head is not.
            if stream.lines.last().is_some_and(String::is_empty) {
                stream.lines.pop();
            }
        }
        Ok(Self { streams })
    }

    /// Nanoseconds from the first line to the last.
    pub(super) fn span(&self) -> u64 {
        self.streams
            .iter()
            .map(|stream| stream.step * (stream.lines.len() * stream.times) as u64)
            .max()
            .unwrap_or(0)
    }

    /// Pushes all lines, the first at `begin`, with one more label.
    pub(super) fn push(&self, client: &mut Client, begin: u64, run: &str) -> Result<()> {
        for (index, stream) in self.streams.iter().enumerate() {
            // No two lines have the same time.
            let first = begin + index as u64 * MILLISECOND;
            let body = json!({ "streams": [stream.request(first, run)] }).to_string();
            let answer = client.post("/loki/api/v1/push", "application/json", body.as_bytes())?;
            if answer.status / 100 != 2 {
                bail!("the push of {:?} was answered {}: {}", stream.labels, answer.status, answer.text());
            }
        }
        Ok(())
    }
}

impl Stream {
    fn request(&self, first: u64, run: &str) -> Value {
        let mut labels = self.labels.clone();
        labels.insert("run".to_owned(), run.to_owned());
        let count = self.lines.len() * self.times;
        let values: Vec<Value> = (0..count).map(|number| self.entry(first, number)).collect();
        json!({ "stream": labels, "values": values })
    }

    fn entry(&self, first: u64, number: usize) -> Value {
        let filled = |text: &String| text.replace("%n", &number.to_string()).replace("%e", "\u{1b}");
        let time = (first + self.step * number as u64).to_string();
        let line = filled(&self.lines[number % self.lines.len()]);
        let metadata: BTreeMap<&String, String> =
            self.metadata.iter().map(|(name, value)| (name, filled(value))).collect();
        if metadata.is_empty() { json!([time, line]) } else { json!([time, line, metadata]) }
    }
}

/// `{name="value",…} MILLISECONDS TIMES`
fn head_of(head: &str) -> Result<Stream> {
    let (labels, rest) = head.split_once("} ").context("labels in braces")?;
    let (step, times) = rest.split_once(' ').context("a step and a number of times")?;
    let pairs = labels.trim_start_matches('{').split(',').map(|pair| {
        let (name, value) = pair.split_once('=').context("name=\"value\"")?;
        Ok((name.to_owned(), value.trim_matches('"').to_owned()))
    });
    Ok(Stream {
        labels: pairs.collect::<Result<_>>()?,
        metadata: BTreeMap::new(),
        step: step.parse::<u64>()? * MILLISECOND,
        times: times.parse()?,
        lines: vec![],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_its_lines_over_and_over() {
        let text = "# about\n@ {job=\"a\",env=\"b\"} 2000 2\n%metadata id=t%n\nline %n\n\nlast %e\n\n@ {job=\"c\"} 1 1\nx\n";
        let fixture = Fixture::read(text).unwrap();
        assert_eq!(fixture.streams.len(), 2);
        assert_eq!(fixture.span(), 12_000 * MILLISECOND);
        let request = fixture.streams[0].request(5, "r");
        assert_eq!(request["stream"], json!({ "env": "b", "job": "a", "run": "r" }));
        assert_eq!(request["values"][0], json!(["5", "line 0", { "id": "t0" }]));
        assert_eq!(request["values"][1], json!(["2000000005", "", { "id": "t1" }]));
        assert_eq!(request["values"][5], json!(["10000000005", "last \u{1b}", { "id": "t5" }]));
        assert_eq!(fixture.streams[1].lines, ["x"]);
    }

    #[test]
    fn the_file_is_read() {
        let fixture = Fixture::read(include_str!("../../testdata/compare/lines.txt")).unwrap();
        assert!(fixture.streams.len() > 8);
    }
}
