//! The page's calls about errors, on what SDKs sent through the intake.

use std::time::Duration;

use api::Role;
use serde_json::{Value, json};

use crate::sentry::forms::{Sender, envelope};
use crate::testing::{Answer, Caller, Fixture};

const VIEWER: Caller = Caller::Signed(Role::Viewer);
const EDITOR: Caller = Caller::Signed(Role::Editor);
const ADMIN: Caller = Caller::Signed(Role::Admin);

/// Asks until the answer is as wanted: what was taken is worked in a moment later.
async fn until(fixture: &Fixture, path: &str, is_there: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let answer = fixture.get(VIEWER, path).await;
        if answer.status.is_success() && is_there(&answer.json()) {
            return answer.json();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{path}: {}", fixture.get(VIEWER, path).await.text());
}

fn rows(page: &Value) -> &[Value] {
    page["rows"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn error(kind: &str, value: &str) -> Value {
    let frame = json!({ "function": kind, "module": "shop.views", "filename": "shop/views.py", "lineno": 7, "in_app": true });
    json!({
        "platform": "python", "release": "shop@1.0", "environment": "production",
        "transaction": "/pay", "user": { "email": "a@b.c" }, "tags": { "plan": "pro" },
        "exception": { "values": [{ "type": kind, "value": value, "stacktrace": { "frames": [frame] } }] },
    })
}

/// Two events of one issue and one of another.
async fn fixture() -> (Fixture, Sender) {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    for event in
        [error("ValueError", "bad price 1"), error("ValueError", "bad price 2"), error("KeyError", "'x'")]
    {
        sender.event(&fixture, &event).await;
    }
    fixture.pass(60);
    until(&fixture, "/app/v1/issues", |page| {
        rows(page).iter().map(|row| row["events"].as_u64().unwrap_or(0)).sum::<u64>() == 3
    })
    .await;
    (fixture, sender)
}

async fn issue_called(fixture: &Fixture, title: &str) -> i64 {
    let page = fixture.get(VIEWER, "/app/v1/issues").await.json();
    let row = rows(&page).iter().find(|row| row["title"] == title).cloned().expect("the issue");
    row["id"].as_i64().expect("an id")
}

#[tokio::test]
async fn issues_are_listed_found_and_told() {
    let (fixture, _) = fixture().await;
    let page = fixture.get(VIEWER, "/app/v1/issues?sort=events").await.json();
    let first = &rows(&page)[0];
    assert_eq!(
        (&first["title"], &first["events"], &first["users"]),
        (&json!("ValueError"), &json!(2), &json!(1)),
        "{page}"
    );
    assert_eq!(
        (&first["status"], &first["substatus"], &first["level"]),
        (&json!("unresolved"), &json!("new"), &json!("error"))
    );
    assert_eq!(
        (&first["release"], &first["culprit"], &first["project"]),
        (&json!("shop@1.0"), &json!("/pay"), &json!("default"))
    );
    assert_eq!(
        (&page["any"], &page["total"], &page["environments"]),
        (&json!(true), &json!(2), &json!(["production"]))
    );
    assert!(
        page["projects"][0]["dsn"].as_str().is_some_and(|dsn| dsn.contains("@localhost:4100/")),
        "{page}"
    );
    // The index of words follows the store.
    let found =
        until(&fixture, "/app/v1/issues?query=plan%3Apro+KeyError", |page| rows(page).len() == 1).await;
    assert_eq!(rows(&found)[0]["title"], "KeyError");
    for (query, expected) in [("is%3Aunresolved", 2), ("is%3Aresolved", 0), ("release%3Anone", 0)] {
        let page = fixture.get(VIEWER, &format!("/app/v1/issues?query={query}")).await.json();
        assert_eq!(rows(&page).len(), expected, "{query}");
    }
    let fault = fixture.get(VIEWER, "/app/v1/issues?query=is%3Anonsense").await;
    assert_eq!(fault.status.as_u16(), 400);
    assert!(fault.json()["at"].is_array(), "{}", fault.text());
    for (path, status) in [
        ("/app/v1/issues?project=none", 404),
        ("/app/v1/issues?start=2&end=1", 400),
        ("/app/v1/issues?limit=1000", 400),
        ("/app/v1/issues/99999", 404),
        ("/app/v1/issues/x", 400),
    ] {
        assert_eq!(fixture.get(VIEWER, path).await.status.as_u16(), status, "{path}");
    }
    let values = fixture.get(VIEWER, "/app/v1/issues/values?name=plan").await.json();
    assert_eq!((&values[0]["value"], &values[0]["events"]), (&json!("pro"), &json!(3)));
}

#[tokio::test]
async fn an_issue_and_its_events() {
    let (fixture, _) = fixture().await;
    let id = issue_called(&fixture, "ValueError").await;
    let issue = fixture.get(VIEWER, &format!("/app/v1/issues/{id}")).await.json();
    assert_eq!(
        (&issue["events_ever"], &issue["events_kept"], &issue["first_release"]),
        (&json!(2), &json!(2), &json!("shop@1.0"))
    );
    assert_eq!(issue["activity"][0]["kind"], "first");
    assert!(issue["why"]["parts"].as_array().is_some_and(|parts| !parts.is_empty()), "{issue}");
    assert!(
        issue["facets"].as_array().is_some_and(|facets| facets.iter().any(|facet| facet["name"] == "plan"))
    );
    assert_eq!(issue["merged"].as_array().map(Vec::len), Some(1));
    assert_eq!(issue["people"], json!(["admin", "editor", "viewer"]));

    let events = fixture.get(VIEWER, &format!("/app/v1/issues/{id}/events?limit=1")).await.json();
    let next = events["next"].as_str().expect("a second page").to_owned();
    let second =
        fixture.get(VIEWER, &format!("/app/v1/issues/{id}/events?limit=1&cursor={next}")).await.json();
    assert_eq!((rows(&events).len(), rows(&second).len(), &second["next"]), (1, 1, &json!(null)));
    let (newer, older) =
        (rows(&events)[0]["id"].as_str().expect("an id"), rows(&second)[0]["id"].as_str().expect("an id"));

    let latest = fixture.get(VIEWER, &format!("/app/v1/issues/{id}/event/latest")).await.json();
    assert_eq!(
        (&latest["id"], &latest["previous"], &latest["next"]),
        (&json!(newer), &json!(older), &json!(null))
    );
    assert_eq!((&latest["number"], &latest["of"]), (&json!(2), &json!(2)));
    assert_eq!((&latest["title"], &latest["user"]), (&json!("ValueError"), &json!([["email", "a@b.c"]])));
    assert!(latest["raw"].as_str().is_some_and(|raw| raw.starts_with("Traceback")), "{latest}");
    let oldest = fixture.get(VIEWER, &format!("/app/v1/issues/{id}/event/oldest")).await.json();
    assert_eq!((&oldest["id"], &oldest["next"]), (&json!(older), &json!(newer)));
    let place = fixture.get(VIEWER, &format!("/app/v1/events/{older}")).await.json();
    assert_eq!((&place["issue"], &place["project"]), (&json!(id), &json!("default")));
    // An event is reached through its own issue and project only.
    let other = issue_called(&fixture, "KeyError").await;
    let project = post(&fixture, ADMIN, "/app/v1/projects", json!({ "slug": "second" })).await;
    assert_eq!(project.status.as_u16(), 201, "{}", project.text());
    for (path, status) in [
        (format!("/app/v1/events/second/{older}/around"), 404),
        (format!("/app/v1/issues/{other}/event/{older}"), 404),
        (format!("/app/v1/issues/{id}/event/{older}"), 200),
        (format!("/app/v1/issues/{id}/event/nonsense"), 404),
        (format!("/app/v1/events/default/{older}/around"), 200),
        (format!("/app/v1/events/none/{older}/around"), 404),
        (format!("/app/v1/events/{}", "0".repeat(32)), 404),
        ("/app/v1/events/short".into(), 404),
        ("/app/v1/attachments/1".into(), 404),
    ] {
        assert_eq!(fixture.get(VIEWER, &path).await.status.as_u16(), status, "{path}");
    }
}

async fn post(fixture: &Fixture, caller: Caller, path: &str, body: Value) -> Answer {
    fixture.send_json(caller, "POST", path, &body.to_string()).await
}

#[tokio::test]
async fn issues_are_changed() {
    let (fixture, sender) = fixture().await;
    let id = issue_called(&fixture, "ValueError").await;
    let update = |body: Value| post(&fixture, EDITOR, "/app/v1/issues/update", body);
    for (change, expected) in [
        (json!({ "do": "resolve" }), ("resolved", "")),
        (json!({ "do": "resolve_in_release", "release": "shop@2" }), ("resolved", "in release shop@2")),
        (json!({ "do": "resolve_in_next" }), ("resolved", "in the release after shop@1.0")),
        (json!({ "do": "archive" }), ("archived", "for ever")),
        (json!({ "do": "archive", "events": 100 }), ("archived", "until it came 102 times in all")),
        (json!({ "do": "unresolve" }), ("unresolved", "")),
    ] {
        let answer = update(json!({ "ids": [id], "change": change })).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "changed": 1 })), "{change}");
        let issue = fixture.get(VIEWER, &format!("/app/v1/issues/{id}")).await.json();
        assert_eq!(
            (&issue["row"]["status"], &issue["condition"]),
            (&json!(expected.0), &json!(expected.1)),
            "{change}"
        );
    }
    // An event of a resolved issue opens it again.
    update(json!({ "ids": [id], "change": { "do": "resolve" } })).await;
    sender.event(&fixture, &error("ValueError", "bad price 3")).await;
    let path = format!("/app/v1/issues/{id}");
    until(&fixture, &path, |issue| issue["row"]["substatus"] == "regressed").await;

    let assigned = update(json!({ "ids": [id], "change": { "do": "assign", "to": "editor" } })).await;
    assert_eq!(assigned.status.as_u16(), 200);
    let comment = post(&fixture, EDITOR, &format!("{path}/comments"), json!({ "text": "<b>mine</b>" })).await;
    assert_eq!((comment.status.as_u16(), &comment.json()["text"]), (201, &json!("<b>mine</b>")));
    let issue = fixture.get(VIEWER, &path).await.json();
    assert_eq!((&issue["row"]["assignee"], &issue["row"]["comments"]), (&json!("editor"), &json!(1)));
    assert_eq!(
        (&issue["activity"][0]["kind"], &issue["activity"][0]["by"]),
        (&json!("comment"), &json!("editor"))
    );

    for (body, status) in [
        (json!({ "ids": [id], "change": { "do": "assign", "to": "nobody" } }), 400),
        (json!({ "change": { "do": "resolve" } }), 400),
        (json!({ "ids": [id], "change": { "do": "nonsense" } }), 400),
        (json!({ "ids": (0..2000).collect::<Vec<_>>(), "change": { "do": "resolve" } }), 400),
        (json!({ "query": { "query": "is:nonsense" }, "change": { "do": "resolve" } }), 400),
    ] {
        assert_eq!(update(body.clone()).await.status.as_u16(), status, "{body}");
    }
    let answer = post(&fixture, EDITOR, &format!("{path}/comments"), json!({ "text": " " })).await;
    assert_eq!(answer.status.as_u16(), 400);
    let answer =
        update(json!({ "query": { "query": "is:unresolved" }, "change": { "do": "resolve" } })).await;
    assert_eq!(answer.json(), json!({ "changed": 2 }));
}

#[tokio::test]
async fn issues_are_merged_and_taken_apart() {
    let (fixture, _) = fixture().await;
    let (into, other) =
        (issue_called(&fixture, "ValueError").await, issue_called(&fixture, "KeyError").await);
    let merged =
        post(&fixture, EDITOR, "/app/v1/issues/merge", json!({ "into": into, "ids": [other] })).await;
    assert_eq!(merged.status.as_u16(), 200, "{}", merged.text());
    let path = format!("/app/v1/issues/{into}");
    let issue = fixture.get(VIEWER, &path).await.json();
    assert_eq!((&issue["events_ever"], issue["merged"].as_array().map(Vec::len)), (&json!(3), Some(2)));
    assert_eq!(fixture.get(VIEWER, &format!("/app/v1/issues/{other}")).await.status.as_u16(), 404);
    let hash = issue["merged"][1]["hash"].clone();
    let apart = post(&fixture, EDITOR, &format!("{path}/unmerge"), json!({ "hashes": [hash] })).await;
    assert_eq!((apart.status.as_u16(), apart.json()), (200, json!({ "changed": 1 })));
    assert_eq!(fixture.get(VIEWER, &path).await.json()["events_ever"], json!(2));
    let apart = post(&fixture, EDITOR, &format!("{path}/unmerge"), json!({ "hashes": ["nonsense"] })).await;
    assert_eq!(apart.status.as_u16(), 400);
}

#[tokio::test]
async fn attachments_are_saved_never_shown() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let id = "9ec79c33ec9942ab8353589fcb2e04dc";
    let event = error("ValueError", "bad").to_string();
    let file = "<script>alert(1)</script>";
    let body = format!(
        "{}{{\"type\":\"attachment\",\"length\":{},\"filename\":\"a\\\"b.html\",\"content_type\":\"text/html\"}}\n{file}\n",
        envelope(&json!({ "event_id": id }), &[("event", &event)]),
        file.len()
    );
    let answer = fixture.send(sender.post(&format!("/api/{}/envelope/", sender.project), body.into())).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    fixture.pass(60);
    until(&fixture, &format!("/app/v1/events/{id}"), |_| true).await;
    let issue = issue_called(&fixture, "ValueError").await;
    let path = format!("/app/v1/issues/{issue}/event/{id}");
    let event =
        until(&fixture, &path, |event| event["attachments"].as_array().is_some_and(|all| all.len() == 1))
            .await;
    let number = event["attachments"][0]["id"].as_str().expect("an id").to_owned();
    let answer = fixture.get(VIEWER, &format!("/app/v1/attachments/{number}")).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, file));
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(
        answer.header("content-disposition").starts_with("attachment; filename=\"a"),
        "{:?}",
        answer.headers
    );
    assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(
        fixture.get(Caller::Nobody, &format!("/app/v1/attachments/{number}")).await.status.as_u16(),
        401
    );
}

#[tokio::test]
async fn projects_and_their_keys() {
    let fixture = Fixture::new().await;
    let made = post(&fixture, ADMIN, "/app/v1/projects", json!({ "slug": "shop", "service": "web" })).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text());
    let project = made.json();
    let (id, dsn) =
        (project["row"]["id"].as_u64().expect("a number"), project["row"]["dsn"].as_str().expect("a DSN"));
    assert_eq!(project["setups"].as_array().map(Vec::len), Some(7));
    assert!(project["setups"][0]["code"].as_str().is_some_and(|code| code.contains(dsn)), "{project}");
    assert!(project["toml"].as_str().is_some_and(|toml| toml.contains("service = \"web\"")), "{project}");
    for (body, status) in [
        (json!({ "slug": "shop" }), 409),
        (json!({ "slug": "12" }), 400),
        (json!({ "slug": "Shop Two" }), 400),
        (json!({}), 400),
    ] {
        assert_eq!(
            post(&fixture, ADMIN, "/app/v1/projects", body.clone()).await.status.as_u16(),
            status,
            "{body}"
        );
    }
    assert_eq!(post(&fixture, EDITOR, "/app/v1/projects", json!({ "slug": "x" })).await.status.as_u16(), 403);

    // Rotation: both keys hold until the old one is revoked.
    let old = project["keys"][0]["key"].as_str().expect("a key").to_owned();
    let path = format!("/app/v1/projects/{id}");
    let only = fixture.send_json(ADMIN, "DELETE", &format!("{path}/keys/{old}"), "").await;
    assert_eq!(only.status.as_u16(), 403);
    let new = post(&fixture, ADMIN, &format!("{path}/keys"), json!({})).await;
    let new = new.json()["key"].as_str().expect("a key").to_owned();
    let send = async |key: &str| {
        let path = format!("/api/{id}/store/?sentry_key={key}");
        let request = fixture.request(Caller::Nobody, "POST", &path);
        fixture.send(request.body(r#"{"message":"hello"}"#.into()).expect("a request")).await.status.as_u16()
    };
    assert_eq!((send(&old).await, send(&new).await), (200, 200));
    let revoked = fixture.send_json(ADMIN, "DELETE", &format!("{path}/keys/{old}"), "").await;
    assert_eq!(revoked.status.as_u16(), 204);
    assert_eq!((send(&old).await, send(&new).await), (403, 200));

    let changed = fixture.send_json(ADMIN, "PUT", &path, r#"{"slug":"store","service":""}"#).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["row"]["slug"]), (200, &json!("store")));
    let test = post(&fixture, EDITOR, "/app/v1/projects/store/test", json!({})).await;
    let event = test.json()["event"].as_str().expect("an id").to_owned();
    let place = until(&fixture, &format!("/app/v1/events/{event}"), |_| true).await;
    assert_eq!(place["project"], "store");
    let projects = fixture.get(VIEWER, "/app/v1/projects").await.json();
    assert_eq!(projects.as_array().map(Vec::len), Some(2), "{projects}");
    let removed = fixture.send_json(ADMIN, "DELETE", &path, "").await;
    assert_eq!(removed.status.as_u16(), 204);
    assert_eq!(send(&new).await, 403);
    assert_eq!(fixture.get(VIEWER, &path).await.status.as_u16(), 404);
}

#[tokio::test]
async fn what_was_refused_is_told() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let large = json!({ "message": "x".repeat(2 << 20) }).to_string();
    let path = format!("/api/{}/envelope/", sender.project);
    let body = envelope(
        &json!({}),
        &[
            ("event", &large),
            ("replay_video", "{}"),
            (
                "client_report",
                r#"{"discarded_events":[{"reason":"queue_overflow","category":"error","quantity":7}]}"#,
            ),
        ],
    );
    assert_eq!(fixture.send(sender.post(&path, body.into())).await.status.as_u16(), 200);
    // What was refused here is written within seconds; what the SDK did not send stands in what it sent.
    let refused =
        until(&fixture, "/app/v1/projects/default/refused", |refused| refused["unsent"][0]["count"] == 7)
            .await;
    assert_eq!(
        (&refused["unsent"][0]["reason"], &refused["unsent"][0]["kind"]),
        (&json!("queue_overflow"), &json!("error"))
    );
    let counted = fixture.issues.status().refused;
    for reason in [issues::Reason::TooLarge, issues::Reason::Unsupported] {
        assert!(counted.iter().any(|(_, why, count)| (*why, *count) == (reason, 1)), "{counted:?}");
    }
}

#[tokio::test]
async fn transactions_check_ins_and_releases() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let now = fixture.now().millis() as f64 / 1e3;
    let span = json!({ "span_id": "b".repeat(16), "parent_span_id": "a".repeat(16), "trace_id": "c".repeat(32),
        "op": "db.query", "description": "SELECT 1", "start_timestamp": now - 0.9, "timestamp": now - 0.5 });
    let transaction = json!({ "type": "transaction", "transaction": "/pay", "start_timestamp": now - 1.0, "timestamp": now,
        "release": "shop@1/2", "environment": "production", "platform": "python", "spans": [span],
        "contexts": { "trace": { "trace_id": "c".repeat(32), "span_id": "a".repeat(16), "op": "http.server", "status": "ok" } } });
    let check_in = json!({ "check_in_id": "d".repeat(32), "monitor_slug": "nightly", "status": "ok", "duration": 2.0,
        "monitor_config": { "schedule": { "type": "interval", "value": 1, "unit": "hour" } } });
    let session = json!({ "sid": "9ec79c33ec9942ab8353589fcb2e04dc", "init": true, "started": "2026-11-23T10:00:00Z", "status": "exited",
        "attrs": { "release": "shop@1/2", "environment": "production" } });
    let body = envelope(
        &json!({}),
        &[
            ("transaction", &transaction.to_string()),
            ("check_in", &check_in.to_string()),
            ("session", &session.to_string()),
        ],
    );
    let answer = fixture.send(sender.post(&format!("/api/{}/envelope/", sender.project), body.into())).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    sender.event(&fixture, &json!({ "message": "x", "release": "shop@1/2" })).await;
    fixture.pass(60);

    let page = until(&fixture, "/app/v1/performance", |page| rows(page).len() == 1).await;
    let row = &rows(&page)[0];
    assert_eq!((&row["name"], &row["op"], &row["count"]), (&json!("/pay"), &json!("http.server"), &json!(1)));
    assert!(row["p95_ms"].as_f64().is_some_and(|ms| (900.0..1100.0).contains(&ms)), "{row}");
    let one = fixture
        .get(VIEWER, "/app/v1/performance/transaction?project=default&name=%2Fpay&op=http.server")
        .await
        .json();
    let example = one["examples"][0]["id"].as_str().expect("an example").to_owned();
    assert!(
        one["operations"].as_array().is_some_and(|all| all.iter().any(|op| op["op"] == "db.query")),
        "{one}"
    );
    let example = fixture.get(VIEWER, &format!("/app/v1/performance/example/{example}")).await.json();
    assert_eq!(example["spans"].as_array().map(Vec::len), Some(2), "{example}");
    assert_eq!(
        (&example["spans"][1]["depth"], &example["spans"][1]["description"]),
        (&json!(1), &json!("SELECT 1"))
    );

    let monitors = until(&fixture, "/app/v1/monitors", |page| rows(page).len() == 1).await;
    assert_eq!(
        (&rows(&monitors)[0]["slug"], &rows(&monitors)[0]["state"]),
        (&json!("nightly"), &json!("ok"))
    );
    let monitor = fixture.get(VIEWER, "/app/v1/monitors/nightly").await.json();
    assert_eq!(monitor["check_ins"][0]["duration_ms"], json!(2000), "{monitor}");
    let gone = fixture.send_json(EDITOR, "DELETE", "/app/v1/monitors/nightly", "").await;
    assert_eq!(gone.status.as_u16(), 204);
    assert_eq!(fixture.get(VIEWER, "/app/v1/monitors/nightly").await.status.as_u16(), 404);

    let releases =
        until(&fixture, "/app/v1/releases", |page| rows(page).iter().any(|row| row["new_issues"] == 1)).await;
    let row = &rows(&releases)[0];
    assert_eq!((&row["version"], &row["new_issues"]), (&json!("shop@1/2"), &json!(1)), "{row}");
    let release = fixture.get(VIEWER, "/app/v1/releases/shop@1%2F2").await.json();
    assert_eq!(release["new_issues"].as_array().map(Vec::len), Some(1), "{release}");
    for path in [
        "/app/v1/releases/none",
        "/app/v1/performance/example/999",
        "/app/v1/performance/transaction?project=default&name=none",
    ] {
        assert_eq!(fixture.get(VIEWER, path).await.status.as_u16(), 404, "{path}");
    }
}
