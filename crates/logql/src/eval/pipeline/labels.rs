//! The labels of a line on its way through a pipeline.
//!
//! A line begins with the labels of its stream and its structured metadata, which are only looked at where they
//! stand. What the pipeline changes is written beside them into memory that is used again for every line.
//!
//! A name belongs to the stream before it belongs to the metadata, and to the metadata before it belongs to a
//! parser; who comes too late gets the name with [`TAKEN_SUFFIX`], where the order is the reverse.

use std::collections::HashMap;

use model::{Labels, Level, Metadata, label};

use super::wanted::Wanted;

/// What is put behind a name that is taken.
pub(crate) const TAKEN_SUFFIX: &str = "_extracted";

/// The label that names the error of a stage.
pub(crate) const ERROR: &str = "__error__";

/// The label that describes it.
pub(crate) const ERROR_DETAILS: &str = "__error_details__";

/// From so many labels of a line on they are found by a table instead of one after the other.
const TABLE_FROM: usize = 32;

/// Where a label comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    Stream,
    Metadata,
    Parsed,
}

/// The labels that all lines of a stream begin with.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamLabels {
    labels: Labels,
    /// A bit for each name: most names that are not there are known by that.
    names: u64,
    level_taken: bool,
}

/// Where the bit of a name is.
fn bit(name: &str) -> u64 {
    let (first, last) = (name.as_bytes().first(), name.as_bytes().last());
    let mixed = name.len() * 31
        + usize::from(first.copied().unwrap_or(0)) * 7
        + usize::from(last.copied().unwrap_or(0));
    1 << (mixed % 64)
}

impl StreamLabels {
    pub(crate) fn new(labels: &Labels) -> Self {
        Self {
            labels: labels.clone(),
            names: labels.iter().fold(0, |names, (name, _)| names | bit(name)),
            level_taken: labels.get(label::DETECTED_LEVEL).is_some(),
        }
    }

    pub(crate) fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Whether there is a label of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names & bit(name) != 0 && self.labels.get(name).is_some()
    }
}

/// What a line has before its pipeline runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base<'a> {
    pub(super) stream: &'a StreamLabels,
    pub(super) metadata: &'a Metadata,
    pub(super) level: Level,
}

impl<'a> Base<'a> {
    /// The structured metadata, to which the level belongs, and whether the stream has each name already.
    fn metadata(self) -> impl Iterator<Item = (&'a str, bool, &'a str)> {
        let others = self.metadata.iter().map(|(name, value)| (&**name, &**value));
        let others = others.filter(|(name, _)| *name != label::DETECTED_LEVEL);
        let others = others.map(move |(name, value)| (name, self.stream.has(name), value));
        others.chain([(label::DETECTED_LEVEL, self.stream.level_taken, self.level.name())])
    }

    /// The structured metadata of this name, if it can have it.
    fn of_metadata(self, name: &str) -> Option<&'a str> {
        let of_level = || (name == label::DETECTED_LEVEL).then_some(self.level.name());
        let found = self.metadata.iter().find(|(other, _)| **other == *name).map(|(_, value)| &**value);
        of_level().or(found).filter(|_| !self.stream.has(name))
    }
}

/// A stretch of [`Changes::text`].
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    end: u32,
}

/// A label that the pipeline set or removed.
#[derive(Clone, Copy, Debug)]
struct Changed {
    name: Place,
    /// `None`: removed.
    value: Option<Place>,
    category: Category,
    /// A parser has set it once. What was found first stays, and what was dropped stays away.
    extracted: bool,
}

/// What a pipeline changed in the labels of a line.
#[derive(Debug, Default)]
pub(super) struct Changes {
    text: String,
    labels: Vec<Changed>,
    table: HashMap<Box<str>, u32>,
    error: Option<Place>,
    details: Option<Place>,
}

impl Changes {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.labels.clear();
        self.table.clear();
        self.error = None;
        self.details = None;
    }

    /// How many labels were set or removed.
    pub(super) fn count(&self) -> usize {
        self.labels.len()
    }

    /// Forgets all but the first `count` labels.
    pub(super) fn truncate(&mut self, count: usize) {
        self.labels.truncate(count);
        self.table.retain(|_, index| (*index as usize) < count);
    }

    fn at(&self, place: Place) -> &str {
        &self.text[place.start as usize..place.end as usize]
    }

    fn write(&mut self, text: &str) -> Place {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Place { start, end: self.text.len() as u32 }
    }

    fn find(&self, name: &str) -> Option<usize> {
        if !self.table.is_empty() {
            return self.table.get(name).map(|index| *index as usize);
        }
        self.labels.iter().position(|label| self.at(label.name) == name)
    }

    fn push(&mut self, label: Changed) {
        self.labels.push(label);
        let count = self.labels.len();
        if count < TABLE_FROM {
            return;
        }
        let first = if self.table.is_empty() { 0 } else { count - 1 };
        for index in first..count {
            let name = self.at(self.labels[index].name).into();
            self.table.insert(name, index as u32);
        }
    }
}

/// The labels of one line while its pipeline runs, and after.
pub(super) struct LineLabels<'a> {
    pub(super) base: Base<'a>,
    pub(super) changes: &'a mut Changes,
}

impl LineLabels<'_> {
    /// The value of a label, if the line has it. The labels of errors are not among them.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        get(self.base, self.changes, name)
    }

    /// All that there is at this moment.
    pub(super) fn seen_whole(&self) -> FinalLabels<'_> {
        FinalLabels { base: self.base, changes: self.changes }
    }

    /// What a template or a filter sees under a name: errors too.
    pub(super) fn seen(&self, name: &str) -> Option<&str> {
        match name {
            ERROR => self.error(),
            ERROR_DETAILS => self.error_details(),
            _ => self.get(name),
        }
    }

    pub(super) fn error(&self) -> Option<&str> {
        self.changes.error.map(|place| self.changes.at(place))
    }

    pub(super) fn error_details(&self) -> Option<&str> {
        self.changes.details.map(|place| self.changes.at(place))
    }

    pub(super) fn set_error(&mut self, error: &str, details: &str) {
        let place = self.changes.write(error);
        self.changes.error = Some(place);
        if !details.is_empty() {
            let place = self.changes.write(details);
            self.changes.details = Some(place);
        }
    }

    pub(super) fn drop_error(&mut self) {
        self.changes.error = None;
    }

    pub(super) fn drop_error_details(&mut self) {
        self.changes.details = None;
    }

    /// Gives the metadata whose names are taken other ones.
    pub(super) fn rename_metadata(&mut self) {
        for (name, taken, value) in self.base.metadata() {
            if taken {
                let value = Some(self.changes.write(value));
                let start = self.changes.write(name).start;
                let end = self.changes.write(TAKEN_SUFFIX).end;
                let name = Place { start, end };
                self.changes.push(Changed { name, value, category: Category::Metadata, extracted: false });
            }
        }
    }

    /// Whether a parser has found this label before.
    pub(super) fn is_extracted(&self, name: &str) -> bool {
        self.changes.find(name).is_some_and(|index| self.changes.labels[index].extracted)
    }

    /// Whether a label that a parser finds must take another name.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.taken(name, self.changes.find(name))
    }

    fn taken(&self, name: &str, found: Option<usize>) -> bool {
        self.base.stream.has(name)
            || match found {
                None => self.base.of_metadata(name).is_some(),
                Some(index) => {
                    let label = &self.changes.labels[index];
                    label.category == Category::Metadata && label.value.is_some()
                }
            }
    }

    /// Sets what a parser found under a name, or under another one if that is taken. What was found first
    /// stays.
    pub(super) fn extract(&mut self, name: &str, value: &str, wanted: &Wanted) {
        let found = self.changes.find(name);
        if !self.taken(name, found) {
            if wanted.label(name) {
                self.extract_at(found, name, value);
            }
            return;
        }
        let longer = format!("{name}{TAKEN_SUFFIX}");
        if wanted.label(&longer) {
            self.extract_at(self.changes.find(&longer), &longer, value);
        }
    }

    fn extract_at(&mut self, found: Option<usize>, name: &str, value: &str) {
        if found.is_none_or(|index| !self.changes.labels[index].extracted) {
            self.set_at(found, name, value);
        }
    }

    /// Sets what a parser found like [`Self::extract`], but in place of what was found before.
    pub(super) fn extract_anew(&mut self, name: &str, value: &str) {
        if self.is_taken(name) {
            self.set(&format!("{name}{TAKEN_SUFFIX}"), value);
        } else {
            self.set(name, value);
        }
    }

    /// Sets a label, which hides one of the stream or the metadata.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.set_at(self.changes.find(name), name, value);
    }

    fn set_at(&mut self, found: Option<usize>, name: &str, value: &str) {
        let value = Some(self.changes.write(value));
        match found {
            Some(index) => {
                let label = &mut self.changes.labels[index];
                (label.value, label.category, label.extracted) = (value, Category::Parsed, true);
            }
            None => {
                let name = self.changes.write(name);
                self.changes.push(Changed { name, value, category: Category::Parsed, extracted: true });
            }
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        match self.changes.find(name) {
            Some(index) => self.changes.labels[index].value = None,
            None => {
                let name = self.changes.write(name);
                self.changes.push(Changed {
                    name,
                    value: None,
                    category: Category::Stream,
                    extracted: false,
                });
            }
        }
    }
}

fn get<'a>(base: Base<'a>, changes: &'a Changes, name: &str) -> Option<&'a str> {
    if let Some(index) = changes.find(name) {
        return changes.labels[index].value.map(|value| changes.at(value));
    }
    base.stream.labels.get(name).or_else(|| base.of_metadata(name))
}

/// The labels that a pipeline left.
#[derive(Clone, Copy)]
pub(crate) struct FinalLabels<'a> {
    pub(super) base: Base<'a>,
    pub(super) changes: &'a Changes,
}

impl<'a> FinalLabels<'a> {
    /// The value of a label, errors included. An empty value is not the same as none.
    pub(crate) fn get(self, name: &str) -> Option<&'a str> {
        match name {
            ERROR => self.error(),
            ERROR_DETAILS => self.error_details(),
            _ => get(self.base, self.changes, name),
        }
    }

    /// The name of the last stage's error that is still there.
    pub(crate) fn error(self) -> Option<&'a str> {
        let set = self.changes.error.map(|place| self.changes.at(place));
        set.or_else(|| get(self.base, self.changes, ERROR))
    }

    /// What is known about the error.
    pub(crate) fn error_details(self) -> Option<&'a str> {
        let set = self.changes.details.map(|place| self.changes.at(place));
        set.or_else(|| get(self.base, self.changes, ERROR_DETAILS))
    }

    /// Whether there are no labels but those of the stream and its metadata.
    pub(crate) fn unchanged(self) -> bool {
        self.changes.labels.is_empty() && self.changes.error.is_none() && self.changes.details.is_none()
    }

    /// Every label with its category, in no order, each name once. Values may be empty.
    pub(crate) fn iter(self) -> impl Iterator<Item = (Category, &'a str, &'a str)> {
        let kept = move |name: &str| self.changes.find(name).is_none();
        let stream = self.base.stream.labels.iter().filter(move |(name, _)| kept(name));
        let stream = stream.map(|(name, value)| (Category::Stream, name, value));
        let metadata = self.base.metadata().filter(move |(name, taken, _)| !taken && kept(name));
        let metadata = metadata.map(|(name, _, value)| (Category::Metadata, name, value));
        stream.chain(metadata).chain(self.changed()).chain(self.errors())
    }

    fn changed(self) -> impl Iterator<Item = (Category, &'a str, &'a str)> {
        let changes = self.changes;
        let named =
            |label: &'a Changed| Some((label.category, changes.at(label.name), changes.at(label.value?)));
        let doubled = move |name: &str| {
            (name == ERROR && changes.error.is_some()) || (name == ERROR_DETAILS && changes.details.is_some())
        };
        changes.labels.iter().filter_map(named).filter(move |(_, name, _)| !doubled(name))
    }

    fn errors(self) -> impl Iterator<Item = (Category, &'a str, &'a str)> {
        let set = [(ERROR, self.changes.error), (ERROR_DETAILS, self.changes.details)];
        let set = set.into_iter().filter_map(|(name, place)| Some((name, place?)));
        set.map(move |(name, place)| (Category::Parsed, name, self.changes.at(place)))
    }
}
