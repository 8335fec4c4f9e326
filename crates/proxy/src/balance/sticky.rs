//! The cookie that keeps a client with its server.

use std::fmt::Write as _;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use route::declared::{Cookie, SameSite};
use route::name::Name;

use crate::server::Server;

/// The cookie of a service.
pub(crate) struct Sticky {
    name: String,
    attributes: String,
}

impl Sticky {
    pub(crate) fn new(cookie: &Cookie, service: &Name) -> Self {
        let name = cookie.name.clone().unwrap_or_else(|| usual_name(service));
        Self { name, attributes: attributes(cookie) }
    }

    /// The server that the client's cookie names, if it takes requests.
    pub(crate) fn find<'s>(
        &self,
        headers: &HeaderMap,
        servers: &'s [Arc<Server>],
    ) -> Option<&'s Arc<Server>> {
        let value = self.value(headers)?;
        servers.iter().find(|server| *server.cookie == *value && server.is_ready() && !server.is_resting())
    }

    /// The cookie for the answer; none if the client has it.
    pub(crate) fn answer(&self, headers: &HeaderMap, server: &Server) -> Option<HeaderValue> {
        if self.value(headers) == Some(&server.cookie) {
            return None;
        }
        self.cookie(&server.cookie)
    }

    /// The cookie with this value.
    pub(crate) fn cookie(&self, value: &str) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("{}={value}{}", self.name, self.attributes)).ok()
    }

    /// What the client's cookie says.
    pub(crate) fn value<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name).map(|(_, value)| value)
    }
}

/// `_` and five hex digits that are the service's own.
fn usual_name(service: &Name) -> String {
    format!("_{}", &super::digits_of(&service.to_string())[..5])
}

fn attributes(cookie: &Cookie) -> String {
    let mut text = format!("; Path={}", cookie.path);
    if let Some(domain) = &cookie.domain {
        let _ = write!(text, "; Domain={domain}");
    }
    if cookie.max_age_seconds != 0 {
        let _ = write!(text, "; Max-Age={}", cookie.max_age_seconds.max(0));
    }
    if cookie.secure {
        text.push_str("; Secure");
    }
    if cookie.http_only {
        text.push_str("; HttpOnly");
    }
    match cookie.same_site {
        None => {}
        Some(SameSite::None) => text.push_str("; SameSite=None"),
        Some(SameSite::Lax) => text.push_str("; SameSite=Lax"),
        Some(SameSite::Strict) => text.push_str("; SameSite=Strict"),
    }
    text
}
