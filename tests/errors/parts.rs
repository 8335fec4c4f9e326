//! The real parts: Python and Node with Sentry's SDKs, and the programs that use them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::harness::{checkout, output};

const PYTHON: [&str; 7] = [
    "sentry-sdk>=2.75,<3",
    "django>=5,<6",
    "fastapi<1",
    "httpx<1",
    "celery>=5.4,<6",
    "redis>=5,<9",
    "packaging",
];
const NODE: [&str; 3] = ["@sentry/node@11", "@sentry/browser@11", "esbuild@0.25"];

/// What an SDK is told of the program that it is in.
pub(crate) const TOLD: [(&str, &str); 2] =
    [("SENTRY_RELEASE", "shop@1.0"), ("SENTRY_ENVIRONMENT", "staging")];

/// Python's programs with the SDK; made once, and kept for the next run. `None`: it cannot be made here.
pub(crate) fn python() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = output("test-errors/python");
        let programs = folder.join("bin");
        let made = || {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
                && run(Command::new(programs.join("pip")).args(["install", "--quiet"]).args(PYTHON))
                // Apart from the others, so that there is a Python without it.
                && run(Command::new(programs.join("pip"))
                    .args(["install", "--quiet", "brotli", "--target"])
                    .arg(folder.join("brotli")))
        };
        once(&folder, made).then_some(programs)
    })
    .as_deref()
}

/// The folder of Node's packages with the SDKs; made once, and kept for the next run. `None`: it cannot be made here.
pub(crate) fn node() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = output("test-errors/node");
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
        let made = || run(Command::new("npm").args(install).arg(&folder).args(NODE));
        once(&folder, made).then(|| folder.join("node_modules"))
    })
    .as_deref()
}

/// Go's shop with the SDK; built once, and kept for the next run. `None`: it cannot be built here.
pub(crate) fn go() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = output("test-errors/go");
        let program = folder.join("shop");
        let made = || {
            let mut build = Command::new("go");
            build.args(["build", "-o"]).arg(&program).arg(".").current_dir(programs().join("go_shop"));
            run(&mut build)
        };
        once(&folder, made).then_some(program)
    })
    .as_deref()
}

/// Whether the folder was made, now or before.
fn once(folder: &Path, make: impl FnOnce() -> bool) -> bool {
    let ready = folder.join("ready");
    ready.is_file() || (make() && std::fs::write(ready, "").is_ok())
}

fn run(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Where the programs lie.
pub(crate) fn programs() -> PathBuf {
    checkout().join("tests/errors/programs")
}

/// A program of the Python environment, in the folder of the programs, told of nothing but the DSN.
pub(crate) fn python_program(name: &str, dsn: &str) -> Command {
    let mut command = Command::new(python().expect("it is a part").join(name));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SENTRY_DSN", dsn);
    command.envs(TOLD).current_dir(programs()).stdin(Stdio::null());
    command
}

/// The same where brotli is installed too.
pub(crate) fn with_brotli(mut command: Command) -> Command {
    let folder = python().expect("it is a part").parent().expect("of the environment").join("brotli");
    command.env("PYTHONPATH", folder);
    command
}

/// A program of Node.
pub(crate) fn node_program(file: &str, dsn: &str) -> Command {
    let mut command = Command::new("node");
    command.env("NODE_PATH", node().expect("it is a part")).env("SENTRY_DSN", dsn).envs(TOLD);
    command.arg(file).current_dir(programs()).stdin(Stdio::null());
    command
}

/// The program in Go.
pub(crate) fn go_program(dsn: &str) -> Command {
    let mut command = Command::new(go().expect("it is a part"));
    command.env_clear().env("SENTRY_DSN", dsn).envs(TOLD).stdin(Stdio::null());
    command
}

/// A folder with the browser's shop, its SDK packed into one file.
pub(crate) fn browser_page() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("porthole-shop-").tempdir().unwrap();
    let packages = node().expect("it is a part");
    let mut command = Command::new(packages.join(".bin/esbuild"));
    command.arg("browser_shop.js").args(["--bundle", "--log-level=error"]).env("NODE_PATH", packages);
    command.arg(format!("--outfile={}", folder.path().join("browser_shop.js").display()));
    assert!(run(command.current_dir(programs())), "esbuild fails");
    std::fs::copy(programs().join("browser_shop.html"), folder.path().join("index.html")).unwrap();
    folder
}

/// Runs a program to its good end and gives what it printed.
pub(crate) fn finish(mut command: Command) -> String {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
