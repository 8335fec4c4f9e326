//! Requests as Grafana (its data source, Explore, alerting, Logs Drilldown) and logcli send them, and what they
//! read out of the answers. Facts from their sources; nothing here is our own idea of the protocol.

use api::TokenScope;
use axum::body::Body;
use model::Ordered as _;
use serde_json::{Value, json};

use crate::testing::{Answer, Caller, Fixture};

const READ: Caller = Caller::Token(TokenScope::Read);
const SECOND: i64 = 1_000_000_000;

/// Some services with lines in a whole minute not long ago.
struct Shop {
    fixture: Fixture,
    base: i64,
}

impl Shop {
    async fn open() -> Self {
        let fixture = Fixture::new().await;
        let base = fixture.now().nanos().div_euclid(60 * SECOND) * 60 * SECOND - 600 * SECOND;
        let at = |seconds: i64| base + seconds * SECOND;
        fixture
            .push(&[
                (
                    "{\"service\":\"web\",\"stream\":\"stdout\",\"pod\":\"12\"}",
                    &[
                        (
                            at(0),
                            r#"{"level":"info","msg":"user 7 left","took":"12ms","http":{"status":200}}"#,
                        ),
                        (
                            at(20),
                            r#"{"level":"info","msg":"user 8 left","took":"3ms","http":{"status":404}}"#,
                        ),
                        (at(40), r#"{"level":"error","msg":"no disk"}"#),
                    ],
                ),
                ("{\"service\":\"db\",\"stream\":\"stderr\"}", &[(at(10), "level=warn size=3KB slow query")]),
            ])
            .await;
        Self { fixture, base }
    }

    /// Asks with a query string of these pairs; `$start` and `$end` are in nanoseconds.
    async fn ask(
        &self,
        path: &str,
        pairs: &[(&str, &str)],
        headers: &[(&'static str, &'static str)],
    ) -> Answer {
        let path = format!("{path}?{}", self.form(pairs));
        let mut request = self.fixture.request(READ, "GET", &path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.fixture.send(request.body(Body::empty()).expect("a request")).await
    }

    fn form(&self, pairs: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs {
            let value = value.replace("$start", &self.base.to_string());
            form.append_pair(name, &value.replace("$end", &(self.base + 60 * SECOND).to_string()));
        }
        form.finish()
    }

    async fn json(&self, path: &str, pairs: &[(&str, &str)]) -> Value {
        let answer = self.ask(path, pairs, &[]).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
        answer.json()
    }
}

/// The data source's health check: one sample of value 2.
#[tokio::test]
async fn grafana_tests_its_data_source() {
    let shop = Shop::open().await;
    let pairs = [("direction", "backward"), ("query", "vector(1)+vector(1)"), ("time", "4000000000")];
    let told = shop.json("/loki/api/v1/query", &pairs).await;
    assert_eq!(told["data"]["resultType"], "vector");
    assert_eq!(told["data"]["result"].as_array().map(Vec::len), Some(1));
    assert_eq!(told["data"]["result"][0]["value"][1], "2");
}

/// Lines in Explore: `step` comes even where it means nothing, and three categories of labels are wanted.
#[tokio::test]
async fn grafana_explores_lines() {
    let shop = Shop::open().await;
    let pairs = [
        ("direction", "backward"),
        ("end", "$end"),
        ("limit", "1000"),
        ("query", "{service_name=\"web\"} | json | level=`info`"),
        ("start", "$start"),
        ("step", "15000ms"),
    ];
    let headers =
        [("x-loki-response-encoding-flags", "categorize-labels"), ("x-query-tags", "Source=explore")];
    let told = shop.ask("/loki/api/v1/query_range", &pairs, &headers).await.json();
    assert_eq!(told["data"]["encodingFlags"], json!(["categorize-labels"]));
    let stream = &told["data"]["result"][0];
    let own = json!({ "pod": "12", "service": "web", "service_name": "web", "stream": "stdout" });
    assert_eq!(stream["stream"], own);
    let newest = &stream["values"][0];
    assert_eq!(newest[0], json!((shop.base + 20 * SECOND).to_string()));
    let parsed = json!({ "http_status": "404", "level": "info", "msg": "user 8 left", "took": "3ms" });
    let beside = json!({ "structuredMetadata": { "detected_level": "info" }, "parsed": parsed });
    assert_eq!(newest[2], beside);

    // Without the header all labels are one set.
    let merged = shop.ask("/loki/api/v1/query_range", &pairs, &[]).await.json();
    assert!(merged["data"].get("encodingFlags").is_none());
    assert_eq!(merged["data"]["result"][0]["stream"]["http_status"], "200");
    assert_eq!(merged["data"]["result"][0]["values"][0].as_array().map(Vec::len), Some(2));
}

/// The histogram above the lines, and a rule of alerting.
#[tokio::test]
async fn grafana_counts_lines() {
    let shop = Shop::open().await;
    let volume =
        "sum by (level, detected_level) (count_over_time({service_name=\"web\"} | drop __error__[20s]))";
    let pairs = [
        ("query", volume),
        ("start", "$start"),
        ("end", "$end"),
        ("step", "20000ms"),
        ("direction", "backward"),
    ];
    let headers = [("x-query-tags", "Source=logvolhist")];
    let told = shop.ask("/loki/api/v1/query_range", &pairs, &headers).await.json();
    let seconds = shop.base / SECOND;
    let expected = json!([
        { "metric": { "detected_level": "error" }, "values": [[seconds + 40, "1"]] },
        { "metric": { "detected_level": "info" }, "values": [[seconds, "1"], [seconds + 20, "1"]] },
    ]);
    assert_eq!((&told["data"]["resultType"], &told["data"]["result"]), (&json!("matrix"), &expected));

    let alert = "sum(count_over_time({service_name=\"web\"} |= `disk` [1m])) > 0";
    let told = shop
        .json("/loki/api/v1/query", &[("query", alert), ("time", "$end"), ("direction", "backward")])
        .await;
    assert_eq!(told["data"]["result"][0]["value"][1], "1");
}

/// Labels, values and series for the editor: times in nanoseconds, a selector of what is chosen already.
#[tokio::test]
async fn grafana_completes() {
    let shop = Shop::open().await;
    let range = [("start", "$start"), ("end", "$end")];
    let told = shop.json("/loki/api/v1/labels", &range).await;
    assert_eq!(told["data"], json!(["pod", "service", "service_name", "stream"]));
    let pairs = [range[0], range[1], ("query", "{stream=\"stdout\"}")];
    let told = shop.json("/loki/api/v1/label/service_name/values", &pairs).await;
    assert_eq!(told["data"], json!(["web"]));
    let pairs = [range[0], range[1], ("match[]", "{service_name=~\"w.+\"}")];
    let told = shop.json("/loki/api/v1/series", &pairs).await;
    assert_eq!(told["data"][0]["pod"], "12");
    let told = shop
        .json("/loki/api/v1/index/stats", &[range[0], range[1], ("query", "{service_name=\"web\"}")])
        .await;
    assert_eq!((&told["entries"], &told["streams"]), (&json!(3), &json!(1)));
    let told = shop.json("/loki/api/v1/format_query", &[("query", "{a=`b`}|json")]).await;
    assert_eq!(told, json!({ "status": "success", "data": "{a=\"b\"} | json" }));
}

/// Services by volume, then labels, fields, values and patterns of one of them.
#[tokio::test]
async fn grafana_drills_down() {
    let shop = Shop::open().await;
    let limits = shop.json("/loki/api/v1/drilldown-limits", &[]).await;
    assert_eq!(
        (&limits["pattern_ingester_enabled"], &limits["limits"]["volume_enabled"]),
        (&json!(true), &json!(true))
    );
    assert!(limits["limits"]["discover_service_name"].is_array());
    assert_eq!(limits["limits"]["retention_period"], json!("365d"));

    // Times as ISO 8601 here.
    let iso = |nanos: i64| model::Timestamp::from_nanos(nanos).to_string();
    let (start, end) = (iso(shop.base), iso(shop.base + 60 * SECOND));
    let pairs = [("query", "{service_name=~`.+`}"), ("start", &start), ("end", &end), ("limit", "5000")];
    let volumes = shop.json("/loki/api/v1/index/volume", &pairs).await;
    let services: Vec<&Value> = volumes["data"]["result"]
        .as_array()
        .expect("a vector")
        .iter()
        .map(|volume| &volume["metric"]["service_name"])
        .collect();
    assert_eq!(services, ["web", "db"]);

    let range = [("start", "$start"), ("end", "$end"), ("query", "{service_name=\"web\"}")];
    let told = shop.json("/loki/api/v1/detected_labels", &range).await;
    // `pod` holds ids only.
    let labels = json!({ "detectedLabels": [
        { "label": "service", "cardinality": 1 },
        { "label": "service_name", "cardinality": 1 },
        { "label": "stream", "cardinality": 1 },
    ] });
    assert_eq!(told, labels);
    let told = shop.json("/loki/api/v1/detected_fields", &range).await;
    let fields = json!({ "limit": 1000, "fields": [
        { "label": "level", "type": "string", "cardinality": 2, "parsers": ["json"], "jsonPath": ["level"] },
        { "label": "msg", "type": "string", "cardinality": 3, "parsers": ["json"], "jsonPath": ["msg"] },
        { "label": "http_status", "type": "int", "cardinality": 2, "parsers": ["json"], "jsonPath": ["http", "status"] },
        { "label": "took", "type": "duration", "cardinality": 2, "parsers": ["json"], "jsonPath": ["took"] },
    ] });
    assert_eq!(told, fields);
    let told = shop.json("/loki/api/v1/detected_field/took/values", &range).await;
    assert_eq!(told, json!({ "limit": 1000, "values": ["12ms", "3ms"] }));
    let told =
        shop.json("/loki/api/v1/detected_fields", &[range[0], range[1], range[2], ("limit", "1")]).await;
    assert_eq!(told["fields"].as_array().map(Vec::len), Some(1));

    let patterns = shop.json("/loki/api/v1/patterns", &[range[0], range[1], range[2], ("step", "60s")]).await;
    let seconds = shop.base / SECOND;
    let first =
        json!({ "pattern": "<_>\"msg\":\"user <_> left\"<_>", "level": "info", "samples": [[seconds, 2]] });
    assert_eq!((&patterns["status"], &patterns["data"][0]), (&json!("success"), &first));

    // The breakdown by a field.
    let query = "sum by (took) (count_over_time({service_name=\"web\"} | json | logfmt | drop __error__, __error_details__ | took!=\"\" [1m]))";
    let pairs = [("query", query), ("start", "$start"), ("end", "$end"), ("step", "60s")];
    let told = shop.json("/loki/api/v1/query_range", &pairs).await;
    let took: Vec<&Value> = told["data"]["result"]
        .as_array()
        .expect("a matrix")
        .iter()
        .map(|series| &series["metric"]["took"])
        .collect();
    assert_eq!(took, ["12ms", "3ms"]);
}

/// Rules and alerts are asked for even where there are none.
#[tokio::test]
async fn grafana_looks_for_rules() {
    let shop = Shop::open().await;
    let told = shop.json("/prometheus/api/v1/rules", &[]).await;
    assert_eq!(told, json!({ "status": "success", "data": { "groups": [] } }));
    let told = shop.json("/prometheus/api/v1/alerts", &[]).await;
    assert_eq!(told, json!({ "status": "success", "data": { "alerts": [] } }));
    let rules = shop.ask("/loki/api/v1/rules", &[("subtype", "cortex")], &[]).await;
    assert_eq!(
        (rules.status.as_u16(), rules.header("content-type"), &*rules.text()),
        (200, "application/yaml", "{}\n")
    );
}

/// logcli: Basic credentials, nanoseconds, steps and intervals as seconds with a fraction, directions in capitals,
/// `match` without brackets.
#[tokio::test]
async fn logcli_asks() {
    let shop = Shop::open().await;
    let ask = async |path: &str, pairs: &[(&str, &str)]| {
        let path = format!("{path}?{}", shop.form(pairs));
        let request = shop.fixture.request(Caller::BasicToken(TokenScope::Read), "GET", &path);
        let request = request.header("user-agent", "loki-logcli/3.7").header("x-scope-orgid", "1");
        let answer = shop.fixture.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
        answer.json()
    };
    let lines = |told: &Value| -> Vec<String> {
        let streams = told["data"]["result"].as_array().expect("streams").clone();
        let values = streams.iter().flat_map(|stream| stream["values"].as_array().expect("values").clone());
        values.map(|value| value[0].as_str().expect("nanoseconds").to_owned()).collect()
    };
    let all = ("query", "{service_name=~\".+\"}");
    let range = [all, ("limit", "30"), ("start", "$start"), ("end", "$end")];
    let pairs = [range[0], range[1], range[2], range[3], ("direction", "FORWARD"), ("interval", "15.000000")];
    let told = ask("/loki/api/v1/query_range", &pairs).await;
    // 0 s, not 10 s, 20 s, 40 s.
    let at = |seconds: i64| (shop.base + seconds * SECOND).to_string();
    let mut found = lines(&told);
    found.order();
    assert_eq!(found, [at(0), at(20), at(40)]);
    let stats = &told["data"]["stats"];
    assert!(stats["summary"]["totalLinesProcessed"].as_u64() >= Some(4), "{stats}");
    assert!(stats["querier"]["store"].is_object() && stats["ingester"].is_object());

    let pairs =
        [range[0], range[1], range[2], range[3], ("direction", "BACKWARD"), ("interval", "30.000000")];
    let mut found = lines(&ask("/loki/api/v1/query_range", &pairs).await);
    found.order();
    assert_eq!(found, [at(10), at(40)]);

    let pairs = [
        ("query", "rate({service=\"web\"}[1m])"),
        ("limit", "30"),
        ("start", "$start"),
        ("end", "$end"),
        ("step", "30.000000"),
    ];
    assert_eq!(ask("/loki/api/v1/query_range", &pairs).await["data"]["resultType"], "matrix");
    let told = ask("/loki/api/v1/series", &[range[2], range[3], ("match", "{service=\"db\"}")]).await;
    assert_eq!(told["data"].as_array().map(Vec::len), Some(1));
    let told = ask(
        "/loki/api/v1/index/volume_range",
        &[all, range[2], range[3], ("limit", "30"), ("step", "60.000000"), ("aggregateBy", "series")],
    )
    .await;
    assert_eq!(told["data"]["resultType"], "matrix");
    let told = ask(
        "/loki/api/v1/detected_fields",
        &[all, range[2], range[3], ("line_limit", "100"), ("limit", "10")],
    )
    .await;
    assert_eq!(told["limit"], 10);
}

#[tokio::test]
async fn what_is_not_here_says_so() {
    let shop = Shop::open().await;
    let send = async |method: &str, path: &str, caller: Caller| {
        let request = shop.fixture.request(caller, method, path);
        let answer = shop.fixture.send(request.body(Body::empty()).expect("a request")).await;
        (answer.status.as_u16(), answer.text())
    };
    assert_eq!(send("POST", "/flush", Caller::Token(TokenScope::Ingest)).await.0, 204);
    let limits = send("GET", "/config/tenant/v1/limits", READ).await;
    assert!(limits.0 == 200 && limits.1.contains("\"max_query_series\": 500"), "{}", limits.1);
    let metrics = send("GET", "/metrics", READ).await.1;
    assert!(metrics.contains("\nporthole_log_lines_total 4\n"), "{metrics}");
    assert!(
        metrics.contains("\n# TYPE porthole_queries_total counter\nporthole_queries_total 0\n"),
        "{metrics}"
    );
    // Faults are text, for Loki's clients show it as it is; other paths say it as JSON.
    assert_eq!(send("GET", "/loki/api/v1/index/volume?query=x", READ).await.0, 400);
}

#[tokio::test]
async fn an_admin_deletes_lines_as_by_lokis_api() {
    let shop = Shop::open().await;
    let admin = Caller::Signed(api::Role::Admin);
    let send = async |caller: Caller, method: &str, query: &str| {
        let path = format!("/loki/api/v1/delete{query}");
        let answer = shop.fixture.request(caller, method, &path);
        let answer = shop.fixture.send(answer.body(Body::empty()).expect("a request")).await;
        (answer.status.as_u16(), answer.text())
    };
    for caller in [READ, Caller::Token(TokenScope::Ingest), Caller::Signed(api::Role::Editor)] {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            assert_eq!(send(caller, method, "").await.0, 403, "{method}");
        }
    }
    for (query, why) in [
        ("", "query not set"),
        ("?query=%7B", "syntax error"),
        ("?query=%7Ba%3D%22b%22%7D&end=9999999999", "deletes in the future are not allowed"),
        ("?query=%7Ba%3D%22b%22%7D&start=20&end=10", "start time can't be greater"),
    ] {
        let (status, text) = send(admin, "POST", query).await;
        assert!(status == 400 && text.contains(why), "{query}: {status} {text}");
    }
    assert_eq!(send(admin, "GET", "").await, (200, "[]".to_owned()));
    let query = "?query=%7Bservice_name%3D~%22.%2B%22%7D%20%7C%3D%20%22took%22";
    assert_eq!(send(admin, "POST", query).await, (204, String::new()));
    let told = loop {
        let told: Value = serde_json::from_str(&send(admin, "GET", "").await.1).expect("JSON");
        if told[0]["status"] == "processed" {
            break told;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&told[0]["request_id"], &told[0]["query"]),
        (&json!("1"), &json!("{service_name=~\".+\"} |= \"took\""))
    );
    assert!(told[0]["deleted_lines"].as_u64().is_some_and(|lines| lines > 0), "{told}");
    assert_eq!(send(admin, "DELETE", "?request_id=1").await.0, 400);
    assert_eq!(send(admin, "DELETE", "?request_id=7").await.0, 404);
}
