//! What a target says of its metrics besides numbers.

use std::collections::HashMap;

use model::metric::{About, Kind};

use crate::exposition::{Item, unescaped};

/// More families of one target are not described.
const FAMILIES_MAX: usize = 10_000;
/// Families of longer names are not described.
const NAME_BYTES_MAX: usize = 512;
/// More of an explanation is not kept.
const HELP_CHARACTERS_MAX: usize = 1000;

/// What a target says of its metrics, and what of it is new.
#[derive(Default)]
pub(super) struct Families {
    known: HashMap<Box<str>, About>,
    /// Families of which something else was said than before.
    changed: Vec<Box<str>>,
}

impl Families {
    /// Something is said of a family.
    pub(super) fn take(&mut self, item: Item<'_>) {
        let (Item::Type { name, .. } | Item::Help { name, .. } | Item::Unit { name, .. }) = item else {
            return;
        };
        let is_new = !self.known.contains_key(name);
        if is_new && (!self.has_room() || name.len() > NAME_BYTES_MAX) {
            return;
        }
        let about = self.known.entry(name.into()).or_default();
        let is_other = match item {
            Item::Type { kind, .. } => {
                let kind = Kind::parse(kind).unwrap_or_default();
                std::mem::replace(&mut about.kind, kind) != kind
            }
            Item::Help { text, .. } => replace(&mut about.help, text),
            Item::Unit { unit, .. } => replace(&mut about.unit, unit),
            Item::Sample(_) => false,
        };
        // Lines about one family stand together.
        if (is_other || is_new) && self.changed.last().is_none_or(|last| **last != *name) {
            self.changed.push(name.into());
        }
    }

    /// Whether more families can be described.
    fn has_room(&self) -> bool {
        self.known.len() < FAMILIES_MAX
    }

    /// Hands on what is new.
    pub(super) fn tell(&mut self, tell: impl Fn(&str, &About)) {
        for name in self.changed.drain(..) {
            if let Some(about) = self.known.get(&name) {
                tell(&name, about);
            }
        }
    }
}

fn replace(before: &mut String, text: &str) -> bool {
    let text = unescaped(text);
    let is_other = !before.chars().eq(text.chars().take(HELP_CHARACTERS_MAX));
    if is_other {
        *before = text.chars().take(HELP_CHARACTERS_MAX).collect();
    }
    is_other
}
