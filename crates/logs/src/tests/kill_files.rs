//! The process is killed again and again while it follows a log file that grows and is rotated; in the end every
//! line of the files is there once.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::Labels;
use settings::Tree;
use tokio_util::sync::CancellationToken;

use super::kill::{DIRECTORY, run_and_kill};
use crate::limits::Limits;
use crate::logs::{Logs, open_with};
use crate::testing::{content, until};
use crate::{Config, Files, Writer};
use store::Clock;

const TEST: &str = "tests::kill_files::killed_while_a_file_grows_and_is_rotated_it_keeps_every_line_once";

const KILLS: u64 = 12;

fn open(directory: &Path) -> (Logs, Writer) {
    let files = directory.join("files");
    fs::create_dir_all(&files).unwrap();
    let text = format!(
        "[[logs.file]]\npaths = [\"{}/app.log*\"]\nservice = \"app\"\nmultiline = \"off\"",
        files.display()
    );
    let tree = Tree::parse("porthole.toml", &text, []);
    let config = Config::read(&tree.root());
    let every = Duration::from_millis(2);
    let limits =
        Limits { commit_after: every, files_every: every, block_weight: 2 << 10, ..Limits::default() };
    open_with(config, &directory.join("logs"), limits, Clock::system()).unwrap()
}

#[test]
fn killed_while_a_file_grows_and_is_rotated_it_keeps_every_line_once() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return be_killed(&PathBuf::from(directory));
    }
    let directory = tempfile::tempdir().unwrap();
    for round in 0..KILLS {
        run_and_kill(TEST, directory.path(), round);
    }
    check(directory.path());
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn be_killed(directory: &Path) {
    let files = directory.join("files");
    // Above all numbers of the processes before.
    let first = fs::read_dir(&files).map_or(0, Iterator::count) as u64;
    std::thread::spawn(move || write(&files, first));
    runtime().block_on(async {
        let (logs, writer) = open(directory);
        let collector = Files::new(&logs, &Labels::default()).unwrap();
        tokio::spawn(writer.run(CancellationToken::new()));
        tokio::spawn(collector.run(CancellationToken::new()));
        for answered in 0.. {
            let before = logs.status().lines;
            until(|| (logs.status().lines > before).then_some(())).await;
            println!("answered {answered}");
        }
    });
}

/// Appends lines and renames the file every hundred lines.
fn write(files: &Path, first: u64) {
    fs::create_dir_all(files).unwrap();
    for rotation in first.. {
        let path = files.join("app.log");
        let mut file = File::options().append(true).create(true).open(&path).unwrap();
        for number in 0..100 {
            writeln!(file, "line {rotation}.{number} of process {}", std::process::id()).unwrap();
            std::thread::sleep(Duration::from_micros(100));
        }
        fs::rename(path, files.join(format!("app.log.{rotation}"))).unwrap();
    }
}

fn check(directory: &Path) {
    let mut expected = Vec::new();
    for file in fs::read_dir(directory.join("files")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        // A last line that the kill cut off is none yet.
        expected
            .extend(text.split_inclusive('\n').filter_map(|line| Some(line.strip_suffix('\n')?.to_owned())));
    }
    expected.sort();
    let (logs, writer) = open(directory);
    let found = runtime().block_on(async {
        let (stop, read) = (CancellationToken::new(), CancellationToken::new());
        let writing = tokio::spawn(writer.run(stop.clone()));
        let reading = tokio::spawn(Files::new(&logs, &Labels::default()).unwrap().run(read.clone()));
        let found =
            || content(&logs.shared).into_values().flatten().map(|stored| stored.line).collect::<Vec<_>>();
        until(|| (found().len() >= expected.len()).then_some(())).await;
        // Whatever came twice would come now.
        read.cancel();
        reading.await.unwrap();
        stop.cancel();
        writing.await.unwrap().unwrap();
        found()
    });
    let mut found = found;
    found.sort();
    assert_eq!(found, expected);
    assert!(expected.len() as u64 > KILLS, "it got nowhere");
    assert_eq!(logs.status().faults, []);
}
