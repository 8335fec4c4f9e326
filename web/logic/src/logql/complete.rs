//! What fits at the place where somebody types: labels in the selector, their values, stages and fields behind
//! `|`, functions elsewhere. [`completion`] finds the place, [`candidates`] what to offer there.

mod offer;
mod place;
#[cfg(test)]
mod tests;

pub use offer::candidates;
pub use place::completion;

/// A place in the query where something can be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that a candidate replaces.
    pub span: (usize, usize),
    /// What is there of it already, without quotes.
    pub prefix: String,
    /// What fits.
    pub wanted: Wanted,
    /// The selector that narrows it down, as far as it is complete; `None`: that of the page's own choices.
    pub selector: Option<String>,
    /// Parsers that stand before the place.
    pub parsers: Vec<String>,
    /// What follows the place.
    pub next: Option<char>,
}

/// What fits at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A label, in the selector.
    Label,
    /// A value of a label or a field.
    Value {
        /// Whose.
        name: String,
    },
    /// A stage, or a field for a condition.
    Stage,
    /// A field.
    Field,
    /// A function.
    Function,
    /// How long a range is.
    Range,
}
