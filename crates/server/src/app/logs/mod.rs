//! Lines for the page: pages of them, their counts over time and by label, what stands around one, what they
//! are made of, and what helps to write a query.

mod check;
mod context;
mod download;
mod facets;
mod fields;
mod histogram;
mod marks;
mod names;
mod numbers;
mod patterns;
mod query;
mod request;
mod rows;

pub(super) use check::check;
pub(super) use context::context;
pub(super) use download::download;
pub(super) use facets::facets;
pub(super) use fields::fields;
pub(super) use histogram::histogram;
pub(super) use marks::{mark, marks};
pub(super) use names::{names, values};
pub(super) use numbers::numbers;
pub(super) use patterns::patterns;
pub(super) use query::query;
pub(super) use request::{bounded, log_query};
pub(super) use rows::page;

#[cfg(test)]
mod tests;
