//! The page's own API, for what no foreign protocol tells: tiles, the state of the engine, exact paging.

use serde_json::Value;

use super::http::Client;
use super::loki;

/// Everything that the page Now shows.
pub(crate) fn now(client: &Client) -> Value {
    client.get("/app/v1/now").expect(200).json()
}

/// The tile of a service, if it is there.
pub(crate) fn tile(client: &Client, service: &str) -> Option<Value> {
    now(client)["services"].as_array()?.iter().find(|tile| tile["service"] == service).cloned()
}

/// Whether the Docker engine is `connecting`, `connected` or `away`.
pub(crate) fn docker_state(client: &Client) -> String {
    now(client)["docker"]["state"].as_str().expect("a word").to_owned()
}

/// All faults that Porthole tells about itself, as one text.
pub(crate) fn faults(client: &Client) -> String {
    now(client)["faults"].to_string()
}

/// Every line of `query` within the last day, oldest first, page by page along the server's own cursor.
pub(crate) fn pages(client: &Client, query: &str, page: usize) -> Vec<String> {
    let hour = 3_600_000_000_000;
    let (start, end) = ((loki::now() - 24 * hour).to_string(), (loki::now() + hour).to_string());
    let limit = page.to_string();
    let mut cursor = String::new();
    let mut lines = Vec::new();
    loop {
        let parameters = [
            ("query", query),
            ("start", start.as_str()),
            ("end", end.as_str()),
            ("limit", limit.as_str()),
            ("forward", "true"),
            ("cursor", cursor.as_str()),
        ];
        let answer = client.ask("/app/v1/logs/query", &parameters).expect(200).json();
        let rows = answer["rows"].as_array().expect("rows");
        lines.extend(rows.iter().map(|row| row["line"].as_str().expect("a line").to_owned()));
        match answer["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return lines,
        }
    }
}

/// How many lines `query` selects, counted by the histogram.
pub(crate) fn histogram_total(client: &Client, query: &str) -> u64 {
    let hour = 3_600_000_000_000;
    let (start, end) = ((loki::now() - 24 * hour).to_string(), (loki::now() + hour).to_string());
    let parameters = [("query", query), ("start", start.as_str()), ("end", end.as_str()), ("buckets", "100")];
    let answer = client.ask("/app/v1/logs/histogram", &parameters).expect(200).json();
    let buckets = answer["buckets"].as_array().expect("buckets");
    buckets
        .iter()
        .flat_map(|bucket| bucket["counts"].as_array().expect("counts"))
        .filter_map(Value::as_u64)
        .sum()
}
