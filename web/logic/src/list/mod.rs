//! The list of lines: pages that come by cursor from the server, of which only what is near is kept, and of
//! which only what is seen is drawn. Time runs downwards.
//!
//! Lines are added at both ends. Heights are known without measuring: a row has a fixed height, a broken line
//! as many lines as its characters need, an unfolded one what its details report.

mod page;
mod sheet;

#[cfg(test)]
pub(crate) mod tests;

pub use page::{Metrics, PageKey, Step};
pub use sheet::{Anchor, Placed, Sheet, Want};
