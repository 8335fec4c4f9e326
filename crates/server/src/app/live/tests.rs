use api::{LiveLines, TokenScope};
use axum::body::Body;
use futures_util::StreamExt;
use http::Response;
use serde::de::DeserializeOwned;

use super::*;
use crate::testing::{Caller, Fixture};

/// The events of an open stream.
struct Events {
    body: axum::body::BodyDataStream,
    text: String,
}

/// One event.
#[derive(Debug)]
struct Got {
    name: String,
    id: Option<String>,
    data: String,
}

impl Events {
    async fn open(fixture: &Fixture, query: &str, last_id: Option<&str>) -> Self {
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let path = format!("/app/v1/live?query={query}");
        let mut request = fixture.request(Caller::Token(TokenScope::Read), "GET", &path);
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response: Response<Body> = fixture.open(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    async fn next(&mut self) -> Option<Got> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).map(str::to_owned)
                };
                let got = Got {
                    name: field("event").unwrap_or_default(),
                    id: field("id"),
                    data: field("data").unwrap_or_default(),
                };
                self.text = rest.to_owned();
                return Some(got);
            }
            let piece = self.body.next().await?.expect("a piece");
            self.text.push_str(std::str::from_utf8(&piece).expect("text"));
        }
    }

    /// The next event of this name.
    async fn find<T: DeserializeOwned>(&mut self, name: &str) -> (T, Option<String>) {
        loop {
            let got = self.next().await.expect("an event");
            if got.name == name {
                return (serde_json::from_str(&got.data).expect("JSON"), got.id);
            }
        }
    }

    async fn lines(&mut self) -> (Vec<String>, String) {
        let (lines, id) = self.find::<LiveLines>("lines").await;
        assert_eq!(lines.one_in, 1);
        (lines.page.rows.into_iter().map(|row| row.line).collect(), id.expect("an id"))
    }
}

const WEB: &str = "{\"service\":\"web\"}";

#[tokio::test]
async fn now_comes_at_once_and_lines_when_they_are_there() {
    let fixture = Fixture::new().await;
    let mut events = Events::open(&fixture, "{service=\"web\"}", None).await;
    let first = events.next().await.expect("an event");
    assert_eq!((first.name.as_str(), first.id), ("now", None));
    let now: Now = serde_json::from_str(&first.data).expect("JSON");
    assert_eq!(now.docker.state, api::DockerState::Connecting);

    let at = fixture.now().nanos();
    fixture.push(&[(WEB, &[(at, "one"), (at + 1, "two")]), ("{\"service\":\"db\"}", &[(at, "other")])]).await;
    let (lines, _) = events.lines().await;
    assert_eq!(lines, ["one", "two"]);
}

#[tokio::test]
async fn a_stream_that_broke_off_goes_on_where_it_was() {
    let fixture = Fixture::new().await;
    let mut events = Events::open(&fixture, "{service=\"web\"}", None).await;
    let at = fixture.now().nanos();
    fixture.push(&[(WEB, &[(at, "one")])]).await;
    let (_, id) = events.lines().await;
    drop(events);
    fixture.pass(20);
    let at = fixture.now().nanos();
    fixture.push(&[(WEB, &[(at, "while it was away")])]).await;
    let mut events = Events::open(&fixture, "{service=\"web\"}", Some(&id)).await;
    // What may have been given already is given again; its id tells.
    assert_eq!(events.lines().await.0, ["one", "while it was away"]);
    fixture.push(&[(WEB, &[(at + 1, "new")])]).await;
    assert_eq!(events.lines().await.0, ["new"]);
}

#[tokio::test]
async fn lines_that_come_too_fast_are_sampled_at_a_rate_that_is_told() {
    let fixture = Fixture::new().await;
    let mut events = Events::open(&fixture, "{service=\"web\"}", None).await;
    let at = fixture.now().nanos();
    let texts: Vec<String> = (0..6000).map(|number| format!("line {number}")).collect();
    let lines: Vec<(i64, &str)> = texts.iter().zip(0..).map(|(text, n)| (at + n, text.as_str())).collect();
    events.next().await.expect("now");
    fixture.push(&[(WEB, &lines)]).await;
    let (mut given, mut stands_for) = (0, 0);
    while stands_for < 5900 {
        let (lines, _) = events.find::<LiveLines>("lines").await;
        given += lines.page.rows.len();
        stands_for += lines.page.rows.len() * lines.one_in as usize;
    }
    assert!(given <= 1100, "{given} lines");
    assert!(stands_for <= 6100, "{given} lines stand for {stands_for}");
}

#[tokio::test]
async fn a_query_that_is_none_is_refused() {
    let fixture = Fixture::new().await;
    for (path, status) in [("live?query=x", 400), ("live?query=%7Ba%3D%22b%22%7D&levels=loud", 400)] {
        let answer = fixture.get(Caller::Token(TokenScope::Read), &format!("/app/v1/{path}")).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(answer.json()["message"].is_string());
    }
}

#[tokio::test]
async fn new_issues_are_told() {
    let fixture = Fixture::new().await;
    let sender = crate::sentry::forms::Sender::new(&fixture);
    let mut events = Events::open(&fixture, "", None).await;
    sender.event(&fixture, &serde_json::json!({ "message": "a new one", "level": "error" })).await;
    let (issue, _) = events.find::<api::LiveIssue>("issue").await;
    assert_eq!((issue.kind, issue.title.as_str()), (api::IssueSubstatus::New, "a new one"));
    assert_eq!((issue.project.as_str(), issue.level.as_str()), ("default", "error"));
}
