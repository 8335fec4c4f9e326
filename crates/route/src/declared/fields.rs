//! Reading the fields of one [`Node`]: typed, with what is wrong collected beside the value, never instead of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::notes::Notes;
use super::{meant, values};
use crate::finding::Severity;
use crate::node::{Node, Place};

/// The fields of a node. Whoever reads asks for each key that there is; what is left over is unknown.
///
/// A fault is something for which Traefik would refuse the whole container or file; here the rest stays. An error is
/// something that does not work there either.
pub(crate) struct Fields<'n, 'f> {
    pub(crate) node: &'n Node,
    pub(crate) notes: &'f mut Notes,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n, '_> {
    /// Reads the fields of `node` with `read`, then names those it did not ask for.
    pub(crate) fn read<T>(
        node: &'n Node,
        notes: &mut Notes,
        read: impl FnOnce(&mut Fields<'n, '_>) -> T,
    ) -> T {
        let mut fields = Fields { node, notes, asked: Vec::new() };
        let value = read(&mut fields);
        fields.name_unknown();
        value
    }

    fn name_unknown(self) {
        let unknown: Vec<_> = self.unknown().collect();
        for (key, child) in unknown {
            let what = format!("`{key}` is no option here");
            self.notes.fault(&child.place, what, &meant::instead(key, &self.asked));
        }
    }

    fn unknown(&self) -> impl Iterator<Item = &'n (String, Node)> {
        let known = |key: &str| self.asked.iter().any(|asked| asked.eq_ignore_ascii_case(key));
        self.node.children.iter().filter(move |(key, _)| !known(key))
    }

    /// The unknown keys of which each was most likely meant to be one of `keys`.
    pub(crate) fn misspelt(&self, keys: &[&str]) -> Vec<&'n str> {
        let is = |key: &str| meant::nearest(key, &self.asked).is_some_and(|near| keys.contains(&near));
        self.unknown().map(|(key, _)| key.as_str()).filter(|key| is(key)).collect()
    }

    /// Whether the node was written as labels, which know some things that files do not and the other way round.
    pub(crate) fn in_labels(&self) -> bool {
        matches!(self.node.place, Place::Label { .. })
    }

    pub(crate) fn fault(&mut self, key: &str, what: impl Into<String>, instead: &str) {
        self.notes.fault(self.node.place_of(key), what, instead);
    }

    pub(crate) fn error(&mut self, key: &str, what: impl Into<String>, instead: &str) {
        self.notes.add(Severity::Error, self.node.place_of(key), what.into(), instead);
    }

    pub(crate) fn warning(&mut self, key: &str, what: impl Into<String>, instead: &str) {
        self.notes.add(Severity::Warning, self.node.place_of(key), what.into(), instead);
    }

    /// The child, whatever it is; from here on it counts as known.
    pub(crate) fn child(&mut self, key: &'static str) -> Option<&'n Node> {
        self.asked.push(key);
        self.node.child(key)
    }

    /// A key that is understood but does nothing here.
    pub(crate) fn unsupported(&mut self, key: &'static str, what: &str, instead: &str) {
        if self.child(key).is_some() {
            self.warning(key, what, instead);
        }
    }

    /// A scalar's text, also the empty one.
    fn scalar(&mut self, key: &'static str) -> Option<&'n str> {
        let child = self.child(key)?;
        if !child.children.is_empty() {
            let below = child.children[0].0.as_str();
            self.fault(&format!("{key}.{below}"), format!("`{key}` is one value and has no `{below}`"), "");
        }
        child.value.as_deref()
    }

    /// A text; `None` where it is absent or empty.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        self.scalar(key).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// What `parse` makes of the scalar.
    pub(crate) fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
        expected: &str,
    ) -> Option<T> {
        let text = self.scalar(key)?;
        let value = parse(text);
        if value.is_none() {
            self.error(key, no_value(text, key), &format!("write {expected}"));
        }
        value
    }

    /// A value of one of Go's types.
    fn typed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
        expected: &str,
    ) -> Option<T> {
        let text = self.scalar(key)?;
        let value = parse(text);
        if value.is_none() {
            self.fault(key, no_value(text, key), &format!("write {expected}"));
        }
        value
    }

    /// A truth value as Go reads it: `true`, `T`, `1`, …; `yes` is none.
    pub(crate) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.typed(key, values::boolean, "true or false")
    }

    /// A whole number that fits `T`.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self, key: &'static str) -> Option<T> {
        let number = self.typed(key, |text| text.parse::<i64>().ok(), "a whole number")?;
        let value = T::try_from(number).ok();
        if value.is_none() {
            self.error(
                key,
                format!("{number} is no value for `{key}`"),
                "write a number that makes sense there",
            );
        }
        value
    }

    /// A number of bytes where a negative one, or none, means that there is no limit.
    pub(crate) fn limit_bytes(&mut self, key: &'static str) -> Option<u64> {
        self.number::<i64>(key).and_then(|bytes| u64::try_from(bytes).ok())
    }

    /// `1m30s`; a bare number counts seconds.
    pub(crate) fn duration(&mut self, key: &'static str) -> Option<Duration> {
        let time = self.signed_duration(key)?;
        let duration = Duration::try_from(time).ok();
        if duration.is_none() {
            self.error(key, format!("`{key}` is less than nothing"), "write a duration, such as 10s");
        }
        duration
    }

    /// Likewise, perhaps less than nothing.
    pub(crate) fn signed_duration(&mut self, key: &'static str) -> Option<values::Nanoseconds> {
        self.typed(key, values::duration, "a duration, such as 10s, 1m30s or 500ms")
    }

    /// A regular expression in Go's dialect.
    pub(crate) fn pattern(&mut self, key: &'static str) -> Option<values::Pattern> {
        let text = self.text(key)?;
        self.compiled(key, &text)
    }

    /// Compiles a text that was written under `key`.
    pub(crate) fn compiled(&mut self, key: &'static str, text: &str) -> Option<values::Pattern> {
        match values::Pattern::new(text) {
            Ok(pattern) => Some(pattern),
            Err(why) => {
                self.error(key, format!("`{text}` is no regular expression: {why}"), "");
                None
            }
        }
    }

    /// One of several words, without case.
    pub(crate) fn choice<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let expected = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        let find = |text: &str| words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        let text = self.scalar(key).filter(|text| !text.is_empty())?;
        let found = find(text).map(|(_, value)| *value);
        if found.is_none() {
            self.error(key, format!("`{text}` is no value for `{key}`"), &format!("write one of {expected}"));
        }
        found
    }

    /// A list: separated by commas in labels, a list in files.
    pub(crate) fn list(&mut self, key: &'static str) -> Vec<String> {
        let mut items = self.list_as_written(key);
        let many = items.len();
        items.retain(|item| !item.is_empty());
        if items.len() < many {
            self.warning(key, format!("an item of `{key}` is empty, and left out"), "take a comma out");
        }
        items
    }

    fn list_as_written(&mut self, key: &'static str) -> Vec<String> {
        let Some(child) = self.child(key) else { return Vec::new() };
        if child.children.is_empty() {
            return match child.value.as_deref() {
                None | Some("") => Vec::new(),
                Some(text) if self.in_labels() => {
                    text.split(',').map(|part| part.trim().to_owned()).collect()
                }
                Some(text) => vec![text.to_owned()],
            };
        }
        if self.in_labels() || !child.is_list() {
            let below = child.children[0].0.as_str();
            let what = format!("`{key}` is a list and has no `{below}`");
            self.fault(&format!("{key}.{below}"), what, &format!("write {key}=one,two"));
        }
        child.children.iter().filter_map(|(_, item)| item.value.clone()).collect()
    }

    /// A list of what `parse` reads; items that it does not read are faults.
    pub(crate) fn parsed_list<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Vec<T> {
        let mut values = Vec::new();
        for text in self.list(key) {
            match parse(&text) {
                Some(value) => values.push(value),
                None => {
                    let what = format!("`{text}` is no value for `{key}`");
                    self.error(key, what, &format!("write {expected}"));
                }
            }
        }
        values
    }

    /// Names with texts, as of headers; empty texts stay.
    pub(crate) fn map(&mut self, key: &'static str) -> BTreeMap<String, String> {
        let Some(child) = self.child(key) else { return BTreeMap::new() };
        self.demand_children(key, child);
        let pairs =
            child.children.iter().map(|(name, node)| (name.clone(), node.value.clone().unwrap_or_default()));
        pairs.collect()
    }

    /// An object that must have fields of its own.
    pub(crate) fn object<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Fields<'n, '_>) -> T,
    ) -> Option<T> {
        let child = self.child(key)?;
        self.demand_children(key, child);
        (!child.children.is_empty()).then(|| Fields::read(child, self.notes, read))
    }

    /// An object that a bare `true` switches on with its defaults, and any other bare value off.
    pub(crate) fn switch<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Fields<'n, '_>) -> T,
    ) -> Option<T> {
        let child = self.child(key)?;
        let word = child.value.as_deref().unwrap_or_default();
        if !word.is_empty() && !word.eq_ignore_ascii_case("true") {
            if !word.eq_ignore_ascii_case("false") {
                self.warning(key, format!("`{word}` switches `{key}` off"), "write true or false");
            }
            return None;
        }
        Some(Fields::read(child, self.notes, read))
    }

    /// A list of objects: `domains[0].main` in labels.
    pub(crate) fn objects<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Fields<'n, '_>) -> T,
    ) -> Vec<T> {
        let Some(child) = self.child(key) else { return Vec::new() };
        let written = child.value.as_deref().is_some_and(|text| !text.is_empty() && text != "[]");
        if written || (!child.is_list() && !child.children.is_empty()) {
            self.error(
                key,
                format!("`{key}` is a list of several options each"),
                &format!("write {key}[0].<option>"),
            );
            return Vec::new();
        }
        let mut objects = Vec::new();
        for (index, item) in &child.children {
            if item.children.is_empty() {
                let instead = format!("write {key}{index}.<option>");
                self.error(&format!("{key}.{index}"), format!("`{key}{index}` has no options"), &instead);
                continue;
            }
            objects.push(Fields::read(item, self.notes, &mut read));
        }
        objects
    }

    fn demand_children(&mut self, key: &'static str, child: &Node) {
        if child.children.is_empty() {
            self.fault(
                key,
                format!("`{key}` has options and is no value itself"),
                &format!("write {key}.<option>"),
            );
        }
    }
}

fn no_value(text: &str, key: &str) -> String {
    if text.is_empty() { format!("`{key}` is empty") } else { format!("`{text}` is no value for `{key}`") }
}
