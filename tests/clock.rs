//! The machine's clock jumps while lines arrive: an hour back, a year ahead, and to where it was.
//!
//! Only Porthole sees another time, by `libfaketime`; the engine and the clients that push keep the right one.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::harness::http::Client;
use crate::harness::skip::FAKETIME;
use crate::harness::{Appliance, Engine, Home, app, eventually, loki, until};

tests! {
    [Docker, Faketime]:
        a_clock_that_jumps_loses_doubles_and_expires_nothing;
}

/// Writes a numbered line 200 times a second until `/tmp/stop` exists.
const TICKER: &str =
    "i=0; while ! test -e /tmp/stop; do i=$((i+1)); printf 'tick %07d\\n' $i; usleep 5000; done";

/// Jumps of the clock as libfaketime writes them, and in hours.
const JUMPS: [(&str, i64); 5] = [("+0", 0), ("-3600", -1), ("+0", 0), ("+365d", 365 * 24), ("+0", 0)];

/// The clock of one appliance.
struct Clock {
    file: PathBuf,
}

impl Clock {
    /// Gives the home a clock of its own.
    fn of(home: Home) -> (Home, Self) {
        let clock = Self { file: home.path().join("clock") };
        clock.jump("+0");
        let home = home
            .environment("LD_PRELOAD", FAKETIME)
            .environment("FAKETIME_TIMESTAMP_FILE", clock.file.to_str().expect("a path of ours"))
            .environment("FAKETIME_NO_CACHE", "1")
            .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        (home, clock)
    }

    /// Sets it so far from the right time.
    fn jump(&self, offset: &str) {
        let next = self.file.with_extension("next");
        fs::write(&next, offset).unwrap();
        fs::rename(next, &self.file).unwrap();
    }
}

/// How many hours the appliance's clock is ahead.
fn hours_ahead(client: &Client) -> i64 {
    let at = app::now(client)["at"].as_i64().expect("milliseconds");
    let ahead = at - loki::now() / 1_000_000;
    (ahead + 1_800_000).div_euclid(3_600_000)
}

fn a_clock_that_jumps_loses_doubles_and_expires_nothing() {
    let engine = Engine::start();
    engine.run("ticker", &[], TICKER);
    let (home, clock) = Clock::of(Home::new().docker(&engine));
    let appliance = home.start();
    let mut pushed = Vec::new();
    for (round, (offset, hours)) in JUMPS.into_iter().enumerate() {
        clock.jump(offset);
        eventually("the appliance sees the jump", || {
            (hours_ahead(appliance.client()) == hours).then_some(())
        });
        let before = ticks(&appliance);
        pushed.extend(push(&appliance, round));
        until("lines go on arriving", Duration::from_secs(60), || {
            (ticks(&appliance) >= before + 400).then_some(())
        });
    }
    engine.touch("ticker", "/tmp/stop");
    engine.await_end("ticker", Duration::from_secs(30));
    expect_everything(&appliance, &engine, &pushed);
    // The page is of today again.
    assert_eq!(app::faults(appliance.client()), "[]");
    let tile = app::tile(appliance.client(), "ticker").expect("the ticker has a tile");
    let minutes = tile["lines"].as_array().expect("lines by minute").clone();
    assert!(minutes.iter().any(|lines| lines.as_u64() > Some(0)), "{tile}");
    expect_everything(&appliance.restart(), &engine, &pushed);
}

fn ticks(appliance: &Appliance) -> u64 {
    app::histogram_total(appliance.client(), r#"{container="ticker", stream="stdout"}"#)
}

/// Pushes some lines of now.
fn push(appliance: &Appliance, round: usize) -> Vec<String> {
    let lines: Vec<(i64, String)> =
        (0..50).map(|number| (loki::now() + number, format!("pushed {round} {number}"))).collect();
    loki::push(appliance.client(), &json!({ "job": "pushed" }), &lines);
    lines.into_iter().map(|(_, text)| text).collect()
}

/// Every line is there once, in order.
fn expect_everything(appliance: &Appliance, engine: &Engine, pushed: &[String]) {
    let client = appliance.client();
    let written = engine.logs("ticker", "stdout");
    until("every line is stored", Duration::from_secs(60), || {
        (ticks(appliance) >= written.len() as u64).then_some(())
    });
    assert_eq!(loki::texts(client, r#"{container="ticker", stream="stdout"}"#), written);
    assert_eq!(loki::texts(client, r#"{job="pushed"}"#), pushed);
}
