//! How much there is: the shapes, and that the counts agree with the lines.

use api::TokenScope;
use serde_json::json;

use crate::testing::{Caller, Fixture};

const READ: Caller = Caller::Token(TokenScope::Read);
const MINUTE: i64 = 60_000_000_000;

/// Lines of 1, 2, 3 and 4 bytes in three minutes; gives the first minute.
async fn shop() -> (Fixture, i64) {
    let fixture = Fixture::new().await;
    let base = fixture.now().nanos().div_euclid(MINUTE) * MINUTE - 10 * MINUTE;
    fixture
        .push(&[
            ("{\"service\":\"web\",\"stream\":\"stdout\"}", &[(base, "1"), (base + MINUTE + 1, "22")]),
            ("{\"service\":\"web\",\"stream\":\"stderr\"}", &[(base + 2, "333")]),
            ("{\"service\":\"db\"}", &[(base + 2 * MINUTE, "4444")]),
        ])
        .await;
    (fixture, base)
}

async fn ask(fixture: &Fixture, call: &str, base: i64, minutes: i64, more: &str) -> serde_json::Value {
    let (start, end) = (base, base + minutes * MINUTE);
    let path = format!("/loki/api/v1/index/{call}?start={start}&end={end}{more}");
    let answer = fixture.get(READ, &path).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
    answer.json()
}

const WEB: &str = "&query=%7Bservice%3D%22web%22%7D";
const ALL: &str = "&query=%7Bservice_name%3D~%22.%2B%22%7D";

#[tokio::test]
async fn stats_count_streams_chunks_entries_and_bytes() {
    let (fixture, base) = shop().await;
    let told = ask(&fixture, "stats", base, 5, WEB).await;
    assert_eq!((&told["streams"], &told["entries"], &told["bytes"]), (&json!(2), &json!(3), &json!(6)));
    assert!(told["chunks"].as_u64() >= Some(2) && told.as_object().map(|object| object.len()) == Some(4));
    let told = ask(&fixture, "stats", base, 1, WEB).await;
    assert_eq!((&told["streams"], &told["entries"], &told["bytes"]), (&json!(2), &json!(2), &json!(4)));
    let told = ask(&fixture, "stats", base, 5, "&query=%7Bservice%3D%22x%22%7D").await;
    assert_eq!(told, json!({ "streams": 0, "chunks": 0, "entries": 0, "bytes": 0 }));
}

#[tokio::test]
async fn volumes_are_grouped_by_labels_most_bytes_first() {
    let (fixture, base) = shop().await;
    let check = async |more: &str, expected: serde_json::Value| {
        let told = ask(&fixture, "volume", base, 5, more).await;
        assert_eq!((&told["status"], &told["data"]["resultType"]), (&json!("success"), &json!("vector")));
        let samples = told["data"]["result"].as_array().expect("samples");
        let told: Vec<_> =
            samples.iter().map(|sample| json!([sample["metric"], sample["value"][1]])).collect();
        assert_eq!(json!(told), expected, "{more}");
    };
    check(ALL, json!([[{ "service_name": "web" }, "6"], [{ "service_name": "db" }, "4"]])).await;
    check(&format!("{ALL}&limit=1"), json!([[{ "service_name": "web" }, "6"]])).await;
    let by_stream = json!([[{ "stream": "stderr" }, "3"], [{ "stream": "stdout" }, "3"]]);
    check(&format!("{ALL}&targetLabels=stream"), by_stream).await;
    check(&format!("{ALL}&targetLabels=stream&aggregateBy=labels"), json!([[{ "stream": "" }, "6"]])).await;
    check(&format!("{ALL}&aggregateBy=labels"), json!([[{ "service_name": "" }, "10"]])).await;
    let whole = json!([[{ "service": "db", "service_name": "db" }, "4"]]);
    check("&query=%7B%7D&limit=1", whole).await;

    let path = format!("/loki/api/v1/index/volume?aggregateBy=x{ALL}");
    let answer = fixture.get(READ, &path).await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.text()),
        (400, "aggregateBy: `x` is unknown; write series or labels")
    );
}

#[tokio::test]
async fn volumes_over_time_have_a_point_for_each_step_with_bytes() {
    let (fixture, base) = shop().await;
    let told = ask(&fixture, "volume_range", base, 5, &format!("{WEB}&step=60")).await;
    assert_eq!(told["data"]["resultType"], "matrix");
    let seconds = base / 1_000_000_000;
    let expected = json!([{
        "metric": { "service": "web" },
        "values": [[seconds, "4"], [seconds + 60, "2"]],
    }]);
    assert_eq!(told["data"]["result"], expected);
    let path = format!("/loki/api/v1/index/volume_range?start=1&end=1000000&step=1{WEB}");
    assert_eq!(fixture.get(READ, &path).await.status.as_u16(), 400);
}
