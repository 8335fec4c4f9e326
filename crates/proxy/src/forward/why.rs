//! Why there is no server, or no answer of one, in words for whoever looks into it.

use std::sync::Arc;

use route::plan::ServerState;

use crate::server::Server;

/// `shop-web-1 (172.18.0.3:8000)`.
pub(super) fn called(server: &Server) -> String {
    let (label, address) = (&server.planned.label, &server.measured.address);
    if **label == **address { label.clone() } else { format!("{label} ({address})") }
}

/// What is wrong with each.
pub(super) fn no_server(servers: &[Arc<Server>]) -> String {
    if servers.is_empty() {
        return "the service has no server at all".to_owned();
    }
    let each = servers.iter().map(|server| format!("{} {}", called(server), state(server)));
    each.collect::<Vec<_>>().join("; ")
}

fn state(server: &Server) -> &'static str {
    match server.state() {
        ServerState::Ready if server.is_ill() => "fails its health check",
        ServerState::Ready => "is ready",
        ServerState::Starting => "is starting",
        ServerState::Unhealthy => "is unhealthy: its container's health check fails",
        ServerState::Unreachable => "is in no network that Porthole is in",
        ServerState::Stopping => "is being stopped",
        ServerState::Stopped => "does not run",
    }
}

/// An error with its causes.
pub(super) fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
