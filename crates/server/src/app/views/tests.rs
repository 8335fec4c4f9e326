use api::{Role, TokenScope};
use serde_json::json;

use crate::testing::{Caller, Fixture};

#[tokio::test]
async fn editors_save_views_and_everybody_sees_them() {
    let fixture = Fixture::new().await;
    let (editor, viewer) = (Caller::Signed(Role::Editor), Caller::Signed(Role::Viewer));
    let save = async |caller: Caller, name: &str, page: &str, state: &str| {
        let body = json!({ "name": name, "page": page, "state": state }).to_string();
        fixture.send_json(caller, "POST", "/app/v1/views", &body).await
    };
    let list = async || fixture.get(viewer, "/app/v1/views").await.json();
    let saved = save(editor, " errors ", "logs", "q=1").await;
    let (first, made) = (saved.json(), fixture.now().millis());
    let expected = json!({
        "id": 1, "name": "errors", "page": "logs", "state": "q=1", "by": "editor", "made": made,
    });
    assert_eq!((saved.status.as_u16(), &first), (201, &expected));
    assert_eq!(list().await, json!([expected]));

    // The same page and name: another state of the same view.
    fixture.pass(1);
    let again = save(Caller::Signed(Role::Admin), "errors", "logs", "q=2").await.json();
    assert_eq!((&again["id"], &again["by"], &again["state"]), (&json!(1), &json!("admin"), &json!("q=2")));
    save(editor, "a", "logs", "").await;
    let names: Vec<_> =
        list().await.as_array().expect("views").iter().map(|view| view["name"].clone()).collect();
    assert_eq!(names, ["a", "errors"]);

    let refused = async |caller: Caller, name: &str, page: &str, state: &str, status: u16, message: &str| {
        let answer = save(caller, name, page, state).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["message"]), (status, &json!(message)));
    };
    refused(viewer, "x", "logs", "", 403, "this takes the role editor").await;
    refused(
        Caller::Token(TokenScope::Read),
        "x",
        "logs",
        "",
        403,
        "tokens may not do this; sign in on the page",
    )
    .await;
    refused(editor, " ", "logs", "", 400, "a view's name has 1 to 100 characters").await;
    refused(editor, "x", "Logs", "", 400, "a view's page is the first part of its path, such as logs").await;
    refused(editor, "x", "logs", &"x".repeat(8001), 400, "a view's state has at most 8000 bytes").await;

    let remove = async |caller, id| {
        fixture.send_json(caller, "DELETE", &format!("/app/v1/views/{id}"), "").await.status.as_u16()
    };
    assert_eq!((remove(viewer, 1).await, remove(editor, 1).await, remove(editor, 1).await), (403, 204, 404));
    assert_eq!(list().await.as_array().map(Vec::len), Some(1));
}
