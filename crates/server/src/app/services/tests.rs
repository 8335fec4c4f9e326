//! What runs and what it uses, of a service that is known by its lines and samples.

use api::{Role, TokenScope};
use axum::body::Body;
use serde_json::json;

use crate::prometheus::forms::{WriteRequest, packed, series};
use crate::testing::{Caller, Fixture};

const VIEWER: Caller = Caller::Signed(Role::Viewer);
const WEB: &str = "service=\"web\", project=\"shop\", environment=\"production\", container=\"shop-web-1\"";

async fn fixture() -> Fixture {
    let fixture = Fixture::new().await;
    let now = fixture.now();
    let labels = r#"{"service":"web","project":"shop","environment":"production","host":"h","container":"shop-web-1"}"#;
    fixture.push(&[(labels, &[(now.nanos() - 1_000_000_000, "{\"level\":\"error\"}")])]).await;
    let at = |i: i64| now.millis() - 300_000 + i * 15_000;
    let points = |value: &dyn Fn(i64) -> f64| (0..=20).map(|i| (at(i), value(i))).collect::<Vec<_>>();
    let one = |name: &str, more: &str, value: &dyn Fn(i64) -> f64| {
        series(&format!("{{__name__=\"{name}\", {WEB}{more}}}"), &points(value))
    };
    let body = packed(&WriteRequest {
        series: vec![
            one("container_cpu_usage_seconds_total", ", job=\"containers\"", &|i| i as f64 * 7.5),
            one("container_memory_working_set_bytes", ", job=\"containers\"", &|_| 1e6),
            one("container_spec_memory_limit_bytes", ", job=\"containers\"", &|_| 4e6),
            one("http_requests_total", ", job=\"app\", instance=\"web:8000\"", &|i| i as f64),
            one("up", ", job=\"app\", instance=\"web:8000\"", &|_| 1.0),
        ],
        metadata: Vec::new(),
    });
    let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/api/v1/write");
    let answer = fixture.send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(answer.status.as_u16(), 204, "{}", answer.text());
    fixture
}

#[tokio::test]
async fn a_row_tells_what_is_used() {
    let fixture = fixture().await;
    let rows = fixture.get(VIEWER, "/app/v1/services").await.json();
    let row = &rows[0];
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    assert_eq!((&row["service"], &row["project"]), (&json!("web"), &json!("shop")));
    assert!(row["cpu_cores"].as_f64().is_some_and(|cores| (cores - 0.5).abs() < 0.01), "{row}");
    assert_eq!(row["cpu_trend"].as_array().map(Vec::len), Some(60));
    assert_eq!((&row["memory_bytes"], &row["memory_limit_bytes"]), (&json!(1e6), &json!(4e6)));
    assert_eq!((&row["error_lines"], &row["queue_length"]), (&json!(1), &json!(null)));
}

#[tokio::test]
async fn a_page_tells_what_is_its_own() {
    let fixture = fixture().await;
    let page = fixture.get(VIEWER, "/app/v1/services/web?project=shop").await.json();
    let selector = "{service=\"web\",project=\"shop\",environment=\"production\"}";
    assert_eq!(page["log_selector"], json!(selector));
    let matchers = "job=\"app\",service=\"web\",project=\"shop\",environment=\"production\"";
    let name = json!({ "name": "http_requests_total", "kind": "", "help": "", "unit": "" });
    assert_eq!(page["jobs"], json!([{ "job": "app", "matchers": matchers, "names": [name] }]));
    // There is no container now, but there are metrics.
    assert_eq!(page["charts"][0]["title"], "Requests", "{page}");
    assert_eq!(
        page["charts"][0]["query"],
        json!(format!("sum(rate(http_requests_total{{{matchers}}}[5m]))"))
    );
    let query =
        form_urlencoded::byte_serialize(page["charts"][0]["query"].as_str().expect("text").as_bytes());
    let answer =
        fixture.get(VIEWER, &format!("/app/v1/metrics/table?query={}", query.collect::<String>())).await;
    assert_eq!(answer.json()["series"].as_array().map(Vec::len), Some(1));
    for path in ["/app/v1/services/none", "/app/v1/services/web?project=other"] {
        assert_eq!(fixture.get(VIEWER, path).await.status.as_u16(), 404);
    }
}

#[tokio::test]
async fn where_nothing_is_collected_the_answers_are_empty() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.get(VIEWER, "/app/v1/services").await.json(), json!([]));
    let targets = fixture.get(VIEWER, "/app/v1/targets").await.json();
    assert_eq!((&targets["targets"], &targets["dropped"]), (&json!([]), &json!([])));
    assert_eq!(fixture.get(VIEWER, "/app/v1/uptime").await.json()["probes"], json!([]));
    assert_eq!(fixture.get(VIEWER, "/app/v1/uptime?start=2&end=1").await.status.as_u16(), 400);
    let queues = fixture.get(VIEWER, "/app/v1/queues").await.json();
    assert_eq!((&queues["queues"], &queues["tasks"]), (&json!([]), &json!([])));
}
