//! Rules and alerts as Prometheus tells them.

use api::TokenScope;
use serde_json::{Value, json};

use super::*;
use crate::testing::{Caller, Fixture};

const READER: Caller = Caller::Token(TokenScope::Read);

const RULES: &str = r#"
[[alerts.rule]]
name = "Ours"
expr = "up == 0"
tier = "medium"
for = "2m"
keep_firing_for = "5m"
interval = "30s"
what = "{{ $labels.instance }} is down"
how_bad = "it is gone"
do_now = "start it"
labels = { team = "shop" }
"#;

async fn answer(fixture: &Fixture, query: &str) -> Value {
    let path = format!("/api/v1/rules?{query}").replace('[', "%5B").replace(']', "%5D");
    fixture.get(READER, &path.replace('{', "%7B").replace('}', "%7D").replace('"', "%22")).await.json()
}

fn names(answer: &Value) -> Vec<String> {
    let groups = answer["data"]["groups"].as_array().expect("groups");
    let rules = groups.iter().flat_map(|group| group["rules"].as_array().expect("rules"));
    rules.map(|rule| rule["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_rule_is_told_as_prometheus_tells_it() {
    let fixture = Fixture::with(RULES);
    let answer = answer(&fixture, "rule_name[]=Ours").await;
    let group = &answer["data"]["groups"][0];
    for (key, expected) in [
        ("name", json!("every 30s")),
        ("file", json!("settings")),
        ("interval", json!(30.0)),
        ("limit", json!(0)),
    ] {
        assert_eq!(group[key], expected, "{key} in {group:#}");
    }
    let rule = &group["rules"][0];
    for (key, expected) in [
        ("state", json!("inactive")),
        ("query", json!("up == 0")),
        ("duration", json!(120.0)),
        ("keepFiringFor", json!(300.0)),
        ("labels", json!({ "severity": "medium", "team": "shop" })),
        ("alerts", json!([])),
        ("health", json!("unknown")),
        ("lastEvaluation", json!("0001-01-01T00:00:00Z")),
        ("type", json!("alerting")),
    ] {
        assert_eq!(rule[key], expected, "{key} in {rule:#}");
    }
    assert_eq!(rule["annotations"]["summary"], "{{ $labels.instance }} is down");
}

#[tokio::test]
async fn rules_are_narrowed_and_come_in_pages() {
    let fixture = Fixture::with(RULES);
    for (query, expected) in [
        ("rule_name[]=Ours", &["Ours"][..]),
        ("file[]=settings", &["Ours"]),
        ("rule_group[]=every 30s&file[]=settings", &["Ours"]),
        ("match[]={team=\"shop\"}", &["Ours"]),
        ("match[]={team=\"other\"}", &[]),
        ("type=record", &[]),
        ("rule_name[]=None", &[]),
    ] {
        assert_eq!(names(&answer(&fixture, &query.replace(' ', "%20")).await), expected, "{query}");
    }
    let all = names(&answer(&fixture, "").await);
    let (mut paged, mut token) = (Vec::new(), String::new());
    loop {
        let query = if token.is_empty() { String::new() } else { format!("&group_next_token={token}") };
        let page = answer(&fixture, &format!("group_limit=1{query}")).await;
        assert_eq!(page["data"]["groups"].as_array().map(Vec::len), Some(1));
        paged.extend(names(&page));
        let Some(next) = page["data"]["groupNextToken"].as_str() else { break };
        token = next.to_owned();
    }
    assert_eq!(paged, all);
    for (query, why) in [
        ("type=other", "invalid parameter \"type\": not supported value \"other\""),
        ("group_limit=0", "group_limit needs to be greater than 0"),
        ("group_limit=x", "group_limit needs to be a valid number"),
        ("group_next_token=x", "group_limit needs to be present"),
        ("group_limit=1&group_next_token=x", "invalid group_next_token 'x'. were rule groups changed?"),
        ("exclude_alerts=maybe", "error converting exclude_alerts"),
    ] {
        let answer = answer(&fixture, query).await;
        let text = answer["error"].as_str().unwrap_or_default();
        assert!(answer["status"] == "error" && text.contains(why), "{query}: {answer}");
    }
    let without = answer(&fixture, "rule_name[]=Ours&exclude_alerts=true").await;
    assert_eq!(without["data"]["groups"][0]["rules"][0]["alerts"], Value::Null);
}

#[tokio::test]
async fn what_others_send_is_no_alert_of_a_rule() {
    let fixture = Fixture::with("");
    let sent = r#"[{"labels":{"alertname":"Theirs"}}]"#;
    fixture.send_json(Caller::Token(TokenScope::Ingest), "POST", "/api/v2/alerts", sent).await;
    let answer = fixture.get(READER, "/api/v1/alerts").await.text();
    assert_eq!(answer, r#"{"status":"success","data":{"alerts":[]}}"#);
}

#[test]
fn values_are_written_as_go_writes_them() {
    for (value, expected) in [
        (1.0, "1e+00"),
        (0.05, "5e-02"),
        (123_456.0, "1.23456e+05"),
        (-2.5e-12, "-2.5e-12"),
        (0.0, "0e+00"),
        (1e100, "1e+100"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        assert_eq!(scientific(value), expected);
    }
}
