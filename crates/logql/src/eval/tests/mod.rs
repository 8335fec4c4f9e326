//! Scripts in `testdata/eval`, and answers compared with those of a naive model.

mod conformance;
mod language;
mod line_filters;
mod memory;
mod model;
mod script;
mod windows;
