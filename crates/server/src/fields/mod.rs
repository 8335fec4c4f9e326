//! The fields of lines: what JSON and logfmt lines say under names, the structured metadata beside them, and what
//! the query itself made.
//!
//! [`FieldTally`] takes rows and tells which fields they have, of what kind, and with which values. Bounded in
//! fields, in values and in the length of each.

mod kind;

use std::collections::HashMap;

use api::{FacetValue, Field, FieldKind, FieldSource};
use logql::{FieldParser, Row, detected_fields};
use model::Ordered as _;
use model::label::DETECTED_LEVEL;

pub(crate) use kind::KindSoFar;

/// Different fields; further ones are not counted.
const FIELDS_MAX: usize = 1000;
/// Longer lines are not taken apart.
const LINE_BYTES_MAX: usize = 64 << 10;
/// Different values of a field; further ones are not counted.
const DISTINCT_MAX: usize = 1000;
/// A longer value counts by its beginning.
const VALUE_BYTES_MAX: usize = 200;

/// Counts fields and values.
#[derive(Default)]
pub(crate) struct FieldTally {
    fields: HashMap<(FieldSource, Box<str>), Counted>,
}

/// What is known of a field.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) lines: u64,
    pub(crate) kind: KindSoFar,
    values: HashMap<Box<str>, u64>,
    /// Where the field stands in a JSON object.
    pub(crate) path: Vec<String>,
}

impl FieldTally {
    /// Takes a row's metadata, what its line says and what the query made of it.
    pub(crate) fn add(&mut self, row: &Row) {
        for (name, value) in row.metadata.iter().filter(|(name, _)| **name != *DETECTED_LEVEL) {
            self.count(FieldSource::Metadata, name, value, &[]);
        }
        let line = if row.line.len() <= LINE_BYTES_MAX { &row.line } else { "" };
        let found = detected_fields(line);
        for field in &found {
            let from = match field.parser {
                FieldParser::Json => FieldSource::Json,
                FieldParser::Logfmt => FieldSource::Logfmt,
            };
            self.count(from, &field.name, &field.value, &field.path);
        }
        for (name, value) in &row.categories.parsed {
            if !found.iter().any(|field| *field.name == **name) {
                self.count(FieldSource::Query, name, value, &[]);
            }
        }
    }

    fn count(&mut self, from: FieldSource, name: &str, value: &str, path: &[String]) {
        let key = (from, Box::<str>::from(name));
        if self.fields.len() >= FIELDS_MAX && !self.fields.contains_key(&key) {
            return;
        }
        let counted = self.fields.entry(key).or_default();
        if counted.lines == 0 {
            counted.path = path.to_vec();
        }
        counted.lines += 1;
        counted.kind.see(value);
        let value = &value[..value.floor_char_boundary(VALUE_BYTES_MAX)];
        if let Some(lines) = counted.values.get_mut(value) {
            *lines += 1;
        } else if counted.values.len() < DISTINCT_MAX {
            counted.values.insert(value.into(), 1);
        }
    }

    /// The fields, those in most lines first, then by name.
    pub(crate) fn sorted(self) -> Vec<(FieldSource, Box<str>, Counted)> {
        let mut fields: Vec<_> =
            self.fields.into_iter().map(|((from, name), counted)| (from, name, counted)).collect();
        fields.order_by(|(from, name, one), (other_from, other_name, other)| {
            other.lines.cmp(&one.lines).then_with(|| (name, from).cmp(&(other_name, other_from)))
        });
        fields
    }
}

impl Counted {
    /// How many different values.
    pub(crate) fn distinct(&self) -> u32 {
        self.values.len() as u32
    }

    /// The values, most lines first, then by text.
    pub(crate) fn values(self) -> Vec<FacetValue> {
        let mut values: Vec<FacetValue> =
            self.values.into_iter().map(|(value, lines)| FacetValue { value: value.into(), lines }).collect();
        values.order_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.value.cmp(&b.value)));
        values
    }

    /// As the page reads it.
    pub(crate) fn into_field(self, from: FieldSource, name: Box<str>, values_max: usize) -> Field {
        let (lines, kind, distinct) = (self.lines, FieldKind::from(self.kind), self.distinct());
        let mut values = self.values();
        values.truncate(values_max);
        Field { name: name.into(), from, kind, lines, distinct, values }
    }
}

#[cfg(test)]
mod tests;
