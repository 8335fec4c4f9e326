//! Operators between two vectors, or a vector and a number.

mod number;
mod pairs;
mod sets;

use model::Labels;

pub use number::Operator;
pub use sets::combine;

use crate::{Points, Rules, Series, SeriesError};

/// An operator between numbers, and how series find each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// What to do with two numbers.
    pub operator: Operator,
    /// Comparisons: give 0 or 1 instead of filtering.
    pub returns_bool: bool,
    /// Which series make a pair.
    pub matching: Matching,
}

/// Operators that pick series by their labels alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    /// What is on the left if there is a partner on the right.
    And,
    /// What is on the left, and what is on the right without a partner.
    Or,
    /// What is on the left without a partner on the right.
    Unless,
}

/// Which labels make a pair of two series. By default all but the name of what is measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matching {
    /// Only the listed labels, instead of all but them.
    pub on: bool,
    /// The labels.
    pub labels: Vec<String>,
    /// Whether one side may have many series for one of the other.
    pub group: Option<Group>,
}

/// The side that may have many series, and the labels that it takes over from the other side.
#[derive(Clone, Debug, PartialEq)]
pub enum Group {
    /// The left side may have many.
    Left(Vec<String>),
    /// The right side may have many.
    Right(Vec<String>),
}

impl Matching {
    /// The labels that a pair has in common.
    fn key(&self, labels: &Labels, rules: &Rules) -> Labels {
        let is_listed = |name: &str| self.labels.iter().any(|listed| listed == name);
        match self.on {
            true => labels.filter(is_listed),
            false => labels.filter(|name| !is_listed(name) && !rules.is_name(name)),
        }
    }
}

impl Binary {
    /// Between two numbers; comparisons give 0 or 1.
    pub fn scalars(&self, left: f64, right: f64, rules: &Rules) -> f64 {
        self.operator.apply(left, right, rules)
    }

    /// Between each number of a vector and the number of the same instant: `vector op scalar`, or
    /// `scalar op vector` if `scalar_first`. A comparison that filters keeps the vector's numbers.
    pub fn with_scalar(
        &self,
        vector: Vec<Series>,
        scalar: &Points,
        scalar_first: bool,
        rules: &Rules,
    ) -> Result<Vec<Series>, SeriesError> {
        let series = |series: Series| {
            let points = series.points.map(|index, own| {
                let other = scalar.get(index)?;
                let (left, right) = if scalar_first { (other, own) } else { (own, other) };
                self.kept(own, self.operator.apply(left, right, rules))
            });
            Series { labels: self.result_labels(&series.labels, rules), points }
        };
        let vector: Vec<Series> = vector.into_iter().map(series).collect();
        // Without their names series may have equal labels.
        match !rules.name_labels.is_empty() && self.drops_name() {
            true => crate::vector::merge_equal(vector),
            false => Ok(vector),
        }
    }

    /// Between the series of two vectors that belong together.
    pub fn vectors(
        &self,
        left: Vec<Series>,
        right: Vec<Series>,
        rules: &Rules,
    ) -> Result<Vec<Series>, SeriesError> {
        pairs::pairs(self, left, right, rules)
    }

    /// A comparison without `bool` is a filter: it keeps the series' own number, or nothing.
    fn kept(&self, own: f64, result: f64) -> Option<f64> {
        match self.operator.is_comparison() && !self.returns_bool {
            true => (result != 0.0).then_some(own),
            false => Some(result),
        }
    }

    fn drops_name(&self) -> bool {
        !self.operator.is_comparison() || self.returns_bool
    }

    fn result_labels(&self, labels: &Labels, rules: &Rules) -> Labels {
        match self.drops_name() {
            true => labels.filter(|name| !rules.is_name(name)),
            false => labels.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
