//! What is chosen of a label's values: some to see, some to leave out.

use std::collections::BTreeSet;

/// Values to see and values to leave out; both empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// To see; empty: all but the excluded.
    pub include: BTreeSet<String>,
    /// To leave out.
    pub exclude: BTreeSet<String>,
}

impl Choice {
    /// Only this value.
    pub fn only(value: &str) -> Self {
        let mut choice = Self::default();
        choice.include.insert(value.to_owned());
        choice
    }

    /// Whether everything is seen.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether a value is seen.
    pub fn admits(&self, value: &str) -> bool {
        !self.exclude.contains(value) && (self.include.is_empty() || self.include.contains(value))
    }

    /// Includes a value, or takes it back.
    pub fn toggle(&mut self, value: &str) {
        self.exclude.remove(value);
        if !self.include.remove(value) {
            self.include.insert(value.to_owned());
        }
    }

    /// Leaves a value out, or takes it back.
    pub fn toggle_exclude(&mut self, value: &str) {
        self.include.remove(value);
        if !self.exclude.remove(value) {
            self.exclude.insert(value.to_owned());
        }
    }

    /// `web,worker,!nginx`. A comma, an exclamation mark in front and a backslash get a backslash.
    pub fn to_text(&self) -> String {
        let included = self.include.iter().map(|value| escape(value));
        let excluded = self.exclude.iter().map(|value| format!("!{}", escape(value)));
        included.chain(excluded).collect::<Vec<_>>().join(",")
    }

    /// The reverse of [`Choice::to_text`].
    pub fn from_text(text: &str) -> Self {
        let mut choice = Self::default();
        let mut word = Word::default();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                ',' => std::mem::take(&mut word).put(&mut choice),
                '!' if word.is_fresh() => word.excluded = true,
                '\\' => word.value.push(characters.next().unwrap_or('\\')),
                other => word.value.push(other),
            }
        }
        word.put(&mut choice);
        choice
    }
}

#[derive(Default)]
struct Word {
    value: String,
    excluded: bool,
}

impl Word {
    fn is_fresh(&self) -> bool {
        self.value.is_empty() && !self.excluded
    }

    fn put(self, choice: &mut Choice) {
        if self.value.is_empty() {
            return;
        }
        if self.excluded {
            choice.exclude.insert(self.value);
        } else {
            choice.include.insert(self.value);
        }
    }
}

fn escape(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace(',', "\\,");
    if escaped.starts_with('!') { format!("\\{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clicks_include_exclude_and_take_back() {
        let mut choice = Choice::default();
        choice.toggle("web");
        choice.toggle_exclude("nginx");
        assert_eq!(choice.to_text(), "web,!nginx");
        assert!(choice.admits("web") && !choice.admits("nginx") && !choice.admits("worker"));
        choice.toggle_exclude("web");
        assert_eq!(choice.to_text(), "!nginx,!web");
        assert!(choice.admits("worker"));
        choice.toggle("web");
        choice.toggle("web");
        choice.toggle_exclude("nginx");
        assert!(choice.is_empty());
    }

    proptest! {
        #[test]
        fn every_choice_survives_its_text(
            include in prop::collection::btree_set("[a-z!,\\\\é]{1,6}", 0..4),
            exclude in prop::collection::btree_set("[a-z!,\\\\é]{1,6}", 0..4),
        ) {
            let choice = Choice { include, exclude };
            prop_assert_eq!(Choice::from_text(&choice.to_text()), choice);
        }
    }
}
