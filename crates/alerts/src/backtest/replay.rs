//! Goes over what an expression gave with the machine that makes alerts.

use std::collections::BTreeMap;

use model::Labels;

use super::Points;
use crate::Observed;
use crate::config::policy::Flapping;
use crate::evaluate::{Plan, Until};
use crate::machine::{Alert, Conditions, Turn};
use crate::senses::Grid;
use crate::shown::{Fired, State};

/// When the rule would have fired, of each series.
pub(super) fn replay(
    plan: &Plan,
    flapping: Flapping,
    grid: Grid,
    holds: &Points,
    until: &Points,
) -> Vec<Fired> {
    // Between two instants of the grid nothing was missed.
    let conditions = Conditions { interval_ms: grid.step_ms, ..Conditions::of(&plan.rule) };
    let no_points = BTreeMap::new();
    let mut fired = Vec::new();
    for (labels, points) in holds {
        let mut one = One {
            alert: Alert::new(&plan.rule.name, labels.clone(), plan.rule.tier, grid.first.millis()),
            begun: None,
            fired: &mut fired,
        };
        let until = until.get(labels).unwrap_or(&no_points);
        let mut at_ms = grid.first.millis();
        while at_ms <= grid.last.millis() {
            let seen = observed(plan, points.get(&at_ms), until.get(&at_ms));
            if seen.is_some() || one.alert.state().is_some() {
                let turn = one.alert.observe(&conditions, &flapping, seen.as_ref(), at_ms);
                one.turned(turn, &seen, at_ms);
            }
            at_ms += grid.step_ms;
        }
        one.end(grid.last.millis(), labels);
    }
    fired
}

fn observed(plan: &Plan, holds: Option<&f64>, until: Option<&f64>) -> Option<Observed> {
    match (holds, &plan.until, until) {
        (Some(value), _, _) => Some(Observed::Value(*value)),
        (None, Until::While(_), Some(value)) => Some(Observed::Held(*value)),
        (None, Until::Gives(_), None) => Some(Observed::Held(f64::NAN)),
        _ => None,
    }
}

/// One series on its way through time.
struct One<'f> {
    alert: Alert,
    /// Since when it fires, and the values since then.
    begun: Option<(i64, Option<f64>)>,
    fired: &'f mut Vec<Fired>,
}

impl One<'_> {
    fn turned(&mut self, turn: Option<Turn>, seen: &Option<Observed>, at_ms: i64) {
        let is_on = self.alert.state().is_some_and(State::is_on);
        if is_on && self.begun.is_none() {
            self.begun = Some((at_ms, None));
        }
        if let (Some((_, peak)), Some(Observed::Value(value))) = (&mut self.begun, seen) {
            *peak = Some(peak.map_or(*value, |peak| farther(peak, *value)));
        }
        if turn.is_some() && !is_on {
            let labels = self.alert.labels.clone();
            self.end(at_ms, &labels);
        }
    }

    fn end(&mut self, at_ms: i64, labels: &Labels) {
        if let Some((from_ms, peak)) = self.begun.take() {
            self.fired.push(Fired { from_ms, to_ms: at_ms, labels: labels.clone(), peak });
        }
    }
}

/// The one that is farther from zero.
fn farther(one: f64, other: f64) -> f64 {
    if other.abs() > one.abs() { other } else { one }
}
