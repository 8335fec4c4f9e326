//! Why a template was not read or not rendered.

/// What is wrong with a template, in Go's words, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template: {name}:{line}: {message}")]
pub struct ParseError {
    /// The template's name.
    pub name: String,
    /// Counted from 1.
    pub line: usize,
    /// Bytes from the template's start.
    pub at: usize,
    /// What is wrong.
    pub message: String,
}

/// Why a template could not be rendered, in Go's words: `template: line:1:2: executing "line" at <.x>: …`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RenderError(pub(crate) Box<str>);
