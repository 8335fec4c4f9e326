//! Range aggregations: lines of windows become numbers.
//!
//! What a line adds is put into the pane of time that it falls into (see [`series::Panes`]); windows are made of
//! panes in the end. Chunks are worked on by several threads, each chunk by itself; what came of them is put
//! together in the order of the chunks, so that the answer is the same however many threads there are.

mod column;
mod finder;
mod held;
mod key;
mod lines;
mod names;
mod parts;
mod sidecar;
mod tally;
mod work;

use ::series::{Grid, Grouping, Panes, Points, Series, Window};
use model::{Labels, MatchOp, Selector};

use self::column::{Column, Dense, Shape};
use self::held::{Counters, Quantiles};
use self::lines::Lines;
use self::parts::{Extreme, First, Last, Part};
use self::tally::Tally;
use self::work::Work;
use super::node::grouping;
use crate::ast::{RangeAggregation, RangeOp};
use crate::eval::EvalError;
use crate::eval::reader::Reader;
use crate::{Cell, Source};

/// A range aggregation, ready to run.
#[derive(Clone, Debug)]
pub(super) struct Range {
    selector: Selector,
    lines: Lines,
    function: Function,
    window: Window,
}

/// What the lines of a window become.
#[derive(Clone, Debug, PartialEq)]
enum Function {
    /// How many they are, or how many a second.
    Lines {
        rate: bool,
    },
    /// Their bytes.
    Bytes {
        rate: bool,
    },
    /// The sum of their numbers.
    Sum {
        rate: bool,
    },
    Mean,
    Least,
    Most,
    Variance {
        root: bool,
    },
    First,
    Last,
    Quantile(f64),
    Counter,
    /// 1 for a window without lines, with these labels.
    Absent(Labels),
}

impl Range {
    /// Prepares an aggregation; `sum` adds its series up by another grouping.
    pub(super) fn new(range: &RangeAggregation, sum: Option<Grouping>) -> Result<Self, EvalError> {
        let over = &range.over;
        let unwraps = over.unwrap.is_some();
        let selector = over.log.selector.node.clone();
        let function = match range.op {
            RangeOp::CountOverTime => Function::Lines { rate: false },
            RangeOp::Rate if unwraps => Function::Sum { rate: true },
            RangeOp::Rate => Function::Lines { rate: true },
            RangeOp::BytesOverTime => Function::Bytes { rate: false },
            RangeOp::BytesRate => Function::Bytes { rate: true },
            RangeOp::SumOverTime => Function::Sum { rate: false },
            RangeOp::AvgOverTime => Function::Mean,
            RangeOp::MinOverTime => Function::Least,
            RangeOp::MaxOverTime => Function::Most,
            RangeOp::StdvarOverTime => Function::Variance { root: false },
            RangeOp::StddevOverTime => Function::Variance { root: true },
            RangeOp::FirstOverTime => Function::First,
            RangeOp::LastOverTime => Function::Last,
            RangeOp::QuantileOverTime => Function::Quantile(range.parameter.unwrap_or(f64::NAN)),
            RangeOp::RateCounter => Function::Counter,
            RangeOp::AbsentOverTime => Function::Absent(known_labels(&selector)),
        };
        let own = range.grouping.as_ref().map(|own| grouping(Some(own)));
        let grouping = match function {
            Function::Absent(_) => Some(Grouping::default()),
            _ => sum.or(own),
        };
        let wants_line = matches!(function, Function::Bytes { .. });
        let lines = Lines::new(&over.log, over.unwrap.as_ref(), grouping, wants_line)?;
        let length = u64::try_from(over.range.as_nanos()).unwrap_or(u64::MAX);
        Ok(Self { selector, lines, function, window: Window { length, offset: over.offset } })
    }

    /// Whether a sum of its series is the same as its value for all of their lines.
    pub(super) fn adds_up(range: &RangeAggregation) -> bool {
        matches!(
            range.op,
            RangeOp::CountOverTime
                | RangeOp::Rate
                | RangeOp::BytesOverTime
                | RangeOp::BytesRate
                | RangeOp::SumOverTime
        )
    }

    /// Its series, while other parts of the query hold so many numbers.
    pub(super) fn evaluate(
        &self,
        source: &impl Source,
        grid: Grid,
        reader: &mut Reader<'_>,
        held: usize,
    ) -> Result<Vec<Series>, EvalError> {
        let panes = Panes::new(grid, self.window);
        let run = Run { range: self, panes, instants: grid.len(), held };
        match &self.function {
            Function::Lines { rate } => {
                run.dense(source, reader, *rate, Some(|cell| cell.lines), |lines: &u64| *lines as f64)
            }
            Function::Bytes { rate } => {
                let of_cell = |cell: &Cell| parts::Sum { count: cell.lines, sum: cell.bytes as f64 };
                run.dense(source, reader, *rate, Some(of_cell), |bytes: &parts::Sum| bytes.sum)
            }
            Function::Sum { rate } => run.dense(source, reader, *rate, None, |sum: &parts::Sum| sum.sum),
            Function::Mean => run.dense(source, reader, false, None, |mean: &::series::Mean| mean.mean),
            Function::Least => {
                run.dense(source, reader, false, None, |least: &Extreme<false>| least.number())
            }
            Function::Most => run.dense(source, reader, false, None, |most: &Extreme<true>| most.number()),
            Function::Variance { root } => {
                let number = |variance: &::series::Variance| match root {
                    true => variance.value().sqrt(),
                    false => variance.value(),
                };
                run.dense(source, reader, false, None, number)
            }
            Function::First => run.dense(source, reader, false, None, |first: &First| first.number()),
            Function::Last => run.dense(source, reader, false, None, |last: &Last| last.number()),
            Function::Quantile(phi) => {
                run.columns::<Quantiles>(source, reader, None, |column, shape| column.points(shape, *phi))
            }
            Function::Counter => {
                run.columns::<Counters>(source, reader, None, |column, shape| column.points(shape))
            }
            Function::Absent(labels) => {
                let present = run.dense(source, reader, false, Some(|cell| cell.lines), |_: &u64| 1.0)?;
                let is_present = |index| present.iter().any(|line| line.points.has(index));
                let points = Points::from_fn(grid.len(), |index| (!is_present(index)).then_some(1.0));
                Ok(vec![Series { labels: labels.clone(), points }])
            }
        }
    }
}

struct Run<'a> {
    range: &'a Range,
    panes: Panes,
    instants: usize,
    held: usize,
}

impl Run<'_> {
    /// For parts that can be put together pane by pane; a part becomes a number in the end.
    fn dense<P: Part>(
        &self,
        source: &impl Source,
        reader: &mut Reader<'_>,
        rate: bool,
        of_cell: Option<fn(&Cell) -> P>,
        number: impl Fn(&P) -> f64,
    ) -> Result<Vec<Series>, EvalError> {
        let seconds = if rate { self.range.window.length as f64 / 1e9 } else { 1.0 };
        let finish = |column: Dense<P>, shape: &Shape| column.points(shape, |part| number(part) / seconds);
        self.columns(source, reader, of_cell, finish)
    }

    fn columns<C: Column>(
        &self,
        source: &impl Source,
        reader: &mut Reader<'_>,
        of_cell: Option<fn(&Cell) -> C::Part>,
        finish: impl Fn(C, &Shape) -> Points,
    ) -> Result<Vec<Series>, EvalError> {
        let shape = Shape { panes: self.panes, instants: self.instants, window: self.range.window };
        let mut tally: Tally<C> = Tally::new(shape, reader.budget.numbers, self.held);
        Work { range: self.range, panes: self.panes, of_cell }.run(source, reader, &mut tally)?;
        Ok(tally.finish(&self.range.lines, |column| finish(column, &shape)))
    }
}

/// What is known of lines that are not there: labels that the selector asks for by their value.
fn known_labels(selector: &Selector) -> Labels {
    let matchers = &selector.0;
    let only_once = |name: &str| matchers.iter().filter(|matcher| matcher.name() == name).count() == 1;
    let known = matchers.iter().filter(|matcher| matcher.op() == MatchOp::Equal && only_once(matcher.name()));
    Labels::from_pairs(known.map(|matcher| (matcher.name(), matcher.value())))
}
