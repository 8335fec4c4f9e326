//! Tables of queries in `testdata/parse`, trees that survive their text, and the queries of other projects.

pub(crate) mod conformance;
mod generated;
mod tables;
