//! `kill -9` in the middle of ingest.

use std::time::Duration;

use super::written::{await_count, expect_equal};
use crate::harness::{Engine, Home, app, loki, until};

tests! {
    [Docker]:
        alone five_kills_at_20_000_lines_a_second_lose_and_double_nothing;
}

/// Writes 500 lines 40 times a second until `/tmp/stop` exists, every tenth of them the same word.
const WRITER: &str = r#"awk 'BEGIN {
    do {
        for (i = 0; i < 500; i++) {
            if (n % 10 == 9) print "beat"; else printf "line %08d of a writer that does not wait for anybody\n", n
            n++
        }
        fflush()
    } while (system("usleep 20000; test -e /tmp/stop") != 0)
}'"#;

/// How many more lines are stored before each kill: the first ones, about as many as begin the first files of a
/// day, and many.
const GROWTHS: [u64; 5] = [1, 4_000, 8_000, 20_000, 50_000];

/// Writes one and the same line until `/tmp/stop` exists.
const DRUMMER: &str = "while ! test -e /tmp/stop; do echo tick; echo tock >&2; usleep 5000; done";

fn five_kills_at_20_000_lines_a_second_lose_and_double_nothing() {
    let engine = Engine::start();
    engine.run("writer", &[], WRITER);
    engine.run("drummer", &[], DRUMMER);
    let mut home = Home::new().docker(&engine);
    let mut stored = 0;
    for growth in GROWTHS {
        let appliance = home.start();
        until("lines arrive again", Duration::from_secs(120), || {
            let total = app::histogram_total(appliance.client(), r#"{container="writer"}"#);
            (total >= stored + growth).then(|| stored = total)
        });
        home = appliance.kill();
    }
    for name in ["writer", "drummer"] {
        engine.touch(name, "/tmp/stop");
        engine.await_end(name, Duration::from_secs(30));
    }
    let appliance = home.start();
    assert!(engine.logs("writer", "stdout").len() > 80_000, "the writer was too slow");
    for (name, stream) in [("writer", "stdout"), ("drummer", "stdout"), ("drummer", "stderr")] {
        let written = engine.logs(name, stream);
        let query = format!(r#"{{container="{name}", stream="{stream}"}}"#);
        await_count(appliance.client(), &query, written.len());
        expect_equal(&query, &loki::texts(appliance.client(), &query), &written);
    }
}
