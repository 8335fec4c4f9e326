//! Answers queries over a [`Source`](crate::Source): every part of the tree over the whole grid of instants at once.

mod budget;
mod calendar;
mod classic;
mod error;
mod instants;
mod labels;
mod math;
mod notes;
mod over_time;
mod query;
mod rate;
mod run;
mod samples;
mod time;

pub use budget::Budget;
pub use error::EvalError;
pub use notes::{Note, Notes};
pub use query::{Answer, Query, Value};
