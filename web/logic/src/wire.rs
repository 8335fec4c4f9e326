//! The API's types from JSON, and the few that are sent to JSON.
//!
//! A text becomes a tree that borrows from it, and the types take out of the tree what they need: a line for each
//! type. The usual way with derived code makes several functions for each type and would be a tenth of all that a
//! browser loads before it shows anything. `wire/tests.rs` holds this against the server's own JSON.
//!
//! A member that is not known is left, and one that is not there counts as empty, so that a page and a server of
//! different versions get along until the page is loaded anew.

mod reader;
#[cfg(test)]
mod tests;
mod types;

pub use reader::{Fault, Read, Value};

use reader::Reader;

/// Reads a whole text.
///
/// # Errors
/// Where the text is no JSON.
pub fn read<T: Read>(text: &str) -> Result<T, Fault> {
    tree(text).map(|value| T::of(&value))
}

/// A whole text as a tree.
///
/// # Errors
/// Where the text is no JSON.
pub fn tree(text: &str) -> Result<Value<'_>, Fault> {
    Reader::new(text).whole()
}

/// A JSON object, written member by member.
#[derive(Clone, Debug, Default)]
pub struct Object(String);

impl Object {
    /// With a text.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        quote(value, &mut self.0);
        self
    }

    /// With a list of texts.
    #[must_use]
    pub fn list(mut self, name: &str, values: &[&str]) -> Self {
        self.name(name);
        self.0.push('[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            quote(value, &mut self.0);
        }
        self.0.push(']');
        self
    }

    /// With something that is JSON already.
    #[must_use]
    pub fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.0.push_str(json);
        self
    }

    fn name(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        quote(name, &mut self.0);
        self.0.push(':');
    }

    /// As JSON.
    pub fn end(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }
}

fn quote(value: &str, into: &mut String) {
    into.push('"');
    for character in value.chars() {
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            control if control.is_control() && control.is_ascii() => {
                into.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => into.push(other),
        }
    }
    into.push('"');
}
