//! Queries of other projects, answered over lines that were made for them.

use std::time::Duration;

use ::model::{Labels, Level, TimeRange, Timestamp};

use super::memory::{Line, Memory};
use crate::parser::tests::conformance::file;
use crate::{Budget, Direction, Expr, InstantValue, LogQuery, MetricQuery, Page, parse};

const END: Timestamp = Timestamp::from_seconds(3600);

fn memory() -> Memory {
    let mut memory = Memory::default();
    let gateway = |level: &str, status: u32| {
        format!(
            r#"{{"method":"GET","path":"/api/v1/orders","status":{status},"duration_ms":{},"level":"{level}","msg":"error"}}"#,
            status * 2
        )
    };
    let nginx = "10.0.0.1 - - [22/Nov/2026] \"GET /cart HTTP/1.1\" 502 13".to_owned();
    let pay = "level=error msg=\"card declined\" took=3s".to_owned();
    let streams = [
        ("api-gateway", "info", "p1", gateway("info", 200)),
        ("api-gateway", "error", "p1", gateway("error", 503)),
        ("payment-service", "error", "p2", pay),
        ("nginx-ingress", "warn", "p3", nginx),
    ];
    for (app, level, pod, text) in streams {
        let labels = [("namespace", "prod"), ("env", "production"), ("cluster", "us-east-1")];
        let labels =
            Labels::from_pairs(labels.into_iter().chain([("app", app), ("level", level), ("pod", pod)]));
        let line = |second: i64| Line {
            timestamp: Timestamp::from_seconds(second * 60),
            level: Level::from_word(level).unwrap_or_default(),
            text: text.clone(),
            metadata: Vec::new(),
        };
        memory.add(&labels, &(1..=60).map(line).collect::<Vec<_>>(), false);
    }
    memory
}

/// The kind of an answer and how many things are in it.
fn answer(memory: &Memory, endpoint: &str, query: &str) -> Result<(&'static str, usize), String> {
    let budget = Budget::generous();
    match parse(query).map_err(|error| error.to_string())? {
        Expr::Log(_) if endpoint == "query" => Err("lines have no instant".to_owned()),
        Expr::Log(log) => {
            let page =
                Page { range: TimeRange::ALL, direction: Direction::Backward, limit: 1000, after: None };
            let rows = LogQuery::new(&log).and_then(|query| query.rows(memory, &page, &budget));
            rows.map(|rows| ("streams", rows.rows.len())).map_err(|error| error.to_string())
        }
        Expr::Metric(metric) if endpoint == "query" => {
            let answer = MetricQuery::new(&metric).and_then(|query| query.instant(memory, END, &budget));
            answer.map_err(|error| error.to_string()).map(|answer| match answer.value {
                InstantValue::Scalar(_) => ("scalar", 1),
                InstantValue::Vector(samples) => ("vector", samples.len()),
            })
        }
        Expr::Metric(metric) => {
            let (start, step) = (Timestamp::from_seconds(0), Duration::from_secs(60));
            let answer =
                MetricQuery::new(&metric).and_then(|query| query.range(memory, start, END, step, &budget));
            answer.map(|answer| ("matrix", answer.series.len())).map_err(|error| error.to_string())
        }
    }
}

#[test]
fn queries_of_a_semantics_matrix_are_answered() {
    let Some(text) = file("lokivlproxy-query-semantics-matrix.json") else { return };
    let matrix: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let memory = memory();
    let mut wrong = Vec::new();
    for case in matrix["cases"].as_array().expect("cases") {
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let found = answer(&memory, text("endpoint"), text("query"));
        let is_right = match &found {
            Err(_) => text("expectation") == "client_error",
            Ok((kind, count)) => {
                *kind == text("expect_result_type") && (*count > 0 || case["require_non_empty"] != true)
            }
        };
        if !is_right {
            wrong.push(format!("{}: {}: {found:?}", text("id"), text("query")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
