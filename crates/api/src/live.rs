//! The live stream: `GET live?query=…&levels=…` as server-sent events, one stream per tab.
//!
//! | event | data |
//! |---|---|
//! | `now` | [`Now`](crate::Now), at once and whenever it changes, at most once a second |
//! | `lines` | [`LiveLines`], at most ten times a second; only with a `query` |
//! | `paused` | [`LivePaused`]: lines were left out since the page could not keep up |
//!
//! Every `lines` event has an id; a browser that reconnects sends it as `Last-Event-ID` and goes on from there.

use serde::{Deserialize, Serialize};

use crate::LogPage;

/// Lines that arrived just now, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveLines {
    /// The lines; `next` is unused.
    pub page: LogPage,
    /// Of a faster flow, how many lines stand behind these (1: every line is here).
    pub one_in: u32,
}

/// Lines that were left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LivePaused {
    /// How many.
    pub skipped: u64,
}
