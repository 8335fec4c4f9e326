//! Environments of Python with packages of PyPI.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::output;

/// The folder with the programs of an environment that has these packages, kept for the next run. `None`: it cannot be
/// made here.
pub(crate) fn environment(name: &str, packages: &[&str]) -> Option<PathBuf> {
    let folder = output(name);
    let ready = folder.join("ready");
    let programs = folder.join("bin");
    if ready.is_file() {
        return Some(programs);
    }
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
        && run(Command::new(programs.join("pip")).args(["install", "--quiet"]).args(packages));
    (made && std::fs::write(ready, "").is_ok()).then_some(programs)
}

fn run(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).status().is_ok_and(|status| status.success())
}
