use std::collections::BTreeMap;
use std::path::Path;

use model::{Labels, Matcher};

use super::*;
use crate::Tier;
use crate::message::News;
use crate::shown::State;

const NOW: i64 = 1_763_553_600_000;
const DAY: i64 = 86_400_000;

fn policy() -> Policy {
    let mut policy = Policy::default();
    for (_, tier) in Tier::WORDS {
        policy.tier_mut(tier).receivers = vec!["slack".to_owned()];
        policy.tier_mut(tier).group_wait_ms = 0;
    }
    policy
}

fn open(directory: &Path) -> Keep {
    Keep::open(&directory.join("alerts.db"), policy()).expect("a file")
}

fn sent(name: &str, ends_ms: Option<i64>) -> SentAlert {
    SentAlert {
        labels: Labels::from_pairs([("alertname", name), ("severity", "critical"), ("service", "web")]),
        annotations: BTreeMap::from([("summary".to_owned(), format!("{name} broke"))]),
        starts_ms: None,
        ends_ms,
        generator_url: "http://prometheus/graph".to_owned(),
    }
}

fn news(keep: &Keep) -> Vec<News> {
    keep.due(NOW + DAY, 10).into_iter().map(|row| row.message.news).collect()
}

#[test]
fn a_crash_at_any_step_of_a_delivery_forgets_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let turns = open(path).receive(vec![sent("Disk", None)], NOW);
    assert_eq!(turns.iter().map(|turn| turn.to).collect::<Vec<_>>(), [Some(State::Firing)]);
    let row = open(path).due(NOW, 10).remove(0);
    assert_eq!((row.receiver.as_str(), row.sequence, row.attempts, row.in_doubt), ("slack", 1, 0, false));
    open(path).begin(row.id, NOW + 30_000);
    assert!(open(path).due(NOW, 10).is_empty(), "it is being tried");
    let tried = open(path).due(NOW + 30_000, 10).remove(0);
    assert_eq!((tried.attempts, tried.in_doubt), (1, true));
    open(path).failed(row.id, NOW + 60_000, false);
    assert_eq!(open(path).due_ms(), Some(NOW + 60_000));
    let mut complete = row.message.clone();
    complete.how_bad = "very".to_owned();
    open(path).complete(row.id, &complete);
    assert_eq!(open(path).due(NOW + 60_000, 10)[0].message.how_bad, "very");
    open(path).sent(row.id, "ok", NOW + 60_000);
    assert!(open(path).due(NOW + DAY, 10).is_empty());
    let status = open(path).status().expect("a status");
    assert_eq!(status.receivers["slack"].last, Some((NOW + 60_000, true, "ok".to_owned())));
    assert_eq!(status.alerts, BTreeMap::from([("firing", 1)]));
}

#[test]
fn what_was_given_up_is_kept_and_shown() {
    let directory = tempfile::tempdir().expect("a directory");
    let keep = open(directory.path());
    keep.receive(vec![sent("Disk", None)], NOW);
    keep.dead(keep.due(NOW, 1)[0].id, "410 gone", NOW + 5);
    let letters = open(directory.path()).letters(10).expect("letters");
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].why.as_str(), letters[0].message.what.as_str()), ("410 gone", "Disk broke"));
}

#[test]
fn a_message_is_told_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let keep = open(directory.path());
    keep.receive(vec![sent("Disk", None)], NOW);
    let row = keep.due(NOW, 1).remove(0);
    let to = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    keep.tell(&row.message, &to(&["slack", "email"]), NOW).expect("it is told");
    keep.sent(row.id, "ok", NOW);
    open(directory.path()).tell(&row.message, &to(&["slack", "email"]), NOW).expect("it is told");
    let receivers: Vec<String> =
        open(directory.path()).due(NOW, 10).into_iter().map(|row| row.receiver).collect();
    assert_eq!(receivers, ["email"]);
}

#[test]
fn on_a_full_disk_alerts_go_on_from_memory_and_are_written_later() {
    let directory = tempfile::tempdir().expect("a directory");
    let keep = open(directory.path());
    let pages = |pages: i64| {
        keep.lock().connection.pragma_update(None, "max_page_count", pages).expect("a limit");
    };
    pages(1);
    for index in 0..20 {
        keep.receive(vec![sent(&format!("Disk{index}"), None)], NOW);
    }
    assert!(keep.status().expect("a status").fault.is_some(), "the disk is full");
    assert_eq!(news(&keep), [News::Firing]);
    assert_eq!(keep.alerts(NOW).len(), 20);
    pages(1_000_000);
    keep.tick(NOW + 10_000);
    assert_eq!(keep.status().expect("a status").fault, None);
    drop(keep);
    let again = open(directory.path());
    assert_eq!(again.alerts(NOW + 1).len(), 20);
    assert_eq!(again.status().expect("a status").waiting, 11, "ten, and the card of the storm");
}

#[test]
fn what_happened_is_told_with_who_did_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let keep = open(directory.path());
    keep.receive(vec![sent("Disk", None)], NOW);
    let incident = keep.alerts(NOW)[0].incident.clone();
    keep.acknowledge(&incident, "ann", None, NOW + 1_000).expect("it is on");
    assert_eq!(keep.alerts(NOW + 1_000)[0].state, State::Acknowledged);
    keep.receive(vec![sent("Disk", Some(NOW))], NOW + 2_000);
    let history = open(directory.path()).history(NOW, NOW + DAY, 10).expect("a history");
    let told: Vec<_> =
        history.iter().map(|change| (change.state, change.by.as_str(), change.lasted_ms)).collect();
    assert_eq!(
        told,
        [(State::Resolved, "", Some(2_000)), (State::Acknowledged, "ann", None), (State::Firing, "", None)]
    );
    assert_eq!(open(directory.path()).history(NOW, NOW + 1_000, 10).expect("a history").len(), 1);
    let report = keep.report(NOW - 1).expect("a report");
    assert_eq!((report.all.fired, report.all.ignored), (1, 0));
    assert_eq!((report.all.acknowledged_ms, report.all.recovered_ms), (Some(1_000), Some(2_000)));
}

#[test]
fn links_are_good_after_a_restart_while_there_is_an_incident() {
    let directory = tempfile::tempdir().expect("a directory");
    let keep = open(directory.path());
    keep.receive(vec![sent("Disk", None)], NOW);
    let incident = keep.alerts(NOW)[0].incident.clone();
    let token = keep.link(&incident, "slack", NOW);
    drop(keep);
    let linked = open(directory.path()).verify_link(&token, NOW + 1).expect("a link");
    assert_eq!((linked.incident.as_str(), linked.receiver.as_str()), (incident.as_str(), "slack"));
    assert_eq!(linked.alerts.len(), 1);
    let gone = open(directory.path()).link("19a9bfc6200-0000000000000000", "slack", NOW);
    assert_eq!(open(directory.path()).verify_link(&gone, NOW).expect_err("there is none"), LinkError::Gone);
}

#[test]
fn the_weekly_report_is_sent_once_a_week() {
    let directory = tempfile::tempdir().expect("a directory");
    let with_report = || {
        let mut policy = policy();
        policy.report = Some(crate::config::policy::ReportTime {
            weekday: jiff::civil::Weekday::Thursday,
            at: jiff::civil::time(9, 0, 0, 0),
            clock: crate::config::policy::Clockwork::new(jiff::tz::TimeZone::UTC),
            receivers: vec!["email".to_owned()],
        });
        Keep::open(&directory.path().join("alerts.db"), policy).expect("a file")
    };
    with_report().tick(NOW);
    assert!(with_report().due(NOW, 10).is_empty());
    for _ in 0..3 {
        with_report().tick(NOW + DAY);
    }
    let rows = with_report().due(NOW + DAY, 10);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].receiver.as_str(), &rows[0].message.news), ("email", &News::Report));
}

#[test]
fn what_is_old_goes() {
    let directory = tempfile::tempdir().expect("a directory");
    let keep = open(directory.path());
    keep.receive(vec![sent("Disk", Some(NOW + 1_000))], NOW);
    keep.tick(NOW + 2_000);
    keep.remember("slack", "x", "ts", "1.2", NOW).expect("it is kept");
    assert_eq!(keep.recall("slack", "x", "ts").expect("it is read"), Some("1.2".to_owned()));
    for row in keep.due(NOW + 2_000, 10) {
        keep.sent(row.id, "ok", NOW + 2_000);
    }
    keep.tick(NOW + 91 * DAY);
    let rows = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        keep.lock().connection.query_row(&sql, [], |row| row.get(0)).expect("a count")
    };
    for table in ["alert", "incident", "history", "memory"] {
        assert_eq!(rows(table), 0, "{table}");
    }
}

#[test]
fn silences_and_rules_of_the_page_are_read_back() {
    let directory = tempfile::tempdir().expect("a directory");
    let new = NewSilence {
        id: None,
        matchers: vec![Matcher::equal("service", "web")],
        starts_ms: NOW,
        ends_ms: NOW + 1_000,
        by: "ann".to_owned(),
        reason: "a deploy".to_owned(),
    };
    let id = open(directory.path()).silence(new, NOW).expect("a silence");
    let silences = open(directory.path()).silences();
    assert_eq!(silences.iter().map(|silence| silence.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
    open(directory.path()).tick(NOW + 6 * DAY);
    assert!(open(directory.path()).silences().is_empty());
    let rule = PageRule { name: "slow".into(), toml: "x".into(), by: "ann".into(), saved_ms: NOW };
    open(directory.path()).save_rule(&rule).expect("it is saved");
    assert_eq!(open(directory.path()).page_rules().expect("rules"), std::slice::from_ref(&rule));
    assert!(open(directory.path()).remove_rule("slow").expect("it is removed"));
    assert!(!open(directory.path()).remove_rule("slow").expect("there is none"));
}
