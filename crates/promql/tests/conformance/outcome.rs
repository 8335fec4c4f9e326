//! Runs the commands of a script and compares.

use std::time::Duration;

use model::{Labels, Timestamp};
use promql::{Answer, Budget, Query, Value};
use series::Series;

use super::numbers::{self, Row, same};
use super::script::{self, Command, Eval, When};
use super::storage::Storage;

/// What came of an evaluation.
pub(crate) struct Outcome {
    pub(crate) line: usize,
    /// Neither native histograms nor anything experimental is in its way.
    pub(crate) is_plain: bool,
    pub(crate) fault: Option<String>,
}

pub(crate) fn run(text: &str) -> Vec<Outcome> {
    let mut storage = Storage::default();
    let mut outcomes = Vec::new();
    for command in script::commands(text) {
        match command {
            Command::Clear => storage = Storage::default(),
            Command::Load { step_ms, rows, is_foreign } => {
                storage.has_foreign |= is_foreign;
                rows.iter().for_each(|row| load(&mut storage, step_ms, row));
            }
            Command::Eval(eval) => {
                let experimental = promql::parse(&eval.query).is_err_and(|error| {
                    error.message.contains("experimental") || error.message.contains("native")
                });
                let expects_foreign = eval.rows.iter().any(|row| row.contains("{{"));
                let is_plain = !storage.has_foreign && !experimental && !expects_foreign;
                outcomes.push(Outcome { line: eval.line, is_plain, fault: check(&storage, &eval).err() });
            }
        }
    }
    outcomes
}

fn load(storage: &mut Storage, step_ms: i64, line: &str) {
    let (labels, values) = labels_and_rest(line);
    match Some(values).filter(|_| !labels.ends_with("@st")).and_then(numbers::row) {
        Some(row) => storage.add(metric(labels), step_ms, &row),
        None => storage.has_foreign = true,
    }
}

/// `name{a="b"} 1 2 3`: the series as it is written, and the rest.
fn labels_and_rest(line: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut braces = 0;
    for (at, character) in line.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '{' if !quoted => braces += 1,
            '}' if !quoted => braces -= 1,
            _ if character.is_whitespace() && !quoted && braces == 0 => {
                return (&line[..at], line[at..].trim());
            }
            _ => {}
        }
    }
    (line, "")
}

fn metric(text: &str) -> Labels {
    if text == "{}" {
        return Labels::default();
    }
    let expr = promql::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let promql::ast::Node::Selector(selector) = expr.node else { panic!("no series: {text}") };
    Labels::from_pairs(selector.matchers.iter().map(|matcher| (matcher.name(), matcher.value())))
}

fn check(storage: &Storage, eval: &Eval) -> Result<(), String> {
    let expects = |word: &str| eval.expect.iter().any(|line| line.split_whitespace().nth(1) == Some(word));
    let answer = ask(storage, &eval.query, eval.when);
    if expects("fail") {
        let Err(problem) = answer else { return Err("it did not fail".to_owned()) };
        return expected_message(eval, "fail", &[problem]);
    }
    let answer = answer?;
    let notes = |notes: &std::collections::BTreeSet<promql::Note>| -> Vec<String> {
        notes.iter().map(ToString::to_string).collect()
    };
    for (word, notes) in [("warn", notes(&answer.notes.warnings)), ("info", notes(&answer.notes.infos))] {
        if expects(word) {
            expected_message(eval, word, &notes)?;
        }
        if expects(&format!("no_{word}")) && !notes.is_empty() {
            return Err(format!("it has a note: {notes:?}"));
        }
    }
    compare(eval, &answer, expects("ordered"))?;
    if let (When::At(at), Value::Vector(_), false) = (eval.when, &answer.value, expects("ordered")) {
        let around = When::Range { start_ms: at - 60_000, end_ms: at + 60_000, step_ms: 60_000 };
        if let Ok(Answer { value: Value::Vector(vector), .. }) = ask(storage, &eval.query, around)
            && !eval.query.contains("start()")
            && !eval.query.contains("end()")
            && !eval.query.contains("range()")
            && !eval.query.to_lowercase().contains("step()")
        {
            let middle = |series: Series| {
                let number = series.points.get(1)?;
                Some(Series { labels: series.labels, points: series::Points::constant(number, 1) })
            };
            let value = Value::Vector(vector.into_iter().filter_map(middle).collect());
            compare(eval, &Answer { value, ..answer }, false)
                .map_err(|fault| format!("as a range: {fault}"))?;
        }
    }
    Ok(())
}

fn ask(storage: &Storage, query: &str, when: When) -> Result<Answer, String> {
    let query = Query::parse(query).map_err(|error| error.to_string())?;
    let budget = Budget { samples: 1_000_000, ..Budget::generous() };
    let answer = match when {
        When::At(at) => query.instant(storage, Timestamp::from_millis(at), &budget),
        When::Range { start_ms, end_ms, step_ms } => query.range(
            storage,
            Timestamp::from_millis(start_ms),
            Timestamp::from_millis(end_ms),
            Duration::from_millis(step_ms as u64),
            &budget,
        ),
    };
    answer.map_err(|error| error.to_string())
}

/// A script says `expect warn`, `expect warn msg: text` or `expect warn regex: expression`.
fn expected_message(eval: &Eval, word: &str, messages: &[String]) -> Result<(), String> {
    for line in eval.expect.iter().filter(|line| line.split_whitespace().nth(1) == Some(word)) {
        let wanted = line.split_once(word).map_or("", |(_, rest)| rest.trim());
        let is_met = match wanted.split_once(':') {
            Some(("msg", text)) => messages.iter().any(|message| message.contains(text.trim())),
            Some(("regex", text)) => {
                let regex = regex::Regex::new(text.trim()).unwrap();
                messages.iter().any(|message| regex.is_match(message))
            }
            _ => !messages.is_empty(),
        };
        if !is_met {
            return Err(format!("wanted {line:?}, got {messages:?}"));
        }
    }
    Ok(())
}

fn compare(eval: &Eval, answer: &Answer, ordered: bool) -> Result<(), String> {
    match &answer.value {
        Value::Text(text) => expected_text(eval, text),
        Value::Scalar(points) => {
            let wanted = eval.rows.first().map_or("", String::as_str);
            let bare = series_of(wanted).map_or_else(|| numbers::row(wanted), |(_, row)| numbers::row(row));
            let wanted = bare.ok_or("a histogram is expected")?;
            compare_rows("scalar", &wanted, &points.iter().collect::<Row>())
        }
        Value::Vector(vector) => compare_vector(eval, vector, ordered),
        Value::Matrix(samples) => {
            let given = samples
                .iter()
                .map(|series| (&series.labels, series.values.iter().map(|v| Some(*v)).collect()));
            compare_series(eval, given.collect(), false)
        }
    }
}

fn expected_text(eval: &Eval, text: &str) -> Result<(), String> {
    let wanted = eval.expect.iter().find_map(|line| line.strip_prefix("expect string "));
    let wanted = wanted.map(|quoted| syntax::text::read(quoted.trim()).unwrap_or_default());
    if wanted.as_deref() == Some(text) { Ok(()) } else { Err(format!("wanted {wanted:?}, got {text:?}")) }
}

fn compare_vector(eval: &Eval, vector: &[Series], ordered: bool) -> Result<(), String> {
    compare_series(eval, vector.iter().map(|s| (&s.labels, s.points.iter().collect())).collect(), ordered)
}

fn series_of(line: &str) -> Option<(&str, &str)> {
    let (labels, rest) = labels_and_rest(line);
    (!rest.is_empty() && numbers::number(labels).is_none() && labels != "_").then_some((labels, rest))
}

fn compare_series(eval: &Eval, given: Vec<(&Labels, Row)>, ordered: bool) -> Result<(), String> {
    let mut wanted = Vec::new();
    for line in &eval.rows {
        let (labels, row) = labels_and_rest(line);
        let labels = if numbers::number(labels).is_some() { "{}" } else { labels };
        let row = if row.is_empty() { line } else { row };
        wanted.push((metric(labels), numbers::row(row).ok_or("a histogram is expected")?));
    }
    if wanted.len() != given.len() {
        let names: Vec<String> = given.iter().map(|(labels, row)| format!("{labels} {row:?}")).collect();
        return Err(format!("wanted {} series, got {}: {names:?}", wanted.len(), given.len()));
    }
    for (place, (labels, row)) in wanted.iter().enumerate() {
        let found = match ordered {
            true => Some(&given[place]).filter(|(other, _)| *other == labels),
            false => given.iter().find(|(other, _)| *other == labels),
        };
        let Some((_, found)) = found else {
            let names: Vec<String> = given.iter().map(|(labels, _)| labels.to_string()).collect();
            return Err(format!("no series {labels} among {names:?}"));
        };
        compare_rows(&labels.to_string(), row, found)?;
    }
    Ok(())
}

fn compare_rows(what: &str, wanted: &[Option<f64>], given: &[Option<f64>]) -> Result<(), String> {
    let len = wanted.len().max(given.len());
    for index in 0..len {
        let (wanted, given) = (wanted.get(index).copied().flatten(), given.get(index).copied().flatten());
        let equal = match (wanted, given) {
            (Some(wanted), Some(given)) => same(wanted, given),
            (wanted, given) => wanted.is_none() && given.is_none(),
        };
        if !equal {
            return Err(format!("{what}: wanted {wanted:?} at {index}, got {given:?}"));
        }
    }
    Ok(())
}
