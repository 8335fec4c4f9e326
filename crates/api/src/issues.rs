//! Issues: the errors that are one and the same, and what people do with them.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET issues?`[`IssueRequest`] | [`IssuePage`]; 400 [`QueryFault`](crate::QueryFault) | everybody |
//! | `GET issues/values?`[`TagValuesRequest`] | list of [`TagValue`], most frequent first, at most 30 | everybody |
//! | `POST issues/update` [`IssueUpdate`] | [`IssuesChanged`] | editors |
//! | `POST issues/merge` [`IssueMerge`] | [`IssuesChanged`] | editors |
//! | `GET issues/{id}?`[`SpanRequest`] | [`Issue`]; 404 | everybody |
//! | `GET issues/{id}/tags/{name}?`[`SpanRequest`] | [`TagFacet`] with up to 100 values | everybody |
//! | `POST issues/{id}/comments` [`NewComment`] | 201 [`Activity`] | editors |
//! | `POST issues/{id}/unmerge` [`IssueUnmerge`] | [`IssuesChanged`] | editors |
//!
//! Events of an issue: [`EventRow`](crate::EventRow). A query of 32 hexadecimal digits is an event's id: ask
//! `GET events/{id}` where it is.

use serde::{Deserialize, Serialize};

use crate::{GroupedBy, Mark, Millis};

/// Which issues, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRequest {
    /// `is:unresolved release:1.2 user.email:a@b.c free text`; empty: all.
    #[serde(default)]
    pub query: String,
    /// The project's slug; empty: all projects.
    #[serde(default)]
    pub project: String,
    /// Only issues seen in this environment; empty: all.
    #[serde(default)]
    pub environment: String,
    /// Only issues with events since then; 0: 14 days before the end.
    #[serde(default)]
    pub start: Millis,
    /// And before then; 0: now.
    #[serde(default)]
    pub end: Millis,
    /// Their order.
    #[serde(default)]
    pub sort: IssueSort,
    /// [`IssuePage::next`] of the page before; empty: from the beginning.
    #[serde(default)]
    pub cursor: String,
    /// At most this many (1 to 100); 0: 50.
    #[serde(default)]
    pub limit: u32,
}

/// The order of issues; the greatest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueSort {
    /// By the last event.
    #[default]
    LastSeen,
    /// By the first event.
    FirstSeen,
    /// By events in the time asked for.
    Events,
    /// By users ever.
    Users,
    /// By how many events more came in the last 24 hours than in those before.
    Trend,
}

/// A page of issues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuePage {
    /// In the order asked for.
    pub rows: Vec<IssueRow>,
    /// Where the next page begins; `None`: there are no more.
    pub next: Option<String>,
    /// How many there are on all pages together; `None`: more than were counted.
    pub total: Option<u64>,
    /// Where the first bucket of [`IssueRow::spark`] begins.
    pub start: Millis,
    /// How long each bucket is.
    pub step: Millis,
    /// An event came at some time; `false`: the page shows how to send the first one.
    pub any: bool,
    /// When the last one of all came.
    pub latest: Option<Millis>,
    /// All projects, by slug, for choosing one.
    pub projects: Vec<ProjectName>,
    /// All environments that events came from, by name.
    pub environments: Vec<String>,
    /// Releases that events came from, newest first, at most 50.
    pub releases: Vec<String>,
    /// Tags that events carry, by name, at most 100: what can stand before a `:` in a query.
    pub tags: Vec<String>,
    /// Who can be given an issue: the accounts' names.
    pub people: Vec<String>,
    /// What was left out, in words for the page.
    pub warnings: Vec<String>,
}

/// What a project is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectName {
    /// Names it in the SDKs' addresses.
    pub id: u64,
    /// Names it to people: `shop`.
    pub slug: String,
    /// What an SDK is given.
    pub dsn: String,
}

/// One issue in a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRow {
    /// Names it.
    pub id: i64,
    /// Names it to people: `SHOP-12`.
    pub short_id: String,
    /// The project's slug.
    pub project: String,
    /// What kind of error: `ValueError`; for a message its first line.
    pub title: String,
    /// What it said: the exception's value; empty for a message.
    pub message: String,
    /// Where: `shop.views.pay in charge`, or the transaction.
    pub culprit: String,
    /// `fatal`, `error`, `warning`, `info`, `debug`.
    pub level: String,
    /// What is to be done with it.
    pub status: IssueStatus,
    /// And how it does meanwhile.
    pub substatus: IssueSubstatus,
    /// The time of its first event.
    pub first_seen: Millis,
    /// The time of its last event.
    pub last_seen: Millis,
    /// Events in the time asked for; ever, where none is.
    pub events: u64,
    /// Distinct users ever: exact while few, then an estimate.
    pub users: u64,
    /// Events over the time asked for, oldest first.
    pub spark: Vec<u64>,
    /// Whose it is; empty: nobody's.
    pub assignee: String,
    /// Its last event was not caught by the program.
    pub unhandled: bool,
    /// The release of its last event; empty: not told.
    pub release: String,
    /// Comments.
    pub comments: u32,
}

/// What is to be done with an issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssueStatus {
    /// Somebody should look.
    #[default]
    Unresolved,
    /// It should not come again.
    Resolved,
    /// Nobody needs to look, until a condition is met.
    Archived,
}

/// How an issue does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssueSubstatus {
    /// It came for the first time within the last days.
    New,
    /// It comes as it did.
    #[default]
    Ongoing,
    /// It comes much more often than it did.
    Escalating,
    /// It was resolved and came again.
    Regressed,
}

/// What is to be done with which issues. Either `ids` or `query` says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueUpdate {
    /// These issues, at most 1000.
    #[serde(default)]
    pub ids: Vec<i64>,
    /// Where `ids` is empty: all that this selects, whatever page they stand on. `sort`, `cursor` and `limit`
    /// do not count.
    #[serde(default)]
    pub query: Option<IssueRequest>,
    /// What is done with each.
    pub change: IssueChange,
}

/// What is done with an issue: `{"do":"resolve"}`, `{"do":"archive","events":100}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum IssueChange {
    /// It should not come again from now on.
    Resolve,
    /// It should not come again in this release and later ones.
    ResolveInRelease {
        /// The release; empty: the newest one of the project.
        #[serde(default)]
        release: String,
    },
    /// It should not come again in any release after the newest one of now.
    ResolveInNext,
    /// Nobody needs to look, until the first of these is met; without any of them, for ever.
    Archive {
        /// This time is reached.
        #[serde(default)]
        until: Option<Millis>,
        /// So many more events came.
        #[serde(default)]
        events: Option<u64>,
        /// So many more users met it.
        #[serde(default)]
        users: Option<u64>,
        /// With `events`: so many of them within so many hours.
        #[serde(default)]
        hours: Option<u64>,
        /// It comes much more often than now.
        #[serde(default)]
        escalating: bool,
    },
    /// Somebody should look again.
    Unresolve,
    /// It is somebody's.
    Assign {
        /// An account's name; empty: nobody's.
        #[serde(default)]
        to: String,
    },
    /// It and its events go.
    Delete,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuesChanged {
    /// So many issues.
    pub changed: u64,
}

/// Issues that are one and the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueMerge {
    /// What stays.
    pub into: i64,
    /// What becomes part of it, at most 100, of the same project.
    pub ids: Vec<i64>,
}

/// Parts of an issue that are to be issues of their own again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueUnmerge {
    /// Of [`Issue::merged`]; not all of them.
    pub hashes: Vec<String>,
}

/// Something to say about an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewComment {
    /// 1 to 4000 characters of plain text.
    pub text: String,
}

/// The time that something is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRequest {
    /// Only what came from this environment; empty: from all.
    #[serde(default)]
    pub environment: String,
    /// The first instant; 0: 14 days before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
}

/// One issue whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// As in the list; [`IssueRow::spark`] is the series of events.
    pub row: IssueRow,
    /// Where the first bucket of the series begins.
    pub start: Millis,
    /// How long each bucket is.
    pub step: Millis,
    /// Events ever.
    pub events_ever: u64,
    /// Events that are still kept and can be looked at.
    pub events_kept: u64,
    /// What happened to containers of the project's service in that time: deploys, restarts, kills.
    pub marks: Vec<Mark>,
    /// The release of the first event; empty: not told.
    pub first_release: String,
    /// What `status` waits for: `until 100 more events`, `in release 1.4`; empty: nothing.
    pub condition: String,
    /// Tags, each with its most frequent values; by the share of events that carry it.
    pub facets: Vec<TagFacet>,
    /// What happened to it, newest first, at most 200.
    pub activity: Vec<Activity>,
    /// Why its last event belongs here.
    pub why: GroupedBy,
    /// The keys whose events belong here; more than one: merged, or different variants of one stack.
    pub merged: Vec<MergedHash>,
    /// Who can be given it: the accounts' names.
    pub people: Vec<String>,
    /// Its newest event that is kept; `None`: none is any more.
    pub latest: Option<String>,
}

/// The values of one tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagFacet {
    /// The tag's name.
    pub name: String,
    /// Events that carry it.
    pub events: u64,
    /// Most frequent first.
    pub values: Vec<TagValue>,
}

/// The values of a tag over all issues, for completing a query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagValuesRequest {
    /// The tag's name.
    pub name: String,
    /// Only values that begin so.
    #[serde(default)]
    pub prefix: String,
    /// The project's slug; empty: all.
    #[serde(default)]
    pub project: String,
}

/// A tag's value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagValue {
    /// The value.
    pub value: String,
    /// Events that carry it.
    pub events: u64,
    /// The last of them.
    pub last_seen: Millis,
}

/// Something that happened to an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// When.
    pub at: Millis,
    /// Who did it; empty: Porthole.
    pub by: String,
    /// What.
    pub kind: ActivityKind,
    /// The comment, the release, who it was given to, what is waited for.
    pub text: String,
}

/// What happened to an issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActivityKind {
    /// It came for the first time.
    #[default]
    First,
    /// Somebody says something.
    Comment,
    /// It was resolved.
    Resolved,
    /// It was archived.
    Archived,
    /// Somebody should look again.
    Unresolved,
    /// It came again though it was resolved.
    Regressed,
    /// It came much more often.
    Escalated,
    /// It was given to somebody, or taken from.
    Assigned,
    /// Others became part of it.
    Merged,
    /// Parts became issues of their own.
    Unmerged,
}

/// A key that leads events to an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedHash {
    /// Names it.
    pub hash: String,
    /// What its events are called, where that is known.
    pub title: String,
    /// Events that came by it.
    pub events: u64,
    /// The last of them.
    pub last_seen: Millis,
}

/// Something that happened to an issue just now: the event `issue` of the live stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveIssue {
    /// What happened.
    pub kind: IssueSubstatus,
    /// Which issue.
    pub id: i64,
    /// What people call it.
    pub short_id: String,
    /// As in the list.
    pub title: String,
    /// The project's slug.
    pub project: String,
    /// As in the list.
    pub level: String,
}
