//! What happened to containers while lines were written: `GET logs/marks?`[`LogRequest`](crate::LogRequest)
//! answers a list of [`Mark`]s, oldest first, of the streams that the query's selector names. At most 500, the
//! newest.

use serde::{Deserialize, Serialize};

use crate::Nanos;

/// Something that happened to a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: Nanos,
    /// What.
    pub kind: MarkKind,
    /// The service of the container.
    pub service: String,
    /// The container's name.
    pub container: String,
    /// In words: the stored event's line.
    pub text: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkKind {
    /// Lines are missing: Docker had rotated them away.
    Gap,
    /// The container started.
    Start,
    /// It started again.
    Restart,
    /// It ended.
    Exit,
    /// The kernel killed it for its memory.
    Oom,
    /// It was replaced by one of another image.
    Deploy,
    /// Its health check changed its mind.
    Health,
}
