//! Which of equal servers a request goes to.

mod sticky;

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::HeaderMap;
use route::declared::{HealthCheck, PassiveHealthCheck, Strategy};

use crate::server::Server;

pub(crate) use sticky::Sticky;

/// Equal servers at work.
pub(crate) struct Balancer {
    pub(crate) servers: Vec<Arc<Server>>,
    pub(crate) strategy: Strategy,
    pub(crate) sticky: Option<Sticky>,
    pub(crate) health_check: Option<HealthCheck>,
    pub(crate) passive: Option<PassiveHealthCheck>,
    pub(crate) pass_host: bool,
    /// Whose turn it is.
    turn: Arc<AtomicUsize>,
    /// The servers' places in the order of their turns; each as often as its weight says.
    turns: Vec<u16>,
}

/// More turns than this are not needed to tell weights apart.
const TURNS_MAX: u32 = 1024;

impl Balancer {
    pub(crate) fn new(
        servers: Vec<Arc<Server>>,
        planned: &route::plan::LoadBalancer,
        sticky: Option<Sticky>,
    ) -> Self {
        let weights: Vec<u32> = servers.iter().map(|server| server.weight()).collect();
        Self {
            turns: turns(&weights),
            servers,
            strategy: planned.strategy,
            sticky,
            health_check: planned.health_check.clone(),
            passive: planned.passive_health_check,
            pass_host: planned.pass_host_header,
            turn: Arc::default(),
        }
    }

    /// The server for a request, not one of `tried` if there is any other. Servers that rest are taken only where all do.
    pub(crate) fn choose(
        &self,
        client: IpAddr,
        headers: &HeaderMap,
        tried: &[Arc<Server>],
    ) -> Option<Arc<Server>> {
        let fresh = |server: &Arc<Server>| !tried.iter().any(|other| Arc::ptr_eq(other, server));
        let kept = self.sticky.as_ref().filter(|_| tried.is_empty());
        if let Some(server) = kept.and_then(|sticky| sticky.find(headers, &self.servers)) {
            return Some(server.clone());
        }
        let good = |server: &Arc<Server>| server.is_ready() && !server.is_resting() && fresh(server);
        let resting = |server: &Arc<Server>| server.is_ready() && fresh(server);
        self.pick(client, good)
            .or_else(|| self.pick(client, resting))
            .or_else(|| self.pick(client, |server| server.is_ready()))
            .cloned()
    }

    /// Whether any server takes requests.
    pub(crate) fn is_ready(&self) -> bool {
        self.servers.iter().any(|server| server.is_ready())
    }

    fn pick(&self, client: IpAddr, fits: impl Fn(&Arc<Server>) -> bool) -> Option<&Arc<Server>> {
        match self.strategy {
            Strategy::RoundRobin => self.in_turn(fits),
            Strategy::PowerOfTwo => self.less_busy_of_two(fits),
            Strategy::HighestRandomWeight => self.by_client(client, fits),
            Strategy::LeastTime => {
                let fitting = self.servers.iter().filter(|server| fits(server));
                fitting.min_by_key(|server| {
                    server.average().as_nanos().saturating_mul(server.open() as u128 + 1)
                        / u128::from(server.weight().max(1))
                })
            }
        }
    }

    fn in_turn(&self, fits: impl Fn(&Arc<Server>) -> bool) -> Option<&Arc<Server>> {
        let count = self.turns.len();
        if count == 0 {
            return None;
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let all = (0..count).map(|offset| self.turns[turn.wrapping_add(offset) % count]);
        all.filter_map(|index| self.servers.get(usize::from(index))).find(|server| fits(server))
    }

    fn less_busy_of_two(&self, fits: impl Fn(&Arc<Server>) -> bool) -> Option<&Arc<Server>> {
        let fitting: Vec<&Arc<Server>> = self.servers.iter().filter(|server| fits(server)).collect();
        let count = fitting.len();
        let chance = usize::try_from(random() & u64::from(u32::MAX)).unwrap_or_default();
        let first = fitting.get(chance % count.max(1))?;
        let second = fitting[(chance / count + 1 + chance % count) % count];
        Some(if second.open() < first.open() { second } else { first })
    }

    /// Each client has its own order of servers; when one goes only its clients move.
    fn by_client(&self, client: IpAddr, fits: impl Fn(&Arc<Server>) -> bool) -> Option<&Arc<Server>> {
        let fitting = self.servers.iter().filter(|server| fits(server) && server.weight() > 0);
        let score = |server: &Server| score(client, &server.cookie, server.weight());
        fitting.max_by(|a, b| score(a).total_cmp(&score(b)))
    }

    /// Goes on where the balancer before it was.
    pub(crate) fn take_turn_of(&mut self, before: &Self) {
        self.turn = before.turn.clone();
    }
}

/// How much a client is for one of several; whoever has the most weight is the most for the most clients.
pub(crate) fn score(client: IpAddr, name: &str, weight: u32) -> f64 {
    let mut hasher = std::hash::DefaultHasher::new();
    (client, name).hash(&mut hasher);
    let share = (hasher.finish() as f64 + 1.0) / (u64::MAX as f64 + 2.0);
    -f64::from(weight) / share.ln()
}

/// Sixteen hex digits that tell nobody what `name` is.
pub(crate) fn digits_of(name: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(name)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn random() -> u64 {
    std::hash::RandomState::new().hash_one(0)
}

/// The order of turns in which each is as far from its last turn as can be.
pub(crate) fn turns(weights: &[u32]) -> Vec<u16> {
    let divisor = weights.iter().copied().fold(0, gcd).max(1);
    let sum: u64 = weights.iter().map(|weight| u64::from(weight / divisor)).sum();
    let scale = (sum.div_ceil(u64::from(TURNS_MAX))).max(1);
    let shares: Vec<i64> = weights
        .iter()
        .map(|weight| match i64::from(weight / divisor) {
            0 => 0,
            share => (share / scale as i64).max(1),
        })
        .collect();
    let total: i64 = shares.iter().sum();
    let mut credit = vec![0; shares.len()];
    (0..total)
        .filter_map(|_| {
            for (credit, share) in credit.iter_mut().zip(&shares) {
                *credit += share;
            }
            let best = (0..credit.len()).rev().max_by_key(|index| credit[*index])?;
            credit[best] -= total;
            u16::try_from(best).ok()
        })
        .collect()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests;
