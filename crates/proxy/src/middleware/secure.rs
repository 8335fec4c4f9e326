//! The part of `headers` about safety: allowed hosts, redirects to https, and the headers that browsers heed.

use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY, HeaderName, LOCATION, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS, X_XSS_PROTECTION,
};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use route::declared::Headers;

use super::answer::{Answered, redirect, text, with, worded};
use super::target::{header_value, host, path_and_query};

const PUBLIC_KEY_PINS: HeaderName = HeaderName::from_static("public-key-pins");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const FEATURE_POLICY: HeaderName = HeaderName::from_static("feature-policy");

/// What is checked and what is set.
#[derive(Debug)]
pub(super) struct Secure {
    allowed_hosts: Vec<String>,
    host_headers: Vec<HeaderName>,
    encrypted_if: Vec<(HeaderName, String)>,
    redirects: bool,
    redirect_status: StatusCode,
    ssl_host: Option<String>,
    force_host: bool,
    /// Set on every answer.
    always: Vec<(HeaderName, HeaderValue)>,
    /// Set on answers that went over an encrypted connection.
    encrypted: Vec<(HeaderName, HeaderValue)>,
}

impl Secure {
    /// `None` if the options say nothing about it.
    pub(super) fn new(options: &Headers) -> Option<Self> {
        let names = |names: &[String]| names.iter().filter_map(|name| name.parse().ok()).collect();
        let secure = Self {
            allowed_hosts: if options.is_development { Vec::new() } else { options.allowed_hosts.clone() },
            host_headers: names(&options.hosts_proxy_headers),
            encrypted_if: options
                .ssl_proxy_headers
                .iter()
                .filter_map(|(name, value)| Some((name.parse().ok()?, value.clone())))
                .collect(),
            redirects: options.ssl_redirect && !options.is_development,
            redirect_status: if options.ssl_temporary_redirect {
                StatusCode::TEMPORARY_REDIRECT
            } else {
                StatusCode::MOVED_PERMANENTLY
            },
            ssl_host: options.ssl_host.clone(),
            force_host: options.ssl_force_host,
            always: always(options),
            encrypted: encrypted(options),
        };
        secure.says_something().then_some(secure)
    }

    fn says_something(&self) -> bool {
        self.redirects
            || self.force_host
            || self.ssl_host.is_some()
            || !(self.allowed_hosts.is_empty() && self.always.is_empty() && self.encrypted.is_empty())
    }

    /// Refuses foreign hosts, and sends the client to https where it is asked for.
    pub(super) fn before<B>(&self, request: &Request<B>, tls: bool) -> Result<(), Box<Answered>> {
        let named = self.host_headers.iter().find_map(|name| request.headers().get(name)?.to_str().ok());
        let host = named.filter(|host| !host.is_empty()).unwrap_or_else(|| host(request));
        let is_allowed = |allowed: &String| allowed.eq_ignore_ascii_case(host);
        if !self.allowed_hosts.is_empty() && !self.allowed_hosts.iter().any(is_allowed) {
            let answer = worded(StatusCode::INTERNAL_SERVER_ERROR, "Bad Host");
            return Err(with(answer, "its host is not an allowed one"));
        }
        let target = self.ssl_host.as_deref().unwrap_or(host);
        let to_https = self.redirects && !self.is_encrypted(request.headers(), tls);
        if to_https || (self.force_host && target != host) {
            let location = format!("https://{target}{}", path_and_query(request.uri()));
            return match HeaderValue::try_from(location) {
                Ok(location) => Err(redirect(self.redirect_status, location, "redirected to https")),
                Err(_) => Err(text(StatusCode::BAD_REQUEST, "its host is not valid")),
            };
        }
        Ok(())
    }

    /// Whether the client's connection is encrypted, as we or a proxy before us see it.
    pub(super) fn is_encrypted(&self, headers: &HeaderMap, tls: bool) -> bool {
        tls || self
            .encrypted_if
            .iter()
            .any(|(name, value)| headers.get(name).is_some_and(|found| found == value))
    }

    /// Sets the headers. `is_encrypted` is of the request.
    pub(super) fn after(&self, headers: &mut HeaderMap, is_encrypted: bool) {
        if is_encrypted {
            self.correct_location(headers);
        }
        let encrypted = self.encrypted.iter().filter(|_| is_encrypted);
        for (name, value) in self.always.iter().chain(encrypted) {
            headers.insert(name, value.clone());
        }
    }

    /// An application behind us that knows its name but not its scheme redirects to `http://` itself.
    fn correct_location(&self, headers: &mut HeaderMap) {
        let Some(ssl_host) = &self.ssl_host else { return };
        let Some(location) = headers.get(LOCATION).and_then(|value| value.to_str().ok()) else { return };
        let Some(rest) =
            location.strip_prefix("http://").and_then(|rest| rest.strip_prefix(ssl_host.as_str()))
        else {
            return;
        };
        if rest.is_empty() || rest.starts_with('/') {
            let location = header_value(&format!("https://{ssl_host}{rest}"));
            headers.insert(LOCATION, location);
        }
    }
}

fn always(options: &Headers) -> Vec<(HeaderName, HeaderValue)> {
    let flag = |set: bool, value: &'static str| set.then_some(value);
    let frame = options.frame_options.as_deref().or(flag(options.frame_deny, "DENY"));
    let filter = options.browser_xss_value.as_deref().or(flag(options.browser_xss_filter, "1; mode=block"));
    let forced = sts(options).filter(|_| options.force_sts);
    [
        (X_FRAME_OPTIONS, frame),
        (X_CONTENT_TYPE_OPTIONS, flag(options.content_type_nosniff, "nosniff")),
        (X_XSS_PROTECTION, filter),
        (CONTENT_SECURITY_POLICY, options.content_security_policy.as_deref()),
        (CONTENT_SECURITY_POLICY_REPORT_ONLY, options.content_security_policy_report_only.as_deref()),
        (REFERRER_POLICY, options.referrer_policy.as_deref()),
        (PERMISSIONS_POLICY, options.permissions_policy.as_deref()),
        (FEATURE_POLICY, options.feature_policy.as_deref()),
        (STRICT_TRANSPORT_SECURITY, forced.as_deref()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, header_value(value?))))
    .collect()
}

fn encrypted(options: &Headers) -> Vec<(HeaderName, HeaderValue)> {
    let pins = options.public_key.clone().filter(|_| !options.is_development);
    [(STRICT_TRANSPORT_SECURITY, sts(options)), (PUBLIC_KEY_PINS, pins)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, header_value(&value?))))
        .collect()
}

/// `max-age=31536000; includeSubDomains; preload`
fn sts(options: &Headers) -> Option<String> {
    let seconds = options.sts_seconds.filter(|seconds| *seconds != 0 && !options.is_development)?;
    let subdomains = if options.sts_include_subdomains { "; includeSubDomains" } else { "" };
    let preload = if options.sts_preload { "; preload" } else { "" };
    Some(format!("max-age={seconds}{subdomains}{preload}"))
}
