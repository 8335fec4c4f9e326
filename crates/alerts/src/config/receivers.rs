//! `[alerts.receivers.<name>]`: where messages go. The kind is the name where it is not written.

use std::sync::Arc;

use settings::Section;

use crate::receivers::{Receiver, Receivers, Word};

/// Reads all receivers below `[alerts]`; what is faulty is recorded there and counts as not written.
pub(super) fn read(alerts: &Section<'_>) -> Receivers {
    let all = alerts.named("receivers");
    Receivers(all.iter().filter_map(|(name, section)| one(name, section)).map(Arc::new).collect())
}

fn one(name: &str, section: &Section<'_>) -> Option<Receiver> {
    let kind = match section.is_set("kind") {
        true => section.choice("kind", &Word::ALL),
        false => Word::of(name),
    };
    if kind.is_none() && !section.is_set("kind") {
        let words: Vec<&str> = Word::ALL.iter().map(|(word, _)| *word).collect();
        let instead = format!("write kind = \"slack\", or another of {}", words.join(", "));
        section.fault("kind", format!("`{name}` says not of what kind it is"), instead);
    }
    // What is below a kind that is not known is not looked at: all of it would be called unknown.
    let Some(kind) = kind else {
        section.keys().iter().for_each(|key| section.know(key));
        return None;
    };
    if !is_name(name) {
        section.fault("", "a receiver's name is of letters, digits, - and _", "write a shorter, simpler one");
        return None;
    }
    Receiver::read(name, kind, section)
}

fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
