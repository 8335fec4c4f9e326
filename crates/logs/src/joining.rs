//! Joining: lines of a collector that belong together become one entry, with the time of the first.
//!
//! The last line of a batch may be the first of a traceback whose rest has not come yet, so it is held back
//! for a moment ([`JoiningLimits`]). Positions do pass lines that are held back: these are written to `tail.db`
//! in the same transaction ([`Joining::changes`]), and taken up again at the next start. A line that is let go
//! in time for the commit after its arrival, as nearly all are, is never written as held.
//!
//! `form` knows how tracebacks look, `lines` follows them from line to line, `held` is the format on disk.

mod form;
mod held;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{Batch, Entry, Labels, Multiline, Timestamp};
use regex::Regex;

pub(crate) use held::{HeldChange, HeldLines};
use lines::State;

/// How much is held back, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JoiningLimits {
    /// A single line, of which nothing shows that more will come, waits so long after its arrival. Less than
    /// the time to the commit.
    pub(crate) line_wait: Duration,
    /// A traceback waits so long after the arrival of its first line.
    pub(crate) trace_wait: Duration,
    /// Lines further apart by their own times do not belong together.
    pub(crate) apart_max: Duration,
    /// How many lines one entry may have.
    pub(crate) lines_max: u32,
    /// How many bytes one entry may have.
    pub(crate) bytes_max: usize,
    /// How many bytes may be held back of all streams.
    pub(crate) held_bytes_max: usize,
}

impl Default for JoiningLimits {
    fn default() -> Self {
        Self {
            line_wait: Duration::from_millis(200),
            trace_wait: Duration::from_secs(1),
            apart_max: Duration::from_secs(1),
            lines_max: 2000,
            bytes_max: 1 << 20,
            held_bytes_max: 16 << 20,
        }
    }
}

/// Compiled regular expressions of first lines; more are not remembered.
const PATTERNS_MAX: usize = 256;

/// Joins the lines of all streams.
#[derive(Debug)]
pub(crate) struct Joining {
    limits: JoiningLimits,
    groups: HashMap<Labels, Group>,
    /// Streams of which `tail.db` has held lines.
    written: HashSet<Labels>,
    /// No group is due before.
    due: Option<Instant>,
    bytes: usize,
    patterns: HashMap<Arc<str>, Option<Regex>>,
}

/// What a stream's lines are joined by.
enum Rule<'r> {
    Forms,
    FirstLine(&'r Regex),
}

/// Lines that make one entry, of which more may come.
#[derive(Debug)]
struct Group {
    entry: Entry,
    multiline: Multiline,
    state: State,
    lines: u32,
    /// The time of the last line.
    last: Timestamp,
    /// When the first line arrived.
    since: Instant,
    /// Whether `tail.db` has it as it is.
    is_written: bool,
}

impl Joining {
    /// With the lines that the last run held back.
    pub(crate) fn new(limits: JoiningLimits, held: Vec<HeldLines>, now: Instant) -> Self {
        let mut joining = Self {
            limits,
            groups: HashMap::new(),
            written: HashSet::new(),
            due: None,
            bytes: 0,
            patterns: HashMap::new(),
        };
        for HeldLines { labels, multiline, entry } in held {
            let mut group = Group::restored(entry, multiline, now);
            group.is_written = true;
            joining.written.insert(labels.clone());
            joining.keep(labels, group);
        }
        joining
    }

    /// Joins the batch's lines with each other and with those held back; holds back what may go on. The batch
    /// keeps its positions.
    pub(crate) fn add(&mut self, mut batch: Batch, now: Instant) -> Batch {
        let open = if self.groups.is_empty() { None } else { self.groups.remove(&batch.labels) };
        self.bytes -= open.as_ref().map_or(0, Group::bytes);
        let entries = mem::take(&mut batch.entries);
        let (joined, open) = self.join(entries, &batch.multiline, open, now);
        batch.entries = joined;
        if let Some(group) = open {
            self.keep(batch.labels.clone(), group);
        }
        batch
    }

    /// Joins the batch's lines with each other only.
    pub(crate) fn join_whole(&mut self, mut batch: Batch) -> Batch {
        if batch.multiline != Multiline::Off {
            let entries = mem::take(&mut batch.entries);
            let (joined, open) = self.join(entries, &batch.multiline, None, Instant::now());
            batch.entries = joined;
            batch.entries.extend(open.map(|group| group.entry));
        }
        batch
    }

    fn join(
        &mut self,
        entries: Vec<Entry>,
        multiline: &Multiline,
        mut open: Option<Group>,
        now: Instant,
    ) -> (Vec<Entry>, Option<Group>) {
        let limits = self.limits;
        let Some(rule) = self.rule(multiline) else {
            let held = open.map(|group| group.entry);
            return (held.into_iter().chain(entries).collect(), None);
        };
        if open.is_none() && entries.iter().all(|entry| rule.stands_alone(&entry.line)) {
            return (entries, None);
        }
        let mut joined = Vec::with_capacity(entries.len() + 1);
        for entry in entries {
            let Some(entry) = rule.offer(&mut open, entry, &limits) else { continue };
            joined.extend(open.take().map(|group| group.entry));
            if rule.stands_alone(&entry.line) {
                joined.push(entry);
            } else {
                open = Some(Group::new(entry, multiline, now));
            }
        }
        (joined, open)
    }

    /// `None` where nothing is joined.
    fn rule(&mut self, multiline: &Multiline) -> Option<Rule<'_>> {
        let text = match multiline {
            Multiline::Off => return None,
            Multiline::Auto => return Some(Rule::Forms),
            Multiline::FirstLine(text) => text,
        };
        if !self.patterns.contains_key(text) {
            if self.patterns.len() >= PATTERNS_MAX {
                self.patterns.clear();
            }
            let compiled = Regex::new(text).inspect_err(|error| {
                tracing::warn!(
                    "a regular expression of first lines is faulty, lines are joined by their form: {error}"
                );
            });
            self.patterns.insert(text.clone(), compiled.ok());
        }
        let compiled = self.patterns.get(text).and_then(Option::as_ref);
        Some(compiled.map_or(Rule::Forms, Rule::FirstLine))
    }

    fn keep(&mut self, labels: Labels, group: Group) {
        let due = group.due(&self.limits);
        self.due = Some(self.due.map_or(due, |before| before.min(due)));
        self.bytes += group.bytes();
        self.groups.insert(labels, group);
    }

    /// When the first group has waited long enough, or a little before.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Whether more is held back than may be.
    pub(crate) fn is_too_full(&self) -> bool {
        self.bytes > self.limits.held_bytes_max
    }

    /// Lets go of what has waited long enough by `now`; of everything, if that is not given.
    pub(crate) fn release(&mut self, now: Option<Instant>) -> Vec<Batch> {
        if self.due.is_none() || now.is_some_and(|now| self.due > Some(now)) {
            return Vec::new();
        }
        let limits = self.limits;
        let is_due = |group: &Group| now.is_none_or(|now| group.due(&limits) <= now);
        let released = self.groups.extract_if(|_, group| is_due(group));
        let batch = |(labels, group): (Labels, Group)| Batch {
            labels,
            entries: vec![group.entry],
            positions: Vec::new(),
            multiline: group.multiline,
        };
        let released: Vec<Batch> = released.map(batch).collect();
        self.bytes = self.groups.values().map(Group::bytes).sum();
        self.due = self.groups.values().map(|group| group.due(&limits)).min();
        released
    }

    /// What has to change in `tail.db` since this was asked last. `mask` makes unreadable what must not be
    /// written.
    pub(crate) fn changes(&mut self, mask: impl Fn(&Labels, &mut [Entry])) -> Vec<HeldChange> {
        let mut changes = Vec::new();
        for (labels, group) in self.groups.iter_mut().filter(|(_, group)| !group.is_written) {
            group.is_written = true;
            let mut entry = [group.entry.clone()];
            mask(labels, &mut entry);
            let [entry] = entry;
            self.written.insert(labels.clone());
            let multiline = group.multiline.clone();
            changes.push(HeldChange::Held(HeldLines { labels: labels.clone(), multiline, entry }));
        }
        let gone = self.written.extract_if(|labels| !self.groups.contains_key(labels));
        changes.extend(gone.map(HeldChange::LetGo));
        changes
    }
}

impl Rule<'_> {
    /// Whether the line is an entry by itself and no other belongs to it.
    fn stands_alone(&self, line: &str) -> bool {
        matches!(self, Self::Forms) && (line.is_empty() || form::is_json(line))
    }

    /// Adds the entry to the group, if it belongs there; gives it back if not.
    fn offer(&self, group: &mut Option<Group>, entry: Entry, limits: &JoiningLimits) -> Option<Entry> {
        let Some(group) = group else { return Some(entry) };
        let apart = entry.timestamp.nanos().saturating_sub(group.last.nanos());
        let fits = apart <= limits.apart_max.as_nanos() as i64
            && group.lines < limits.lines_max
            && group.entry.line.len() + entry.line.len() < limits.bytes_max;
        let next = match self {
            Self::FirstLine(first) => (!first.is_match(&entry.line)).then_some(State::Block),
            Self::Forms => group.state.next(&group.entry.line, &entry.line),
        };
        match next.filter(|_| fits && group.entry.metadata == entry.metadata) {
            Some(state) => {
                group.push(&entry, state);
                None
            }
            None => Some(entry),
        }
    }
}

impl Group {
    fn new(entry: Entry, multiline: &Multiline, now: Instant) -> Self {
        Self {
            state: State::first(&entry.line),
            multiline: multiline.clone(),
            last: entry.timestamp,
            entry,
            lines: 1,
            since: now,
            is_written: false,
        }
    }

    /// The group that was held back by the last run.
    fn restored(entry: Entry, multiline: Multiline, now: Instant) -> Self {
        let Entry { timestamp, line, metadata } = entry;
        let mut lines = line.split('\n');
        let entry = |line: &str| Entry { timestamp, line: line.to_owned(), metadata: metadata.clone() };
        let mut group = Self::new(entry(lines.next().unwrap_or_default()), &multiline, now);
        for line in lines {
            let state = group.state.next(&group.entry.line, line).unwrap_or(group.state);
            group.push(&entry(line), state);
        }
        group
    }

    fn push(&mut self, entry: &Entry, state: State) {
        self.entry.line.reserve(entry.line.len() + 1);
        self.entry.line.push('\n');
        self.entry.line.push_str(&entry.line);
        self.last = entry.timestamp;
        self.lines += 1;
        self.state = state;
        self.is_written = false;
    }

    fn bytes(&self) -> usize {
        self.entry.line.len() + 256
    }

    fn due(&self, limits: &JoiningLimits) -> Instant {
        let is_line = self.lines == 1 && self.state == State::Line && self.multiline == Multiline::Auto;
        self.since + if is_line { limits.line_wait } else { limits.trace_wait }
    }
}
