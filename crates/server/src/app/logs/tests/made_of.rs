//! What lines are made of, what happened beside them, what helps to write a query, and lines as a file.

use api::TokenScope;
use axum::body::Body;
use serde_json::{Value, json};

use super::{ALL, READ, SECOND, Shop};
use crate::testing::Caller;

/// Adds lines with fields to the shop.
async fn with_fields(shop: &Shop) {
    let at = |seconds: i64| shop.base + seconds * SECOND;
    shop.fixture
        .push(&[
            (
                "{\"service\":\"api\"}",
                &[
                    (at(10), r#"{"level":"info","msg":"user 7 left","took":12}"#),
                    (at(70), r#"{"level":"info","msg":"user 8 left","took":3}"#),
                    (at(80), r#"{"level":"error","msg":"no disk","took":1.5}"#),
                ],
            ),
            ("{\"service\":\"worker\"}", &[(at(20), "level=warn job=mail took=2s"), (at(21), "done")]),
        ])
        .await;
}

#[tokio::test]
async fn fields_of_lines() {
    let shop = Shop::open().await;
    with_fields(&shop).await;
    let stats = shop.get("fields", "{service=\"api\"} | json | label_format kind=`{{.level}}!`", "").await;
    assert_eq!((&stats["sampled"], &stats["warnings"]), (&json!(3), &json!([])));
    let told: Vec<String> = stats["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|field| {
            let values: Vec<String> = field["values"]
                .as_array()
                .expect("values")
                .iter()
                .map(|value| format!("{}:{}", value["value"].as_str().expect("text"), value["lines"]))
                .collect();
            let text = |name: &str| field[name].as_str().expect("text").to_owned();
            format!(
                "{} {} {} {}/{} {}",
                text("name"),
                text("from"),
                text("kind"),
                field["lines"],
                field["distinct"],
                values.join(" ")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "service label string 3/1 api:3",
            "service_name label string 3/1 api:3",
            "kind query string 3/2 info!:2 error!:1",
            "level json string 3/2 info:2 error:1",
            "msg json string 3/3 no disk:1 user 7 left:1 user 8 left:1",
            "took json float 3/3 1.5:1 12:1 3:1",
        ]
    );
}

#[tokio::test]
async fn patterns_of_lines_can_be_asked_for() {
    let shop = Shop::open().await;
    with_fields(&shop).await;
    let patterns = shop.get("patterns", "{service=\"api\"}", "&buckets=5").await;
    assert_eq!((&patterns["sampled"], &patterns["one_in"]), (&json!(3), &json!(1)));
    assert_eq!((patterns["start"].as_i64(), &patterns["step"]), (Some(shop.base), &json!(60 * SECOND)));
    let first = &patterns["patterns"][0];
    let expected = json!({
        "pattern": "<_>\"msg\":\"user <_> left\"<_>", "level": 3, "lines": 2, "buckets": [1, 1, 0, 0, 0],
        "example": r#"{"level":"info","msg":"user 8 left","took":3}"#,
    });
    assert_eq!(*first, expected);
    let pattern = first["pattern"].as_str().expect("text");
    let found = shop.lines(&format!("{{service=\"api\"}} |> `{pattern}`"), "").await;
    assert_eq!(found.matches("left").count(), 2, "{found}");
}

#[tokio::test]
async fn of_many_lines_some_are_looked_at_and_the_answer_says_so() {
    let shop = Shop::open().await;
    // All within one of the parts that a sample is cut into: a thousand of them are looked at.
    let many: Vec<(i64, &str)> = (0..3000).map(|n| (shop.base + n, "same")).collect();
    shop.fixture.push(&[("{\"service\":\"big\"}", &many)]).await;
    let patterns = shop.get("patterns", "{service=\"big\"}", "").await;
    assert_eq!((&patterns["sampled"], &patterns["one_in"]), (&json!(1000), &json!(3)));
    assert_eq!(patterns["patterns"][0]["lines"], 1000);
    // With a filter nobody has counted them.
    let patterns = shop.get("patterns", "{service=\"big\"} |= \"same\"", "").await;
    assert!(patterns["sampled"] == 1000 && patterns["one_in"].as_u64() >= Some(1), "{patterns}");
}

#[tokio::test]
async fn marks_are_the_events_of_the_selected_containers() {
    let shop = Shop::open().await;
    let event = |event: &str, more: &str| format!(r#"{{"message":"{event} it","event":"{event}"{more}}}"#);
    let lines: Vec<String> = ["start", "restart", "die", "oom", "deploy", "health", "gap", "other"]
        .iter()
        .map(|name| event(name, ""))
        .chain([event("die", r#","oom_killed":true"#), "no event".to_owned()])
        .collect();
    let lines: Vec<(i64, &str)> =
        lines.iter().zip(1..).map(|(line, nth)| (shop.base + nth * SECOND, line.as_str())).collect();
    let labels = |service: &str| super::labels(service, "web-1", "event");
    shop.fixture.push(&[(&labels("web"), &lines), (&labels("db"), &lines[..1])]).await;
    let marks = shop.get("marks", "{service=\"web\",stream=\"stdout\"} |= \"x\"", "").await;
    let told: Vec<&str> =
        marks.as_array().expect("marks").iter().map(|mark| mark["kind"].as_str().expect("text")).collect();
    assert_eq!(told, ["start", "restart", "exit", "oom", "deploy", "health", "gap", "oom"]);
    let first = json!({
        "at": shop.base + SECOND, "kind": "start", "service": "web", "container": "web-1", "text": "start it",
    });
    assert_eq!(marks[0], first);
    assert_eq!(shop.get("marks", ALL, "").await.as_array().map(Vec::len), Some(9));
    assert_eq!(shop.get("marks", "rate({a=\"b\"}[1m])", "").await, json!([]));
    assert_eq!(shop.get("marks", "{", "").await["at"], json!([1, 1]));
}

#[tokio::test]
async fn queries_are_checked_while_they_are_typed() {
    let shop = Shop::open().await;
    let check = async |query: &str, expected: Value| assert_eq!(shop.get("check", query, "").await, expected);
    check("{a=\"b\"}|=`c`", json!({ "fault": null, "kind": "lines", "formatted": "{a=\"b\"} |= \"c\"" }))
        .await;
    let formatted = "rate({a=\"b\"} [1m])";
    check("rate ( {a=`b`} [60s] )", json!({ "fault": null, "kind": "numbers", "formatted": formatted }))
        .await;
    let told = shop.get("check", "{a=\"b\"} | line_format \"{{\"", "").await;
    assert!(told["fault"]["at"].is_array() && told["kind"].is_null(), "{told}");
    let told = shop.get("check", "", "").await;
    assert!(told["fault"]["message"].is_string(), "{told}");
}

#[tokio::test]
async fn names_and_values_come_from_what_there_is() {
    let shop = Shop::open().await;
    with_fields(&shop).await;
    let names = shop.get("names", "{service=\"api\"} | json | ", "").await;
    assert_eq!(names["labels"], json!(["service", "service_name"]));
    let fields: Vec<&str> = names["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|field| field["name"].as_str())
        .collect();
    assert_eq!(fields, ["level", "msg", "took"]);
    assert_eq!(names["fields"][0]["from"], "json");
    let values = async |query: &str, name: &str| {
        let told = shop.get("values", query, &format!("&name={name}")).await;
        let values = told["values"].as_array().expect("values").clone();
        values
            .iter()
            .map(|value| format!("{}:{}", value["value"].as_str().expect("text"), value["lines"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(values("{service=\"", "service").await, ["web:6", "api:3", "worker:2", "db:1"]);
    // What is selected of the very label does not count.
    assert_eq!(values("{project=\"shop\",service=\"db\"}", "service").await, ["web:6", "db:1"]);
    assert_eq!(values("{service=\"worker\"} | logfmt | job=", "job").await, ["mail:1"]);
    assert_eq!(values(ALL, "nothing").await, Vec::<String>::new());
}

#[tokio::test]
async fn numbers_over_time() {
    let shop = Shop::open().await;
    let query = "sum by (service) (count_over_time({project=\"shop\"}[1m]))";
    let numbers = shop.get("numbers", query, "&buckets=5").await;
    assert_eq!((&numbers["step"], &numbers["warnings"]), (&json!(60_000), &json!([])));
    let at = |minutes: i64| (shop.base / 1_000_000) + minutes * 60_000;
    let db = json!({ "labels": { "service": "db" }, "points": [[at(4), 1.0]] });
    assert_eq!(numbers["series"][0], db);
    let fault = shop.get("numbers", ALL, "").await;
    assert_eq!(fault["message"], "this query gives lines; here it has to give numbers");
}

#[tokio::test]
async fn lines_are_downloaded_page_by_page() {
    let shop = Shop::open().await;
    let many: Vec<(i64, String)> =
        (0..5000).map(|n| (shop.base + 30 * SECOND + n, format!("line {n:04} {}", "x".repeat(50)))).collect();
    let many: Vec<(i64, &str)> = many.iter().map(|(at, line)| (*at, line.as_str())).collect();
    shop.fixture.push(&[("{\"service\":\"big\"}", &many)]).await;
    let download = async |query: &str, more: &str| {
        let (start, end) = (shop.base, shop.base + 300 * SECOND);
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let path = format!("/app/v1/logs/download?query={query}&start={start}&end={end}{more}");
        shop.fixture.get(READ, &path).await
    };
    let answer = download("{service=\"big\"}", "").await;
    let text = answer.text();
    assert_eq!((text.lines().count(), answer.header("content-type")), (5000, "text/plain; charset=utf-8"));
    assert!(text.starts_with("20") && text.lines().next().is_some_and(|line| line.contains("Z line 4999 ")));
    let name = answer.header("content-disposition");
    assert!(
        name.starts_with("attachment; filename=\"porthole-big-20") && name.ends_with("Z.txt\""),
        "{name}"
    );

    let forward = download("{service=\"big\"}", "&forward=true&limit=3000&format=json").await.text();
    let lines: Vec<Value> = forward.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((lines.len(), &lines[2999]["line"]), (3000, &json!(many[2999].1)));
    assert_eq!(lines[0]["labels"], json!({ "service": "big", "service_name": "big" }));

    let table = download("{service=\"web\"} |= \"INFO\"", "&format=csv&forward=true").await;
    assert_eq!(
        table.text().lines().nth(1).map(|line| line.split_once(',').expect("columns").1),
        Some("info,web,web-1,stdout,INFO a0")
    );
    assert_eq!(
        download("{service=\"nobody\"}", "&format=csv").await.text(),
        "time,level,service,container,stream,line\r\n"
    );
    // One of a kind, over all pages.
    let kinds = download(
        "{service=\"big\"} | label_format kind=`{{ __line__ | trunc 6 }}` | distinct kind",
        "&forward=true",
    )
    .await
    .text();
    assert_eq!(kinds.lines().count(), 5, "{kinds}");
    assert_eq!(download("{", "").await.status.as_u16(), 400);
    assert_eq!(download(ALL, "&format=pdf").await.status.as_u16(), 400);
}

#[tokio::test]
async fn a_download_whose_client_leaves_reads_no_more() {
    let shop = Shop::open().await;
    let line = "x".repeat(2000);
    let many: Vec<(i64, &str)> = (0..6000).map(|n| (shop.base + n, line.as_str())).collect();
    shop.fixture.push(&[("{\"service\":\"big\"}", &many)]).await;
    let query = "%7Bservice%3D%22big%22%7D";
    let path = format!("/app/v1/logs/download?query={query}&start={}&end={}", shop.base, shop.base + SECOND);
    let counted = async || {
        let metrics = shop.fixture.get(READ, "/metrics").await.text();
        let line =
            metrics.lines().find(|line| line.starts_with("porthole_queries_total ")).map(str::to_owned);
        line.expect("a counter")
    };
    let before = counted().await;
    let request = shop.fixture.request(Caller::Token(TokenScope::Read), "GET", &path);
    let response = shop.fixture.open(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status().as_u16(), 200);
    drop(response);
    // One page was found for the head of the answer, and none after that.
    let (before, after): (u64, u64) = (number(&before), number(&counted().await));
    assert_eq!(after, before + 1);
}

fn number(line: &str) -> u64 {
    line.rsplit(' ').next().and_then(|text| text.parse().ok()).expect("a number")
}
