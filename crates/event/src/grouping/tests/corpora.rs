//! Two corpora: events of the real Python SDK (`testdata/corpus`), and others' events whose issues are known.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;

use super::{are_one, event, grouped};
use crate::grouping::{Grouping, Hash, Rules, group};

/// Joins events to issues as the store does: the issue that owns a hash gets the event, and its other hash.
#[derive(Default)]
struct Issues {
    owner: BTreeMap<Hash, usize>,
    events: Vec<Vec<String>>,
}

impl Issues {
    fn take(&mut self, name: String, grouping: &Grouping) {
        let known = grouping.hashes.iter().find_map(|hash| self.owner.get(hash).copied());
        let issue = known.unwrap_or_else(|| {
            self.events.push(Vec::new());
            self.events.len() - 1
        });
        for hash in &grouping.hashes {
            self.owner.entry(*hash).or_insert(issue);
        }
        self.events[issue].push(name);
    }

    fn sorted(mut self) -> Vec<Vec<String>> {
        self.events.iter_mut().for_each(|issue| issue.sort());
        self.events.sort();
        self.events
    }
}

#[test]
fn events_of_the_python_sdk() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/corpus");
    let expected = std::fs::read_to_string(folder.join("expected.txt")).expect("the table");
    let expected: Vec<Vec<String>> = expected.lines().filter_map(issue_of_line).collect();
    let mut issues = Issues::default();
    for family in ["django", "fastapi", "celery", "plain"] {
        for (name, raw) in recorded(&folder.join(format!("{family}.jsonl.gz"))) {
            issues.take(name, &grouped(&raw));
        }
    }
    let found = issues.sorted();
    assert!(found.iter().map(Vec::len).sum::<usize>() >= 80);
    let mut expected: Vec<Vec<String>> = expected
        .into_iter()
        .map(|cases| {
            let mut events: Vec<String> =
                cases.iter().flat_map(|case| [format!("{case} 1.0"), format!("{case} 1.1")]).collect();
            events.sort();
            events
        })
        .collect();
    expected.sort();
    let wrong: Vec<_> = found.iter().filter(|issue| !expected.contains(issue)).collect();
    let missing: Vec<_> = expected.iter().filter(|issue| !found.contains(issue)).collect();
    assert!(wrong.is_empty() && missing.is_empty(), "found {wrong:#?}\nexpected {missing:#?}");
}

/// The cases of an issue, without its name.
fn issue_of_line(line: &str) -> Option<Vec<String>> {
    let line = line.split('#').next().unwrap_or(line);
    let cases: Vec<String> = line.split_whitespace().skip(1).map(str::to_owned).collect();
    (!cases.is_empty()).then_some(cases)
}

/// The recorded events by case and release.
fn recorded(path: &Path) -> Vec<(String, String)> {
    let mut text = String::new();
    let packed = std::fs::File::open(path).expect("a recording");
    GzDecoder::new(packed).read_to_string(&mut text).expect("text");
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let release = value["event"]["release"].as_str().expect("a release").trim_start_matches("shop@");
        (format!("{} {release}", value["case"].as_str().expect("a case")), value["event"].to_string())
    };
    text.lines().map(read).collect()
}

/// Pairs of one issue that are kept apart: native stacks that need to know a vendor's driver or loader.
const KNOWN_SPLITS: &[(&str, &str)] = &[
    ("group_332_event_332", "group_332_event_343"),
    ("group_332_event_332", "group_332_event_353"),
    ("group_332_event_343", "group_332_event_353"),
    ("group_428_event_428", "group_428_event_562"),
];

#[test]
fn events_of_others() {
    let folder = conformance().join("issues");
    let table = std::fs::read_to_string(folder.join("EXPECTED.json")).expect("the table");
    let table: Value = serde_json::from_str(&table).expect("JSON");
    let mut named: Vec<(String, String, Grouping)> = Vec::new();
    let mut take = |issue: &str, file: &str| {
        let raw = std::fs::read_to_string(folder.join("sentry").join(format!("{file}.json"))).expect(file);
        named.push((issue.to_owned(), file.to_owned(), grouped(&raw)));
    };
    for issue in table["same_issue"].as_array().expect("a list") {
        let id = issue["id"].as_str().expect("an id");
        issue["files"]
            .as_array()
            .expect("files")
            .iter()
            .filter_map(Value::as_str)
            .for_each(|file| take(id, file));
    }
    table["single"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .for_each(|file| take(file, file));

    let (mut merges, mut splits) = (Vec::new(), Vec::new());
    for (at, (issue, file, grouping)) in named.iter().enumerate() {
        for (other_issue, other_file, other) in &named[at + 1..] {
            match (issue == other_issue, are_one(grouping, other)) {
                (false, true) => merges.push((file.as_str(), other_file.as_str())),
                (true, false) => splits.push((file.as_str(), other_file.as_str())),
                _ => {}
            }
        }
    }
    assert_eq!(merges, [], "wrongly merged");
    assert_eq!(splits, KNOWN_SPLITS, "wrongly split");
}

/// All of others' events: what is one issue here has been looked at, and is one.
#[test]
fn all_events_of_others() {
    let mut issues = Issues::default();
    let mut files = 0;
    for folder in ["sentry", "bugsink", "glitchtip"] {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(conformance().join("issues").join(folder))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        paths.sort();
        for path in paths {
            let raw = std::fs::read_to_string(&path).expect("text");
            let grouping = group(&event(&raw), &Rules::none());
            assert!(
                !grouping.hashes.is_empty() && grouping.why.iter().any(|part| part.used),
                "{}",
                path.display()
            );
            issues.take(path.file_stem().expect("a name").to_string_lossy().into_owned(), &grouping);
            files += 1;
        }
    }
    let together: Vec<String> =
        issues.sorted().into_iter().filter(|issue| issue.len() > 1).map(|issue| issue.join(" ")).collect();
    let expected = expect_test::expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/together.txt")];
    expected.assert_eq(&format!("{files} files\n{}\n", together.join("\n")));
}

/// Where others' data lies: beside the checkout, or where the environment says.
fn conformance() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    std::env::var_os("PORTHOLE_CONFORMANCE").map_or_else(beside, PathBuf::from)
}
