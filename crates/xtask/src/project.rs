//! Where the project's things lie.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Result;

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

/// Waits until no other run does the same, and keeps others from it for as long as the answer is kept.
pub(crate) fn lock(what: &str) -> Result<File> {
    fs::create_dir_all(scratch())?;
    let file = File::create(scratch().join(format!("{what}.lock")))?;
    file.lock()?;
    Ok(file)
}

/// The page as the server embeds it.
pub(crate) fn dist() -> PathBuf {
    root().join("web/dist")
}
