//! Steps of a pipeline.

use std::fmt::{Display, Formatter, Result};

use super::joined;
use super::log::Quoted;
use crate::ast::{JsonExtraction, LabelChoice, LabelFormat, Logfmt, LogfmtExtraction, Stage, Unwrap};
use crate::lexer::Flag;
use crate::literal::text;

impl Display for Stage {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Line(filter) => filter.fmt(f),
            Self::Label(filter) => write!(f, "| {filter}"),
            Self::Json(extractions) => list(f, "| json", extractions),
            Self::Logfmt(logfmt) => write!(f, "| {logfmt}"),
            Self::Pattern(pattern) => write!(f, "| pattern {}", text::write(pattern.text())),
            Self::Regexp(regexp) => write!(f, "| regexp {}", text::write(regexp.text())),
            Self::Unpack => f.write_str("| unpack"),
            Self::LineFormat(template) => write!(f, "| line_format {}", text::write(template)),
            Self::LabelFormat(formats) => list(f, "| label_format", formats),
            Self::Decolorize => f.write_str("| decolorize"),
            Self::Drop(choices) => list(f, "| drop", choices),
            Self::Keep(choices) => list(f, "| keep", choices),
            Self::Distinct(labels) => list(f, "| distinct", labels),
            Self::Context(lines) => write!(f, "| context {lines}"),
        }
    }
}

fn list<T: Display>(f: &mut Formatter<'_>, word: &str, items: &[T]) -> Result {
    f.write_str(word)?;
    f.write_str(if items.is_empty() { "" } else { " " })?;
    joined(f, items, ", ")
}

impl Display for Logfmt {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("logfmt")?;
        for (_, flag) in
            [(self.strict, Flag::Strict), (self.keep_empty, Flag::KeepEmpty)].iter().filter(|(on, _)| *on)
        {
            write!(f, " {}", flag.text())?;
        }
        list(f, "", &self.extractions)
    }
}

impl Display for JsonExtraction {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        extraction(f, &self.label, self.path.text())
    }
}

impl Display for LogfmtExtraction {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        extraction(f, &self.label, &self.key)
    }
}

fn extraction(f: &mut Formatter<'_>, label: &str, source: &str) -> Result {
    f.write_str(label)?;
    if label == source { Ok(()) } else { write!(f, "={}", text::write(source)) }
}

impl Display for LabelFormat {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Rename { to, from } => write!(f, "{to}={from}"),
            Self::Template { name, template } => write!(f, "{name}={}", text::write(template)),
        }
    }
}

impl Display for LabelChoice {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Matcher(matcher) => Quoted(matcher).fmt(f),
        }
    }
}

impl Display for Unwrap {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.conversion {
            Some(conversion) => write!(f, "| unwrap {}({})", conversion.text(), self.label)?,
            None => write!(f, "| unwrap {}", self.label)?,
        }
        self.filters.iter().try_for_each(|filter| write!(f, " | {filter}"))
    }
}
