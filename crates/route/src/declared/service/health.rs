//! How servers are asked how they are.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Scheme;
use crate::declared::fields::Fields;

/// How servers are asked how they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// What is asked for.
    pub path: String,
    /// With which method.
    pub method: String,
    /// The status that is good; none means 200 to 399.
    pub status: Option<u16>,
    /// How to speak; none means as requests do.
    pub scheme: Option<Scheme>,
    /// The port; none means the server's.
    pub port: Option<u16>,
    /// The `Host`.
    pub hostname: Option<String>,
    /// How often a healthy server is asked.
    pub interval: Duration,
    /// How often an unhealthy one is asked.
    pub unhealthy_interval: Duration,
    /// How long it may take.
    pub timeout: Duration,
    /// Whether redirections are followed.
    pub follow_redirects: bool,
    /// Headers that are sent.
    pub headers: BTreeMap<String, String>,
    /// Whether gRPC's health service is asked.
    pub grpc: bool,
}

/// When failed requests take a server out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassiveHealthCheck {
    /// The time in which they count, and for which it stays out.
    pub failure_window: Duration,
    /// How many are needed.
    pub failed_attempts_max: u32,
}

impl HealthCheck {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let interval = fields.duration("interval").unwrap_or(Duration::from_secs(30));
        Self {
            path: fields.text("path").unwrap_or_else(|| "/".to_owned()),
            method: fields.text("method").unwrap_or_else(|| "GET".to_owned()).to_uppercase(),
            status: fields.number("status").filter(|status| *status != 0),
            scheme: fields.choice("scheme", &Scheme::WORDS),
            port: fields.number("port").filter(|port| *port != 0),
            hostname: fields.text("hostname"),
            interval,
            unhealthy_interval: fields.duration("unhealthyInterval").unwrap_or(interval),
            timeout: fields.duration("timeout").unwrap_or(Duration::from_secs(5)),
            follow_redirects: fields.flag("followRedirects").unwrap_or(true),
            headers: fields.map("headers"),
            grpc: fields.choice("mode", &[("http", false), ("grpc", true)]).unwrap_or_default(),
        }
    }
}

impl PassiveHealthCheck {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            failure_window: fields.duration("failureWindow").unwrap_or(Duration::from_secs(10)),
            failed_attempts_max: fields.number("maxFailedAttempts").unwrap_or(1),
        }
    }
}
