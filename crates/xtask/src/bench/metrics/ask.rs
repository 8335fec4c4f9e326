//! The questions, and how long they take.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::day::Day;
use crate::bench::table::{Table, millis};
use crate::load::appliance::Appliance;
use crate::load::http::{Client, encode};
use crate::process;

/// How often a question is asked.
const RUNS: usize = 9;

const HOUR: i64 = 3600;

/// A question about the day.
struct Question {
    query: &'static str,
    /// How many seconds before the day's end it begins; 0 for one about its last instant.
    span: i64,
    step: i64,
    /// What it may take, now and later.
    budgets: [&'static str; 2],
    victoria: &'static str,
}

const fn question(
    query: &'static str,
    span: i64,
    step: i64,
    budgets: [&'static str; 2],
    victoria: &'static str,
) -> Question {
    Question { query, span, step, budgets, victoria }
}

const QUANTILE: &str = "histogram_quantile(0.99, sum by(le)(rate(latency_seconds_bucket[5m])))";

const QUESTIONS: [Question; 8] = [
    question("sum by(job)(rate(http_requests_total[5m]))", 24 * HOUR, 60, ["100 ms", "20 ms"], "42 ms"),
    question("sum by(job)(rate(http_requests_total[5m]))", HOUR, 15, ["", ""], "20 ms"),
    question(QUANTILE, 24 * HOUR, 60, ["", "20 ms"], "26 ms"),
    question(
        "histogram_quantile(0.99, sum by(le,job)(rate(latency_seconds_bucket[5m])))",
        HOUR,
        15,
        ["", ""],
        "17 ms",
    ),
    question("topk(10, rate(http_requests_total[5m]))", 0, 1, ["", "3 ms"], "14 ms"),
    question("topk(10, rate(http_requests_total[5m]))", 24 * HOUR, 300, ["", ""], "52 ms"),
    question("max by(job)(max_over_time(mem_bytes[5m]))", 24 * HOUR, 300, ["", ""], "9 ms"),
    question("count({__name__=~\".+\"})", 0, 1, ["", ""], "25 ms"),
];

/// What a question took.
struct Taken {
    times: Vec<Duration>,
    cpu: Duration,
    answer: Value,
}

/// Asks everything, and adds its rows. Gives the answers that differ from the peer's.
pub(super) fn all(
    appliance: &Appliance,
    peer: Option<(SocketAddr, u32)>,
    day: &Day,
    times: &mut Table,
) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for question in &QUESTIONS {
        let path = path(question, day);
        let ours = ask(appliance.address(), appliance.pid(), &path).with_context(|| question.query)?;
        let theirs = peer.map(|(address, pid)| ask(address, pid, &path)).transpose()?;
        let difference =
            theirs.as_ref().and_then(|theirs| difference(question.query, &ours.answer, &theirs.answer));
        let verdict = if difference.is_some() { " **differs**" } else { "" };
        let when = match question.span {
            0 => "at one instant".to_owned(),
            span => format!("{} h, step {} s", span / HOUR, question.step),
        };
        let [budget, later] = question.budgets;
        let figure = |taken: &Taken| {
            let (least, most) = (taken.times[0], taken.times[taken.times.len() - 1]);
            format!("{} [{}, {}]", millis(taken.median()), millis(least), millis(most))
        };
        let beside = theirs.as_ref().map(|t| format!("{}, CPU {}", figure(t), millis(t.cpu)));
        let row = [
            &format!("`{}`, {when}{verdict}", question.query),
            &figure(&ours),
            &millis(ours.cpu),
            budget,
            later,
            &beside.unwrap_or_default(),
            question.victoria,
        ];
        eprintln!("{}: {}", question.query, figure(&ours));
        times.cells(row.map(str::to_owned));
        wrong.extend(difference.map(|difference| format!("{path}: {difference}")));
    }
    Ok(wrong)
}

impl Taken {
    fn median(&self) -> Duration {
        self.times[self.times.len() / 2]
    }
}

fn path(question: &Question, day: &Day) -> String {
    let end = day.start.seconds() + 24 * HOUR - 60;
    let query = encode(question.query);
    match question.span {
        0 => format!("/api/v1/query?query={query}&time={end}"),
        span => {
            // Not at the very beginning of the series: what is made up for there depends on the version of Prometheus.
            let start = (end - span).max(day.start.seconds() + 600) / question.step * question.step;
            format!("/api/v1/query_range?query={query}&start={start}&end={end}&step={}", question.step)
        }
    }
}

/// The first answer does not count.
fn ask(address: SocketAddr, pid: u32, path: &str) -> Result<Taken> {
    let mut client = Client::connect(address)?;
    let answer = client.get(path)?;
    if answer.status != 200 {
        bail!("`GET {path}` was answered {}: {}", answer.status, answer.text());
    }
    let before = process::cpu_time(pid)?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let asked = Instant::now();
        client.get(path)?;
        times.push(asked.elapsed());
    }
    times.sort();
    let cpu = (process::cpu_time(pid)? - before) / RUNS as u32;
    Ok(Taken { times, cpu, answer: serde_json::from_slice(&answer.body)? })
}

/// How two answers differ, if they do.
fn difference(query: &str, ours: &Value, theirs: &Value) -> Option<String> {
    let (mut ours, mut theirs) = (series(ours), series(theirs));
    if query.starts_with("topk") {
        // Which of several equal series are picked nobody says; what they add up to is told.
        (ours, theirs) = (totals(&ours), totals(&theirs));
    }
    if !ours.keys().eq(theirs.keys()) {
        return Some(format!("{} series, {} of Prometheus", ours.len(), theirs.len()));
    }
    ours.iter().zip(theirs).find_map(|((labels, ours), (_, theirs))| {
        let is_close = |(a, b): (&(f64, f64), &(f64, f64))| {
            a.0 == b.0
                && (a.1 == b.1
                    || (a.1 - b.1).abs() <= 1e-9 * a.1.abs().max(b.1.abs())
                    || a.1.is_nan() && b.1.is_nan())
        };
        let at = ours.iter().zip(&theirs).position(|pair| !is_close(pair));
        match at {
            Some(at) => Some(format!("{labels}: {:?}, {:?} of Prometheus", ours[at], theirs[at])),
            None if ours.len() != theirs.len() => {
                Some(format!("{labels}: {} points, {} of Prometheus", ours.len(), theirs.len()))
            }
            None => None,
        }
    })
}

/// Points by labels, without those labels that we give to everything.
fn series(answer: &Value) -> BTreeMap<String, Vec<(f64, f64)>> {
    let result = answer["data"]["result"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |series: &Value| {
        let single = std::slice::from_ref(&series["value"]);
        let points = series["values"].as_array().map_or(single, Vec::as_slice);
        let point = |point: &Value| Some((point[0].as_f64()?, point[1].as_str()?.parse().ok()?));
        (series["metric"].to_string(), points.iter().filter_map(point).collect())
    };
    result.iter().map(one).collect()
}

/// The sum of all series at each instant.
fn totals(series: &BTreeMap<String, Vec<(f64, f64)>>) -> BTreeMap<String, Vec<(f64, f64)>> {
    let mut totals: BTreeMap<i64, f64> = BTreeMap::new();
    for (at, value) in series.values().flatten() {
        *totals.entry(*at as i64).or_default() += value;
    }
    let points = totals.into_iter().map(|(at, total)| (at as f64, total)).collect();
    BTreeMap::from([("all of them together".to_owned(), points)])
}
