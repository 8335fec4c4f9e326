//! Rules over connections of TCP: by the name that the client asks for in TLS, its address, and its protocols.

use std::fmt;
use std::net::IpAddr;

use regex::Regex;

use super::expression::{Call, Tree, parse};
use super::request::Remark;
use super::request::build::{compile, compile_template, is_spelling, range, unknown};
use super::template::{self, Part};
use super::{RuleError, Syntax};
use crate::net::Cidr;

/// What a rule over connections looks at.
#[derive(Clone, Copy, Debug)]
pub struct TcpSeen<'a> {
    /// The name that the client asks for, lower-case; none without TLS.
    pub server_name: Option<&'a str>,
    /// The protocols that it offers.
    pub alpn: &'a [&'a str],
    /// Its address.
    pub client: IpAddr,
}

/// Which connections a router takes. Equal if the text and the syntax are.
#[derive(Clone)]
pub struct TcpRule {
    text: Box<str>,
    syntax: Syntax,
    calls: Tree<Call>,
    tree: Tree<Matcher>,
    remarks: Vec<Remark>,
}

#[derive(Clone, Debug)]
enum Matcher {
    Any,
    Name(Vec<String>),
    NamePattern(Vec<Regex>),
    Client(Vec<Cidr>),
    Protocol(Vec<String>),
}

const FUNCTIONS: [&str; 4] = ["HostSNI", "HostSNIRegexp", "ClientIP", "ALPN"];

/// The protocol of a challenge, which is not for routers.
const CHALLENGE: &str = "acme-tls/1";

impl TcpRule {
    /// Reads a rule. In syntax v3 lists and templates of v2 are understood too, with a remark.
    pub fn parse(text: &str, syntax: Syntax) -> Result<Self, RuleError> {
        let calls = parse(text)?;
        let mut remarks = Vec::new();
        let tree = calls.try_map(&mut |call| matcher(call, syntax, &mut remarks))?;
        Ok(Self { text: text.into(), syntax, calls, tree, remarks })
    }

    /// Whether it takes the connection.
    pub fn matches(&self, seen: &TcpSeen<'_>) -> bool {
        self.tree.holds(&|matcher| matcher.matches(seen))
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is to be said about it.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Whether it is ``HostSNI(`*`)`` alone: the only rule for connections without TLS.
    pub fn takes_all(&self) -> bool {
        matches!(self.tree, Tree::Leaf { not: false, leaf: Matcher::Any })
    }

    /// The priority of a router that names none: longer rules go first, the one that takes all goes last.
    pub fn default_priority(&self) -> i64 {
        if self.takes_all() { -1 } else { i64::try_from(self.text.len()).unwrap_or(i64::MAX) }
    }

    /// The names that it asks for, without repetition, in their order.
    pub fn hosts(&self) -> Vec<&str> {
        let mut hosts = Vec::new();
        for (not, matcher) in self.tree.leaves() {
            let Matcher::Name(names) = matcher else { continue };
            for name in names.iter().filter(|_| !not) {
                if !hosts.contains(&name.as_str()) {
                    hosts.push(name.as_str());
                }
            }
        }
        hosts
    }
}

fn matcher(call: &Call, syntax: Syntax, remarks: &mut Vec<Remark>) -> Result<Matcher, RuleError> {
    let known = FUNCTIONS.iter().find(|name| is_spelling(&call.name, name));
    let name = known.ok_or_else(|| unknown(call, FUNCTIONS.into_iter()))?;
    if call.values.is_empty() || call.values.iter().any(String::is_empty) {
        let what = format!("`{}` has an empty value, or none", call.name);
        return Err(RuleError::new(call.at, what, "write what it is to match"));
    }
    let template = *name == "HostSNIRegexp" && call.values.iter().any(|value| template::has_template(value));
    if syntax == Syntax::V3 && (template || call.values.len() > 1) {
        remarks.push(remark(call, template));
    }
    let v2 = syntax == Syntax::V2 || template;
    let values = || call.values.iter();
    match *name {
        "HostSNI" if values().any(|value| value == "*") => Ok(Matcher::Any),
        "HostSNI" => {
            values().map(|value| server_name(call, value, v2)).collect::<Result<_, _>>().map(Matcher::Name)
        }
        "HostSNIRegexp" => {
            let read = |value: &String| match v2 {
                true => compile_template(call, value, Part::Host),
                false if value.is_ascii() => compile(call, value),
                false => {
                    Err(RuleError::new(call.at, format!("`{value}` has letters that no host name has"), ""))
                }
            };
            values().map(read).collect::<Result<_, _>>().map(Matcher::NamePattern)
        }
        "ClientIP" => values().map(|value| range(call, value)).collect::<Result<_, _>>().map(Matcher::Client),
        _ if values().any(|value| value == CHALLENGE) => Err(RuleError::new(
            call.at,
            format!("`{CHALLENGE}` is the protocol of certificates"),
            "leave it out",
        )),
        _ => Ok(Matcher::Protocol(call.values.clone())),
    }
}

fn remark(call: &Call, template: bool) -> Remark {
    if template {
        return Remark {
            what: format!("the braces in `{}` are a template of Traefik 2", call.name),
            instead: "write a regular expression".to_owned(),
        };
    }
    let calls = call.values.iter().map(|value| format!("{}(`{value}`)", call.name));
    Remark {
        what: format!("several values in one `{}` are of Traefik 2; one of them will do", call.name),
        instead: format!("write {}", calls.collect::<Vec<_>>().join(" || ")),
    }
}

fn server_name(call: &Call, value: &str, v2: bool) -> Result<String, RuleError> {
    let rest = if v2 { value } else { value.strip_prefix("*.").unwrap_or(value) };
    let letter = |c: char| c.is_ascii_alphanumeric() || "_.-:".contains(c);
    if rest.is_empty() || !rest.chars().all(letter) {
        return Err(RuleError::new(
            call.at,
            format!("`{value}` is no name of a host"),
            "write it as example.com",
        ));
    }
    Ok(value.strip_suffix('.').unwrap_or(value).to_lowercase())
}

impl Matcher {
    fn matches(&self, seen: &TcpSeen<'_>) -> bool {
        let name = seen.server_name.unwrap_or_default();
        match self {
            Self::Any => true,
            Self::Name(names) => !name.is_empty() && names.iter().any(|known| is_name(name, known)),
            Self::NamePattern(patterns) => patterns.iter().any(|pattern| pattern.is_match(name)),
            Self::Client(ranges) => ranges.iter().any(|range| range.contains(seen.client)),
            Self::Protocol(protocols) => {
                seen.alpn.iter().any(|offered| protocols.iter().any(|known| known == offered))
            }
        }
    }
}

/// `*.example.com` stands for one label.
fn is_name(name: &str, known: &str) -> bool {
    match known.strip_prefix('*') {
        Some(rest) => name.find('.').is_some_and(|label| name[label..] == *rest),
        None => name == known,
    }
}

impl PartialEq for TcpRule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.syntax == other.syntax
    }
}

impl Eq for TcpRule {}

impl fmt::Debug for TcpRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.syntax, self.text)
    }
}

/// In one line, with the brackets that are needed; reads as the same rule.
impl fmt::Display for TcpRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.calls)
    }
}
