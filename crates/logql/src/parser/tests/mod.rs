//! Tables of queries in `testdata/parse`, trees that survive their text, and the queries of other projects.

mod conformance;
mod generated;
mod tables;
