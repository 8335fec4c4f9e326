//! Whether a request was sent by a page of ours, by a page of another site, or by no page at all.

use std::net::IpAddr;

use http::request::Parts;
use http::{HeaderMap, Method, Uri, header};

use crate::config::PublicUrl;

/// What the browser says of the page that sent the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A page of ours.
    Ours,
    /// A page of another site.
    Foreign,
    /// Nothing is said: a program, or a plain link.
    Untold,
}

/// Under which names we are reached.
#[derive(Clone)]
pub(super) struct Hosts {
    public: Option<String>,
}

impl Hosts {
    pub(super) fn new(public_url: Option<&PublicUrl>) -> Self {
        Self { public: public_url.map(|url| url.authority.clone()) }
    }

    /// `Sec-Fetch-Site` tells it straight; over plain http browsers leave it out and `Origin` has to do.
    pub(super) fn origin(&self, headers: &HeaderMap, uri: &Uri) -> Origin {
        if headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin") {
            return Origin::Ours;
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return Origin::Untold };
        let is_ours = origin.to_str().is_ok_and(|origin| self.is_our_origin(origin, headers, uri));
        if is_ours { Origin::Ours } else { Origin::Foreign }
    }

    fn is_our_origin(&self, origin: &str, headers: &HeaderMap, uri: &Uri) -> bool {
        let Some((_, authority)) = origin.split_once("://") else { return false };
        let authority = authority.to_lowercase();
        self.public.as_ref() == Some(&authority) || authority_of(headers, uri) == Some(authority)
    }

    /// Whether the request names this machine, by a name that nobody else can give to an address of ours.
    pub(super) fn is_local(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let Some(authority) = authority_of(headers, uri) else { return false };
        let host = host_of(&authority);
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            || self.public.as_ref().is_some_and(|public| host_of(public) == host)
    }
}

/// Whether the request changes something or opens a channel: what a foreign page must not be able to do in
/// the name of the one who looks at it. A WebSocket is opened by a GET that no browser holds back.
pub(super) fn changes_something(request: &Parts) -> bool {
    let is_safe = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    !is_safe || request.headers.contains_key(header::UPGRADE)
}

/// HTTP/2 has the authority in the URI, HTTP/1 in `Host`.
fn authority_of(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let named = uri.authority().map(|authority| authority.as_str());
    let text = named.or_else(|| headers.get(header::HOST)?.to_str().ok())?;
    Some(text.to_lowercase())
}

/// `[::1]:4100` → `::1`, `localhost:4100` → `localhost`.
fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}
