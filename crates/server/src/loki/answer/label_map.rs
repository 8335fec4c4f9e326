//! Labels as a JSON object.

use model::Labels;
use serde::{Serialize, Serializer};

/// Labels as a JSON object; sorts as they do.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::loki) struct LabelMap(pub(in crate::loki) Labels);

impl Serialize for LabelMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter())
    }
}
