//! Texts of rules: Go templates with the functions and variables that Prometheus gives them.
//!
//! ```ignore
//! let text = Text::parse("what", "{{ $labels.service }} fails {{ value | humanizePercentage }} of its requests")?;
//! let told = text.render(&About { labels, value: 0.12, .. })?;
//! ```
//!
//! `{{ value }}` is short for `{{ $value }}`. A template's `query` needs answers that only the engines have: the first
//! rendering notes what it asks for ([`Answers::wanted`]), and once that is known it is rendered again.

mod functions;
mod humanize;

pub(crate) use humanize::short;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use model::Labels;
use model::Ordered as _;
use template::{Data, Functions, Limits, Template, Value};

/// What every text can name, as in Prometheus.
const VARIABLES: &str = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}\
                         {{$value := .Value}}";

/// No message takes more.
const LIMITS: Limits = Limits { output: 16 << 10, steps: 20_000 };

/// A template of a rule.
#[derive(Debug)]
pub(crate) struct Text(Kind);

#[derive(Debug)]
enum Kind {
    Plain(Box<str>),
    Template(Box<Template>),
}

/// What a text is rendered about.
pub(crate) struct About<'a> {
    pub(crate) labels: &'a Labels,
    pub(crate) value: f64,
    pub(crate) public_url: &'a str,
    /// Nanoseconds since the epoch.
    pub(crate) now: i64,
    pub(crate) answers: &'a Answers,
}

/// What `query` answers within one look of a rule.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    known: BTreeMap<String, Result<Vec<(Labels, f64)>, String>>,
    wanted: RefCell<Vec<String>>,
}

impl Answers {
    /// What was asked for and is not known, each once; asked again it is empty.
    pub(crate) fn wanted(&self) -> Vec<String> {
        let mut wanted = self.wanted.take();
        wanted.order();
        wanted.dedup();
        wanted
    }

    /// Tells the answer to a query.
    pub(crate) fn tell(&mut self, query: String, answer: Result<Vec<(Labels, f64)>, String>) {
        self.known.insert(query, answer);
    }

    fn answer(&self, query: &str) -> Value<'_> {
        match self.known.get(query) {
            Some(Ok(samples)) => Value::list(samples.iter().map(|(labels, value)| sample(labels, *value))),
            Some(Err(why)) => Value::text(why.as_str()),
            None => {
                self.wanted.borrow_mut().push(query.to_owned());
                Value::list([])
            }
        }
    }
}

fn sample(labels: &Labels, value: f64) -> Value<'_> {
    Value::map([("Labels", Value::labels(labels.iter())), ("Value", Value::Float(value))])
}

impl Text {
    /// Reads a template; what is wrong with it is said in Go's words.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, String> {
        if !text.contains("{{") {
            return Ok(Self(Kind::Plain(text.into())));
        }
        let whole = format!("{VARIABLES}{text}");
        let template = Template::parse_named(name, &whole, functions()).map_err(|error| error.message)?;
        Ok(Self(Kind::Template(Box::new(template))))
    }

    /// A text that is told as it is.
    pub(crate) fn plain(text: &str) -> Self {
        Self(Kind::Plain(text.into()))
    }

    /// What is told.
    pub(crate) fn render(&self, about: &About<'_>) -> Result<String, String> {
        match &self.0 {
            Kind::Plain(text) => Ok(text.to_string()),
            Kind::Template(template) => {
                let mut told = String::new();
                template.render_within(about, &mut told, LIMITS).map_err(|error| error.to_string())?;
                Ok(told)
            }
        }
    }
}

impl Data for About<'_> {
    fn get(&self, name: &str) -> Value<'_> {
        match name {
            "Labels" => Value::labels(self.labels.iter()),
            "ExternalLabels" => Value::labels::<&str, &str>([]),
            "ExternalURL" => self.public_url.into(),
            "Value" => Value::Float(self.value),
            _ => match name.strip_prefix(functions::QUERY) {
                Some(query) => self.answers.answer(query),
                None => Value::Nil,
            },
        }
    }

    fn entries(&self) -> Vec<(&str, Value<'_>)> {
        ["Labels", "ExternalLabels", "ExternalURL", "Value"].map(|name| (name, self.get(name))).into()
    }

    fn only_text(&self) -> bool {
        false
    }

    fn now(&self) -> i64 {
        self.now
    }
}

fn functions() -> &'static Functions {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    FUNCTIONS.get_or_init(functions::all)
}

#[cfg(test)]
mod tests;
