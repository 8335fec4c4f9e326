//! Lines for the page: pages of them, their counts over time and by label, and what stands around one.

mod context;
mod facets;
mod histogram;
mod query;
mod request;
mod rows;

pub(super) use context::context;
pub(super) use facets::facets;
pub(super) use histogram::histogram;
pub(super) use query::query;
pub(super) use request::{QueryRefusal, log_query};
pub(super) use rows::page;

#[cfg(test)]
mod tests;
