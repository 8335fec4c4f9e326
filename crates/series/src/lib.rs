//! Series of numbers over a grid of instants: grouping, aggregation, matching; what LogQL and PromQL share.
//!
//! A language evaluates a query over its whole [`Grid`] at once. Each part of it gives a vector: a list of
//! [`Series`], each of them labels and [`Points`], which hold a number or nothing for each instant. [`aggregate`]
//! makes fewer series of many, [`Binary`] puts two vectors side by side, [`Panes`] and [`slide`] make the numbers of
//! sliding windows without looking at anything twice; [`share_out`] has several threads do it. Labels are compared and grouped once for each series, never
//! for each point. Where the languages differ, [`Rules`] say which way to go.
//!
//! ```
//! use model::Labels;
//! use series::{Aggregation, Grouping, Points, Rules, Series, aggregate};
//!
//! let web = Series { labels: Labels::from_pairs([("service", "web")]), points: Points::constant(2.0, 3) };
//! let total = aggregate(&Aggregation::Sum, &Grouping::default(), vec![web.clone(), web], &Rules::default());
//! assert_eq!(total[0].points.get(0), Some(4.0));
//! ```

#![forbid(unsafe_code)]

mod aggregate;
mod binary;
mod error;
mod grid;
mod grouping;
mod mean;
mod points;
mod relabel;
mod rules;
mod share;
mod vector;
mod windows;

pub use aggregate::{Aggregation, aggregate, count_values, quantile};
pub use binary::{Binary, Group, Matching, Operator, SetOperator, combine};
pub use error::SeriesError;
pub use grid::{Grid, GridError};
pub use grouping::Grouping;
pub use mean::{Compensated, Mean, Variance};
pub use points::Points;
pub use relabel::relabel;
pub use rules::Rules;
pub use share::share_out;
pub use vector::{Series, numbers_in, sort_by_labels, sort_by_value};
pub use windows::{Panes, Partial, Window, slide};
