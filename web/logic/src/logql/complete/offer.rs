//! What is offered at a place.

use api::{FacetValue, FieldSource, Names};

use super::super::words::{AGGREGATIONS, RANGE_FUNCTIONS, STAGES};
use super::{Completion, Wanted};
use crate::number::compact;
use crate::syntax::{Candidate, known, matching, quote};

const RANGES: [&str; 5] = ["1m", "5m", "15m", "1h", "1d"];

/// What to offer: what begins as typed, then what holds it. Nothing where all is typed already.
pub fn candidates(completion: &Completion, names: &Names, values: &[FacetValue]) -> Vec<Candidate> {
    let all = match &completion.wanted {
        Wanted::Label => names.labels.iter().map(|name| label(completion, name)).collect(),
        Wanted::Value { .. } => values.iter().map(value).collect(),
        Wanted::Stage => stages(completion, names),
        Wanted::Field => fields(names),
        Wanted::Function => {
            let all = AGGREGATIONS.iter().chain(&RANGE_FUNCTIONS);
            all.map(|(name, hint)| known(name, hint, &format!("{name}("))).collect()
        }
        Wanted::Range => RANGES.iter().map(|range| known(range, "", range)).collect(),
    };
    matching(all, &completion.prefix)
}

fn label(completion: &Completion, name: &str) -> Candidate {
    let compared = matches!(completion.next, Some('=' | '!'));
    known(name, "label", &if compared { name.to_owned() } else { format!("{name}=") })
}

fn value(value: &FacetValue) -> Candidate {
    let hint = if value.lines > 0 { compact(value.lines) } else { String::new() };
    Candidate { shown: value.value.clone(), hint, inserted: quote(&value.value) }
}

/// A field whose parser is missing brings it along.
fn stages(completion: &Completion, names: &Names) -> Vec<Candidate> {
    let stages = STAGES.iter().map(|(name, hint)| {
        let inserted = match *name {
            "json" | "logfmt" | "unpack" | "decolorize" => (*name).to_owned(),
            "pattern" | "regexp" | "line_format" => format!("{name} \""),
            _ => format!("{name} "),
        };
        known(name, hint, &inserted)
    });
    let fields = names.fields.iter().map(|field| {
        let name = &field.name;
        let parser =
            parser(field.from).filter(|parser| completion.parsers.iter().all(|known| known != parser));
        let parser = parser.map_or_else(String::new, |parser| format!("{parser} | "));
        known(name, source(field.from), &format!("{parser}{name}="))
    });
    if completion.prefix.is_empty() { stages.chain(fields).collect() } else { fields.chain(stages).collect() }
}

fn fields(names: &Names) -> Vec<Candidate> {
    let fields = names.fields.iter().map(|field| known(&field.name, source(field.from), &field.name));
    let mut all: Vec<Candidate> = fields.collect();
    for label in &names.labels {
        if all.iter().all(|known| known.shown != *label) {
            all.push(known(label, "label", label));
        }
    }
    all
}

fn parser(from: FieldSource) -> Option<&'static str> {
    match from {
        FieldSource::Json => Some("json"),
        FieldSource::Logfmt => Some("logfmt"),
        FieldSource::Label | FieldSource::Metadata | FieldSource::Query => None,
    }
}

fn source(from: FieldSource) -> &'static str {
    match from {
        FieldSource::Label => "label",
        FieldSource::Metadata => "metadata",
        FieldSource::Json => "JSON",
        FieldSource::Logfmt => "logfmt",
        FieldSource::Query => "made by the query",
    }
}
