//! Back-tests: what a rule would have done on stored history. Its expression is asked for over a grid of instants, and the
//! same machine that makes alerts goes over the answer.

mod replay;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Ordered as _;
use model::{Labels, Timestamp};

use crate::config::policy::Flapping;
use crate::evaluate::{NEWS_MS, Plan, Until, is_about};
use crate::rule::{IssueRule, Rule, Source};
use crate::senses::{Grid, Senses, Series};
use crate::shown::{Backtest, Fired};

const DAY_MS: i64 = 86_400_000;
/// Instants of a back-test; a week at one a minute.
const INSTANTS_MAX: i64 = 11_000;
/// More series are left off, and it is said so.
const SERIES_MAX: usize = 200;
/// More times are left off, and it is said so.
const FIRED_MAX: usize = 500;

/// What a series gave, by instant.
pub(crate) type Points = BTreeMap<Labels, BTreeMap<i64, f64>>;

/// Tries a rule on the last `days`. `Err`: it cannot be asked for, with the reason.
pub(crate) async fn backtest(
    senses: &dyn Senses,
    rule: Arc<Rule>,
    flapping: Flapping,
    now: Timestamp,
    days: u32,
) -> Result<Backtest, String> {
    let plan = Plan::of(rule);
    let grid = grid(&plan.rule, now, days);
    match &plan.source {
        Source::Promql(_) | Source::Logql(_) => of_query(senses, &plan, flapping, grid).await,
        Source::Issue(rule @ (IssueRule::New | IssueRule::Regressed | IssueRule::Escalating)) => {
            of_issues(senses, &plan.rule, rule, grid).await
        }
        _ => Ok(Backtest {
            notes: vec!["what this rule looks at is not kept, so it cannot be tried on the past".to_owned()],
            ..empty(grid)
        }),
    }
}

/// At the rule's interval, but not at more instants than can be looked at.
fn grid(rule: &Rule, now: Timestamp, days: u32) -> Grid {
    let length_ms = i64::from(days.max(1)) * DAY_MS;
    let least_ms = (length_ms / INSTANTS_MAX + 999) / 1000 * 1000;
    let step_ms = rule.interval_ms.max(least_ms).max(1000);
    let last_ms = now.millis() / step_ms * step_ms;
    Grid {
        first: Timestamp::from_millis(last_ms - length_ms),
        last: Timestamp::from_millis(last_ms),
        step_ms,
    }
}

fn empty(grid: Grid) -> Backtest {
    Backtest {
        first_ms: grid.first.millis(),
        last_ms: grid.last.millis(),
        step_ms: grid.step_ms,
        ..Backtest::default()
    }
}

async fn of_query(
    senses: &dyn Senses,
    plan: &Plan,
    flapping: Flapping,
    grid: Grid,
) -> Result<Backtest, String> {
    let mut notes = Vec::new();
    let holds = points(senses, &plan.source, grid, &mut notes).await?;
    let until = match &plan.until {
        Until::NoLonger => Points::new(),
        Until::While(source) | Until::Gives(source) => points(senses, source, grid, &mut notes).await?,
    };
    let measured = match plan.measured() {
        Some(source) => points(senses, &source, grid, &mut Vec::new()).await.unwrap_or_default(),
        None => Points::new(),
    };
    let shown = if measured.is_empty() { &holds } else { &measured };
    let (values, values_step_ms) = values::worst(shown, grid, plan.comparison.as_ref());
    let mut fired = replay::replay(plan, flapping, grid, &holds, &until);
    fired.order_by_key(|fired| fired.from_ms);
    if fired.len() > FIRED_MAX {
        notes.push(format!("it would have fired {} times; the last {FIRED_MAX} are shown", fired.len()));
        fired.drain(..fired.len() - FIRED_MAX);
    }
    if grid.step_ms > plan.rule.interval_ms {
        let step = model::format_duration(std::time::Duration::from_millis(grid.step_ms.unsigned_abs()));
        notes.push(format!("it was tried every {step}; what is shorter was not seen"));
    }
    Ok(Backtest {
        step_ms: values_step_ms,
        fired,
        values,
        threshold: plan.comparison.as_ref().map(|comparison| comparison.number),
        notes,
        ..empty(grid)
    })
}

/// Asks for a day at a time, so that no answer is too large.
async fn points(
    senses: &dyn Senses,
    source: &Source,
    grid: Grid,
    notes: &mut Vec<String>,
) -> Result<Points, String> {
    let mut points = Points::new();
    let mut left_off = false;
    let steps_of_day = (DAY_MS / grid.step_ms).max(1);
    let mut first_ms = grid.first.millis();
    while first_ms <= grid.last.millis() {
        let last_ms = (first_ms + (steps_of_day - 1) * grid.step_ms).min(grid.last.millis());
        let day = Grid {
            first: Timestamp::from_millis(first_ms),
            last: Timestamp::from_millis(last_ms),
            step_ms: grid.step_ms,
        };
        for series in ask(senses, source, day).await? {
            let labels = series.labels.filter(|name| name != "__name__");
            if points.len() >= SERIES_MAX && !points.contains_key(&labels) {
                left_off = true;
                continue;
            }
            points.entry(labels).or_default().extend(series.points);
        }
        first_ms = last_ms + grid.step_ms;
    }
    if left_off {
        notes.push(format!("there are more than {SERIES_MAX} series; the others were left off"));
    }
    Ok(points)
}

async fn ask(senses: &dyn Senses, source: &Source, grid: Grid) -> Result<Vec<Series>, String> {
    match source {
        Source::Promql(text) => senses.promql_range(text, grid).await,
        Source::Logql(text) => senses.logql_range(text, grid).await,
        _ => Ok(Vec::new()),
    }
}

async fn of_issues(
    senses: &dyn Senses,
    rule: &Rule,
    about: &IssueRule,
    grid: Grid,
) -> Result<Backtest, String> {
    let news = senses.issues(grid.first, grid.last).await?;
    let fired = news.iter().filter(|news| is_about(about, news.turn)).map(|news| Fired {
        from_ms: news.at_ms,
        to_ms: (news.at_ms + NEWS_MS + rule.keep_firing_for_ms).min(grid.last.millis()),
        labels: Labels::from_pairs([("issue", news.short_id.as_str()), ("project", &news.project)]),
        peak: None,
    });
    let fired: Vec<Fired> = fired.take(FIRED_MAX).collect();
    let mut notes = Vec::new();
    if !matches!(about, IssueRule::New) {
        notes.push("of each issue only the last time is known".to_owned());
    }
    Ok(Backtest { fired, notes, ..empty(grid) })
}

#[cfg(test)]
mod tests;
