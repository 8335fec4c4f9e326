//! The whole appliance, end to end: the built binary against a real Docker engine and a real browser.
//!
//! One test binary, so that it links once and every real part starts once. Run all of it, or what matches a word:
//!
//! ```sh
//! cargo test -p porthole --test appliance
//! cargo test -p porthole --test appliance -- collection
//! ```
//!
//! A new test is a plain function in the module of its subject, named in that module's `tests!` list:
//!
//! | subject | where |
//! |---|---|
//! | what containers and log files hold is stored, once, in order | `collection/` |
//! | data directory: restart, damage, backup, full disk | `storage.rs` |
//! | a clock that jumps | `clock.rs` |
//! | secrets that are masked | `masking.rs` |
//! | what `[[logs.pipeline]]` does to lines | `shaping.rs` |
//! | the Loki API, good and malformed | `loki/` |
//! | what containers use and how they are | `containers.rs` |
//! | alerts: from a number to the message, killed at every step; amtool, a Prometheus that sends alerts | `alerts/` |
//! | errors that SDKs send: Python, Node, browsers; floods, bombs, limits | `errors/` |
//! | probes | `probes.rs` |
//! | queues of Celery and RQ | `queues/` |
//! | the proxy: containers that come and go, Django behind it | `proxy/` |
//! | programs, containers and the machine are scraped | `scraping/` |
//! | the Prometheus API: clients, senders, hostile queries and bodies | `prometheus/` |
//! | the page's live stream | `live.rs` |
//! | command line, exit codes, signals | `commands.rs` |
//! | the page in a browser | `page.rs`; of issues, of transactions, releases, monitors and projects, of the logs, of metrics and dashboards, and of services, probes and targets in `page/` |
//! | `porthole demo` | `demo.rs` |
//! | the image | `image.rs` |
//!
//! `harness/` holds what they are made of; read `harness.rs` first. A test whose real part is missing on this
//! machine is skipped and says which part; with `PORTHOLE_TESTS=all` that is a failure.

// The harness is test code as a whole: whatever is not as expected ends the test.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

#[macro_use]
mod harness;
mod alerts;
mod clock;
mod collection;
mod commands;
mod containers;
mod demo;
mod errors;
mod image;
mod live;
mod loki;
mod masking;
mod page;
mod probes;
mod prometheus;
mod proxy;
mod queues;
mod scraping;
mod shaping;
mod storage;

/// Most tests wait for others (the engine, a flush, a browser) rather than work.
const THREADS: usize = 4;

fn main() -> ExitCode {
    let mut arguments = libtest_mimic::Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let trials = [
        alerts::trials(),
        commands::trials(),
        storage::trials(),
        clock::trials(),
        loki::trials(),
        masking::trials(),
        shaping::trials(),
        collection::trials(),
        containers::trials(),
        errors::trials(),
        probes::trials(),
        prometheus::trials(),
        proxy::trials(),
        queues::trials(),
        scraping::trials(),
        live::trials(),
        page::trials(),
        page::alerts::trials(),
        page::issues::trials(),
        page::logs::trials(),
        page::metrics::trials(),
        page::performance::trials(),
        page::proxy::trials(),
        page::services::trials(),
        demo::trials(),
        image::trials(),
    ];
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    harness::stop_shared_parts();
    conclusion.exit_code()
}
