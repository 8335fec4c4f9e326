//! How lines stand in a file.

use std::io::Write;

use api::DownloadFormat;
use bytes::Bytes;
use logql::Row;
use model::label::{CONTAINER, DETECTED_LEVEL, SERVICE, STREAM};
use serde::{Serialize, Serializer};

/// Writes lines.
#[derive(Clone, Copy)]
pub(super) struct Form(pub(super) DownloadFormat);

const COLUMNS: &str = "time,level,service,container,stream,line\r\n";

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    level: &'static str,
    labels: Pairs<Vec<(&'a str, &'a str)>>,
    line: &'a str,
    metadata: Pairs<Vec<(&'a str, &'a str)>>,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    fields: Pairs<Vec<(&'a str, &'a str)>>,
}

/// Pairs as an object.
struct Pairs<P>(P);

impl<T> Pairs<Vec<T>> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Pairs<Vec<(&str, &str)>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

impl Form {
    pub(super) const fn content_type(self) -> &'static str {
        match self.0 {
            DownloadFormat::Text => "text/plain; charset=utf-8",
            DownloadFormat::Json => "application/x-ndjson",
            DownloadFormat::Csv => "text/csv; charset=utf-8",
        }
    }

    pub(super) const fn extension(self) -> &'static str {
        match self.0 {
            DownloadFormat::Text => "txt",
            DownloadFormat::Json => "jsonl",
            DownloadFormat::Csv => "csv",
        }
    }

    /// A part of the file; the first one begins with what stands at its head.
    pub(super) fn write(self, rows: &[Row], is_first: bool) -> Bytes {
        let mut part = Vec::new();
        if is_first && self.0 == DownloadFormat::Csv {
            part.extend_from_slice(COLUMNS.as_bytes());
        }
        for row in rows {
            match self.0 {
                DownloadFormat::Text => text(row, &mut part),
                DownloadFormat::Json => json(row, &mut part),
                DownloadFormat::Csv => csv(row, &mut part),
            }
        }
        part.into()
    }
}

fn text(row: &Row, part: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = writeln!(part, "{} {}", row.timestamp, row.line);
}

fn json(row: &Row, part: &mut Vec<u8>) {
    let metadata = row.metadata.iter().filter(|(name, _)| **name != *DETECTED_LEVEL);
    let line = Line {
        time: row.timestamp.to_string(),
        level: row.level.name(),
        labels: Pairs(row.labels.iter().collect()),
        line: &row.line,
        metadata: Pairs(metadata.map(|(name, value)| (&**name, &**value)).collect()),
        fields: Pairs(row.categories.parsed.iter().map(|(name, value)| (&**name, &**value)).collect()),
    };
    let _ = serde_json::to_writer(&mut *part, &line);
    part.push(b'\n');
}

fn csv(row: &Row, part: &mut Vec<u8>) {
    let label = |name| row.labels.get(name).unwrap_or_default();
    let time = row.timestamp.to_string();
    let fields = [&*time, row.level.name(), label(SERVICE), label(CONTAINER), label(STREAM), &row.line];
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            part.push(b',');
        }
        if field.contains(['"', ',', '\n', '\r']) {
            let _ = write!(part, "\"{}\"", field.replace('"', "\"\""));
        } else {
            part.extend_from_slice(field.as_bytes());
        }
    }
    part.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use model::{Entry, Labels, Level, Timestamp};

    use super::*;

    #[test]
    fn lines_are_written_in_each_form() {
        let labels = Labels::from_pairs([("service", "web"), ("container", "web,1")]);
        let entry = Entry {
            timestamp: Timestamp::from_seconds(1_700_000_000),
            line: "a \"b\"\nc".to_owned(),
            metadata: vec![("detected_level".into(), "error".into()), ("trace_id".into(), "f".into())],
        };
        let row = Row::plain(&labels, &entry, Level::Error);
        let check = |format, expected: &str| {
            let part = Form(format).write(std::slice::from_ref(&row), true);
            assert_eq!(String::from_utf8_lossy(&part), expected);
        };
        check(DownloadFormat::Text, "2023-11-14T22:13:20.000000000Z a \"b\"\nc\n");
        check(
            DownloadFormat::Json,
            "{\"time\":\"2023-11-14T22:13:20.000000000Z\",\"level\":\"error\",\"labels\":{\"container\":\"web,1\",\"service\":\"web\"},\
             \"line\":\"a \\\"b\\\"\\nc\",\"metadata\":{\"trace_id\":\"f\"}}\n",
        );
        check(
            DownloadFormat::Csv,
            "time,level,service,container,stream,line\r\n\
             2023-11-14T22:13:20.000000000Z,error,web,\"web,1\",,\"a \"\"b\"\"\nc\"\r\n",
        );
        assert!(!Form(DownloadFormat::Csv).write(&[], false).starts_with(b"time"));
    }
}
