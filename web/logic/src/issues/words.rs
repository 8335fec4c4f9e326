//! What the pages say of an issue and an event.

use api::{Activity, ActivityKind, Around, Event, IssueRow, IssueStatus, IssueSubstatus, Millis};

use crate::decimal::fixed;
use crate::number::plural;
use crate::rows::Tone;
use crate::time::{Clock, ago, day_and_time, length};

/// How an issue does: its colour and the word for it. Only what asks for somebody has a colour.
pub fn standing(row: &IssueRow) -> (Tone, &'static str) {
    match (row.status, row.substatus) {
        (IssueStatus::Resolved, _) => (Tone::Good, "Resolved"),
        (IssueStatus::Archived, _) => (Tone::Idle, "Archived"),
        (_, IssueSubstatus::New) => (Tone::Waiting, "New"),
        (_, IssueSubstatus::Escalating) => (Tone::Critical, "Escalating"),
        (_, IssueSubstatus::Regressed) => (Tone::Warning, "Regressed"),
        (_, IssueSubstatus::Ongoing) => (Tone::Idle, "Ongoing"),
    }
}

/// The colour of a level, and whether it must be named: most are errors.
pub fn level(level: &str) -> Tone {
    match level {
        "fatal" => Tone::Critical,
        "warning" => Tone::Warning,
        _ => Tone::Idle,
    }
}

/// Something that happened to an issue, without who did it.
pub fn activity(one: &Activity) -> String {
    let told = |what: &str, text: &str| {
        if text.is_empty() { what.to_owned() } else { format!("{what} {text}") }
    };
    match one.kind {
        ActivityKind::First => told("came for the first time", &one.text),
        ActivityKind::Comment => one.text.clone(),
        ActivityKind::Resolved => told("resolved it", &one.text),
        ActivityKind::Archived => told("archived it", &one.text),
        ActivityKind::Unresolved if one.text.is_empty() => "unresolved it".to_owned(),
        ActivityKind::Unresolved => format!("is unresolved again: {}", one.text),
        ActivityKind::Regressed => told("came again though it was resolved", &one.text),
        ActivityKind::Escalated => told("comes much more often", &one.text),
        ActivityKind::Assigned if one.text.is_empty() => "gave it to nobody".to_owned(),
        ActivityKind::Assigned => format!("gave it to {}", one.text),
        ActivityKind::Merged => format!("merged {} into it", one.text),
        ActivityKind::Unmerged => format!("took {} out of it", one.text),
    }
}

/// When a breadcrumb was left, against the event: `−1.2 s`.
pub fn before(at: Millis, event: Millis) -> String {
    let millis = event - at;
    match millis {
        ..0 => format!("+{}", length(-millis)),
        0 => "0 s".to_owned(),
        1..1_000 => format!("−{millis} ms"),
        1_000..60_000 => format!("−{} s", fixed(millis as f64 / 1_000.0, 1)),
        _ => format!("−{}", length(millis)),
    }
}

/// When an event was, in the middle of what else is told: `12 min ago · 22 Nov 02:07`.
pub fn when(at: Millis, clock: Clock<'_>) -> String {
    format!("{} · {}", ago(at, clock.now), day_and_time(at, clock))
}

/// The deploy before an event, in a sentence; `None`: none is remembered.
pub fn deploy(around: &Around, event: Millis) -> Option<String> {
    let deploy = around.deploy.as_ref()?;
    let before = match deploy.before.as_str() {
        "" => String::new(),
        before => format!(" in the place of {before}"),
    };
    Some(format!("{} came{before}, {} before this.", deploy.what, length((event - deploy.at).max(0))))
}

/// Which of the kept events this is: `Event 31 of 1 204`.
pub fn number(event: &Event) -> String {
    format!("Event {} of {}", crate::number::count(event.number), crate::number::count(event.of))
}

/// How long ago an issue came first, and last.
pub fn age(row: &IssueRow, now: Millis) -> String {
    let (first, last) = (ago(row.first_seen, now), ago(row.last_seen, now));
    if first == last { last } else { format!("{last}, first {first}") }
}

/// `1 204 events, 87 users`, of users only where some are known.
pub fn impact(events: u64, users: u64) -> String {
    let events = plural(events, "event");
    if users == 0 { events } else { format!("{events}, {}", plural(users, "user")) }
}

#[cfg(test)]
mod tests {
    use api::DeployBefore;

    use super::*;

    #[test]
    fn only_what_asks_for_somebody_has_a_colour() {
        let check = |status, substatus, wanted| {
            assert_eq!(standing(&IssueRow { status, substatus, ..IssueRow::default() }), wanted);
        };
        use IssueStatus::{Archived, Resolved, Unresolved};
        check(Unresolved, IssueSubstatus::Ongoing, (Tone::Idle, "Ongoing"));
        check(Unresolved, IssueSubstatus::Regressed, (Tone::Warning, "Regressed"));
        check(Resolved, IssueSubstatus::Escalating, (Tone::Good, "Resolved"));
        check(Archived, IssueSubstatus::New, (Tone::Idle, "Archived"));
    }

    #[test]
    fn breadcrumbs_are_told_against_the_event() {
        let check = |millis: Millis, wanted: &str| assert_eq!(before(1_000_000 - millis, 1_000_000), wanted);
        check(0, "0 s");
        check(12, "−12 ms");
        check(1_240, "−1.2 s");
        check(90_000, "−1 min 30 s");
        check(-5_000, "+5 s");
    }

    #[test]
    fn sentences_leave_out_what_is_not_known() {
        assert_eq!(impact(1, 0), "1 event");
        assert_eq!(impact(2, 1), "2 events, 1 user");
        let mut around = Around::default();
        assert_eq!(deploy(&around, 0), None);
        let deployed = DeployBefore { at: 1_000, what: "shop:2".into(), before: String::new(), told: false };
        around.deploy = Some(deployed.clone());
        assert_eq!(deploy(&around, 121_000).unwrap(), "shop:2 came, 2 min before this.");
        around.deploy = Some(DeployBefore { before: "shop:1".into(), ..deployed });
        assert_eq!(
            deploy(&around, 121_000).unwrap(),
            "shop:2 came in the place of shop:1, 2 min before this."
        );
        let gave = Activity { kind: ActivityKind::Assigned, text: "ada".into(), ..Activity::default() };
        assert_eq!(activity(&gave), "gave it to ada");
        let row = IssueRow { first_seen: 0, last_seen: 3_600_000, ..IssueRow::default() };
        assert_eq!(age(&row, 7_200_000), "1 h ago, first 2 h ago");
    }
}
