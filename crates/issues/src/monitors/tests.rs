use event::items::{CheckIn, CheckInStatus, IntervalUnit, MonitorConfig, Schedule};
use event::{EventId, ProjectId};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use super::crontab::Crontab;
use super::schedule::{Plan, words};
use super::*;
use crate::database;
use crate::work::Received;

const CRONTABS: &str = include_str!("../../testdata/crontabs.txt");

/// 2026-11-22T14:00:00Z
const NOON_MS: i64 = 1_795_356_000_000;
const MINUTE_MS: i64 = 60_000;
const PROJECT: ProjectId = ProjectId(3);

#[test]
fn crontabs_say_when() {
    for line in CRONTABS.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        if let Some((text, expected)) = line.split_once(" =! ") {
            assert_eq!(Crontab::parse(text).expect_err(line).to_string(), expected);
            continue;
        }
        let (given, expected) = line.split_once(" => ").expect(line);
        let [text, zone, from] = given.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (crontab, zone) = (Crontab::parse(text).expect(line), TimeZone::get(zone).expect(line));
        let mut at: jiff::Timestamp = from.parse().expect(line);
        for expected in expected.split(' ') {
            let next = crontab.next(at, &zone);
            let told =
                next.map(|next| next.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M%:::z").to_string());
            assert_eq!(told.as_deref().unwrap_or("never"), expected, "{line}");
            at = next.unwrap_or(at);
        }
    }
}

fn every(minutes: u32) -> MonitorConfig {
    MonitorConfig {
        schedule: Schedule::Interval { value: minutes, unit: IntervalUnit::Minute },
        checkin_margin_min: Some(2),
        max_runtime_min: Some(5),
        timezone: None,
        failure_issue_threshold: None,
        recovery_threshold: None,
    }
}

#[test]
fn schedules_are_told_in_words() {
    let check = |schedule: Schedule, zone: Option<&str>, expected: &str| {
        let config = MonitorConfig { schedule, timezone: zone.map(str::to_owned), ..every(1) };
        assert_eq!(words(&config), expected);
    };
    let crontab = |text: &str| Schedule::Crontab(text.to_owned());
    check(crontab("*/5 * * * *"), None, "*/5 * * * *");
    check(crontab("*/5 * * * *"), Some("UTC"), "*/5 * * * *");
    check(crontab("*/5 * * * *"), Some("Europe/Vienna"), "*/5 * * * * (Europe/Vienna)");
    check(crontab("*/5 * * * *"), Some("Mars/Base"), "*/5 * * * * (UTC: there is no time zone Mars/Base)");
    check(crontab("often"), None, "`often` is no crontab: write five fields, such as `*/10 * * * *`");
    check(Schedule::Interval { value: 1, unit: IntervalUnit::Hour }, None, "every hour");
    check(Schedule::Interval { value: 10, unit: IntervalUnit::Minute }, None, "every 10 minutes");
}

#[test]
fn intervals_go_by_the_calendar() {
    let check = |value: u32, unit: IntervalUnit, expected: Option<&str>| {
        let config = MonitorConfig { schedule: Schedule::Interval { value, unit }, ..every(1) };
        let next = Plan::of(Some(&config)).next_ms(NOON_MS);
        let next = next.map(|ms| jiff::Timestamp::from_millisecond(ms).unwrap().to_string());
        assert_eq!(next.as_deref(), expected, "{value} {unit:?}");
    };
    check(90, IntervalUnit::Minute, Some("2026-11-22T15:30:00Z"));
    check(1, IntervalUnit::Day, Some("2026-11-23T14:00:00Z"));
    check(2, IntervalUnit::Week, Some("2026-12-06T14:00:00Z"));
    check(1, IntervalUnit::Month, Some("2026-12-22T14:00:00Z"));
    check(1, IntervalUnit::Year, Some("2027-11-22T14:00:00Z"));
    check(0, IntervalUnit::Hour, Some("2026-11-22T15:00:00Z"));
    check(u32::MAX, IntervalUnit::Year, None);
}

/// One monitor, `mail`, and its clock in minutes.
struct Bench {
    _directory: TempDir,
    connection: Connection,
    config: Option<MonitorConfig>,
}

impl Bench {
    fn new(config: Option<MonitorConfig>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let connection = store::open(&directory.path().join("issues.db"), &database::SCHEMA).unwrap();
        Self { _directory: directory, connection, config }
    }

    fn check_in(&mut self, minute: i64, run: u8, status: CheckInStatus) -> Vec<Turn> {
        let check_in = CheckIn {
            id: (run > 0).then_some(EventId([run; 16])),
            monitor: "mail".to_owned(),
            status,
            duration_s: None,
            release: Some("shop@1".to_owned()),
            environment: None,
            config: self.config.clone(),
            trace: None,
        };
        let received = Received { project: PROJECT, received_ms: NOON_MS + minute * MINUTE_MS };
        let commit = self.connection.transaction().unwrap();
        let turns = apply(&commit, &received, &check_in).unwrap();
        commit.commit().unwrap();
        turns
    }

    fn tick(&mut self, minute: i64) -> Vec<Turn> {
        let commit = self.connection.transaction().unwrap();
        let turns = tick(&commit, NOON_MS + minute * MINUTE_MS).unwrap();
        commit.commit().unwrap();
        turns
    }

    fn row(&self) -> MonitorRow {
        let strip = Strip { start_ms: NOON_MS, step_ms: 10 * MINUTE_MS, buckets: 6 };
        monitors(&self.connection, None, None, &strip).unwrap().remove(0)
    }

    fn whole(&self) -> Monitor {
        let strip = Strip { start_ms: NOON_MS, step_ms: 10 * MINUTE_MS, buckets: 6 };
        monitor(&self.connection, PROJECT, "mail", None, &strip).unwrap().unwrap()
    }
}

/// What happens minute by minute, as `minute what`, against what comes of it, as `minute turn`.
///
/// What: `ok`, `error`, `begin`, each with the number of the run behind it if it has one; `quiet` only looks.
fn check(config: Option<MonitorConfig>, story: &str, expected: &[&str]) -> Bench {
    let mut bench = Bench::new(config);
    let events: Vec<(i64, &str, u8)> = story
        .split(", ")
        .map(|event| {
            let mut words = event.split(' ');
            let (minute, what) = (words.next().unwrap().parse().unwrap(), words.next().unwrap());
            (minute, what, words.next().map_or(0, |run| run.parse().unwrap()))
        })
        .collect();
    let mut turns = Vec::new();
    for minute in 0..=events.last().unwrap().0 {
        for (_, what, run) in events.iter().filter(|(at, _, _)| *at == minute) {
            let status = match *what {
                "ok" => CheckInStatus::Ok,
                "error" => CheckInStatus::Error,
                "begin" => CheckInStatus::InProgress,
                "quiet" => continue,
                other => panic!("{other}"),
            };
            turns.extend(bench.check_in(minute, *run, status));
        }
        turns.extend(bench.tick(minute));
    }
    let told: Vec<String> = turns
        .iter()
        .map(|turn| {
            let minute = (turn.at_ms - NOON_MS) / MINUTE_MS;
            match &turn.change {
                Change::Failed { why, .. } => format!("{minute} {}", why.name()),
                Change::Recovered { .. } => format!("{minute} recovered"),
            }
        })
        .collect();
    assert_eq!(told, expected, "{story}");
    bench
}

#[test]
fn runs_that_come_in_time_are_fine() {
    check(Some(every(10)), "0 ok, 10 ok, 21 ok, 30 quiet", &[]);
    check(Some(every(10)), "0 begin 1, 4 ok 1, 10 begin 2, 14 ok 2, 21 quiet", &[]);
    // Nothing was told of a schedule.
    check(None, "0 ok, 500 quiet", &[]);
    // A crontab's run may be told a little before its minute.
    let hourly = MonitorConfig { schedule: Schedule::Crontab("0 * * * *".to_owned()), ..every(1) };
    check(Some(hourly), "0 ok, 60 ok, 119 quiet", &[]);
}

#[test]
fn silence_is_told_once_for_each_run_and_ends() {
    check(Some(every(10)), "0 ok, 11 quiet", &[]);
    let bench = check(Some(every(10)), "0 ok, 35 quiet", &["12 missed", "22 missed", "32 missed"]);
    assert_eq!(
        bench.row().strip,
        [Some(State::Ok), Some(State::Missed), Some(State::Missed), Some(State::Missed), None, None]
    );
    check(Some(every(10)), "0 ok, 13 ok, 24 quiet", &["12 missed", "13 recovered"]);
}

#[test]
fn runs_that_take_too_long_are_told() {
    check(Some(every(60)), "0 begin 1, 4 quiet", &[]);
    check(Some(every(60)), "0 begin 1, 10 quiet", &["5 timeout"]);
    // It ends late, but well.
    let bench = check(Some(every(60)), "0 begin 1, 8 ok 1, 10 quiet", &["5 timeout", "8 recovered"]);
    assert_eq!(bench.row().duration_ms, Some(8 * MINUTE_MS));
    assert_eq!(bench.whole().check_ins.len(), 1);
    // A sign of life.
    check(Some(every(60)), "0 begin 1, 4 begin 1, 8 begin 1, 12 ok 1, 20 quiet", &[]);
    // Without a number, the end is that of the run that has begun.
    let bench = check(Some(every(60)), "0 begin, 3 ok, 20 quiet", &[]);
    assert_eq!(bench.whole().check_ins.len(), 1);
}

#[test]
fn failures_are_counted_up_to_the_thresholds() {
    check(Some(every(10)), "0 error, 10 error, 20 ok, 30 ok", &["0 error", "10 error", "20 recovered"]);
    let patient =
        MonitorConfig { failure_issue_threshold: Some(3), recovery_threshold: Some(2), ..every(10) };
    check(
        Some(patient.clone()),
        "0 error, 10 error, 20 error, 30 ok, 40 error, 50 ok, 60 ok, 70 ok",
        &["20 error", "40 error", "60 recovered"],
    );
    check(Some(patient), "0 error, 10 error, 20 ok, 30 error, 40 error, 50 ok", &[]);
    check(None, "0 begin 1, 1 error 1, 2 ok", &["1 error", "2 recovered"]);
    // The same end told twice.
    check(None, "0 begin 1, 1 error 1, 2 error 1", &["1 error"]);
}

#[test]
fn a_turn_says_what_it_is_about() {
    let mut bench = Bench::new(Some(every(10)));
    let turn = bench.check_in(0, 1, CheckInStatus::Error).remove(0);
    assert_eq!(
        (turn.project, turn.slug.as_str(), turn.environment.as_str()),
        (PROJECT, "mail", "production")
    );
    assert_eq!(turn.release.as_deref(), Some("shop@1"));
    let Change::Failed { title, message, .. } = &turn.change else { panic!("{turn:?}") };
    assert_eq!(
        (title.as_str(), message.as_str()),
        ("mail failed", "mail in production says that it failed.")
    );

    let commit = bench.connection.transaction().unwrap();
    opened(&commit, turn.monitor, &turn.environment, 77).unwrap();
    commit.commit().unwrap();
    assert_eq!(bench.row().issue, Some(77));
    let turn = bench.check_in(10, 2, CheckInStatus::Ok).remove(0);
    assert_eq!(turn.change, Change::Recovered { issue: Some(77) });
    assert_eq!(bench.row().issue, None);
}

#[test]
fn what_could_not_be_seen_is_not_missed() {
    let mut bench = Bench::new(Some(every(10)));
    bench.check_in(1, 1, CheckInStatus::InProgress);
    bench.tick(1);
    assert_eq!(bench.tick(2), []);
    // Porthole was off for an hour.
    assert_eq!(bench.tick(62), []);
    assert_eq!(bench.tick(63), []);
    assert_eq!(bench.row().next_ms, Some(NOON_MS + 72 * MINUTE_MS));
    bench.check_in(64, 1, CheckInStatus::Ok);
    (65..74).for_each(|minute| assert_eq!(bench.tick(minute), [], "{minute}"));
    assert_eq!(bench.tick(74).len(), 1);
    // Off again when the next run was due; how late it may begin is over only after the start.
    bench.check_in(75, 2, CheckInStatus::Ok);
    (75..84).for_each(|minute| assert_eq!(bench.tick(minute), [], "{minute}"));
    assert_eq!(bench.tick(88), []);
    (89..95).for_each(|minute| assert_eq!(bench.tick(minute), [], "{minute}"));
    // The clock went back.
    assert_eq!(bench.tick(10), []);
}

#[test]
fn a_changed_schedule_counts_at_once() {
    let mut bench = Bench::new(Some(every(10)));
    bench.check_in(0, 0, CheckInStatus::Ok);
    bench.config = Some(every(60));
    bench.check_in(5, 0, CheckInStatus::Ok);
    let row = bench.row();
    assert_eq!((row.schedule.as_str(), row.next_ms), ("every 60 minutes", Some(NOON_MS + 65 * MINUTE_MS)));
    // A check-in that tells nothing changes nothing.
    bench.config = None;
    bench.check_in(6, 0, CheckInStatus::Ok);
    assert_eq!(bench.row().schedule, "every 60 minutes");
}

#[test]
fn monitors_are_listed_and_deleted() {
    let mut bench = check(Some(every(10)), "0 begin 1, 2 ok 1, 10 error 2, 11 quiet", &["10 error"]);
    let row = bench.row();
    assert_eq!((row.state, row.since_ms), (State::Error, Some(NOON_MS + 10 * MINUTE_MS)));
    assert_eq!((row.last_ms, row.next_ms), (Some(NOON_MS + 10 * MINUTE_MS), Some(NOON_MS + 20 * MINUTE_MS)));
    let whole = bench.whole();
    assert_eq!((whole.margin_min, whole.runtime_min, whole.failures, whole.recoveries), (2, 5, 1, 1));
    let runs: Vec<(State, Option<EventId>)> = whole.check_ins.iter().map(|run| (run.state, run.id)).collect();
    assert_eq!(runs, [(State::Error, Some(EventId([2; 16]))), (State::Ok, Some(EventId([1; 16])))]);

    let commit = bench.connection.transaction().unwrap();
    assert!(!expire(&commit, NOON_MS + 5 * MINUTE_MS, 10).unwrap());
    commit.commit().unwrap();
    assert_eq!(bench.whole().check_ins.len(), 1);
    let commit = bench.connection.transaction().unwrap();
    assert!(delete(&commit, PROJECT, "mail").unwrap());
    assert!(!delete(&commit, PROJECT, "mail").unwrap());
    commit.commit().unwrap();
    let left: i64 = bench
        .connection
        .query_row(
            "SELECT (SELECT count(*) FROM check_in) + (SELECT count(*) FROM monitor_place)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, 0);
}

fn named(monitor: &str) -> CheckIn {
    CheckIn {
        id: None,
        monitor: monitor.to_owned(),
        status: CheckInStatus::Ok,
        duration_s: Some(f64::NAN),
        release: None,
        environment: Some(String::new()),
        config: None,
        trace: None,
    }
}

#[test]
fn names_made_up_have_an_end() {
    let mut bench = Bench::new(None);
    let commit = bench.connection.transaction().unwrap();
    for number in 0..1005 {
        let check_in = named(&format!("job-{number}"));
        apply(&commit, &Received { project: PROJECT, received_ms: NOON_MS }, &check_in).unwrap();
    }
    for number in 0..60 {
        let environment = Some(format!("place-{number}"));
        let check_in = CheckIn { environment, ..named("job-1") };
        apply(&commit, &Received { project: PROJECT, received_ms: NOON_MS }, &check_in).unwrap();
    }
    commit.commit().unwrap();
    let places: i64 = bench
        .connection
        .query_row(
            "SELECT count(*) FROM monitor_place p JOIN monitor m ON m.id = p.monitor WHERE m.slug = 'job-1'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(places, 50);
    let monitors: i64 =
        bench.connection.query_row("SELECT count(*) FROM monitor", [], |row| row.get(0)).unwrap();
    assert_eq!(monitors, 1000);
}

proptest! {
    #[test]
    fn the_next_run_is_later_and_fits(fields in prop::collection::vec("[0-9*,/-]{1,5}", 5), at in 0_i64..4_000_000_000) {
        if let Ok(crontab) = Crontab::parse(&fields.join(" ")) {
            let at = jiff::Timestamp::from_second(at).unwrap();
            let zone = TimeZone::get("America/St_Johns").unwrap();
            if let Some(next) = crontab.next(at, &zone) {
                prop_assert!(next > at);
            }
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = Crontab::parse(&text);
    }
}
