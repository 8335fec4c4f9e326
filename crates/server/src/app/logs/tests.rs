//! What the page asks about lines.

use api::{Role, TokenScope};
use expect_test::{Expect, expect};
use serde_json::Value;

use crate::testing::{Caller, Fixture};

const READ: Caller = Caller::Token(TokenScope::Read);
const SECOND: i64 = 1_000_000_000;

/// A shop's lines over five minutes; `$T` in paths is their first instant, a whole minute.
pub(super) struct Shop {
    fixture: Fixture,
    base: i64,
}

fn labels(service: &str, container: &str, stream: &str) -> String {
    serde_json::json!({
        "service": service, "project": "shop", "environment": "production", "host": "one",
        "container": container, "stream": stream,
    })
    .to_string()
}

impl Shop {
    async fn open() -> Self {
        let fixture = Fixture::new().await;
        let base = fixture.now().nanos().div_euclid(60 * SECOND) * 60 * SECOND - 600 * SECOND;
        let at = |seconds: i64| base + seconds * SECOND;
        fixture
            .push(&[
                (
                    &labels("web", "web-1", "stdout"),
                    &[(at(0), "INFO a0"), (at(61), "INFO a1"), (at(61), "INFO a2"), (at(125), "ERROR a3")],
                ),
                (&labels("web", "web-1", "stderr"), &[(at(61), "WARN b0")]),
                (&labels("web", "web-2", "stdout"), &[(at(62), "ERROR c0")]),
                (&labels("db", "db-1", "stdout"), &[(at(200), "plain d0")]),
                ("{\"job\":\"cron\"}", &[(at(201), "DEBUG e0")]),
            ])
            .await;
        Self { fixture, base }
    }

    async fn get(&self, call: &str, query: &str, more: &str) -> Value {
        let (start, end) = (self.base, self.base + 300 * SECOND);
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let path = format!("/app/v1/logs/{call}?query={query}&start={start}&end={end}{more}");
        self.fixture.get(READ, &path).await.json()
    }

    /// `line(id's number)` of each row.
    async fn lines(&self, query: &str, more: &str) -> String {
        let page = self.get("query", query, more).await;
        rows(&page)
    }
}

fn rows(page: &Value) -> String {
    let Some(rows) = page["rows"].as_array() else { return page.to_string() };
    let row = |row: &Value| {
        let id = row["id"].as_str().expect("an id");
        format!("{}({})", row["line"].as_str().expect("a line"), id.rsplit('.').next().expect("a number"))
    };
    rows.iter().map(row).collect::<Vec<_>>().join(", ")
}

const ALL: &str = "{service_name=~\".+\"}";

#[tokio::test]
async fn pages_of_lines() {
    let shop = Shop::open().await;
    let check = async |query: &str, more: &str, expected: Expect| {
        expected.assert_eq(&shop.lines(query, more).await);
    };
    check(ALL, "", expect!["DEBUG e0(0), plain d0(0), ERROR a3(0), ERROR c0(0), INFO a2(1), INFO a1(0), WARN b0(0), INFO a0(0)"]).await;
    check(ALL, "&forward=true", expect!["INFO a0(0), WARN b0(0), INFO a1(0), INFO a2(1), ERROR c0(0), ERROR a3(0), plain d0(0), DEBUG e0(0)"]).await;
    check(ALL, "&levels=error,warn", expect!["ERROR a3(0), ERROR c0(0), WARN b0(0)"]).await;
    check("{service=\"web\"} |= \"INFO\"", "", expect!["INFO a2(1), INFO a1(0), INFO a0(0)"]).await;
    check("{service=\"nobody\"}", "", expect![[""]]).await;
}

#[tokio::test]
async fn the_pages_of_a_query_hold_every_line_once() {
    let shop = Shop::open().await;
    for more in ["", "&forward=true"] {
        let whole = shop.lines(ALL, more).await;
        for limit in 1..=8 {
            let (mut pieces, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = shop.get("query", ALL, &format!("{more}&limit={limit}&cursor={cursor}")).await;
                pieces.push(rows(&page));
                match page["next"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            assert_eq!(pieces.join(", "), whole, "{limit} {more}");
        }
    }
}

#[tokio::test]
async fn a_row_has_everything_that_the_page_shows() {
    let shop = Shop::open().await;
    let page = shop.get("query", "{container=\"web-1\"} |= \"a3\"", "").await;
    let text = serde_json::to_string_pretty(&page).expect("JSON");
    expect![[r#"
        {
          "next": null,
          "rows": [
            {
              "id": "T+125.1f34ca7e93325771.0",
              "level": 5,
              "line": "ERROR a3",
              "marks": [
                [
                  6,
                  8
                ]
              ],
              "stream": 0,
              "time": T+125
            }
          ],
          "streams": [
            {
              "container": "web-1",
              "environment": "production",
              "host": "one",
              "project": "shop",
              "service": "web",
              "service_name": "web",
              "stream": "stdout"
            }
          ],
          "warnings": []
        }"#]]
    .assert_eq(&text.replace(&(shop.base + 125 * SECOND).to_string(), "T+125"));
}

#[tokio::test]
async fn counts_over_time() {
    let shop = Shop::open().await;
    let check = async |query: &str, more: &str, expected: Expect| {
        let histogram = shop.get("histogram", query, more).await;
        let Some(buckets) = histogram["buckets"].as_array() else {
            return expected.assert_eq(&histogram.to_string());
        };
        let start = (histogram["start"].as_i64().expect("a start") - shop.base) / SECOND;
        let step = histogram["step"].as_i64().expect("a step") / SECOND;
        let mut told = format!("from {start} s, {} steps of {step} s", buckets.len());
        for (index, bucket) in buckets.iter().enumerate() {
            let counts: Vec<u64> = serde_json::from_value(bucket["counts"].clone()).expect("counts");
            if counts.iter().any(|count| *count > 0) {
                told += &format!("\n{} {counts:?}", start + index as i64 * step);
            }
        }
        expected.assert_eq(&told);
    };
    check(
        ALL,
        "&buckets=5",
        expect![[r#"
        from 0 s, 5 steps of 60 s
        0 [0, 0, 0, 1, 0, 0, 0, 0]
        60 [0, 0, 0, 2, 1, 1, 0, 0]
        120 [0, 0, 0, 0, 0, 1, 0, 0]
        180 [1, 0, 1, 0, 0, 0, 0, 0]"#]],
    )
    .await;
    check(
        ALL,
        "&buckets=300",
        expect![[r#"
        from 0 s, 300 steps of 1 s
        0 [0, 0, 0, 1, 0, 0, 0, 0]
        61 [0, 0, 0, 2, 1, 0, 0, 0]
        62 [0, 0, 0, 0, 0, 1, 0, 0]
        125 [0, 0, 0, 0, 0, 1, 0, 0]
        200 [1, 0, 0, 0, 0, 0, 0, 0]
        201 [0, 0, 1, 0, 0, 0, 0, 0]"#]],
    )
    .await;
    check(
        ALL,
        "&buckets=5&levels=error",
        expect![[r#"
        from 0 s, 5 steps of 60 s
        60 [0, 0, 0, 0, 0, 1, 0, 0]
        120 [0, 0, 0, 0, 0, 1, 0, 0]"#]],
    )
    .await;
    check(
        "{service=\"web\"} |= \"0\"",
        "&buckets=5",
        expect![[r#"
        from 0 s, 5 steps of 60 s
        0 [0, 0, 0, 1, 0, 0, 0, 0]
        60 [0, 0, 0, 0, 1, 1, 0, 0]"#]],
    )
    .await;
    check(ALL, "&buckets=501", expect![[r#"{"at":null,"message":"buckets is 501; write 1 to 500"}"#]]).await;
}

#[tokio::test]
async fn buckets_stay_where_they_are_while_the_range_moves() {
    let shop = Shop::open().await;
    let count = async |query: &str, from: i64| {
        let (start, end) = (shop.base + from * SECOND, shop.base + 300 * SECOND);
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let path = format!("/app/v1/logs/histogram?query={query}&start={start}&end={end}&buckets=5");
        let histogram = shop.fixture.get(READ, &path).await.json();
        let buckets: Vec<u64> = histogram["buckets"]
            .as_array()
            .expect("buckets")
            .iter()
            .map(|bucket| bucket["counts"].as_array().expect("counts").iter().filter_map(Value::as_u64).sum())
            .collect();
        ((histogram["start"].as_i64().expect("a start") - shop.base) / SECOND, buckets)
    };
    for query in [ALL, "{service_name=~\".+\"} |~ \".\""] {
        assert_eq!(count(query, 0).await, (0, vec![1, 4, 1, 2, 0]), "{query}");
        assert_eq!(count(query, 1).await, (0, vec![0, 4, 1, 2, 0]), "{query}");
        assert_eq!(count(query, 62).await, (60, vec![1, 1, 2, 0]), "{query}");
    }
}

#[tokio::test]
async fn counts_by_label() {
    let shop = Shop::open().await;
    let check = async |query: &str, more: &str, expected: Expect| {
        let facets = shop.get("facets", query, more).await;
        let mut told = format!("{} lines", facets["total"]);
        for facet in facets["facets"].as_array().expect("facets") {
            told += &format!("\n{}:", facet["name"].as_str().expect("a name"));
            for value in facet["values"].as_array().expect("values") {
                told += &format!(" {}={}", value["value"].as_str().expect("a value"), value["lines"]);
            }
        }
        expected.assert_eq(&told);
    };
    check(
        ALL,
        "",
        expect![[r#"
        8 lines
        level: info=3 error=2 debug=1 unknown=1 warn=1
        service: web=6 cron=1 db=1
        container: web-1=5 db-1=1 web-2=1"#]],
    )
    .await;
    check(
        ALL,
        "&levels=error",
        expect![[r#"
        2 lines
        level: info=3 error=2 debug=1 unknown=1 warn=1
        service: web=2
        container: web-1=1 web-2=1"#]],
    )
    .await;
    check(
        "{service_name=~\".+\"} |~ \".\"",
        "",
        expect![[r#"
        8 lines
        level: info=3 error=2 debug=1 unknown=1 warn=1
        service: web=6 cron=1 db=1
        container: web-1=5 db-1=1 web-2=1"#]],
    )
    .await;
    check(
        "{service=\"web\"} |= \"a\"",
        "&levels=info",
        expect![[r#"
        3 lines
        level: info=3 error=1
        service: web=3
        container: web-1=3"#]],
    )
    .await;
}

#[tokio::test]
async fn lines_around_a_line() {
    let shop = Shop::open().await;
    let page = shop.get("query", ALL, "").await;
    let id = |line: &str| {
        let rows = page["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["line"] == line).expect("the line");
        row["id"].as_str().expect("an id").to_owned()
    };
    let check = async |id: &str, more: &str, expected: Expect| {
        let answer = shop.fixture.get(READ, &format!("/app/v1/logs/context?id={id}&lines={more}")).await;
        expected.assert_eq(&rows(&answer.json()));
    };
    check(&id("INFO a2"), "10", expect!["INFO a0(0), WARN b0(0), INFO a1(0), INFO a2(1), ERROR a3(0)"]).await;
    check(&id("INFO a2"), "1", expect!["INFO a1(0), INFO a2(1), ERROR a3(0)"]).await;
    check(
        &id("INFO a2"),
        "10&service=true",
        expect!["INFO a0(0), WARN b0(0), INFO a1(0), INFO a2(1), ERROR c0(0), ERROR a3(0)"],
    )
    .await;
    check(&id("ERROR a3"), "2", expect!["INFO a1(0), INFO a2(1), ERROR a3(0)"]).await;
    check(&id("DEBUG e0"), "10", expect!["DEBUG e0(0)"]).await;
    check(
        &id("DEBUG e0").replace(".0", ".7"),
        "10",
        expect![[r#"{"message":"this line is not kept any more, or the link is wrong"}"#]],
    )
    .await;
    check("1.2.3", "10", expect![[r#"{"at":null,"message":"`1.2.3` is no line's id"}"#]]).await;
    check(&id("DEBUG e0"), "501", expect![[r#"{"at":null,"message":"lines is 501; write 1 to 500"}"#]]).await;
}

#[tokio::test]
async fn faults_have_a_place_in_the_query() {
    let shop = Shop::open().await;
    let check = async |query: &str, more: &str, expected: Expect| {
        for call in ["query", "histogram", "facets"] {
            let told = shop.get(call, query, more).await.to_string();
            if call == "query" {
                expected.assert_eq(&told);
            } else {
                assert!(told.contains("\"message\""), "{call} {told}");
            }
        }
    };
    check("{a=\"b\"} |= ", "", expect![[r#"{"at":[11,11],"message":"syntax error: unexpected end of the query, expecting a quoted text or ip(\"…\")"}"#]]).await;
    check("{a=\"b\"} | line_format \"{{\"", "", expect![[r#"{"at":[8,26],"message":"parse error : invalid line template: template: line:1: unclosed action"}"#]]).await;
    check(
        "rate({a=\"b\"}[1m])",
        "",
        expect![[r#"{"at":null,"message":"this query gives numbers; here it has to give lines"}"#]],
    )
    .await;
    check(
        "{a=~\"(\"}",
        "",
        expect![[r#"{"at":[4,7],"message":"error parsing regexp: unclosed group: `(`"}"#]],
    )
    .await;
    check(ALL, "&levels=loud", expect![[r#"{"at":null,"message":"`loud` is no level; write unknown, trace, debug, info, warn, error, critical, fatal"}"#]]).await;
    let told = shop.get("query", ALL, "&limit=5001").await;
    assert_eq!(told["message"], "limit is 5001; write 1 to 5000");
    let told = shop.get("query", ALL, "&cursor=x").await;
    assert_eq!(told["message"], "cursor: this is no cursor; pass on what the page before gave as `next`");
    let missing = shop.fixture.get(Caller::Signed(Role::Viewer), "/app/v1/logs/query?query=x").await;
    expect![[r#"{"message":"Failed to deserialize query string: missing field `start`"}"#]]
        .assert_eq(&missing.text());
}

mod made_of;
