//! `headers`: sets and deletes headers of requests and answers, and what browsers need to know of safety and of other
//! origins.

use std::collections::BTreeMap;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use route::declared;

use super::answer::Answered;
use super::cross_origin::CrossOrigin;
use super::secure::Secure;
use super::target::{header_value, remove_alike};

/// The middleware.
#[derive(Debug)]
pub(super) struct Headers {
    request: Vec<Change>,
    response: Vec<Change>,
    cross_origin: Option<CrossOrigin>,
    secure: Option<Secure>,
}

/// A header to set, or to delete if there is no value.
type Change = (HeaderName, Option<HeaderValue>);

/// What the way back needs to know of the request.
#[derive(Debug)]
pub(super) struct Seen {
    origin: Option<HeaderValue>,
    encrypted: bool,
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl Headers {
    pub(super) fn new(options: &declared::Headers) -> Self {
        Self {
            request: changes(&options.request),
            response: changes(&options.response),
            cross_origin: CrossOrigin::new(options),
            secure: Secure::new(options),
        }
    }

    /// Whether the service is not to learn the client's address: `customrequestheaders.X-Forwarded-For=`.
    pub(super) fn hides_client(&self) -> bool {
        self.request.iter().any(|(name, value)| *name == FORWARDED_FOR && value.is_none())
    }

    pub(super) fn before<B>(&self, request: &mut Request<B>, tls: bool) -> Result<Seen, Box<Answered>> {
        if let Some(cross_origin) = &self.cross_origin {
            cross_origin.preflight(request)?;
        }
        for (name, _) in &self.request {
            remove_alike(request.headers_mut(), name);
        }
        apply(&self.request, request.headers_mut());
        if let Some((_, Some(host))) = self.request.iter().find(|(name, _)| *name == HOST) {
            forget_authority(request, host);
        }
        if let Some(secure) = &self.secure {
            secure.before(request, tls)?;
        }
        Ok(Seen {
            origin: self.cross_origin.as_ref().and_then(|_| request.headers().get(ORIGIN).cloned()),
            encrypted: self.secure.as_ref().is_some_and(|secure| secure.is_encrypted(request.headers(), tls)),
        })
    }

    pub(super) fn after(&self, headers: &mut HeaderMap, seen: &Seen) {
        if let Some(secure) = &self.secure {
            secure.after(headers, seen.encrypted);
        }
        apply(&self.response, headers);
        if let Some(cross_origin) = &self.cross_origin {
            cross_origin.after(headers, seen.origin.as_ref());
        }
    }
}

fn changes(written: &BTreeMap<String, String>) -> Vec<Change> {
    let change = |(name, value): (&String, &String)| {
        Some((name.parse().ok()?, Some(value.as_str()).filter(|value| !value.is_empty()).map(header_value)))
    };
    written.iter().filter_map(change).collect()
}

fn apply(changes: &[Change], headers: &mut HeaderMap) {
    for (name, value) in changes {
        match value {
            Some(value) => drop(headers.insert(name, value.clone())),
            None => drop(headers.remove(name)),
        }
    }
}

/// The host of the settings is the one that counts, not that of an absolute address.
fn forget_authority<B>(request: &mut Request<B>, host: &HeaderValue) {
    let mut parts = request.uri().clone().into_parts();
    if let (Some(_), Ok(authority)) = (&parts.authority, host.to_str().unwrap_or_default().parse()) {
        parts.authority = Some(authority);
        if let Ok(uri) = http::Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
}
