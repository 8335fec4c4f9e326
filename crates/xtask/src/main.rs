//! The project's own automation, `cargo xtask COMMAND`: everything that a shell script would do, in Rust, so that
//! it is one file of usage, typed, and the same on every machine.
//!
//! Each command is a module of its own; what they share is [`arguments`], [`process`] (other programs) and
//! [`project`] (where things lie).

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "speaking to a terminal is what this program is for"
)]

mod arguments;
mod bench;
mod binary;
mod compare;
mod dev;
mod image;
mod load;
mod process;
mod project;
mod prometheus;
mod run;
mod soak;
mod test;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

use arguments::Arguments;

const USAGE: &str = "\
cargo xtask COMMAND

  run [--release] [-- …]    builds page and binary and starts `porthole serve` on 127.0.0.1:4100;
                            data in target/run, what follows -- goes to porthole
  demo [--release] [-- …]   the same with `porthole demo`: a simulated shop on a throw-away directory
  dev                       `porthole demo` without a login; page, style or server are rebuilt when a file changes
                            and the browser loads the new page by itself
  test [--ci] [-- …]        every test; names the real parts that are missing and counts what was skipped.
                            --ci: nothing may be skipped. What follows -- goes to `cargo test`
  web [--release]           only the page, into web/dist; --release: small, and within its budget
  image                     the static binary and, where a Docker engine answers, the image `porthole`
  bench [frame]             the figures of the README, as a table  [--lines N] [--docker-lines N]
  bench logs                the store of logs: what lines cost, and how long questions about them take
                            [--lines N] [--seed N] [--loadgen FOLDER of the generator's source]
  bench metrics             the store of metrics, with a Prometheus beside it  [--seconds N] [--seed N]
  bench issues              what error events cost, from the door to where they are read  [--events N] [--seed N]
  soak [--minutes N]        N minutes (10) under load with a `kill -9` now and then: bounded, nothing lost or doubled
                            [--rate LINES_PER_SECOND]
  compare-loki --loki FILE  the same lines and queries to both, and where the answers differ; instead of the
                            binary of a Loki, HOST:PORT of one that runs
  compare-prometheus        the same samples and queries to a Prometheus and to Porthole, and where the answers differ
                            [--prometheus FILE], else the one of the path
                            All of these take [--binary FILE] instead of what is built from this checkout
";

fn main() -> ExitCode {
    match dispatch(Arguments::from_environment()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: Arguments) -> Result<()> {
    match arguments.word().as_deref() {
        Some("run") => run::serve(arguments),
        Some("demo") => run::demo(arguments),
        Some("dev") => dev::command(arguments),
        Some("test") => test::command(arguments),
        Some("web") => web::command(arguments),
        Some("image") => image::command(arguments),
        Some("bench") => bench::command(arguments),
        Some("compare-loki") => compare::command(arguments),
        Some("compare-prometheus") => compare::prometheus::command(arguments),
        Some("soak") => soak::command(arguments),
        None | Some("help") => {
            print!("{USAGE}");
            Ok(())
        }
        Some(other) => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}
