//! Issues of the store as the page reads them.

use ::event::Grouping;
use ::issues::{Activity, Issue, IssueStatus, Issues, Of, ReadError, Resolution, Substatus, Until, What};
use api::{ActivityKind, GroupPart, GroupedBy, IssueRow, IssueSubstatus};
use model::{TimeRange, Timestamp};

/// Buckets of the small picture of an issue.
pub(super) const SPARK: usize = 28;

/// A row, and where its small picture begins and how long its buckets are.
pub(super) struct Row {
    pub(super) row: IssueRow,
    pub(super) start: i64,
    pub(super) step: i64,
}

/// An issue in a line; its events are those of the time asked for.
pub(super) fn row(issues: &Issues, issue: Issue, range: TimeRange, buckets: usize) -> Result<Row, ReadError> {
    let series = issues.series(Of::Issue(issue.id), range.start.millis(), range.end.millis(), buckets)?;
    let (status, substatus) = status(&issue.status);
    let row = IssueRow {
        id: issue.id,
        short_id: issue.short_id,
        project: issue.project_name,
        title: issue.title,
        message: issue.message,
        culprit: issue.culprit,
        level: issue.level.name().to_owned(),
        status,
        substatus,
        first_seen: issue.first_ms,
        last_seen: issue.last_ms,
        events: series.total(),
        users: issue.users,
        spark: series.events,
        assignee: issue.assignee.unwrap_or_default(),
        unhandled: issue.unhandled,
        release: issue.last_release.unwrap_or_default(),
        comments: issue.comments,
    };
    Ok(Row { row, start: series.start_ms, step: series.step_ms })
}

fn status(status: &IssueStatus) -> (api::IssueStatus, IssueSubstatus) {
    match status {
        IssueStatus::Unresolved(substatus) => (api::IssueStatus::Unresolved, self::substatus(*substatus)),
        IssueStatus::Resolved(_) => (api::IssueStatus::Resolved, IssueSubstatus::Ongoing),
        IssueStatus::Archived(_) => (api::IssueStatus::Archived, IssueSubstatus::Ongoing),
    }
}

fn substatus(substatus: Substatus) -> IssueSubstatus {
    match substatus {
        Substatus::New => IssueSubstatus::New,
        Substatus::Ongoing => IssueSubstatus::Ongoing,
        Substatus::Escalating => IssueSubstatus::Escalating,
        Substatus::Regressed => IssueSubstatus::Regressed,
    }
}

/// What the status waits for; empty: nothing.
pub(super) fn condition(status: &IssueStatus) -> String {
    match status {
        IssueStatus::Unresolved(_) => String::new(),
        IssueStatus::Resolved(how) => resolution(how),
        IssueStatus::Archived(until) => waits_for(until),
    }
}

fn resolution(how: &Resolution) -> String {
    match how {
        Resolution::Now => String::new(),
        Resolution::InRelease(release) => format!("in release {release}"),
        Resolution::InNext { after: Some(release) } => format!("in the release after {release}"),
        Resolution::InNext { after: None } => "in the next release".into(),
    }
}

fn waits_for(until: &Until) -> String {
    let Until { escalating, at_ms, count, users, within } = until;
    let conditions = [
        escalating.then(|| "there is much more of it than usual".to_owned()),
        at_ms.map(utc),
        count.map(|count| format!("it came {count} times in all")),
        users.map(|users| format!("{users} users met it in all")),
        within.as_ref().map(|within| format!("it came {} times in {}", within.count, hours(within.hours))),
    ];
    let conditions: Vec<String> = conditions.into_iter().flatten().collect();
    if conditions.is_empty() { "for ever".into() } else { format!("until {}", conditions.join(" or ")) }
}

fn hours(hours: u64) -> String {
    match hours {
        1 => "an hour".into(),
        hours if hours % 24 == 0 && hours > 24 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}

/// An instant for people, to the second.
fn utc(millis: i64) -> String {
    let text = Timestamp::from_millis(millis).to_string();
    text.get(..19).map_or_else(|| text.clone(), |text| format!("{} UTC", text.replace('T', " ")))
}

/// Something that happened to an issue, in words.
pub(super) fn activity(activity: Activity) -> api::Activity {
    let (kind, text) = match activity.what {
        What::First => (ActivityKind::First, String::new()),
        What::Comment { text } => (ActivityKind::Comment, text),
        What::Resolved { how } => (ActivityKind::Resolved, resolution(&how)),
        What::Archived { until } => (ActivityKind::Archived, waits_for(&until)),
        What::Unresolved => (ActivityKind::Unresolved, String::new()),
        What::Woken => (ActivityKind::Unresolved, "what it waited for has come".into()),
        What::Regressed { release } => (
            ActivityKind::Regressed,
            release.map(|release| format!("in release {release}")).unwrap_or_default(),
        ),
        What::Escalated => (ActivityKind::Escalated, String::new()),
        What::Assigned { to } => (ActivityKind::Assigned, to.unwrap_or_default()),
        What::Merged { short_ids } => (ActivityKind::Merged, short_ids.join(", ")),
        What::Unmerged { short_ids } => (ActivityKind::Unmerged, short_ids.join(", ")),
    };
    api::Activity { at: activity.at_ms, by: activity.by.unwrap_or_default(), kind, text }
}

/// Why an event belongs to its issue.
pub(super) fn why(grouping: &Grouping) -> GroupedBy {
    let part = |part: &::event::Part| GroupPart {
        what: part.what.clone(),
        used: part.used,
        hint: part.hint.clone(),
    };
    GroupedBy {
        variant: grouping.variant.in_words().to_owned(),
        version: grouping.version.to_string(),
        parts: grouping.why.iter().map(part).collect(),
    }
}
