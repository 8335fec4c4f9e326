//! `and`, `or`, `unless`: which series stay, by whether they have a partner.

use std::collections::HashMap;

use model::Labels;

use super::{Matching, SetOperator};
use crate::vector::merge_equal;
use crate::{Rules, Series, SeriesError};

/// Picks series of two vectors. At each instant those series are partners that have a number there.
pub fn combine(
    operator: SetOperator,
    matching: &Matching,
    left: Vec<Series>,
    right: Vec<Series>,
    rules: &Rules,
) -> Result<Vec<Series>, SeriesError> {
    let sides = Sides { matching, rules };
    Ok(match operator {
        SetOperator::And => sides.keep(left, &sides.presence(&right), true),
        SetOperator::Unless => sides.keep(left, &sides.presence(&right), false),
        SetOperator::Or => {
            let rest = sides.keep(right, &sides.presence(&left), false);
            return merge_equal(left.into_iter().chain(rest).collect());
        }
    })
}

/// At which instants there is a series, for each set of labels that partners have in common.
type Presence = HashMap<Labels, Vec<bool>>;

struct Sides<'a> {
    matching: &'a Matching,
    rules: &'a Rules,
}

impl Sides<'_> {
    fn presence(&self, vector: &[Series]) -> Presence {
        let mut presence = Presence::new();
        for series in vector {
            let key = self.matching.key(&series.labels, self.rules);
            let there = presence.entry(key).or_insert_with(|| vec![false; series.points.len()]);
            for (there, number) in there.iter_mut().zip(series.points.iter()) {
                *there |= number.is_some();
            }
        }
        presence
    }

    /// The numbers that have a partner, or those that have none.
    fn keep(&self, vector: Vec<Series>, partners: &Presence, with_partner: bool) -> Vec<Series> {
        let kept = |series: Series| match partners.get(&self.matching.key(&series.labels, self.rules)) {
            Some(there) => {
                let points = series.points.keep(|index| there[index] == with_partner);
                Some(Series { points, ..series })
            }
            None => (!with_partner).then_some(series),
        };
        vector.into_iter().filter_map(kept).collect()
    }
}
