//! Answers that need several engines, for parts of the appliance that are not behind HTTP: what alerts tell was seen
//! around a moment.

use answers::Evidence;
use model::{Labels, Timestamp};

use crate::app::{Sources, evidence};
use crate::queries::Queries;

/// Asks the engines. Cheap to clone; knows nothing of alerts, which ask it.
#[derive(Clone)]
pub struct Answers {
    pub(crate) sources: Sources,
    pub(crate) queries: Queries,
}

impl Answers {
    /// What was seen around the moment of what has these labels. What cannot be found is left out.
    pub async fn evidence(&self, labels: &Labels, at: Timestamp) -> Evidence {
        evidence(&self.queries, self.sources.clone(), labels.clone(), at).await
    }
}
