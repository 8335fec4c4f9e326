//! Answers: transactions by name, and one name over time.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use event::ProjectId;
use model::Ordered as _;
use model::TimeRange;
use rusqlite::{Connection, params};

use super::HOUR_MS;
use super::histogram::Histogram;
use super::operations::{Operations, Sum};

/// Lists are not longer.
const ROWS_MAX: usize = 500;

/// More buckets would be smaller than a page can draw.
const BUCKETS_MAX: u64 = 60;

/// Whole hours, in buckets of equal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    first_hour: i64,
    hours_each: i64,
    buckets: i64,
    until_ms: i64,
}

impl Window {
    /// The hours that the range touches.
    pub fn of(range: TimeRange) -> Self {
        let first_hour = range.start.millis().div_euclid(HOUR_MS);
        let last_ms = range.end.millis().max(range.start.millis() + 1);
        let hours = (last_ms - 1).div_euclid(HOUR_MS) - first_hour + 1;
        let hours_each = (hours as u64).div_ceil(BUCKETS_MAX).max(1) as i64;
        Self {
            first_hour,
            hours_each,
            buckets: (hours as u64).div_ceil(hours_each as u64) as i64,
            until_ms: last_ms,
        }
    }

    /// When the first bucket begins.
    pub fn start_ms(&self) -> i64 {
        self.first_hour.saturating_mul(HOUR_MS)
    }

    /// How long each bucket is.
    pub fn step_ms(&self) -> i64 {
        self.hours_each * HOUR_MS
    }

    /// How many buckets there are.
    pub fn buckets(&self) -> usize {
        self.buckets as usize
    }

    /// From the first hour's begin to the end of the range.
    fn minutes(&self) -> f64 {
        (self.until_ms - self.start_ms()) as f64 / 60_000.0
    }

    pub(super) fn hours(&self) -> Range<i64> {
        self.first_hour..self.first_hour + self.buckets * self.hours_each
    }

    fn bucket(&self, hour: i64) -> usize {
        ((hour - self.first_hour) / self.hours_each) as usize
    }
}

/// Which transactions; `None` means all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// Whose.
    pub project: Option<ProjectId>,
    /// Exactly this name.
    pub name: Option<&'a str>,
    /// Exactly this operation.
    pub op: Option<&'a str>,
    /// Exactly this environment.
    pub environment: Option<&'a str>,
}

/// Of the table `performance_name n`, with `?1` to `?4`.
pub(super) struct NameCondition {
    pub(super) sql: &'static str,
    pub(super) values: [rusqlite::types::Value; 4],
}

impl Selection<'_> {
    pub(super) fn condition(&self) -> NameCondition {
        let text = |text: Option<&str>| text.map(str::to_owned).into();
        NameCondition {
            sql: "(?1 IS NULL OR n.project = ?1) AND (?2 IS NULL OR n.name = ?2)
                  AND (?3 IS NULL OR n.op = ?3) AND (?4 IS NULL OR n.environment = ?4)",
            values: [
                self.project.map(|project| project.0 as i64).into(),
                text(self.name),
                text(self.op),
                text(self.environment),
            ],
        }
    }
}

/// The order of names; the greatest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By all the time that was spent in them.
    #[default]
    Time,
    /// By how many there were.
    Count,
    /// By the share that failed.
    Failures,
    /// By the 95th percentile.
    P95,
}

/// Transactions by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// In the order asked for, at most 500.
    pub rows: Vec<NameRow>,
    /// How many names there are in all.
    pub total: usize,
}

/// All transactions of one name and operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NameRow {
    /// Whose.
    pub project: u64,
    /// `/checkout`, `shop.tasks.send_mail`.
    pub name: String,
    /// `http.server`, `queue.task.celery`, …
    pub op: String,
    /// How many, scaled.
    pub count: f64,
    /// How many each minute.
    pub per_minute: f64,
    /// How many of them failed.
    pub failed: f64,
    /// All together.
    pub time_ms: f64,
    /// How long they took.
    pub quantiles: Quantiles,
    /// Where the time goes, by operation of spans, the greatest first. What is missing to `time_ms` is the
    /// transactions' own.
    pub operations: Vec<Operation>,
    /// The 95th percentile of each bucket, in milliseconds.
    pub p95_ms: Vec<Option<f64>>,
}

impl NameRow {
    /// The share that failed, 0 to 1.
    pub fn failure_rate(&self) -> f64 {
        if self.count > 0.0 { self.failed / self.count } else { 0.0 }
    }
}

/// How long transactions took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)] // Their names say it.
pub struct Quantiles {
    pub p50_ms: f64,
    pub p75_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
}

/// All spans of one operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operation {
    /// `db`, `http.client`, …
    pub op: String,
    /// What they took without their parts.
    pub time_ms: f64,
    /// How many of them a transaction has, on average.
    pub each: f64,
}

/// One name over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Name {
    /// As in the list.
    pub row: NameRow,
    /// How many in each bucket.
    pub counts: Vec<f64>,
    /// How many of them failed.
    pub failures: Vec<f64>,
    /// Of each bucket; `None`: there were none.
    pub p50_ms: Vec<Option<f64>>,
}

/// Transactions by name and operation, of all methods and environments that are selected. With `contains`, only names
/// that contain it, whatever the case.
pub fn names(
    connection: &Connection,
    selection: &Selection<'_>,
    contains: &str,
    window: &Window,
    sort: Sort,
) -> rusqlite::Result<Names> {
    let wanted = contains.to_lowercase();
    let mut rows: Vec<NameRow> = sums(connection, selection, window)?
        .into_iter()
        .filter(|(key, _)| wanted.is_empty() || key.name.to_lowercase().contains(&wanted))
        .map(|(key, sums)| sums.row(key, window))
        .collect();
    rows.order_by(|a, b| order(sort, a, b).then_with(|| (&a.name, &a.op).cmp(&(&b.name, &b.op))));
    let total = rows.len();
    rows.truncate(ROWS_MAX);
    Ok(Names { rows, total })
}

/// One name over time; `None` if there was none of it.
pub fn name(
    connection: &Connection,
    selection: &Selection<'_>,
    window: &Window,
) -> rusqlite::Result<Option<Name>> {
    let Some((key, sums)) = sums(connection, selection, window)?.into_iter().next() else { return Ok(None) };
    let series = |of: fn(&Bucket) -> f64| sums.buckets.iter().map(of).collect();
    let (counts, failures) = (series(|bucket| bucket.count), series(|bucket| bucket.failed));
    let p50_ms = sums.buckets.iter().map(|bucket| bucket.histogram.quantile_ms(0.5)).collect();
    Ok(Some(Name { row: sums.row(key, window), counts, failures, p50_ms }))
}

/// All environments that transactions came from.
pub fn environments(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT environment FROM performance_name WHERE environment <> '' ORDER BY 1 LIMIT 100",
    )?;
    statement.query_map([], |row| row.get(0))?.collect()
}

fn order(sort: Sort, a: &NameRow, b: &NameRow) -> Ordering {
    let key = |row: &NameRow| match sort {
        Sort::Time => row.time_ms,
        Sort::Count => row.count,
        Sort::Failures => row.failure_rate(),
        Sort::P95 => row.quantiles.p95_ms,
    };
    key(b).total_cmp(&key(a))
}

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    project: u64,
    name: String,
    op: String,
}

/// Of one name.
struct Sums {
    buckets: Vec<Bucket>,
    time_ms: f64,
    operations: Operations,
}

#[derive(Clone, Default)]
struct Bucket {
    count: f64,
    failed: f64,
    histogram: Histogram,
}

fn sums(
    connection: &Connection,
    selection: &Selection<'_>,
    window: &Window,
) -> rusqlite::Result<HashMap<Key, Sums>> {
    let condition = selection.condition();
    let hours = window.hours();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT n.project, n.name, n.op, h.hour, h.count, h.failed, h.time_ms, h.histogram, h.operations
         FROM performance_name n JOIN performance_hour h ON h.name = n.id AND h.hour BETWEEN ?5 AND ?6
         WHERE {}",
        condition.sql
    ))?;
    let [project, name, op, environment] = condition.values;
    let mut rows = statement.query(params![project, name, op, environment, hours.start, hours.end - 1])?;
    let mut sums = HashMap::new();
    while let Some(row) = rows.next()? {
        let key = Key { project: row.get::<_, i64>(0)? as u64, name: row.get(1)?, op: row.get(2)? };
        let sum: &mut Sums = sums.entry(key).or_insert_with(|| Sums::new(window.buckets()));
        let bucket = &mut sum.buckets[window.bucket(row.get(3)?)];
        bucket.count += row.get::<_, f64>(4)?;
        bucket.failed += row.get::<_, f64>(5)?;
        bucket.histogram.merge(&Histogram::read(row.get_ref(7)?.as_blob()?));
        sum.time_ms += row.get::<_, f64>(6)?;
        sum.operations.merge(&Operations::read(row.get_ref(8)?.as_blob()?));
    }
    Ok(sums)
}

impl Sums {
    fn new(buckets: usize) -> Self {
        Self { buckets: vec![Bucket::default(); buckets], time_ms: 0.0, operations: Operations::default() }
    }

    fn row(self, key: Key, window: &Window) -> NameRow {
        let mut all = Bucket::default();
        for bucket in &self.buckets {
            all.count += bucket.count;
            all.failed += bucket.failed;
            all.histogram.merge(&bucket.histogram);
        }
        let quantile = |q| all.histogram.quantile_ms(q).unwrap_or_default();
        let operation = |(op, sum): (String, Sum)| Operation {
            op,
            time_ms: sum.time_ms,
            each: sum.spans / all.count.max(1.0),
        };
        NameRow {
            project: key.project,
            name: key.name,
            op: key.op,
            count: all.count,
            per_minute: all.count / window.minutes().max(1.0),
            failed: all.failed,
            time_ms: self.time_ms,
            quantiles: Quantiles {
                p50_ms: quantile(0.5),
                p75_ms: quantile(0.75),
                p95_ms: quantile(0.95),
                p99_ms: quantile(0.99),
            },
            operations: self.operations.by_time().into_iter().map(operation).collect(),
            p95_ms: self.buckets.iter().map(|bucket| bucket.histogram.quantile_ms(0.95)).collect(),
        }
    }
}

/// The same by the first word of the operation: `db.query` and `db.redis` are `db`. What is left is `own`.
pub fn by_kind(row: &NameRow) -> Vec<(String, f64)> {
    let mut kinds: BTreeMap<&str, f64> = BTreeMap::new();
    for operation in &row.operations {
        let kind = operation.op.split('.').next().unwrap_or_default();
        *kinds.entry(kind).or_default() += operation.time_ms;
    }
    let spent: f64 = kinds.values().sum();
    let mut kinds: Vec<(String, f64)> = kinds.into_iter().map(|(kind, ms)| (kind.to_owned(), ms)).collect();
    kinds.push(("own".to_owned(), (row.time_ms - spent).max(0.0)));
    kinds.order_by(|(_, a), (_, b)| b.total_cmp(a));
    kinds
}
