//! Days go by their age and for their size, and not because of a clock.

use std::time::{Duration, Instant};

use model::Timestamp;

use super::*;

#[test]
fn a_crash_while_a_day_expires_leaves_nothing_of_it() {
    for crash in 0..3 {
        let mut history = History::new();
        history.append(0, 9, -43_210);
        history.act(&Act::SealAll);
        history.append(0, 2, -43_210);
        history.append(0, 4, 0);
        let later = NOON.plus(30 * DAY);
        history.ground.set_clock(later);
        history.act(&Act::Crash(crash));
        let done = history.storage().expire(Instant::now());
        history.survive(done);
        history.reopen();
        history.expected.retain(|(_, day), _| *day == NOON.day().days());
        history.check();
        let files = crate::testing::files(&history.ground.path());
        assert_eq!(files, ["tail.db"], "after a crash at step {crash}");
    }
}

#[test]
fn each_class_expires_by_its_own_retention() {
    let ground = Ground::new();
    let mut storage = Storage::open(ground.shared(small())).unwrap();
    let shared = storage.shared.clone();
    let mut pending = Pending::default();
    for stream in ["stdout", "event"] {
        let mut sent = batch("web", vec![entry(NOON, stream)]);
        sent.labels = sent.labels.with("stream", stream);
        pending.add(&shared, sent, Origin::Collected);
    }
    let mut packed = storage.pack(&mut pending, Survive::Crash).unwrap();
    storage.commit(&mut packed).unwrap();
    storage.seal(Instant::now() + 2 * DAY).unwrap();
    let mut left_after = |now: Timestamp| {
        ground.set_clock(now);
        storage.expire(Instant::now()).unwrap();
        let streams = content(&shared).into_keys().map(|labels| labels.get("stream").unwrap().to_owned());
        (streams.collect::<Vec<_>>(), crate::testing::files(&ground.path()).len())
    };
    let over = NOON.day().end();
    let both = vec!["event".to_owned(), "stdout".to_owned()];
    assert_eq!(left_after(Timestamp::from_nanos(over.plus(30 * DAY).nanos() - 1)), (both, 5));
    assert_eq!(left_after(over.plus(30 * DAY)), (vec!["event".to_owned()], 3));
    assert_eq!(left_after(over.plus(365 * DAY)), (vec![], 1));
}

/// Lets the newest logs of `days` days be there, a line of each class in each.
fn days_of_lines(history: &mut History, days: u32) {
    for day in 0..days {
        for (stream, class) in [("stdout", "normal"), ("event", "long")] {
            let mut sent = batch("web", vec![entry(NOON.minus(day * DAY), class)]);
            sent.labels = sent.labels.with("stream", stream);
            history.commit(sent).unwrap();
        }
    }
    history.act(&Act::SealAll);
}

fn days_left(history: &mut History) -> Vec<String> {
    let days = history.storage().shared.picture.days();
    days.iter().map(|day| day.key.to_string()).collect()
}

#[test]
fn beyond_the_size_the_oldest_days_of_the_class_kept_shortest_go_first() {
    let mut history = History::new();
    days_of_lines(&mut history, 3);
    let shared = history.storage().shared.clone();
    let mut expire_to = |bytes_less: u64| {
        let status = |shared: &Shared| shared.counters.status(0, shared.faults.list());
        let taken = crate::disk::measure(&shared);
        let config = Config::default().with_max_size(settings::ByteSize(taken - bytes_less));
        shared.set_config(config);
        history.storage().expire(Instant::now()).unwrap();
        let status = status(&shared);
        let told = status.faults.first().map(|fault| (fault.subject.clone(), fault.message.clone()));
        (days_left(&mut history), told, status.deleted_for_size)
    };
    let (left, told, deleted) = expire_to(0);
    assert_eq!((left.len(), told, deleted), (6, None, 0));
    let (left, told, deleted) = expire_to(1);
    assert_eq!(
        left,
        ["2025-11-20/long", "2025-11-21/normal", "2025-11-21/long", "2025-11-22/normal", "2025-11-22/long"]
    );
    let (subject, message) = told.unwrap();
    assert_eq!(subject, "size of the logs");
    assert!(message.contains("days up to 2025-11-20/normal were deleted before their time"), "{message}");
    assert!(deleted > 0);
    // The class that is kept long goes after all of the others, and the day that goes on stays.
    let (left, told, _) = expire_to(u64::from(u32::MAX).min(crate::disk::measure(&shared)));
    assert_eq!(left, ["2025-11-22/normal", "2025-11-22/long"]);
    assert!(told.unwrap().1.contains("days up to 2025-11-21/long"));
    let (left, told, _) = expire_to(1);
    assert_eq!(left.len(), 2);
    assert!(told.unwrap().1.starts_with("the logs of the days that go on take "));
}

#[test]
fn a_clock_that_jumps_ahead_deletes_nothing() {
    let ground = Ground::new();
    let limits = Limits { clock: store::Doubt { leap: DAY, ..small().clock }, ..small() };
    let mut history = History { storage: None, ..History::new() };
    history.ground = ground;
    history.storage = Some(Storage::open(history.ground.shared(limits)).unwrap());
    days_of_lines(&mut history, 2);
    let start = Instant::now();
    let hours = |hours: u64| start + Duration::from_secs(3600 * hours);
    history.storage().expire(hours(0)).unwrap();
    history.ground.set_clock(NOON.plus(400 * DAY));
    for now in [hours(1), hours(5)] {
        history.storage().expire(now).unwrap();
        assert_eq!(days_left(&mut history).len(), 4);
        let faults = history.storage().shared.faults.list();
        assert_eq!(faults[0].subject, "clock");
    }
    // Nor does it after a restart, although lines were stored meanwhile.
    history.commit(batch("web", vec![entry(NOON.plus(400 * DAY), "now")])).unwrap();
    history.storage = None;
    history.storage = Some(Storage::open(history.ground.shared(limits)).unwrap());
    assert_eq!(days_left(&mut history).len(), 5);
    // Lines of the right time are kept as well.
    history.commit(batch("web", vec![entry(NOON, "ERROR of the right time")])).unwrap();
    assert_eq!(history.storage().shared.counters.status(0, Vec::new()).dropped, []);

    history.storage().expire(hours(12)).unwrap();
    assert_eq!(days_left(&mut history), ["2026-12-27/normal"]);
    assert_eq!(history.storage().shared.faults.list(), []);
}
