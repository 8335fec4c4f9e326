//! `| json a="path"`: single values, wherever they stand. A path that leads nowhere gives an empty label.

use crate::ast::{JsonExtraction, JsonStep};

use super::super::labels::LineLabels;
use super::scan::{Escapes, Fault, Scanner, Value, unescape};

/// How deep a path may lead.
const DEPTH_MAX: usize = 64;

/// Takes out the values. Of a document that breaks off they are those before.
pub(in crate::eval::pipeline) fn extract_paths(
    line: &str,
    extractions: &[JsonExtraction],
    labels: &mut LineLabels<'_>,
) -> Result<(), Option<Fault>> {
    if line.is_empty() {
        return Ok(());
    }
    if !line.starts_with(['{', '[', '"']) {
        return Err(None);
    }
    let mut found = vec![false; extractions.len()];
    let wanted: Vec<Way<'_>> =
        extractions.iter().enumerate().map(|(index, one)| Way { index, steps: one.path.steps() }).collect();
    let mut search = Search { extractions, found: &mut found, labels };
    let read = search.value(&mut Scanner::new(line), &wanted, 0);
    for extraction in extractions {
        if labels.get(&extraction.label).is_none() {
            labels.set(&extraction.label, "");
        }
    }
    read.map(|_| ()).map_err(Some)
}

/// What is left of the path of an extraction.
#[derive(Clone, Copy)]
struct Way<'p> {
    index: usize,
    steps: &'p [JsonStep],
}

impl<'p> Way<'p> {
    /// The rest, if it leads through this field.
    fn through_field(self, name: &str) -> Option<Self> {
        match self.steps.split_first() {
            Some((JsonStep::Field(field), steps)) if field == name => Some(Self { steps, ..self }),
            _ => None,
        }
    }

    /// The rest, if it leads through this element.
    fn through_element(self, at: usize) -> Option<Self> {
        match self.steps.split_first() {
            Some((JsonStep::Index(index), steps)) if *index == at => Some(Self { steps, ..self }),
            _ => None,
        }
    }
}

struct Search<'s, 'l> {
    extractions: &'s [JsonExtraction],
    found: &'s mut [bool],
    labels: &'s mut LineLabels<'l>,
}

impl Search<'_, '_> {
    /// Reads the next value, to which some paths have led. `false`: nothing more can be found.
    fn value(&mut self, scanner: &mut Scanner<'_>, ways: &[Way<'_>], depth: usize) -> Result<bool, Fault> {
        let next = scanner.peek().ok_or(Fault::Json)?;
        let (here, further): (Vec<Way<'_>>, Vec<Way<'_>>) = ways.iter().partition(|way| way.steps.is_empty());
        if matches!(next, b'{' | b'[') && here.is_empty() && depth < DEPTH_MAX {
            return self.inside(scanner, &further, depth);
        }
        let mut start = *scanner;
        let value = scanner.value()?;
        here.iter().for_each(|way| self.set(way.index, value));
        if matches!(value, Value::Array(_) | Value::Object(_)) && !further.is_empty() && depth < DEPTH_MAX {
            self.inside(&mut start, &further, depth)?;
        }
        Ok(self.found.contains(&false))
    }

    fn set(&mut self, index: usize, value: Value<'_>) {
        if std::mem::replace(&mut self.found[index], true) {
            return;
        }
        let name = &self.extractions[index].label;
        match value {
            Value::Null => self.labels.extract_anew(name, ""),
            Value::Plain(text) | Value::Object(text) => self.labels.extract_anew(name, text),
            Value::Text(text) | Value::Array(text) => {
                self.labels.extract_anew(name, &unescape(text, Escapes::Json).unwrap_or_default());
            }
        }
    }

    /// Follows the paths into the array or the object that is next, to its end. What cannot be read is a fault
    /// only where a path leads; everywhere else it ends the search.
    fn inside(&mut self, scanner: &mut Scanner<'_>, ways: &[Way<'_>], depth: usize) -> Result<bool, Fault> {
        let is_object = scanner.peek() == Some(b'{');
        let close = if is_object { b'}' } else { b']' };
        scanner.at += 1;
        for at in 0.. {
            if scanner.peek() == Some(close) {
                break;
            }
            let next = match is_object {
                true => self.through_field(scanner, ways),
                false => Some(ways.iter().filter_map(|way| way.through_element(at)).collect()),
            };
            let goes_on = match next {
                None => false,
                Some(next) if next.is_empty() => scanner.peek().is_some() && scanner.value().is_ok(),
                Some(next) => self.value(scanner, &next, depth + 1)?,
            };
            match scanner.peek() {
                Some(b',') if goes_on => scanner.at += 1,
                Some(byte) if goes_on && byte == close => break,
                _ => return Ok(false),
            }
        }
        scanner.at += 1;
        Ok(true)
    }

    /// The paths that lead through the next member.
    fn through_field<'p>(&self, scanner: &mut Scanner<'_>, ways: &[Way<'p>]) -> Option<Vec<Way<'p>>> {
        if scanner.peek() != Some(b'"') {
            return None;
        }
        let name = unescape(scanner.text()?, Escapes::Json)?;
        if scanner.peek() != Some(b':') {
            return None;
        }
        scanner.at += 1;
        Some(ways.iter().filter_map(|way| way.through_field(&name)).collect())
    }
}
