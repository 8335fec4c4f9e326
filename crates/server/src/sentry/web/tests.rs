//! Calls of the web API as sentry-cli and dashboards make them.

use std::time::Duration;

use api::{Role, TokenScope};
use serde_json::{Value, json};

use crate::sentry::forms::Sender;
use crate::testing::{Answer, Caller, Fixture};

const READ: Caller = Caller::Token(TokenScope::Read);
const RELEASE: Caller = Caller::Token(TokenScope::Release);

async fn send(fixture: &Fixture, caller: Caller, method: &str, path: &str, body: Value) -> Answer {
    fixture.send_json(caller, method, &format!("/api/0/{path}"), &body.to_string()).await
}

async fn get(fixture: &Fixture, path: &str) -> Value {
    let answer = fixture.get(READ, &format!("/api/0/{path}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
    answer.json()
}

/// Three issues, of one event each but for the first.
async fn fixture() -> (Fixture, Sender) {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    for (kind, value) in [("A", "1"), ("A", "2"), ("B", "x"), ("C", "x")] {
        let frame = json!({ "function": kind, "module": "shop", "lineno": 3, "in_app": true, "context_line": "boom()" });
        let event = json!({ "platform": "python", "release": "shop@1", "environment": "production", "exception": {
            "values": [{ "type": kind, "value": value, "stacktrace": { "frames": [frame] } }] } });
        sender.event(&fixture, &event).await;
    }
    fixture.pass(60);
    for _ in 0..200 {
        let issues = get(&fixture, "organizations/porthole/issues/").await;
        let counts = issues
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|issue| issue["count"].as_str()?.parse::<u64>().ok());
        if counts.sum::<u64>() == 4 {
            return (fixture, sender);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{}", get(&fixture, "organizations/porthole/issues/").await);
}

#[tokio::test]
async fn who_asks_and_what_there_is() {
    let fixture = Fixture::new().await;
    assert_eq!(get(&fixture, "").await["auth"]["scopes"], json!(["org:read", "project:read", "event:read"]));
    let about = fixture.get(RELEASE, "/api/0/").await.json();
    assert!(
        about["auth"]["scopes"].as_array().is_some_and(|all| all.contains(&json!("project:releases"))),
        "{about}"
    );
    assert_eq!(get(&fixture, "organizations/").await[0]["slug"], "porthole");
    assert_eq!(get(&fixture, "organizations/porthole/projects").await[0]["slug"], "default");
    assert_eq!(get(&fixture, "projects/porthole/1/").await["organization"]["slug"], "porthole");
    assert_eq!(get(&fixture, "organizations/porthole/repos/").await, json!([]));
    for (path, status) in [
        ("organizations/other/issues/", 404),
        ("projects/porthole/none/issues/", 404),
        ("users/me/regions/", 404),
        ("organizations/porthole/events-stats/", 404),
        ("organizations/porthole/chunk-upload/", 501),
        ("issues/999/", 404),
        ("issues/DEFAULT-99/", 404),
        ("projects/porthole/default/events/short/", 404),
    ] {
        let answer = fixture.get(READ, &format!("/api/0/{path}")).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(answer.json()["detail"].is_string(), "{path}: {}", answer.text());
    }
    assert!(super::unknown_calls() >= 2);
    let refused = fixture.get(Caller::Nobody, "/api/0/organizations/").await;
    assert_eq!((refused.status.as_u16(), refused.json()["detail"].is_string()), (401, true));
}

#[tokio::test]
async fn issues_page_by_page_and_changed() {
    let (fixture, _) = fixture().await;
    let first =
        fixture.get(READ, "/api/0/projects/porthole/default/issues/?limit=2&query=is%3Aunresolved").await;
    assert_eq!(first.json().as_array().map(Vec::len), Some(2));
    let link = first.header("link").to_owned();
    assert!(link.contains("rel=\"next\"; results=\"true\""), "{link}");
    let next =
        link.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(url, _)| url).expect("a link");
    let next = next.trim_start_matches("http://localhost:4100");
    let second = fixture.get(READ, next).await;
    assert_eq!(second.json().as_array().map(Vec::len), Some(1), "{next}");
    assert!(second.header("link").contains("rel=\"next\"; results=\"false\""), "{}", second.header("link"));

    let issue = first.json()[0].clone();
    let id = issue["id"].as_str().expect("an id").to_owned();
    let short = issue["shortId"].as_str().expect("a short id").to_owned();
    assert_eq!(
        (&issue["status"], &issue["level"], &issue["project"]["slug"]),
        (&json!("unresolved"), &json!("error"), &json!("default"))
    );
    assert_eq!(get(&fixture, &format!("issues/{short}/")).await["id"], json!(id));
    for (body, status, details) in [
        (json!({ "status": "resolved" }), "resolved", json!({})),
        (
            json!({ "status": "resolved", "statusDetails": { "inRelease": "shop@2" } }),
            "resolved",
            json!({ "inRelease": "shop@2" }),
        ),
        (json!({ "status": "resolvedInNextRelease" }), "resolved", json!({ "inNextRelease": true })),
        (json!({ "status": "unresolved" }), "unresolved", json!({})),
    ] {
        let answer = send(&fixture, RELEASE, "PUT", &format!("issues/{id}/"), body.clone()).await;
        assert_eq!(
            (&answer.json()["status"], &answer.json()["statusDetails"]),
            (&json!(status), &details),
            "{body}"
        );
    }
    let bulk = send(
        &fixture,
        RELEASE,
        "PUT",
        &format!("projects/porthole/default/issues/?id={id}"),
        json!({ "status": "ignored" }),
    )
    .await;
    assert_eq!(bulk.status.as_u16(), 200, "{}", bulk.text());
    assert_eq!(get(&fixture, &format!("issues/{id}/")).await["status"], "ignored");
    let bulk = send(
        &fixture,
        RELEASE,
        "PUT",
        "projects/porthole/default/issues/?status=unresolved",
        json!({ "status": "resolved" }),
    )
    .await;
    assert_eq!(bulk.status.as_u16(), 200, "{}", bulk.text());
    assert_eq!(
        get(&fixture, "organizations/porthole/issues/?query=is%3Aresolved").await.as_array().map(Vec::len),
        Some(2)
    );
    for (caller, body, status) in [
        (READ, json!({ "status": "resolved" }), 403),
        (Caller::Signed(Role::Viewer), json!({ "status": "resolved" }), 403),
        (RELEASE, json!({ "status": "nonsense" }), 400),
    ] {
        let answer = send(&fixture, caller, "PUT", &format!("issues/{id}/"), body).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    }
}

#[tokio::test]
async fn events_of_issues_and_projects() {
    let (fixture, _) = fixture().await;
    let issues = get(&fixture, "organizations/porthole/issues/?sort=freq").await;
    let id = issues[0]["id"].as_str().expect("an id");
    let events = get(&fixture, &format!("issues/{id}/events/")).await;
    assert_eq!(events.as_array().map(Vec::len), Some(2), "{events}");
    let latest = get(&fixture, &format!("organizations/porthole/issues/{id}/events/latest/")).await;
    assert_eq!((&latest["eventID"], &latest["groupID"]), (&events[0]["eventID"], &json!(id)));
    let frame = &latest["entries"][0]["data"]["values"][0]["stacktrace"]["frames"][0];
    assert_eq!((&frame["function"], &frame["context"]), (&json!("A"), &json!([[3, "boom()"]])), "{latest}");
    let path = "/api/0/projects/porthole/default/events/?limit=3";
    let first = fixture.get(READ, path).await;
    let link = first.headers["link"].to_str().unwrap_or_default().to_owned();
    let cursor = link.rsplit("cursor=\"").next().unwrap_or_default().trim_end_matches('"');
    assert!(link.contains("rel=\"next\"; results=\"true\""), "{link}");
    let rest = fixture.get(READ, &format!("{path}&cursor={cursor}")).await;
    assert_eq!([first, rest].map(|page| page.json().as_array().map_or(0, Vec::len)), [3, 1]);
    let of_project = get(&fixture, "projects/porthole/default/events/").await;
    assert_eq!(of_project.as_array().map(Vec::len), Some(4));
    let event = events[0]["eventID"].as_str().expect("an id");
    assert_eq!(
        get(&fixture, &format!("projects/porthole/default/events/{event}/")).await["eventID"],
        json!(event)
    );
    assert_eq!(
        get(&fixture, &format!("organizations/porthole/eventids/{event}/")).await["groupId"],
        json!(id)
    );
    assert!(
        get(&fixture, &format!("issues/{id}/tags/")).await.as_array().is_some_and(|tags| !tags.is_empty())
    );
    // Not through another project, nor another issue.
    fixture.issues.create_project("second", None).await.expect("a project");
    let answer = fixture.get(READ, &format!("/api/0/projects/porthole/second/events/{event}/")).await;
    assert_eq!(answer.status.as_u16(), 404);
    let path = format!("projects/porthole/second/issues/?id={id}");
    assert_eq!(
        send(&fixture, RELEASE, "PUT", &path, json!({ "status": "resolved" })).await.status.as_u16(),
        200
    );
    assert_eq!(get(&fixture, &format!("issues/{id}/")).await["status"], "unresolved");
    let other = issues[1]["id"].as_str().expect("an id");
    let answer = fixture.get(READ, &format!("/api/0/issues/{other}/events/{event}/")).await;
    assert_eq!(answer.status.as_u16(), 404);
}

#[tokio::test]
async fn releases_and_deploys() {
    let fixture = Fixture::new().await;
    let releases = "organizations/porthole/releases/";
    let body = json!({ "version": "shop@1/2", "projects": ["default"], "ref": "abc" });
    let made = send(&fixture, RELEASE, "POST", releases, body.clone()).await;
    assert_eq!((made.status.as_u16(), &made.json()["version"]), (201, &json!("shop@1/2")), "{}", made.text());
    assert_eq!(send(&fixture, RELEASE, "POST", releases, body).await.status.as_u16(), 208);
    let one = format!("{releases}shop@1%2F2/");
    let body = json!({ "dateReleased": "2026-11-23T10:00:00.000Z", "url": "https://x" });
    let changed = send(&fixture, RELEASE, "PUT", &one, body).await;
    assert!(
        changed.json()["dateReleased"].as_str().is_some_and(|at| at.starts_with("2026-11-23T10:00:00")),
        "{}",
        changed.text()
    );
    assert_eq!((&changed.json()["ref"], &changed.json()["url"]), (&json!("abc"), &json!("https://x")));
    let deploy =
        send(&fixture, RELEASE, "POST", &format!("{one}deploys/"), json!({ "environment": "production" }))
            .await;
    assert_eq!(
        (deploy.status.as_u16(), &deploy.json()["environment"]),
        (201, &json!("production")),
        "{}",
        deploy.text()
    );
    assert_eq!(get(&fixture, &format!("{one}deploys/")).await.as_array().map(Vec::len), Some(1));
    assert_eq!(get(&fixture, &one).await["lastDeploy"]["environment"], "production");
    assert_eq!(get(&fixture, "projects/porthole/default/releases/").await.as_array().map(Vec::len), Some(1));
    for (method, path, body, status) in [
        ("POST", releases.to_owned(), json!({}), 400),
        ("POST", releases.to_owned(), json!({ "version": "x", "projects": ["none"] }), 400),
        ("PUT", one.clone(), json!({ "dateReleased": "yesterday" }), 400),
        ("POST", format!("{one}deploys/"), json!({}), 400),
        ("GET", format!("{releases}none/"), json!({}), 404),
        ("DELETE", one.clone(), json!({}), 204),
        ("DELETE", one.clone(), json!({}), 404),
    ] {
        let answer = send(&fixture, RELEASE, method, &path, body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} {body}: {}", answer.text());
    }
    let answer = send(&fixture, READ, "POST", releases, json!({ "version": "x" })).await;
    assert_eq!(answer.status.as_u16(), 403);
}

#[tokio::test]
async fn monitors_are_listed() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let path = format!("/api/{}/cron/nightly/{}/?status=ok", sender.project, sender.key);
    assert_eq!(fixture.get(Caller::Nobody, &path).await.status.as_u16(), 200);
    for _ in 0..200 {
        let monitors = get(&fixture, "organizations/porthole/monitors/").await;
        if monitors[0]["slug"] == "nightly" {
            assert_eq!(monitors[0]["environments"][0]["status"], "ok");
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no monitor");
}
