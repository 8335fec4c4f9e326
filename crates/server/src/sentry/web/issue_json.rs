//! An issue in Sentry's JSON.

use ::issues::{Issue, IssueStatus, Resolution};
use serde_json::{Value, json};

use super::answer::iso;

/// An issue; `counts`: events by the hour or day, each with the second at which it begins.
pub(super) fn issue_json(issue: &Issue, base: &str, counts: &[(i64, u64)]) -> Value {
    let (status, substatus, details) = status(&issue.status);
    let title = match issue.message.as_str() {
        "" => issue.title.clone(),
        message => format!("{}: {message}", issue.title),
    };
    let assignee = issue
        .assignee
        .as_ref()
        .map(|name| json!({ "type": "user", "id": name, "name": name, "email": name }));
    json!({
        "id": issue.id.to_string(), "shareId": null, "shortId": issue.short_id, "title": title, "culprit": issue.culprit,
        "permalink": format!("{base}/issues/{}", issue.id), "logger": null, "level": issue.level.name(),
        "status": status, "substatus": substatus, "statusDetails": details, "isPublic": false,
        "platform": issue.platform,
        "project": {
            "id": issue.project.to_string(), "name": issue.project_name, "slug": issue.project_name,
            "platform": issue.platform,
        },
        "type": "error", "issueType": "error", "issueCategory": "error",
        "metadata": { "type": issue.title, "value": issue.message, "title": title },
        "numComments": issue.comments, "assignedTo": assignee, "isBookmarked": false, "isSubscribed": false,
        "subscriptionDetails": null, "hasSeen": true, "annotations": [], "isUnhandled": issue.unhandled,
        "count": issue.count.to_string(), "userCount": issue.users,
        "firstSeen": iso(issue.first_ms), "lastSeen": iso(issue.last_ms),
        "stats": { "24h": counts },
    })
}

fn status(status: &IssueStatus) -> (&'static str, Option<&'static str>, Value) {
    match status {
        IssueStatus::Unresolved(substatus) => ("unresolved", Some(substatus.name()), json!({})),
        IssueStatus::Resolved(Resolution::Now) => ("resolved", None, json!({})),
        IssueStatus::Resolved(Resolution::InRelease(release)) => {
            ("resolved", None, json!({ "inRelease": release }))
        }
        IssueStatus::Resolved(Resolution::InNext { .. }) => {
            ("resolved", None, json!({ "inNextRelease": true }))
        }
        IssueStatus::Archived(until) => {
            let details = json!({
                "ignoreCount": until.within.as_ref().map_or(until.count, |within| Some(within.count)),
                "ignoreWindow": until.within.as_ref().map(|within| within.hours * 60),
                 "ignoreUserCount": until.users, "ignoreUntil": until.at_ms.map(iso),
                "untilEscalating": until.escalating,
            });
            let substatus =
                if until.escalating { "archived_until_escalating" } else { "archived_until_condition_met" };
            ("ignored", Some(substatus), details)
        }
    }
}
