//! Where the project's things lie.

use std::env;
use std::path::{Path, PathBuf};

/// The checkout's top folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("crates/xtask lies two folders below the top").to_owned()
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(elsewhere) => root().join(elsewhere),
        None => root().join("target"),
    }
}

/// What xtask itself remembers between two runs.
pub(crate) fn scratch() -> PathBuf {
    target().join("xtask")
}

/// The page as the server embeds it.
pub(crate) fn dist() -> PathBuf {
    root().join("web/dist")
}
