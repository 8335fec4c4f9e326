//! Rules that are sound, and match nothing, or more than their author thinks.

use std::collections::BTreeSet;

use super::Remark;
use super::matcher::Matcher;
use crate::rule::expression::{Call, Tree};
use crate::rule::routed_path;

/// What is to be said about a rule; each thing once.
pub(super) fn of(calls: &Tree<Call>, tree: &Tree<Matcher>) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    let of_calls = calls.leaves().into_iter().flat_map(|(_, call)| of_call(call));
    for remark in of_calls.chain(of_contradictions(tree)) {
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    remarks
}

fn remark(what: String, instead: impl Into<String>) -> Option<Remark> {
    Some(Remark { what, instead: instead.into() })
}

fn of_call(call: &Call) -> Vec<Remark> {
    let kind = call.name.to_ascii_lowercase();
    // What a template gives is not known here.
    let values = call.values.iter().filter(|value| !value.contains("{{"));
    let found = values.filter_map(|value| {
        unset_variable(value).or_else(|| match kind.as_str() {
            "host" | "hostheader" => of_host(&call.name, value),
            "hostregexp" => of_host_pattern(&call.name, value),
            "path" | "pathprefix" => of_path(&call.name, value),
            _ => None,
        })
    });
    found.collect()
}

/// Compose replaces `${NAME}`; where it does not, it stays as it is.
fn unset_variable(value: &str) -> Option<Remark> {
    let (_, rest) = value.split_once("${")?;
    let (name, _) = rest.split_once('}')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let what = || format!("`${{{name}}}` was not replaced");
    is_name.then(|| remark(what(), "write a single $ in compose files, and set the variable"))?
}

fn of_host(function: &str, value: &str) -> Option<Remark> {
    let never = |why: &str| format!("`{value}` matches no request: {why}");
    let bare = value.split_once("://").map_or(value, |(_, rest)| rest);
    let name = bare.split(['/', ':', ' ']).find(|part| !part.is_empty()).unwrap_or_default();
    let instead = format!("write {function}(`{name}`)");
    if value.contains("://") {
        return remark(never("a host has no scheme"), instead);
    }
    if let Some((_, path)) = value.split_once('/') {
        return remark(never("a host has no path"), format!("{instead} && PathPrefix(`/{path}`)"));
    }
    if value.trim() != value || value.contains(' ') {
        return remark(never("a host has no spaces"), instead);
    }
    if value.matches(':').count() == 1 {
        return remark(never("a host has no port here"), format!("{instead}, and say on which entrypoint"));
    }
    let stars = value.matches('*').count();
    if stars > 1 || (stars == 1 && value != "*" && !value.starts_with("*.")) {
        return remark(
            never("a `*` stands for the first label alone"),
            "write Host(`*.example.com`) or HostRegexp",
        );
    }
    None
}

/// A plain name as an expression matches in the middle of longer names, and its dots match any character.
fn of_host_pattern(function: &str, value: &str) -> Option<Remark> {
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || ".-\\".contains(c));
    if !plain || !value.contains('.') {
        return None;
    }
    let what =
        format!("`{value}` matches every host in which it stands, such as {}.evil.example", unescaped(value));
    let exact = regex::escape(&unescaped(value)).replace("\\-", "-");
    remark(what, format!("write {function}(`^{exact}$`)"))
}

fn unescaped(value: &str) -> String {
    value.replace('\\', "")
}

fn of_path(function: &str, value: &str) -> Option<Remark> {
    let never = |why: &str| format!("`{value}` matches no request: {why}");
    if let Some((path, query)) = value.split_once('?') {
        let (key, text) = query.split_once('=').unwrap_or((query, ""));
        let instead = format!("write {function}(`{path}`) && Query(`{key}`, `{text}`)");
        return remark(never("a path has no query"), instead);
    }
    if value.contains('#') {
        return remark(never("no browser sends what is behind a `#`"), "leave it out");
    }
    let routed = routed_path(value)?;
    (routed != value)
        .then(|| remark(never("escapes are undone before"), format!("write {function}(`{routed}`)")))?
}

/// The values of which a function matches one, if these can be counted.
type Values = fn(&Matcher) -> Option<BTreeSet<&str>>;

/// `Host(a) && Host(b)`: no request is for both.
fn of_contradictions(tree: &Tree<Matcher>) -> Vec<Remark> {
    let parts = match tree {
        Tree::Leaf { .. } => return Vec::new(),
        Tree::Any(parts) => return parts.iter().flat_map(of_contradictions).collect(),
        Tree::All(parts) => parts,
    };
    let mut remarks: Vec<Remark> = parts.iter().flat_map(of_contradictions).collect();
    let kinds: [(&str, Values); 3] =
        [("Host", Matcher::exact_hosts), ("Path", Matcher::exact_paths), ("Method", Matcher::methods)];
    for (name, values) in kinds {
        let sets = parts.iter().filter_map(|part| match part {
            Tree::Leaf { not: false, leaf } => values(leaf),
            _ => None,
        });
        let sets: Vec<BTreeSet<&str>> = sets.collect();
        let common =
            sets.iter().skip(1).fold(sets.first().cloned().unwrap_or_default(), |common, set| &common & set);
        if sets.len() > 1 && common.is_empty() {
            let what = format!("no request matches: none has two values of `{name}` at once");
            remarks.extend(remark(what, "write || between them"));
        }
    }
    remarks
}
