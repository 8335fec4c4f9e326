//! The questions that are asked, as requests, with their right answers.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::answers::{Answers, WATCHED};
use crate::load::http::{Answer, encode};

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// Most lines that a query for lines asks for.
const LIMIT: u64 = 100;

/// A question.
pub(super) struct Query {
    /// Its name in tables.
    pub(super) what: &'static str,
    /// The request.
    pub(super) path: String,
    /// What is right.
    pub(super) right: Right,
    /// What it may take: now, and later; warm / cold.
    pub(super) budgets: [&'static str; 2],
    /// What others took on this data: Loki 3.7.6, VictoriaLogs 1.26; warm / cold.
    pub(super) peers: [&'static str; 2],
}

/// A right answer.
pub(super) enum Right {
    /// So many lines.
    Lines(u64),
    /// All samples add up to it.
    Sum(u64),
    /// The samples of the series add up to these, by the value of a label.
    Sums(&'static str, BTreeMap<String, u64>),
    /// The page's histogram adds up to it.
    Histogram(u64),
}

/// Questions about the last day, in the order of the table.
pub(super) fn of_a_day(answers: &Answers) -> Vec<Query> {
    let a = answers;
    let lines = |query: &str| lines(query, a.first, a.last);
    let count = |query: &str| instant(&format!("sum(count_over_time({query} [24h]))"), a.last);
    let by_minute = |query: &str| numbers(query, a.first, a.last, MINUTE);
    let timeout = "|~ \"timeout after [0-9]{4,}ms\"";
    // The middle of the last part of a request's id: no token of the line begins or ends there.
    let part = &a.needle[26..34];
    vec![
        Query {
            what: "a: one request id, all streams",
            path: lines(&format!("{{project=\"shop\"}} |= \"{}\"", a.needle)),
            right: Right::Lines(a.needles.min(LIMIT)),
            budgets: ["10 / 60 ms", "2 / 20 ms"],
            peers: ["3.8 / 4.2 s", "6 / 62 ms"],
        },
        Query {
            what: "a2: eight letters in the middle of it",
            path: lines(&format!("{{project=\"shop\"}} |= \"{part}\"")),
            right: Right::Lines(a.needles.min(LIMIT)),
            budgets: ["30 ms", "30 ms"],
            peers: ["", ""],
        },
        Query {
            what: "a3: a part of a word, all streams, limit 100",
            path: lines("{project=\"shop\"} |= \"rd_declin\""),
            right: Right::Lines(a.declined.min(LIMIT)),
            budgets: ["30 ms", "30 ms"],
            peers: ["", ""],
        },
        Query {
            what: "b: `card_declined` of workers, limit 100",
            path: lines("{service=\"worker\"} |= \"card_declined\""),
            right: Right::Lines(a.declined.min(LIMIT)),
            budgets: ["", "50 ms"],
            peers: ["0.98 / 1.2 s", "103 / 310 ms"],
        },
        Query {
            what: "c: lines per level per minute, `| json`",
            path: by_minute("sum by (level) (count_over_time({project=\"shop\"} | json [1m]))"),
            right: Right::Sums("level", a.levels.clone()),
            budgets: ["", ""],
            peers: ["7.7 / 7.8 s", "173 / 240 ms"],
        },
        Query {
            what: "c2: the same by `detected_level`",
            path: by_minute("sum by (detected_level) (count_over_time({project=\"shop\"} [1m]))"),
            right: Right::Sums("detected_level", a.detected_levels()),
            budgets: ["60 ms", "8 ms"],
            peers: ["8.0 / 7.4 s", ""],
        },
        Query {
            what: "d: ten paths with most 5xx, 1 h",
            path: instant(
                "topk(10, sum by (path) (count_over_time({service=~\"api|edge|web\"} | json | status >= 500 [1h])))",
                a.last,
            ),
            right: Right::Sum(a.ten_paths()),
            budgets: ["", "5 ms"],
            peers: ["207 / 250 ms", "9 / 19 ms"],
        },
        Query {
            what: "e: regex, limit 100",
            path: lines(&format!("{{project=\"shop\"}} {timeout}")),
            right: Right::Lines(a.timeouts.min(LIMIT)),
            budgets: ["", ""],
            peers: ["1.3 / 1.1 s", "66 / 190 ms"],
        },
        Query {
            what: "e2: regex, lines of web counted",
            path: count(&format!("{{service=\"web\"}} {timeout}")),
            right: Right::Sum(a.web_timeouts),
            budgets: ["", ""],
            peers: ["4.3 / 4.9 s", "19 / 30 ms"],
        },
        Query {
            what: "e3: regex, all lines counted",
            path: count(&format!("{{project=\"shop\"}} {timeout}")),
            right: Right::Sum(a.timeouts),
            budgets: ["1.5 s", "120 ms"],
            peers: ["4.3 s", "164 / 220 ms"],
        },
        Query {
            what: "e4: regex without a word, all lines counted",
            path: count("{project=\"shop\"} |~ \"[89][0-9]{2}[.][0-9]{3} ms\""),
            right: Right::Sum(a.slow),
            budgets: ["1.5 s", ""],
            peers: ["", ""],
        },
        Query {
            what: "f: last 100 lines of a stream",
            path: lines(&format!("{{container=\"{WATCHED}\"}}")),
            right: Right::Lines(a.watched.min(LIMIT)),
            budgets: ["3 ms", "0.5 ms"],
            peers: ["6 / 16 ms", "24 / 150 ms"],
        },
        Query {
            what: "the page's histogram, 24 h",
            path: histogram("{project=\"shop\"}", a.first, a.last),
            right: Right::Histogram(a.lines),
            budgets: ["60 ms", "8 ms"],
            peers: ["", ""],
        },
    ]
}

/// Questions about a month of the same lines, of which the first came at `first`.
pub(super) fn of_a_month(answers: &Answers, first: u64) -> Vec<Query> {
    let by_hour =
        "sum by (level, detected_level) (count_over_time({project=\"shop\"} | drop __error__ [1h]))";
    vec![
        Query {
            what: "volume histogram as Grafana asks, a month by the hour",
            path: numbers(by_hour, first, answers.last, HOUR),
            right: Right::Sums("detected_level", answers.detected_levels()),
            budgets: ["50 ms", "50 ms"],
            peers: ["", ""],
        },
        Query {
            what: "the page's histogram, a month",
            path: histogram("{project=\"shop\"}", first, answers.last),
            right: Right::Histogram(answers.lines),
            budgets: ["50 ms", "50 ms"],
            peers: ["", ""],
        },
        Query {
            what: "one request id, a month",
            path: lines(&format!("{{project=\"shop\"}} |= \"{}\"", answers.needle), first, answers.last),
            right: Right::Lines(answers.needles.min(LIMIT)),
            budgets: ["", ""],
            peers: ["", ""],
        },
    ]
}

/// What two dashboards of ten panels ask when they are opened: the last day, and its last quarter.
pub(super) fn of_two_dashboards(answers: &Answers) -> Vec<String> {
    let day = (answers.first, 5 * MINUTE);
    let quarter = (answers.last - 6 * HOUR, MINUTE);
    [day, quarter].into_iter().flat_map(|(first, step)| of_a_dashboard(answers, first, step)).collect()
}

fn of_a_dashboard(answers: &Answers, first: u64, step: u64) -> Vec<String> {
    let window = format!("{}m", step / MINUTE);
    let panels = [
        format!("sum by (detected_level) (count_over_time({{project=\"shop\"}} [{window}]))"),
        format!("sum by (service) (rate({{project=\"shop\"}} [{window}]))"),
        format!("sum by (service) (bytes_rate({{project=\"shop\"}} [{window}]))"),
        format!("sum by (service) (rate({{project=\"shop\"}} | detected_level=\"error\" [{window}]))"),
        format!("sum by (status) (count_over_time({{service=\"edge\"}} | json | status >= 500 [{window}]))"),
        format!(
            "quantile_over_time(0.99, {{service=\"api\"}} | json | unwrap duration_ms [{window}]) by (service)"
        ),
        format!("sum(count_over_time({{project=\"shop\"}} |= \"timeout after\" [{window}]))"),
    ];
    let numbers = panels.iter().map(|query| numbers(query, first, answers.last, step));
    let lists = [
        "{project=\"shop\"} | detected_level=\"error\"",
        "{service=\"worker\"} |= \"card_declined\"",
        "{service=\"web\"} | json | duration_ms > 800",
    ];
    numbers.chain(lists.iter().map(|query| lines(query, first, answers.last))).collect()
}

fn lines(query: &str, first: u64, last: u64) -> String {
    let (query, end) = (encode(query), last + 1);
    format!("/loki/api/v1/query_range?query={query}&start={first}&end={end}&limit={LIMIT}")
}

/// Over whole steps, so that each line is in one window.
fn numbers(query: &str, first: u64, last: u64, step: u64) -> String {
    let (start, end) = (first / step * step, last.div_ceil(step) * step);
    let (query, seconds) = (encode(query), step / SECOND);
    format!("/loki/api/v1/query_range?query={query}&start={start}&end={end}&step={seconds}")
}

fn instant(query: &str, time: u64) -> String {
    format!("/loki/api/v1/query?query={}&time={time}", encode(query))
}

fn histogram(query: &str, first: u64, last: u64) -> String {
    let end = last + 1;
    format!("/app/v1/logs/histogram?query={}&start={first}&end={end}&buckets=200", encode(query))
}

impl Right {
    /// Fails unless the answer is this one.
    pub(super) fn check(&self, answer: &Answer) -> Result<()> {
        if answer.status != 200 {
            bail!("status {}: {}", answer.status, answer.text().trim());
        }
        let body: Value = serde_json::from_slice(&answer.body)?;
        match self {
            Self::Lines(count) => expect(*count, items(&body["data"]["result"], "values").len() as u64),
            Self::Sum(sum) => expect(*sum, total(&body["data"]["result"])?),
            Self::Sums(label, sums) => expect_sums(sums, &body["data"]["result"], label),
            Self::Histogram(total) => {
                let counts = items(&body["buckets"], "counts");
                expect(*total, counts.iter().filter_map(|count| count.as_u64()).sum())
            }
        }
    }
}

fn expect<T: PartialEq + std::fmt::Debug>(right: T, found: T) -> Result<()> {
    if right != found {
        bail!("{found:?} instead of {right:?}");
    }
    Ok(())
}

fn expect_sums(right: &BTreeMap<String, u64>, series: &Value, label: &str) -> Result<()> {
    let mut found = BTreeMap::new();
    for one in series.as_array().context("no series")? {
        let name = one["metric"][label].as_str().unwrap_or_default().to_owned();
        *found.entry(name).or_default() += total(&Value::Array(vec![one.clone()]))?;
    }
    expect(right, &found)
}

/// Everything in the lists that stand at `key` of each element.
fn items<'a>(list: &'a Value, key: &str) -> Vec<&'a Value> {
    let elements = list.as_array().into_iter().flatten();
    elements.filter_map(|element| element[key].as_array()).flatten().collect()
}

/// All samples of a vector or a matrix together.
fn total(series: &Value) -> Result<u64> {
    let mut sum = 0.0;
    for one in series.as_array().context("no series")? {
        let samples = one["values"].as_array().into_iter().flatten().chain(one.get("value"));
        for sample in samples {
            let text = sample[1].as_str().context("a sample without a value")?;
            sum += text.parse::<f64>()?;
        }
    }
    Ok(sum as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(right: &Right, status: u16, body: &Value) -> Result<(), String> {
        right.check(&Answer { status, body: body.to_string().into_bytes() }).map_err(|e| e.to_string())
    }

    #[test]
    fn wrong_answers_are_told() {
        let lines = json!({ "data": { "result": [{ "values": [["1", "a"], ["2", "b"]] }] } });
        assert_eq!(verdict(&Right::Lines(2), 200, &lines), Ok(()));
        assert_eq!(verdict(&Right::Lines(3), 200, &lines), Err("2 instead of 3".to_owned()));
        assert!(verdict(&Right::Lines(2), 400, &lines).unwrap_err().starts_with("status 400"));
        let vector = json!({ "data": { "result": [{ "value": [1, "3"] }, { "value": [1, "4"] }] } });
        assert_eq!(verdict(&Right::Sum(7), 200, &vector), Ok(()));
        assert!(verdict(&Right::Sum(8), 200, &vector).is_err());
        let matrix = json!({ "data": { "result": [
            { "metric": { "level": "info" }, "values": [[1, "3"], [2, "1"]] },
            { "metric": { "level": "error" }, "values": [[1, "2"]] },
        ] } });
        let sums = |info| BTreeMap::from([("error".to_owned(), 2), ("info".to_owned(), info)]);
        assert_eq!(verdict(&Right::Sums("level", sums(4)), 200, &matrix), Ok(()));
        assert!(verdict(&Right::Sums("level", sums(5)), 200, &matrix).is_err());
        let buckets = json!({ "buckets": [{ "counts": [1, 2] }, { "counts": [3, 0] }] });
        assert_eq!(verdict(&Right::Histogram(6), 200, &buckets), Ok(()));
        assert!(verdict(&Right::Histogram(5), 200, &buckets).is_err());
    }

    #[test]
    fn two_dashboards_are_twenty_requests() {
        let answers = Answers { last: 100 * HOUR, ..Answers::default() };
        assert_eq!(of_two_dashboards(&answers).len(), 20);
    }
}
