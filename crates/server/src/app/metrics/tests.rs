//! Numbers, names and labels of a few series.

use api::{Role, TokenScope};
use axum::body::Body;
use serde_json::{Value, json};

use crate::prometheus::forms::{Metadata, WriteRequest, packed, series};
use crate::testing::{Caller, Fixture};

const VIEWER: Caller = Caller::Signed(Role::Viewer);

/// Ten minutes of two series, up to a whole minute: `seconds` tells it.
async fn fixture() -> (Fixture, i64) {
    let fixture = Fixture::new().await;
    let now = fixture.now().seconds() / 60 * 60;
    let points = |value: &dyn Fn(i64) -> f64| -> Vec<(i64, f64)> {
        (0..=20).map(|i| ((now - 600 + i * 30) * 1000, value(i))).collect()
    };
    let about = Metadata { kind: 1, family: "hits".into(), help: "Hits.".into(), unit: String::new() };
    let body = packed(&WriteRequest {
        series: vec![
            series("{__name__=\"hits_total\", job=\"a\"}", &points(&|i| i as f64 * 30.0)),
            series(
                "{__name__=\"hits_total\", job=\"b\"}",
                &points(&|i| if i % 2 == 0 { f64::NAN } else { 1.0 }),
            ),
            series("{__name__=\"load\", job=\"a\"}", &points(&|_| 0.5)),
        ],
        metadata: vec![about],
    });
    let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/api/v1/write");
    let answer = fixture.send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(answer.status.as_u16(), 204, "{}", answer.text());
    (fixture, now)
}

async fn ask(fixture: &Fixture, call: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
    let pairs = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let answer = fixture.get(VIEWER, &format!("/app/v1/metrics/{call}?{pairs}")).await;
    (answer.status.as_u16(), answer.json())
}

#[tokio::test]
async fn numbers_over_time() {
    let (fixture, now) = fixture().await;
    let (start, end) = (((now - 120) * 1000).to_string(), (now * 1000).to_string());
    let range = |query| [("query", query), ("start", &*start), ("end", &*end), ("buckets", "4")];
    let (_, numbers) = ask(&fixture, "numbers", &range("rate(hits_total{job=\"a\"}[2m])")).await;
    let points: Vec<_> = (0..=4).map(|i| json!([(now - 120 + i * 30) * 1000, 1.0])).collect();
    let expected =
        json!({ "series": [{ "labels": { "job": "a" }, "points": points }], "step": 30000, "warnings": [] });
    assert_eq!(numbers, expected);
    // What JSON cannot say is left out.
    let (_, numbers) = ask(&fixture, "numbers", &range("hits_total{job=\"b\"}")).await;
    assert_eq!(numbers["series"][0]["points"].as_array().map(Vec::len), Some(2));
    let (_, numbers) = ask(&fixture, "numbers", &range("rate(load[5m])")).await;
    assert!(
        numbers["warnings"][0].as_str().is_some_and(|text| text.contains("might not be a counter")),
        "{numbers}"
    );
    let (_, numbers) = ask(&fixture, "numbers", &range("2 * 3")).await;
    assert_eq!(numbers["series"][0]["points"][0][1], 6.0);
}

#[tokio::test]
async fn a_table_is_in_the_order_of_the_query() {
    let (fixture, now) = fixture().await;
    let at = (now * 1000).to_string();
    let (_, table) = ask(
        &fixture,
        "table",
        &[("query", "sort_desc({__name__=~\"load|hits_total\",job=\"a\"})"), ("at", &at)],
    )
    .await;
    let values: Vec<_> =
        table["series"].as_array().expect("rows").iter().map(|row| row["points"][0].clone()).collect();
    assert_eq!(values, [json!([now * 1000, 600.0]), json!([now * 1000, 0.5])]);
}

#[tokio::test]
async fn queries_at_fault() {
    let (fixture, now) = fixture().await;
    let end = (now * 1000).to_string();
    let check = async |query: &str, expected: (u16, Value)| {
        assert_eq!(
            ask(&fixture, "numbers", &[("query", query), ("start", "0"), ("end", &end)]).await,
            expected
        );
    };
    let fault = |message: &str, at: Value| json!({ "message": message, "at": at });
    check("sum(", (400, fault("unclosed left parenthesis", json!([4, 4])))).await;
    let window = "this query gives the samples of a window; put a function around it that makes one number of them, such \
                  as rate() or avg_over_time()";
    check("load[5m]", (400, fault(window, Value::Null))).await;
    let too_much = "query processing would load too many samples into memory in query execution: the limit is 25000000; \
                    ask for a shorter time, fewer series or a longer step";
    check("count_over_time(vector(1)[20000d:1ms])", (422, fault(too_much, Value::Null))).await;
    let backwards = ask(&fixture, "numbers", &[("query", "load"), ("start", "2"), ("end", "1")]).await;
    assert_eq!(backwards, (400, fault("the time range ends before it starts", Value::Null)));
    let (status, checked) = ask(&fixture, "check", &[("query", "sum(rate(x[300s]))by(job)")]).await;
    let expected = json!({ "fault": null, "kind": "numbers", "formatted": "sum by (job) (rate(x[5m]))" });
    assert_eq!((status, checked), (200, expected));
    let (status, checked) = ask(&fixture, "check", &[("query", "up +")]).await;
    assert_eq!((status, &checked["fault"]["at"]), (200, &json!([4, 4])));
}

#[tokio::test]
async fn names_and_labels() {
    let (fixture, _) = fixture().await;
    let (_, names) = ask(&fixture, "names", &[("prefix", "HI")]).await;
    assert_eq!(names, json!([{ "name": "hits_total", "kind": "counter", "help": "Hits.", "unit": "" }]));
    assert_eq!(ask(&fixture, "names", &[]).await.1[1]["name"], "load");
    let check = async |query: &str, name: &str, expected: Value| {
        assert_eq!(ask(&fixture, "labels", &[("query", query), ("name", name)]).await, (200, expected));
    };
    check("", "", json!(["__name__", "job"])).await;
    check("load", "job", json!(["a"])).await;
    check("sum(hits_total{job=\"a\"})", "job", json!(["a", "b"])).await;
    check("sum(", "job", json!(["a", "b"])).await;
}
