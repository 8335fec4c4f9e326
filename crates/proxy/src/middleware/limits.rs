//! `rateLimit`, `inFlightReq` and `ipAllowList`: who may, how many at a time, how many in a time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use route::declared;

use super::answer::{Answered, short, text, with};
use super::buckets::{Buckets, Turn};
use super::source::{Address, Default, Sources, address};

const RETRY_IN: HeaderName = HeaderName::from_static("x-retry-in");

/// Bounds how many requests of a source pass in a time.
#[derive(Debug)]
pub(super) struct RateLimit {
    sources: Sources,
    /// `None`: no limit.
    buckets: Option<Buckets>,
    what: String,
}

impl RateLimit {
    pub(super) fn new(options: &declared::RateLimit) -> Result<Self, String> {
        let limited = options.average > 0;
        Ok(Self {
            sources: Sources::new(&options.source, Default::Address)?,
            buckets: limited.then(|| Buckets::new(options.average, options.period, options.burst)),
            what: format!(
                "more than {} requests in {:?}, {} at once",
                options.average, options.period, options.burst
            ),
        })
    }

    /// For how long the request is to wait before it goes on, if it may.
    pub(super) fn before<B>(&self, request: &Request<B>, peer: IpAddr) -> Result<Duration, Box<Answered>> {
        let Some(buckets) = &self.buckets else { return Ok(Duration::ZERO) };
        match buckets.take(self.sources.key(request, peer), Instant::now()) {
            Turn::Now => Ok(Duration::ZERO),
            Turn::Wait(wait) => Ok(wait),
            Turn::Refused(wait) => Err(self.refused(wait)),
        }
    }

    fn refused(&self, wait: Duration) -> Box<Answered> {
        let mut answer = short(StatusCode::TOO_MANY_REQUESTS);
        let seconds = wait.as_secs_f64().ceil() as u64;
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        if let Ok(wait) = HeaderValue::try_from(format!("{}ms", wait.as_millis())) {
            answer.headers_mut().insert(RETRY_IN, wait);
        }
        with(answer, self.what.clone())
    }
}

/// Bounds how many requests of a source are under way.
#[derive(Debug)]
pub(super) struct InFlight {
    sources: Sources,
    amount: u64,
    under_way: Arc<UnderWay>,
}

#[derive(Debug, Default)]
struct UnderWay(Mutex<HashMap<u64, u64>>);

/// A place among those under way; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    source: u64,
    under_way: Arc<UnderWay>,
}

impl InFlight {
    pub(super) fn new(options: &declared::InFlight) -> Result<Self, String> {
        let sources = Sources::new(&options.source, Default::Host)?;
        Ok(Self { sources, amount: options.amount, under_way: Arc::default() })
    }

    /// A place for the request, to be kept until its answer is over.
    pub(super) fn before<B>(&self, request: &Request<B>, peer: IpAddr) -> Result<Place, Box<Answered>> {
        let source = self.sources.key(request, peer);
        let mut counts = self.under_way.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.get(&source).copied().unwrap_or(0) >= self.amount {
            let what = format!("more than {} requests at a time", self.amount);
            return Err(text(StatusCode::TOO_MANY_REQUESTS, what));
        }
        *counts.entry(source).or_default() += 1;
        Ok(Place { source, under_way: self.under_way.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.under_way.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.source);
            }
        }
    }
}

/// Lets only clients with certain addresses pass.
pub(super) fn allowed<B>(
    options: &declared::IpAllowList,
    request: &Request<B>,
    peer: IpAddr,
) -> Result<(), Box<Answered>> {
    let client = address(&options.strategy, request.headers(), peer);
    let what = match client {
        Address::Ip(ip) if options.source_range.iter().any(|range| range.contains(ip)) => return Ok(()),
        Address::Ip(ip) => format!("{ip} is not in the list of allowed addresses"),
        Address::Text(_) => "the client's address is not known".to_owned(),
    };
    let status = StatusCode::from_u16(options.reject_status).unwrap_or(StatusCode::FORBIDDEN);
    Err(text(status, what))
}
