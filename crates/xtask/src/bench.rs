//! `cargo xtask bench`: figures of the whole appliance, as a table for the README.
//!
//! Everything runs on this machine, on loopback, with the static binary that the image holds. What counts is CPU time
//! of the appliance's process per unit of work; the clock of a shared machine says little.

mod frame;
mod table;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::arguments::Arguments;

/// `cargo xtask bench [frame] [--lines N] [--docker-lines N] [--binary FILE]`
pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let sizes = frame::Sizes {
        pushed: arguments.value("--lines")?.unwrap_or(8_000_000),
        collected: arguments.value("--docker-lines")?.unwrap_or(1_000_000),
    };
    let binary: Option<PathBuf> = arguments.value("--binary")?;
    // Last, or the value of an option would be taken for it.
    let what = arguments.word();
    arguments.finish_alone()?;
    match what.as_deref() {
        None | Some("frame") => frame::measure(binary, &sizes),
        Some(other) => bail!("there are no figures named `{other}`; there are: frame"),
    }
}
