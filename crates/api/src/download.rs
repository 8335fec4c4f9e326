//! Lines as a file: `GET logs/download?`[`LogRequest`](crate::LogRequest)`&`[`DownloadForm`] answers the file
//! itself, with a name. Of the request, `limit` 0 means all lines there are; `cursor` and `buckets` are not
//! looked at. 400 [`QueryFault`](crate::QueryFault).

use serde::{Deserialize, Serialize};

/// How the lines are written: `format=text`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadForm {
    /// The form.
    #[serde(default)]
    pub format: DownloadFormat,
}

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DownloadFormat {
    /// The lines as they were written, each after its time.
    #[default]
    Text,
    /// One object a line: `time`, `level`, `labels`, `line`, `metadata`, `fields`.
    Json,
    /// A table with the columns `time`, `level`, `service`, `container`, `stream`, `line`.
    Csv,
}
