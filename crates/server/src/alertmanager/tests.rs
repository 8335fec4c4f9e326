//! What amtool, Karma, Grafana and Prometheus send and read.

use api::{Role, TokenScope};
use serde_json::{Value, json};

use super::answer::{instant, read_instant};
use crate::testing::{Caller, Fixture};

const READER: Caller = Caller::Token(TokenScope::Read);
const SENDER: Caller = Caller::Token(TokenScope::Ingest);
const DEPLOYER: Caller = Caller::Token(TokenScope::Release);

/// Two alerts, as Alertmanager's documentation writes them; the second is about a worker.
fn two() -> Value {
    json!([
        {
            "labels": { "alertname": "HighErrorRate", "service": "web", "severity": "critical", "empty": "" },
            "annotations": { "summary": "web fails", "description": "12 % of requests" },
            "startsAt": "2020-01-01T00:00:00.000Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
        },
        { "labels": { "alertname": "QueueGrows", "service": "worker", "severity": "warning" } },
    ])
}

async fn sent() -> Fixture {
    let fixture = Fixture::new().await;
    let answer = fixture.send_json(SENDER, "POST", "/api/v2/alerts", &two().to_string()).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, ""));
    fixture
}

/// The names of the alerts that are answered.
async fn names(fixture: &Fixture, query: &str) -> Vec<String> {
    let answer = fixture.get(READER, &format!("/api/v2/alerts{query}")).await;
    let all = answer.json();
    let name = |alert: &Value| alert["labels"]["alertname"].as_str().unwrap_or_default().to_owned();
    let mut names: Vec<String> = all.as_array().map(|all| all.iter().map(name).collect()).unwrap_or_default();
    names.sort();
    names
}

/// How many silences are answered.
async fn listed(fixture: &Fixture, query: &str) -> usize {
    let answer = fixture.get(READER, &format!("/api/v2/silences{query}")).await;
    answer.json().as_array().map_or(0, Vec::len)
}

/// A silence of the web's alerts, `hours` long, from now on.
fn silence(fixture: &Fixture, from_hours: i64, to_hours: i64) -> Value {
    let at = |hours: i64| instant(fixture.now().millis() + hours * 3_600_000);
    json!({
        "matchers": [{ "name": "service", "value": "web", "isRegex": false, "isEqual": true }],
        "startsAt": at(from_hours), "endsAt": at(to_hours), "createdBy": "ci", "comment": "deploy",
    })
}

async fn silenced(fixture: &Fixture, silence: &Value) -> String {
    let answer = fixture.send_json(DEPLOYER, "POST", "/api/v2/silences", &silence.to_string()).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    answer.json()["silenceID"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn what_is_sent_is_told_again() {
    let fixture = sent().await;
    let all = fixture.get(READER, "/api/v2/alerts?filter=service%3D%22web%22").await.json();
    let alert = &all[0];
    for (pointer, expected) in [
        ("/labels", json!({ "alertname": "HighErrorRate", "service": "web", "severity": "critical" })),
        ("/annotations/summary", json!("web fails")),
        ("/generatorURL", json!("http://prometheus:9090/graph?g0.expr=up")),
        ("/startsAt", json!("2020-01-01T00:00:00.000Z")),
        ("/status", json!({ "state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": [] })),
    ] {
        assert_eq!(alert.pointer(pointer), Some(&expected), "{pointer} in {alert:#}");
    }
    let fingerprint = alert["fingerprint"].as_str().expect("a fingerprint");
    assert!(
        fingerprint.len() == 16 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{fingerprint}"
    );
    assert!(!alert["receivers"].as_array().expect("a list").is_empty(), "{alert:#}");
    let ends_ms = read_instant(alert["endsAt"].as_str().expect("an end")).expect("an instant");
    assert!(ends_ms.is_some_and(|end| end > fixture.now().millis()), "{alert:#}");
}

#[tokio::test]
async fn alerts_are_filtered_as_there() {
    let fixture = sent().await;
    for (query, expected) in [
        ("", &["HighErrorRate", "QueueGrows"][..]),
        ("?filter=alertname%3DHighErrorRate", &["HighErrorRate"]),
        ("?filter=alertname%3D~%22Q.*%22", &["QueueGrows"]),
        ("?filter=service%3Dweb&filter=severity%3Dwarning", &[]),
        ("?filter=absent%3D%22%22", &["HighErrorRate", "QueueGrows"]),
        ("?active=false", &[]),
        ("?silenced=false&inhibited=false&unprocessed=false", &["HighErrorRate", "QueueGrows"]),
        ("?receiver=nobody.*", &[]),
        ("?receiver=.*", &["HighErrorRate", "QueueGrows"]),
        ("?receiver_matchers=team%3Dx", &[]),
    ] {
        assert_eq!(names(&fixture, query).await, expected, "{query}");
    }
    for (query, why) in [
        ("filter=nonsense", "bad matcher format: nonsense"),
        ("receiver=(", "failed to parse receiver param: invalid regular expression"),
    ] {
        let answer = fixture.get(READER, &format!("/api/v2/alerts?{query}")).await;
        let text = answer.json();
        assert_eq!(answer.status.as_u16(), 400, "{query}");
        assert!(text.as_str().is_some_and(|text| text.starts_with(why)), "{query}: {text}");
    }
}

#[tokio::test]
async fn a_silence_is_made_found_changed_and_ended() {
    let fixture = sent().await;
    let new = silence(&fixture, 0, 2);
    let id = silenced(&fixture, &new).await;
    assert_eq!((id.len(), id.matches('-').count()), (36, 4), "no UUID: {id}");
    let alert = &fixture.get(READER, "/api/v2/alerts?active=false").await.json()[0];
    assert_eq!(alert["status"]["state"], "suppressed");
    assert_eq!(alert["status"]["silencedBy"], json!([id]));
    assert_eq!(names(&fixture, "?silenced=false").await, ["QueueGrows"]);

    let found = fixture.get(READER, &format!("/api/v2/silence/{id}")).await.json();
    for key in ["matchers", "startsAt", "endsAt", "createdBy", "comment"] {
        assert_eq!(found[key], new[key], "{key}");
    }
    assert_eq!(found["status"]["state"], "active");
    for (query, count) in [
        ("", 1),
        ("?active=false", 0),
        ("?expired=false&pending=false", 1),
        ("?filter=service%3Dweb", 1),
        ("?filter=service%3D~web", 0),
    ] {
        assert_eq!(listed(&fixture, query).await, count, "{query}");
    }

    let gone = fixture.send_json(DEPLOYER, "DELETE", &format!("/api/v2/silence/{id}"), "").await;
    assert_eq!(gone.status.as_u16(), 200, "{}", gone.text());
    let found = fixture.get(READER, &format!("/api/v2/silence/{id}")).await.json();
    assert_eq!(found["status"]["state"], "expired");
    assert_eq!(names(&fixture, "?silenced=false").await, ["HighErrorRate", "QueueGrows"]);
}

#[tokio::test]
async fn silences_that_make_no_sense_are_refused() {
    let fixture = Fixture::new().await;
    let with = |key: &str, value: Value| {
        let mut silence = silence(&fixture, 0, 1);
        silence[key] = value;
        silence
    };
    for (sent, status, why) in [
        (silence(&fixture, 1, 0), 400, "start time must be before end time"),
        (silence(&fixture, -2, -1), 400, "end time can't be in the past"),
        (with("matchers", json!([])), 400, ""),
        (
            with("matchers", json!([{ "name": "a", "value": "(", "isRegex": true }])),
            400,
            "regular expression",
        ),
        (with("id", json!("3b5b1c8e-0000-4000-8000-000000000000")), 404, ""),
        (with("startsAt", json!("soon")), 400, "is no instant"),
        (json!({}), 400, "no silence in JSON"),
    ] {
        let answer = fixture.send_json(DEPLOYER, "POST", "/api/v2/silences", &sent.to_string()).await;
        let text = answer.json();
        assert_eq!(answer.status.as_u16(), status, "{sent}: {text}");
        assert!(text.as_str().is_some_and(|text| text.contains(why)), "{sent}: {text}");
    }
    let unknown = fixture.send_json(DEPLOYER, "DELETE", "/api/v2/silence/none", "").await;
    assert_eq!(unknown.status.as_u16(), 404);
}

#[tokio::test]
async fn alerts_are_told_in_groups() {
    let fixture = sent().await;
    let groups = fixture.get(READER, "/api/v2/alerts/groups").await.json();
    let groups = groups.as_array().expect("a list");
    let labels: Vec<&Value> = groups.iter().map(|group| &group["labels"]).collect();
    assert!(labels.contains(&&json!({ "alertname": "HighErrorRate", "service": "web" })), "{labels:?}");
    for group in groups {
        assert!(group["receiver"]["name"].is_string() && group["routeLabels"].is_object(), "{group}");
        assert_eq!(group["alerts"].as_array().map(Vec::len), Some(1), "{group}");
    }
    silenced(&fixture, &silence(&fixture, 0, 1)).await;
    let groups = fixture.get(READER, "/api/v2/alerts/groups?muted=false").await.json();
    assert!(!groups.to_string().contains("HighErrorRate"), "{groups}");
}

#[tokio::test]
async fn what_can_be_read_is_kept_though_the_rest_cannot() {
    let fixture = Fixture::new().await;
    let check = |sent: Value, why: &'static str| {
        let fixture = &fixture;
        async move {
            let answer = fixture.send_json(SENDER, "POST", "/api/v2/alerts", &sent.to_string()).await;
            let text = answer.json();
            assert_eq!(answer.status.as_u16(), 400, "{sent}");
            assert!(text.as_str().is_some_and(|text| text.contains(why)), "{sent}: {text}");
        }
    };
    check(json!([{ "labels": {} }]), "at least one label pair required").await;
    check(json!([{ "labels": { "a": "b" }, "startsAt": "now" }]), "is no instant").await;
    let backwards = json!([{
        "labels": { "a": "b" }, "startsAt": "2020-01-02T00:00:00Z", "endsAt": "2020-01-01T00:00:00Z",
    }]);
    check(backwards, "start time must be before end time").await;
    check(json!({}), "no list of alerts").await;
    check(json!([{ "labels": { "alertname": "" } }, { "labels": { "alertname": "Kept" } }]), "at least one")
        .await;
    assert_eq!(names(&fixture, "").await, ["Kept"]);
}

#[tokio::test]
async fn an_alert_that_ends_is_over() {
    let fixture = sent().await;
    let now = instant(fixture.now().millis());
    let ended = json!([{
        "labels": { "alertname": "HighErrorRate", "service": "web", "severity": "critical" },
        "startsAt": "2020-01-01T00:00:00.000Z", "endsAt": now,
    }]);
    fixture.send_json(SENDER, "POST", "/api/v2/alerts", &ended.to_string()).await;
    assert_eq!(names(&fixture, "").await, ["QueueGrows"]);
}

#[tokio::test]
async fn the_status_says_who_is_told_and_no_secret() {
    let settings =
        "[alerts.receivers.slack]\nwebhook_url = \"https://hooks.slack.com/services/T0/B0/s3cr3t\"\n";
    let fixture = Fixture::with(settings);
    let status = fixture.get(READER, "/api/v2/status").await;
    assert!(!status.text().contains("s3cr3t"), "{}", status.text());
    let status = status.json();
    assert_eq!(status["cluster"], json!({ "status": "disabled", "peers": [] }));
    let config = status["config"]["original"].as_str().expect("a text");
    assert!(config.contains("  - receiver: \"slack\"\n    matchers: ['severity=~\""), "{config}");
    for key in ["version", "revision", "branch", "buildUser", "buildDate", "goVersion"] {
        assert!(status["versionInfo"][key].is_string(), "{key}");
    }
    let receivers = fixture.get(READER, "/api/v2/receivers").await.json();
    assert_eq!(receivers, json!([{ "name": "logs" }, { "name": "slack" }]));
}

#[tokio::test]
async fn who_may_do_what() {
    let fixture = Fixture::new().await;
    let silence = silence(&fixture, 0, 1).to_string();
    for (caller, method, path, body, status) in [
        (Caller::Nobody, "GET", "/api/v2/alerts", "", 401),
        (Caller::Nobody, "POST", "/api/v2/alerts", "[]", 401),
        (READER, "GET", "/api/v2/alerts", "", 200),
        (READER, "POST", "/api/v2/alerts", "[]", 403),
        (SENDER, "POST", "/api/v2/alerts", "[]", 200),
        (SENDER, "GET", "/api/v2/alerts", "", 403),
        (READER, "POST", "/api/v2/silences", &silence, 403),
        (SENDER, "POST", "/api/v2/silences", &silence, 403),
        (DEPLOYER, "GET", "/api/v2/silences", "", 200),
        (DEPLOYER, "POST", "/api/v2/silences", &silence, 200),
        (Caller::Signed(Role::Viewer), "POST", "/api/v2/silences", &silence, 403),
        (Caller::Signed(Role::Editor), "POST", "/api/v2/silences", &silence, 200),
    ] {
        let answer = fixture.send_json(caller, method, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{caller:?} {method} {path}: {}", answer.text());
    }
    let all = fixture.get(READER, "/api/v2/silences").await.text();
    assert!(all.contains("\"createdBy\":\"editor\"") && all.contains("\"createdBy\":\"ci\""), "{all}");
}

#[test]
fn instants_have_milliseconds() {
    assert_eq!(instant(1_577_836_800_123), "2020-01-01T00:00:00.123Z");
    assert_eq!(read_instant("0001-01-01T00:00:00.000Z"), Ok(None));
    assert_eq!(read_instant("2020-01-01T01:00:00.123+01:00"), Ok(Some(1_577_836_800_123)));
    assert!(read_instant("yesterday").is_err());
}
