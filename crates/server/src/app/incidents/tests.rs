//! From the proxy's own windows to the page: a route that fails is an incident with a name, and is remembered.

use std::sync::Arc;
use std::time::Duration;

use ::route::shown::{Live, Window};
use api::{Role, TokenScope};
use serde_json::{Value, json};

use crate::app::proxy::tests::Fixed;
use crate::app::shop;
use crate::testing::{Caller, Fixture};

const READER: Caller = Caller::Token(TokenScope::Read);
/// What was seen longer ago is looked at anew.
const LOOK_S: i64 = 16;

/// The last minute of the shop's route.
fn requests(shop: &Arc<Fixed>, failed: u64) {
    let window = Window {
        span: Duration::from_secs(60),
        classes: [0, 0, 600, 0, 0, failed],
        p95: Some(Duration::from_millis(80)),
        ..Window::default()
    };
    let live = Live { window, ..Live::default() };
    shop.0.lock().expect("no panic").live_routers.insert("web@docker".into(), live);
}

/// So many looks; the last one's answer.
async fn looks(fixture: &Fixture, many: usize) -> Value {
    let mut last = Value::Null;
    for _ in 0..many {
        fixture.pass(LOOK_S);
        last = fixture.get(READER, "/app/v1/situation").await.json();
    }
    last
}

#[tokio::test]
async fn a_route_that_fails_is_an_incident_until_it_does_not() {
    let shop = shop();
    let fixture = Fixture::with_proxy(shop.clone());
    requests(&shop, 0);
    let well = looks(&fixture, 10).await;
    let calm = "All is well: 0 services run, 600 requests in the last minute, none failed.";
    assert_eq!((&well["sentence"]["text"], &well["incidents"]), (&json!(calm), &json!([])), "{well}");
    assert_eq!(well["tiles"][0]["per_second"], 10.0, "{well}");

    requests(&shop, 60);
    let bad = looks(&fixture, 3).await;
    let incident = &bad["incidents"][0];
    assert_eq!((&incident["service"], &incident["what"]), (&json!("web"), &json!("web fails")), "{bad}");
    assert_eq!(incident["how_bad"]["text"], "9.1 % of 660 requests a minute fail; usually 0 %");
    assert_eq!(bad["tiles"][0]["incident"], incident["id"]);
    let path = format!("/app/v1/incidents/{}", incident["id"].as_str().expect("an id"));
    let page = fixture.get(READER, &path).await.json();
    assert_eq!(page["incident"]["id"], incident["id"]);
    assert!(page["charts"].as_array().is_some_and(|charts| charts.len() == 4), "{page}");

    requests(&shop, 0);
    let over = looks(&fixture, 6).await;
    assert_eq!((&over["incidents"], &over["last"]["id"]), (&json!([]), &incident["id"]), "{over}");
    let text = over["sentence"]["text"].as_str().expect("a text");
    assert!(text.contains("The last incident ended at {") && text.ends_with(": web fails."), "{text}");
    // It is remembered, and found by its name.
    let all = fixture.get(READER, "/app/v1/incidents").await.json();
    assert_eq!((all.as_array().map(Vec::len), &all[0]["id"]), (Some(1), &incident["id"]));
    assert!(fixture.get(READER, &path).await.json()["incident"]["ended"].is_i64());
}

#[tokio::test]
async fn what_is_not_known_is_said_so() {
    let fixture = Fixture::new().await;
    let viewer = Caller::Signed(Role::Viewer);
    let quiet = fixture.get(viewer, "/app/v1/situation").await.json();
    let nothing = "Nothing is known yet: no container runs, and nothing was sent.";
    assert_eq!(quiet["sentence"]["text"], nothing);
    assert_eq!(quiet["week"].as_array().map(Vec::len), Some(5), "{quiet}");
    let check = async |path: &str, status: u16| {
        let answer = fixture.get(viewer, path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        answer.json()
    };
    check("/app/v1/incidents/0123", 404).await;
    check("/app/v1/services/web/deploy", 404).await;
    check("/app/v1/services/web/lanes?start=2&end=1", 400).await;
    let lanes = check("/app/v1/services/web/lanes", 200).await;
    assert_eq!((&lanes["lanes"], &lanes["marks"]), (&json!([]), &json!([])));
    let moment = check("/app/v1/moment?service=web", 200).await;
    assert_eq!((&moment["lines"], &moment["deploy"]), (&json!([]), &Value::Null));
    let checklist = check("/app/v1/checklist", 200).await;
    assert_eq!(
        (&checklist["met"], &checklist["of"], &checklist["services"]),
        (&json!(0), &json!(4), &json!([]))
    );
}
