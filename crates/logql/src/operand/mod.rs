//! What the texts of a query mean: regular expressions, patterns, addresses, paths. Each is read once, while
//! parsing, and is then ready to run.

mod ip;
mod json_path;
mod pattern;
mod regexp;
mod required;

pub use ip::IpMatch;
pub use json_path::{JsonPath, JsonStep};
pub use pattern::{CapturePattern, LinePattern};
pub use regexp::Regexp;
pub(crate) use required::Required;

#[cfg(test)]
mod tests;
