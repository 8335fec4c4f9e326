//! Metrics for the page: numbers over time and at an instant, and what helps to write a query.

mod names;
mod numbers;

pub(super) use names::{about, labels, names};
pub(super) use numbers::{check, numbers, table};

#[cfg(test)]
mod tests;
