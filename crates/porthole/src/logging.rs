//! Porthole's own log: lines on standard error, for people (the default) or as JSON.
//!
//! `PORTHOLE_LOG` filters (`info`, `debug`, `logs=debug,info`), `PORTHOLE_LOG_FORMAT=json` changes the form.
//! The data directory is not open yet when the first lines are written, so this reads the environment alone.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("PORTHOLE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("PORTHOLE_LOG_FORMAT").is_ok_and(|format| format == "json") {
        subscriber.json().flatten_event(true).init();
    } else {
        subscriber.with_ansi(std::io::stderr().is_terminal()).with_target(false).init();
    }
}
