//! `[[logs.file]]`: what programs write into files is stored once, whatever rotates them and whoever is killed.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::written::expect_equal;
use crate::harness::http::Client;
use crate::harness::{Appliance, Home, app, loki, until};

tests! {
    []:
        lines_of_a_file_are_stored_once_through_rotations_and_kills,
        a_copied_and_emptied_file_goes_on,
        tracebacks_in_files_are_one_entry;
}

const QUERY: &str = r#"{service="legacy", stream="file"}"#;

/// A log file and those that it was rotated to.
struct Log {
    folder: PathBuf,
    file: File,
    written: Vec<String>,
}

impl Log {
    fn create(home: &Home) -> Self {
        let folder = home.path().join("log");
        fs::create_dir_all(&folder).unwrap();
        let file = Self::open(&folder.join("app.log"));
        Self { folder, file, written: vec![] }
    }

    fn open(path: &Path) -> File {
        OpenOptions::new().create(true).append(true).open(path).unwrap()
    }

    fn write(&mut self, count: usize) {
        for _ in 0..count {
            let line = format!("2026-11-22 10:00:00,000 INFO line {:06}", self.written.len());
            writeln!(self.file, "{line}").unwrap();
            self.written.push(line);
        }
    }

    /// `app.log` becomes `app.log.1` and so on, as logrotate does it.
    fn rotate(&mut self) {
        let name = |number: usize| self.folder.join(format!("app.log.{number}"));
        for number in (1..9).rev() {
            if name(number).exists() {
                fs::rename(name(number), name(number + 1)).unwrap();
            }
        }
        fs::rename(self.folder.join("app.log"), name(1)).unwrap();
        self.file = Self::open(&self.folder.join("app.log"));
    }
}

fn home() -> Home {
    let home = Home::new();
    let pattern = home.path().join("log/app.log*");
    home.with(&format!("[[logs.file]]\npaths = [\"{}\"]\nservice = \"legacy\"\n", pattern.display()))
}

fn await_lines(client: &Client, count: usize) {
    until(&format!("{count} lines of files"), Duration::from_secs(60), || {
        let stored = app::histogram_total(client, QUERY) as usize;
        assert!(stored <= count, "{stored} lines are stored, {count} were written");
        (stored == count).then_some(())
    });
}

fn expect_all(appliance: &Appliance, log: &Log) {
    await_lines(appliance.client(), log.written.len());
    let mut stored = loki::texts(appliance.client(), QUERY);
    // Lines of one moment come in the order of their arrival, but files may be read side by side.
    stored.sort();
    expect_equal(QUERY, &stored, &log.written);
}

fn lines_of_a_file_are_stored_once_through_rotations_and_kills() {
    let mut home = home();
    let mut log = Log::create(&home);
    log.write(500);
    for round in 0..4 {
        let appliance = home.start();
        log.write(300);
        if round % 2 == 0 {
            await_lines(appliance.client(), log.written.len());
        } else {
            until("some lines are stored", Duration::from_secs(60), || {
                (app::histogram_total(appliance.client(), QUERY) > 0).then_some(())
            });
        }
        log.rotate();
        log.write(200);
        home = appliance.kill();
        // While nobody looks.
        log.write(50);
        log.rotate();
        log.write(50);
    }
    let appliance = home.start();
    expect_all(&appliance, &log);
    expect_all(&appliance.restart(), &log);
}

fn a_copied_and_emptied_file_goes_on() {
    let home = home();
    let mut log = Log::create(&home);
    let appliance = home.start();
    log.write(100);
    await_lines(appliance.client(), 100);
    fs::copy(log.folder.join("app.log"), log.folder.join("app.log.1")).unwrap();
    log.file.set_len(0).unwrap();
    log.write(150);
    expect_all(&appliance, &log);
    expect_all(&appliance.restart(), &log);
}

fn tracebacks_in_files_are_one_entry() {
    let home = home();
    let mut log = Log::create(&home);
    let appliance = home.start();
    let trace = "2026-11-22 10:00:00,000 ERROR failed\nTraceback (most recent call last):\n  File \"/a.py\", line 1, in f\nValueError: 1";
    writeln!(log.file, "{trace}\n2026-11-22 10:00:00,001 INFO on").unwrap();
    await_lines(appliance.client(), 2);
    let stored = loki::dump(appliance.client(), QUERY);
    assert_eq!(stored[0].text, trace);
    assert_eq!(stored[0].labels.get("detected_level").map(String::as_str), Some("error"));
}
