//! The literals of the language: how each is read and how it is written.

pub(crate) mod bytes;
pub(crate) mod duration;
pub(crate) mod number;
pub(crate) use syntax::text;

#[cfg(test)]
mod tests;
