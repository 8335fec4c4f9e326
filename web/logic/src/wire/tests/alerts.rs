//! Alerts, as the server writes them.

use super::*;

fn row(state: AlertState) -> AlertRow {
    let text = |text: &str| text.to_owned();
    AlertRow {
        id: text("00000000000000ab"),
        rule: text("SiteDown"),
        tier: Severity::Critical,
        state,
        service: text("web"),
        labels: BTreeMap::from([(text("service"), text("web"))]),
        what: text("The site is down"),
        how_bad: text("for all"),
        do_now: text("restart it"),
        runbook: text("https://example.com"),
        value: Some(0.25),
        since: 1,
        changed: 2,
        owner: text("ann"),
        owned_until: Some(3),
        silenced_by: vec![text("s")],
        inhibited_by: vec![text("i")],
        receivers: vec![text("slack")],
        drill: true,
        external: true,
    }
}

#[test]
fn alerts_are_read_as_the_server_writes_them() {
    let states = [
        AlertState::Pending,
        AlertState::Firing,
        AlertState::Flapping,
        AlertState::Acknowledged,
        AlertState::Blind,
        AlertState::Resolved,
    ];
    let fault = Fault { subject: "rule x".to_owned(), message: "no".to_owned() };
    let rows = states.map(row).to_vec();
    check(&Alerts { rows, rules: 3, receivers: 1, evaluated: Some(9), faults: vec![fault.clone()] });
    let change = AlertChange {
        at: 5,
        id: "a".to_owned(),
        rule: "r".to_owned(),
        tier: Severity::Low,
        state: AlertState::Resolved,
        labels: BTreeMap::new(),
        what: "w".to_owned(),
        value: None,
        by: "ann".to_owned(),
        lasted_ms: Some(7),
    };
    check(&AlertHistory { rows: vec![change.clone()], cut: true });
    let page = AlertPage {
        row: row(AlertState::Firing),
        query: "up".to_owned(),
        language: "promql".to_owned(),
        ..AlertPage::default()
    };
    check(&AlertPage { changes: vec![change.clone()], ..page });
    check(
        &[CriticalAlert { id: "a".to_owned(), what: "w".to_owned(), since: 1, owner: String::new() }]
            .to_vec(),
    );
    for state in [SilenceState::Active, SilenceState::Pending, SilenceState::Expired] {
        let row = SilenceRow { id: "i".to_owned(), state, end: 4, alerts: 2, ..SilenceRow::default() };
        check(&Silences { rows: vec![row] });
    }
    let origins = [RuleOrigin::Builtin, RuleOrigin::Settings, RuleOrigin::File, RuleOrigin::Page];
    let states = [
        RuleState::Quiet,
        RuleState::Pending,
        RuleState::Firing,
        RuleState::Failing,
        RuleState::Waiting,
        RuleState::Off,
    ];
    for (at, state) in states.into_iter().enumerate() {
        let row =
            RuleRow { state, origin: origins[at % 4], took_ms: Some(0.5), firing: 1, ..RuleRow::default() };
        check(&AlertRules { rows: vec![row.clone()], faults: vec![fault.clone()] });
        check(&RulePage {
            row,
            toml: "x = 1\n".to_owned(),
            alerts: Vec::new(),
            changes: vec![change.clone()],
        });
    }
    check(&RuleSaved { name: "r".to_owned(), warnings: vec!["w".to_owned()] });
    check(&Told { ok: true, message: "m".to_owned() });
    let span = BacktestSpan { from: 1, to: 2, labels: BTreeMap::new(), peak: Some(1.5) };
    check(&Backtest {
        start: 1,
        end: 9,
        step: 2,
        fired: vec![span],
        values: vec![Some(0.5), None],
        threshold: Some(0.25),
        notes: vec!["n".to_owned()],
    });
    let receiver =
        ReceiverRow { tiers: vec![Severity::Medium], last: Some(3), ok: true, ..ReceiverRow::default() };
    check(&Receivers { rows: vec![receiver], faults: vec![fault], heartbeat: Some(1) });
    let rules =
        vec![ReportRow { rule: "r".to_owned(), tier: Severity::High, fired: 2, ..ReportRow::default() }];
    check(&AlertReport { rules, acknowledged_ms: Some(4), ..AlertReport::default() });
}
