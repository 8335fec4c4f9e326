//! The text of a line or of an extracted value: made from a template, replaced, cut.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use settings::Section;
use template::{Data, Functions, Template, Value};

use super::line::Line;
use super::read;

/// What terminals are told: colours and the like (ECMA-48's control sequences, and those that end with a bell).
static COLOURS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x{9b}[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]",
    )
    .expect("the expression is part of the program")
});

/// An extracted value becomes the line.
pub(super) fn output(line: &mut Line, source: &str) {
    if let Some(text) = line.value(source) {
        line.entry.line = text.to_owned();
    }
}

pub(super) fn decolorize(line: &mut Line) {
    if line.entry.line.contains(['\u{1b}', '\u{9b}']) {
        line.entry.line = COLOURS.replace_all(&line.entry.line, "").into_owned();
    }
}

/// What a template sees: all values by their names, `.Value`, and the line as `.Entry`.
struct Subject<'l> {
    line: &'l Line,
    value: &'l str,
}

impl Data for Subject<'_> {
    fn get(&self, name: &str) -> Value<'_> {
        Value::text(match name {
            "Value" => self.value,
            "Entry" => &self.line.entry.line,
            _ => self.line.value(name).unwrap_or_default(),
        })
    }

    fn entries(&self) -> Vec<(&str, Value<'_>)> {
        let labels = self.line.labels.iter();
        labels.chain(self.line.extracted()).map(|(name, value)| (name, Value::text(value))).collect()
    }

    fn now(&self) -> i64 {
        self.line.now.nanos()
    }

    fn line(&self) -> &str {
        &self.line.entry.line
    }

    fn timestamp(&self) -> i64 {
        self.line.entry.timestamp.nanos()
    }
}

fn template(section: &Section<'_>, key: &str) -> Option<Template> {
    section.with(key, |text| {
        Template::parse_named(key, text, &Functions::loki())
            .map_err(|error| format!("{error}; write a template such as '{{{{ .Value | lower }}}}'"))
    })
}

/// `None` if the template fails on the line.
fn filled(template: &Template, line: &Line, value: &str) -> Option<String> {
    let mut text = String::new();
    template.render(&Subject { line, value }, &mut text).ok().map(|()| text)
}

/// An extracted value is set to what a template makes of it.
#[derive(Debug)]
pub(super) struct Fill {
    source: String,
    template: Template,
}

impl Fill {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let source = read::needed(section, "source", "write the name of the value that is set");
        if !section.is_set("template") {
            section.fault("template", "it is missing", "write a template such as '{{ .Value | lower }}'");
        }
        let template = template(section, "template");
        Some(Self { source: source?, template: template? })
    }

    pub(super) fn run(&self, line: &mut Line) {
        let value = line.value(&self.source).unwrap_or_default();
        match filled(&self.template, line, value) {
            Some(text) if text.is_empty() => line.forget(&self.source),
            Some(text) => line.extract(&self.source, text),
            None => {}
        }
    }
}

/// What a regular expression finds is replaced: its groups, or all of it where it has none.
#[derive(Debug)]
pub(super) struct Replace {
    source: Option<String>,
    expression: Regex,
    with: Template,
}

impl Replace {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let source = section.string("source");
        let expression = read::expression(section, "expression");
        if !section.is_set("replace") {
            let instead = r#"write what to put in place, such as replace = "***"; "" takes it out"#;
            section.fault("replace", "it is missing", instead);
        }
        let with = template(section, "replace");
        Some(Self { source, expression: expression?, with: with? })
    }

    pub(super) fn run(&self, line: &mut Line) {
        let source = self.source.as_deref();
        let Some(text) = line.source(source).filter(|text| self.expression.is_match(text)) else { return };
        let mut replaced =
            Replaced { line, text, with: &self.with, out: String::new(), done: 0, named: Vec::new() };
        for found in self.expression.captures_iter(text) {
            replaced.add(&self.expression, &found);
        }
        let Replaced { mut out, done, named, .. } = replaced;
        out.push_str(&text[done..]);
        for (name, value) in named {
            line.extract(&name, value);
        }
        line.set_source(source, out);
    }
}

/// A text with replacements up to `done`.
struct Replaced<'l> {
    line: &'l Line,
    text: &'l str,
    with: &'l Template,
    out: String,
    done: usize,
    /// Groups with a name and what they became.
    named: Vec<(String, String)>,
}

impl Replaced<'_> {
    /// Goes on to the end of a match's last group.
    fn add(&mut self, expression: &Regex, found: &Captures<'_>) {
        let first = usize::from(found.len() > 1);
        for (group, name) in found.iter().skip(first).zip(expression.capture_names().skip(first)) {
            // A group inside another one was replaced with it.
            let Some(group) = group.filter(|group| group.start() >= self.done) else { continue };
            let value = filled(self.with, self.line, group.as_str());
            let value = value.unwrap_or_else(|| group.as_str().to_owned());
            self.out.push_str(&self.text[self.done..group.start()]);
            self.out.push_str(&value);
            self.done = group.end();
            if let Some(name) = name {
                self.named.push((name.to_owned(), value));
            }
        }
    }
}

/// Text beyond a size is cut off.
#[derive(Debug)]
pub(super) struct Truncate {
    source: Option<String>,
    limit: usize,
    suffix: String,
}

impl Truncate {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let source = section.string("source");
        let suffix = section.string("suffix").unwrap_or_default();
        if !section.is_set("limit") {
            section.fault("limit", "it is missing", r#"write a size such as limit = "4KiB""#);
        }
        let limit = usize::try_from(section.size("limit")?.0).unwrap_or(usize::MAX);
        if suffix.len() >= limit {
            section.fault("limit", "no room for the suffix", "write a larger size");
            return None;
        }
        Some(Self { source, limit, suffix })
    }

    pub(super) fn run(&self, line: &mut Line) {
        let source = self.source.as_deref();
        let Some(text) = line.source(source).filter(|text| text.len() > self.limit) else { return };
        let kept = text.floor_char_boundary(self.limit - self.suffix.len());
        let cut = format!("{}{}", &text[..kept], self.suffix);
        line.set_source(source, cut);
    }
}
