//! A request at one of the intake's doors: for which project, by whom, from where.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use event::auth::{self, Auth, AuthError};
use http::request::Parts;
use http::{HeaderMap, header};

use crate::listen::Peer;

/// Longer names of browsers are cut.
const USER_AGENT_CHARS_MAX: usize = 512;

/// What is known of a sender before its body is read.
#[derive(Clone, Debug)]
pub(super) struct Knock {
    /// `None`: nothing outside of the body tells a key.
    auth: Result<Option<Auth>, AuthError>,
    pub(super) query: String,
    pub(super) content_encoding: Option<String>,
    pub(super) content_type: String,
    /// Where it came from; unknown in tests that make requests without a connection.
    pub(super) remote: Option<IpAddr>,
    pub(super) user_agent: Option<String>,
}

impl Knock {
    /// The key, as the query or a header tells it.
    pub(super) fn auth(&self) -> Result<Option<&Auth>, &AuthError> {
        self.auth.as_ref().map(Option::as_ref)
    }

    /// Which SDK it says to be; empty: it does not.
    pub(super) fn client(&self) -> &str {
        let auth = self.auth.as_ref().ok().and_then(Option::as_ref);
        auth.and_then(|auth| auth.client.as_deref()).unwrap_or_default()
    }

    /// A parameter of the query; an empty one counts as absent.
    pub(super) fn asked(&self, name: &str) -> Option<String> {
        let found = form_urlencoded::parse(self.query.as_bytes()).find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    }

    /// The same with the key that stands in the path.
    pub(super) fn with_key(self, key: &str) -> Self {
        let client = Some(self.client().to_owned()).filter(|client| !client.is_empty());
        let auth = key.parse().map(|key| Some(Auth { key, client })).map_err(AuthError::from);
        Self { auth, ..self }
    }

    /// The same for a body that was unpacked already.
    pub(super) fn without_packing(self) -> Self {
        Self { content_encoding: None, ..self }
    }

    fn of(parts: &Parts) -> Self {
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let query = parts.uri.query().unwrap_or_default();
        let authorization = text(header::AUTHORIZATION.as_str());
        let user_agent = text(header::USER_AGENT.as_str());
        Self {
            auth: auth::find(query, text("x-sentry-auth"), authorization),
            query: query.to_owned(),
            content_encoding: text(header::CONTENT_ENCODING.as_str()).map(str::to_owned),
            content_type: text(header::CONTENT_TYPE.as_str()).unwrap_or_default().to_owned(),
            remote: remote(parts),
            user_agent: user_agent.map(|name| name.chars().take(USER_AGENT_CHARS_MAX).collect()),
        }
    }
}

/// The address of the client: who is connected, or whom a proxy beside us forwards.
fn remote(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<Peer>().map(|Peer(peer)| peer.ip())?;
    if is_beside_us(peer) { forwarded(&parts.headers).or(Some(peer)) } else { Some(peer) }
}

/// Addresses of this machine and its networks: nobody else's word is taken for where a client is.
fn is_beside_us(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// The first address of `X-Forwarded-For`.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get("x-forwarded-for")?.to_str().ok()?.split(',').next()?.trim().parse().ok()
}

impl<S: Sync> FromRequestParts<S> for Knock {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
