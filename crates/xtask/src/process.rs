//! Other programs: starting them, and what they cost.

mod usage;

pub(crate) use usage::{Memory, cpu_time, forget_peak, memory, peak_rss};

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::project;

/// How long a command must take for its time to be shown.
const WORTH_TELLING: Duration = Duration::from_secs(5);

/// The cargo that runs xtask, started in the checkout's top folder.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(project::root());
    command
}

/// Shows the command, runs it with this terminal as its own, and takes any exit code but 0 as a failure.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    eprintln!("$ {line}");
    let started = Instant::now();
    let status = command.status().with_context(|| format!("`{line}` cannot be started"))?;
    if started.elapsed() > WORTH_TELLING {
        eprintln!("  {} s", started.elapsed().as_secs());
    }
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// What the command prints, trimmed; `None` if it cannot be started or fails.
pub(crate) fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Whether the toolchain in use has the standard library of the target.
pub(crate) fn target_is_installed(target: &str) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", target]).current_dir(project::root());
    output_of(&mut rustc).is_some_and(|folder| Path::new(&folder).is_dir())
}

/// Asks rustup for the target.
pub(crate) fn add_target(target: &str) -> Result<()> {
    run(Command::new("rustup").args(["target", "add", target]).current_dir(project::root()))
}

/// The program's place, as the shell would find it.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Sends a signal, `TERM` or `KILL`, to one process. The shell's own `kill` is on every machine.
pub(crate) fn signal(pid: u32, name: &str) -> Result<()> {
    let status = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status()?;
    if !status.success() {
        bail!("process {pid} takes no {name}");
    }
    Ok(())
}

/// The command as one would type it.
pub(crate) fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
