//! Servers side by side.

use std::time::Duration;

use super::sticky::sticky;
use super::{Cookie, HealthCheck, PassiveHealthCheck, Server};
use crate::declared::fields::Fields;

/// Servers side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancer {
    /// The servers; in labels at most one, whose address is the container's.
    pub servers: Vec<Server>,
    /// How one of them is chosen.
    pub strategy: Strategy,
    /// Whether a client stays with its server.
    pub sticky: Option<Cookie>,
    /// Whether the servers are asked how they are.
    pub health_check: Option<HealthCheck>,
    /// Whether failed requests count against a server.
    pub passive_health_check: Option<PassiveHealthCheck>,
    /// Whether the server gets the client's `Host`, else its own address.
    pub pass_host_header: bool,
    /// When what the server has sent is sent on.
    pub flush: Flush,
    /// A reference to how connections are made.
    pub transport: Option<String>,
}

/// How one of several servers is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// In turn, by their weights.
    #[default]
    RoundRobin,
    /// The less busy of two chosen at random.
    PowerOfTwo,
    /// Always the same for the same client address.
    HighestRandomWeight,
    /// The one that answers soonest.
    LeastTime,
}

/// When what a server has sent is sent on. Streams (server-sent events, gRPC) are always sent on at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// At the latest after this time.
    Every(Duration),
    /// At once.
    AtOnce,
}

impl LoadBalancer {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            servers: Server::read_all(fields),
            strategy: strategy(fields),
            sticky: sticky(fields),
            health_check: fields.object("healthCheck", HealthCheck::read),
            passive_health_check: fields.object("passiveHealthCheck", PassiveHealthCheck::read),
            pass_host_header: fields.flag("passHostHeader").unwrap_or(true),
            flush: fields.object("responseForwarding", Flush::read).unwrap_or(Flush::DEFAULT),
            transport: fields.text("serversTransport"),
        }
    }
}

impl Default for LoadBalancer {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            strategy: Strategy::default(),
            sticky: None,
            health_check: None,
            passive_health_check: None,
            pass_host_header: true,
            flush: Flush::DEFAULT,
            transport: None,
        }
    }
}

fn strategy(fields: &mut Fields<'_, '_>) -> Strategy {
    let words = [
        ("wrr", Strategy::RoundRobin),
        ("p2c", Strategy::PowerOfTwo),
        ("hrw", Strategy::HighestRandomWeight),
        ("leasttime", Strategy::LeastTime),
    ];
    fields.choice("strategy", &words).unwrap_or_default()
}

impl Flush {
    /// What Traefik does where nothing is said.
    pub const DEFAULT: Self = Self::Every(Duration::from_millis(100));

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let flush = fields.signed_duration("flushInterval");
        flush.map_or(Self::DEFAULT, |time| Duration::try_from(time).map_or(Self::AtOnce, Self::Every))
    }
}
