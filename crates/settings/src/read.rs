//! Typed values of a section. Text of the environment is read as the type that is asked for.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use crate::node::{Node, Value, quoted};
use crate::{ByteSize, Place, Section};

impl Section<'_> {
    /// Text.
    pub fn string(&self, key: &str) -> Option<String> {
        self.text(key, "write text in double quotes").map(|(text, _)| text.to_owned())
    }

    /// `true` or `false`.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        let node = self.node(key)?;
        let value = match &node.value {
            Value::Boolean(value) => Some(*value),
            Value::Loose(text) => text.parse().ok(),
            _ => None,
        };
        value.or_else(|| {
            self.wrong(key, node, "write true or false, without quotes");
            None
        })
    }

    /// A whole number within `range`.
    pub fn integer(&self, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let node = self.node(key)?;
        let value = match &node.value {
            Value::Integer(value) => *value,
            Value::Loose(text) => text.parse().ok(),
            _ => None,
        };
        value.filter(|value| range.contains(value)).or_else(|| {
            self.wrong(key, node, &format!("write a whole number {}", bounds(&range)));
            None
        })
    }

    /// A number, whole or not; never infinite.
    pub fn number(&self, key: &str) -> Option<f64> {
        let node = self.node(key)?;
        let value = match &node.value {
            Value::Number(value) => Some(*value),
            Value::Integer(value) => value.map(|value| value as f64),
            Value::Loose(text) => text.parse().ok(),
            _ => None,
        };
        value.filter(|value| value.is_finite()).or_else(|| {
            self.wrong(key, node, "write a number such as 0.5");
            None
        })
    }

    /// A duration such as `"30s"`, `"1h30m"` or `"7d"`.
    pub fn duration(&self, key: &str) -> Option<Duration> {
        let node = self.node(key)?;
        if let Value::Integer(Some(number @ 1..)) = node.value {
            self.wrong(
                key,
                node,
                &format!("write the unit too: \"{number}s\", \"{number}m\", \"{number}h\" or \"{number}d\""),
            );
            return None;
        }
        let (text, place) = self.text(key, "write a duration such as \"30s\", \"1h30m\" or \"7d\"")?;
        self.parsed(
            key,
            text,
            place,
            model::parse_duration(text).ok(),
            "duration",
            "\"30s\", \"1h30m\" or \"7d\"",
        )
    }

    /// A size such as `"20GiB"` or `"500MB"`.
    pub fn size(&self, key: &str) -> Option<ByteSize> {
        let node = self.node(key)?;
        if let Value::Integer(Some(number @ 1..)) = node.value {
            self.wrong(key, node, &format!("write the unit too: \"{}\"", ByteSize(number.unsigned_abs())));
            return None;
        }
        let (text, place) = self.text(key, "write a size such as \"20GiB\" or \"500MB\"")?;
        let size = ByteSize::parse(text);
        match size {
            Ok(size) => Some(size),
            Err(error) => {
                self.fault_at(place, key, error.problem(), error.instead());
                None
            }
        }
    }

    /// A list of texts. Each bad element is a fault of its own and left out.
    pub fn strings(&self, key: &str) -> Option<Vec<String>> {
        let node = self.node(key)?;
        let Value::List(nodes) = &node.value else {
            self.no_list(key, node);
            return None;
        };
        let texts = nodes.iter().enumerate().filter_map(|(index, node)| match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                self.wrong(&format!("{key}[{index}]"), node, "write text in double quotes");
                None
            }
        });
        Some(texts.collect())
    }

    /// One text or whole number, or a list of such; numbers are told as text. Each bad element is a fault of its own and
    /// left out.
    pub fn words(&self, key: &str) -> Option<Vec<String>> {
        let node = self.node(key)?;
        let single = std::slice::from_ref(node);
        let nodes = if let Value::List(nodes) = &node.value { nodes } else { single };
        let words = nodes.iter().enumerate().filter_map(|(index, node)| match &node.value {
            Value::Text(text) | Value::Loose(text) => Some(text.clone()),
            Value::Integer(Some(number)) => Some(number.to_string()),
            _ => {
                self.wrong(
                    &format!("{key}[{index}]"),
                    node,
                    "write text in double quotes, or a whole number",
                );
                None
            }
        });
        Some(words.collect())
    }

    /// A list of whole numbers within `range`. Each bad element is a fault of its own and left out.
    pub fn integers(&self, key: &str, range: RangeInclusive<i64>) -> Option<Vec<i64>> {
        let node = self.node(key)?;
        let Value::List(nodes) = &node.value else {
            self.wrong(key, node, "write a list of whole numbers: [1, 2]");
            return None;
        };
        let numbers = nodes.iter().enumerate().filter_map(|(index, node)| match node.value {
            Value::Integer(Some(number)) if range.contains(&number) => Some(number),
            _ => {
                let instead = format!("write a whole number {}", bounds(&range));
                self.wrong(&format!("{key}[{index}]"), node, &instead);
                None
            }
        });
        Some(numbers.collect())
    }

    /// A path. One that the file writes relatively is taken from the file's own folder, one of the
    /// environment from the working directory.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        let (text, place) = self.text(key, "write a path in double quotes")?;
        if text.is_empty() {
            self.fault_at(place, key, "is empty", "write a path, or leave the key out");
            return None;
        }
        match place {
            Place::Environment { .. } => Some(PathBuf::from(text)),
            _ => Some(self.tree.folder.join(text)),
        }
    }

    /// A list of paths, each as [`Section::path`] reads it.
    pub fn paths(&self, key: &str) -> Option<Vec<PathBuf>> {
        let texts = self.strings(key)?;
        Some(texts.into_iter().map(|text| self.tree.folder.join(text)).collect())
    }

    /// An address to listen on: `"127.0.0.1:4100"`, `"[::1]:4100"`, `"localhost:4100"`, or `":80"` for every
    /// IPv4 address of the machine.
    pub fn socket_address(&self, key: &str) -> Option<SocketAddr> {
        const EXAMPLE: &str = "\"127.0.0.1:4100\" or \"0.0.0.0:4100\"";
        let (text, place) = self.text(key, &format!("write an address with its port, such as {EXAMPLE}"))?;
        let full = match text.split_once(':') {
            Some(("", port)) => format!("0.0.0.0:{port}"),
            Some(("localhost", port)) => format!("127.0.0.1:{port}"),
            _ => text.to_owned(),
        };
        self.parsed(key, text, place, full.parse().ok(), "address with a port", EXAMPLE)
    }

    /// One of the words.
    pub fn choice<T: Clone>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let list = alternatives(words.iter().map(|(word, _)| *word));
        let (text, place) = self.text(key, &format!("write {list}"))?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            self.fault_at(place, key, format!("is the text {}", quoted(text)), format!("write {list}"));
        }
        found.map(|(_, value)| value.clone())
    }

    /// Text that `read` turns into a value. Its error is shown as it is, so it should say what to write.
    pub fn with<T>(&self, key: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (text, place) = self.text(key, "write text in double quotes")?;
        match read(text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.fault_at(place, key, problem, "");
                None
            }
        }
    }

    /// The text of `key` and its place; anything else is a fault that ends in `instead`.
    pub(crate) fn text(&self, key: &str, instead: &str) -> Option<(&str, &Place)> {
        let node = self.node(key)?;
        if let Value::Text(text) | Value::Loose(text) = &node.value {
            return Some((text, &node.place));
        }
        self.wrong(key, node, instead);
        None
    }

    fn parsed<T>(
        &self,
        key: &str,
        text: &str,
        place: &Place,
        value: Option<T>,
        what: &str,
        example: &str,
    ) -> Option<T> {
        if value.is_none() {
            self.fault_at(place, key, format!("{} is no {what}", quoted(text)), format!("write {example}"));
        }
        value
    }

    fn no_list(&self, key: &str, node: &Node) {
        match &node.value {
            Value::Loose(_) => self.fault_at(
                &node.place,
                key,
                "is a list, and the environment sets single values only",
                "write it in the configuration file",
            ),
            Value::Text(text) => self.wrong(key, node, &format!("write a list: [{}]", quoted(text))),
            _ => self.wrong(key, node, "write a list of texts: [\"one\", \"two\"]"),
        }
    }
}

fn bounds(range: &RangeInclusive<i64>) -> String {
    match (*range.start(), *range.end()) {
        (i64::MIN, i64::MAX) => "without quotes".to_owned(),
        (start, i64::MAX) => format!("of at least {start}"),
        (i64::MIN, end) => format!("of at most {end}"),
        (start, end) => format!("from {start} to {end}"),
    }
}

/// `"a"`, `"b"` or `"c"`.
fn alternatives<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
