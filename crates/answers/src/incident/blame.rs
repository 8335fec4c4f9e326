//! Who is to blame: where a service's errors name another one that cannot be reached, or fails itself, they are that
//! one's incident.

use std::collections::BTreeMap;

use api::PartKind;

use super::{Group, Tracked};
use crate::seen::{Seen, Service};

/// Words of programs that could not reach another.
const UNREACHED: [&str; 16] = [
    "connect",
    "refused",
    "unreachable",
    "resolve",
    "resolution",
    "not known",
    "host name",
    "hostname",
    "timed out",
    "timeout",
    "gone away",
    "no route to host",
    "broken pipe",
    "reset by peer",
    "getaddrinfo",
    "unavailable",
];
/// Who names one who names one …
const DEPTH_MAX: usize = 4;

/// Whose incident each group is, where that is not its own.
pub(super) fn roots(groups: &BTreeMap<Group, Vec<&Tracked>>, seen: &Seen) -> BTreeMap<Group, Group> {
    let mut blamed: BTreeMap<&Group, &Group> = BTreeMap::new();
    for (group, parts) in groups.iter().filter(|(group, _)| group.family == PartKind::Container) {
        let other = groups.iter().find(|(other, of_other)| {
            *other != group
                && other.family == PartKind::Container
                && names(group, parts, other, of_other, seen)
        });
        if let Some((other, _)) = other {
            blamed.insert(group, other);
        }
    }
    let mut roots = BTreeMap::new();
    for group in blamed.keys() {
        let mut root = *group;
        for _ in 0..DEPTH_MAX {
            root = blamed.get(root).copied().unwrap_or(root);
        }
        // Two who name each other are each their own.
        if root != *group && !blamed.contains_key(root) {
            roots.insert((*group).clone(), root.clone());
        }
    }
    roots
}

/// Whether a group's errors name another that is down or fails.
fn names(group: &Group, parts: &[&Tracked], other: &Group, of_other: &[&Tracked], seen: &Seen) -> bool {
    let near = other.who.environment == group.who.environment && other.who.project == group.who.project;
    let is_down = of_other.iter().any(|part| part.symptom.kind == PartKind::Container);
    let fails = of_other.iter().any(|part| part.open && part.symptom.kind != PartKind::Alert);
    let Some(service) = seen.services.iter().find(|service| service.who == other.who) else { return false };
    near && (is_down || fails) && parts.iter().any(|part| said_of(&part.symptom.said, service))
}

/// Whether a text tells that this service could not be reached.
pub(super) fn said_of(text: &str, service: &Service) -> bool {
    if text.is_empty() {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let unreached = UNREACHED.iter().any(|word| lower.contains(word));
    service.names.iter().any(|name| {
        let name = name.to_ascii_lowercase();
        tells(&lower, &name, unreached)
    })
}

/// A name by itself counts only where something was not reached; an address of it always.
fn tells(text: &str, name: &str, unreached: bool) -> bool {
    if name.is_empty() {
        return false;
    }
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let begins = !before.ends_with(is_part);
        let end = after.trim_start_matches('.');
        let ends = !after.starts_with(is_part) || after.starts_with('.') && !end.starts_with(is_part);
        let has_port = after
            .strip_prefix(':')
            .is_some_and(|port| port.starts_with(|digit: char| digit.is_ascii_digit()));
        begins && ends && (unreached || before.ends_with("//") || before.ends_with('@') || has_port)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_whom_they_could_not_reach() {
        let service = Service { names: vec!["redis".into(), "172.18.0.3".into()], ..Service::default() };
        let check = |text: &str, expected: bool| assert_eq!(said_of(text, &service), expected, "{text}");
        check("ConnectionError: Error 111 connecting to redis:6379. Connection refused.", true);
        check("could not translate host name \"redis\" to address: Name or service not known", true);
        check("Error -3 connecting to redis. Temporary failure in name resolution.", true);
        check("connect: 172.18.0.3:6379: no route to host", true);
        check("HTTPError: 500 for url: http://redis/x", true);
        check("redis.exceptions.ConnectionError: Error 111 connecting to cache:6379.", false);
        check("connection to redis-2 refused", false);
        check("172.18.0.31 refused", false);
        check("the redis is full of keys", false);
        check("", false);
    }
}
