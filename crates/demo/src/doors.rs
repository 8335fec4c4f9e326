//! The doors of the shop's containers: where their programs listen on the loopback, and who answers there.
//!
//! Every address of 127.0.0.0/8 is this machine, so a container's address in its network can be one that really
//! answers. Where a port is taken, by another demo perhaps, any free one serves; the containers' labels and variables
//! say which.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::meters::Meters;
use crate::numbers;
use crate::shop::Member;
use crate::visits;

/// The members whose programs listen, and their ports: their own, or that of an exporter beside them.
const PORTS: [(Member, u16); 5] = [
    (Member::Edge, 9113),
    (Member::Web1, 8000),
    (Member::Web2, 8000),
    (Member::Db, 9187),
    (Member::Redis, 9121),
];
const REDIS_PORT: u16 = 6379;

/// Where the shop's programs listen.
#[derive(Clone, Debug)]
pub(crate) struct Doors {
    numbers: BTreeMap<Member, SocketAddr>,
    pub(crate) redis: SocketAddr,
}

/// Where the programs really listen.
pub(crate) struct Listeners {
    pub(crate) numbers: Vec<(Member, TcpListener)>,
    pub(crate) redis: TcpListener,
}

impl Default for Doors {
    /// The doors as they are meant to be, whoever answers there.
    fn default() -> Self {
        let meant = |(member, port): (Member, u16)| (member, SocketAddr::from((member.address(), port)));
        let redis = SocketAddr::from((Member::Redis.address(), REDIS_PORT));
        Self { numbers: PORTS.into_iter().map(meant).collect(), redis }
    }
}

impl Doors {
    /// Opens all doors.
    pub(crate) async fn open() -> anyhow::Result<(Self, Listeners)> {
        let mut doors = Self::default();
        let mut numbers = Vec::new();
        for (member, door) in &mut doors.numbers {
            let listener = listen(*door).await?;
            *door = listener.local_addr()?;
            numbers.push((*member, listener));
        }
        let redis = listen(doors.redis).await?;
        doors.redis = redis.local_addr()?;
        Ok((doors, Listeners { numbers, redis }))
    }

    /// Where a member's numbers are.
    pub(crate) fn numbers(&self, member: Member) -> Option<SocketAddr> {
        self.numbers.get(&member).copied()
    }

    /// A member's address in the network of the project.
    pub(crate) fn address(&self, member: Member) -> Ipv4Addr {
        let door = if member == Member::Redis { Some(self.redis) } else { self.numbers(member) };
        match door {
            Some(SocketAddr::V4(door)) => *door.ip(),
            _ => member.address(),
        }
    }
}

/// Listens where it is meant to be, or somewhere else on this machine.
async fn listen(meant: SocketAddr) -> anyhow::Result<TcpListener> {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    for place in [meant, SocketAddr::from((meant.ip(), 0))] {
        if let Ok(listener) = TcpListener::bind(place).await {
            return Ok(listener);
        }
    }
    TcpListener::bind(anywhere).await.context("no port of this machine is free for the simulated shop")
}

/// Answers for one member: its numbers, and whether it is well.
pub(crate) async fn serve(
    member: Member,
    listener: TcpListener,
    meters: Meters,
    shutdown: CancellationToken,
) {
    let pages = Router::new()
        .route("/metrics", get(metrics))
        .route("/health/", get(health))
        .route("/up", get(health))
        .fallback(visits::answer)
        .with_state((member, meters));
    let served = axum::serve(listener, pages).with_graceful_shutdown(shutdown.cancelled_owned());
    if let Err(error) = served.await {
        tracing::error!(%error, "a door of the simulated shop is shut");
    }
}

async fn metrics(State((member, meters)): State<(Member, Meters)>) -> Response {
    const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
    match meters.read(|counts| numbers::page(member, counts)) {
        Some(page) => ([(header::CONTENT_TYPE, FORMAT)], page).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn health(State((member, meters)): State<(Member, Meters)>) -> Response {
    let needs_database = matches!(member, Member::Web1 | Member::Web2);
    let is_well = meters.read(|counts| {
        let is_well = counts.program(member).is_some_and(|program| program.is_well);
        is_well && !(needs_database && counts.database_is_full)
    });
    if is_well {
        "ok\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not well\n").into_response()
    }
}
