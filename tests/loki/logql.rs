//! LogQL over HTTP: the questions and answers of `logql.txt`, which says how it is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::harness::http::{Answer, Client};
use crate::harness::{Home, loki};

tests! {
    []:
        every_question_has_its_answer;
}

const SECOND: i64 = 1_000_000_000;

/// What the answers tell of each line besides: they are the same wherever the lines come from.
const KNOWN: [&str; 2] = ["service_name", "detected_level"];

/// The file's lines up to the first question are pushed; then come questions, each with its answer, indented.
struct Sheet {
    streams: Vec<Pushed>,
    questions: Vec<Question>,
}

#[derive(Default)]
struct Pushed {
    labels: BTreeMap<String, String>,
    metadata: BTreeMap<String, String>,
    lines: Vec<String>,
}

struct Question {
    kind: String,
    query: String,
    answer: String,
}

fn every_question_has_its_answer() {
    let appliance = Home::new().start();
    let sheet = Sheet::read(include_str!("logql.txt"));
    let begin = (loki::now() / (60 * SECOND) - 4) * 60 * SECOND;
    sheet.push(appliance.client(), begin);
    let wrong: Vec<String> =
        sheet.questions.iter().filter_map(|question| question.wrong(appliance.client(), begin)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), sheet.questions.len(), wrong.join("\n"));
    assert!(sheet.questions.len() > 40);
}

impl Sheet {
    fn read(text: &str) -> Self {
        let mut sheet = Self { streams: vec![], questions: vec![] };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "push" => sheet.streams.push(Pushed::head(rest)),
                "lines" | "instant" | "range" | "refused" => sheet.questions.push(Question {
                    kind: word.to_owned(),
                    query: rest.to_owned(),
                    answer: String::new(),
                }),
                _ => match sheet.questions.last_mut() {
                    Some(question) => {
                        question.answer.push_str(line.strip_prefix("  ").expect("an answer is indented"));
                        question.answer.push('\n');
                    }
                    None => sheet.streams.last_mut().expect("a stream").lines.push(line.to_owned()),
                },
            }
        }
        sheet
    }

    fn push(&self, client: &Client, begin: i64) {
        let mut time = begin + 5 * SECOND;
        for stream in &self.streams {
            let values: Vec<Value> = stream
                .lines
                .iter()
                .map(|line| {
                    let value = json!([time.to_string(), line, stream.metadata]);
                    time += 5 * SECOND;
                    value
                })
                .collect();
            let body = json!({ "streams": [{ "stream": stream.labels, "values": values }] });
            client.post_json("/loki/api/v1/push", &body).expect(204);
        }
    }
}

impl Pushed {
    /// `{name="value", …} name=value`
    fn head(text: &str) -> Self {
        let (labels, metadata) = text.split_once('}').expect("labels");
        let pairs = |text: &str, between: &str| {
            let pairs = text.split(between).filter_map(|pair| pair.trim().split_once('='));
            pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned())).collect()
        };
        let (labels, metadata) = (pairs(labels.trim_start_matches('{'), ","), pairs(metadata, " "));
        Self { labels, metadata, lines: vec![] }
    }
}

impl Question {
    /// What is wrong with the appliance's answer.
    fn wrong(&self, client: &Client, begin: i64) -> Option<String> {
        let end = begin + 120 * SECOND;
        let ask = |more: &[(&str, &str)]| loki::query_range(client, &self.query, begin, end, more);
        let said = match self.kind.as_str() {
            "lines" => lines(ask(&[("direction", "forward"), ("limit", "1000")])),
            "range" => numbers(ask(&[("step", "30")]), begin),
            "instant" => {
                let time = end.to_string();
                numbers(client.ask("/loki/api/v1/query", &[("query", &self.query), ("time", &time)]), begin)
            }
            _ => return self.refusal(&ask(&[])),
        };
        (said != self.answer)
            .then(|| format!("{} {}\nright:\n{}said:\n{said}", self.kind, self.query, self.answer))
    }

    fn refusal(&self, answer: &Answer) -> Option<String> {
        let said = answer.text();
        let is_right = answer.status == 400 && said.contains(self.answer.trim());
        (!is_right).then(|| format!("refused {}\n{}: {said}", self.query, answer.status))
    }
}

/// Each line with what is known of it besides the labels of its stream, as it was pushed.
fn lines(answer: Answer) -> String {
    if answer.status != 200 {
        return answer.text();
    }
    let mut text = String::new();
    for mut line in loki::lines_of(&answer.json()) {
        line.labels.retain(|name, _| !["job", "service"].contains(&name.as_str()) && !is_known(name));
        let found =
            if line.labels.is_empty() { String::new() } else { format!("  {}", written(&line.labels)) };
        writeln!(text, "{}{found}", line.text).unwrap();
    }
    text
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Each series with its numbers, in the order of their labels.
fn numbers(answer: Answer, begin: i64) -> String {
    if answer.status != 200 {
        return answer.text();
    }
    let body = answer.json();
    let mut series: Vec<String> = body["data"]["result"]
        .as_array()
        .expect("series")
        .iter()
        .map(|one| {
            let labels: BTreeMap<String, String> = serde_json::from_value(one["metric"].clone()).unwrap();
            format!("{} {}\n", written(&labels), samples(one, begin / SECOND))
        })
        .collect();
    series.sort();
    series.concat()
}

fn samples(series: &Value, begin: i64) -> String {
    if let Some(value) = series["value"][1].as_str() {
        return value.to_owned();
    }
    let points = series["values"].as_array().expect("points").iter().map(|point| {
        let second = point[0].as_f64().expect("seconds") as i64 - begin;
        format!("{second}:{}", point[1].as_str().expect("a number"))
    });
    points.collect::<Vec<_>>().join(" ")
}

fn written(labels: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={}", json!(value))).collect();
    format!("{{{}}}", pairs.join(", "))
}
