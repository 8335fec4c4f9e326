//! Scripts in `testdata/eval`: paragraphs that load lines or ask for something. `UPDATE_EXPECT=1` writes the
//! answers anew.
//!
//! ```text
//! load {service="web"} container_id="c1"
//! 1s info the first line
//! 2s error the second line
//!
//! lines backward limit 1
//! {service="web"} |= "second"
//!     2s error {service="web"} the second line
//! ```
//!
//! `load` adds a chunk to a stream (`load damaged` one that cannot be read); `clear` removes everything. Questions
//! are `lines`, `instant`, `range`, `histogram` and `marks`, with their options on the first line, the
//! query on the second and the answer indented below.

use std::time::Duration;

use ::model::{Labels, Level, TimeRange, Timestamp};

use super::memory::{Line, Memory};
use crate::{
    Budget, Cursor, Direction, Expr, InstantValue, Levels, LogQuery, MetricQuery, Page, Row, Warning, parse,
};

fn check(file: &str) {
    let path = format!("{}/testdata/eval/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a script");
    let mut memory = Memory::default();
    let answered: Vec<String> =
        text.trim_end().split("\n\n").map(|part| paragraph(&mut memory, part)).collect();
    let answered = answered.join("\n\n") + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &answered).expect("a script that can be written");
    }
    for (found, expected) in answered.split("\n\n").zip(text.split("\n\n")) {
        assert_eq!(found.trim_end(), expected.trim_end(), "in {path}");
    }
}

fn paragraph(memory: &mut Memory, text: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if first.starts_with("##") {
        return text.to_owned();
    }
    if first == "clear" {
        *memory = Memory::default();
        return text.to_owned();
    }
    if let Some(head) = first.strip_prefix("load ") {
        load(memory, head, rest);
        return text.to_owned();
    }
    let query = rest.lines().next().expect("a query");
    let answer = answer(memory, &Options::new(first), query).unwrap_or_else(|fault| format!("!! {fault}"));
    let answer: Vec<String> = answer.lines().map(|line| format!("    {line}")).collect();
    format!("{first}\n{query}\n{}", answer.join("\n"))
}

fn load(memory: &mut Memory, head: &str, lines: &str) {
    let damaged = head.starts_with("damaged ");
    let head = head.trim_start_matches("damaged ");
    let (labels, metadata) = head.split_at(head.find('}').expect("labels") + 1);
    let metadata = Labels::parse(&format!("{{{}}}", metadata.trim())).expect("metadata");
    let metadata: Vec<_> = metadata.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let read = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let timestamp = time(parts.next().expect("a time"));
        let level = Level::from_word(parts.next().expect("a level")).unwrap_or_default();
        let text = parts.next().unwrap_or_default().replace("\\n", "\n");
        Line { timestamp, level, text, metadata: metadata.clone() }
    };
    let lines: Vec<Line> = lines.lines().map(read).collect();
    memory.add(&Labels::parse(labels).expect("labels"), &lines, damaged);
}

/// `1.5s` after the epoch.
fn time(text: &str) -> Timestamp {
    let seconds: f64 = text.trim_end_matches('s').parse().expect("seconds");
    Timestamp::from_nanos((seconds * 1e9).round() as i64)
}

fn seconds(timestamp: Timestamp) -> String {
    format!("{}s", timestamp.nanos() as f64 / 1e9)
}

/// The words of a question's first line.
struct Options<'a>(Vec<&'a str>);

impl<'a> Options<'a> {
    fn new(line: &'a str) -> Self {
        Self(line.split(' ').collect())
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(&word)
    }

    fn after(&self, word: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|other| *other == word)?;
        self.0.get(at + 1).copied()
    }

    fn time(&self, word: &str, default: Timestamp) -> Timestamp {
        self.after(word).map_or(default, time)
    }

    fn range(&self) -> TimeRange {
        TimeRange { start: self.time("from", Timestamp::MIN), end: self.time("to", Timestamp::MAX) }
    }

    fn step(&self) -> Duration {
        Duration::from_nanos(self.time("step", Timestamp::from_seconds(1)).nanos() as u64)
    }

    fn levels(&self) -> Levels {
        let words = self.after("levels").map(|words| words.split(','));
        words.map_or(Levels::ALL, |words| {
            words.map(|word| Level::from_word(word).unwrap_or_default()).collect()
        })
    }

    fn number(&self, word: &str) -> Option<usize> {
        self.after(word).map(|number| number.parse().expect("a number"))
    }
}

fn answer(memory: &Memory, options: &Options<'_>, query: &str) -> Result<String, String> {
    let expr = parse(query).map_err(|error| error.to_string())?;
    let stop = || options.has("stopped");
    let mut budget = Budget { stop: &stop, ..Budget::generous() };
    budget.bytes_kept = options.number("bytes_kept").unwrap_or(budget.bytes_kept);
    budget.bytes_read = options.number("bytes_read").map_or(budget.bytes_read, |bytes| bytes as u64);
    budget.series = options.number("series").unwrap_or(budget.series);
    budget.numbers = options.number("numbers").unwrap_or(budget.numbers);
    let faulty = |error: crate::EvalError| match error.span() {
        Some(span) => format!("{}..{} {error}", span.start, span.end),
        None => error.to_string(),
    };
    match (options.0[0], expr) {
        ("instant", Expr::Metric(metric)) => instant(memory, options, &metric, &budget).map_err(faulty),
        ("range", Expr::Metric(metric)) => range(memory, options, &metric, &budget).map_err(faulty),
        (question, Expr::Log(log)) => {
            let query = LogQuery::new(&log).map_err(faulty)?.with_levels(options.levels());
            match question {
                "lines" => lines(memory, options, &query, &budget).map_err(faulty),
                "histogram" => histogram(memory, options, &query, &budget).map_err(faulty),
                "marks" => Ok(marks(&query, options)),
                other => panic!("{other} is no question"),
            }
        }
        (other, _) => panic!("{other} asks for something else"),
    }
}

fn lines(
    memory: &Memory,
    options: &Options<'_>,
    query: &LogQuery,
    budget: &Budget<'_>,
) -> Result<String, crate::EvalError> {
    let page = Page {
        range: options.range(),
        direction: if options.has("forward") { Direction::Forward } else { Direction::Backward },
        limit: options.number("limit").unwrap_or(100),
        after: options.after("after").map(|cursor| cursor.parse::<Cursor>().expect("a cursor")),
    };
    let rows = query.rows(memory, &page, budget)?;
    let mut answer: Vec<String> = rows.rows.iter().map(row).collect();
    answer.extend(rows.next.map(|next| format!("next {next}")));
    if options.has("stats") {
        let stats = rows.stats;
        answer
            .push(format!("read {} chunks, {} entries, {} bytes", stats.chunks, stats.entries, stats.bytes));
    }
    Ok(finish(answer, &rows.warnings))
}

fn row(row: &Row) -> String {
    let metadata: String = row.metadata.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let nth = if row.nth == 0 { String::new() } else { format!(" #{}", row.nth) };
    let parsed: String =
        row.categories.parsed.iter().map(|(name, value)| format!(" +{name}={value}")).collect();
    let left = match row.categories.stream == row.labels {
        true => String::new(),
        false => format!(" now {}", row.categories.stream),
    };
    let around = if row.is_context { "~ " } else { "" };
    format!(
        "{around}{}{nth} {} {} {:?}{metadata}{parsed}{left}",
        seconds(row.timestamp),
        row.level,
        row.labels,
        row.line
    )
}

fn histogram(
    memory: &Memory,
    options: &Options<'_>,
    query: &LogQuery,
    budget: &Budget<'_>,
) -> Result<String, crate::EvalError> {
    let histogram = query.histogram(memory, options.range(), options.step(), budget)?;
    let bucket = |counts: &[u64; 8]| {
        let counted = Level::ALL.iter().zip(counts).filter(|(_, count)| **count > 0);
        let counts: Vec<String> = counted.map(|(level, count)| format!("{level}={count}")).collect();
        if counts.is_empty() { "-".to_owned() } else { counts.join(" ") }
    };
    Ok(finish(histogram.buckets.iter().map(bucket).collect(), &histogram.warnings))
}

fn marks(query: &LogQuery, options: &Options<'_>) -> String {
    let line = options.0[1..].join(" ");
    let marked: Vec<String> = query
        .marks(&line)
        .iter()
        .map(|(start, end)| format!("[{}]", &line[*start as usize..*end as usize]))
        .collect();
    let verdict =
        if query.matches(&Labels::from_pairs([("a", "b")]), Level::Info, &line) { "yes" } else { "no" };
    format!("{verdict} {}", marked.join(" "))
}

fn instant(
    memory: &Memory,
    options: &Options<'_>,
    metric: &crate::ast::MetricExpr,
    budget: &Budget<'_>,
) -> Result<String, crate::EvalError> {
    let answer =
        MetricQuery::new(metric)?.instant(memory, options.time("at", Timestamp::from_seconds(0)), budget)?;
    let samples = match &answer.value {
        InstantValue::Scalar(number) => vec![format!("scalar {number}")],
        InstantValue::Vector(samples) => {
            samples.iter().map(|s| format!("{} {}", s.labels, s.value)).collect()
        }
    };
    Ok(finish(samples, &answer.warnings))
}

fn range(
    memory: &Memory,
    options: &Options<'_>,
    metric: &crate::ast::MetricExpr,
    budget: &Budget<'_>,
) -> Result<String, crate::EvalError> {
    let TimeRange { start, end } = options.range();
    let answer = MetricQuery::new(metric)?.range(memory, start, end, options.step(), budget)?;
    let series = answer.series.iter().map(|series| {
        let points: String =
            series.points.iter().map(|(at, value)| format!(" {}={value}", seconds(*at))).collect();
        format!("{}{points}", series.labels)
    });
    Ok(finish(series.collect(), &answer.warnings))
}

fn finish(mut answer: Vec<String>, warnings: &[Warning]) -> String {
    answer.extend(warnings.iter().map(|warning| format!("warning: {warning}")));
    if answer.is_empty() { "nothing".to_owned() } else { answer.join("\n") }
}

#[test]
fn lines_in_their_order() {
    check("lines.test");
}

#[test]
fn filters_of_lines() {
    check("filters.test");
}

#[test]
fn answers_of_pipelines() {
    check("pipelines.test");
}

#[test]
fn budgets_and_damage() {
    check("limits.test");
}
