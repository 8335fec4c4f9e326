//! Issues that are new or came back, and lines of errors that are new or far more than usual.

use api::{Harm, IssueSubstatus, Millis, PartKind, Severity};

use super::{Detail, Grip, Symptom};
use crate::links;
use crate::seen::{Issue, Pattern, Service};
use crate::words::{cut, plural};

/// An issue counts as new so long.
const NEW_FOR: Millis = 1_800_000;
/// An issue without events for so long is over.
const QUIET_FOR: Millis = 180_000;
const EVENTS_MIN: u64 = 5;
const USERS_MIN: u64 = 3;
const NEW_LINES_MIN: u64 = 10;
const MORE_LINES_MIN: u64 = 20;
/// Against the usual number of lines.
const FACTOR: f64 = 5.0;
const PATIENCE: Millis = 10_000;

pub(super) fn look(service: &Service, at: Millis, found: &mut Vec<Symptom>) {
    found.extend(service.issues.iter().filter_map(|one| issue(service, one, at)));
    found.extend(service.patterns.iter().filter_map(|one| pattern(service, one)));
}

fn issue(service: &Service, issue: &Issue, at: Millis) -> Option<Symptom> {
    let turn = match issue.turn {
        IssueSubstatus::New if at - issue.first < NEW_FOR => "is new",
        IssueSubstatus::Regressed => "has come back",
        IssueSubstatus::Escalating => "comes far more often",
        IssueSubstatus::New | IssueSubstatus::Ongoing => return None,
    };
    if !issue.error || at - issue.last > QUIET_FOR {
        return None;
    }
    let opens = issue.events >= EVENTS_MIN || issue.users >= USERS_MIN;
    let said =
        if issue.message.is_empty() { String::new() } else { format!(": {}", cut(&issue.message, 120)) };
    let text = format!("{} {turn}: {}{said}", issue.short_id, issue.title);
    let harm = Harm {
        text: format!("{} within ten minutes", plural(issue.events, "event")),
        users: (issue.users > 0).then_some(issue.users),
        ..Harm::default()
    };
    let detail = Detail::Issue {
        id: issue.id,
        short_id: issue.short_id.clone(),
        title: issue.title.clone(),
        culprit: issue.culprit.clone(),
        first: issue.first,
    };
    Some(Symptom {
        grip: if opens { Grip::Opens } else { Grip::Holds },
        severity: if issue.users >= 20 || issue.events >= 100 { Severity::High } else { Severity::Medium },
        since: (issue.turn == IssueSubstatus::New).then_some(issue.first),
        href: links::issue(issue.id),
        harm,
        said: format!("{} {}", issue.title, issue.message),
        detail,
        ..Symptom::new(&service.who, PartKind::Issue, format!("issue {}", issue.id), text)
    })
}

fn pattern(service: &Service, pattern: &Pattern) -> Option<Symptom> {
    let (lines, usual) = (pattern.lines, pattern.usual);
    let is_new = usual <= 0.0;
    let opens = is_new && lines >= NEW_LINES_MIN || lines >= MORE_LINES_MIN && lines as f64 >= usual * FACTOR;
    let holds = is_new && lines >= 3 || lines >= 10 && lines as f64 >= usual * 2.0;
    let grip = match (opens, holds) {
        (true, _) => Grip::Opens,
        (_, true) => Grip::Holds,
        _ if is_new => Grip::Supports,
        _ => return None,
    };
    let usually = if is_new { "never before".to_owned() } else { format!("usually {usual:.0}") };
    Some(Symptom {
        grip,
        since: is_new.then_some(pattern.since),
        patience: PATIENCE,
        severity: Severity::Medium,
        href: links::error_lines(&service.who, pattern.since),
        harm: Harm {
            text: format!("{} of this error within two minutes; {usually}", plural(lines, "line")),
            against_usual: (!is_new).then(|| lines as f64 / usual),
            ..Harm::default()
        },
        said: pattern.example.clone(),
        ..Symptom::new(
            &service.who,
            PartKind::Pattern,
            format!("pattern {}", pattern.pattern),
            format!("{}, {usually}: {}", plural(lines, "line"), cut(&pattern.example, 160)),
        )
    })
}
