//! Labels and structured metadata: set from extracted values, set to a text, taken away.

use model::Labels;
use model::relabel::is_label_name;
use settings::Section;

use super::line::Line;
use super::read;

/// Names of labels or of metadata.
pub(super) type LabelList = Vec<String>;

/// Names that get the values of sources.
#[derive(Debug)]
pub(super) struct Renames(Vec<(String, String)>);

impl Renames {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let pairs = read::pairs(section, r#"{ user = "", verb = "method" }"#)?;
        check_names(section, &pairs)?;
        let sourced = |(name, source): (String, String)| {
            let source = if source.is_empty() { name.clone() } else { source };
            (name, source)
        };
        Some(Self(pairs.into_iter().map(sourced).collect()))
    }

    pub(super) fn set_labels(&self, line: &mut Line) {
        let found = |(name, source): &(String, String)| Some((name.clone(), line.value(source)?.to_owned()));
        let new: Vec<(String, String)> = self.0.iter().filter_map(found).collect();
        set(line, &new);
    }

    pub(super) fn set_metadata(&self, line: &mut Line) {
        for (name, source) in &self.0 {
            if let Some(value) = line.value(source).filter(|value| !value.is_empty()) {
                let value = value.to_owned();
                line.set_metadata(name, &value);
            }
        }
    }
}

/// Labels that all lines get.
#[derive(Debug)]
pub(super) struct StaticLabels(Vec<(String, String)>);

impl StaticLabels {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let pairs = read::pairs(section, r#"{ team = "core" }"#)?;
        check_names(section, &pairs)?;
        Some(Self(pairs))
    }

    pub(super) fn run(&self, line: &mut Line) {
        set(line, &self.0);
    }
}

/// Of two values of a name the new one holds; an empty one takes the label away.
fn set(line: &mut Line, new: &[(String, String)]) {
    let is_same = |(name, value): &(String, String)| line.labels.get(name).unwrap_or_default() == value;
    if !new.iter().all(is_same) {
        let new = new.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        line.labels = Labels::from_pairs(line.labels.iter().chain(new));
    }
}

fn check_names(section: &Section<'_>, pairs: &[(String, String)]) -> Option<()> {
    for (name, _) in pairs {
        if !is_label_name(name) {
            section.fault(name, "no name of a label", "write letters, digits and underscores");
            return None;
        }
    }
    Some(())
}

pub(super) fn drop_labels(line: &mut Line, names: &LabelList) {
    if names.iter().any(|name| line.labels.get(name).is_some()) {
        let kept = line.labels.iter().filter(|(name, _)| !names.iter().any(|other| other == name));
        line.labels = Labels::from_pairs(kept);
    }
}

pub(super) fn keep_labels(line: &mut Line, names: &LabelList) {
    let kept = line.labels.iter().filter(|(name, _)| names.iter().any(|other| other == name));
    line.labels = Labels::from_pairs(kept);
}

pub(super) fn drop_metadata(line: &mut Line, names: &LabelList) {
    line.entry.metadata.retain(|(name, _)| !names.iter().any(|other| **other == **name));
}
