use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use flate2::{Compression, write::GzEncoder};
use model::{Labels, Position, Timestamp};
use proptest::prelude::*;
use settings::Tree;
use store::Faults;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::round::Rounds;
use super::settings::FileSettings;

/// A directory of logs, and what was read of it.
struct Ground {
    directory: TempDir,
    settings: FileSettings,
    rounds: Option<Rounds>,
    received: Option<mpsc::Receiver<model::Batch>>,
    positions: BTreeMap<String, Vec<u8>>,
    lines: Vec<String>,
    names: Vec<String>,
    last: Timestamp,
    faults: Faults,
    /// How far the collector's clock is ahead of the files'.
    ahead: Duration,
}

impl Ground {
    fn new(more: &str) -> Self {
        Self::with("app*", more)
    }

    fn with(pattern: &str, more: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().display();
        let text = format!("[[logs.file]]\npaths = [\"{path}/{pattern}\"]\nservice = \"app\"\n{more}");
        let tree = Tree::parse("porthole.toml", &text, []);
        let settings = FileSettings::read(&tree.root().section("logs").sections("file")[0]).unwrap();
        assert_eq!(tree.finish(), []);
        let mut ground = Self {
            directory,
            settings,
            rounds: None,
            received: None,
            positions: BTreeMap::new(),
            lines: Vec::new(),
            names: Vec::new(),
            last: Timestamp::MIN,
            faults: Faults::default(),
            ahead: Duration::from_secs(10),
        };
        ground.restart();
        ground
    }

    /// As after `kill -9`: nothing is known but the positions.
    fn restart(&mut self) {
        let (intake, received) = mpsc::channel(100_000);
        let positions: Vec<Position> = self
            .positions
            .iter()
            .map(|(key, value)| Position { key: key.clone(), value: Some(value.clone()) })
            .collect();
        let base = Labels::from_pairs([("host", "here")]);
        self.rounds = Some(Rounds::new(vec![self.settings.clone()], &base, &positions, intake));
        self.received = Some(received);
        self.last = Timestamp::MIN;
    }

    /// Looks until there is nothing more; takes what was sent.
    fn look(&mut self) {
        let now = Timestamp::from(SystemTime::now()).plus(self.ahead);
        let rounds = self.rounds.as_mut().unwrap();
        while rounds.look(now, &self.faults, &CancellationToken::new()) {}
        while let Ok(batch) = self.received.as_mut().unwrap().try_recv() {
            for position in batch.positions {
                match position.value {
                    Some(value) => self.positions.insert(position.key, value),
                    None => self.positions.remove(&position.key),
                };
            }
            for entry in batch.entries {
                assert_eq!(batch.labels.to_string(), r#"{host="here", service="app", stream="file"}"#);
                self.lines.push(entry.line);
                self.names.push(entry.metadata[0].1.rsplit('/').next().unwrap().to_owned());
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn append(&self, name: &str, content: impl AsRef<[u8]>) {
        let mut file = File::options().append(true).create(true).open(self.path(name)).unwrap();
        file.write_all(content.as_ref()).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// What was read since this was asked last.
    fn read(&mut self) -> Vec<String> {
        self.look();
        self.names.clear();
        std::mem::take(&mut self.lines)
    }
}

/// Lines that are long enough to be told apart from other files'.
fn text(numbers: std::ops::Range<u32>) -> String {
    numbers.map(|number| format!("line {number}\n")).collect()
}

fn lines(numbers: std::ops::Range<u32>) -> Vec<String> {
    text(numbers).lines().map(str::to_owned).collect()
}

#[test]
fn lines_are_read_as_they_are_written() {
    let mut ground = Ground::new("");
    assert_eq!(ground.read(), Vec::<String>::new());
    ground.append("app.log", "one\ntwo\r\n\nfo");
    ground.append("other.log", "not asked for\n");
    assert_eq!(ground.read(), ["one", "two", ""]);
    assert_eq!(ground.read(), Vec::<String>::new());
    ground.append("app.log", b"ur\n\xff\n");
    assert_eq!(ground.read(), ["four", "\u{fffd}"]);
    ground.append("app.bom", "\u{feff}first\nlast without a break");
    assert_eq!(ground.read(), ["first"]);
    ground.ahead = Duration::from_secs(100);
    assert_eq!(ground.read(), ["last without a break"]);
    assert_eq!(ground.read(), Vec::<String>::new());
}

#[test]
fn a_restart_goes_on_where_it_was_left() {
    let mut ground = Ground::new("");
    ground.append("app.log", text(0..10_000));
    assert_eq!(ground.read(), lines(0..10_000));
    ground.restart();
    assert_eq!(ground.read(), Vec::<String>::new());
    ground.append("app.log", text(10_000..10_010));
    ground.restart();
    assert_eq!(ground.read(), lines(10_000..10_010));
}

#[test]
fn what_was_there_before_is_left_out_on_demand() {
    let mut ground = Ground::new("from = \"end\"");
    ground.append("app.log", text(0..10));
    assert_eq!(ground.read(), Vec::<String>::new());
    ground.append("app.log", text(10..20));
    ground.append("app2.log", text(100..110));
    // Which of two files is read first is nobody's business.
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(ground.read()), sorted([lines(10..20), lines(100..110)].concat()));
    ground.append("app3.log", text(200..210));
    ground.append("app.log", text(20..30));
    ground.restart();
    assert_eq!(sorted(ground.read()), sorted([lines(20..30), lines(200..210)].concat()));
}

#[test]
fn rotation_by_rename_loses_and_doubles_nothing() {
    for (pattern, restarts) in
        [("app.log", false), ("app.log", true), ("app.log*", false), ("app.log*", true)]
    {
        let mut ground = Ground::with(pattern, "");
        ground.append("app.log", text(0..10));
        assert_eq!(ground.read(), lines(0..10));
        ground.append("app.log", text(10..20));
        ground.rename("app.log", "app.log.1");
        ground.append("app.log", text(20..30));
        if restarts {
            ground.restart();
        }
        let mut read = ground.read();
        read.sort();
        assert_eq!(read, lines(10..30), "{pattern} {restarts}");
        // The writer had it open still.
        ground.append("app.log.1", text(30..31));
        assert_eq!(ground.read(), lines(30..31), "{pattern} {restarts}");
    }
}

#[test]
fn a_file_that_was_deleted_is_read_to_its_end() {
    let mut ground = Ground::new("");
    ground.append("app.log", text(0..10));
    assert_eq!(ground.read(), lines(0..10));
    ground.append("app.log", "unfinished");
    fs::remove_file(ground.path("app.log")).unwrap();
    assert_eq!(ground.read(), ["unfinished"]);
    // The next one may well get its inode.
    ground.append("app.log", text(0..11));
    assert_eq!(ground.read(), lines(0..11));
    assert_eq!(ground.faults.list(), []);
}

#[test]
fn truncation_is_seen_even_if_the_file_has_grown_again() {
    let mut ground = Ground::new("");
    ground.append("app.log", text(0..10));
    assert_eq!(ground.read(), lines(0..10));
    fs::write(ground.path("app.log"), text(10..12)).unwrap();
    assert_eq!(ground.read(), lines(10..12));
    fs::write(ground.path("app.log"), text(100..150)).unwrap();
    assert_eq!(ground.read(), lines(100..150));
}

#[test]
fn copies_of_rotation_bring_only_what_is_new() {
    let mut ground = Ground::new("");
    ground.append("app.log", text(0..10));
    assert_eq!(ground.read(), lines(0..10));
    ground.append("app.log", text(10..15));
    fs::copy(ground.path("app.log"), ground.path("app.log.1")).unwrap();
    // Between the copy and the truncation.
    assert_eq!(ground.read(), lines(10..15));
    fs::write(ground.path("app.log"), "").unwrap();
    assert_eq!(ground.read(), Vec::<String>::new());
    // And once nobody looks until all is done.
    ground.append("app.log", text(20..30));
    assert_eq!(ground.read(), lines(20..30));
    ground.append("app.log", text(30..35));
    fs::copy(ground.path("app.log"), ground.path("app.log.2")).unwrap();
    fs::write(ground.path("app.log"), text(35..40)).unwrap();
    let mut read = ground.read();
    read.sort();
    assert_eq!(read, lines(30..40));
    // Another file that begins alike is no copy.
    ground.append("app-other.log", text(0..3));
    assert_eq!(ground.read(), lines(0..3));
}

#[test]
fn compressed_files_are_read_once_and_only_as_far_as_they_are_new() {
    let mut ground = Ground::new("");
    ground.append("app.log.5.gz", gzip(&text(0..50_000)));
    assert_eq!(ground.read(), lines(0..50_000));
    ground.append("app.log", text(50_000..50_010));
    assert_eq!(ground.read(), lines(50_000..50_010));
    ground.append("app.log", text(50_010..50_020));
    ground.append("app.log.1.gz", gzip(&text(50_000..50_020)));
    fs::remove_file(ground.path("app.log")).unwrap();
    let read = ground.read();
    assert_eq!(read, lines(50_010..50_020));
    ground.restart();
    assert_eq!(ground.read(), Vec::<String>::new());
    // What is still being written waits.
    ground.ahead = Duration::ZERO;
    ground.append("app.log.6.gz", &gzip(&text(0..1000))[..500]);
    assert_eq!(ground.read(), Vec::<String>::new());
    ground.ahead = Duration::from_secs(10);
    ground.look();
    let faults = ground.faults.list();
    assert!(faults[0].subject.contains("app.log.6.gz"), "{faults:?}");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn long_lines_come_in_pieces() {
    let mut ground = Ground::new("");
    let long = "é".repeat(700_000);
    ground.append("app.log", format!("x{long}\nend\n"));
    let read = ground.read();
    assert_eq!(read.iter().map(String::len).collect::<Vec<_>>(), [1_048_575, 1_400_001 - 1_048_575, 3]);
    assert_eq!(read[..2].concat(), format!("x{long}"));
}

#[test]
fn entries_have_the_files_time_in_their_order() {
    let ground = &mut Ground::new("multiline = \"off\"\nproject = \"shop\"\nstream = \"access\"");
    ground.append("app.log", text(0..3));
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    File::options().append(true).open(ground.path("app.log")).unwrap().set_modified(old).unwrap();
    let rounds = ground.rounds.as_mut().unwrap();
    rounds.look(SystemTime::now().into(), &ground.faults, &CancellationToken::new());
    let batch = ground.received.as_mut().unwrap().try_recv().unwrap();
    assert_eq!(batch.labels.to_string(), r#"{host="here", project="shop", service="app", stream="access"}"#);
    assert_eq!(batch.multiline, model::Multiline::Off);
    let nanos: Vec<i64> = batch.entries.iter().map(|entry| entry.timestamp.nanos()).collect();
    assert_eq!(nanos, [0, 1, 2].map(|nanos| 1_700_000_000_000_000_000 + nanos));
}

#[test]
fn faults_of_the_settings_name_the_mend() {
    let text = "[[logs.file]]\npaths = [\"app.log\", \"/var/log/\"]\nfrom = \"middle\"\n[[logs.file]]\nservice = \"x\"";
    let tree = Tree::parse("porthole.toml", text, []);
    crate::Config::read(&tree.root());
    let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
    let all = faults.join("\n");
    for part in [
        "logs.file[0].paths: `app.log`: it is no absolute path; write one such as",
        "logs.file[0].paths: `/var/log/`: it names a directory; write the files in it",
        "logs.file[0].service: it is missing; write whose they are",
        "logs.file[0].from",
        "logs.file[1].paths: it is missing",
    ] {
        assert!(all.contains(part), "{part} not in\n{all}");
    }
    assert_eq!(faults.len(), 5, "{all}");
}

#[derive(Clone, Debug)]
enum Act {
    Append(u8),
    Part,
    Rename,
    CopyTruncate { looks_between: bool },
    Compress,
    Restart,
    Look,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (1..200_u8).prop_map(Act::Append),
        1 => Just(Act::Part),
        2 => Just(Act::Rename),
        2 => any::<bool>().prop_map(|looks_between| Act::CopyTruncate { looks_between }),
        1 => Just(Act::Compress),
        1 => Just(Act::Restart),
        3 => Just(Act::Look),
    ];
    proptest::collection::vec(act, 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever happens to the files, as long as every line stays in one of them until it was looked for.
    #[test]
    fn any_history_leaves_every_line_once(acts in acts()) {
        let mut ground = Ground::new("");
        let (mut next, mut rotated) = (0_u32, 0_u32);
        let mut newest: Option<String> = None;
        for act in acts {
            match act {
                Act::Append(count) => {
                    ground.append("app.log", text(next..next + u32::from(count)));
                    next += u32::from(count);
                }
                Act::Part => {
                    let line = text(next..next + 1);
                    ground.append("app.log", &line[..3]);
                    ground.look();
                    ground.append("app.log", &line[3..]);
                    next += 1;
                }
                Act::Rename if ground.path("app.log").exists() => {
                    rotated += 1;
                    let name = format!("app.log.{rotated}");
                    ground.rename("app.log", &name);
                    newest = Some(name);
                }
                Act::CopyTruncate { looks_between } if ground.path("app.log").exists() => {
                    rotated += 1;
                    let name = format!("app.log.{rotated}");
                    fs::copy(ground.path("app.log"), ground.path(&name)).unwrap();
                    if looks_between {
                        ground.look();
                    }
                    File::options().write(true).open(ground.path("app.log")).unwrap().set_len(0).unwrap();
                    // (Some lines come before anybody looks: an empty file tells that it was truncated as well.)
                    ground.append("app.log", text(next..next + 1));
                    next += 1;
                    ground.look();
                    newest = Some(name);
                }
                Act::Compress => if let Some(name) = newest.take() {
                    let content = fs::read_to_string(ground.path(&name)).unwrap();
                    ground.append(&format!("{name}.gz"), gzip(&content));
                    fs::remove_file(ground.path(&name)).unwrap();
                    ground.look();
                },
                Act::Restart => ground.restart(),
                Act::Look => ground.look(),
                Act::Rename | Act::CopyTruncate { .. } => {}
            }
        }
        ground.look();
        ground.look();
        let mut numbers: Vec<u32> =
            ground.lines.iter().map(|line| line.strip_prefix("line ").unwrap().parse().unwrap()).collect();
        numbers.sort_unstable();
        prop_assert_eq!(numbers, (0..next).collect::<Vec<_>>());
        prop_assert_eq!(ground.faults.list(), vec![]);
    }
}
