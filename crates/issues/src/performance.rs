//! Performance: what is done again and again, and how long it takes.
//!
//! ```text
//! transaction ─────────────┐          ┌─► performance_hour: counts, a histogram, time by operation of spans
//!                          ├─► apply ─┤
//! spans ─► segments ───────┘          └─► performance_example: the slowest and the first failed ones, whole
//! ```
//!
//! What is counted is kept by name, operation, method, environment and hour, and can be added up over any of them;
//! quantiles are exact to 5 %. Newer SDKs send containers of spans: a root in there is what would be a transaction.
//! Names without bound (addresses with ids in them) end in [`OTHERS`].

mod examples;
mod expiry;
mod handle;
mod hints;
mod histogram;
mod names;
mod operations;
mod orphans;
mod own_time;
mod segments;
#[cfg(test)]
mod tests;
mod waterfall;
mod write;

pub use examples::{Example, ExampleRow, example, examples, examples_of_trace};
pub(crate) use expiry::expire;
pub use hints::Hint;
pub use names::{
    Name, NameRow, Names, Operation, Quantiles, Selection, Sort, Window, by_kind, environments, name, names,
};
pub use waterfall::Step;
pub(crate) use write::{apply, apply_spans};

/// The name of all transactions whose names are too many.
pub const OTHERS: &str = "<others>";

const HOUR_MS: i64 = 3_600_000;

/// Reads what is stored of an hour, for the fuzz targets.
#[cfg(any(fuzzing, test))]
pub(crate) fn read_hour(bytes: &[u8]) {
    let histogram = histogram::Histogram::read(bytes);
    assert_eq!(histogram::Histogram::read(&histogram.bytes()), histogram);
    histogram.quantile_ms(0.5);
    operations::Operations::read(bytes).by_time();
}

/// Draws a transaction and looks for what could be better, for the fuzz targets.
#[cfg(any(fuzzing, test))]
pub(crate) fn look_at(transaction: &event::items::Transaction) {
    assert_eq!(waterfall::waterfall(transaction).len(), transaction.spans.len() + 1);
    assert!(own_time::own_times_ms(transaction).iter().all(|ms| *ms >= 0.0));
    hints::hints(transaction);
}
