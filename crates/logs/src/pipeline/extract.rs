//! Values out of lines: JSON, logfmt, regular expressions.

use regex::Regex;
use settings::Section;

use super::json_path::Path;
use super::line::Line;
use super::read;
use super::stage::Flow;

const FIELDS: &str = r#"fields = { user = "user.id" }"#;

/// Fields of a JSON object.
#[derive(Debug)]
pub(super) struct Json {
    source: Option<String>,
    fields: Vec<(String, Path)>,
    drop_malformed: bool,
}

impl Json {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let source = section.string("source");
        let drop_malformed = section.boolean("drop_malformed").unwrap_or(false);
        let fields = section.section("fields");
        let pairs = read::pairs(&fields, FIELDS)?;
        let mut paths = Vec::new();
        for (name, path) in pairs {
            match Path::parse(if path.is_empty() { &name } else { &path }) {
                Some(path) => paths.push((name, path)),
                None => {
                    let instead =
                        r#"write keys with points between them, such as user.id or items[0]["a b"]"#;
                    fields.fault(&name, format!("`{path}` is no path"), instead);
                    return None;
                }
            }
        }
        Some(Self { source, fields: paths, drop_malformed })
    }

    pub(super) fn run(&self, line: &mut Line) -> Flow<'_> {
        let text = line.source(self.source.as_deref()).unwrap_or_default();
        let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else {
            return if self.drop_malformed { Flow::Drops("malformed_json") } else { Flow::Goes };
        };
        for (name, path) in &self.fields {
            if let Some(value) = path.find(&json) {
                line.extract(name, text_of(value));
            }
        }
        Flow::Goes
    }
}

/// Texts without their quotes; lists and objects stay JSON.
fn text_of(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Fields of `key=value` pairs.
#[derive(Debug)]
pub(super) struct Logfmt {
    source: Option<String>,
    /// The name that a value gets, and its key.
    fields: Vec<(String, String)>,
}

impl Logfmt {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let source = section.string("source");
        let fields = read::pairs(&section.section("fields"), FIELDS)?;
        let keyed = |(name, key): (String, String)| {
            let key = if key.is_empty() { name.clone() } else { key };
            (name, key)
        };
        Some(Self { source, fields: fields.into_iter().map(keyed).collect() })
    }

    pub(super) fn run(&self, line: &mut Line) {
        let text = line.source(self.source.as_deref()).unwrap_or_default().to_owned();
        for (key, value) in Pairs(&text) {
            for (name, _) in self.fields.iter().filter(|(_, wanted)| wanted == key) {
                line.extract(name, unquoted(value));
            }
        }
    }
}

/// The pairs of a logfmt text; words without a value are passed over.
struct Pairs<'t>(&'t str);

impl<'t> Iterator for Pairs<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.0.trim_start_matches(|byte: char| byte <= ' ');
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|byte: char| byte <= ' ' || byte == '=').unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            let Some(value) = after.strip_prefix('=') else {
                self.0 = after;
                continue;
            };
            let (value, after) = value.split_at(value_length(value));
            self.0 = after;
            if !key.is_empty() {
                return Some((key, value));
            }
        }
    }
}

/// Up to the next space, or to the closing quote.
fn value_length(text: &str) -> usize {
    if !text.starts_with('"') {
        return text.find(|byte: char| byte <= ' ').unwrap_or(text.len());
    }
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A quoted value is read as JSON reads texts; one that is not whole stays as it is.
fn unquoted(value: &str) -> String {
    if !value.starts_with('"') {
        return value.to_owned();
    }
    serde_json::from_str(value).unwrap_or_else(|_| value.trim_matches('"').to_owned())
}

/// Named groups of a regular expression.
#[derive(Debug)]
pub(super) struct Regexp {
    source: Option<String>,
    expression: Regex,
}

impl Regexp {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let source = section.string("source");
        let expression = read::expression(section, "expression")?;
        if expression.capture_names().flatten().next().is_none() {
            section.fault("expression", "it names no group", "write (?P<name>…) around what is wanted");
            return None;
        }
        Some(Self { source, expression })
    }

    pub(super) fn run(&self, line: &mut Line) {
        let text = line.source(self.source.as_deref()).unwrap_or_default();
        let Some(groups) = self.expression.captures(text) else { return };
        let names = self.expression.capture_names().flatten();
        let found: Vec<(&str, String)> = names
            .filter_map(|name| groups.name(name).map(|group| (name, group.as_str().to_owned())))
            .collect();
        for (name, value) in found {
            line.extract(name, value);
        }
    }
}
