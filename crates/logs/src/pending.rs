//! Lines that arrived and wait for their commit, sorted into units.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use model::{Batch, Entry, Labels, Level, Timestamp, label};

use crate::class::Class;
use crate::columns::Columns;
use crate::config::Config;
use crate::follow::Committed;
use crate::level;
use crate::place::DayKey;
use crate::shared::Shared;
use crate::status::DropReason;
use crate::storage::is_expired;
use crate::stream::{Stream, stored_labels};

/// Followers are sent no more entries, or bytes, than this at once.
const FOLLOWED_ENTRIES: usize = 512;
const FOLLOWED_BYTES: usize = 256 << 10;

/// How entries came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Read by a collector, which has them still: they wait until they can be written.
    Collected,
    /// Pushed by somebody who waits for the answer: they are given back when they cannot be written.
    Pushed,
}

/// Entries of one origin that become a row of the tail.
pub(crate) struct Part {
    pub(crate) origin: Origin,
    pub(crate) columns: Columns,
}

/// What waits.
#[derive(Default)]
pub(crate) struct Pending {
    units: Vec<PendingUnit>,
    unit_of: HashMap<(u32, DayKey), usize>,
    positions: BTreeMap<String, Option<Vec<u8>>>,
    followed: Vec<(Origin, Committed)>,
    bytes: usize,
    sorter: Sorter,
}

/// The waiting lines of one unit.
pub(crate) struct PendingUnit {
    pub(crate) key: DayKey,
    pub(crate) stream: Arc<Stream>,
    /// Full ones, then the one that is being filled.
    parts: Vec<Part>,
}

impl PendingUnit {
    /// The lines in the order of their arrival, cut into parts that become a row each.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// `room`: about how many lines and bytes will be pushed.
    fn push(
        &mut self,
        origin: Origin,
        (entry, level): (&Entry, Level),
        weight_max: u64,
        room: (usize, usize),
    ) {
        let fits = |part: &Part| part.origin == origin && (part.columns.weight() as u64) < weight_max;
        if !self.parts.last().is_some_and(fits) {
            let mut columns = Columns::default();
            columns.reserve(room.0.min(weight_max as usize / 24), room.1.min(weight_max as usize));
            self.parts.push(Part { origin, columns });
        }
        if let Some(Part { columns, .. }) = self.parts.last_mut() {
            columns.push(entry.timestamp, level, &entry.metadata, &entry.line);
        }
    }
}

impl Pending {
    /// About how many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty() && self.positions.is_empty()
    }

    pub(crate) fn units(&self) -> &[PendingUnit] {
        &self.units
    }

    pub(crate) fn take_positions(&mut self) -> BTreeMap<String, Option<Vec<u8>>> {
        std::mem::take(&mut self.positions)
    }

    /// What the parts hold, in their order.
    pub(crate) fn take_columns(&mut self) -> Vec<Columns> {
        let parts = self.units.iter_mut().flat_map(|unit| &mut unit.parts);
        parts.map(|part| std::mem::take(&mut part.columns)).collect()
    }

    /// What followers are to be sent after the commit.
    pub(crate) fn take_followed(&mut self) -> Vec<(Origin, Committed)> {
        std::mem::take(&mut self.followed)
    }

    /// Gives up what was pushed: its senders are told that it was not taken.
    pub(crate) fn withdraw_pushed(&mut self) {
        self.units.iter_mut().for_each(|unit| unit.parts.retain(|part| part.origin == Origin::Collected));
        self.followed.retain(|(origin, _)| *origin == Origin::Collected);
        let parts = self.units.iter().flat_map(|unit| &unit.parts);
        self.bytes = parts.map(|part| part.columns.weight()).sum();
    }

    /// Counts streams anew; see [`Limits::streams_max`](crate::limits::Limits).
    pub(crate) fn forget_streams(&mut self) {
        self.sorter.classes.clear();
    }

    /// Whether every stream of a push may bring lines. What rules make of its labels is not foreseen here; lines
    /// that find no room after that are counted.
    pub(crate) fn has_room_for(&self, shared: &Shared, batches: &[Batch]) -> bool {
        let left = shared.limits.streams_max.saturating_sub(self.sorter.classes.len());
        if batches.len() <= left {
            return true;
        }
        let labels = batches.iter().map(|batch| stored_labels(batch.labels.clone()));
        let new: HashSet<Labels> = labels.filter(|labels| !self.sorter.knows(shared, labels)).collect();
        new.len() <= left
    }

    /// The lines are packed: begins anew. What is known about streams stays.
    pub(crate) fn clear(&mut self) {
        self.units.clear();
        self.unit_of.clear();
        self.bytes = 0;
    }

    /// Sorts a batch in. Entries that are not to be kept are counted; the positions always are.
    pub(crate) fn add(&mut self, shared: &Shared, batch: Batch, origin: Origin) {
        let now = shared.clock.now();
        for position in batch.positions {
            self.positions.insert(position.key, position.value);
        }
        if batch.entries.is_empty() {
            return;
        }
        let Some(stream) = self.sorter.admit(shared, &stored_labels(batch.labels)) else {
            shared.counters.dropped(DropReason::TooManyStreams, batch.entries.len() as u64);
            return;
        };
        self.sorter.begin(shared, &stream, now);
        let mut followed = Followed::new(&stream.labels, shared.broadcast.has_followers());
        let room = (batch.entries.len(), batch.entries.iter().map(|entry| entry.line.len()).sum());
        for mut entry in batch.entries {
            let level = told_level(&stream, &mut entry);
            match self.sorter.sort(entry.timestamp, level) {
                Ok(key) => {
                    let beside: usize =
                        entry.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
                    self.bytes += entry.line.len() + beside + 64;
                    let unit = self.unit(&stream, key);
                    unit.push(origin, (&entry, level), shared.limits.block_weight, room);
                    followed.push(entry, level);
                }
                Err(reason) => shared.counters.dropped(reason, 1),
            }
        }
        self.followed.extend(followed.batches.into_iter().map(|batch| (origin, batch)));
    }

    fn unit(&mut self, stream: &Arc<Stream>, key: DayKey) -> &mut PendingUnit {
        let fits = |unit: &PendingUnit| unit.key == key && unit.stream.number == stream.number;
        let latest = self.sorter.latest_unit;
        if !self.units.get(latest).is_some_and(fits) {
            let units = &mut self.units;
            self.sorter.latest_unit = *self.unit_of.entry((stream.number, key)).or_insert_with(|| {
                units.push(PendingUnit { key, stream: stream.clone(), parts: Vec::new() });
                units.len() - 1
            });
        }
        &mut self.units[self.sorter.latest_unit]
    }
}

/// The level that a label, the metadata or the line tells. What the level's column says is taken out of the
/// metadata.
fn told_level(stream: &Stream, entry: &mut Entry) -> Level {
    let level = level_of(stream.level, entry);
    if !entry.metadata.is_empty() {
        entry.metadata.retain(|(name, _)| name.as_ref() != label::DETECTED_LEVEL);
    }
    level
}

/// An entry's level, given what its stream's labels tell.
pub(crate) fn level_of(told: Option<Level>, entry: &Entry) -> Level {
    told.or_else(|| level::given(&entry.metadata)).unwrap_or_else(|| level::detect(&entry.line))
}

/// Decides the day and the class of entries, or that they are not to be kept.
#[derive(Default)]
struct Sorter {
    config: Option<Arc<Config>>,
    /// Of the streams that brought lines, by number, under `config`.
    classes: HashMap<u32, [Class; 8]>,
    kept_as_of: Timestamp,
    newest: Timestamp,
    class_of: Option<[Class; 8]>,
    /// The last key given out and the instants that belong to its day.
    latest: Option<(DayKey, model::TimeRange)>,
    latest_unit: usize,
}

impl Sorter {
    /// Whether the stream of these labels brought lines already.
    fn knows(&self, shared: &Shared, labels: &Labels) -> bool {
        shared.streams.find(labels).is_some_and(|stream| self.classes.contains_key(&stream.number))
    }

    /// The stream of these labels, unless too many others brought lines already.
    fn admit(&self, shared: &Shared, labels: &Labels) -> Option<Arc<Stream>> {
        let has_room = self.classes.len() < shared.limits.streams_max;
        match shared.streams.find(labels) {
            Some(stream) if has_room || self.classes.contains_key(&stream.number) => Some(stream),
            None if has_room => Some(shared.streams.get(labels)),
            _ => None,
        }
    }

    fn begin(&mut self, shared: &Shared, stream: &Stream, now: Timestamp) {
        let config = shared.config();
        if !self.config.as_ref().is_some_and(|known| Arc::ptr_eq(known, &config)) {
            self.classes.clear();
        }
        let classes = self.classes.entry(stream.number).or_insert_with(|| config.rules().of(&stream.labels));
        self.class_of = Some(*classes);
        self.config = Some(config);
        self.kept_as_of = shared.kept_as_of(now);
        self.newest = now.plus(shared.limits.ahead_max);
        self.latest = None;
    }

    fn sort(&mut self, timestamp: Timestamp, level: Level) -> Result<DayKey, DropReason> {
        let class = self.class_of.map_or(Class::Normal, |classes| classes[usize::from(level.number())]);
        if let Some((key, inside)) = self.latest
            && key.class == class
            && inside.contains(timestamp)
        {
            return Ok(key);
        }
        if timestamp > self.newest {
            return Err(DropReason::TooFarAhead);
        }
        let key = DayKey { day: timestamp.day(), class };
        if self.config.as_ref().is_some_and(|config| is_expired(key, config, self.kept_as_of)) {
            return Err(DropReason::TooOld);
        }
        let end = key.day.end().min(self.newest.plus(std::time::Duration::from_nanos(1)));
        self.latest = Some((key, model::TimeRange { start: key.day.start(), end }));
        Ok(key)
    }
}

/// Entries on their way to the followers.
struct Followed<'a> {
    labels: &'a Labels,
    wanted: bool,
    bytes: usize,
    batches: Vec<Committed>,
}

impl<'a> Followed<'a> {
    fn new(labels: &'a Labels, wanted: bool) -> Self {
        Self { labels, wanted, bytes: 0, batches: Vec::new() }
    }

    fn push(&mut self, entry: Entry, level: Level) {
        if !self.wanted {
            return;
        }
        self.bytes += entry.line.len();
        let has_room = self.bytes < FOLLOWED_BYTES;
        match self.batches.last_mut().filter(|batch| has_room && batch.entries.len() < FOLLOWED_ENTRIES) {
            Some(batch) => batch.entries.push((entry, level)),
            None => {
                self.bytes = entry.line.len();
                self.batches.push(Committed { labels: self.labels.clone(), entries: vec![(entry, level)] });
            }
        }
    }
}
