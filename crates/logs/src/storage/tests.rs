//! Histories of the storage against a plain model, with the process ended at every step.

use std::collections::BTreeMap;
use std::time::Instant;

use model::{Batch, Labels, Level, Position, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::config::Config;
use crate::limits::Limits;
use crate::pending::{Origin, Pending};
use crate::tail::Survive;
use crate::testing::{DAY, Ground, NOON, Stored, batch, content, entry, labels, small};

mod compact;
mod delete;
mod expire;

/// What happens to a store.
#[derive(Clone, Debug)]
enum Act {
    /// Lines of a stream: how many, and from when on in seconds since noon; some fall on the day before.
    Append {
        stream: u8,
        lines: u8,
        from: i32,
    },
    /// Seals what has the size of a block.
    SealFull,
    /// Seals everything.
    SealAll,
    Merge,
    /// Merges small blocks, and deletes those that were merged before.
    Compact,
    /// Deletes the lines of this number in their batches, of all streams.
    Delete(u8),
    Reopen,
    /// Ends the process after so many more steps.
    Crash(u8),
}

/// The store and the model.
struct History {
    ground: Ground,
    storage: Option<Storage>,
    /// By stream and day, in the order of arrival.
    expected: BTreeMap<(Labels, i32), Vec<Stored>>,
    appended: u64,
    steps_seen: Vec<Step>,
}

impl History {
    fn new() -> Self {
        let ground = Ground::new();
        let storage = Storage::open(ground.shared(small())).unwrap();
        Self {
            ground,
            storage: Some(storage),
            expected: BTreeMap::new(),
            appended: 0,
            steps_seen: Vec::new(),
        }
    }

    fn storage(&mut self) -> &mut Storage {
        self.storage.as_mut().expect("an open store")
    }

    fn reopen(&mut self) {
        if let Some(storage) = self.storage.take() {
            self.steps_seen.extend(&storage.steps.taken);
        }
        self.storage = Some(Storage::open(self.ground.shared(small())).unwrap());
    }

    fn act(&mut self, act: &Act) {
        let now = Instant::now();
        let done = match act {
            Act::Append { stream, lines, from } => return self.append(*stream, *lines, *from),
            Act::SealFull => self.storage().seal(now),
            Act::SealAll => self.storage().seal(now + 2 * DAY),
            Act::Merge => self.storage().merge(),
            Act::Compact => self.storage().compact(now),
            Act::Delete(line) => return self.delete(*line),
            Act::Reopen => return self.reopen(),
            Act::Crash(steps) => {
                self.storage().steps.until_crash = Some(usize::from(*steps));
                return;
            }
        };
        self.survive(done);
    }

    /// After a crash the store is opened again.
    fn survive(&mut self, done: Result<(), StorageError>) {
        match done {
            Ok(()) => {}
            Err(StorageError::Crashed) => self.reopen(),
            Err(error) => panic!("{error}"),
        }
    }

    /// As a collector does it: sends again what its position does not tell of after a crash.
    fn append(&mut self, stream: u8, lines: u8, from: i32) {
        self.appended += 1;
        let batch = self.batch(stream, lines, from);
        while self.position() != self.appended {
            let done = self.commit(batch.clone());
            self.survive(done);
        }
        self.expect(&batch);
    }

    fn batch(&self, stream: u8, lines: u8, from: i32) -> Batch {
        let entries = (0..i64::from(lines)).map(|line| {
            let at = Timestamp::from_nanos(NOON.nanos() + (i64::from(from) + line) * 1_000_000_000);
            let level = ["INFO", "ERROR", "of no level"][line as usize % 3];
            let mut entry = entry(at, &format!("{level} line {line} of batch {}", self.appended));
            if line % 4 == 3 {
                entry.metadata = vec![("container_id".into(), format!("{}", self.appended).into())];
            }
            entry
        });
        let position =
            Position { key: "test/position".into(), value: Some(self.appended.to_le_bytes().to_vec()) };
        let mut batch = batch(&format!("s{stream}"), entries.collect());
        batch.positions.push(position);
        batch
    }

    fn commit(&mut self, batch: Batch) -> Result<(), StorageError> {
        let storage = self.storage();
        let mut pending = Pending::default();
        pending.add(&storage.shared, batch, Origin::Collected);
        let mut packed = storage.pack(&mut pending, Survive::Crash)?;
        storage.commit(&mut packed)
    }

    fn position(&mut self) -> u64 {
        let positions = self.storage().shared.positions();
        let value = positions.get("test/position");
        value.map_or(0, |value| u64::from_le_bytes(value.as_slice().try_into().unwrap()))
    }

    fn expect(&mut self, batch: &Batch) {
        let service = batch.labels.get("service").unwrap();
        let shown = batch.labels.with("service_name", service);
        for entry in &batch.entries {
            let level = match entry.line.split(' ').next() {
                Some("INFO") => Level::Info,
                Some("ERROR") => Level::Error,
                _ => Level::Unknown,
            };
            let (at, line, metadata) = (entry.timestamp, entry.line.clone(), entry.metadata.clone());
            let of_day = self.expected.entry((shown.clone(), at.day().days())).or_default();
            of_day.push(Stored { at, level, metadata, line });
        }
    }

    fn check(&mut self) {
        let mut expected: BTreeMap<Labels, Vec<Stored>> = BTreeMap::new();
        for ((labels, _), stored) in &self.expected {
            expected.entry(labels.clone()).or_default().extend(stored.iter().cloned());
        }
        expected.retain(|_, stored| !stored.is_empty());
        let shared = self.storage().shared.clone();
        assert_eq!(content(&shared), expected);
        assert_eq!(shared.faults.list(), Vec::new());
    }
}

fn any_act() -> impl Strategy<Value = Act> {
    let append = (0_u8..3, 0_u8..12, prop_oneof![Just(0), Just(-43_205), -50_000_i32..1000])
        .prop_map(|(stream, lines, from)| Act::Append { stream, lines, from });
    prop_oneof![
        6 => append,
        3 => Just(Act::SealFull),
        1 => Just(Act::SealAll),
        2 => Just(Act::Merge),
        2 => Just(Act::Compact),
        1 => (0_u8..12).prop_map(Act::Delete),
        1 => Just(Act::Reopen),
        2 => (0_u8..6).prop_map(Act::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_history_leaves_every_line_once(acts in prop::collection::vec(any_act(), 1..40)) {
        let mut history = History::new();
        for act in &acts {
            history.act(act);
        }
        history.check();
        history.reopen();
        history.check();
        history.act(&Act::SealAll);
        history.check();
    }
}

#[test]
fn a_crash_after_any_step_loses_and_doubles_nothing() {
    let append = |stream, lines| Act::Append { stream, lines, from: -43_203 };
    let acts = [
        append(0, 9),
        append(1, 2),
        Act::SealFull,
        append(0, 1),
        append(1, 1),
        append(1, 1),
        append(1, 1),
        Act::Merge,
        append(1, 3),
        Act::SealFull,
        Act::SealAll,
        append(0, 2),
        Act::SealAll,
        append(1, 2),
        Act::SealAll,
        Act::Compact,
        append(0, 1),
        Act::SealAll,
        Act::Compact,
        append(1, 1),
    ];
    let seen = ended_after_each_step(&acts);
    use Step::{Begun, Committed, DataWritten, IndexWritten, MadeDurable, Merged, Published};
    use Step::{Replaced, ReplacedDeleted};
    for step in [
        Begun,
        Committed,
        MadeDurable,
        DataWritten,
        IndexWritten,
        Published,
        Merged,
        Replaced,
        ReplacedDeleted,
    ] {
        assert!(seen.contains(&step), "{step:?} was never reached");
    }
}

/// Goes through the history with the process ended after the first step, after the second, and so on. Tells which steps
/// there were.
fn ended_after_each_step(acts: &[Act]) -> Vec<Step> {
    let mut seen = Vec::new();
    for crash in 0.. {
        let mut history = History::new();
        history.act(&Act::Crash(crash));
        acts.iter().for_each(|act| history.act(act));
        history.check();
        let crashed = history.steps_seen.len() == usize::from(crash) + 1;
        history.reopen();
        history.check();
        seen.extend(history.steps_seen);
        if !crashed {
            break;
        }
    }
    seen
}

#[test]
fn rows_of_a_quiet_unit_are_merged() {
    let mut history = History::new();
    for _ in 0..10 {
        history.append(0, 1, 0);
        history.act(&Act::Merge);
    }
    let day =
        history.storage().shared.picture.day(DayKey { day: NOON.day(), class: crate::class::Class::Normal });
    let stream = history.storage().shared.streams.get(&labels("s0"));
    let rows: Vec<u64> = day.rows(&stream).iter().map(|row| row.seq_to).collect();
    assert_eq!(rows, [10]);
    history.check();
}

impl Storage {
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(crate) fn fail_at_once(&self) {
        self.tail.connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    }
}

/// Lets the database grow by no page, or without bound.
fn let_grow(connection: &rusqlite::Connection, freely: bool) {
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let bound = if freely { i64::from(i32::MAX) } else { pages };
    connection.query_row(&format!("PRAGMA max_page_count = {bound}"), [], |_| Ok(())).unwrap();
}

#[test]
fn a_full_disk_keeps_lines_waiting_until_there_is_room() {
    let mut history = History::new();
    history.append(0, 3, 0);
    let_grow(&history.storage().tail.connection, false);
    let mut sent = history.batch(1, 11, 0);
    for entry in &mut sent.entries {
        entry.line = format!("{} {}", entry.line, "x".repeat(997).replace('x', &entry.line));
    }
    history.appended += 1;
    let shared = history.storage().shared.clone();
    let mut pending = Pending::default();
    pending.add(&shared, sent.clone(), Origin::Collected);
    for columns in 0..40 {
        let noise: String = (0..400)
            .map(|at| char::from(b'a' + ((at * at + columns * 7 + at * columns) % 26) as u8))
            .collect();
        sent.entries.push(entry(NOON, &noise));
        pending.add(&shared, crate::testing::batch("s1", vec![entry(NOON, &noise)]), Origin::Collected);
    }
    let mut packed = history.storage().pack(&mut pending, Survive::Crash).unwrap();
    let error = history.storage().commit(&mut packed).expect_err("a full disk");
    assert!(
        error.to_string().starts_with("logs/tail.db cannot be written (database or disk is full"),
        "{error}"
    );
    history.check();
    let_grow(&history.storage().tail.connection, true);
    history.storage().commit(&mut packed).unwrap();
    history.expect(&sent);
    history.check();

    // The same for a block.
    let key = DayKey { day: NOON.day(), class: crate::class::Class::Normal };
    let_grow(history.storage().files(key).unwrap().data(), false);
    let later = Instant::now() + 2 * DAY;
    let error = history.storage().seal(later).expect_err("a full disk");
    assert!(
        error
            .to_string()
            .starts_with("the files of 2025-11-22/normal cannot be written (database or disk is full"),
        "{error}"
    );
    history.check();
    let_grow(history.storage().files(key).unwrap().data(), true);
    history.storage().seal(later).unwrap();
    assert_eq!(history.storage().tail_weight(), 0);
    history.check();
}

/// Power fails after a seal: of `tail.db` what was written since it was made durable is lost.
#[test]
fn after_a_loss_of_power_the_published_blocks_and_the_older_tail_fit_together() {
    let mut history = History::new();
    history.append(0, 9, 0);
    history.append(1, 2, 0);
    let path = history.ground.path().join("tail.db");
    let older = history.ground.directory.path().join("tail.older");
    store::backup(&history.storage().tail.connection, &older).unwrap();
    history.act(&Act::SealAll);
    history.check();
    history.storage = None;
    store::remove(&path).unwrap();
    std::fs::rename(older, path).unwrap();
    history.reopen();
    history.check();
    history.append(0, 3, 0);
    history.append(1, 9, 0);
    history.act(&Act::SealAll);
    history.check();
}

#[test]
fn a_seal_waits_for_a_backup() {
    let mut history = History::new();
    history.append(0, 9, 0);
    let lease = history.storage().lease().unwrap();
    history.act(&Act::SealAll);
    assert!(history.storage().tail_weight() > 0);
    history.append(0, 2, 0);
    drop(lease);
    history.act(&Act::SealAll);
    assert_eq!(history.storage().tail_weight(), 0);
    history.check();
}

#[test]
fn with_too_much_in_the_tail_the_largest_units_are_sealed() {
    let mut history = History::new();
    let limits = Limits { block_weight: 1 << 20, tail_weight: 800, ..small() };
    history.storage = Some(Storage::open(history.ground.shared(limits)).unwrap());
    history.append(0, 10, 0);
    history.append(1, 3, 0);
    history.append(2, 11, 0);
    history.act(&Act::SealFull);
    let left: Vec<_> = history
        .storage()
        .waiting
        .values()
        .map(|unit| unit.stream.stored.get("service").unwrap().to_owned())
        .collect();
    assert!(left.len() < 3 && left.contains(&"s1".to_owned()), "{left:?}");
    history.check();
}

/// Lines without a text weigh something as well: else nothing would ever be made of them.
#[test]
fn empty_lines_become_blocks_too() {
    let mut history = History::new();
    for _ in 0..30 {
        let mut pending = Pending::default();
        let shared = history.storage().shared.clone();
        pending.add(&shared, batch("empty", vec![entry(NOON, ""); 10]), Origin::Collected);
        let mut packed = history.storage().pack(&mut pending, Survive::Crash).unwrap();
        history.storage().commit(&mut packed).unwrap();
        history.act(&Act::SealFull);
        history.act(&Act::Merge);
    }
    assert!(history.storage().tail_weight() < 1000, "{}", history.storage().tail_weight());
    let shared = history.storage().shared.clone();
    assert_eq!(crate::testing::lines(&shared, "empty"), vec![""; 300]);
}
