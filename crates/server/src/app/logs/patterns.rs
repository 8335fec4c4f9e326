//! `GET logs/patterns`: what the lines look like.

use api::{LogRequest, Pattern, Patterns};
use axum::Json;
use axum::extract::State;
use logql::{Mined, Miner};

use super::histogram::{BUCKETS_MAX, BUCKETS_USUAL, floor, nanos, width};
use super::request::{Asked, bounded};
use crate::app::refusal::QueryRefusal;
use crate::app::{App, extract};
use crate::sample::{self, Size, Sought};

/// Lines that are looked at.
const SAMPLE: Size = Size { lines: 20_000, newest_only: false };
const PATTERNS_MAX: usize = 200;

/// The handler.
pub(in crate::app) async fn patterns(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<LogRequest>,
) -> Result<Json<Patterns>, QueryRefusal> {
    let asked = Asked::read(&request)?;
    let step = width(asked.range, bounded("buckets", request.buckets, BUCKETS_USUAL, BUCKETS_MAX)?);
    let start = floor(asked.range.start, step);
    let buckets = asked.range.end.since(start).as_nanos().div_ceil(step.as_nanos()) as usize;
    let (logs, query) = (app.logs.clone(), asked.query()?);
    let patterns = app
        .queries
        .run(move |allowance| {
            let mut miner = Miner::new(start, step, buckets);
            let look = |row: &logql::Row| miner.add(row.level, row.timestamp, &row.line);
            let counted = asked.log.stages.is_empty().then_some(asked.levels);
            let sought = Sought { query: &query, range: asked.range, counted };
            let sampled = sample::look_at(&logs, &sought, SAMPLE, allowance, look)?;
            let mut warnings = sampled.warnings;
            if miner.others() > 0 {
                warnings.push(format!("{} lines are too different from all others", miner.others()));
            }
            Ok::<_, QueryRefusal>(Patterns {
                patterns: miner.finish().into_iter().take(PATTERNS_MAX).map(pattern).collect(),
                start: start.nanos(),
                step: nanos(step),
                sampled: sampled.lines,
                one_in: sampled.one_in,
                warnings,
            })
        })
        .await??;
    Ok(Json(patterns))
}

fn pattern(mined: Mined) -> Pattern {
    Pattern {
        pattern: mined.pattern,
        level: mined.level.number(),
        lines: mined.lines,
        buckets: mined.buckets,
        example: mined.example,
    }
}
