//! What the page says of alerts, from what the server tells.

use std::collections::BTreeMap;

use api::{Backtest, BacktestSpan, RuleRow, RuleState};

use super::*;
use crate::time::Utc;

const HOUR: i64 = 3_600_000;

fn clock() -> Clock<'static> {
    Clock { now: 1_800_000_000_000, zone: &Utc }
}

fn alert(state: AlertState, tier: Severity) -> AlertRow {
    AlertRow {
        id: "00000000000000ab".to_owned(),
        rule: "HighErrorRate".to_owned(),
        state,
        tier,
        service: "web".to_owned(),
        labels: BTreeMap::from([
            ("service".to_owned(), "web".to_owned()),
            ("q".to_owned(), "a\"b".to_owned()),
        ]),
        what: "web fails".to_owned(),
        since: clock().now - HOUR,
        ..AlertRow::default()
    }
}

#[test]
fn an_alert_has_one_state() {
    let quiet = |row: AlertRow| AlertRow { silenced_by: vec!["s".to_owned()], ..row };
    for (row, expected) in [
        (alert(AlertState::Firing, Severity::Critical), (Tone::Critical, "fires")),
        (alert(AlertState::Firing, Severity::Medium), (Tone::Warning, "fires")),
        (alert(AlertState::Flapping, Severity::High), (Tone::Critical, "comes and goes")),
        (alert(AlertState::Blind, Severity::Medium), (Tone::Warning, "no data")),
        (alert(AlertState::Acknowledged, Severity::Critical), (Tone::Warning, "acknowledged")),
        (alert(AlertState::Pending, Severity::Critical), (Tone::Waiting, "may fire soon")),
        (alert(AlertState::Resolved, Severity::Critical), (Tone::Good, "over")),
        (quiet(alert(AlertState::Firing, Severity::Critical)), (Tone::Idle, "silenced")),
        (quiet(alert(AlertState::Resolved, Severity::Critical)), (Tone::Good, "over")),
    ] {
        assert_eq!(standing(&row), expected, "{row:?}");
    }
}

#[test]
fn the_sentence_tells_how_many_fire_and_who_has_them() {
    let firing = || alert(AlertState::Firing, Severity::Critical);
    let owned = || AlertRow { owner: "ann".to_owned(), ..alert(AlertState::Acknowledged, Severity::High) };
    let quiet = || AlertRow { inhibited_by: vec!["x".to_owned()], ..firing() };
    let check = |rows: Vec<AlertRow>, expected: (Tone, &str)| {
        let alerts = Alerts { rows, rules: 12, ..Alerts::default() };
        let (tone, words) = verdict(&alerts, &ViewState::default());
        assert_eq!((tone, words.as_str()), expected);
    };
    check(Vec::new(), (Tone::Good, "Nothing fires. 12 rules are watched."));
    check(vec![quiet()], (Tone::Good, "Nothing fires. 12 rules are watched."));
    check(vec![firing()], (Tone::Critical, "1 alert fires, and nobody has it."));
    check(vec![owned()], (Tone::Warning, "1 alert fires; somebody has every one."));
    check(vec![firing(), owned(), owned()], (Tone::Critical, "3 alerts fire; nobody has 1."));
}

#[test]
fn what_is_not_shown_in_whole_has_a_table() {
    let rows = vec![
        alert(AlertState::Firing, Severity::High),
        AlertRow { silenced_by: vec!["s".to_owned()], ..alert(AlertState::Firing, Severity::High) },
        alert(AlertState::Pending, Severity::High),
        alert(AlertState::Resolved, Severity::High),
    ];
    let alerts = Alerts { rows, ..Alerts::default() };
    let count = |view: &ViewState| -> Vec<usize> {
        sections(&alerts, view, clock()).iter().map(|section| section.rows.len()).collect()
    };
    assert_eq!(count(&ViewState::default()), [1, 1, 1]);
    let mut view = ViewState::default();
    view.services.toggle("worker");
    assert_eq!(count(&view), [0, 0, 0]);
}

#[test]
fn a_silence_of_an_alert_is_about_all_of_its_labels() {
    let row = alert(AlertState::Firing, Severity::High);
    assert_eq!(matchers(&row), r#"{q="a\"b", service="web"}"#);
    let view = ViewState::default();
    assert_eq!(query_href("up == 0", "promql", &view).as_deref(), Some("/explore?m=up+%3D%3D+0"));
    assert_eq!(query_href("{a=\"b\"}", "logql", &view).as_deref(), Some("/logs?q=%7Ba%3D%22b%22%7D"));
    assert_eq!(query_href("issue = \"new\"", "issue", &view), None);
    assert_eq!(rule_href("a/b", &view), "/rules/a%2Fb");
}

#[test]
fn rules_are_told_by_how_they_do() {
    let row = |state| RuleRow { state, ..RuleRow::default() };
    let words: Vec<&str> = [RuleState::Quiet, RuleState::Failing, RuleState::Firing, RuleState::Off]
        .map(|state| one_standing(&row(state)).1)
        .to_vec();
    assert_eq!(words, ["quiet", "fails", "fires", "off"]);
}

#[test]
fn a_back_test_says_how_often_and_draws_when() {
    let span = |from: i64, to: i64| BacktestSpan {
        from: clock().now - from,
        to: clock().now - to,
        labels: BTreeMap::from([("service".to_owned(), "web".to_owned())]),
        peak: Some(0.25),
    };
    let mut tried = Backtest {
        start: clock().now - 7 * 24 * HOUR,
        end: clock().now,
        values: vec![Some(0.0), None, Some(0.5), Some(0.25)],
        threshold: Some(0.25),
        ..Backtest::default()
    };
    assert_eq!(told(&tried), (Tone::Good, "Would not have fired in 7 days.".to_owned()));
    tried.fired = vec![span(84 * HOUR, 82 * HOUR), span(2 * HOUR, 0)];
    assert_eq!(told(&tried).1, "Would have fired 2 times in 7 days, for 4 h in all.");
    assert_eq!(spans(&tried, clock()).len(), 2);
    assert!(
        spans(&tried, clock())[0].ends_with(", for 2 h, up to 0.25: service=web"),
        "{:?}",
        spans(&tried, clock())
    );
    let [fired, line, threshold] = drawn(&tried);
    assert_eq!(fired, "M300 0h7.1v80h-7.1zM592.9 0h7.1v80h-7.1z");
    assert_eq!(line, "M0 79h1.5M400 1L600 40");
    assert_eq!(threshold, "M0 40h600");
}
