//! From a push to what Loki's clients read back.

use api::{Role, TokenScope};
use expect_test::{Expect, expect};
use serde_json::Value;

use crate::testing::{Answer, Caller, Fixture};

const READ: Caller = Caller::Token(TokenScope::Read);

/// Two services, some lines.
struct Shop {
    fixture: Fixture,
    /// A whole minute not long ago.
    base: i64,
}

impl Shop {
    async fn open() -> Self {
        let fixture = Fixture::new().await;
        let base = fixture.now().nanos().div_euclid(60_000_000_000) * 60_000_000_000 - 600_000_000_000;
        fixture
            .push(&[
                (
                    "{\"service\":\"web\",\"stream\":\"stdout\"}",
                    &[(base, "GET / 200"), (base + 2, "ERROR no disk")],
                ),
                ("{\"service\":\"web\",\"stream\":\"stderr\"}", &[(base + 1, "WARN slow")]),
                ("{\"job\":\"cron\"}", &[(base + 3, "level=info msg=done")]),
            ])
            .await;
        Self { fixture, base }
    }

    /// A path with `$T+<n>` for the time of the lines.
    fn path(&self, path: &str) -> String {
        (0..10)
            .rev()
            .fold(path.to_owned(), |path, n| path.replace(&format!("$T+{n}"), &(self.base + n).to_string()))
    }

    async fn get(&self, path: &str) -> Answer {
        self.fixture.get(READ, &self.path(path)).await
    }

    /// The answer without its statistics, times counted from the first line's.
    fn told(&self, answer: &Answer) -> String {
        let Ok(mut json) = serde_json::from_slice::<Value>(&answer.bytes) else {
            return format!("{} {}", answer.status.as_u16(), answer.text());
        };
        if let Some(data) = json.get_mut("data").and_then(Value::as_object_mut) {
            data.remove("stats");
        }
        let text = serde_json::to_string_pretty(&json).expect("JSON");
        let nanos =
            (0..10).rev().fold(text, |text, n| text.replace(&(self.base + n).to_string(), &format!("T+{n}")));
        (-60..=600).fold(nanos, |text, s| {
            text.replace(&format!("{}", self.base / 1_000_000_000 + s), &format!("T+{s}s"))
        })
    }

    async fn check(&self, path: &str, expected: Expect) {
        expected.assert_eq(&self.told(&self.get(path).await));
    }
}

const WEB: &str = "%7Bservice%3D%22web%22%7D";

#[tokio::test]
async fn lines_come_back_as_streams() {
    let shop = Shop::open().await;
    let range = |more: &str| format!("/loki/api/v1/query_range?query={WEB}&start=$T+0&end=$T+9{more}");
    shop.check(
        &range(""),
        expect![[r#"
        {
          "data": {
            "result": [
              {
                "stream": {
                  "detected_level": "error",
                  "service": "web",
                  "service_name": "web",
                  "stream": "stdout"
                },
                "values": [
                  [
                    "T+2",
                    "ERROR no disk"
                  ]
                ]
              },
              {
                "stream": {
                  "detected_level": "unknown",
                  "service": "web",
                  "service_name": "web",
                  "stream": "stdout"
                },
                "values": [
                  [
                    "T+0",
                    "GET / 200"
                  ]
                ]
              },
              {
                "stream": {
                  "detected_level": "warn",
                  "service": "web",
                  "service_name": "web",
                  "stream": "stderr"
                },
                "values": [
                  [
                    "T+1",
                    "WARN slow"
                  ]
                ]
              }
            ],
            "resultType": "streams"
          },
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        &range("&direction=forward&limit=2"),
        expect![[r#"
        {
          "data": {
            "result": [
              {
                "stream": {
                  "detected_level": "unknown",
                  "service": "web",
                  "service_name": "web",
                  "stream": "stdout"
                },
                "values": [
                  [
                    "T+0",
                    "GET / 200"
                  ]
                ]
              },
              {
                "stream": {
                  "detected_level": "warn",
                  "service": "web",
                  "service_name": "web",
                  "stream": "stderr"
                },
                "values": [
                  [
                    "T+1",
                    "WARN slow"
                  ]
                ]
              }
            ],
            "resultType": "streams"
          },
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        &format!("/loki/api/v1/query_range?query={WEB}%7C%3D%22disk%22&start=$T+0&end=$T+9"),
        expect![[r#"
        {
          "data": {
            "result": [
              {
                "stream": {
                  "detected_level": "error",
                  "service": "web",
                  "service_name": "web",
                  "stream": "stdout"
                },
                "values": [
                  [
                    "T+2",
                    "ERROR no disk"
                  ]
                ]
              }
            ],
            "resultType": "streams"
          },
          "status": "success"
        }"#]],
    )
    .await;
    // The end is not inside.
    shop.check(
        &format!("/loki/api/v1/query_range?query={WEB}&start=$T+1&end=$T+2"),
        expect![[r#"
        {
          "data": {
            "result": [
              {
                "stream": {
                  "detected_level": "warn",
                  "service": "web",
                  "service_name": "web",
                  "stream": "stderr"
                },
                "values": [
                  [
                    "T+1",
                    "WARN slow"
                  ]
                ]
              }
            ],
            "resultType": "streams"
          },
          "status": "success"
        }"#]],
    )
    .await;
}

#[tokio::test]
async fn clients_that_ask_for_it_get_metadata_apart() {
    let shop = Shop::open().await;
    let path = shop.path(&format!("/loki/api/v1/query_range?query={WEB}&start=$T+2&end=$T+3"));
    let request = shop.fixture.request(READ, "GET", &path);
    let request = request.header("x-loki-response-encoding-flags", "categorize-labels");
    let answer = shop.fixture.send(request.body(axum::body::Body::empty()).expect("a request")).await;
    expect![[r#"
        {
          "data": {
            "encodingFlags": [
              "categorize-labels"
            ],
            "result": [
              {
                "stream": {
                  "service": "web",
                  "service_name": "web",
                  "stream": "stdout"
                },
                "values": [
                  [
                    "T+2",
                    "ERROR no disk",
                    {
                      "structuredMetadata": {
                        "detected_level": "error"
                      }
                    }
                  ]
                ]
              }
            ],
            "resultType": "streams"
          },
          "status": "success"
        }"#]]
    .assert_eq(&shop.told(&answer));
}

#[tokio::test]
async fn forms_are_answered_like_query_strings() {
    let shop = Shop::open().await;
    let path = format!("query={WEB}&start=$T+0&end=$T+9");
    let by_get = shop.get(&format!("/loki/api/v1/query_range?{path}")).await;
    let request = shop.fixture.request(Caller::Signed(Role::Viewer), "POST", "/loki/api/v1/query_range");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let by_post = shop.fixture.send(request.body(shop.path(&path).into()).expect("a request")).await;
    assert_eq!(shop.told(&by_post), shop.told(&by_get));
}

#[tokio::test]
async fn statistics_are_there_in_lokis_form() {
    let shop = Shop::open().await;
    let stats = shop.get(&format!("/loki/api/v1/query_range?query={WEB}&start=$T+0&end=$T+9")).await.json()["data"]["stats"].clone();
    assert_eq!(stats["summary"]["totalEntriesReturned"], 3);
    assert_eq!(stats["summary"]["totalLinesProcessed"], 3);
    assert!(stats["summary"]["execTime"].is_f64());
    assert_eq!(stats["querier"]["store"]["chunk"]["decompressedLines"], 3);
    assert_eq!(stats["ingester"]["totalReached"], 0);
}

#[tokio::test]
async fn numbers_come_back_as_vectors_and_matrices() {
    let shop = Shop::open().await;
    let sum = "sum+by+(service)(count_over_time(%7Bservice%3D%22web%22%7D%5B1m%5D))";
    shop.check(
        &format!("/loki/api/v1/query_range?query={sum}&start=$T+0&end=$T+9&step=60"),
        expect![[r#"
        {
          "data": {
            "result": [
              {
                "metric": {
                  "service": "web"
                },
                "values": [
                  [
                    T+0s,
                    "1"
                  ],
                  [
                    T+60s,
                    "2"
                  ]
                ]
              }
            ],
            "resultType": "matrix"
          },
          "status": "success"
        }"#]],
    )
    .await;
    let health = "/loki/api/v1/query?query=vector(1)%2Bvector(1)&time=1700000000";
    shop.check(
        health,
        expect![[r#"
        {
          "data": {
            "result": [
              {
                "metric": {},
                "value": [
                  1700000000,
                  "2"
                ]
              }
            ],
            "resultType": "vector"
          },
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        "/loki/api/v1/query?query=1%2B1&time=1700000000",
        expect![[r#"
        {
          "data": {
            "result": [
              1700000000,
              "2"
            ],
            "resultType": "scalar"
          },
          "status": "success"
        }"#]],
    )
    .await;
}

#[tokio::test]
async fn labels_values_and_series() {
    let shop = Shop::open().await;
    shop.check(
        "/loki/api/v1/labels",
        expect![[r#"
        {
          "data": [
            "job",
            "service",
            "service_name",
            "stream"
          ],
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        &format!("/loki/api/v1/labels?query={WEB}"),
        expect![[r#"
        {
          "data": [
            "service",
            "service_name",
            "stream"
          ],
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        "/loki/api/v1/label/service_name/values",
        expect![[r#"
        {
          "data": [
            "cron",
            "web"
          ],
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        "/loki/api/v1/label/nothing/values",
        expect![[r#"
        {
          "data": [],
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        "/loki/api/v1/series?match%5B%5D=%7Bjob%3D%22cron%22%7D&match%5B%5D=%7Bstream%3D%22stderr%22%7D",
        expect![[r#"
        {
          "data": [
            {
              "job": "cron",
              "service_name": "cron"
            },
            {
              "service": "web",
              "service_name": "web",
              "stream": "stderr"
            }
          ],
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        "/loki/api/v1/labels?start=1&end=2",
        expect![[r#"
        {
          "data": [],
          "status": "success"
        }"#]],
    )
    .await;
    assert_eq!(
        shop.get("/loki/api/v1/series?match%5B%5D=%7B%7D").await.json()["data"].as_array().map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn faults_are_lokis_sentences() {
    let shop = Shop::open().await;
    let check = async |path: &str, expected: Expect| {
        let answer = shop.get(path).await;
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8", "{path}");
        expected.assert_eq(&format!("{} {}", answer.status.as_u16(), answer.text()));
    };
    check(
        "/loki/api/v1/query_range",
        expect!["400 parse error : syntax error: unexpected $end; the parameter `query` is empty"],
    )
    .await;
    check("/loki/api/v1/query_range?query=%7Ba%3D", expect!["400 parse error at line 1, col 4: syntax error: unexpected end of the query, expecting a quoted text"]).await;
    check("/loki/api/v1/query_range?query=%7Ba%3D~%22.*%22%7D", expect![[r#"400 parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will"#]]).await;
    check(
        &format!("/loki/api/v1/query_range?query={WEB}&limit=0"),
        expect!["400 limit must be a positive value"],
    )
    .await;
    check(
        &format!("/loki/api/v1/query_range?query={WEB}&direction=up"),
        expect!["400 direction: `up` is unknown; write forward or backward"],
    )
    .await;
    check(
        &format!("/loki/api/v1/query_range?query={WEB}%7Cline_format%22%7B%7B%22"),
        expect!["400 parse error : invalid line template: template: line:1: unclosed action"],
    )
    .await;
    check(&format!("/loki/api/v1/query?query={WEB}"), expect!["400 log queries are not supported as an instant query type, please change your query to a range query type"]).await;
    check(&format!("/loki/api/v1/query_range?query=rate({WEB}%5B1m%5D)&start=1&end=1000000&step=1"), expect!["400 exceeded maximum resolution of 11000 points per timeseries. Try increasing the value of the step parameter"]).await;
    check(
        &format!("/loki/api/v1/query_range?query=rate({WEB}%5B1m%5D)&step=0"),
        expect!["400 zero or negative query resolution step widths are not accepted. Try a positive integer"],
    )
    .await;
    check(
        "/loki/api/v1/labels?query=rate(%7Ba%3D%22b%22%7D%5B1m%5D)",
        expect![[r#"400 parse error at line 1, col 1: syntax error: unexpected `rate`, expecting a selector such as {service="web"}"#]],
    )
    .await;
    check("/loki/api/v1/tail?query=x", expect!["400 Connection header did not include 'upgrade'"]).await;
}

#[tokio::test]
async fn the_query_in_its_normal_form_and_the_build() {
    let shop = Shop::open().await;
    shop.check(
        "/loki/api/v1/format_query?query=%7Ba%3D%22b%22%7D%7C%3D%22x%22",
        expect![[r#"
        {
          "data": "{a=\"b\"} |= \"x\"",
          "status": "success"
        }"#]],
    )
    .await;
    shop.check(
        "/loki/api/v1/status/buildinfo",
        expect![[r#"
        {
          "branch": "",
          "buildDate": "",
          "buildUser": "",
          "goVersion": "",
          "revision": "porthole 1.2.3",
          "version": "3.7.6"
        }"#]],
    )
    .await;
}
