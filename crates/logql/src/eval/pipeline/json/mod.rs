//! `| json`, `| json a="path"` and `| unpack`.

mod flatten;
mod paths;
mod scan;
mod unpack;

pub(super) use flatten::{Flatten, flatten};
pub(super) use paths::extract_paths;
pub(super) use scan::{Escapes, Scanner, Value, unescape};
pub(super) use unpack::{NO_OBJECT, unpack};
