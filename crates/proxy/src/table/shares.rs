//! Services that lead to other services: by shares, and with copies.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{HeaderMap, HeaderValue, Request};
use http_body_util::{BodyExt as _, Limited};
use route::name::Name;
use route::plan::{Mirroring, Share, Weighted};

use crate::balance::{Sticky, digits_of, score, turns};
use crate::body::Body;
use crate::exchange::Exchange;
use crate::forward::{Failure, broken};
use crate::tools::Tools;

/// Of a body no more is copied, even where nothing limits it: it is held in memory.
const COPY_BYTES_MAX: u64 = 1 << 20;

/// Services, each with a share of the requests.
pub(crate) struct Shares {
    shares: Vec<Share>,
    way: Way,
}

/// How one of them is chosen.
enum Way {
    /// In turn, but for clients that are to stay.
    InTurn { turns: Vec<u16>, turn: AtomicUsize, sticky: Option<Sticky> },
    /// Always the same for the same client.
    ByClient,
}

impl Shares {
    pub(super) fn weighted(service: &Name, weighted: &Weighted) -> Self {
        let weights: Vec<u32> = weighted.services.iter().map(|share| share.weight).collect();
        let sticky = weighted.sticky.as_ref().map(|cookie| Sticky::new(cookie, service));
        let way = Way::InTurn { turns: turns(&weights), turn: AtomicUsize::new(0), sticky };
        Self { shares: weighted.services.clone(), way }
    }

    pub(super) fn by_client(shares: &[Share]) -> Self {
        Self { shares: shares.to_vec(), way: Way::ByClient }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        self.shares.iter().map(|share| &share.service)
    }

    /// The service for a request, one that is ready if any is, and the cookie that keeps the client with it. `None` without
    /// any service.
    pub(crate) fn choose(
        &self,
        client: IpAddr,
        headers: &HeaderMap,
        is_ready: impl Fn(&Name) -> bool,
    ) -> Option<(&Name, Option<HeaderValue>)> {
        let first = || self.shares.first().map(|share| &share.service);
        match &self.way {
            Way::ByClient => {
                let ready = self.shares.iter().filter(|share| share.weight > 0 && is_ready(&share.service));
                let score = |share: &Share| score(client, &share.service.to_string(), share.weight);
                let best = ready.max_by(|a, b| score(a).total_cmp(&score(b)));
                best.map(|share| &share.service).or_else(first).map(|name| (name, None))
            }
            Way::InTurn { turns, turn, sticky } => {
                let kept = sticky.as_ref().and_then(|sticky| sticky.value(headers));
                let kept = kept.and_then(|value| self.names().find(|name| *value == *mark(name)));
                if let Some(name) = kept.filter(|name| is_ready(name)) {
                    return Some((name, None));
                }
                let turn = turn.fetch_add(1, Ordering::Relaxed);
                let all = (0..turns.len()).map(|offset| turns[turn.wrapping_add(offset) % turns.len()]);
                let mut names = all.filter_map(|index| Some(&self.shares.get(usize::from(index))?.service));
                let name = names.find(|name| is_ready(name)).or_else(first)?;
                Some((name, sticky.as_ref().and_then(|sticky| sticky.cookie(&mark(name)))))
            }
        }
    }
}

/// What a cookie calls a service.
fn mark(name: &Name) -> String {
    digits_of(&name.to_string())
}

/// A service whose requests others get copies of.
pub(crate) struct Mirrored {
    pub(crate) service: Name,
    mirrors: Vec<(Name, u8, AtomicUsize)>,
    body_bytes_max: u64,
}

impl Mirrored {
    pub(super) fn new(mirroring: &Mirroring) -> Self {
        let mirrors = mirroring.mirrors.iter();
        Self {
            service: mirroring.service.clone(),
            mirrors: mirrors.map(|(name, percent)| (name.clone(), *percent, AtomicUsize::new(0))).collect(),
            body_bytes_max: match mirroring.mirror_body {
                true => mirroring.body_bytes_max.unwrap_or(COPY_BYTES_MAX).min(COPY_BYTES_MAX),
                false => 0,
            },
        }
    }

    /// Sends copies to whose turn it is, and gives the request back. One whose body is too long to be copied goes to
    /// nobody else.
    pub(crate) async fn copy(
        &self,
        tools: Tools<'_>,
        request: Request<Body>,
        exchange: &Exchange,
    ) -> Result<Request<Body>, Failure> {
        let due: Vec<&Name> = self.mirrors.iter().filter(is_due).map(|(name, ..)| name).collect();
        let length = http_body::Body::size_hint(request.body()).upper();
        if due.is_empty() || length.is_none_or(|length| length > self.body_bytes_max) {
            return Ok(request);
        }
        let (parts, body) = request.into_parts();
        let limit = usize::try_from(self.body_bytes_max).unwrap_or(usize::MAX);
        let whole = Limited::new(body, limit).collect().await.map_err(|error| broken(&*error))?;
        let bytes = whole.to_bytes();
        for name in due {
            let copy = Request::from_parts(parts.clone(), Body::full(bytes.clone()));
            crate::forward::mirror(tools, name, copy, exchange);
        }
        Ok(Request::from_parts(parts, Body::full(bytes)))
    }
}

fn is_due((_, percent, turn): &&(Name, u8, AtomicUsize)) -> bool {
    // So many of every hundred, spread evenly.
    let turn = turn.fetch_add(1, Ordering::Relaxed) % 100;
    let percent = usize::from(*percent);
    (turn + 1) * percent / 100 > turn * percent / 100
}
