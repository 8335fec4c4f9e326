use model::TimeRange;

use super::*;
use crate::deletion::{CancelError, DeletionState};
use crate::reader;
use crate::testing::lines;

impl History {
    /// As somebody does it who asks until it is kept.
    pub(super) fn delete(&mut self, line: u8) {
        let query = format!(r#"{{service=~".+"}} |= " line {line} of""#);
        let before = self.expected.values().flatten().count();
        let known = self.storage().shared.deletions.list().len();
        while self.storage().shared.deletions.list().len() == known {
            let kept = self.storage().begin_deletion(query.clone(), TimeRange::ALL);
            self.survive(kept.map(|_| ()));
        }
        self.work_off();
        let of_line = format!(" line {line} of");
        self.expected.values_mut().for_each(|stored| stored.retain(|one| !one.line.contains(&of_line)));
        let gone = before - self.expected.values().flatten().count();
        let told = self.storage().shared.deletions.list();
        let told = told.last().expect("the deletion");
        assert_eq!((told.state, told.lines), (DeletionState::Done, gone as u64), "{told:?}");
    }

    fn work_off(&mut self) {
        while self.storage().has_deletions() {
            let done = self.storage().delete_some(Instant::now());
            self.survive(done.map(|_| ()));
        }
    }

    fn ask(&mut self, query: &str, range: TimeRange) -> u64 {
        self.storage().begin_deletion(query.to_owned(), range).unwrap().unwrap()
    }
}

#[test]
fn a_deletion_that_is_ended_after_any_step_takes_and_counts_each_line_once() {
    let append = |stream, lines| Act::Append { stream, lines, from: -43_203 };
    let acts = [
        append(0, 6),
        Act::SealAll,
        append(1, 2),
        Act::Delete(1),
        append(0, 3),
        Act::Delete(0),
        append(0, 2),
        Act::Compact,
    ];
    let seen = ended_after_each_step(&acts);
    for step in [Step::DeletionKept, Step::Replaced, Step::DeletionCame, Step::ReplacedDeleted] {
        assert!(seen.contains(&step), "{step:?} was never reached");
    }
}

#[test]
fn only_what_was_asked_for_goes() {
    let mut history = History::new();
    // Three hours, on both sides of noon; two streams.
    for (stream, from) in [(0, -3600), (0, 0), (1, 0), (0, 3600)] {
        history.append(stream, 3, from);
        history.act(&Act::SealAll);
    }
    let noon = TimeRange { start: NOON, end: NOON.plus(std::time::Duration::from_secs(2)) };
    history.ask(r#"{service="s0"}"#, noon);
    history.work_off();
    let shared = history.storage().shared.clone();
    let left: Vec<String> =
        lines(&shared, "s0").iter().map(|line| line.rsplit("line ").next().unwrap().into()).collect();
    let expected =
        ["0 of batch 1", "1 of batch 1", "2 of batch 1", "2 of batch 2", "0 of batch 4", "1 of batch 4"];
    assert_eq!(left[..6], expected);
    assert_eq!((left.len(), lines(&shared, "s1").len()), (7, 3));
    // The counts without reading tell the same.
    let counted = crate::histogram::counts(&shared, &model::Selector::default(), TimeRange::ALL);
    let counted: u64 = counted.iter().flat_map(|(_, levels)| levels).sum();
    assert_eq!(counted, 10);
}

/// A unit that lost everything goes on counting where it was, whatever is forgotten meanwhile.
#[test]
fn lines_behind_deleted_ones_are_found() {
    let mut history = History::new();
    history.append(0, 5, 0);
    history.act(&Act::SealAll);
    history.append(0, 4, 0);
    history.ask(r#"{service="s0"}"#, TimeRange::ALL);
    history.work_off();
    history.expected.clear();
    history.check();
    history.reopen();
    history.append(0, 2, 0);
    history.check();
    history.act(&Act::SealAll);
    history.act(&Act::Compact);
    history.act(&Act::Compact);
    history.reopen();
    history.check();
    let shared = history.storage().shared.clone();
    let scan = logql::Scan {
        selector: model::Selector::default(),
        range: TimeRange::ALL,
        levels: logql::Levels::ALL,
        needles: Vec::new(),
    };
    let places: Vec<u64> =
        reader::chunks(&shared, &scan).iter().map(|chunk| logql::Chunk::sequence(chunk) & 0xff).collect();
    assert_eq!(places, [9]);
}

#[test]
fn what_was_deleted_is_not_in_the_files() {
    let mut history = History::new();
    let secret = "swordfish-in-clear-text";
    let mut pending = Pending::default();
    let shared = history.storage().shared.clone();
    let noise = |at: u32| format!("{at} {secret} {}", "y".repeat(at as usize % 50));
    let entries = (0..40).map(|at| entry(NOON, &noise(at))).collect();
    pending.add(&shared, batch("s0", entries), Origin::Collected);
    let mut packed = history.storage().pack(&mut pending, Survive::Crash).unwrap();
    history.storage().commit(&mut packed).unwrap();
    history.act(&Act::SealAll);
    let key = DayKey { day: NOON.day(), class: crate::class::Class::Normal };
    let path = key.data(&shared.root);
    let holds = || {
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
    };
    let checkpoint = |history: &mut History| {
        let files = history.storage().files(key).unwrap();
        files.data().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    };
    checkpoint(&mut history);
    assert!(holds());
    history.ask(&format!(r#"{{service="s0"}} |= "{secret}""#), TimeRange::ALL);
    history.work_off();
    history.act(&Act::Compact);
    checkpoint(&mut history);
    assert!(!holds());
}

#[test]
fn a_deletion_is_forgotten_before_it_began_or_by_force() {
    let mut history = History::new();
    history.append(0, 3, 0);
    let id = history.ask(r#"{service="s0"}"#, TimeRange::ALL);
    let cancel = |history: &mut History, id, force| history.storage().cancel_deletion(id, force).unwrap();
    assert_eq!(cancel(&mut history, id + 1, false), Err(CancelError::Unknown));
    assert_eq!(cancel(&mut history, id, false), Ok(()));
    history.work_off();
    history.check();
    let id = history.ask(r#"{service="none"}"#, TimeRange::ALL);
    history.storage().delete_some(Instant::now()).unwrap();
    assert_eq!(cancel(&mut history, id, false), Err(CancelError::Begun));
    assert_eq!(cancel(&mut history, id, true), Ok(()));
    assert_eq!(cancel(&mut history, id, true), Err(CancelError::Begun));
    assert!(!history.storage().has_deletions());
    history.check();
}

#[test]
fn queries_that_name_no_lines_are_refused() {
    let refused = |query: &str, why: &str| {
        let error = crate::deletion::query(query).expect_err(query);
        assert!(error.to_string().contains(why), "{query}: {error}");
    };
    refused("{", "syntax error");
    refused(r#"sum(rate({a="b"}[5m]))"#, "only queries for lines");
    refused(r#"{a="b"} | distinct c"#, "`distinct`");
    refused(r#"{a="b"} | context 3"#, "`context`");
    crate::deletion::query(r#"{a="b"} |= "c" | json | d="e""#).unwrap();
}
