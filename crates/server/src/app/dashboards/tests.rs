use api::{Role, TokenScope};
use serde_json::{Value, json};

use crate::testing::{Caller, Fixture};

const EDITOR: Caller = Caller::Signed(Role::Editor);
const VIEWER: Caller = Caller::Signed(Role::Viewer);

fn panel(title: &str) -> Value {
    json!({
        "title": title, "kind": "line", "language": "promql", "unit": "", "width": 2,
        "queries": [{ "query": "up", "legend": "{{job}}" }],
    })
}

#[tokio::test]
async fn editors_keep_dashboards_and_everybody_sees_them() {
    let fixture = Fixture::new().await;
    let new = json!({ "title": " Shop ", "panels": [panel("Up")] });
    let made = fixture.send_json(EDITOR, "POST", "/app/v1/dashboards", &new.to_string()).await;
    let expected = json!({
        "id": "1", "title": "Shop", "ready_made": false, "panels": [panel("Up")], "by": "editor",
        "changed": fixture.now().millis(),
    });
    assert_eq!((made.status.as_u16(), made.json()), (201, expected.clone()));
    assert_eq!(fixture.get(VIEWER, "/app/v1/dashboards/1").await.json(), expected);

    // What was read can be sent back.
    fixture.pass(1);
    let mut changed = expected.clone();
    changed["title"] = json!("Shop 2");
    let admin = Caller::Signed(Role::Admin);
    let answer = fixture.send_json(admin, "PUT", "/app/v1/dashboards/1", &changed.to_string()).await.json();
    assert_eq!((&answer["title"], &answer["by"]), (&json!("Shop 2"), &json!("admin")));
    let list = fixture.get(VIEWER, "/app/v1/dashboards").await.json();
    let titles: Vec<_> = list.as_array().expect("rows").iter().map(|row| row["title"].clone()).collect();
    assert_eq!(titles, ["Celery", "Containers", "Django", "Host", "PostgreSQL", "Redis", "Shop 2"]);

    assert_eq!(fixture.send_json(EDITOR, "DELETE", "/app/v1/dashboards/1", "").await.status.as_u16(), 204);
    assert_eq!(fixture.get(VIEWER, "/app/v1/dashboards/1").await.status.as_u16(), 404);
}

#[tokio::test]
async fn ready_made_ones_stay_as_they_are() {
    let fixture = Fixture::new().await;
    let mut host = fixture.get(VIEWER, "/app/v1/dashboards/host").await.json();
    assert_eq!(host["ready_made"], json!(true));
    for method in ["PUT", "DELETE"] {
        let answer = fixture.send_json(EDITOR, method, "/app/v1/dashboards/host", &host.to_string()).await;
        let message = "`Host` comes with Porthole and stays as it is; make a copy and change that";
        assert_eq!((answer.status.as_u16(), &answer.json()["message"]), (403, &json!(message)));
    }
    host["title"] = json!("My host");
    let copy = fixture.send_json(EDITOR, "POST", "/app/v1/dashboards", &host.to_string()).await;
    assert_eq!((copy.status.as_u16(), &copy.json()["ready_made"]), (201, &json!(false)));
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused() {
    let fixture = Fixture::new().await;
    let check = async |method: &str, path: &str, body: Value, status: u16, message: &str| {
        let answer = fixture.send_json(EDITOR, method, path, &body.to_string()).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["message"]), (status, &json!(message)), "{body}");
    };
    let (with, all) = (
        |change: &dyn Fn(&mut Value)| {
            let mut one = panel("P");
            change(&mut one);
            json!({ "title": "T", "panels": [panel("First"), one] })
        },
        "/app/v1/dashboards",
    );
    check(
        "POST",
        all,
        json!({ "title": " ", "panels": [] }),
        400,
        "a dashboard's title has 1 to 100 characters",
    )
    .await;
    let many = json!({ "title": "T", "panels": vec![panel("P"); 101] });
    check("POST", all, many, 400, "a dashboard has at most 100 panels").await;
    for (change, why) in [
        (json!({ "width": 5 }), "the width is 5; write 1 to 4 quarters of the page"),
        (json!({ "queries": [] }), "a panel has 1 to 10 queries"),
        (json!({ "kind": "lines" }), "lines are asked in LogQL: the language has to be logql"),
        (json!({ "unit": "x".repeat(33) }), "a unit has at most 32 characters"),
        (
            json!({ "queries": [{ "query": " " }] }),
            "a query has 1 to 8000 bytes, and so many at most its legend",
        ),
    ] {
        let body = with(&|panel| {
            for (name, value) in change.as_object().expect("members") {
                panel[name] = value.clone();
            }
        });
        check("POST", all, body, 400, &format!("panel 2, `P`: {why}")).await;
    }
    let good = json!({ "title": "T", "panels": [] });
    check("PUT", "/app/v1/dashboards/7", good.clone(), 404, "there is no dashboard `7`").await;
    check("PUT", "/app/v1/dashboards/none", good.clone(), 404, "there is no dashboard `none`").await;
    let reader = Caller::Token(TokenScope::Read);
    assert_eq!(fixture.send_json(reader, "POST", all, &good.to_string()).await.status.as_u16(), 403);
}
