//! Tracebacks are one entry each, whatever language wrote them and whenever Porthole was killed.

use std::time::Duration;

use super::written::expect_equal;
use crate::harness::http::Client;
use crate::harness::shared::rig;
use crate::harness::{Engine, Home, app, loki, until};

tests! {
    [Docker]:
        tracebacks_of_all_languages_are_one_error_each,
        joining_can_be_told_or_turned_off,
        alone kills_in_the_middle_of_tracebacks_lose_double_and_split_nothing;
}

/// Blocks of lines, each of which is one entry; `=` stands between two.
const BLOCKS: &str = include_str!("tracebacks.txt");

fn blocks() -> Vec<String> {
    BLOCKS.split("\n=\n").map(|block| block.trim_end_matches('\n').to_owned()).collect()
}

fn tracebacks_of_all_languages_are_one_error_each() {
    let rig = rig();
    let blocks = blocks();
    let quoted: Vec<String> =
        blocks.iter().map(|block| format!("'{}'", block.replace('\'', r"'\''"))).collect();
    rig.engine.run("polyglot", &[], &format!("printf '%s\\n' {}", quoted.join(" ")));
    let query = r#"{container="polyglot", stream="stdout"}"#;
    await_entries(rig.appliance.client(), query, blocks.len() as u64);
    expect_equal(query, &loki::texts(rig.appliance.client(), query), &blocks);
    for line in loki::dump(rig.appliance.client(), query) {
        let level = line.labels.get("detected_level").map(String::as_str);
        let right = match line.text.contains('\n') {
            true if line.text.starts_with("panic: ") => "fatal",
            true => "error",
            false => "info",
        };
        assert_eq!(level, Some(right), "{}", line.text);
    }
}

/// Writes a line and a traceback, with pauses in the middle of it, until `/tmp/stop` exists.
const WRITER: &str = r#"i=0; while ! test -e /tmp/stop; do
    i=$((i+1))
    echo "2026-11-22 10:00:00,001 INFO step $i"
    printf '2026-11-22 10:00:00,002 ERROR charge %d failed\nTraceback (most recent call last):\n' $i
    usleep 2000
    printf '  File "/app/pay.py", line %d, in charge\n    raise Declined(%d)\n' $i $i
    usleep 2000
    printf 'shop.errors.Declined: card of order %d\n' $i
done"#;

/// How many more entries are stored before each kill.
const GROWTHS: [u64; 4] = [1, 150, 300, 301];

fn kills_in_the_middle_of_tracebacks_lose_double_and_split_nothing() {
    let engine = Engine::start();
    engine.run("tracer", &[], WRITER);
    let query = r#"{container="tracer", stream="stdout"}"#;
    let mut home = Home::new().docker(&engine);
    let mut stored = 0;
    for growth in GROWTHS {
        let appliance = home.start();
        until("entries arrive again", Duration::from_secs(120), || {
            let total = app::histogram_total(appliance.client(), query);
            (total >= stored + growth).then(|| stored = total)
        });
        home = appliance.kill();
    }
    engine.touch("tracer", "/tmp/stop");
    engine.await_end("tracer", Duration::from_secs(30));
    let appliance = home.start();
    let written = joined(&engine.logs("tracer", "stdout"));
    assert!(written.len() > 700, "the writer was too slow");
    await_entries(appliance.client(), query, written.len() as u64);
    expect_equal(query, &loki::texts(appliance.client(), query), &written);
}

/// Entries begin with a date.
fn joined(lines: &[String]) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in lines {
        match entries.last_mut() {
            Some(entry) if !line.starts_with("2026-") => {
                entry.push('\n');
                entry.push_str(line);
            }
            _ => entries.push(line.clone()),
        }
    }
    entries
}

/// While an entry is held back its lines are not counted; none may be too many.
fn await_entries(client: &Client, query: &str, count: u64) {
    until(&format!("{count} entries of {query}"), Duration::from_secs(120), || {
        let stored = app::histogram_total(client, query);
        assert!(
            stored <= count,
            "{query}: {stored} entries, {count} were written: {:#?}",
            loki::texts(client, query)
        );
        (stored == count).then_some(())
    });
}

fn joining_can_be_told_or_turned_off() {
    let rig = rig();
    let script = "printf 'BEGIN one\\nTraceback (most recent call last):\\n  more\\nBEGIN two\\nrest\\n'";
    let run = |name: &str, value: &str| {
        let label = format!("--label=porthole.logs.multiline={value}");
        rig.engine.run(name, &[&label], script);
    };
    run("not-joined", "false");
    run("joined-by-begin", "^BEGIN");
    let expect = |name: &str, entries: &[&str]| {
        let query = format!(r#"{{container="{name}", stream="stdout"}}"#);
        await_entries(rig.appliance.client(), &query, entries.len() as u64);
        assert_eq!(loki::texts(rig.appliance.client(), &query), entries);
    };
    expect("not-joined", &["BEGIN one", "Traceback (most recent call last):", "  more", "BEGIN two", "rest"]);
    expect("joined-by-begin", &["BEGIN one\nTraceback (most recent call last):\n  more", "BEGIN two\nrest"]);
}
