use std::cmp::Ordering;
use std::collections::BTreeMap;

use event::ProjectId;
use event::items::{SessionAggregate, SessionStatus, SessionUpdate, Sessions};
use model::Timestamp;
use proptest::prelude::*;
use rusqlite::{Connection, Transaction as Commit};
use tempfile::TempDir;

use super::order::by_number;
use super::*;
use crate::database;
use crate::rows::insert;
use crate::work::Received;

const NOW_MS: i64 = 1_795_356_000_000;
const PROJECT: ProjectId = ProjectId(3);

fn at(minute: i64) -> Received {
    Received { project: PROJECT, received_ms: NOW_MS + minute * 60_000 }
}

/// An event of the release.
fn see(commit: &Commit<'_>, minute: i64, version: &str, environment: &str) {
    let mut one = Seen::default();
    one.add(at(minute).received_ms);
    seen(commit, PROJECT, version, environment, &one).unwrap();
}

struct Bench {
    _directory: TempDir,
    connection: Connection,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let connection = store::open(&directory.path().join("issues.db"), &database::SCHEMA).unwrap();
        Self { _directory: directory, connection }
    }

    /// Releases that were seen in this order, a minute apart.
    fn with(versions: &[&str]) -> Self {
        let mut bench = Self::new();
        bench.write(|commit| {
            for (minute, version) in versions.iter().enumerate() {
                see(commit, minute as i64, version, "production");
            }
        });
        bench
    }

    fn write<T>(&mut self, work: impl FnOnce(&Commit<'_>) -> T) -> T {
        let commit = self.connection.transaction().unwrap();
        let done = work(&commit);
        commit.commit().unwrap();
        done
    }

    fn rows(&self, selection: &Selection<'_>) -> Vec<ReleaseRow> {
        releases(&self.connection, selection).unwrap().0
    }

    fn one(&self, version: &str) -> Release {
        release(&self.connection, Some(PROJECT), version).unwrap().unwrap()
    }
}

#[test]
fn numbers_say_which_is_later() {
    use Ordering::{Equal, Greater, Less};
    for (a, b, expected) in [
        ("1.2.3", "1.2.4", Some(Less)),
        ("1.10.0", "1.9.0", Some(Greater)),
        ("1.2", "1.2.0", Some(Equal)),
        ("1.2.3.4", "1.2.3.10", Some(Less)),
        ("shop@1.2.3", "shop@1.2.4", Some(Less)),
        ("@scope/shop@1.2.3", "@scope/shop@2.0.0", Some(Less)),
        ("v1.2.3", "1.2.4", Some(Less)),
        ("1.2.3-rc.1", "1.2.3", Some(Less)),
        ("1.2.3-rc.2", "1.2.3-rc.10", Some(Less)),
        ("1.2.3-alpha", "1.2.3-beta", Some(Less)),
        ("1.2.3-alpha", "1.2.3-alpha.1", Some(Less)),
        ("1.2.3-1", "1.2.3-a", Some(Less)),
        ("1.2.3+7", "1.2.3+12", Some(Less)),
        ("1.2.3+7", "1.2.3", Some(Greater)),
        ("shop@1.2.3", "blog@1.2.4", None),
        ("shop@1.2.3", "1.2.4", None),
        ("1.2.3", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", None),
        ("20261122", "20261123", None),
        ("1.2.x", "1.2.3", None),
        ("1..3", "1.2.3", None),
        ("1.2.3.4.5", "1.2.3", None),
        ("99999999999999999999.0", "1.0", None),
    ] {
        assert_eq!(by_number(a, b), expected, "{a} {b}");
        assert_eq!(by_number(b, a), expected.map(Ordering::reverse), "{b} {a}");
    }
}

#[test]
fn the_order_is_by_number_or_by_first_sight() {
    let bench = Bench::with(&["1.9.0", "1.10.0", "1.9.1", "f00d", "beef"]);
    for (a, b, expected) in [
        ("1.9.1", "1.10.0", true),
        ("1.10.0", "1.9.1", false),
        ("1.10.0", "1.10.0", false),
        ("f00d", "beef", true),
        ("beef", "f00d", false),
        ("1.9.0", "f00d", true),
        // What was never seen is newer than all that was.
        ("beef", "cafe", true),
        ("cafe", "beef", false),
        ("cafe", "babe", false),
    ] {
        assert_eq!(is_before(&bench.connection, PROJECT, a, b).unwrap(), expected, "{a} {b}");
    }
}

#[test]
fn the_latest_release_is_known() {
    let check = |versions: &[&str], expected: Option<&str>| {
        let bench = Bench::with(versions);
        assert_eq!(latest(&bench.connection, PROJECT).unwrap().as_deref(), expected, "{versions:?}");
        let all: Vec<(u64, String)> = expected.map(|latest| (3, latest.to_owned())).into_iter().collect();
        assert_eq!(latest_of_all(&bench.connection).unwrap(), all);
    };
    check(&[], None);
    check(&["f00d", "beef"], Some("beef"));
    check(&["2.0.0", "1.9.1"], Some("2.0.0"));
    check(&["2.0.0", "beef"], Some("beef"));
    check(&["shop@2.0.0", "blog@1.0.0"], Some("blog@1.0.0"));
    check(&["", &"x".repeat(300)], None);
}

#[test]
fn releases_are_listed_in_pages() {
    let versions: Vec<String> = (0..120).map(|n| format!("shop@1.{n}")).collect();
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    let bench = Bench::with(&versions);
    let (mut found, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let selection = Selection { cursor: &cursor, ..Selection::default() };
        let (rows, next) = releases(&bench.connection, &selection).unwrap();
        found.extend(rows.into_iter().map(|row| row.version));
        pages += 1;
        match next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!((found.len(), pages), (120, 3));
    assert!(found.iter().eq(versions.iter().rev()));
    let contains = |text| bench.rows(&Selection { contains: text, ..Selection::default() }).len();
    assert_eq!((contains("SHOP@1.11"), contains("x")), (11, 0));
    let other = Selection { project: Some(ProjectId(9)), ..Selection::default() };
    assert_eq!(bench.rows(&other), []);
}

#[test]
fn events_and_issues_are_counted() {
    let mut bench = Bench::with(&["shop@1.0", "shop@1.1"]);
    bench.write(|commit| {
        see(commit, 130, "shop@1.1", "staging");
        see(commit, 131, "shop@1.1", "");
        for (id, status, first_release) in
            [(1_i64, "unresolved", "shop@1.1"), (2, "resolved", "shop@1.0"), (3, "deleted", "shop@1.1")]
        {
            let row = [
                ("id", id.into()),
                ("project", 3_i64.into()),
                ("number", id.into()),
                ("last_ms", id.into()),
                ("status", status.to_owned().into()),
                ("first_release", first_release.to_owned().into()),
            ];
            insert(commit, "issue", &row);
            regressed(commit, &at(5), "shop@1.1", id).unwrap();
        }
    });
    let row = bench.one("shop@1.1").row;
    assert_eq!((row.events, row.new_issues, row.regressed_issues), (3, 1, 2));
    assert_eq!((row.first_ms, row.last_ms), (at(1).received_ms, at(131).received_ms));
    assert_eq!(issues_of(&bench.connection, PROJECT, "shop@1.1").unwrap(), (vec![1], vec![2, 1]));
    let staging = Selection { environment: Some("staging"), ..Selection::default() };
    assert_eq!(bench.rows(&staging)[0].events, 1);
    let whole = bench.one("shop@1.1");
    assert_eq!(
        (whole.events, whole.step_ms, whole.previous.as_deref()),
        (vec![1, 0, 2], HOUR_MS, Some("shop@1.0"))
    );
    assert_eq!(release(&bench.connection, None, "shop@9").unwrap(), None);
}

#[test]
fn makers_tell_of_releases_and_deploys() {
    let mut bench = Bench::with(&["shop@1.0"]);
    let about = |name: &str, value: &str| Told {
        about: BTreeMap::from([(name.to_owned(), value.to_owned())]),
        released_ms: Some(7),
    };
    bench.write(|commit| {
        assert!(told(commit, PROJECT, "shop@1.1", &about("ref", "abc"), NOW_MS).unwrap());
        assert!(!told(commit, PROJECT, "shop@1.1", &about("url", "https://x"), NOW_MS).unwrap());
        assert!(!told(commit, PROJECT, "shop@1.1", &Told::default(), NOW_MS).unwrap());
        assert!(!told(commit, PROJECT, "", &Told::default(), NOW_MS).unwrap());
        let one = |environment: &str, at_ms| Deploy {
            environment: environment.to_owned(),
            at_ms,
            ..Deploy::default()
        };
        assert!(deploy(commit, PROJECT, "shop@1.1", &one("staging", NOW_MS)).unwrap().is_some());
        assert!(deploy(commit, PROJECT, "shop@1.1", &one("production", NOW_MS + 5)).unwrap().is_some());
        assert_eq!(deploy(commit, PROJECT, "", &one("production", NOW_MS)).unwrap(), None);
    });
    let whole = bench.one("shop@1.1");
    assert_eq!(whole.row.released_ms, Some(7));
    assert_eq!(
        whole.about.into_iter().collect::<Vec<_>>(),
        [("ref".into(), "abc".into()), ("url".into(), "https://x".into())]
    );
    let to: Vec<&str> = whole.deploys.iter().map(|deploy| deploy.environment.as_str()).collect();
    assert_eq!(to, ["production", "staging"]);
    assert_eq!(whole.row.deploy.map(|deploy| deploy.environment).as_deref(), Some("production"));
    let staging = Selection { environment: Some("staging"), contains: "1.1", ..Selection::default() };
    assert_eq!(bench.rows(&staging)[0].deploy.as_ref().unwrap().environment, "staging");
    bench.write(|commit| {
        assert!(forget(commit, PROJECT, "shop@1.1").unwrap());
        assert!(!forget(commit, PROJECT, "shop@1.1").unwrap());
    });
    assert_eq!(release(&bench.connection, None, "shop@1.1").unwrap(), None);
    assert_eq!(deploys(&bench.connection, PROJECT, "shop@1.1").unwrap(), []);
}

#[test]
fn versions_and_environments_made_up_have_an_end() {
    let mut bench = Bench::new();
    bench.write(|commit| {
        for number in 0..5005 {
            heard(commit, &at(0), &format!("shop@1.{number}")).unwrap();
        }
        for number in 0..30 {
            see(commit, 0, "shop@1.0", &format!("place-{number}"));
            let mut sent = sessions(vec![session(SessionStatus::Exited, true, 0, "a")], vec![]);
            sent.environment = Some(format!("place-{number}"));
            apply_sessions(commit, &at(0), &sent).unwrap();
        }
    });
    let count = |sql: &str| -> i64 { bench.connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(count("SELECT count(*) FROM release"), 5000);
    assert_eq!(count("SELECT count(*) FROM release_hour"), 21);
    assert_eq!(count("SELECT count(*) FROM session_hour"), 21);
    let row = bench.one("shop@1.0").row;
    assert_eq!((row.events, row.sessions), (30, 30));
}

fn session(status: SessionStatus, init: bool, errors: u32, user: &str) -> SessionUpdate {
    let at = Timestamp::from_millis(NOW_MS);
    SessionUpdate {
        id: "s".to_owned(),
        init,
        started: at,
        timestamp: at,
        status,
        errors,
        user: Some(user.to_owned()),
    }
}

fn sessions(updates: Vec<SessionUpdate>, aggregates: Vec<SessionAggregate>) -> Sessions {
    let environment = Some("production".to_owned());
    Sessions { release: "shop@1.0".to_owned(), environment, updates, aggregates }
}

#[test]
fn sessions_say_how_healthy_a_release_is() {
    use SessionStatus::{Abnormal, Crashed, Exited, Ok, Unhandled};
    let check = |updates: Vec<SessionUpdate>,
                 aggregates: Vec<SessionAggregate>,
                 expected: (u64, Option<f64>, Option<f64>)| {
        let mut bench = Bench::with(&["shop@1.0"]);
        let sent = sessions(updates, aggregates);
        bench.write(|commit| apply_sessions(commit, &at(0), &sent).unwrap());
        let row = bench.one("shop@1.0").row;
        assert_eq!((row.sessions, row.crash_free_sessions, row.crash_free_users), expected, "{sent:?}");
    };
    check(vec![], vec![], (0, None, None));
    check(vec![session(Ok, true, 0, "a"), session(Exited, false, 0, "a")], vec![], (1, Some(1.0), Some(1.0)));
    check(
        vec![
            session(Ok, true, 0, "a"),
            session(Crashed, false, 1, "a"),
            session(Exited, true, 3, "a"),
            session(Abnormal, true, 0, "b"),
            session(Unhandled, true, 1, "b"),
        ],
        vec![],
        (4, Some(0.75), Some(0.5)),
    );
    let aggregate = SessionAggregate {
        started: Timestamp::from_millis(NOW_MS),
        exited: 90,
        errored: 5,
        unhandled: 1,
        crashed: 4,
        ..SessionAggregate::default()
    };
    check(vec![], vec![aggregate.clone()], (100, Some(0.96), None));
    // An end whose beginning was lost: never more crashes than sessions.
    check(vec![session(Crashed, false, 1, "a")], vec![], (0, None, Some(0.0)));
    let mut future = aggregate;
    future.started = Timestamp::from_millis(NOW_MS + 90 * 86_400_000);
    check(vec![], vec![future], (100, Some(0.96), None));
}

#[test]
fn what_is_old_goes_in_slices() {
    let mut bench = Bench::with(&["shop@1.0", "shop@1.1"]);
    bench.write(|commit| {
        (0..10).for_each(|hour| see(commit, hour * 60, "shop@1.1", ""));
        apply_sessions(commit, &at(0), &sessions(vec![session(SessionStatus::Exited, true, 0, "a")], vec![]))
            .unwrap();
        see(commit, 100 * 60, "shop@1.1", "");
        deploy(commit, PROJECT, "shop@1.0", &Deploy { at_ms: NOW_MS, ..Deploy::default() }).unwrap();
    });
    let mut slices = 0;
    while bench.write(|commit| expire(commit, at(50 * 60).received_ms, 3).unwrap()) {
        slices += 1;
    }
    assert!(slices >= 3, "{slices}");
    let left: i64 = bench
        .connection
        .query_row(
            "SELECT (SELECT count(*) FROM release_hour) + (SELECT count(*) FROM session_hour)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, 1);
    let rows = bench.rows(&Selection::default());
    assert_eq!(
        rows.iter().map(|row| (row.version.as_str(), row.events)).collect::<Vec<_>>(),
        [("shop@1.1", 1)]
    );
    assert_eq!(deploys(&bench.connection, PROJECT, "shop@1.0").unwrap(), []);
}

proptest! {
    #[test]
    fn the_order_by_number_is_one(
        a in "[0-2]\\.[0-2](-rc\\.[0-2])?(\\+[0-2])?",
        b in "[0-2]\\.[0-2](-rc\\.[0-2])?(\\+[0-2])?",
        c in "[0-2]\\.[0-2](-rc\\.[0-2])?(\\+[0-2])?",
    ) {
        let order = |a: &str, b: &str| by_number(a, b).unwrap();
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
        if order(&a, &b) != Ordering::Greater && order(&b, &c) != Ordering::Greater {
            prop_assert_ne!(order(&a, &c), Ordering::Greater);
        }
    }

    #[test]
    fn no_version_panics(a in "\\PC{0,30}", b in "\\PC{0,30}") {
        by_number(&a, &b);
    }
}

#[test]
fn what_is_rolled_out_is_the_release_of_its_tag_or_the_next_new_one() {
    let rollout = |image: &str, minute: i64| Rollout {
        service: "web".into(),
        image: image.into(),
        at_ms: at(minute).received_ms,
        environment: "production".into(),
    };
    let check = |image: &str, next: Option<&str>, expected: &str| {
        let mut bench = Bench::with(&["shop@1.9.0", "v7", "shop@1.10.0"]);
        bench.write(|commit| {
            let rollout = rollout(image, 60);
            for _ in 0..2 {
                rolled_out(commit, PROJECT, &rollout, at(61).received_ms).unwrap();
            }
            next.into_iter().for_each(|version| see(commit, 70, version, ""));
        });
        let mut select = bench.connection.prepare("SELECT version FROM deploy").unwrap();
        let told: Vec<String> =
            select.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap();
        assert_eq!(told, [expected], "{image}");
    };
    check("registry:5000/shop:1.9.0", Some("shop@2"), "shop@1.9.0");
    check("shop:7", None, "v7");
    check("shop:v1.10.0@sha256:abc", None, "shop@1.10.0");
    check("shop:10.0", None, "");
    check("shop:latest", Some("shop@2"), "shop@2");
    check("registry:5000/shop", Some("shop@2"), "shop@2");
    check("shop:latest", Some("v7"), "");
    let mut bench = Bench::with(&["shop@1"]);
    bench.write(|commit| {
        rolled_out(commit, PROJECT, &rollout("shop:x", 0), at(61).received_ms).unwrap();
        rolled_out(commit, PROJECT, &rollout("shop:y", 10), at(11).received_ms).unwrap();
        rolled_out(commit, PROJECT, &rollout("shop:z", 20), at(21).received_ms).unwrap();
        see(commit, 30, "shop@2", "");
    });
    let names: Vec<String> = deploys(&bench.connection, PROJECT, "shop@2")
        .unwrap()
        .into_iter()
        .map(|deploy| deploy.name)
        .collect();
    assert_eq!(names, ["shop:z"], "the last before it, and none of too long ago");
}
