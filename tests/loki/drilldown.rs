//! What Grafana's Explore and Logs Drilldown ask besides lines and numbers.

use serde_json::{Value, json};

use crate::harness::http::Client;
use crate::harness::{Appliance, Home, loki};

tests! {
    []:
        volumes_and_statistics_count_what_is_there,
        labels_and_fields_are_detected,
        patterns_find_the_lines_that_they_were_made_of,
        parts_of_a_line_are_told_by_where_they_come_from,
        a_query_is_written_anew,
        what_a_client_asks_about_the_server_is_answered;
}

const SECOND: i64 = 1_000_000_000;

/// An appliance with lines of two services in the last minutes.
fn filled() -> (Appliance, i64) {
    let appliance = Home::new().start();
    let start = loki::now() - 300 * SECOND;
    for (service, count) in [("web", 40), ("worker", 20)] {
        let values: Vec<Value> = (0..count)
            .map(|at| {
                let level = if at % 10 == 0 { "error" } else { "info" };
                let line = format!(
                    r#"{{"level":"{level}","msg":"request {at} took {}ms","status":{},"took":"{at}ms"}}"#,
                    at * 7,
                    200 + at % 2
                );
                json!([(start + at * SECOND).to_string(), line, { "trace": format!("t{}", at % 4) }])
            })
            .collect();
        let body =
            json!({ "streams": [{ "stream": { "job": "shop", "service": service }, "values": values }] });
        appliance.client().post_json("/loki/api/v1/push", &body).expect(204);
    }
    (appliance, start)
}

fn ask(client: &Client, path: &str, start: i64, more: &[(&str, &str)]) -> Value {
    let (start, end) = ((start - SECOND).to_string(), (start + 300 * SECOND).to_string());
    let mut parameters = vec![("query", r#"{job="shop"}"#), ("start", start.as_str()), ("end", end.as_str())];
    parameters.extend_from_slice(more);
    client.ask(&format!("/loki/api/v1/{path}"), &parameters).expect(200).json()
}

fn volumes_and_statistics_count_what_is_there() {
    let (appliance, start) = filled();
    let client = appliance.client();
    let stats = ask(client, "index/stats", start, &[]);
    assert_eq!((&stats["streams"], &stats["entries"]), (&json!(2), &json!(60)), "{stats}");
    let all = loki::texts(client, r#"{job="shop"}"#).iter().map(String::len).sum::<usize>();
    assert_eq!(stats["bytes"], json!(all), "{stats}");
    let volume = ask(client, "index/volume", start, &[("targetLabels", "service")]);
    let series = volume["data"]["result"].as_array().expect("a vector");
    let of = |service: &str| {
        let one = series.iter().find(|one| one["metric"]["service"] == service).expect("a series");
        one["value"][1].as_str().expect("bytes").parse::<usize>().expect("a number")
    };
    assert_eq!(of("web") + of("worker"), all);
    assert!(of("web") > of("worker"));
    let range = ask(client, "index/volume_range", start, &[("step", "60"), ("targetLabels", "job")]);
    assert_eq!(range["data"]["resultType"], "matrix");
    let points = range["data"]["result"][0]["values"].as_array().expect("points").iter();
    let sum: usize = points.map(|point| point[1].as_str().unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(sum, all, "{range}");
}

fn labels_and_fields_are_detected() {
    let (appliance, start) = filled();
    let client = appliance.client();
    let labels = ask(client, "detected_labels", start, &[]);
    let labels: Vec<(&str, u64)> = labels["detectedLabels"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["label"].as_str().unwrap(), one["cardinality"].as_u64().unwrap()))
        .collect();
    assert!(labels.contains(&("service", 2)) && labels.contains(&("job", 1)), "{labels:?}");
    let fields = ask(client, "detected_fields", start, &[]);
    let field = |name: &str| {
        let fields = fields["fields"].as_array().expect("a list");
        fields
            .iter()
            .find(|one| one["label"] == name)
            .unwrap_or_else(|| panic!("no {name}: {fields:?}"))
            .clone()
    };
    assert_eq!((&field("status")["type"], &field("status")["parsers"]), (&json!("int"), &json!(["json"])));
    assert_eq!((&field("took")["type"], &field("msg")["type"]), (&json!("duration"), &json!("string")));
    assert_eq!(field("trace")["cardinality"], 4);
    let values = ask(client, "detected_field/status/values", start, &[]);
    let mut values: Vec<&str> =
        values["values"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    values.sort_unstable();
    assert_eq!(values, ["200", "201"]);
}

fn patterns_find_the_lines_that_they_were_made_of() {
    let (appliance, start) = filled();
    let client = appliance.client();
    let answer = ask(client, "patterns", start, &[("step", "60")]);
    let patterns = answer["data"].as_array().expect("a list");
    assert!(!patterns.is_empty(), "{answer}");
    let mut found = 0;
    for one in patterns {
        let pattern = one["pattern"].as_str().expect("a pattern");
        let samples = one["samples"].as_array().expect("samples");
        let count: u64 = samples.iter().filter_map(|sample| sample[1].as_u64()).sum();
        let query = format!("{{job=\"shop\"}} |> {}", json!(pattern));
        assert!(loki::count(client, &query) as u64 >= count, "{pattern}");
        found += count;
    }
    assert_eq!(found, 60, "{answer}");
}

fn parts_of_a_line_are_told_by_where_they_come_from() {
    let (appliance, start) = filled();
    let client = appliance.client();
    let query = r#"{job="shop", service="web"} | json | status=201 | trace="t1""#;
    let ask = |client: &Client| {
        let answer = loki::query_range(client, query, start, start + 2 * SECOND, &[]);
        answer.expect(200).json()["data"].clone()
    };
    let flags = ("x-loki-response-encoding-flags", "categorize-labels");
    let told = ask(&client.with_header(flags.0, flags.1));
    assert_eq!(told["encodingFlags"], json!(["categorize-labels"]));
    let stream = &told["result"][0];
    assert_eq!(stream["stream"], json!({ "job": "shop", "service": "web", "service_name": "web" }));
    let parts = &stream["values"][0][2];
    assert_eq!(parts["structuredMetadata"], json!({ "detected_level": "info", "trace": "t1" }));
    let parsed = json!({ "level": "info", "msg": "request 1 took 7ms", "status": "201", "took": "1ms" });
    assert_eq!(parts["parsed"], parsed);
    // Without the header all are labels of the stream.
    let merged = ask(client);
    let stream = merged["result"][0]["stream"].as_object().expect("labels");
    assert_eq!(stream.len(), 9, "{merged}");
    assert_eq!(merged["result"][0]["values"][0].as_array().map(Vec::len), Some(2));
}

fn a_query_is_written_anew() {
    let appliance = Home::new().start();
    let ask = |query: &str| appliance.client().ask("/loki/api/v1/format_query", &[("query", query)]);
    let answer =
        ask(r#"sum   by(level)(count_over_time({job="a"}|json|status>=500[5m]))"#).expect(200).json();
    assert_eq!(answer["status"], "success");
    let written = answer["data"].as_str().expect("a query").to_owned();
    assert_eq!(ask(&written).expect(200).json()["data"], json!(written));
    let fault = ask(r#"{job="a"} |"#).expect(400).text();
    assert!(fault.contains("parse error"), "{fault}");
}

fn what_a_client_asks_about_the_server_is_answered() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let version = client.get("/loki/api/v1/status/buildinfo").expect(200).json();
    assert!(version["version"].as_str().is_some_and(|version| version.split('.').count() >= 3), "{version}");
    let limits = client.get("/loki/api/v1/drilldown-limits").expect(200).json();
    assert!(limits.is_object(), "{limits}");
}
