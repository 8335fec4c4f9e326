//! `cargo xtask web`: the page, from Rust to the files that the server embeds.
//!
//! cargo builds the wasm module, wasm-bindgen (in this process, at the version of Cargo.lock) makes its JavaScript
//! side, [`page`] gives every file a name with a hash of its content, [`dist`] writes them beside their compressed
//! siblings. No npm, no tool that is downloaded.
//!
//! cargo tells whether the module changed; all that follows is left out when none of its inputs did.

mod bindgen;
mod compress;
mod dist;
mod lean;
mod page;
mod sources;
mod split;
mod toolchain;

use std::fs;

use anyhow::{Context as _, Result};

use crate::arguments::Arguments;
use crate::project;
use dist::Dist;
use sources::Inputs;
use toolchain::Toolchain;

/// How the page is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Soon there: not optimised, gzip only, and the browser loads each new page by itself.
    Dev,
    /// Small: what is shipped.
    Release,
}

/// `cargo xtask web [--release]`
pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let profile = if arguments.flag("--release") { Profile::Release } else { Profile::Dev };
    arguments.finish_alone()?;
    build(profile).map(|_| ())
}

/// Brings `web/dist` up to date and says what a first visit loads, in bytes after compression.
pub(crate) fn build(profile: Profile) -> Result<u64> {
    let toolchain = Toolchain::find()?;
    let _alone = project::lock("page")?;
    let web = project::root().join("web");
    // What is quickly read comes first: a fault there is told before the long work.
    let (index, files) = (sources::index(&web)?, sources::files(&web)?);
    let style = sources::style(&web.join("styles"))?;
    let later_style = sources::style(&web.join("styles/later"))?;
    let module = toolchain.build(profile)?;
    let module = fs::read(&module).with_context(|| module.display().to_string())?;
    let inputs = Inputs { profile, module, index, files, style, later_style };
    let dist = Dist::of(&inputs)?;
    if !dist.is_current() {
        let bound = bindgen::bind(&inputs.module, profile)?;
        let assets = page::assemble(inputs, bound)?;
        dist.write(profile, &assets)?;
    }
    dist.report(profile)
}
