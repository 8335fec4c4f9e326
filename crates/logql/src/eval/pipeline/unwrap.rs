//! `| unwrap duration(took) | __error__ = ""`: takes a number out of a label.

use super::labels::{Base, FinalLabels, LineLabels, StreamLabels};
use super::{EntryRef, Scratch, convert, filter};
use crate::ast::{Conversion, LabelFilter, Unwrap};

const SAMPLE_ERROR: &str = "SampleExtractionErr";

/// Takes a number out of a label.
#[derive(Clone, Debug)]
pub(crate) struct Unwrapping {
    label: String,
    conversion: Option<Conversion>,
    filters: Vec<LabelFilter>,
}

impl Unwrapping {
    pub(crate) fn new(unwrap: &Unwrap) -> Self {
        Self { label: unwrap.label.clone(), conversion: unwrap.conversion, filters: unwrap.filters.clone() }
    }

    /// The number of a line over which a pipeline has just run with this `scratch`; `None` if it has none, or if
    /// the filters do not let it pass. A text that is no number gives 0 and an error in the labels.
    pub(crate) fn number<'a>(
        &self,
        scratch: &'a mut Scratch,
        stream: &'a StreamLabels,
        entry: EntryRef<'a>,
    ) -> Option<(f64, FinalLabels<'a>)> {
        let base = Base { stream, metadata: entry.metadata, level: entry.level };
        let mut labels = LineLabels { base, changes: &mut scratch.changes };
        let value = labels.get(&self.label).filter(|value| !value.is_empty())?;
        let number = match self.convert(value) {
            Ok(number) => number,
            Err(why) => {
                labels.set_error(SAMPLE_ERROR, &why);
                0.0
            }
        };
        if !self.filters.iter().all(|filter| filter::passes(filter, &mut labels)) {
            return None;
        }
        Some((number, FinalLabels { base, changes: &scratch.changes }))
    }

    fn convert(&self, value: &str) -> Result<f64, String> {
        match self.conversion {
            None => convert::number(value),
            Some(Conversion::Bytes) => convert::bytes(value).map(|bytes| bytes as f64),
            Some(Conversion::Duration | Conversion::DurationSeconds) => {
                convert::duration(value).map(|nanos| nanos as f64 / 1e9)
            }
        }
    }
}
