//! What comes beside errors, and SDKs of further languages: files, what users say, the tunnel, Go.

use super::ask::{await_issue, dsn, home, issues, latest, pair};
use super::parts::{finish, go_program, node_program};
use crate::harness::eventually;

tests! {
    [SentryNode]:
        files_and_feedback_come_through_the_tunnel;
    [SentryGo]:
        go_is_told_and_grouped;
}

fn files_and_feedback_come_through_the_tunnel() {
    let appliance = home("").start();
    let client = appliance.client();
    // The address of the DSN leads nowhere: whatever comes, came through the tunnel.
    let mut program = node_program("extras_shop.cjs", &dsn(&appliance).replace("127.0.0.1", "127.0.0.9"));
    program.env("TUNNEL", format!("http://{}/api/tunnel/", appliance.anonymous().address()));
    let id = finish(program).trim().to_owned();
    let issue = await_issue(client, "RangeError", 1);
    let event = eventually("what its user said", || {
        let event = latest(client, &issue);
        event["feedback"][0].is_object().then_some(event)
    });
    assert_eq!(event["id"], id);
    let said = &event["feedback"][0];
    assert_eq!((&said["message"], &said["name"]), (&"I could not pay".into(), &"Ann".into()), "{said}");
    let file = &event["attachments"][0];
    assert_eq!(
        (&file["name"], &file["content_type"]),
        (&"basket.json".into(), &"application/json".into()),
        "{file}"
    );
    let path = format!("/app/v1/attachments/{}", file["id"].as_str().unwrap());
    let answer = client.get(&path).expect(200);
    assert_eq!(answer.text(), "{\"sku\":\"A-17\"}");
    let told = answer.headers.get("content-disposition").and_then(|value| value.to_str().ok());
    assert!(told.is_some_and(|told| told.starts_with("attachment")), "never shown in place: {told:?}");
    assert_eq!(appliance.anonymous().get(&path).status, 401);
    assert_eq!(issues(client, "").len(), 1, "what a user says is no issue");
    // A DSN of somebody else's.
    let foreign = "{\"dsn\":\"https://0123456789abcdef0123456789abcdef@sentry.example.com/7\"}\n{\"type\":\"event\"}\n{}\n";
    let refused = appliance.anonymous().post("/api/tunnel/", &[], foreign.into());
    assert_eq!(refused.status, 403, "{}", refused.text());
}

fn go_is_told_and_grouped() {
    let appliance = home("").start();
    let client = appliance.client();
    finish(go_program(&dsn(&appliance)));
    let issue = await_issue(client, "no price for", 2);
    assert_eq!((&issue["users"], &issue["release"]), (&2.into(), &"shop@1.0".into()), "{issue}");
    let event = latest(client, &issue);
    assert_eq!(event["environment"], "staging");
    assert_eq!(pair(&event["user"], "email"), Some("bob@example.com"));
    assert!(event["breadcrumbs"].to_string().contains("ordering 2042"), "{}", event["breadcrumbs"]);
    let frames = event["exceptions"].to_string();
    assert!(frames.contains("\"order"), "{frames}");
    await_issue(client, "forgotten", 1);
    assert_eq!(issues(client, "").len(), 2);
}
