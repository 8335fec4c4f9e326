//! `patterns`: what the lines of a query look like, for Grafana's Logs Drilldown.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use logql::{Expr, Levels, LogQuery, Mined, Miner};
use model::{TimeRange, Timestamp};
use serde::Serialize;

use super::Loki;
use super::answer::{LokiFault, success};
use super::params::{Params, step_of};
use crate::sample::{self, Size, Sought};

/// Without a start: so far back.
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
/// Lines that are looked at.
const LINES_MAX: usize = 20_000;
const PATTERNS_MAX: usize = 300;
const STEPS_MAX: u64 = 1000;

#[derive(Serialize)]
struct Pattern {
    pattern: String,
    level: &'static str,
    /// Seconds and lines.
    samples: Vec<(i64, u64)>,
}

/// The handler.
pub(super) async fn patterns(State(loki): State<Loki>, params: Params) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let Expr::Log(log) = logql::parse(params.query()?)? else {
        return Err(LokiFault::bad_request("only log queries have patterns"));
    };
    let (query, steps) = (LogQuery::new(&log)?, Steps::new(range, step_of(&params, range)?));
    let counted = log.stages.is_empty().then_some(Levels::ALL);
    let logs = loki.logs.clone();
    let (mined, sampled) = loki
        .queries
        .run(move |allowance| {
            let mut miner = Miner::new(steps.start, steps.step, steps.len);
            let size = Size { lines: LINES_MAX, newest_only: false };
            let look = |row: &logql::Row| miner.add(row.level, row.timestamp, &row.line);
            let sought = Sought { query: &query, range, counted };
            let sampled = sample::look_at(&logs, &sought, size, allowance, look)?;
            Ok::<_, logql::EvalError>((miner.finish(), sampled))
        })
        .await??;
    let mut warnings = sampled.warnings;
    if sampled.one_in > 1 {
        warnings.push(format!("about one in {} lines was looked at", sampled.one_in));
    }
    let patterns = mined.into_iter().take(PATTERNS_MAX).map(|mined| steps.form(mined, sampled.one_in));
    Ok(success(patterns.collect::<Vec<_>>(), warnings))
}

/// Whole steps since the epoch.
#[derive(Clone, Copy)]
struct Steps {
    start: Timestamp,
    step: Duration,
    len: usize,
}

impl Steps {
    fn new(range: TimeRange, step: Duration) -> Self {
        let length_s = range.end.since(range.start).as_secs();
        let step_s = step.as_secs().max(1).max(length_s.div_ceil(STEPS_MAX));
        let start_s = range.start.seconds().div_euclid(step_s as i64) * step_s as i64;
        let len = (range.end.seconds() - start_s) / step_s as i64 + 1;
        Self { start: Timestamp::from_seconds(start_s), step: Duration::from_secs(step_s), len: len as usize }
    }

    /// Lines that were not looked at are counted in.
    fn form(self, mined: Mined, one_in: u64) -> Pattern {
        let at = |index: usize| self.start.seconds() + self.step.as_secs() as i64 * index as i64;
        let samples = mined.buckets.into_iter().enumerate().filter(|(_, lines)| *lines > 0);
        Pattern {
            pattern: mined.pattern,
            level: mined.level.name(),
            samples: samples.map(|(index, lines)| (at(index), lines * one_in)).collect(),
        }
    }
}
