//! Makes rows.

use model::{Entry, Labels, Level, Metadata};

use super::{Categories, Row};
use crate::eval::pipeline::{Category, EntryRef, FinalLabels, Outcome, Scratch, StreamLabels};

/// The row of an entry, with the number 0.
pub(super) fn row(stream: &StreamLabels, entry: EntryRef<'_>, outcome: Outcome<'_>) -> Row {
    Row {
        labels: stream.labels().clone(),
        timestamp: entry.timestamp,
        level: entry.level,
        line: outcome.line.to_owned(),
        metadata: entry.metadata.clone(),
        nth: 0,
        is_context: false,
        categories: categories(stream, outcome.labels),
    }
}

impl Row {
    /// The row of an entry that no query has changed, with the number 0.
    pub fn plain(stream: &Labels, entry: &Entry, level: Level) -> Self {
        let labels = StreamLabels::new(stream);
        let entry =
            EntryRef { timestamp: entry.timestamp, level, line: &entry.line, metadata: &entry.metadata };
        let mut scratch = Scratch::default();
        row(&labels, entry, Outcome::unchanged(&mut scratch, &labels, entry))
    }
}

fn categories(stream: &StreamLabels, labels: FinalLabels<'_>) -> Categories {
    let of = |wanted: Category| labels.iter().filter(move |(category, ..)| *category == wanted);
    let pairs = |category: Category| -> Metadata {
        let mut pairs: Metadata = of(category).map(|(_, name, value)| (name.into(), value.into())).collect();
        pairs.sort_unstable();
        pairs
    };
    let kept = match labels.unchanged() {
        true => stream.labels().clone(),
        false => Labels::from_pairs(of(Category::Stream).map(|(_, name, value)| (name, value))),
    };
    Categories { stream: kept, metadata: pairs(Category::Metadata), parsed: pairs(Category::Parsed) }
}
