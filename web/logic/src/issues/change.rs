//! What can be done with issues: how it is asked for, what is said of it, and how it is taken back.

use api::{IssueChange, IssueRow, IssueStatus};

use crate::number::{count, plural};
use crate::wire::Object;

/// A change as the server reads it.
pub fn json(change: &IssueChange) -> String {
    let does = |what: &str| Object::default().text("do", what);
    match change {
        IssueChange::Resolve => does("resolve"),
        IssueChange::ResolveInRelease { release } => does("resolve_in_release").text("release", release),
        IssueChange::ResolveInNext => does("resolve_in_next"),
        IssueChange::Archive { until, events, users, hours, escalating } => {
            let number = |object: Object, name: &str, value: Option<String>| match value {
                Some(value) => object.raw(name, &value),
                None => object,
            };
            let object = number(does("archive"), "until", until.map(|until| until.to_string()));
            let object = number(object, "events", events.map(|events| events.to_string()));
            let object = number(object, "hours", hours.map(|hours| hours.to_string()));
            number(object, "users", users.map(|users| users.to_string()))
                .raw("escalating", &escalating.to_string())
        }
        IssueChange::Unresolve => does("unresolve"),
        IssueChange::Assign { to } => does("assign").text("to", to),
        IssueChange::Delete => does("delete"),
    }
    .end()
}

/// Archived until it comes much more often.
pub const UNTIL_ESCALATING: IssueChange =
    IssueChange::Archive { until: None, events: None, users: None, hours: None, escalating: true };

/// What was done, in a sentence.
pub fn told(change: &IssueChange, changed: u64) -> String {
    let issues = plural(changed, "issue");
    match change {
        IssueChange::Resolve => format!("{issues} resolved."),
        IssueChange::ResolveInRelease { .. } => format!("{issues} resolved in the release."),
        IssueChange::ResolveInNext => format!("{issues} resolved in the next release."),
        IssueChange::Archive { .. } => format!("{issues} archived."),
        IssueChange::Unresolve => format!("{issues} unresolved again."),
        IssueChange::Assign { to } if to.is_empty() => format!("{issues} given to nobody."),
        IssueChange::Assign { to } => format!("{issues} given to {to}."),
        IssueChange::Delete => format!("{issues} deleted."),
    }
}

/// What brings issues back to how they were before a change: which, and what is done with them. Nothing where it
/// cannot be taken back.
pub fn undo(change: &IssueChange, before: &[IssueRow]) -> Vec<(Vec<i64>, IssueChange)> {
    let back = |row: &IssueRow| match (change, row.status) {
        (IssueChange::Delete, _) => None,
        (IssueChange::Assign { .. }, _) => Some(IssueChange::Assign { to: row.assignee.clone() }),
        (_, IssueStatus::Unresolved) => Some(IssueChange::Unresolve),
        (_, IssueStatus::Resolved) => Some(IssueChange::Resolve),
        (_, IssueStatus::Archived) => Some(UNTIL_ESCALATING),
    };
    let mut all: Vec<(Vec<i64>, IssueChange)> = Vec::new();
    for row in before {
        let Some(back) = back(row) else { continue };
        match all.iter_mut().find(|(_, known)| *known == back) {
            Some((ids, _)) => ids.push(row.id),
            None => all.push((vec![row.id], back)),
        }
    }
    all
}

/// How many are chosen: `3 chosen`, `All 1 204 chosen`.
pub fn chosen(ids: usize, all: Option<u64>) -> String {
    match all {
        Some(all) => format!("All {} chosen", count(all)),
        None => format!("{} chosen", count(ids as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_written_as_the_server_reads_them() {
        for change in [
            IssueChange::Resolve,
            IssueChange::ResolveInRelease { release: "shop@1 \"x\"".into() },
            IssueChange::ResolveInNext,
            UNTIL_ESCALATING,
            IssueChange::Archive {
                until: Some(5),
                events: Some(100),
                users: Some(7),
                hours: Some(2),
                escalating: false,
            },
            IssueChange::Unresolve,
            IssueChange::Assign { to: "ada".into() },
            IssueChange::Delete,
        ] {
            let read: IssueChange = serde_json::from_str(&json(&change)).unwrap();
            assert_eq!(read, change);
        }
    }

    #[test]
    fn what_was_done_is_taken_back_issue_by_issue() {
        let row = |id, status, assignee: &str| IssueRow {
            id,
            status,
            assignee: assignee.into(),
            ..IssueRow::default()
        };
        let before = [
            row(1, IssueStatus::Unresolved, ""),
            row(2, IssueStatus::Resolved, "ada"),
            row(3, IssueStatus::Unresolved, ""),
            row(4, IssueStatus::Archived, ""),
        ];
        assert_eq!(
            undo(&IssueChange::Resolve, &before),
            [
                (vec![1, 3], IssueChange::Unresolve),
                (vec![2], IssueChange::Resolve),
                (vec![4], UNTIL_ESCALATING),
            ]
        );
        let to = |to: &str| IssueChange::Assign { to: to.into() };
        assert_eq!(undo(&to("bob"), &before), [(vec![1, 3, 4], to("")), (vec![2], to("ada"))]);
        assert_eq!(undo(&IssueChange::Delete, &before), []);
    }

    #[test]
    fn what_was_done_is_told() {
        assert_eq!(told(&IssueChange::Resolve, 1), "1 issue resolved.");
        assert_eq!(told(&IssueChange::Assign { to: "ada".into() }, 2), "2 issues given to ada.");
        assert_eq!((chosen(3, None), chosen(3, Some(7))), ("3 chosen".into(), "All 7 chosen".into()));
    }
}
