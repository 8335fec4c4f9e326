//! What events are joined to, on a real log store and a real metrics store.

use std::time::Duration;

use api::TokenScope;
use axum::body::Body;
use serde_json::json;

use super::*;
use crate::Clock;
use crate::prometheus::forms::{WriteRequest, packed, series};
use crate::queries::Queries;
use crate::testing::{Caller, Fixture};

const ID: &str = "3f2a1c9d8e7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b2a1f";
const OTHER_ID: &str = "aaaaaaaaaaaa6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b2a1f";
const TRACE: &str = "0123456789abcdef0123456789abcdef";
const BESIDE: &str = "fedcba9876543210fedcba9876543210";
const WEB: &str = "\"service\":\"web\",\"project\":\"shop\",\"environment\":\"production\",\"host\":\"h\"";

/// Lines of two containers of a service, one after the other of the same name, and of another one without an id.
async fn fixture() -> (Fixture, Timestamp) {
    let fixture = Fixture::new().await;
    let at = fixture.now().minus(Duration::from_secs(600));
    let stream = |labels: &str, stream: &str, lines: serde_json::Value| {
        let labels: serde_json::Value =
            serde_json::from_str(&format!("{{{labels},\"stream\":\"{stream}\"}}")).expect("labels");
        json!({ "stream": labels, "values": lines })
    };
    let line = |seconds: i64, text: &str, metadata: serde_json::Value| {
        json!([(at.nanos() + seconds * 1_000_000_000).to_string(), text, metadata])
    };
    let (own, other) = (json!({ "container_id": ID }), json!({ "container_id": OTHER_ID }));
    let web = format!("{WEB},\"container\":\"shop-web-1\"");
    let event = |event: &str, message: &str| json!({ "event": event, "message": message }).to_string();
    let deploy = json!({ "event": "deploy", "message": "web was deployed", "image": "shop/web:2", "previous_image": "shop/web:1" });
    let body = json!({ "streams": [
        stream(&web, "stdout", json!([
            line(-120, "of the one before", other.clone()),
            line(-60, &format!("GET /pay trace={TRACE}"), own.clone()),
            line(-1, "about to fail", own.clone()),
            line(0, "failed", own.clone()),
            line(30, "request req-42 ended", own.clone()),
            line(400, "too late", own.clone()),
        ])),
        stream(&web, "event", json!([
            line(-7200, &deploy.to_string(), other),
            line(-1200, &event("restart", "shop-web-1 was started again"), own.clone()),
            line(60, &event("oom", "shop-web-1 ran out of memory"), own),
        ])),
        stream("\"service\":\"worker\",\"project\":\"shop\",\"environment\":\"production\"", "stdout", json!([
            line(5, "a task", json!({ "trace_id": BESIDE })),
        ])),
    ] });
    let caller = Caller::Token(TokenScope::Ingest);
    let answer = fixture.send_json(caller, "POST", "/loki/api/v1/push", &body.to_string()).await;
    assert_eq!(answer.status.as_u16(), 204, "{}", answer.text());
    (fixture, at)
}

async fn around(fixture: &Fixture, sought: Sought, told: Option<api::DeployBefore>) -> Around {
    let (logs, metrics, now) = (fixture.logs.clone(), fixture.metrics.clone(), fixture.now());
    let look = move |allowance: &Allowance| {
        let look = Look { logs: &logs, metrics: &metrics, workloads: &[], deploys: &[], allowance, now };
        look.around(&sought, told).expect("an answer")
    };
    Queries::new(Clock::system()).run(look).await.expect("a place")
}

fn nothing(at: Timestamp) -> Sought {
    Sought { at, server_name: None, trace_id: None, request_id: None, environment: None, service: None }
}

fn lines(around: &Around) -> Vec<&str> {
    around.lines.rows.iter().map(|row| row.line.as_str()).collect()
}

#[tokio::test]
async fn lines_are_found_by_what_tells_most() {
    let (fixture, at) = fixture().await;
    let own = [
        format!("GET /pay trace={TRACE}"),
        "about to fail".into(),
        "failed".into(),
        "request req-42 ended".into(),
    ];
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let text = |text: &str| Some(text.to_owned());
    let all = Sought {
        server_name: text(&ID[..12]),
        trace_id: text(TRACE),
        request_id: text("req-42"),
        ..nothing(at)
    };
    for (sought, joined, expected) in [
        (all.clone(), JoinedBy::Container, own.clone()),
        (Sought { server_name: text(ID), ..nothing(at) }, JoinedBy::Container, own.clone()),
        (
            Sought { server_name: text(&OTHER_ID[..12]), ..nothing(at) },
            JoinedBy::Container,
            vec!["of the one before"],
        ),
        (Sought { server_name: text("cccccccccccc"), ..all.clone() }, JoinedBy::Trace, own.clone()),
        (
            Sought { server_name: None, trace_id: text(BESIDE), ..all.clone() },
            JoinedBy::Trace,
            vec!["a task"],
        ),
        (
            Sought { server_name: text("web.example.com"), trace_id: None, ..all.clone() },
            JoinedBy::Request,
            own.clone(),
        ),
        (Sought { service: text("worker"), ..nothing(at) }, JoinedBy::Service, vec!["a task"]),
        // An id that stands in lines of another service only is not looked for there.
        (
            Sought { service: text("worker"), trace_id: text(TRACE), ..nothing(at) },
            JoinedBy::Service,
            vec!["a task"],
        ),
        (nothing(at), JoinedBy::Nothing, vec![]),
        (Sought { service: text("none"), ..nothing(at) }, JoinedBy::Service, vec![]),
    ] {
        let around = around(&fixture, sought.clone(), None).await;
        assert_eq!((around.joined, lines(&around)), (joined, expected), "{sought:?}: {}", around.how);
    }
}

#[tokio::test]
async fn ids_are_marked_and_what_was_looked_for_is_told() {
    let (fixture, at) = fixture().await;
    let text = |text: &str| Some(text.to_owned());
    let sought = Sought {
        server_name: text(&ID[..12]),
        trace_id: text(TRACE),
        request_id: text("req-42"),
        ..nothing(at)
    };
    let found = around(&fixture, sought, None).await;
    let marked: Vec<&str> = found
        .lines
        .rows
        .iter()
        .flat_map(|row| row.marks.iter().map(|(from, to)| &row.line[*from as usize..*to as usize]))
        .collect();
    assert_eq!(marked, [TRACE, "req-42"]);
    assert_eq!(found.missing, Vec::<String>::new());
    assert!(found.how.contains("shop-web-1 (3f2a1c9d8e7b)"), "{}", found.how);
    let vain = Sought { server_name: text("cccccccccccc"), trace_id: text(&"9".repeat(32)), ..nothing(at) };
    let vain = around(&fixture, vain, None).await;
    assert_eq!(vain.missing.len(), 4, "{:?}", vain.missing);
    assert!(
        vain.missing[0].contains("cccccccccccc") && vain.missing[1].contains("999"),
        "{:?}",
        vain.missing
    );
}

#[tokio::test]
async fn the_container_and_the_deploy_before() {
    let (fixture, at) = fixture().await;
    let labels =
        "service=\"web\", project=\"shop\", environment=\"production\", host=\"h\", container=\"shop-web-1\"";
    let times = |value: &dyn Fn(i64) -> f64| -> Vec<(i64, f64)> {
        (-8..=8).map(|i| (at.millis() + i * 15_000, value(i))).collect()
    };
    let one = |name: &str, value: &dyn Fn(i64) -> f64| {
        series(&format!("{{__name__=\"{name}\", job=\"containers\", {labels}}}"), &times(value))
    };
    let body = packed(&WriteRequest {
        series: vec![
            one("container_cpu_usage_seconds_total", &|i| 100.0 + i as f64 * 7.5),
            one("container_memory_working_set_bytes", &|_| 3e6),
            one("container_spec_memory_limit_bytes", &|_| 4e6),
            one("container_spec_cpu_quota", &|_| 150_000.0),
            one("container_spec_cpu_period", &|_| 100_000.0),
        ],
        metadata: Vec::new(),
    });
    let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/api/v1/write");
    let answer = fixture.send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(answer.status.as_u16(), 204, "{}", answer.text());

    let sought = Sought { server_name: Some(ID[..12].to_owned()), ..nothing(at) };
    let found = around(&fixture, sought.clone(), None).await;
    let then = found.container.expect("a container");
    assert!(then.cpu_cores.is_some_and(|cores| (cores - 0.5).abs() < 0.01), "{then:?}");
    assert_eq!(
        (then.memory_bytes, then.memory_limit_bytes, then.cpu_limit_cores),
        (Some(3e6), Some(4e6), Some(1.5))
    );
    assert_eq!((then.restarts, then.oom_killed), (1, true));
    let happened: Vec<&str> = then.happened.iter().map(|happened| happened.text.as_str()).collect();
    assert_eq!(happened, ["shop-web-1 was started again", "shop-web-1 ran out of memory"]);
    let deploy = found.deploy.expect("a deploy");
    assert_eq!(
        (deploy.what.as_str(), deploy.before.as_str(), deploy.told),
        ("shop/web:2", "shop/web:1", false)
    );

    // A release that was told of later is nearer to the event.
    let told =
        api::DeployBefore { at: at.millis() - 1000, what: "shop@2".into(), told: true, ..Default::default() };
    let found = around(&fixture, sought, Some(told.clone())).await;
    assert_eq!(found.deploy, Some(told));
}
