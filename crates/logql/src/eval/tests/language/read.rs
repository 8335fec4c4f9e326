//! Reads scripts.

use std::path::Path;

use ::model::{Labels, Level, Metadata, Timestamp};

use crate::eval::tests::memory::Line;

/// A script, its commands with the numbers of their lines.
pub(super) struct Script {
    pub(super) name: String,
    pub(super) commands: Vec<(usize, Command)>,
}

pub(super) enum Command {
    Clear,
    Load(Vec<Loaded>),
    Eval(Box<Eval>),
}

/// A line of a stream.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) labels: Labels,
    pub(super) line: Line,
    pub(super) damaged: bool,
}

/// A query and what must come out.
pub(super) struct Eval {
    /// As it stands in the script.
    pub(super) text: String,
    pub(super) kind: Kind,
    /// Options with a value, and words.
    pub(super) options: Vec<(String, String)>,
    pub(super) query: String,
    pub(super) expected: Expected,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Instant,
    Range,
    Lines,
}

#[derive(Default)]
pub(super) struct Expected {
    pub(super) empty: bool,
    pub(super) ordered: bool,
    /// A part of the message.
    pub(super) failure: Option<String>,
    pub(super) warning: Option<String>,
    /// Everything else, as written.
    pub(super) rows: Vec<String>,
}

impl Script {
    pub(super) fn read(path: &Path) -> Self {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).expect("a script");
        let mut commands = Vec::new();
        let mut lines = text.lines().enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            let head = line.trim_end();
            if head.is_empty() || head.starts_with('#') {
                continue;
            }
            assert!(!head.starts_with(' '), "{name}:{}: belongs to no command: {head}", number + 1);
            let mut body = Vec::new();
            while let Some((_, row)) = lines.next_if(|(_, row)| row.starts_with(' ')) {
                let row = row.trim();
                if !row.starts_with('#') {
                    body.push(row.to_owned());
                }
            }
            let command = std::panic::catch_unwind(|| command(head, &body));
            commands.push((number + 1, command.unwrap_or_else(|_| panic!("{name}:{}: {head}", number + 1))));
        }
        Self { name, commands }
    }
}

fn command(head: &str, body: &[String]) -> Command {
    match head.split_once(' ').unwrap_or((head, "")) {
        ("clear", "") => Command::Clear,
        ("load", damaged @ ("" | "damaged")) => {
            Command::Load(body.iter().flat_map(|row| loaded(row, !damaged.is_empty())).collect())
        }
        ("eval", rest) => Command::Eval(Box::new(eval(head, rest, body))),
        _ => panic!("no such command"),
    }
}

/// `{labels} times [level] [metadata="value" …] "line"`
fn loaded(row: &str, damaged: bool) -> Vec<Loaded> {
    let mut cursor = Cursor(row);
    // Streams have no labels without a value.
    let labels = Labels::from_pairs(cursor.labels().iter());
    let times = times(cursor.word());
    let (mut level, mut metadata) = (Level::Unknown, Metadata::new());
    while !cursor.0.starts_with(['"', '`']) {
        let word = cursor.until(&[' ', '=']);
        if cursor.0.starts_with('=') {
            cursor.0 = &cursor.0[1..];
            metadata.push((word.into(), cursor.quoted().into()));
        } else {
            level = Level::from_word(word).expect("a level");
        }
        cursor.0 = cursor.0.trim_start();
    }
    metadata.sort();
    let text = cursor.quoted();
    assert!(cursor.0.is_empty() || cursor.0.trim_start().starts_with('#'), "what is {}?", cursor.0);
    let line = |(index, timestamp): (usize, Timestamp)| {
        let text = text.replace("%i", &index.to_string());
        let line = Line { timestamp, level, text, metadata: metadata.clone() };
        Loaded { labels: labels.clone(), line, damaged }
    };
    times.into_iter().enumerate().map(line).collect()
}

/// `10s`, or `0s+10s*6`
fn times(text: &str) -> Vec<Timestamp> {
    let Some((start, repeated)) = text[1..].split_once('+').map(|(start, rest)| (start.len() + 1, rest))
    else {
        return vec![time(text)];
    };
    let (step, count) = repeated.split_once('*').expect("a step and a count");
    let (start, step) = (time(&text[..start]).nanos(), time(step).nanos());
    let count: i64 = count.parse().expect("a count");
    (0..count).map(|index| Timestamp::from_nanos(start + step * index)).collect()
}

/// `1h2m3.5s` after the epoch, or before it with a `-`.
pub(super) fn time(text: &str) -> Timestamp {
    let nanos = crate::eval::pipeline::duration(text).expect("a time such as 10s");
    Timestamp::from_nanos(nanos)
}

fn eval(text: &str, rest: &str, body: &[String]) -> Eval {
    let mut cursor = Cursor(rest);
    let kind = match cursor.word() {
        "instant" => Kind::Instant,
        "range" => Kind::Range,
        "lines" => Kind::Lines,
        other => panic!("nothing evaluates {other}"),
    };
    let mut options = Vec::new();
    loop {
        let before = cursor.0;
        let word = cursor.word();
        match (word, word.split_once('=')) {
            ("forward", _) => options.push((word.to_owned(), String::new())),
            ("at" | "from" | "to" | "step" | "limit" | "levels", _) => {
                options.push((word.to_owned(), cursor.word().to_owned()));
            }
            (_, Some((name @ ("series" | "numbers" | "points" | "bytes_read" | "bytes_kept"), value))) => {
                options.push((name.to_owned(), value.to_owned()));
            }
            _ => {
                cursor.0 = before;
                break;
            }
        }
    }
    Eval { text: text.to_owned(), kind, options, query: cursor.0.to_owned(), expected: expected(body) }
}

fn expected(body: &[String]) -> Expected {
    let mut expected = Expected::default();
    for row in body {
        match row.strip_prefix("expect ") {
            None => expected.rows.push(row.clone()),
            Some("empty") => expected.empty = true,
            Some("ordered") => expected.ordered = true,
            Some("fail") => expected.failure = Some(String::new()),
            Some(other) => match (other.strip_prefix("fail msg: "), other.strip_prefix("warn msg: ")) {
                (Some(part), _) => expected.failure = Some(part.to_owned()),
                (_, Some(part)) => expected.warning = Some(part.to_owned()),
                _ => panic!("nothing expects {other}"),
            },
        }
    }
    let kinds = [expected.empty, expected.failure.is_some(), !expected.rows.is_empty()];
    assert_eq!(kinds.iter().filter(|kind| **kind).count(), 1, "one kind of answer must be expected");
    expected
}

/// What is left of a row.
pub(super) struct Cursor<'a>(pub(super) &'a str);

impl<'a> Cursor<'a> {
    /// Up to the next space.
    pub(super) fn word(&mut self) -> &'a str {
        let word = self.until(&[' ']);
        self.0 = self.0.trim_start();
        word
    }

    fn until(&mut self, ends: &[char]) -> &'a str {
        let (word, rest) = self.0.split_at(self.0.find(ends).unwrap_or(self.0.len()));
        self.0 = rest;
        word
    }

    /// `{a="b", c="d"}`; empty values stay.
    pub(super) fn labels(&mut self) -> Labels {
        let mut pairs: Vec<(String, String)> = Vec::new();
        self.0 = self.0.strip_prefix('{').expect("labels").trim_start();
        while !self.0.starts_with('}') {
            let name = self.until(&['=']).trim().to_owned();
            self.0 = &self.0[1..];
            pairs.push((name, self.quoted()));
            self.0 = self.0.trim_start().trim_start_matches(',').trim_start();
        }
        self.0 = self.0[1..].trim_start();
        pairs.sort();
        Labels::from_sorted(pairs)
    }

    /// `"text"` with escapes or `` `text` `` without.
    pub(super) fn quoted(&mut self) -> String {
        let quote = self.0.chars().next().expect("a quoted text");
        let mut text = String::new();
        let mut chars = self.0.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if quote == '"' => match chars.next().expect("an escape").1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    other => text.push(other),
                },
                _ if c == quote => {
                    self.0 = &self.0[at + 1..];
                    return text;
                }
                _ => text.push(c),
            }
        }
        panic!("no end of {}", self.0)
    }
}
