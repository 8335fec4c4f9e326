//! A request under way, and a connection that is open: counted while they live.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::meter::Route;
use super::series::Series;

/// A request under way: where it came in, where it goes. It counts as in flight at each of these until it is dropped.
#[derive(Debug)]
pub struct Ticket {
    /// When its head had come.
    pub started: Instant,
    /// The same by the wall's clock.
    pub started_at: SystemTime,
    entrypoint: Arc<Series>,
    route: Option<Arc<Route>>,
    target: Option<Arc<Series>>,
}

impl Ticket {
    /// For a request that came in at the entrypoint.
    pub fn new(entrypoint: Arc<Series>) -> Self {
        entrypoint.enter();
        Self { started: Instant::now(), started_at: SystemTime::now(), entrypoint, route: None, target: None }
    }

    /// The router that takes it.
    pub fn routed(&mut self, route: &Arc<Route>) {
        route.series.enter();
        if let Some(before) = self.route.replace(Arc::clone(route)) {
            before.series.leave();
        }
    }

    /// The service that it is passed to, once the middlewares have let it through.
    pub fn passed(&mut self, target: &Arc<Series>) {
        target.enter();
        if let Some(before) = self.target.replace(Arc::clone(target)) {
            before.leave();
        }
    }

    /// Where it came in.
    pub fn entrypoint(&self) -> &Series {
        &self.entrypoint
    }

    /// The router that takes it.
    pub fn route(&self) -> Option<&Route> {
        self.route.as_deref()
    }

    /// The service that it was passed to.
    pub fn target(&self) -> Option<&Series> {
        self.target.as_deref()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.entrypoint.leave();
        if let Some(route) = &self.route {
            route.series.leave();
        }
        if let Some(target) = &self.target {
            target.leave();
        }
    }
}

/// An open connection of an entrypoint, counted until it is dropped.
#[derive(Debug)]
pub struct Connection(Arc<Series>);

impl Connection {
    /// A connection that was accepted at the entrypoint.
    pub fn new(entrypoint: Arc<Series>) -> Self {
        entrypoint.connected(1);
        Self(entrypoint)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.connected(-1);
    }
}
