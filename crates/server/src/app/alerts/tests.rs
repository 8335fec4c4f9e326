//! What the page asks and does.

use api::{
    AlertHistory, AlertPage, AlertReport, AlertRules, AlertState, Alerts, Receivers, Role, RuleOrigin,
    RulePage, RuleSaved, Severity, SilenceState, Silences, TokenScope,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::testing::{Answer, Caller, Fixture};

const VIEWER: Caller = Caller::Signed(Role::Viewer);
const EDITOR: Caller = Caller::Signed(Role::Editor);
const ADMIN: Caller = Caller::Signed(Role::Admin);

async fn alarmed() -> (Fixture, String) {
    let fixture = Fixture::new().await;
    let sent = json!([{
        "labels": { "alertname": "SiteDown", "service": "web", "severity": "critical" },
        "annotations": { "summary": "The site is down", "description": "for all", "do_now": "restart web" },
    }]);
    let sender = Caller::Token(TokenScope::Ingest);
    fixture.send_json(sender, "POST", "/api/v2/alerts", &sent.to_string()).await;
    let id = read::<Alerts>(&fixture, "alerts").await.rows[0].id.clone();
    (fixture, id)
}

async fn read<T: DeserializeOwned>(fixture: &Fixture, path: &str) -> T {
    let answer = fixture.get(VIEWER, &format!("/app/v1/{path}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
    serde_json::from_slice(&answer.bytes).unwrap_or_else(|error| panic!("{path}: {error}: {}", answer.text()))
}

async fn act(fixture: &Fixture, who: Caller, method: &str, path: &str, body: serde_json::Value) -> Answer {
    fixture.send_json(who, method, &format!("/app/v1/{path}"), &body.to_string()).await
}

#[tokio::test]
async fn an_alert_has_its_answers_an_owner_and_a_past() {
    let (fixture, id) = alarmed().await;
    let alerts: Alerts = read(&fixture, "alerts").await;
    let row = &alerts.rows[0];
    assert_eq!((row.state, row.tier, row.service.as_str()), (AlertState::Firing, Severity::Critical, "web"));
    assert_eq!(
        (row.what.as_str(), row.how_bad.as_str(), row.do_now.as_str()),
        ("The site is down", "for all", "restart web")
    );
    assert!(row.external && row.owner.is_empty() && alerts.receivers == 0 && alerts.rules > 0, "{alerts:?}");

    let path = format!("alerts/{id}/acknowledge");
    let done = act(&fixture, EDITOR, "POST", &path, json!({ "minutes": 30 })).await;
    assert_eq!(done.status.as_u16(), 204, "{}", done.text());
    let page: AlertPage = read(&fixture, &format!("alerts/{id}")).await;
    assert_eq!((page.row.owner.as_str(), page.row.state), ("editor", AlertState::Acknowledged));
    assert_eq!(page.row.owned_until, Some(fixture.now().millis() + 30 * 60_000));
    let back = act(&fixture, EDITOR, "DELETE", &path, json!({})).await;
    assert_eq!(back.status.as_u16(), 204, "{}", back.text());

    fixture.pass(1);
    let history: AlertHistory = read(&fixture, "history").await;
    let states: Vec<AlertState> = history.rows.iter().map(|row| row.state).collect();
    assert!(
        states.contains(&AlertState::Firing) && states.contains(&AlertState::Acknowledged),
        "{history:?}"
    );
    assert!(history.rows.iter().all(|row| row.rule == "SiteDown") && !history.cut, "{history:?}");
    let none: AlertHistory = read(&fixture, "history?rule=Other").await;
    assert_eq!(none.rows, []);
    let report: AlertReport = read(&fixture, "report").await;
    assert_eq!(report.fired, 1, "{report:?}");
}

#[tokio::test]
async fn a_silence_needs_matchers_a_reason_and_an_end() {
    let (fixture, _) = alarmed().await;
    let new = |matchers: &str, reason: &str, minutes: u64| json!({ "matchers": matchers, "reason": reason, "minutes": minutes });
    for (body, why) in [
        (new("{}", "x", 60), "say what is to be quiet"),
        (new("nonsense", "x", 60), "bad matcher format: nonsense"),
        (new("{service=\"web\"}", " ", 60), "say why"),
        (new("{service=\"web\"}", "x", 0), "a silence lasts from"),
        (new("{service=\"web\"}", "x", 1_000_000), "a silence lasts from"),
    ] {
        let refused = act(&fixture, EDITOR, "POST", "silences", body.clone()).await;
        assert!(refused.status.as_u16() == 400 && refused.text().contains(why), "{body}: {}", refused.text());
    }
    let made = act(&fixture, EDITOR, "POST", "silences", new("service=web", "we move it", 60)).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text());
    let silences: Silences = read(&fixture, "silences").await;
    let row = &silences.rows[0];
    assert_eq!((row.state, row.alerts, row.by.as_str()), (SilenceState::Active, 1, "editor"));
    assert_eq!((row.matchers.as_str(), row.reason.as_str()), ("{service=\"web\"}", "we move it"));
    let ended = act(&fixture, EDITOR, "DELETE", &format!("silences/{}", row.id), json!({})).await;
    assert_eq!(ended.status.as_u16(), 204, "{}", ended.text());
    let silences: Silences = read(&fixture, "silences").await;
    assert_eq!((silences.rows[0].state, silences.rows[0].alerts), (SilenceState::Expired, 0));
}

const RULE: &str = r#"
[[alerts.rule]]
name = "Mine"
expr = "up == 0"
tier = "high"
what = "it is down"
how_bad = "all of it"
do_now = "start it"
"#;

#[tokio::test]
async fn a_rule_is_made_shown_and_removed() {
    let fixture = Fixture::new().await;
    let half = RULE.replace("do_now = \"start it\"\n", "");
    for (toml, why) in [
        (half.as_str(), "do_now"),
        ("name = ", ""),
        ("[[alerts.rule]]\nname = \"x\"\nexpr = \"sum(\"", "unclosed left parenthesis"),
    ] {
        let refused = act(&fixture, ADMIN, "POST", "rules", json!({ "toml": toml })).await;
        assert!(refused.status.as_u16() == 400 && refused.text().contains(why), "{toml}: {}", refused.text());
    }
    let saved = act(&fixture, ADMIN, "POST", "rules", json!({ "toml": RULE })).await;
    assert_eq!(saved.status.as_u16(), 200, "{}", saved.text());
    let saved: RuleSaved = serde_json::from_slice(&saved.bytes).expect("what was saved");
    assert_eq!(saved.name, "Mine");
    let page: RulePage = read(&fixture, "rules/Mine").await;
    assert_eq!(
        (page.row.origin, page.row.tier, page.row.language.as_str()),
        (RuleOrigin::Page, Severity::High, "promql")
    );
    assert!(page.toml.contains("expr = ") && page.toml.contains("do_now = "), "{}", page.toml);
    let rules: AlertRules = read(&fixture, "rules").await;
    let origins: Vec<RuleOrigin> = rules.rows.iter().map(|row| row.origin).collect();
    assert!(origins.contains(&RuleOrigin::Builtin) && origins.contains(&RuleOrigin::Page), "{origins:?}");
    let removed = act(&fixture, ADMIN, "DELETE", "rules/Mine", json!({})).await;
    assert_eq!(removed.status.as_u16(), 204, "{}", removed.text());
    assert_eq!(fixture.get(VIEWER, "/app/v1/rules/Mine").await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_rule_is_tried_on_the_past() {
    let fixture = Fixture::new().await;
    let tried = act(&fixture, EDITOR, "POST", "rules/backtest", json!({ "toml": RULE })).await;
    assert_eq!(tried.status.as_u16(), 200, "{}", tried.text());
    let tried: api::Backtest = serde_json::from_slice(&tried.bytes).expect("a back-test");
    assert_eq!((tried.end - tried.start) / 86_400_000, 7, "{tried:?}");
    assert!(tried.fired.is_empty(), "{tried:?}");
    for (body, why) in
        [(json!({ "toml": "x" }), ""), (json!({ "toml": RULE, "days": 400 }), "at most 30 days")]
    {
        let refused = act(&fixture, EDITOR, "POST", "rules/backtest", body).await;
        assert!(refused.status.as_u16() == 400 && refused.text().contains(why), "{}", refused.text());
    }
}

#[tokio::test]
async fn receivers_are_told_without_their_secrets() {
    let settings =
        "[alerts.receivers.slack]\nwebhook_url = \"https://hooks.slack.com/services/T0/B0/s3cr3t\"\n";
    let fixture = Fixture::with(settings);
    let reader = Caller::Token(TokenScope::Read);
    for path in ["receivers", "rules", "alerts"] {
        let text = fixture.get(reader, &format!("/app/v1/{path}")).await.text();
        assert!(!text.contains("s3cr3t"), "{path}: {text}");
    }
    let answer = fixture.get(reader, "/app/v1/receivers").await;
    let receivers: Receivers = serde_json::from_slice(&answer.bytes).expect("receivers");
    let row = &receivers.rows[0];
    assert_eq!((row.name.as_str(), row.kind.as_str(), row.last, row.ok), ("slack", "slack", None, true));
    assert_eq!(row.tiers, [Severity::Medium, Severity::High, Severity::Critical]);
}

#[tokio::test]
async fn who_may_do_what() {
    let (fixture, id) = alarmed().await;
    let acknowledge = format!("alerts/{id}/acknowledge");
    let silence = json!({ "matchers": "a=b", "reason": "x", "minutes": 5 });
    let rule = json!({ "toml": RULE });
    for (caller, method, path, body, status) in [
        (VIEWER, "POST", acknowledge.as_str(), json!({}), 403),
        (EDITOR, "POST", &acknowledge, json!({}), 204),
        (VIEWER, "POST", "silences", silence.clone(), 403),
        (EDITOR, "POST", "silences", silence, 201),
        (EDITOR, "POST", "rules", rule.clone(), 403),
        (VIEWER, "POST", "rules/backtest", rule, 403),
        (EDITOR, "DELETE", "rules/Mine", json!({}), 403),
        (EDITOR, "POST", "receivers/slack/test", json!({}), 403),
        (Caller::Nobody, "GET", "alerts", json!({}), 401),
    ] {
        let answer = act(&fixture, caller, method, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{caller:?} {method} {path}: {}", answer.text());
    }
    for path in ["alerts/0000000000000000", "rules/None"] {
        assert_eq!(fixture.get(VIEWER, &format!("/app/v1/{path}")).await.status.as_u16(), 404, "{path}");
    }
}
