//! What containers write, and whether exactly that is stored.

use std::time::Duration;

use crate::harness::http::Client;
use crate::harness::{app, loki, until};

/// How long stored lines may lag behind written ones on a loaded machine.
const LAG: Duration = Duration::from_secs(120);

/// A script that writes `<prefix> 0000001` … at once, and the lines that it writes.
pub(super) fn numbered(prefix: &str, count: usize) -> (String, Vec<String>) {
    let script = format!("awk 'BEGIN {{ for (i = 1; i <= {count}; i++) printf \"{prefix} %07d\\n\", i }}'");
    (script, (1..=count).map(|number| format!("{prefix} {number:07}")).collect())
}

/// Waits until as many lines are stored as were written, then compares each, in order.
pub(super) fn expect_stored(client: &Client, query: &str, written: &[String]) {
    await_count(client, query, written.len());
    let stored = loki::texts(client, query);
    expect_equal(query, &stored, written);
}

/// Waits until `count` lines are stored.
pub(super) fn await_count(client: &Client, query: &str, count: usize) {
    let mut last = 0;
    until(&format!("{count} lines of {query}"), LAG, || {
        let stored = usize::try_from(app::histogram_total(client, query)).unwrap();
        if stored != last {
            last = stored;
        } else {
            std::thread::sleep(Duration::from_millis(200));
        }
        assert!(stored <= count, "{query}: {stored} lines are stored, {count} were written");
        (stored == count).then_some(())
    });
}

/// Compares two long lists of lines; tells the first difference instead of both lists.
pub(super) fn expect_equal(what: &str, stored: &[String], written: &[String]) {
    if stored == written {
        return;
    }
    let same = stored.iter().zip(written).take_while(|(left, right)| left == right).count();
    let around = |lines: &[String]| -> Vec<String> {
        let from = same.saturating_sub(2);
        lines.iter().skip(from).take(6).map(|line| line.chars().take(120).collect()).collect()
    };
    panic!(
        "{what}: {} lines stored, {} written; the first difference is line {same}:\nstored  {:#?}\nwritten {:#?}",
        stored.len(),
        written.len(),
        around(stored),
        around(written),
    );
}
