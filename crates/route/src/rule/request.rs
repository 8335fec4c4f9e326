//! Rules over requests: the functions of both syntaxes, and matching.

mod advice;
pub(super) mod build;
mod matcher;
mod query;

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use self::matcher::Matcher;
use super::expression::{Call, Tree, parse};
use super::{RuleError, Syntax};

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Lower-case, without port. A dot at the end is tolerated.
    pub host: &'a str,
    /// As [`routed_path`](super::routed_path) answers it.
    pub path: &'a str,
    /// In capitals.
    pub method: &'a str,
    /// The headers as they came.
    pub headers: &'a http::HeaderMap,
    /// As it came, without the question mark.
    pub query: &'a str,
    /// The address of the peer, never one of a header.
    pub client: IpAddr,
}

/// Which requests a router takes. Equal if the text and the syntax are.
#[derive(Clone)]
pub struct Rule {
    text: Box<str>,
    syntax: Syntax,
    calls: Tree<Call>,
    tree: Tree<Matcher>,
    remarks: Vec<Remark>,
}

/// Something about a rule that works, though perhaps not as its author thinks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What is so.
    pub what: String,
    /// What to write instead.
    pub instead: String,
}

impl Rule {
    /// Reads a rule. In syntax v3 whatever only v2 has is understood too, with a remark.
    pub fn parse(text: &str, syntax: Syntax) -> Result<Self, RuleError> {
        let calls = parse(text)?;
        let mut remarks = Vec::new();
        let tree = calls.try_map(&mut |call| build::matcher(call, syntax, &mut remarks))?;
        remarks.extend(advice::of(&calls, &tree));
        Ok(Self { text: text.into(), syntax, calls, tree, remarks })
    }

    /// Whether it takes the request.
    pub fn matches(&self, seen: &Seen<'_>) -> bool {
        self.tree.holds(&|matcher| matcher.matches(seen))
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The syntax that it was read in.
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// What is to be said about it.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// The priority of a router that names none: longer rules go first.
    pub fn default_priority(&self) -> i64 {
        i64::try_from(self.text.len()).unwrap_or(i64::MAX)
    }

    /// The hosts that it names with `Host`, lower-case and without repetition, in their order: the names of a
    /// certificate. `*.example.com` may be among them. Those it must not have are left out.
    pub fn hosts(&self) -> Vec<&str> {
        let mut hosts = Vec::new();
        for (not, matcher) in self.tree.leaves() {
            for host in matcher.hosts().filter(|_| !not) {
                if !hosts.contains(&host) {
                    hosts.push(host);
                }
            }
        }
        hosts
    }

    /// The hosts without which it never matches, none of them with a `*`; `None` where other hosts may match too.
    pub fn needed_hosts(&self) -> Option<BTreeSet<&str>> {
        needed_hosts(&self.tree)
    }

    /// The one prefix that every path that it takes begins with, where it says so itself.
    pub fn path_prefix(&self) -> Option<&str> {
        let mut prefixes =
            self.tree.leaves().into_iter().filter(|(not, _)| !not).filter_map(|(_, leaf)| leaf.path_prefix());
        let first = prefixes.next()?;
        let every = prefixes.all(|prefix| prefix == first)
            && always(&self.tree, &|leaf| leaf.path_prefix().is_some());
        every.then_some(first)
    }
}

/// Whether no request matches unless one of the leaves for which `is` holds does.
fn always(tree: &Tree<Matcher>, is: &impl Fn(&Matcher) -> bool) -> bool {
    match tree {
        Tree::Leaf { not, leaf } => !not && is(leaf),
        Tree::All(parts) => parts.iter().any(|part| always(part, is)),
        Tree::Any(parts) => parts.iter().all(|part| always(part, is)),
    }
}

fn needed_hosts(tree: &Tree<Matcher>) -> Option<BTreeSet<&str>> {
    match tree {
        Tree::Leaf { not: true, .. } => None,
        Tree::Leaf { not: false, leaf } => leaf.exact_hosts(),
        Tree::All(parts) => parts.iter().filter_map(needed_hosts).min_by_key(BTreeSet::len),
        Tree::Any(parts) => {
            let mut all = BTreeSet::new();
            for part in parts {
                all.extend(needed_hosts(part)?);
            }
            Some(all)
        }
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.syntax == other.syntax
    }
}

impl Eq for Rule {}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.syntax, self.text)
    }
}

/// In one line, with the brackets that are needed; reads as the same rule.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.calls)
    }
}
