//! Patterns: no lines panic, each line is counted once, and a pattern finds its own example.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use logql::{Expr, LogQuery, Miner};
use model::{Labels, Level, Timestamp};

fuzz_target!(|text: &str| {
    let mut miner = Miner::new(Timestamp::from_nanos(0), Duration::from_secs(1), 4);
    for (second, line) in text.split('\n').enumerate() {
        miner.add(Level::Info, Timestamp::from_seconds(second as i64), line);
    }
    let labels = Labels::parse(r#"{job="a"}"#).unwrap();
    for mined in miner.finish() {
        let query = format!("{{job=\"a\"}} |> \"{}\"", quoted(&mined.pattern));
        let Ok(Expr::Log(log)) = logql::parse(&query) else { continue };
        let query = LogQuery::new(&log).expect("a filter");
        assert!(query.matches(&labels, Level::Info, &mined.example), "{}: {}", mined.pattern, mined.example);
    }
});

/// As a LogQL string has it.
fn quoted(text: &str) -> String {
    let quote = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_ascii_control() => format!("\\x{:02x}", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(quote).collect()
}
