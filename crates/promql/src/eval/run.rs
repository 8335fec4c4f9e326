//! Walks the tree. Each part is evaluated for all instants of the grid before the next.

use model::Labels;
use series::{Aggregation as SeriesAggregation, Binary as SeriesBinary, Points, Rules, Series};

use super::budget::Account;
use super::notes::Notebook;
use super::samples::{Windows, without_name, without_stale};
use super::time::{Asked, Instants};
use super::{EvalError, instants, labels};
use crate::ast::{
    Aggregation, AggregationOp, Binary, BinaryOp, Call, Expr, Node, RangeSelector, Selector, Subquery,
};
use crate::source::{Samples, Selection, Source, Wanted};

/// What a part of a query gives.
#[derive(Debug)]
pub(super) enum Part {
    Scalar(Points),
    Vector(Vec<Series>),
    Text(String),
}

pub(super) struct Run<'a, 'b, S> {
    pub(super) source: &'a S,
    pub(super) asked: Asked,
    /// Those of this part: inside a subquery other ones than the query's.
    pub(super) instants: Instants,
    pub(super) account: &'a mut Account<'b>,
    pub(super) notebook: &'a mut Notebook<'b>,
}

impl<S: Source> Run<'_, '_, S> {
    pub(super) fn part(&mut self, expr: &Expr) -> Result<Part, EvalError> {
        Ok(match &expr.node {
            Node::Number(number) => Part::Scalar(Points::constant(*number, self.instants.len)),
            Node::Text(text) => Part::Text(text.clone()),
            Node::Selector(selector) => Part::Vector(self.selector(selector, instants::Give::Value)?),
            Node::Negated(of) => self.negated(of)?,
            Node::Binary(binary) => self.binary(binary)?,
            Node::Aggregation(aggregation) => Part::Vector(self.aggregation(aggregation)?),
            Node::Call(call) => self.call(call, expr)?,
            // The parser lets windows stand in functions alone.
            Node::Range(_) | Node::Subquery(_) => Part::Vector(Vec::new()),
        })
    }

    /// A part that the parser has found to be a vector.
    pub(super) fn vector(&mut self, expr: &Expr) -> Result<Vec<Series>, EvalError> {
        match self.part(expr)? {
            Part::Vector(vector) => Ok(vector),
            _ => Ok(Vec::new()),
        }
    }

    /// A part that the parser has found to be a scalar.
    pub(super) fn scalar(&mut self, expr: &Expr) -> Result<Points, EvalError> {
        match self.part(expr)? {
            Part::Scalar(points) => Ok(points),
            _ => Ok(Points::none(self.instants.len)),
        }
    }

    /// A part that the parser has found to be a text.
    pub(super) fn text(&mut self, expr: &Expr) -> Result<String, EvalError> {
        match self.part(expr)? {
            Part::Text(text) => Ok(text),
            _ => Ok(String::new()),
        }
    }

    /// Newest sample, or its timestamp, of each series at each instant.
    pub(super) fn selector(
        &mut self,
        selector: &Selector,
        give: instants::Give,
    ) -> Result<Vec<Series>, EvalError> {
        let looks = self.asked.looks(&selector.when);
        let lookback_ms = self.account.budget.lookback.as_millis() as i64;
        let (first, last) = looks.reach(self.instants);
        let first = first.saturating_sub(lookback_ms).saturating_add(1);
        let series = self.select(selector, Wanted::Newest, first, last)?;
        let windows = Windows { series, instants: self.instants, looks, length_ms: lookback_ms };
        self.account.spend(windows.series.len() * self.instants.len)?;
        Ok(instants::newest(&windows, give))
    }

    /// The samples in the windows of a range selector or a subquery.
    pub(super) fn windows(&mut self, expr: &Expr, wanted: Wanted) -> Result<Windows, EvalError> {
        match &expr.node {
            Node::Range(range) => self.range(range, wanted),
            Node::Subquery(subquery) => self.subquery(subquery),
            _ => Ok(Windows {
                series: Vec::new(),
                instants: self.instants,
                looks: self.asked.looks(&Default::default()),
                length_ms: 0,
            }),
        }
    }

    fn range(&mut self, range: &RangeSelector, wanted: Wanted) -> Result<Windows, EvalError> {
        let length_ms = self.asked.positive_ms(&range.range)?;
        let looks = self.asked.looks(&range.of.when);
        let (first, last) = looks.reach(self.instants);
        let first = first.saturating_sub(length_ms).saturating_add(1);
        let series = self.select(&range.of, wanted, first, last)?;
        let samples = series.iter().map(|series| series.values.len()).sum();
        let series = without_stale(series, self.account.threads(samples));
        Ok(Windows { series, instants: self.instants, looks, length_ms })
    }

    fn select(
        &mut self,
        selector: &Selector,
        wanted: Wanted,
        first_ms: i64,
        last_ms: i64,
    ) -> Result<Vec<Samples>, EvalError> {
        let samples_max = self.account.left().saturating_add(1);
        let selection = Selection { matchers: selector.matchers.clone(), first_ms, last_ms, samples_max };
        let series = self.source.select_for(wanted, &selection)?;
        self.account.spend(series.iter().map(|series| series.values.len()).sum())?;
        Ok(series)
    }

    /// Evaluates a query at the multiples of its step within all windows together, and takes what it gives for
    /// samples.
    fn subquery(&mut self, subquery: &Subquery) -> Result<Windows, EvalError> {
        let length_ms = self.asked.positive_ms(&subquery.range)?;
        let step_ms = match &subquery.step {
            Some(step) => self.asked.positive_ms(step)?,
            None => self.account.budget.subquery_step.as_millis() as i64,
        };
        let looks = self.asked.looks(&subquery.when);
        let (first, last) = looks.reach(self.instants);
        let after = first.saturating_sub(length_ms);
        let first_ms = (after.div_euclid(step_ms) + 1).saturating_mul(step_ms);
        let windows = |series| Windows { series, instants: self.instants, looks, length_ms };
        if first_ms > last {
            return Ok(windows(Vec::new()));
        }
        let len = ((last - first_ms) / step_ms) as usize + 1;
        if len > self.account.left() {
            return Err(EvalError::Samples { max: self.account.budget.samples });
        }
        let instants = Instants { first_ms, step_ms, len };
        let mut inner = Run {
            source: self.source,
            asked: self.asked,
            instants,
            account: &mut *self.account,
            notebook: &mut *self.notebook,
        };
        let vector = inner.vector(&subquery.of)?;
        Ok(windows(vector.into_iter().map(|series| as_samples(series, instants)).collect()))
    }

    fn negated(&mut self, of: &Expr) -> Result<Part, EvalError> {
        Ok(match self.part(of)? {
            Part::Scalar(points) => Part::Scalar(points.map(|_, number| Some(-number))),
            Part::Vector(vector) => {
                let negated = vector.into_iter().map(|series| Series {
                    points: series.points.map(|_, number| Some(-number)),
                    labels: series.labels,
                });
                Part::Vector(series::relabel(negated.collect(), without_name)?)
            }
            text => text,
        })
    }

    fn binary(&mut self, binary: &Binary) -> Result<Part, EvalError> {
        let (left, right) = (self.part(&binary.left)?, self.part(&binary.right)?);
        self.account.spend(self.instants.len)?;
        let rules = Rules::default();
        let operator = match binary.op {
            BinaryOp::Number(operator) => operator,
            BinaryOp::Set(set) => {
                let (Part::Vector(left), Part::Vector(right)) = (left, right) else {
                    return Ok(Part::Vector(Vec::new()));
                };
                return Ok(Part::Vector(series::combine(set, &binary.matching, left, right, &rules)?));
            }
        };
        let pair =
            SeriesBinary { operator, returns_bool: binary.returns_bool, matching: binary.matching.clone() };
        Ok(match (left, right) {
            (Part::Scalar(left), Part::Scalar(right)) => {
                Part::Scalar(left.map(|index, left| Some(pair.scalars(left, right.get(index)?, &rules))))
            }
            (Part::Vector(vector), Part::Scalar(scalar)) => {
                Part::Vector(pair.with_scalar(vector, &scalar, false, &rules)?)
            }
            (Part::Scalar(scalar), Part::Vector(vector)) => {
                Part::Vector(pair.with_scalar(vector, &scalar, true, &rules)?)
            }
            (Part::Vector(left), Part::Vector(right)) => Part::Vector(pair.vectors(left, right, &rules)?),
            _ => Part::Vector(Vec::new()),
        })
    }

    fn aggregation(&mut self, aggregation: &Aggregation) -> Result<Vec<Series>, EvalError> {
        let vector = self.vector(&aggregation.of)?;
        self.account.spend(series::numbers_in(&vector))?;
        let grouping = &aggregation.grouping;
        let op = match (aggregation.op, &aggregation.parameter) {
            (AggregationOp::CountValues, Some(label)) => {
                let label = self.text(label)?;
                labels::check("count_values", &label)?;
                let text = crate::literal::write_number;
                return Ok(series::count_values(&label, text, grouping, vector, &Rules::default()));
            }
            (AggregationOp::Quantile, Some(phi)) => {
                let points = self.scalar(phi)?;
                points.iter().flatten().for_each(|value| self.notebook.quantile(value, phi.span));
                SeriesAggregation::Quantile(points)
            }
            (AggregationOp::Topk, Some(k)) => SeriesAggregation::Topk(self.count(k)?),
            (AggregationOp::Bottomk, Some(k)) => SeriesAggregation::Bottomk(self.count(k)?),
            (AggregationOp::Avg, _) => SeriesAggregation::Avg,
            (AggregationOp::Min, _) => SeriesAggregation::Min,
            (AggregationOp::Max, _) => SeriesAggregation::Max,
            (AggregationOp::Count, _) => SeriesAggregation::Count,
            (AggregationOp::Group, _) => SeriesAggregation::Group,
            (AggregationOp::Stddev, _) => SeriesAggregation::Stddev,
            (AggregationOp::Stdvar, _) => SeriesAggregation::Stdvar,
            _ => SeriesAggregation::Sum,
        };
        let mut picked = series::aggregate(&op, grouping, vector, &Rules::default());
        if self.instants.len == 1 && matches!(op, SeriesAggregation::Topk(_) | SeriesAggregation::Bottomk(_))
        {
            let descending = matches!(op, SeriesAggregation::Topk(_));
            instants::sort_within_groups(&mut picked, grouping, descending);
        }
        Ok(picked)
    }

    /// A number of series, at each instant.
    fn count(&mut self, expr: &Expr) -> Result<Points, EvalError> {
        let points = self.scalar(expr)?;
        let is_count = |value: &f64| !value.is_nan() && value.abs() < i64::MAX as f64;
        let wrong = points.iter().flatten().find(|value| !is_count(value));
        match wrong {
            Some(value) => Err(EvalError::Parameter { value }),
            None => Ok(points),
        }
    }

    fn call(&mut self, call: &Call, expr: &Expr) -> Result<Part, EvalError> {
        super::math::call(self, call, expr)
    }
}

fn as_samples(series: Series, instants: Instants) -> Samples {
    let points = series.points.iter().enumerate();
    let found = points.filter_map(|(index, number)| Some((instants.at(index), number?)));
    let (timestamps_ms, values): (Vec<i64>, Vec<f64>) = found.unzip();
    Samples { labels: series.labels, timestamps_ms: timestamps_ms.into(), values }
}

/// A series without labels.
pub(super) fn bare(points: Points) -> Series {
    Series { labels: Labels::default(), points }
}
