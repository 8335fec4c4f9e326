//! The binary `porthole`, in each form that the other commands need.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::process::{add_target, cargo, run, target_is_installed, which};
use crate::project;

const STATIC_TARGET: &str = "x86_64-unknown-linux-musl";

/// Which binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Soon there, and reads the page from `web/dist` while it runs.
    Dev,
    /// Optimised, with the page inside.
    Release,
    /// The same without a dynamic linker: what the image holds.
    Static,
}

impl Form {
    /// What `--release` asks for.
    pub(crate) fn optimised(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }
}

/// Builds the binary and gives its place.
pub(crate) fn build(form: Form) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(["build", "--package", "porthole"]);
    let folder = match form {
        Form::Dev => "debug".to_owned(),
        Form::Release => {
            command.arg("--release");
            "release".to_owned()
        }
        Form::Static => {
            prepare_static()?;
            command.args(["--release", "--target", STATIC_TARGET]);
            format!("{STATIC_TARGET}/release")
        }
    };
    run(&mut command)?;
    Ok(project::target().join(folder).join("porthole"))
}

/// A static binary needs Rust's standard library and a C compiler for musl.
fn prepare_static() -> Result<()> {
    if which("musl-gcc").is_none() && which("x86_64-linux-musl-gcc").is_none() {
        bail!("a static binary needs a C compiler for musl: apt-get install musl-tools");
    }
    if target_is_installed(STATIC_TARGET) {
        return Ok(());
    }
    add_target(STATIC_TARGET).with_context(|| format!("a static binary needs Rust's target {STATIC_TARGET}"))
}
