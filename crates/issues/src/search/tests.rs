//! The language in tables, and the index against real files.

mod index;
mod language;
mod words;
