//! Finding what compiles for wasm32, and compiling the page with it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::Profile;
use crate::process::{add_target, cargo, output_of, run, target_is_installed, which};
use crate::project;

const TARGET: &str = "wasm32-unknown-unknown";

/// What to install where nothing compiles for wasm32.
const NOTHING_FOUND: &str = "\
nothing here compiles for wasm32, which the page needs. Any one of these will do:

  rustup target add wasm32-unknown-unknown              where Rust came by rustup
  apt-get install rustc-web cargo-web rust-web-src lld  Debian's own Rust, used for the page alone
  the standard library for wasm32 in your distribution  (Fedora: rust-std-static-wasm32-unknown-unknown)

Without the page the server still builds and runs: `cargo run -p porthole` answers its APIs.";

/// What compiles the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Toolchain {
    /// The toolchain in use has the target.
    Installed,
    /// Debian's second Rust: it comes with the standard library's source, which is compiled along.
    Debian {
        /// The linker for wasm.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// The first that is there; rustup is asked for the target if need be.
    pub(super) fn find() -> Result<Self> {
        if target_is_installed(TARGET) || rustup_brings_it() {
            return Ok(Self::Installed);
        }
        match debian_linker() {
            Some(linker) => Ok(Self::Debian { linker }),
            None => bail!(NOTHING_FOUND),
        }
    }

    /// Compiles `web` and gives the module's place.
    pub(super) fn build(&self, profile: Profile) -> Result<PathBuf> {
        let (mut command, target_dir) = match self {
            Self::Installed => (cargo(), project::target()),
            // A directory of its own: the two compilers would throw each other's artefacts away.
            Self::Debian { linker } => (debian_cargo(linker), project::target().join("debian-wasm")),
        };
        command.args(["rustc", "--package", "web", "--bin", "web", "--target", TARGET]);
        if *self != Self::Installed {
            command.arg("-Zbuild-std=std,panic_abort").arg("--target-dir").arg(&target_dir);
        }
        let folder = match profile {
            Profile::Dev => "debug",
            Profile::Release => {
                command.args(["--profile", "wasm"]);
                "wasm"
            }
        };
        // The splitter needs to know who refers to whom.
        command.args(["--", "-Clink-arg=--emit-relocs"]);
        run(&mut command)?;
        Ok(target_dir.join(TARGET).join(folder).join("web.wasm"))
    }
}

/// Asks rustup for the target, where there is a rustup. It may fail, for want of a network for one.
fn rustup_brings_it() -> bool {
    which("rustup").is_some() && add_target(TARGET).is_ok() && target_is_installed(TARGET)
}

/// The linker, if all parts of Debian's second Rust are there. Its own `rust-lld` is a dangling link: the one of
/// the package `lld` is used, or else that of the toolchain in use.
fn debian_linker() -> Option<PathBuf> {
    let sysroot = output_of(Command::new("/usr/bin/rustc").args(["--print", "sysroot"]))?;
    let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std");
    if !source.is_dir() || !Path::new("/usr/bin/cargo").is_file() {
        return None;
    }
    // What linkers of version 14 leave of relocations the splitter cannot read: they come last.
    own_linker()
        .or_else(|| ["wasm-ld-19", "wasm-ld-16", "wasm-ld", "wasm-ld-14"].iter().find_map(|name| which(name)))
}

fn own_linker() -> Option<PathBuf> {
    let sysroot = output_of(Command::new("rustc").args(["--print", "sysroot"]))?;
    let linker = Path::new(&sysroot).join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    linker.is_file().then_some(linker)
}

fn debian_cargo(linker: &Path) -> Command {
    let mut path = OsString::from("/usr/bin:");
    path.push(env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new("/usr/bin/cargo");
    command
        .current_dir(project::root())
        .env("PATH", path)
        .env("RUSTC", "/usr/bin/rustc")
        // `-Zbuild-std` is not stable yet; the compiler is a stable one.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("LD_LIBRARY_PATH");
    command
}
