//! What happened to containers: the engine's events as they come, and as entries of the stream `event`.

mod parse;
mod tell;

pub(crate) use parse::{Action, Event, PATH_FILTER};
pub(crate) use tell::Happening;

#[cfg(test)]
mod tests;
