//! Labels in JSON: as an object, in the order of their names.

use std::collections::BTreeMap;

use model::Labels;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) fn serialize<S: Serializer>(labels: &Labels, serializer: S) -> Result<S::Ok, S::Error> {
    map(labels).serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Labels, D::Error> {
    let map: BTreeMap<String, String> = BTreeMap::deserialize(deserializer)?;
    Ok(Labels::from_sorted(map))
}

/// Labels by name.
pub(crate) fn map(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
