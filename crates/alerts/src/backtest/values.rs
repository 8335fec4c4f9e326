//! What a condition measured, for a graph: of all series the worst, at a few hundred instants.

use super::Points;
use crate::rule::Comparison;
use crate::senses::Grid;

/// A graph has no more pixels.
const VALUES_MAX: i64 = 600;

/// The worst value at each of a number of instants, and how far apart they are.
pub(super) fn worst(points: &Points, grid: Grid, comparison: Option<&Comparison>) -> (Vec<Option<f64>>, i64) {
    let instants = (grid.last.millis() - grid.first.millis()) / grid.step_ms + 1;
    let step_ms = grid.step_ms * ((instants + VALUES_MAX - 1) / VALUES_MAX).max(1);
    let count = usize::try_from((grid.last.millis() - grid.first.millis()) / step_ms + 1).unwrap_or(0);
    let is_low = comparison.is_some_and(|comparison| comparison.op.starts_with('<'));
    let mut values: Vec<Option<f64>> = vec![None; count];
    for (at_ms, value) in points.values().flatten() {
        let index = usize::try_from((at_ms - grid.first.millis()) / step_ms).unwrap_or(usize::MAX);
        let Some(slot) = values.get_mut(index).filter(|_| value.is_finite()) else { continue };
        let worse = |known: f64| if is_low { known.min(*value) } else { known.max(*value) };
        *slot = Some(slot.map_or(*value, worse));
    }
    (values, step_ms)
}
