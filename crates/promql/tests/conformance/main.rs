//! Runs Prometheus's own test scripts and compares what passes with the list of what does not.
//!
//! `testdata/failing.txt` names every evaluation that does not give what the script expects. The list is exact: one
//! that passes must leave it, one that fails must not be new. `PROMQL_CONFORMANCE=write` writes it anew.

#![allow(clippy::print_stdout, reason = "how many passed is what this is run for")]
#![allow(clippy::unwrap_used, reason = "a script that cannot be read fails the test")]

mod numbers;
mod outcome;
mod script;
mod storage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use outcome::Outcome;

fn scripts() -> Option<PathBuf> {
    let named = std::env::var_os("PORTHOLE_CONFORMANCE").map(PathBuf::from);
    let root =
        named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"));
    Some(root.join("promql")).filter(|scripts| scripts.is_dir())
}

/// How many evaluations of a script passed, of all and of those that the first version must pass: neither native
/// histograms nor anything experimental in their block.
#[derive(Default)]
struct Tally {
    all: (usize, usize),
    plain: (usize, usize),
}

impl Tally {
    fn count(&mut self, outcome: &Outcome) {
        let passed = usize::from(outcome.fault.is_none());
        self.all = (self.all.0 + passed, self.all.1 + 1);
        if outcome.is_plain {
            self.plain = (self.plain.0 + passed, self.plain.1 + 1);
        }
    }
}

#[test]
fn prometheus_own_scripts() {
    let Some(folder) = scripts() else {
        println!("skipped: Prometheus's test scripts are not there; PORTHOLE_CONFORMANCE names their folder");
        return;
    };
    let mut failing: BTreeMap<String, String> = BTreeMap::new();
    let mut sum = Tally::default();
    for file in files(&folder) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let mut tally = Tally::default();
        for outcome in outcome::run(&text) {
            tally.count(&outcome);
            sum.count(&outcome);
            if let Some(fault) = &outcome.fault {
                let plain = if outcome.is_plain { " plain" } else { "" };
                failing.insert(format!("{name}:{}{plain}", outcome.line), fault.clone());
            }
        }
        println!("{name}: {} of {}, plain {} of {}", tally.all.0, tally.all.1, tally.plain.0, tally.plain.1);
    }
    println!("all: {} of {}, plain {} of {}", sum.all.0, sum.all.1, sum.plain.0, sum.plain.1);
    compare(&failing);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "test")).collect();
    files.sort();
    files
}

fn compare(failing: &BTreeMap<String, String>) {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/failing.txt");
    let places: String = failing.keys().map(|place| format!("{place}\n")).collect();
    if std::env::var_os("PROMQL_CONFORMANCE").is_some_and(|wish| wish == "write") {
        std::fs::write(&list, places).unwrap();
        failing.iter().for_each(|(place, fault)| println!("{place}\t{fault}"));
        return;
    }
    let known = std::fs::read_to_string(&list).unwrap_or_default();
    let is_known = |place: &str| known.lines().any(|line| line == place);
    let news: Vec<_> = failing.iter().filter(|(place, _)| !is_known(place)).collect();
    assert!(news.is_empty(), "these failed and are not listed: {news:#?}");
    let mended: Vec<_> = known.lines().filter(|line| !failing.contains_key(*line)).collect();
    assert!(mended.is_empty(), "these passed and are listed as failing: {mended:#?}");
}
