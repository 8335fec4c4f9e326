//! Which tests can run on this machine. A test names the real parts that it needs; where one is missing the test
//! is reported as ignored, with the part and how to get it, and counted so in the last line of the run. With
//! `PORTHOLE_TESTS=all` (as in CI) a missing part is a failure, unless it is one that is good to have.

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use libtest_mimic::{Completion, Failed, Trial};

/// A real part that is not always there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// `dockerd` and its client, and the right to run it.
    Docker,
    /// curl, where a client must speak TLS.
    Curl,
    /// OpenSSL's program.
    Openssl,
    /// A CA, with what it and its clients need.
    Pebble,
    /// Headless Chromium.
    Chromium,
    /// The embedded page: a binary built after `cargo xtask web`.
    Page,
    /// The page as it is shipped, compressed.
    ShippedPage,
    /// The right to mount and to be refused: root.
    Root,
    /// The static binary that goes into the image.
    StaticBinary,
    /// A library that gives a program another time.
    Faketime,
    /// Redis, and Python with Celery and RQ.
    Celery,
    /// Python with Django, gunicorn, uvicorn and websockets.
    Django,
    /// Python with Sentry's SDK.
    SentryPython,
    /// Node with Sentry's SDKs.
    SentryNode,
    /// Go with Sentry's SDK; nothing that is released needs it.
    SentryGo,
    /// Prometheus' exporter of a machine's numbers.
    NodeExporter,
    /// Prometheus and its command-line tool.
    Prometheus,
    /// Alertmanager's command-line tool.
    Alertmanager,
    /// A mail server, and what makes a certificate for it.
    MailServer,
}

impl Part {
    /// What is missing and how to get it; `None`: the part is there.
    fn missing(self) -> Option<&'static str> {
        match self {
            Self::Docker if !is_root() => Some("the right to run dockerd: run as root"),
            Self::Docker => missing_program(&["dockerd", "docker", "containerd", "runc"], DOCKER)
                .or_else(|| missing_program(&["busybox"], "busybox: apt-get install busybox-static")),
            Self::Openssl => missing_program(&["openssl"], "openssl: apt-get install openssl"),
            Self::Pebble => missing_program(
                &["pebble", "pebble-challtestsrv", "curl", "openssl"],
                "Pebble: apt-get install pebble curl openssl",
            ),
            Self::Curl => missing_program(&["curl"], "curl: apt-get install curl"),
            Self::Chromium => missing_program(&["chromium"], "chromium: apt-get install chromium"),
            Self::Page => {
                (!super::browser::page_is_built()).then_some("the page: cargo xtask web, then build again")
            }
            Self::ShippedPage => (!super::browser::page_is_compressed())
                .then_some("the page as it is shipped: cargo xtask web --release, then build again"),
            Self::Root => (!is_root()).then_some("the right to mount: run as root"),
            Self::StaticBinary => (!super::images::static_binary().is_file())
                .then_some("the static binary: cargo xtask image --binary, or PORTHOLE_STATIC_BINARY=<file>"),
            Self::Celery => missing_program(&["redis-server", "redis-cli", "python3"], CELERY)
                .or_else(|| crate::queues::parts::python().is_none().then_some(CELERY)),
            Self::Django => missing_program(&["python3"], DJANGO)
                .or_else(|| crate::proxy::parts::python().is_none().then_some(DJANGO)),
            Self::SentryPython => missing_program(&["python3"], SENTRY_PYTHON)
                .or_else(|| crate::errors::parts::python().is_none().then_some(SENTRY_PYTHON)),
            Self::SentryNode => missing_program(&["node", "npm"], SENTRY_NODE)
                .or_else(|| crate::errors::parts::node().is_none().then_some(SENTRY_NODE)),
            Self::SentryGo => missing_program(&["go"], SENTRY_GO)
                .or_else(|| crate::errors::parts::go().is_none().then_some(SENTRY_GO)),
            Self::NodeExporter => missing_program(
                &["prometheus-node-exporter"],
                "node_exporter: apt-get install --no-install-recommends prometheus-node-exporter",
            ),
            Self::Prometheus => missing_program(
                &["prometheus", "promtool"],
                "Prometheus: apt-get install --no-install-recommends prometheus",
            ),
            Self::Alertmanager => missing_program(
                &["amtool"],
                "amtool: apt-get install --no-install-recommends prometheus-alertmanager",
            ),
            Self::MailServer => missing_program(&["python3", "openssl"], MAIL_SERVER)
                .or_else(|| crate::alerts::receivers::python().is_none().then_some(MAIL_SERVER)),
            Self::Faketime => {
                (!Path::new(FAKETIME).is_file()).then_some("libfaketime: apt-get install libfaketime")
            }
        }
    }
}

/// Where Debian keeps it, for programs with several threads.
pub(crate) const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

const CELERY: &str = "Redis and Celery: apt-get install redis-server python3-venv, and a network for pip";
const DJANGO: &str = "Python with Django, gunicorn, uvicorn and websockets: apt-get install python3-venv, and PyPI within reach";
const SENTRY_PYTHON: &str = "Sentry's SDK of Python: apt-get install python3-venv, and a network for pip";
const SENTRY_NODE: &str = "Sentry's SDKs of JavaScript: Node 20 or later with npm, and a network for it";
const SENTRY_GO: &str = "Sentry's SDK of Go: Go 1.25 or later, and a network for its modules";
const MAIL_SERVER: &str =
    "a mail server: apt-get install python3-venv openssl, and PyPI within reach (aiosmtpd)";
const DOCKER: &str = "a Docker engine: apt-get install docker.io iptables";

fn missing_program(programs: &[&str], advice: &'static str) -> Option<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let here = |program: &&str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    (!programs.iter().all(here)).then_some(advice)
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|us| us.uid() == 0)
}

/// Tests that watch the clock run while no other does.
static MACHINE: RwLock<()> = RwLock::new(());

/// A test that shares the machine with others.
pub(crate) fn trial(name: &'static str, needs: &'static [Part], body: fn()) -> Trial {
    Trial::ignorable_test(name_of(name), move || {
        run(needs, || {
            let _shared = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
            body();
        })
    })
}

/// A test that has the machine to itself.
pub(crate) fn trial_alone(name: &'static str, needs: &'static [Part], body: fn()) -> Trial {
    Trial::ignorable_test(name_of(name), move || {
        run(needs, || {
            let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
            body();
        })
    })
}

fn name_of(path: &str) -> &str {
    path.split_once("::").map_or(path, |(_, name)| name)
}

fn run(needs: &[Part], body: impl FnOnce()) -> Result<Completion, Failed> {
    let missing = needs.iter().find_map(|part| Some((part, part.missing()?)));
    let Some((part, missing)) = missing else {
        body();
        return Ok(Completion::Completed);
    };
    let is_needed = !matches!(part, Part::SentryGo);
    if is_needed && std::env::var_os("PORTHOLE_TESTS").is_some_and(|value| value == "all") {
        return Err(format!("nothing may be skipped, and this machine lacks {missing}").into());
    }
    Ok(Completion::ignored_with(format!("this machine lacks {missing}")))
}

/// The tests of a module: `tests! { [Docker]: one, two; [Docker, Chromium]: alone three; }`.
macro_rules! tests {
    ($($needs:tt: $($first:ident $($second:ident)?),+;)+) => {
        /// The tests of this module.
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            vec![$($(tests!(@one $needs $first $($second)?)),+),+]
        }
    };
    (@one $needs:tt alone $name:ident) => {
        $crate::harness::skip::trial_alone(
            concat!(module_path!(), "::", stringify!($name)),
            tests!(@needs $needs),
            $name,
        )
    };
    (@one $needs:tt $name:ident) => {
        $crate::harness::skip::trial(
            concat!(module_path!(), "::", stringify!($name)),
            tests!(@needs $needs),
            $name,
        )
    };
    (@needs [$($part:ident),*]) => { &[$($crate::harness::Part::$part),*] };
}
