//! Issues and their events: queries while they are written, what is done with issues, which frames of a stack are
//! seen at once, what is said of it all, and an event as Markdown.

pub mod change;
mod markdown;
pub mod query;
pub mod stack;
pub mod words;

pub use markdown::markdown;
