//! PromQL while it is typed: what fits at the cursor, and the unit that a query's numbers are likely in.

mod complete;
mod guess;
mod scope;
mod series_table;
#[cfg(test)]
mod tests;
mod words;

pub use complete::{Completion, Known, Wanted, candidates, completion};
pub use guess::unit;
pub use scope::marks_selector;
pub use series_table::{SeriesTable, series_table};
