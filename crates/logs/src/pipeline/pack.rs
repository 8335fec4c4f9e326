//! The `pack` stage: labels move into the line, which becomes JSON that LogQL's `| unpack` opens.

use model::Labels;
use serde_json::{Map, Value};
use settings::Section;

use super::line::Line;

/// Where `unpack` finds the line.
const ENTRY: &str = "_entry";

/// Labels that become a part of the line.
#[derive(Debug)]
pub(super) struct Pack {
    labels: Vec<String>,
    ingest_timestamp: bool,
}

impl Pack {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        if !section.is_set("labels") {
            section.fault("labels", "it is missing", r#"write which labels to pack, such as ["container"]"#);
        }
        let ingest_timestamp = section.boolean("ingest_timestamp").unwrap_or(true);
        Some(Self { labels: section.strings("labels")?, ingest_timestamp })
    }

    pub(super) fn run(&self, line: &mut Line) {
        let mut object = Map::new();
        for name in &self.labels {
            if let Some(value) = line.value(name) {
                object.insert(name.clone(), Value::from(value));
            }
        }
        object.insert(ENTRY.to_owned(), Value::from(std::mem::take(&mut line.entry.line)));
        line.entry.line = Value::Object(object).to_string();
        let kept = line.labels.iter().filter(|(name, _)| !self.labels.iter().any(|packed| packed == name));
        line.labels = Labels::from_pairs(kept);
        if self.ingest_timestamp {
            line.entry.timestamp = line.now;
        }
    }
}
