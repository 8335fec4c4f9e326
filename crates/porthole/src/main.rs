//! The appliance: command line, wiring, start and stop.
//!
//! This is the only place where two engines meet. [`arguments`] says what can be typed, [`command`] has one
//! module per command, [`appliance`] is the story of `serve`: settings, build, bind, spawn, signal, drain.
//! [`control`] is how the other commands speak to an appliance that runs.

use std::process::ExitCode;

use clap::Parser;

mod appliance;
mod arguments;
mod command;
mod configuration;
mod control;
mod data_dir;
mod joints;
mod logging;
#[cfg(all(target_arch = "x86_64", any(test, all(target_env = "musl", not(debug_assertions)))))]
mod memory;
mod signals;
mod tasks;

/// Returns freed memory to the system soon after a large query, which the default allocator does not.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    logging::start();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return command::fail(&anyhow::Error::new(error).context("starting the runtime")),
    };
    match runtime.block_on(command::run(arguments)) {
        Ok(code) => code,
        Err(error) => command::fail(&error),
    }
}
