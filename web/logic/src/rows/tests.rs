//! What is told of things is checked as a person reads it: each row as one line of its cells.

mod arrange;
mod errors;
mod proxy;
mod queues;
mod services;
mod targets;
mod uptime;

use super::*;
use crate::time::{Clock, Utc};

/// 22 November 2026, 12:00:00 UTC.
const NOW: Millis = 1_795_348_800_000;
const CLOCK: Clock<'static> = Clock { now: NOW, zone: &Utc };

/// `state! | name (note) | …`; a `!` behind what is coloured.
fn told(row: &Row) -> String {
    let cell = |cell: &Cell| {
        let note = if cell.note.is_empty() { String::new() } else { format!(" ({})", cell.note) };
        let loud = if matches!(cell.tone, Tone::Critical | Tone::Warning) { "!" } else { "" };
        format!("{}{loud}{note}", cell.text.replace('\u{202f}', " "))
    };
    row.cells.iter().map(cell).collect::<Vec<_>>().join(" | ")
}

/// The sentences that a row unfolds to, and its facts as `name: words`.
fn unfolded(row: &Row) -> Vec<String> {
    let one = |detail: &Detail| match detail {
        Detail::Reason(_, words) => words.clone(),
        Detail::Fact(name, words) | Detail::Quote(name, words) => format!("{name}: {words}"),
        Detail::Labels(name, labels) => {
            let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{name}: {}", labels.join(","))
        }
        Detail::Links(links) => links.iter().map(|(words, href)| format!("[{words}]({href})")).collect(),
    };
    row.details.iter().map(one).collect()
}

/// As many cells as columns, and no two rows of a page under one key.
fn check_shape(sections: &[Section]) {
    let mut keys = std::collections::BTreeSet::new();
    for section in sections {
        let ids: std::collections::BTreeSet<&str> = section.columns.iter().map(|column| column.id).collect();
        assert_eq!(ids.len(), section.columns.len(), "two columns share an id");
        for row in &section.rows {
            assert_eq!(row.cells.len(), section.columns.len(), "{}", row.key);
            assert!(keys.insert(row.key.clone()), "{} stands twice", row.key);
        }
    }
}
