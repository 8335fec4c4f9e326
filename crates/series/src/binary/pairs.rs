//! Finds the pairs of two vectors and what the operator makes of each.
//!
//! Groups of series that may belong together are found once. Inside a group it is decided for each instant who has
//! a number there: two series of one group may well take turns.

use std::collections::BTreeMap;

use model::Labels;

use super::{Binary, Group};
use crate::{Points, Rules, Series, SeriesError};

/// No series.
const NOBODY: u32 = u32::MAX;

pub(super) fn pairs(
    binary: &Binary,
    left: Vec<Series>,
    right: Vec<Series>,
    rules: &Rules,
) -> Result<Vec<Series>, SeriesError> {
    let swapped = matches!(binary.matching.group, Some(Group::Right(_)));
    let (many, one) = if swapped { (right, left) } else { (left, right) };
    let sides = Sides { binary, rules, swapped };
    let mut groups: BTreeMap<Labels, Members> = BTreeMap::new();
    for series in one {
        let key = binary.matching.key(&series.labels, rules);
        groups.entry(key).or_default().one.push(series);
    }
    for series in many {
        let key = binary.matching.key(&series.labels, rules);
        groups.entry(key).or_default().many.push(series);
    }
    let mut results = Results::default();
    for (key, members) in &groups {
        sides.group(key, members, &mut results)?;
    }
    Ok(results.0.into_iter().map(|(labels, points)| Series { labels, points }).collect())
}

/// Series with equal labels to match by.
#[derive(Default)]
struct Members {
    /// Those that look for a partner.
    many: Vec<Series>,
    /// The partners, of which there must be one at a time.
    one: Vec<Series>,
}

struct Sides<'a> {
    binary: &'a Binary,
    rules: &'a Rules,
    /// The right side may have many.
    swapped: bool,
}

#[derive(Default)]
struct Results(BTreeMap<Labels, Points>);

impl Sides<'_> {
    fn group(&self, key: &Labels, members: &Members, results: &mut Results) -> Result<(), SeriesError> {
        let Some(first) = members.one.first() else { return Ok(()) };
        let partners = self.partners(key, members, first.points.len())?;
        let one_to_one = self.binary.matching.group.is_none();
        let mut taken = vec![false; if one_to_one { partners.len() } else { 0 }];
        for series in &members.many {
            for (place, partner) in members.one.iter().enumerate() {
                let is_partner = |index: usize| partners[index] == place as u32;
                if one_to_one {
                    take_partners(series, is_partner, &mut taken)?;
                }
                let points = series.points.clone().map(|index, own| {
                    partner.points.get(index).filter(|_| is_partner(index)).and_then(|n| self.number(own, n))
                });
                results.add(self.labels(&series.labels, &partner.labels), points)?;
            }
        }
        Ok(())
    }

    /// Which series is the partner at each instant.
    fn partners(&self, key: &Labels, members: &Members, len: usize) -> Result<Vec<u32>, SeriesError> {
        let mut partners = vec![NOBODY; len];
        for (place, series) in members.one.iter().enumerate() {
            for (partner, number) in partners.iter_mut().zip(series.points.iter()) {
                if number.is_none() {
                    continue;
                }
                if *partner != NOBODY {
                    return Err(SeriesError::ManyToMany {
                        group: key.clone(),
                        side: if self.swapped { "left" } else { "right" },
                        first: members.one[*partner as usize].labels.clone(),
                        second: series.labels.clone(),
                    });
                }
                *partner = place as u32;
            }
        }
        Ok(partners)
    }

    fn number(&self, many: f64, one: f64) -> Option<f64> {
        let (left, right) = if self.swapped { (one, many) } else { (many, one) };
        self.binary.kept(left, self.binary.operator.apply(left, right, self.rules))
    }

    fn labels(&self, many: &Labels, one: &Labels) -> Labels {
        let own = self.binary.result_labels(many, self.rules);
        let included = match &self.binary.matching.group {
            Some(Group::Left(included) | Group::Right(included)) => included,
            None => return self.one_to_one_labels(&own),
        };
        included.iter().fold(own, |labels, name| match one.get(name) {
            Some(value) => labels.with(name, value),
            None => labels.filter(|other| other != name),
        })
    }

    /// Only what the two have in common.
    fn one_to_one_labels(&self, labels: &Labels) -> Labels {
        let matching = &self.binary.matching;
        labels.filter(|name| matching.labels.iter().any(|listed| listed == name) == matching.on)
    }
}

/// Marks the instants at which the series has a partner; none may be marked before.
fn take_partners(
    series: &Series,
    is_partner: impl Fn(usize) -> bool,
    taken: &mut [bool],
) -> Result<(), SeriesError> {
    for (index, number) in series.points.iter().enumerate() {
        if number.is_some() && is_partner(index) && std::mem::replace(&mut taken[index], true) {
            return Err(SeriesError::ManyToOne);
        }
    }
    Ok(())
}

impl Results {
    fn add(&mut self, labels: Labels, points: Points) -> Result<(), SeriesError> {
        let Some(earlier) = self.0.get_mut(&labels) else {
            self.0.insert(labels, points);
            return Ok(());
        };
        match earlier.fill(&points) {
            true => Ok(()),
            false => Err(SeriesError::NotUnique),
        }
    }
}
