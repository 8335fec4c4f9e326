//! Lines that the engine threw away before Porthole could read them: a gap is told, nothing is doubled.

use std::time::Duration;

use super::told::await_event;
use super::written::{expect_stored, numbered};
use crate::harness::{Engine, Home, loki, until};

tests! {
    [Docker]:
        lines_rotated_away_while_porthole_was_down_leave_a_gap_entry;
}

fn lines_rotated_away_while_porthole_was_down_leave_a_gap_entry() {
    let engine = Engine::start();
    let appliance = Home::new().docker(&engine).start();
    let (before, first) = numbered("before", 100);
    let (while_down, _) = numbered("while down", 20_000);
    let script = format!(
        "{before}; until test -e /tmp/go; do usleep 20000; done; {while_down}; touch /tmp/done; sleep 300"
    );
    engine.run("rotated", &["--log-opt", "max-size=100k", "--log-opt", "max-file=2"], &script);
    let query = r#"{container="rotated", stream="stdout"}"#;
    expect_stored(appliance.client(), query, &first);

    let (home, status) = appliance.stop();
    assert!(status.success(), "{status}");
    engine.touch("rotated", "/tmp/go");
    until("the container has written everything", Duration::from_secs(60), || {
        engine.try_docker(&["exec", "rotated", "test", "-e", "/tmp/done"]).status.success().then_some(())
    });
    let appliance = home.start();

    until("the last line is stored", Duration::from_secs(60), || {
        let last = format!(r#"{query} |= "while down 0020000""#);
        (loki::count(appliance.client(), &last) == 1).then_some(())
    });
    let numbers = |prefix: &str| -> Vec<String> {
        let query = format!(r#"{query} |~ "^{prefix} [0-9]+$""#);
        loki::texts(appliance.client(), &query)
    };
    assert_eq!(numbers("before"), first);
    let kept = engine.logs("rotated", "stdout");
    assert!(kept.len() < 20_000, "the engine threw nothing away");
    assert_eq!(numbers("while down"), kept);

    let gap = await_event(&appliance, "rotated", "gap");
    assert_eq!(gap["stream"], "stdout", "{gap}");
}
