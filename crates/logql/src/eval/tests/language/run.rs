//! Evaluates over several layouts of the same lines.

use std::time::Duration;

use ::model::{Labels, Level, TimeRange, Timestamp, label};

use super::compare::{Numbers, differs};
use super::read::{Eval, Kind, Loaded, time};
use crate::ast::{Expr, LogExpr, MetricExpr};
use crate::eval::tests::memory::Memory;
use crate::{Budget, Direction, InstantValue, LogQuery, MetricQuery, Page, Row, Warning, parse};

/// How lines are laid out in chunks, and who reads them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Lines of a chunk; as many as are loaded at once if that is fewer.
    chunk: usize,
    /// Whether counts stand beside the chunks.
    counts: bool,
    threads: usize,
}

impl Layout {
    pub(super) const ALL: [Self; 5] = [
        Self { chunk: usize::MAX, counts: false, threads: 1 },
        Self { chunk: usize::MAX, counts: true, threads: 1 },
        Self { chunk: 3, counts: false, threads: 3 },
        Self { chunk: 3, counts: true, threads: 2 },
        Self { chunk: 1, counts: true, threads: 1 },
    ];
}

/// Everything loaded, in one layout.
pub(super) struct World {
    pub(super) layout: Layout,
    memory: Memory,
}

/// What comes out of an evaluation, or why nothing does.
type Answer<T> = Result<(T, Vec<Warning>), String>;

impl World {
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, memory: Memory { with_counts: layout.counts, ..Memory::default() } }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.layout);
    }

    pub(super) fn load(&mut self, loaded: &[Loaded]) {
        let mut streams: Vec<&Labels> = Vec::new();
        for line in loaded {
            if !streams.contains(&&line.labels) {
                streams.push(&line.labels);
            }
        }
        for stream in streams {
            let lines = loaded.iter().filter(|line| line.labels == *stream);
            let damaged = lines.clone().any(|line| line.damaged);
            let lines: Vec<_> = lines.map(|line| line.line.clone()).collect();
            // A damaged chunk is damaged as a whole.
            let chunk = if damaged { usize::MAX } else { self.layout.chunk };
            for part in lines.chunks(chunk.min(lines.len())) {
                self.memory.add(stream, part, damaged);
            }
        }
    }

    /// What is wrong with the answer, if anything is.
    pub(super) fn wrong(&self, eval: &Eval) -> Option<String> {
        let warnings = match eval.kind {
            Kind::Lines => match self.lines(eval) {
                Ok((rows, _)) if rows != eval.expected.rows => {
                    return Some(format!("  found\n    {}", rows.join("\n    ")));
                }
                answer => answer.map(|(_, warnings)| warnings),
            },
            Kind::Instant | Kind::Range => match self.numbers(eval) {
                Ok((found, warnings)) if eval.expected.failure.is_none() => {
                    let wrong = differs(found, &eval.expected.rows, eval.expected.ordered);
                    if wrong.is_some() {
                        return wrong;
                    }
                    Ok(warnings)
                }
                answer => answer.map(|(_, warnings)| warnings),
            },
        };
        match (warnings, &eval.expected.failure) {
            (Err(error), Some(part)) if error.contains(part) => None,
            (Err(error), _) => Some(format!("  failed: {error}")),
            (Ok(_), Some(_)) => Some("  did not fail".to_owned()),
            (Ok(warnings), None) => wrong_warnings(&warnings, eval.expected.warning.as_deref()),
        }
    }

    fn numbers(&self, eval: &Eval) -> Answer<Vec<Numbers>> {
        let metric = match parse(&eval.query).map_err(|error| error.to_string())? {
            Expr::Metric(metric) => metric,
            Expr::Log(_) => return Err("not a query for numbers".to_owned()),
        };
        let budget = self.budget(eval);
        match eval.kind {
            Kind::Instant => self.instant(eval, &metric, &budget),
            _ => self.range(eval, &metric, &budget),
        }
    }

    fn instant(&self, eval: &Eval, metric: &MetricExpr, budget: &Budget<'_>) -> Answer<Vec<Numbers>> {
        let query = MetricQuery::new(metric).map_err(|error| error.to_string())?;
        let at = eval.time("at").expect("the instant");
        let answer = query.instant(&self.memory, at, budget).map_err(|error| error.to_string())?;
        let numbers = match answer.value {
            InstantValue::Scalar(number) => vec![Numbers { labels: None, points: vec![Some(number)] }],
            InstantValue::Vector(samples) => samples
                .into_iter()
                .map(|sample| Numbers {
                    labels: Some(shown(&sample.labels)),
                    points: vec![Some(sample.value)],
                })
                .collect(),
        };
        Ok((numbers, answer.warnings))
    }

    fn range(&self, eval: &Eval, metric: &MetricExpr, budget: &Budget<'_>) -> Answer<Vec<Numbers>> {
        let query = MetricQuery::new(metric).map_err(|error| error.to_string())?;
        let [start, end, step] = ["from", "to", "step"].map(|name| eval.time(name).expect("a grid"));
        let width = Duration::from_nanos(step.nanos() as u64);
        let answer =
            query.range(&self.memory, start, end, width, budget).map_err(|error| error.to_string())?;
        // Answers stand at the multiples of the step, from the last one not after the start to the first one not
        // before the end.
        let first = start.nanos().div_euclid(step.nanos());
        let count = -(-end.nanos()).div_euclid(step.nanos()) - first + 1;
        let numbers = answer.series.iter().map(|series| {
            let mut points = vec![None; count as usize];
            for (at, number) in &series.points {
                assert_eq!(at.nanos() % step.nanos(), 0, "{at} is off the grid");
                points[(at.nanos() / step.nanos() - first) as usize] = Some(*number);
            }
            Numbers { labels: Some(shown(&series.labels)), points }
        });
        Ok((numbers.collect(), answer.warnings))
    }

    fn lines(&self, eval: &Eval) -> Answer<Vec<String>> {
        let log: LogExpr = match parse(&eval.query).map_err(|error| error.to_string())? {
            Expr::Log(log) => log,
            Expr::Metric(_) => return Err("not a query for lines".to_owned()),
        };
        let mut query = LogQuery::new(&log).map_err(|error| error.to_string())?;
        if let Some(levels) = eval.option("levels") {
            query = query.with_levels(
                levels.split(',').map(|word| Level::from_word(word).unwrap_or_default()).collect(),
            );
        }
        let page = Page {
            range: TimeRange {
                start: eval.time("from").unwrap_or(Timestamp::MIN),
                end: eval.time("to").unwrap_or(Timestamp::MAX),
            },
            direction: if eval.option("forward").is_some() {
                Direction::Forward
            } else {
                Direction::Backward
            },
            limit: eval.option("limit").map_or(100, |limit| limit.parse().expect("a limit")),
            after: None,
        };
        let answer =
            query.rows(&self.memory, &page, &self.budget(eval)).map_err(|error| error.to_string())?;
        Ok((answer.rows.iter().map(row).collect(), answer.warnings))
    }

    fn budget(&self, eval: &Eval) -> Budget<'static> {
        let mut budget = Budget { threads: self.layout.threads, ..Budget::generous() };
        let number = |name: &str| eval.option(name).map(|number| number.parse::<usize>().expect("a number"));
        budget.series = number("series").unwrap_or(budget.series);
        budget.numbers = number("numbers").unwrap_or(budget.numbers);
        budget.points = number("points").unwrap_or(budget.points);
        budget.bytes_kept = number("bytes_kept").unwrap_or(budget.bytes_kept);
        budget.bytes_read = number("bytes_read").map_or(budget.bytes_read, |bytes| bytes as u64);
        budget
    }
}

impl Eval {
    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        self.option(name).map(time)
    }
}

fn wrong_warnings(warnings: &[Warning], expected: Option<&str>) -> Option<String> {
    let found: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let right = match expected {
        Some(part) => found.iter().any(|warning| warning.contains(part)),
        None => found.is_empty(),
    };
    (!right).then(|| format!("  warned of {found:?}, expected {expected:?}"))
}

/// Labels as they are compared: a level that was not loaded is left out.
fn shown(labels: &Labels) -> Labels {
    match labels.get(label::DETECTED_LEVEL) {
        Some("unknown") => labels.filter(|name| name != label::DETECTED_LEVEL),
        _ => labels.clone(),
    }
}

/// `10s {stream="stdout"} | {trace="t"} "line"`
fn row(row: &Row) -> String {
    let metadata = Labels::from_pairs(row.metadata.iter().map(|(name, value)| (&**name, &**value)));
    let metadata = shown(&metadata.with(label::DETECTED_LEVEL, row.level.name()));
    let seconds = row.timestamp.nanos() as f64 / 1e9;
    format!("{seconds}s {} | {metadata} {:?}", row.labels, row.line)
}
