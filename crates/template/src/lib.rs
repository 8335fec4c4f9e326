//! Go text/template, as Loki, Prometheus and Traefik use it; the texts of alerts too.
//!
//! ```ignore
//! let template = Template::parse("{{.method}} {{.path | lower}}", &Functions::loki())?;
//! template.render(&labels, &mut line)?;
//! ```
//!
//! A template is parsed once and rendered often; rendering it about something new allocates nothing but what it
//! prints. What Go's own package does is followed to the letter of its messages, since Loki's users see them; three
//! things are bounded that Go leaves open: the size of the output, the steps taken, and how deep anything nests.
//! Complex numbers, channels and methods do not exist here.

#![forbid(unsafe_code)]

mod ast;
mod builtin;
mod data;
mod error;
mod format;
mod functions;
mod lexer;
mod library;
mod literal;
mod parser;
mod render;
mod template;
mod text;
pub mod time;
mod value;

pub use data::{Data, Tree};
pub use error::{ParseError, RenderError};
pub use functions::{Args, Call, Functions, Signature, Type};
pub use render::Limits;
pub use template::Template;
pub use value::{Map, Value};

#[cfg(test)]
mod tests;
