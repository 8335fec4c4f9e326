//! The commands, one module each.

use std::process::ExitCode;

use crate::arguments::{Arguments, Command};

mod accounts;
mod backup;
mod check;
mod demo;
mod healthcheck;
mod serve;

pub(crate) use serve::accept;

/// What `porthole --version` prints.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs what was typed.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let place = arguments.place;
    match arguments.command.unwrap_or(Command::Serve) {
        // Boxed, since the whole appliance is inside.
        Command::Serve => Box::pin(serve::run(&place)).await,
        Command::Demo { seed } => Box::pin(demo::run(seed)).await,
        Command::Check => check::run(&place),
        Command::Healthcheck => healthcheck::run(&place).await,
        Command::Backup { to } => backup::backup(&to, &place).await,
        Command::Restore { from } => backup::restore(&from, &place),
        Command::User { action } => accounts::user(action, &place).await,
        Command::Token { action } => accounts::token(action, &place).await,
    }
}

/// Prints why a command failed, as one sentence with its causes.
#[expect(clippy::print_stderr, reason = "the command line's own answer")]
pub(crate) fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("porthole: {error:#}");
    ExitCode::FAILURE
}

/// Prints an answer of the command line.
#[expect(clippy::print_stdout, reason = "the command line's own answer")]
fn say(text: impl std::fmt::Display) {
    println!("{text}");
}
