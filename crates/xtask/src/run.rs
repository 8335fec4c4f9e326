//! `cargo xtask run` and `cargo xtask demo`: everything built, then `porthole` in this process' place, so that a
//! signal or Ctrl-C reaches it alone and the shell waits for it to drain.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::arguments::Arguments;
use crate::binary::{self, Form};
use crate::project;
use crate::web::{self, Profile};

/// Where the appliance answers unless the environment says otherwise: this machine alone.
pub(crate) const LISTEN: &str = "127.0.0.1:4100";

/// The setting of that address, as a variable of the environment.
pub(crate) const LISTEN_VARIABLE: &str = "PORTHOLE_SERVER__LISTEN";

/// `cargo xtask run [--release] [-- …]`
pub(crate) fn serve(arguments: Arguments) -> Result<()> {
    let data = project::target().join("run");
    start(arguments, &["serve".into(), "--data".into(), data.into()])
}

/// `cargo xtask demo [--release] [-- …]`
pub(crate) fn demo(arguments: Arguments) -> Result<()> {
    start(arguments, &["demo".into()])
}

fn start(mut arguments: Arguments, command: &[OsString]) -> Result<()> {
    let form = Form::optimised(arguments.flag("--release"));
    let passed_on = arguments.finish()?;
    web::build(Profile::Release)?;
    let binary = binary::build(form)?;
    let listen = env::var(LISTEN_VARIABLE).unwrap_or_else(|_| LISTEN.to_owned());
    println!("\nPorthole answers at http://{listen}\n");
    let failure = Command::new(&binary).args(command).args(passed_on).env(LISTEN_VARIABLE, listen).exec();
    Err(failure).with_context(|| format!("{} cannot be started", binary.display()))
}
