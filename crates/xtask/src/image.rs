//! `cargo xtask image`: the static binary with the page inside, and the image around it.
//!
//! The Dockerfile builds everything by itself from the base image of Rust. Where a static busybox lends a shell, the
//! binary built here is put into a base image of its own instead, which the Dockerfile takes as already built: same
//! file, same final stage, no second build and no registry.

mod elf;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::arguments::Arguments;
use crate::binary::{self, Form};
use crate::process::{output_of, run, which};
use crate::project;
use crate::web::{self, Profile};

/// What the binary and the image may weigh.
const BYTES_MAX: u64 = 32_000_000;

/// The image's name.
const IMAGE: &str = "porthole";

/// The name of the base image that holds a binary built here.
const PREBUILT: &str = "porthole-prebuilt";

/// `cargo xtask image [--binary]`; `--binary` leaves the image out: what the Dockerfile itself calls.
pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let binary_only = arguments.flag("--binary");
    arguments.finish_alone()?;
    let built = build_binary()?;
    if binary_only {
        return Ok(());
    }
    match build_image(&built)? {
        Some(bytes) => within_budget("image", bytes),
        None => {
            println!("no Docker engine answers: the image is not built");
            Ok(())
        }
    }
}

/// The static binary, in its budget, copied to `target/image/porthole`.
pub(crate) fn build_binary() -> Result<PathBuf> {
    web::build(Profile::Release)?;
    let built = binary::build(Form::Static)?;
    let bytes = fs::read(&built).with_context(|| built.display().to_string())?;
    if elf::needs_an_interpreter(&bytes).context("the binary is no ELF file of 64 bits")? {
        bail!("{} is not static: it asks for a dynamic linker", built.display());
    }
    within_budget("static binary", bytes.len() as u64)?;
    let shipped = project::target().join("image/porthole");
    fs::create_dir_all(project::target().join("image"))?;
    fs::copy(&built, &shipped)?;
    Ok(shipped)
}

/// Builds the image and gives its size; `None` where no engine answers.
pub(crate) fn build_image(binary: &Path) -> Result<Option<u64>> {
    if output_of(Command::new("docker").args(["version", "--format", "{{.Server.Version}}"])).is_none() {
        return Ok(None);
    }
    let mut build = Command::new("docker");
    build.args(["build", "--tag", IMAGE]).current_dir(project::root());
    if let Some(shell) = which("busybox") {
        import_prebuilt(binary, &shell)?;
        build.args(["--build-arg", &format!("BUILD_BASE={PREBUILT}")]);
    }
    run(build.arg("."))?;
    let size = output_of(Command::new("docker").args(["image", "inspect", "--format", "{{.Size}}", IMAGE]));
    size.and_then(|size| size.parse().ok()).map(Some).context("the engine does not tell the image's size")
}

/// Makes a base image of a shell and the binary at the place where the Dockerfile looks for it.
fn import_prebuilt(binary: &Path, shell: &Path) -> Result<()> {
    let base = project::target().join("image/base");
    for folder in ["bin", "out/data"] {
        fs::create_dir_all(base.join(folder))?;
    }
    fs::copy(binary, base.join("out/porthole"))?;
    fs::copy(shell, base.join("bin/sh"))?;
    let mut tar =
        Command::new("tar").arg("-C").arg(&base).args(["-c", "."]).stdout(Stdio::piped()).spawn()?;
    let archive = tar.stdout.take().context("tar has no output")?;
    run(Command::new("docker").args(["import", "-", PREBUILT]).stdin(archive))?;
    if !tar.wait()?.success() {
        bail!("tar could not read {}", base.display());
    }
    Ok(())
}

fn within_budget(what: &str, bytes: u64) -> Result<()> {
    println!("{what}: {bytes} bytes of {BYTES_MAX}");
    if bytes > BYTES_MAX {
        bail!("the {what} is over its budget: {bytes} bytes, {BYTES_MAX} are allowed");
    }
    Ok(())
}
