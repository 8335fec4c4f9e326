//! The index beside a real database: what is found, and that it is made anew whenever it has to be.

use std::collections::HashSet;
use std::path::PathBuf;

use event::{Arrival, Event, EventId, Grouping, Rules, Scrubber, normalise};
use model::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::database::{self, Document};
use crate::rows::insert;
use crate::search::indexer::{catch_up, open, tidy};
use crate::search::{Find, Found, Index, Sort, find, parse};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY_MS: i64 = 86_400_000;

/// A database and its index.
struct Bench {
    directory: TempDir,
    connection: Connection,
    index: Index,
    _indexer: crate::search::Indexer,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let connection = store::open(&Self::database(&directory), &database::SCHEMA).unwrap();
        let (index, indexer) = open(&directory.path().join("search"), Self::database(&directory));
        for (id, name) in [(1_i64, "shop"), (2, "blog")] {
            insert(&connection, "project", &[("id", id.into()), ("name", name.to_owned().into())]);
        }
        Self { directory, connection, index, _indexer: indexer }
    }

    fn database(directory: &TempDir) -> PathBuf {
        directory.path().join("issues.db")
    }

    /// The same files after a restart.
    fn restarted(&mut self) {
        let database = Self::database(&self.directory);
        let (index, indexer) = open(&self.directory.path().join("search"), database);
        (self.index, self._indexer) = (index, indexer);
    }

    /// An issue of one fingerprint, both of that id, last seen `id` minutes before now.
    fn issue(&self, id: i64, more: &str) {
        let times = [
            ("first_ms", (NOW.millis() - id * DAY_MS).into()),
            ("last_ms", (NOW.millis() - id * 60_000).into()),
        ];
        let issue = [
            ("id", id.into()),
            ("project", 1_i64.into()),
            ("number", id.into()),
            ("level", "error".to_owned().into()),
            ("count", (id * 10).into()),
            ("users", id.into()),
            ("status", "unresolved".to_owned().into()),
            ("substatus", "ongoing".to_owned().into()),
        ];
        insert(&self.connection, "issue", &[&issue[..], &times].concat());
        insert(
            &self.connection,
            "fingerprint",
            &[("id", id.into()), ("project", 1_i64.into()), ("issue", id.into())],
        );
        if !more.is_empty() {
            self.connection.execute(&format!("UPDATE issue SET {more} WHERE id = {id}"), []).unwrap();
        }
    }

    fn event(&self, fingerprint: i64, json: &str) -> i64 {
        let event: Event = normalise(json.as_bytes(), &Arrival::default(), &Scrubber::off()).unwrap();
        let grouping: Grouping = event::group(&event, &Rules::default());
        let json = serde_json::to_vec(&Document { event: &event, grouping: &grouping }).unwrap();
        let id = EventId((1000 + self.rows()).to_be_bytes().repeat(2).try_into().unwrap());
        let at_ms = NOW.millis() - fingerprint * 60_000;
        let row = [
            ("project", 1_i64.into()),
            ("id", id.0.to_vec().into()),
            ("fingerprint", fingerprint.into()),
            ("at_ms", at_ms.into()),
            ("received_ms", at_ms.into()),
            ("data", crate::body::pack(&json).unwrap().into()),
        ];
        insert(&self.connection, "event", &row);
        self.connection.last_insert_rowid()
    }

    fn rows(&self) -> i64 {
        self.connection.query_row("SELECT coalesce(max(row), 0) FROM event", [], |row| row.get(0)).unwrap()
    }

    fn follow(&self) -> bool {
        catch_up(&self.index, &self.connection, true, &CancellationToken::new()).unwrap()
    }

    fn find(&self, query: &str) -> Vec<i64> {
        let query = parse(query).unwrap_or_else(|fault| panic!("{query}: {fault}"));
        self.found(&Find { query: &query, ..everything(&query) }).ids
    }

    fn found(&self, wanted: &Find<'_>) -> Found {
        find(&self.connection, &self.index, wanted).unwrap()
    }
}

fn everything(query: &crate::search::Query) -> Find<'_> {
    Find {
        query,
        project: None,
        environment: "",
        from: None,
        until: None,
        sort: Sort::LastSeen,
        cursor: "",
        limit: 100,
        me: Some("ann"),
        now: NOW,
    }
}

/// Four issues with events that differ in everything.
fn shop() -> Bench {
    let bench = Bench::new();
    bench.issue(1, "first_release = 'shop@1.0', assignee = 'ann'");
    bench.issue(
        2,
        "substatus = 'new', level = 'fatal', first_release = 'shop@1.1', assignee = 'bob', unhandled = 1",
    );
    bench.issue(3, "status = 'resolved', level = 'warning'");
    bench.issue(4, "substatus = 'regressed', users = 1000");
    bench
        .connection
        .execute(
            "INSERT INTO release (project, version, first_ms, last_ms) VALUES (1, 'shop@1.0', 1, 1), (1, 'shop@1.1', 2, 2)",
            [],
        )
        .unwrap();
    bench.event(
        1,
        r#"{"exception": {"values": [{"type": "ReadTimeoutError", "value": "GET /cart timed out after 30 s", "stacktrace": {"frames": [
            {"module": "shop.views.cart", "function": "get_cart", "filename": "shop/views/cart.py"}]}}]},
            "environment": "production", "release": "shop@1.0", "tags": {"payment": "credit card"},
            "user": {"email": "Ann@Example.com", "id": 7}}"#,
    );
    bench.event(
        1,
        r#"{"message": "nothing to see", "environment": "staging", "release": "shop@1.1", "tags": {"payment": "cash"}}"#,
    );
    bench.event(
        2,
        r#"{"exception": {"values": [{"type": "KeyError", "value": "'price'", "mechanism": {"type": "django", "handled": false}}]},
            "environment": "production", "release": "shop@1.1", "transaction": "/orders/{id}/", "user": {"email": "bob@example.org"}}"#,
    );
    bench.event(
        3,
        r#"{"message": "注文が見つかりません", "environment": "staging", "tags": {"région": "Île"}}"#,
    );
    bench.event(
        4,
        r#"{"message": "HTTPConnectionPool exhausted", "platform": "python", "server_name": "0123456789ab"}"#,
    );
    assert!(bench.follow());
    bench
}

#[test]
fn events_are_found_by_tags_fields_and_words() {
    let bench = shop();
    for (query, expected) in [
        ("", vec![1, 2, 3, 4]),
        ("timeout", vec![1]),
        ("timeouter", vec![1]),
        ("ReadTimeoutError", vec![1]),
        ("readtimeout", vec![1]),
        ("TimeoutError", vec![1]),
        ("timeouterror", vec![1]),
        ("rror", vec![]),
        ("meout", vec![]),
        ("timed out", vec![1]),
        ("out timed", vec![1]),
        ("\"timed out\"", vec![1]),
        ("\"out timed\"", vec![]),
        ("\"timed ou\"", vec![]),
        ("shop.views.cart", vec![1]),
        ("shop.views.ca", vec![1]),
        ("views.shop", vec![]),
        ("get_cart", vec![1]),
        ("getcart", vec![]),
        ("connectionpool", vec![4]),
        ("ConnectionPool", vec![4]),
        ("httpconnectionp", vec![4]),
        ("price", vec![2]),
        ("見つ", vec![3]),
        ("ann@example.com", vec![1]),
        ("timed nothing", vec![]),
        ("environment:production", vec![1, 2]),
        ("environment:Production", vec![1, 2]),
        ("environment:[staging, production]", vec![1, 2, 3]),
        ("!environment:production", vec![1, 3, 4]),
        ("environment:production payment:cash", vec![]),
        ("environment:production payment:\"credit card\"", vec![1]),
        ("payment:c*", vec![1]),
        ("payment:*card", vec![1]),
        ("payment:*d*t*", vec![1]),
        ("payment:*", vec![1]),
        ("payment:x*", vec![]),
        ("has:payment", vec![1]),
        ("!has:payment", vec![2, 3, 4]),
        ("payment:\"\"", vec![2, 3, 4]),
        ("user.email:*@example.com", vec![1]),
        ("user.email:*@example.*", vec![1, 2]),
        ("user.id:7", vec![1]),
        ("région:île", vec![3]),
        ("release:shop@1.1", vec![1, 2]),
        ("release:latest", vec![1, 2]),
        ("release:latest environment:production", vec![2]),
        ("!release:latest", vec![1, 3, 4]),
        ("error.type:KeyError", vec![2]),
        ("handled:no", vec![2]),
        ("stack.function:get_*", vec![1]),
        ("message:*見つ*", vec![3]),
        ("transaction:/orders/{id}/", vec![2]),
        ("transaction:\"/orders/*\"", vec![2]),
        ("server_name:0123456789ab", vec![4]),
        ("!timeout", vec![1, 2, 3, 4]),
        ("!has:environment", vec![4]),
    ] {
        assert_eq!(bench.find(query), expected, "{query}");
    }
}

#[test]
fn issues_are_found_by_what_they_know() {
    let bench = shop();
    for (query, expected) in [
        ("is:unresolved", vec![1, 2, 4]),
        ("!is:unresolved", vec![3]),
        ("is:resolved", vec![3]),
        ("is:new", vec![2]),
        ("is:ongoing", vec![1]),
        ("is:regressed", vec![4]),
        ("is:escalating", vec![]),
        ("is:unhandled", vec![2]),
        ("is:assigned", vec![1, 2]),
        ("assigned:me", vec![1]),
        ("!assigned:me", vec![2, 3, 4]),
        ("assigned:[me, none]", vec![1, 3, 4]),
        ("assigned:BOB", vec![2]),
        ("assigned:?*", vec![]),
        ("level:[fatal, warning]", vec![2, 3]),
        ("!level:error", vec![2, 3]),
        ("project:shop", vec![1, 2, 3, 4]),
        ("project:[blog, 1]", vec![1, 2, 3, 4]),
        ("project:b*", vec![]),
        ("!project:blog", vec![1, 2, 3, 4]),
        ("issue:SHOP-3", vec![3]),
        ("issue:3", vec![]),
        ("firstRelease:shop@1.*", vec![1, 2]),
        ("firstRelease:latest", vec![2]),
        ("!firstRelease:latest", vec![1, 3, 4]),
        ("firstSeen:-36h", vec![1]),
        ("firstSeen:+36h", vec![2, 3, 4]),
        ("lastSeen:-150s", vec![1, 2]),
        ("timesSeen:>20", vec![3, 4]),
        ("timesSeen:<=20", vec![1, 2]),
        ("timesSeen:20", vec![2]),
        ("users:>=1000", vec![4]),
        ("is:unresolved environment:production !assigned:me", vec![2]),
        ("is:resolved timeout", vec![]),
    ] {
        assert_eq!(bench.find(query), expected, "{query}");
    }
}

#[test]
fn times_environment_and_project_limit_what_is_found() {
    let bench = shop();
    let query = parse("").unwrap();
    let check =
        |wanted: Find<'_>, expected: &[i64]| assert_eq!(bench.found(&wanted).ids, expected, "{wanted:?}");
    let minutes = |minutes: i64| Some(Timestamp::from_millis(NOW.millis() - minutes * 60_000));
    check(Find { environment: "staging", ..everything(&query) }, &[1, 3]);
    check(Find { environment: "elsewhere", ..everything(&query) }, &[]);
    check(Find { project: Some(event::ProjectId(2)), ..everything(&query) }, &[]);
    check(Find { from: minutes(2), ..everything(&query) }, &[1, 2]);
    check(Find { until: minutes(3 * 24 * 60 - 1), ..everything(&query) }, &[3, 4]);
    // An event within the time is asked for, not only an issue that lasted then.
    check(Find { from: minutes(3), until: minutes(2), environment: "staging", ..everything(&query) }, &[3]);
}

#[test]
fn pages_follow_one_another_in_every_order() {
    let bench = shop();
    bench.connection.execute("UPDATE issue SET users = 5 WHERE id IN (1, 2)", []).unwrap();
    let hour = NOW.millis() / 3_600_000;
    for (fingerprint, hour, count) in
        [(1_i64, hour - 30, 9_i64), (2, hour - 1, 5), (3, hour - 2, 4), (3, hour - 25, 8)]
    {
        let row = [("fingerprint", fingerprint.into()), ("hour", hour.into()), ("count", count.into())];
        insert(&bench.connection, "bucket", &row);
    }
    let query = parse("").unwrap();
    for (sort, from, expected) in [
        (Sort::LastSeen, None, [1, 2, 3, 4]),
        (Sort::FirstSeen, None, [1, 2, 3, 4]),
        (Sort::Events, None, [4, 3, 2, 1]),
        (Sort::Events, Some(NOW.minus(std::time::Duration::from_secs(26 * 3600))), [3, 2, 4, 1]),
        (Sort::Users, None, [4, 2, 1, 3]),
        (Sort::Trend, None, [2, 4, 3, 1]),
    ] {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = bench.found(&Find { sort, from, limit: 3, cursor: &cursor, ..everything(&query) });
            assert_eq!(page.total, 4);
            ids.extend(page.ids);
            match page.next {
                Some(next) => cursor = next,
                None => break,
            }
        }
        assert_eq!(ids, expected, "{sort:?}");
    }
    let wrong = find(&bench.connection, &bench.index, &Find { cursor: "x", ..everything(&query) });
    assert!(wrong.unwrap_err().to_string().starts_with("the cursor is none of ours"));
}

#[test]
fn what_is_not_indexed_is_found_by_its_title_and_counted_tags() {
    let bench = shop();
    bench.issue(5, "title = 'OSError', message = 'disk full', culprit = 'shop.jobs in save'");
    let facet = [
        ("fingerprint", 5_i64.into()),
        ("key", "environment".to_owned().into()),
        ("value", "testing".to_owned().into()),
        ("first_ms", (NOW.millis() - 100).into()),
        ("last_ms", (NOW.millis() - 50).into()),
    ];
    insert(&bench.connection, "facet", &facet);
    for (query, expected) in [
        ("disk", vec![5]),
        ("serror save", vec![5]),
        ("\"disk full\"", vec![5]),
        ("environment:testing", vec![5]),
        // Whether it was one and the same event cannot be told.
        ("environment:testing disk", vec![]),
        ("!disk", vec![1, 2, 3, 4]),
    ] {
        assert_eq!(bench.find(query), expected, "{query}");
    }
    let query = parse("").unwrap();
    let testing = Find { environment: "testing", ..everything(&query) };
    assert_eq!(bench.found(&testing).ids, [5]);
    let before = Find { until: Some(NOW.minus(std::time::Duration::from_millis(100))), ..testing };
    assert_eq!(bench.found(&before).ids, [0; 0]);
}

#[test]
fn deleted_and_merged_issues_are_seen_at_once() {
    let bench = shop();
    bench.connection.execute("UPDATE issue SET status = 'deleted' WHERE id = 2", []).unwrap();
    assert_eq!(bench.find("environment:production"), [1]);
    bench.connection.execute("UPDATE fingerprint SET issue = 4 WHERE issue = 1", []).unwrap();
    assert_eq!(bench.find("timeout"), [4]);
}

#[test]
fn the_index_forgets_what_is_deleted() {
    let mut bench = shop();
    bench.connection.execute("DELETE FROM event WHERE row IN (1, 2)", []).unwrap();
    let stale = |bench: &Bench| -> i64 {
        bench.connection.query_row("SELECT count(*) FROM search_stale", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(stale(&bench), 2);
    assert!(bench.follow());
    assert_eq!(bench.find("timeout"), [0; 0]);
    let commit = bench.connection.transaction().unwrap();
    tidy(&commit, &bench.index).unwrap();
    commit.commit().unwrap();
    assert_eq!(stale(&bench), 0);
    assert!(!bench.follow(), "nothing is left to do");
}

#[test]
fn the_index_goes_on_where_it_was() {
    let mut bench = shop();
    bench.restarted();
    assert!(!bench.follow(), "everything is in already");
    bench.event(4, r#"{"message": "came later"}"#);
    assert!(bench.follow());
    assert_eq!(bench.find("later"), [4]);
    assert_eq!(bench.find("timeout"), [1]);
    assert_eq!(bench.index.status().event, bench.rows());
}

#[test]
fn a_lost_damaged_or_foreign_index_is_made_anew() {
    let files = |bench: &Bench| -> Vec<PathBuf> {
        let files = std::fs::read_dir(bench.directory.path().join("search")).unwrap();
        files.map(|file| file.unwrap().path()).collect()
    };
    let check = |what: &str, harm: &dyn Fn(&Bench)| {
        let mut bench = shop();
        harm(&bench);
        bench.restarted();
        assert!(bench.follow(), "{what}");
        assert_eq!(bench.find("timeout"), [1], "{what}");
        bench.restarted();
        assert!(!bench.follow(), "{what}: it is whole again");
    };
    check("all files gone", &|bench| std::fs::remove_dir_all(bench.directory.path().join("search")).unwrap());
    check("every file cut", &|bench| {
        files(bench).iter().for_each(|file| {
            let bytes = std::fs::read(file).unwrap();
            std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
        });
    });
    check("one byte of each file changed", &|bench| {
        files(bench)
            .iter()
            .filter(|file| file.extension().is_some_and(|ext| ext != "json" && ext != "lock"))
            .for_each(|file| {
                let mut bytes = std::fs::read(file).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0xff;
                std::fs::write(file, bytes).unwrap();
            });
    });
    check("no meta.json", &|bench| {
        std::fs::remove_file(bench.directory.path().join("search/meta.json")).unwrap();
    });
    check("another database", &|bench| {
        bench.connection.execute("UPDATE search_mark SET mark = randomblob(16)", []).unwrap();
    });
}

#[test]
fn an_index_that_is_found_damaged_while_it_is_asked_is_made_anew() {
    let bench = shop();
    bench.index.close();
    for file in std::fs::read_dir(bench.directory.path().join("search")).unwrap() {
        std::fs::write(file.unwrap().path(), "these are words").unwrap();
    }
    let query = parse("timeout").unwrap();
    let error = find(&bench.connection, &bench.index, &everything(&query)).unwrap_err().to_string();
    assert!(error.contains("try again in a while"), "{error}");
    assert!(bench.index.status().is_damaged);
    assert!(bench.follow());
    assert_eq!(bench.find("timeout"), [1]);
}

#[test]
fn an_index_that_falls_far_behind_is_made_anew() {
    let mut bench = shop();
    bench
        .connection
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200001)
             INSERT INTO search_stale (event) SELECT i + 1000000 FROM n;",
        )
        .unwrap();
    let commit = bench.connection.transaction().unwrap();
    tidy(&commit, &bench.index).unwrap();
    commit.commit().unwrap();
    assert!(bench.follow());
    assert_eq!(bench.find("timeout"), [1]);
    assert_eq!(bench.index.stale_done(), 0);
}

#[test]
fn many_commits_are_merged() {
    let bench = Bench::new();
    bench.issue(1, "");
    for number in 0..40 {
        bench.event(1, &format!(r#"{{"message": "message{number} of many"}}"#));
        assert!(bench.follow());
    }
    let segments: HashSet<_> = std::fs::read_dir(bench.directory.path().join("search"))
        .unwrap()
        .filter_map(|file| file.unwrap().path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .filter(|stem| stem.len() == 32)
        .collect();
    assert!(segments.len() <= 16, "{} segments are left of 40", segments.len());
    assert_eq!(bench.find("message0 many"), [1]);
    assert_eq!(bench.find("message39"), [1]);
}

#[tokio::test]
async fn the_indexer_follows_what_is_told() {
    let Bench { directory, connection, index, _indexer: indexer } = Bench::new();
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(indexer.run(shutdown.clone()));
    let bench =
        Bench { directory, connection, index, _indexer: open("nowhere".as_ref(), "nowhere".into()).1 };
    bench.issue(1, "");
    let row = bench.event(1, r#"{"message": "hello there"}"#);
    bench.index.nudge();
    let mut reached = bench.index.reached_rows();
    let followed = reached.wait_for(|reached| *reached >= row);
    tokio::time::timeout(std::time::Duration::from_secs(60), followed).await.unwrap().unwrap();
    assert_eq!(bench.find("hello"), [1]);
    shutdown.cancel();
    running.await.unwrap();
}
