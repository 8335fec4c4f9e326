//! Releases: what each brought.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET releases?`[`ReleasesRequest`] | [`Releases`] | everybody |
//! | `GET releases/{version}?`[`ReleaseRequest`] | [`Release`]; 404; the version percent-encoded | everybody |

use serde::{Deserialize, Serialize};

use crate::{IssueRow, Millis, Pair, ProjectName};

/// Which releases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasesRequest {
    /// The project's slug; empty: all.
    #[serde(default)]
    pub project: String,
    /// Only what came from this environment is counted; empty: from all.
    #[serde(default)]
    pub environment: String,
    /// Only versions that contain this.
    #[serde(default)]
    pub query: String,
    /// [`Releases::next`] of the page before; empty: from the newest.
    #[serde(default)]
    pub cursor: String,
}

/// Which project's release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRequest {
    /// The project's slug; empty: whichever has it.
    #[serde(default)]
    pub project: String,
}

/// A page of releases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Releases {
    /// Newest first.
    pub rows: Vec<ReleaseRow>,
    /// Where the next page begins; `None`: there are no more.
    pub next: Option<String>,
    /// All projects, by slug.
    pub projects: Vec<ProjectName>,
    /// All environments that events came from.
    pub environments: Vec<String>,
}

/// One release of one project in a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReleaseRow {
    /// `shop@1.4.2`, a commit.
    pub version: String,
    /// The project's slug.
    pub project: String,
    /// When it was told of, or first seen.
    pub first_seen: Millis,
    /// The last event, transaction or session of it.
    pub last_seen: Millis,
    /// When it was declared released; `None`: it was not.
    pub released: Option<Millis>,
    /// The last deploy of it.
    pub deployed: Option<Millis>,
    /// Where to: `production`; empty: not deployed, as far as is told.
    pub deployed_to: String,
    /// Issues that came for the first time with it.
    pub new_issues: u64,
    /// Issues that came again with it though they were resolved.
    pub regressed_issues: u64,
    /// Its events.
    pub events: u64,
    /// Sessions; 0: the program sends none.
    pub sessions: u64,
    /// The share of sessions that did not crash, 0 to 1; `None`: there were none.
    pub crash_free_sessions: Option<f64>,
    /// The share of users who met no crash.
    pub crash_free_users: Option<f64>,
}

/// One release whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// As in the list.
    pub row: ReleaseRow,
    /// Issues that came for the first time with it, at most 50.
    pub new_issues: Vec<IssueRow>,
    /// Issues that came again with it, at most 50.
    pub regressed_issues: Vec<IssueRow>,
    /// Newest first.
    pub deploys: Vec<Deploy>,
    /// Where its first bucket begins.
    pub start: Millis,
    /// How long each bucket is.
    pub step: Millis,
    /// Its events over time.
    pub events: Vec<u64>,
    /// What its maker told: `ref`, `url`, commits; by name.
    pub about: Vec<Pair>,
    /// The release before it; empty: none is known.
    pub previous: String,
}

/// A release came to an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deploy {
    /// Where to.
    pub environment: String,
    /// When it was done.
    pub at: Millis,
    /// Its maker's words; empty: none.
    pub name: String,
    /// More about it; empty: none. An address that somebody typed: to be shown as text.
    pub url: String,
}
