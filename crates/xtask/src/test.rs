//! `cargo xtask test`: every test, on any machine, and a closing line that tells how many there were.
//!
//! A test of the whole appliance whose real part is missing (an engine, a browser) is ignored and says which part.
//! With `--ci` nothing may be skipped: the page and the static binary are built first, and the variable
//! `PORTHOLE_TESTS` is `all`, which makes a missing part a failure.

mod tally;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::arguments::Arguments;
use crate::process::{cargo, describe, run};
use crate::web::{self, Profile};
use crate::{image, project};
use tally::Tally;

/// `cargo xtask test [--ci] [-- …]`
pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let everything = arguments.flag("--ci");
    let passed_on = arguments.finish()?;
    if everything {
        build_everything()?;
    } else if !project::dist().join("index.html").is_file() {
        web::build(Profile::Release)?;
    }
    let mut tally = Tally::default();
    let succeeded = run_tests(everything, &passed_on, &mut tally)?;
    println!("\n{tally}");
    if !succeeded || tally.failed > 0 {
        bail!("not every test passed");
    }
    if everything && tally.skipped() > 0 {
        bail!("with --ci nothing may be skipped");
    }
    if tally.passed == 0 && passed_on.is_empty() {
        bail!("no test ran");
    }
    Ok(())
}

/// The page, then the static binary and the tests at once: joining the binary keeps one core busy for minutes.
fn build_everything() -> Result<()> {
    web::build(Profile::Release)?;
    std::thread::scope(|scope| {
        let binary = scope.spawn(image::build_binary);
        let tests = run(tests().arg("--no-run"));
        binary.join().expect("the build of the binary does not panic")?;
        tests
    })
}

fn tests() -> Command {
    let mut command = cargo();
    command.args(["test", "--workspace", "--exclude", "web", "--no-fail-fast"]);
    command
}

/// Runs them and shows what they print, as it comes.
fn run_tests(everything: bool, passed_on: &[String], tally: &mut Tally) -> Result<bool> {
    let mut command = tests();
    command.args(passed_on).stdout(Stdio::piped());
    if everything {
        command.env("PORTHOLE_TESTS", "all");
    }
    eprintln!("$ {}", describe(&command));
    let mut tests = command.spawn().context("cargo cannot be started")?;
    let output = tests.stdout.take().context("the tests have no output")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally.read_line(&line);
    }
    Ok(tests.wait()?.success())
}
