//! What one function of a rule looks for.

use std::collections::BTreeSet;

use http::HeaderName;
use regex::Regex;

use super::{Seen, query};
use crate::net::Cidr;

/// What one function of a rule looks for. Where there are several values, one will do.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    AnyHost,
    Host(Vec<Host>),
    HostPattern(Vec<Regex>),
    Path(Vec<String>),
    PathPrefix(Vec<String>),
    PathPattern(Vec<Regex>),
    Header(HeaderName, String),
    HeaderPattern(HeaderName, Regex),
    Method(Vec<String>),
    Query(String, String),
    QueryPattern(String, Regex),
    /// Only the parameter's first value counts.
    FirstQueryPattern(String, Regex),
    ClientIp(Vec<Cidr>),
    /// Pairs of v2: all of them.
    All(Vec<Matcher>),
}

/// A host of a rule, lower-case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    /// Without the dot at the end.
    pub(super) name: String,
    /// Whether it begins with `*` and stands for one label.
    pub(super) wildcard: bool,
    /// Whether certificates are wanted for it.
    pub(super) certified: bool,
}

impl Host {
    fn matches(&self, host: &str) -> bool {
        if !self.wildcard {
            return host == self.name;
        }
        let label = host.find('.').unwrap_or(host.len());
        !host.is_empty() && self.name[1..] == host[label..]
    }
}

impl Matcher {
    pub(super) fn matches(&self, seen: &Seen<'_>) -> bool {
        match self {
            Self::AnyHost => true,
            Self::Host(hosts) => {
                let host = seen.host.strip_suffix('.').unwrap_or(seen.host);
                hosts.iter().any(|known| known.matches(host))
            }
            Self::HostPattern(patterns) => patterns.iter().any(|pattern| pattern.is_match(seen.host)),
            Self::Path(paths) => paths.iter().any(|path| path == seen.path),
            Self::PathPrefix(prefixes) => {
                prefixes.iter().any(|prefix| seen.path.starts_with(prefix.as_str()))
            }
            Self::PathPattern(patterns) => patterns.iter().any(|pattern| pattern.is_match(seen.path)),
            Self::Header(name, value) => has_header(seen, name, |text| text == value.as_bytes()),
            Self::HeaderPattern(name, pattern) => {
                has_header(seen, name, |text| pattern.is_match(&String::from_utf8_lossy(text)))
            }
            Self::Method(methods) => methods.iter().any(|method| method == seen.method),
            Self::Query(key, value) => query::values(seen.query, key).any(|found| found == *value),
            Self::QueryPattern(key, pattern) => {
                query::values(seen.query, key).any(|found| pattern.is_match(&found))
            }
            Self::FirstQueryPattern(key, pattern) => {
                query::values(seen.query, key).next().is_some_and(|found| pattern.is_match(&found))
            }
            Self::ClientIp(ranges) => ranges.iter().any(|range| range.contains(seen.client)),
            Self::All(matchers) => matchers.iter().all(|matcher| matcher.matches(seen)),
        }
    }

    pub(super) fn hosts(&self) -> impl Iterator<Item = &str> {
        let hosts = if let Self::Host(hosts) = self { hosts.as_slice() } else { &[] };
        hosts.iter().filter(|host| host.certified).map(|host| host.name.as_str())
    }

    /// The hosts that it matches, if these can be counted.
    pub(super) fn exact_hosts(&self) -> Option<BTreeSet<&str>> {
        let Self::Host(hosts) = self else { return None };
        let exact = hosts.iter().all(|host| !host.wildcard);
        exact.then(|| hosts.iter().map(|host| host.name.as_str()).collect())
    }

    /// The paths that it matches, if these can be counted.
    pub(super) fn exact_paths(&self) -> Option<BTreeSet<&str>> {
        let Self::Path(paths) = self else { return None };
        Some(paths.iter().map(String::as_str).collect())
    }

    /// The methods that it matches.
    pub(super) fn methods(&self) -> Option<BTreeSet<&str>> {
        let Self::Method(methods) = self else { return None };
        Some(methods.iter().map(String::as_str).collect())
    }

    pub(super) fn path_prefix(&self) -> Option<&str> {
        match self {
            Self::PathPrefix(prefixes) if prefixes.len() == 1 => Some(&prefixes[0]),
            _ => None,
        }
    }
}

fn has_header(seen: &Seen<'_>, name: &HeaderName, is: impl Fn(&[u8]) -> bool) -> bool {
    seen.headers.get_all(name).iter().any(|value| is(value.as_bytes()))
}
