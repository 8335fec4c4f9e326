//! `[[probe]]` of the settings.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Uri};
use model::{Labels, label};
use outbound::Tls;
use regex::{Regex, RegexBuilder};
use settings::Section;

use super::spec::{HttpSpec, Kind, Spec, Statuses, TcpSpec};
use crate::scrape::Origin;

pub(super) const INTERVAL: Duration = Duration::from_secs(30);
pub(super) const TIMEOUT_MAX: Duration = Duration::from_secs(10);
/// More seldom, and a query that looks back for five minutes would find gaps.
pub(super) const INTERVALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(240);

/// A pattern that needs more memory than this is a mistake.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// Keys that say something of requests and answers of HTTP only.
const HTTP_KEYS: [&str; 9] = [
    "method",
    "headers",
    "authorization",
    "authorization_file",
    "body",
    "follow_redirects",
    "expect_status",
    "expect_body",
    "reject_body",
];

/// What is probed, as far as the settings say; containers say the rest.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub(super) specs: Vec<Spec>,
}

impl Config {
    /// Reads `[[probe]]` below `root`; what is faulty is recorded there and counts as not written.
    pub fn read(root: &Section<'_>) -> Self {
        let environment = root.section("identity").string("environment");
        let environment = environment.unwrap_or_else(|| "production".to_owned());
        let mut names = HashSet::new();
        let specs = root.sections("probe").into_iter().filter_map(|section| {
            let spec = spec(&section, &environment)?;
            if names.insert(spec.name.clone()) {
                return Some(spec);
            }
            section.fault("name", "another probe has this name", "write a name of its own for each");
            None
        });
        Self { specs: specs.collect() }
    }
}

fn spec(section: &Section<'_>, environment: &str) -> Option<Spec> {
    let name = required(section, "name", "write what to call it: name = \"site\"", name);
    let instead = "write what to probe: url = \"https://example.com/health/\" or \"tcp://db:5432\"";
    let url = required(section, "url", instead, Address::parse);
    let interval = interval(section);
    let timeout = within(section, "timeout", interval).unwrap_or(TIMEOUT_MAX.min(interval));
    let expect_within = within(section, "expect_within", timeout);
    let tls = Tls {
        ca_file: section.path("ca_file"),
        insecure_skip_verify: section.boolean("insecure_skip_verify").unwrap_or(false),
        ..Tls::default()
    };
    let whose = whose(section, environment);
    let (name, url) = (name?, url?);
    let kind = match &url {
        Address::Http(uri) => Kind::Http(Box::new(http(section, uri, tls))),
        Address::Tcp { host, port, is_secure } => {
            only_of_http(section);
            Kind::Tcp(TcpSpec { host: host.clone(), port: *port, tls: is_secure.then_some(tls) })
        }
    };
    let url = url.to_string();
    let own = [("job", "probe"), ("instance", &url), ("probe", &name)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let labels = Labels::from_pairs(own.into_iter().chain(whose));
    let origin = Origin::File { line: section.line("name") };
    Some(Spec { labels, name, url, interval, timeout, expect_within, kind, origin })
}

/// Whose it is, as it is written: found nowhere else, so that the series stay the same while containers come and go.
fn whose(section: &Section<'_>, environment: &str) -> Vec<(String, String)> {
    let service = section.with(label::SERVICE, name);
    let project = section.with(label::PROJECT, name);
    let environment = section.with(label::ENVIRONMENT, name).unwrap_or_else(|| environment.to_owned());
    let labels = [
        (label::SERVICE, service.clone()),
        (label::PROJECT, project),
        (label::ENVIRONMENT, service.map(|_| environment)),
    ];
    labels.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect()
}

fn required<T>(
    section: &Section<'_>,
    key: &str,
    instead: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    let value = section.with(key, read);
    if !section.is_set(key) {
        section.fault(key, "it is missing", instead);
    }
    value
}

fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("is empty; write a name".to_owned()),
        name => Ok(name.to_owned()),
    }
}

fn interval(section: &Section<'_>) -> Duration {
    let interval = section.duration("interval").unwrap_or(INTERVAL);
    if INTERVALS.contains(&interval) {
        return interval;
    }
    let problem =
        if interval < *INTERVALS.start() { "too often" } else { "too seldom: graphs would have gaps" };
    section.fault("interval", problem, "write 1s to 4m");
    INTERVAL
}

fn within(section: &Section<'_>, key: &str, limit: Duration) -> Option<Duration> {
    let duration = section.duration(key)?;
    if duration.is_zero() || duration > limit {
        let text = model::format_duration(limit);
        section.fault(key, format!("must end before {text} have passed"), format!("write {text} or less"));
        return None;
    }
    Some(duration)
}

fn http(section: &Section<'_>, url: &Uri, tls: Tls) -> HttpSpec {
    HttpSpec {
        method: section.with("method", method).unwrap_or(Method::GET),
        url: url.clone(),
        headers: headers(section),
        body: section.string("body").map(Bytes::from).unwrap_or_default(),
        follow_redirects: section.boolean("follow_redirects").unwrap_or(true),
        expect_status: statuses(section),
        expect_body: section.with("expect_body", pattern),
        reject_body: section.with("reject_body", pattern),
        tls,
    }
}

fn method(text: &str) -> Result<Method, String> {
    let method = Method::from_bytes(text.to_ascii_uppercase().as_bytes());
    method.map_err(|_| format!("{text:?} is no method of HTTP; write \"GET\", \"HEAD\" or \"POST\""))
}

fn statuses(section: &Section<'_>) -> Vec<Statuses> {
    let written = section.words("expect_status").unwrap_or_default();
    let mut statuses = Vec::new();
    for word in &written {
        match Statuses::parse(word) {
            Some(status) => statuses.push(status),
            None => section.fault(
                "expect_status",
                format!("`{word}` is no status of HTTP"),
                "write 200, \"2xx\" or a list of such",
            ),
        }
    }
    if statuses.is_empty() { vec![Statuses::Class(2)] } else { statuses }
}

fn pattern(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(&model::go_regex::translate(text)).size_limit(PATTERN_BYTES_MAX).build();
    built.map_err(|error| {
        format!("is no regular expression: {error}; put a \\ before what is meant as it stands")
    })
}

fn headers(section: &Section<'_>) -> HeaderMap {
    let written = section.section("headers");
    let mut headers = HeaderMap::new();
    for key in written.keys() {
        written.know(&key);
        let Ok(name) = HeaderName::from_bytes(key.as_bytes()) else {
            written.fault(&key, "is no name of a header", "write names such as \"X-Token\"");
            continue;
        };
        headers.extend(written.with(&key, value).map(|value| (name, value)));
    }
    if let Some(secret) = section.secret("authorization") {
        match value(secret.expose()) {
            Ok(value) => drop(headers.insert(AUTHORIZATION, value)),
            Err(problem) => section.fault("authorization", problem, ""),
        }
    }
    headers
}

/// Any of them may be a key: none is shown.
fn value(text: &str) -> Result<HeaderValue, String> {
    let value = HeaderValue::from_str(text);
    let mut value = value.map_err(|_| "holds what no header may hold; write it in one line".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

fn only_of_http(section: &Section<'_>) {
    for key in HTTP_KEYS {
        section.know(key);
        if section.is_set(key) {
            section.fault(
                key,
                "there is nothing of HTTP to tcp:// and tls://",
                "take it out, or probe an http:// address",
            );
        }
    }
}

/// What is probed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Address {
    Http(Uri),
    Tcp { host: String, port: u16, is_secure: bool },
}

impl Address {
    fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLES: &str = "write https://example.com/health/, http://web:8000/ or tcp://db:5432";
        let url: Uri = text.parse().map_err(|_| format!("{text:?} is no address; {EXAMPLES}"))?;
        let host = url.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| format!("{text:?} names no host; {EXAMPLES}"))?;
        if url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(
                "a name and a password have no place in it; write authorization = \"Basic …\"".to_owned()
            );
        }
        let is_secure = match url.scheme_str() {
            Some("http" | "https") => return Ok(Self::Http(url)),
            Some("tcp") => false,
            Some("tls") => true,
            _ => {
                return Err(format!(
                    "{text:?} begins with none of http://, https://, tcp:// and tls://; {EXAMPLES}"
                ));
            }
        };
        let port = url.port_u16().ok_or_else(|| format!("{text:?} names no port; {EXAMPLES}"))?;
        Ok(Self::Tcp { host: host.to_owned(), port, is_secure })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(url) => write!(f, "{url}"),
            Self::Tcp { host, port, is_secure } => {
                write!(f, "{}://{host}:{port}", if *is_secure { "tls" } else { "tcp" })
            }
        }
    }
}
