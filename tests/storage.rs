//! The data directory: what it keeps, what it survives, and what it refuses with one clear sentence.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, thread};

use serde_json::json;

use crate::harness::files::below;
use crate::harness::http::Client;
use crate::harness::{Appliance, Home, app, loki, until};

tests! {
    []:
        a_restart_keeps_everything,
        a_kill_keeps_everything_acknowledged,
        a_corrupt_block_is_named_and_the_rest_answers,
        a_port_in_use_is_one_sentence,
        a_data_directory_that_is_a_file_is_one_sentence,
        a_newer_data_directory_is_refused,
        a_second_appliance_on_the_same_data_is_refused,
        a_backup_of_a_running_appliance_can_be_restored,
        a_backup_is_not_restored_over_data,
        a_needle_is_found_in_sealed_blocks_after_a_restart,
        the_oldest_day_goes_when_the_store_is_full;
    [Root]:
        an_unwritable_data_directory_is_one_sentence,
        a_full_disk_loses_nothing_acknowledged;
}

/// Pushes `count` numbered lines of a stream, a thousand at a time, and gives them.
fn push_numbered(client: &Client, job: &str, count: usize) -> Vec<String> {
    let start = loki::now() - 60_000_000_000;
    let line =
        |number: usize| format!("{job} {number:07} x{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let lines: Vec<(i64, String)> =
        (0..count).map(|number| (start + number as i64 * 1000, line(number))).collect();
    for chunk in lines.chunks(1000) {
        loki::push(client, &json!({ "job": job }), chunk);
    }
    lines.into_iter().map(|(_, text)| text).collect()
}

fn stored(client: &Client, job: &str) -> Vec<String> {
    loki::texts(client, &format!(r#"{{job="{job}"}}"#))
}

fn a_restart_keeps_everything() {
    let appliance = Home::new().start();
    let lines = push_numbered(appliance.client(), "kept", 12_000);
    let appliance = appliance.restart();
    assert_eq!(stored(appliance.client(), "kept"), lines);
    let more = push_numbered(appliance.client(), "more", 10);
    let appliance = appliance.restart().restart();
    assert_eq!(stored(appliance.client(), "kept"), lines);
    assert_eq!(stored(appliance.client(), "more"), more);
}

fn a_kill_keeps_everything_acknowledged() {
    let mut home = Home::new();
    let mut all = Vec::new();
    for round in 0..3 {
        let appliance = home.start();
        let job = format!("round-{round}");
        let lines = push_numbered(appliance.client(), &job, 2000);
        all.push((job, lines));
        home = appliance.kill();
    }
    let appliance = home.start();
    for (job, lines) in all {
        assert_eq!(stored(appliance.client(), &job), lines);
    }
}

fn a_corrupt_block_is_named_and_the_rest_answers() {
    let appliance = Home::new().start();
    let lines = push_numbered(appliance.client(), "damaged", 30_000);
    let other = push_numbered(appliance.client(), "sound", 100);
    until("a block is sealed", Duration::from_secs(60), || {
        (!below(appliance.home().data(), ".data.db").is_empty()).then_some(())
    });
    let (home, status) = appliance.stop();
    assert!(status.success(), "{status}");

    let file = below(home.data(), ".data.db").remove(0);
    damage_one_block(&file);

    let appliance = home.start();
    // What no line holds, and no filter knows: every block is looked through.
    let hour = 3_600_000_000_000;
    let query = r#"{job="damaged"} |~ "[x-z]{9}""#;
    let answer =
        loki::query_range(appliance.client(), query, loki::now() - hour, loki::now(), &[]).expect(200);
    let warnings = answer.json()["warnings"].to_string();
    let file = file.file_name().unwrap().to_str().unwrap();
    assert!(warnings.contains(file) || warnings.contains("block"), "{warnings}");
    let left = loki::texts(appliance.client(), r#"{job="damaged"}"#);
    assert!(!left.is_empty() && left.len() < lines.len(), "{} of {} lines are left", left.len(), lines.len());
    assert!(left.iter().all(|line| lines.contains(line)), "a damaged block gave lines that nobody wrote");
    assert_eq!(stored(appliance.client(), "sound"), other);
    until("the page tells the damage", Duration::from_secs(30), || {
        app::faults(appliance.client()).contains("block").then_some(())
    });
    assert_eq!(push_numbered(appliance.client(), "after", 10), stored(appliance.client(), "after"));
}

fn a_needle_is_found_in_sealed_blocks_after_a_restart() {
    let appliance = Home::new().start();
    let lines = push_numbered(appliance.client(), "hay", 40_000);
    until("blocks are sealed", Duration::from_secs(60), || {
        (!below(appliance.home().data(), ".data.db").is_empty()).then_some(())
    });
    let appliance = appliance.restart();
    let client = appliance.client();
    for number in [0, 7, 12_345, 39_999] {
        let (_, id) = lines[number].rsplit_once(' ').expect("an id");
        let expect = |filter: &str, is_right: &dyn Fn(&str) -> bool| {
            let expected: Vec<&String> = lines.iter().filter(|line| is_right(line)).collect();
            let found = loki::texts(client, &format!(r#"{{job="hay"}} {filter}"#));
            assert!(found.iter().eq(expected), "{filter}: {found:?}");
            assert!(!found.is_empty());
        };
        expect(&format!(r#"|= "{id}""#), &|line| line.contains(id));
        // A part of it, in other letters, by a regular expression, and by a label that only a parser finds.
        expect(&format!(r#"|= "{}""#, &id[2..14]), &|line| line.contains(&id[2..14]));
        expect(&format!(r#"|~ "(?i){}$""#, id[3..].to_uppercase()), &|line| line.ends_with(&id[3..]));
        expect(&format!(r#"| pattern "<_> <_> <id>" | id="{id}""#), &|line| {
            line.ends_with(&format!(" {id}"))
        });
    }
    assert_eq!(loki::texts(client, r#"{job="hay"} |= "0000000000000001x""#), [""; 0]);
}

/// Flips one bit in the middle of the longest blob of the file's largest table.
fn damage_one_block(file: &Path) {
    let connection = rusqlite::Connection::open(file).unwrap();
    let (table, column, id): (String, String, i64) = longest_blob(&connection);
    let mut bytes: Vec<u8> = connection
        .query_row(&format!("SELECT {column} FROM {table} WHERE rowid = ?1"), [id], |row| row.get(0))
        .unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    let update = format!("UPDATE {table} SET {column} = ?1 WHERE rowid = ?2");
    assert_eq!(connection.execute(&update, rusqlite::params![bytes, id]).unwrap(), 1);
    connection.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
}

fn longest_blob(connection: &rusqlite::Connection) -> (String, String, i64) {
    let columns = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p
                   WHERE m.type = 'table' AND upper(p.type) = 'BLOB'";
    let mut statement = connection.prepare(columns).unwrap();
    let names: Vec<(String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let longest = names.into_iter().filter_map(|(table, column)| {
        let query = format!("SELECT length({column}), rowid FROM {table} ORDER BY 1 DESC LIMIT 1");
        let (bytes, id): (i64, i64) =
            connection.query_row(&query, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
        Some((bytes, table, column, id))
    });
    let (_, table, column, id) = longest.max().expect("a table with a blob");
    (table, column, id)
}

/// A start that fails: not zero, one sentence that holds all of `words`, no panic.
fn expect_refused(output: &Output, words: &[&str]) {
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success(), "it ended well:\n{said}");
    assert!(!said.contains("panicked"), "{said}");
    let sentence = said.lines().find(|line| words.iter().all(|word| line.contains(word)));
    assert!(sentence.is_some(), "no line tells all of {words:?}:\n{said}");
}

fn a_port_in_use_is_one_sentence() {
    let home = Home::new();
    let _taken = TcpListener::bind(("127.0.0.1", home.port())).unwrap();
    expect_refused(&home.run(&["serve"]), &[&home.port().to_string(), "in use"]);
}

fn a_data_directory_that_is_a_file_is_one_sentence() {
    let home = Home::new();
    fs::write(home.data(), "not a directory").unwrap();
    expect_refused(&home.run(&["serve"]), &[home.data().to_str().unwrap()]);
}

fn a_newer_data_directory_is_refused() {
    let appliance = Home::new().start();
    push_numbered(appliance.client(), "of a later version", 10);
    let (home, _) = appliance.stop();
    for name in ["tail.db", "state.db"] {
        let file = below(home.data(), name).pop().unwrap_or_else(|| panic!("{name} is there"));
        let version = |change: i64| {
            let connection = rusqlite::Connection::open(&file).unwrap();
            let now: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            connection.pragma_update(None, "user_version", now + change).unwrap();
        };
        version(1);
        expect_refused(&home.run(&["serve"]), &[name, "newer"]);
        version(-1);
    }
    let appliance = home.start();
    assert_eq!(stored(appliance.client(), "of a later version").len(), 10);
}

fn a_second_appliance_on_the_same_data_is_refused() {
    let appliance = Home::new().start();
    let second = Home::new().data_in(appliance.home().data());
    expect_refused(&second.run(&["serve"]), &[appliance.home().data().to_str().unwrap()]);
    // The first one has not noticed.
    let lines = push_numbered(appliance.client(), "undisturbed", 10);
    assert_eq!(stored(appliance.client(), "undisturbed"), lines);
    // A lock that a killed process leaves behind keeps nobody out.
    drop(appliance.kill().start());
}

fn a_backup_of_a_running_appliance_can_be_restored() {
    let appliance = Home::new().start();
    let lines = push_numbered(appliance.client(), "saved", 20_000);
    let copy = appliance.home().path().join("copy");
    // Lines go on arriving while the copy is made.
    let client = appliance.client().clone();
    let pusher = thread::spawn(move || push_numbered(&client, "meanwhile", 5000));
    let output = appliance.home().run(&["backup", copy.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let meanwhile = pusher.join().unwrap();
    assert_eq!(stored(appliance.client(), "meanwhile"), meanwhile);
    push_numbered(appliance.client(), "too late", 5);

    let restored = Home::new();
    let output = restored.run(&["restore", copy.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let twin = restored.start();
    assert_eq!(stored(twin.client(), "saved"), lines);
    let part = stored(twin.client(), "meanwhile");
    assert_eq!(part, meanwhile[..part.len()], "a copy is a state that the appliance was in");
    assert!(stored(twin.client(), "too late").is_empty());
}

fn a_backup_is_not_restored_over_data() {
    let appliance = Home::new().start();
    push_numbered(appliance.client(), "mine", 10);
    let copy = appliance.home().path().join("copy");
    assert!(appliance.home().run(&["backup", copy.to_str().unwrap()]).status.success());
    expect_refused(&appliance.home().run(&["restore", copy.to_str().unwrap()]), &["in use"]);
    let (home, _) = appliance.stop();
    expect_refused(
        &home.run(&["restore", copy.to_str().unwrap()]),
        &[home.data().to_str().unwrap(), "empty"],
    );
    let appliance = home.start();
    assert_eq!(stored(appliance.client(), "mine").len(), 10);
}

/// A file system of its own, in memory.
pub(crate) struct Disk(tempfile::TempDir);

impl Disk {
    pub(crate) fn mount(options: &str) -> Self {
        let at = tempfile::Builder::new().prefix("porthole-disk-").tempdir().unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at.path()).status();
        assert!(mounted.unwrap().success(), "mount -t tmpfs");
        Self(at)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

fn an_unwritable_data_directory_is_one_sentence() {
    let disk = Disk::mount("ro,size=1m");
    let data = disk.path().join("data");
    expect_refused(&Home::new().data_in(&data).run(&["serve"]), &[data.to_str().unwrap()]);
}

fn a_full_disk_loses_nothing_acknowledged() {
    let disk = Disk::mount("size=48m");
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 24 << 20]).unwrap();
    let appliance = Home::new().data_in(&disk.path().join("data")).start();

    let enough = Arc::new(AtomicBool::new(false));
    let pusher = {
        let (client, enough) = (appliance.client().clone(), Arc::clone(&enough));
        thread::spawn(move || push_until(&client, &enough))
    };
    let faults = || app::faults(appliance.client()).to_lowercase();
    until("the page tells the full disk", Duration::from_secs(120), || {
        (faults().contains("full") || faults().contains("space")).then_some(())
    });
    appliance.anonymous().get("/ready").expect(200);
    fs::remove_file(ballast).unwrap();
    until("the page tells it no more", Duration::from_secs(120), || (faults() == "[]").then_some(()));
    enough.store(true, Ordering::Relaxed);
    let acknowledged = pusher.join().unwrap();
    expect_all(&appliance, &acknowledged);
    expect_all(&appliance.restart(), &acknowledged);
}

/// Pushes lines that hardly compress until it is `enough`; gives those that were acknowledged. What is refused is
/// pushed again: a push that finds the disk full is refused with one sentence, or waits until there is room.
fn push_until(client: &Client, enough: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    while !enough.load(Ordering::Relaxed) {
        let from = acknowledged.len();
        let lines: Vec<String> = (from..from + 100).map(noise).collect();
        let now = loki::now();
        let entries: Vec<(i64, String)> =
            lines.iter().enumerate().map(|(index, line)| (now + index as i64, line.clone())).collect();
        let answer =
            client.post_json("/loki/api/v1/push", &loki::json_body(&json!({ "job": "noise" }), &entries));
        if answer.status == 204 {
            acknowledged.extend(lines);
            continue;
        }
        let reason = answer.text();
        assert!(matches!(answer.status, 429 | 500..=599), "{}: {reason}", answer.status);
        assert!(reason.trim().lines().count() == 1, "{reason}");
        thread::sleep(Duration::from_millis(100));
    }
    acknowledged
}

/// A numbered line that hardly compresses.
fn noise(number: usize) -> String {
    let mut state = number as u64 + 1;
    let mut step = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{:016x}", state ^ (state >> 29))
    };
    let words: Vec<String> = (0..64).map(|_| step()).collect();
    format!("{number:07} {}", words.concat())
}

/// Every acknowledged line is there once. A push that was refused may have been stored all the same, since its
/// sender tries again; that is all that may come twice.
fn expect_all(appliance: &Appliance, acknowledged: &[String]) {
    let stored = stored(appliance.client(), "noise");
    let counts = stored.iter().fold(std::collections::HashMap::new(), |mut counts, line| {
        *counts.entry(line.as_str()).or_insert(0) += 1;
        counts
    });
    let lost = acknowledged.iter().filter(|line| !counts.contains_key(line.as_str())).count();
    assert_eq!(lost, 0, "{lost} of {} acknowledged lines are lost", acknowledged.len());
}

/// Days of lines that hardly compress, each of them nearly half of what the store may take.
fn the_oldest_day_goes_when_the_store_is_full() {
    const DAY: i64 = 86_400_000_000_000;
    let appliance = Home::new().with("[logs]\nmax_size = \"100MiB\"\n").start();
    let client = appliance.client();
    let today = loki::now() / DAY;
    for days_ago in (0..4).rev() {
        let noon = (today - days_ago) * DAY + if days_ago == 0 { 0 } else { DAY / 2 };
        for batch in 0..50 {
            let lines: Vec<(i64, String)> =
                (0..50).map(|at| (noon + batch * 100 + at, dense((batch * 50 + at) as usize))).collect();
            loki::push(client, &json!({ "job": "filling", "day": days_ago.to_string() }), &lines);
        }
    }
    let lines_of = |days_ago: i64| {
        let (query, end) = (
            format!("sum(count_over_time({{job=\"filling\", day=\"{days_ago}\"}}[10d]))"),
            loki::now().to_string(),
        );
        let answer =
            client.ask("/loki/api/v1/query", &[("query", &query), ("time", &end)]).expect(200).json();
        answer["data"]["result"][0]["value"][1].as_str().map_or(0, |count| count.parse().unwrap())
    };
    until("the oldest day is gone", Duration::from_secs(120), || (lines_of(3) == 0).then_some(()));
    assert_eq!((lines_of(1), lines_of(0)), (2500, 2500));
    let faults = app::faults(client);
    assert!(faults.contains("max_size"), "{faults}");
    let bytes: u64 = below(appliance.home().data(), "")
        .iter()
        .map(|file| fs::metadata(file).map_or(0, |about| about.len()))
        .sum();
    assert!(bytes < 130 << 20, "{bytes} bytes on disk");
}

/// A numbered line of 18 kB that hardly compresses.
fn dense(number: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = number as u64 + 1;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(LETTERS[(state >> 58) as usize])
    };
    let letters: String = (0..18_000).map(|_| letter()).collect();
    format!("{number:07} {letters}")
}
