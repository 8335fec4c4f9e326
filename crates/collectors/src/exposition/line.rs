//! One line.

use super::{Exemplar, Format, Item, Problem, Sample, number, series};

/// What a line says.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'a> {
    Item(Item<'a>),
    /// A comment, or nothing at all.
    Nothing,
    /// `# EOF`
    End,
}

const KINDS: [&str; 9] =
    ["counter", "gauge", "histogram", "summary", "untyped", "unknown", "info", "stateset", "gaugehistogram"];

pub(super) const BLANKS: [char; 2] = [' ', '\t'];

pub(super) fn read(line: &str, format: Format) -> Result<Line<'_>, Problem> {
    let line = line.trim_matches(BLANKS);
    match line.strip_prefix('#') {
        Some(comment) => metadata(comment),
        None if line.is_empty() => Ok(Line::Nothing),
        None => Ok(Line::Item(Item::Sample(sample(line, format)?))),
    }
}

fn metadata(comment: &str) -> Result<Line<'_>, Problem> {
    let (word, rest) = word(comment.trim_start_matches(BLANKS));
    if word == "EOF" && rest.is_empty() {
        return Ok(Line::End);
    }
    if !matches!(word, "TYPE" | "HELP" | "UNIT") {
        return Ok(Line::Nothing);
    }
    let (name, text) = name(rest).ok_or(if word == "TYPE" { Problem::Type } else { Problem::Metadata })?;
    Ok(Line::Item(match word {
        "TYPE" if KINDS.contains(&text) => Item::Type { name, kind: text },
        "TYPE" => return Err(Problem::Type),
        "HELP" => Item::Help { name, text },
        _ => Item::Unit { name, unit: text },
    }))
}

/// The name that a line of metadata is about, and what follows. Names in quotes are given without them.
fn name(rest: &str) -> Option<(&str, &str)> {
    let (name, text) = match rest.strip_prefix('"') {
        Some(_) => {
            let length = series::quoted_length(rest).ok()?;
            (&rest[1..length - 1], &rest[length..])
        }
        None => word(rest),
    };
    (!name.is_empty()).then(|| (name, text.trim_start_matches(BLANKS)))
}

/// The text up to the next blank, and what follows the blanks.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_at(text.find(BLANKS).unwrap_or(text.len()));
    (word, rest.trim_start_matches(BLANKS))
}

fn sample(line: &str, format: Format) -> Result<Sample<'_>, Problem> {
    let (series, rest) = line.split_at(series::length(line)?);
    let (value, rest) = word(rest.trim_start_matches(BLANKS));
    let value = number::value(value).ok_or(Problem::Value)?;
    let (timestamp_ms, rest) = timestamp(rest, format)?;
    let exemplar = if rest.is_empty() { None } else { Some(exemplar(rest)?) };
    Ok(Sample { series: series.trim_end_matches(BLANKS), value, timestamp_ms, exemplar })
}

/// The timestamp that stands here, if one does, and what follows it.
fn timestamp(rest: &str, format: Format) -> Result<(Option<i64>, &str), Problem> {
    if rest.is_empty() || rest.starts_with('#') {
        return Ok((None, rest));
    }
    let (text, rest) = word(rest);
    let millis = match format {
        Format::Text => text.parse().ok(),
        Format::OpenMetrics => number::millis(text),
    };
    millis.map(|millis| (Some(millis), rest)).ok_or(Problem::Timestamp)
}

/// `# {labels} value [seconds]`
fn exemplar(rest: &str) -> Result<Exemplar<'_>, Problem> {
    let rest = rest.strip_prefix('#').ok_or(Problem::Rest)?.trim_start_matches(BLANKS);
    if !rest.starts_with('{') {
        return Err(Problem::Rest);
    }
    let (labels, rest) = rest.split_at(series::length(rest)?);
    let (value, rest) = word(rest.trim_start_matches(BLANKS));
    let value = number::value(value).ok_or(Problem::Value)?;
    let (timestamp_ms, rest) = timestamp(rest, Format::OpenMetrics)?;
    if rest.is_empty() { Ok(Exemplar { labels, value, timestamp_ms }) } else { Err(Problem::Rest) }
}
