//! Asking the Prometheus API.

use std::collections::BTreeMap;

use super::http::Client;

/// A series of an answer, and its value.
pub(crate) type Row = (BTreeMap<String, String>, f64);

/// What an instant query answers now.
pub(crate) fn rows(client: &Client, query: &str) -> Vec<Row> {
    let answer = client.ask("/api/v1/query", &[("query", query)]).expect(200).json();
    let result = answer["data"]["result"].as_array().unwrap_or_else(|| panic!("{query}: {answer}")).clone();
    let rows = result.into_iter().map(|row| {
        let labels = serde_json::from_value(row["metric"].clone()).unwrap();
        (labels, row["value"][1].as_str().unwrap().parse().unwrap())
    });
    rows.collect()
}

/// The value of an instant query that has one row now; `None`: it has none.
pub(crate) fn value(client: &Client, query: &str) -> Option<f64> {
    let rows = rows(client, query);
    assert!(rows.len() <= 1, "{query}: {rows:?}");
    rows.first().map(|(_, value)| *value)
}
