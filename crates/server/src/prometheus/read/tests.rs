//! Samples as another library reads them.

use api::TokenScope;
use axum::body::Body;
use prost::Message as _;

use crate::prometheus::forms::{Matcher, Query, ReadRequest, ReadResponse, WriteRequest, packed, series};
use crate::testing::{Answer, Caller, Fixture};

async fn post(fixture: &Fixture, scope: TokenScope, path: &str, body: Vec<u8>) -> Answer {
    let request = fixture.request(Caller::Token(scope), "POST", path);
    fixture.send(request.body(Body::from(body)).expect("a request")).await
}

fn query(op: i32, value: &str, first_ms: i64, last_ms: i64) -> Query {
    let matcher = Matcher { op, name: "__name__".into(), value: value.into() };
    Query { first_ms, last_ms, matchers: vec![matcher] }
}

#[tokio::test]
async fn what_was_written_is_read() {
    let fixture = Fixture::new().await;
    let now = fixture.now().millis();
    let a = series("{__name__=\"a\", job=\"x\"}", &[(now - 2000, 1.5), (now - 1000, f64::INFINITY)]);
    let b = series("{__name__=\"b\"}", &[(now - 1000, -0.0)]);
    let body = packed(&WriteRequest { series: vec![a.clone(), b.clone()], metadata: Vec::new() });
    assert_eq!(post(&fixture, TokenScope::Ingest, "/api/v1/write", body).await.status.as_u16(), 204);
    let queries =
        vec![query(0, "a", now - 2000, now - 1000), query(2, "a|b", now - 1000, now), query(1, "", 0, 1)];
    let answer = post(&fixture, TokenScope::Read, "/api/v1/read", packed(&ReadRequest { queries })).await;
    assert_eq!(answer.header("content-type"), "application/x-protobuf");
    let bytes = snap::raw::Decoder::new().decompress_vec(&answer.bytes).expect("snappy");
    let found = ReadResponse::decode(&*bytes).expect("a response");
    let later = series("{__name__=\"a\", job=\"x\"}", &[(now - 1000, f64::INFINITY)]);
    let results: Vec<_> = found.results.into_iter().map(|result| result.series).collect();
    assert_eq!(results, [vec![a], vec![later, b], Vec::new()]);
}

#[tokio::test]
async fn faults() {
    let fixture = Fixture::new().await;
    let queries = vec![query(7, "a", 0, 1)];
    for (body, message) in [
        (packed(&ReadRequest { queries }), "a matcher has an unknown operator"),
        (packed(&ReadRequest { queries: vec![query(2, "(", 0, 1)] }), "invalid regular expression"),
        (packed(&ReadRequest { queries: vec![Query::default(); 101] }), "more than 100 queries in one read"),
        (vec![1, 2, 3], "the body is no snappy block"),
    ] {
        let answer = post(&fixture, TokenScope::Read, "/api/v1/read", body).await;
        assert_eq!(answer.status.as_u16(), 400, "{}", answer.text());
        assert!(
            answer.json()["error"].as_str().is_some_and(|error| error.starts_with(message)),
            "{}",
            answer.text()
        );
    }
}
