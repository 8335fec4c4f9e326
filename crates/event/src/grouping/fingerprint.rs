//! Fingerprints: the program's own, or of a rule of the project.

use std::borrow::Cow;

use super::{Digest, Hash, Keyed, Part, Rules, Variant};
use crate::event::{Event, Frame};

/// A fingerprint that takes the place of what the event would be grouped by.
pub(super) struct Chosen<'e> {
    parts: &'e [String],
    by_rule: bool,
}

/// A rule's fingerprint, else the program's; none where it asks for nothing but the default.
pub(super) fn chosen<'e>(event: &'e Event, rules: &'e Rules) -> Option<Chosen<'e>> {
    if let Some(parts) = rules.fingerprint(event) {
        return Some(Chosen { parts, by_rule: true }).filter(Chosen::says_something);
    }
    Some(Chosen { parts: &event.fingerprint, by_rule: false }).filter(Chosen::says_something)
}

impl Chosen<'_> {
    fn says_something(&self) -> bool {
        self.parts.iter().any(|part| !is_default(part))
    }

    pub(super) fn variant(&self) -> Variant {
        if self.by_rule { Variant::Rule } else { Variant::Fingerprint }
    }

    /// One hash, or one for each of the default's keys where the default is a part of it.
    pub(super) fn apply(&self, event: &Event, default: Keyed) -> (Vec<Hash>, Vec<Part>) {
        let expanded: Vec<Cow<str>> = self.parts.iter().map(|part| expand(part, event)).collect();
        let with_default = self.parts.iter().any(|part| is_default(part));
        let hash_with = |key: u128| {
            let mut digest = Digest::new("fingerprint");
            for (part, text) in self.parts.iter().zip(&expanded) {
                if is_default(part) { digest.number(key) } else { digest.text(text) }
            }
            Hash::of_key(digest.end())
        };
        let hashes =
            if with_default { default.keys.into_iter().map(hash_with).collect() } else { vec![hash_with(0)] };
        (hashes, self.why(&expanded, with_default, default.why))
    }

    fn why(&self, expanded: &[Cow<str>], with_default: bool, default: Vec<Part>) -> Vec<Part> {
        let own =
            self.parts.iter().zip(expanded).filter(|(part, _)| !is_default(part)).map(|(part, text)| {
                let shown = Part::used(format!("fingerprint {text}"));
                if part == text { shown } else { shown.hinted(format!("from {part}")) }
            });
        let rest = default.into_iter().map(|part| {
            if with_default || !part.used {
                part
            } else {
                Part::unused(part.what, "the fingerprint takes its place")
            }
        });
        own.chain(rest).collect()
    }
}

/// Whether the part stands for what the event would be grouped by without it.
fn is_default(part: &str) -> bool {
    variable(part).is_some_and(|name| name == "default")
}

fn variable(part: &str) -> Option<&str> {
    Some(part.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim())
}

/// Puts in what `{{ … }}` stands for. A name that is not known stays as it is.
fn expand<'p>(part: &'p str, event: &Event) -> Cow<'p, str> {
    let mut expanded = String::new();
    let mut rest = part;
    while let Some(begin) = rest.find("{{") {
        let Some(length) = rest[begin..].find("}}") else { break };
        let end = begin + length + 2;
        let whole = &rest[begin..end];
        expanded.push_str(&rest[..begin]);
        let name = variable(whole).unwrap_or_default();
        expanded.push_str(value(name, event).as_deref().unwrap_or(whole));
        rest = &rest[end..];
    }
    if expanded.is_empty() {
        return Cow::Borrowed(part);
    }
    expanded.push_str(rest);
    Cow::Owned(expanded)
}

/// What the name stands for; `<no-…>` where the event does not have it.
fn value<'e>(name: &str, event: &'e Event) -> Option<Cow<'e, str>> {
    let exception = event.exceptions.last();
    let frame = deciding_frame(event);
    let missing = |what: &str| Cow::Owned(format!("<no-{what}>"));
    let known = |text: Option<&'e str>, what: &str| Some(text.map_or_else(|| missing(what), Cow::Borrowed));
    match name {
        "type" | "error.type" => known(exception.and_then(|one| one.ty.as_deref()), "type"),
        "value" | "error.value" => known(exception.and_then(|one| one.value.as_deref()), "value"),
        "function" | "stack.function" => known(frame.and_then(|frame| frame.function.as_deref()), "function"),
        "module" | "stack.module" => known(frame.and_then(|frame| frame.module.as_deref()), "module"),
        "abs_path" | "stack.abs_path" => known(frame.and_then(|frame| frame.abs_path.as_deref()), "abs-path"),
        "package" | "stack.package" => known(frame.and_then(|frame| frame.package.as_deref()), "package"),
        "transaction" => known(event.transaction.as_deref(), "transaction"),
        "message" => known(message(event), "message"),
        "logger" => known(event.logger.as_deref(), "logger"),
        "release" => known(event.release.as_deref(), "release"),
        "environment" => known(event.environment.as_deref(), "environment"),
        "level" => Some(Cow::Borrowed(event.level.name())),
        _ => name
            .strip_prefix("tags.")
            .map(|tag| event.tag(tag).map_or_else(|| missing("value"), Cow::Borrowed)),
    }
}

/// The text of the event, else of its exception.
pub(super) fn message(event: &Event) -> Option<&str> {
    let own = event.message.as_ref().map(|message| message.formatted.as_str());
    own.or_else(|| event.exceptions.last()?.value.as_deref())
}

/// The innermost frame of the program's own, else the innermost.
fn deciding_frame(event: &Event) -> Option<&Frame> {
    let frames = event.exceptions.last().map_or(&event.stacktrace, |exception| &exception.frames);
    frames.iter().rev().find(|frame| frame.in_app == Some(true)).or_else(|| frames.last())
}
