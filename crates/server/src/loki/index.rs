//! `index/stats`, `index/volume` and `index/volume_range`: how much there is, from the counts that the store
//! keeps. To the minute: a minute counts where it begins.

mod tally;
mod volume;

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use model::TimeRange;
use serde::Serialize;

use super::Loki;
use super::answer::{LokiFault, Volumes, success};
use super::labels::selector;
use super::params::{Params, step_of};
use tally::{Counted, Cut, count};
use volume::Grouping;

/// Without a start: so far back.
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 5000;
/// Points of each series.
const STEPS_MAX: usize = 11_000;

#[derive(Serialize)]
struct Stats {
    streams: u64,
    chunks: u64,
    entries: u64,
    bytes: u64,
}

/// `index/stats`: `{"streams":…,"chunks":…,"entries":…,"bytes":…}`, without an envelope.
pub(super) async fn stats(State(loki): State<Loki>, params: Params) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let counted = loki.counted(&params, range, Cut::whole(range)).await?;
    let bytes = |counted: &Counted| counted.bytes.iter().sum::<u64>();
    Ok(Json(Stats {
        streams: counted.len() as u64,
        chunks: counted.iter().map(|counted| counted.chunks).sum(),
        entries: counted.iter().map(|counted| counted.lines).sum(),
        bytes: counted.iter().map(bytes).sum(),
    })
    .into_response())
}

/// `index/volume`: bytes of groups of streams, most first.
pub(super) async fn volume(State(loki): State<Loki>, params: Params) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let grouping = Grouping::read(&params)?;
    let limit = params.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let groups = grouping.group(loki.counted(&params, range, Cut::whole(range)).await?, limit);
    let samples = groups.into_iter().map(|(labels, bytes)| (labels, bytes.iter().sum())).collect();
    Ok(success(Volumes::at(range.end, samples), Vec::new()))
}

/// `index/volume_range`: the same for each step.
pub(super) async fn volume_range(State(loki): State<Loki>, params: Params) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let grouping = Grouping::read(&params)?;
    let limit = params.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let cut = Cut::steps(range, step_of(&params, range)?);
    if cut.len > STEPS_MAX {
        return Err(LokiFault::bad_request(format!(
            "exceeded maximum resolution of {STEPS_MAX} points per timeseries. Try increasing the value of the step parameter"
        )));
    }
    let groups = grouping.group(loki.counted(&params, range, cut).await?, limit);
    let series = groups.into_iter().map(|(labels, bytes)| {
        let points = bytes.into_iter().enumerate().filter(|(_, bytes)| *bytes > 0);
        (labels, points.map(|(index, bytes)| (cut.at(index), bytes)).collect())
    });
    Ok(success(Volumes::over(series.collect()), Vec::new()))
}

impl Loki {
    async fn counted(&self, params: &Params, range: TimeRange, cut: Cut) -> Result<Vec<Counted>, LokiFault> {
        let (selector, logs) = (selector(params.get("query"))?, self.logs.clone());
        let counted = self.queries.run(move |a| count(&logs, selector, range, cut, a)).await?;
        counted.map_err(LokiFault::from)
    }
}

#[cfg(test)]
mod tests;
