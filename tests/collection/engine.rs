//! An engine that is not there, that goes away and that comes back.

use std::time::Duration;

use super::written::{await_count, expect_equal, expect_stored, numbered};
use crate::harness::{Engine, Home, app, images, loki, until};

tests! {
    [Docker]:
        an_engine_that_appears_later_is_found,
        an_engine_that_restarts_in_mid_stream_loses_nothing,
        an_engine_that_keeps_its_containers_alive_meanwhile_loses_nothing;
}

fn await_state(client: &crate::harness::http::Client, state: &str) {
    until(&format!("the engine is {state}"), Duration::from_secs(60), || {
        (app::docker_state(client) == state).then_some(())
    });
}

fn an_engine_that_appears_later_is_found() {
    let mut engine = Engine::prepared();
    let appliance = Home::new().docker(&engine).start();
    await_state(appliance.client(), "away");
    let now = app::now(appliance.client());
    let problem = now["docker"]["problem"].as_str().expect("why it does not answer");
    assert!(problem.contains("docker.sock"), "{problem}");

    engine.start_daemon();
    images::import(&engine, images::BUSYBOX, "1");
    let (script, written) = numbered("after all", 50);
    engine.run("latecomer", &[], &script);
    expect_stored(appliance.client(), r#"{container="latecomer", stream="stdout"}"#, &written);
    await_state(appliance.client(), "connected");
    let (_, status) = appliance.stop();
    assert!(status.success(), "{status}");
}

/// Writes a line every few milliseconds, with the time of its start so that no two lives write the same.
const WRITER: &str = r#"start=$(cat /proc/uptime); i=0
while :; do i=$((i + 1)); echo "$start $i"; echo "$start $i" >&2; usleep 2000; done"#;

fn an_engine_that_restarts_in_mid_stream_loses_nothing() {
    restart_in_mid_stream(Engine::start());
}

fn an_engine_that_keeps_its_containers_alive_meanwhile_loses_nothing() {
    restart_in_mid_stream(Engine::start_with(&["--live-restore"]));
}

fn restart_in_mid_stream(mut engine: Engine) {
    let appliance = Home::new().docker(&engine).start();
    engine.run("phoenix", &["--restart", "always"], WRITER);
    await_more(appliance.client(), 0);

    engine.stop_daemon();
    await_state(appliance.client(), "away");
    engine.start_daemon();
    await_state(appliance.client(), "connected");
    let stored = app::histogram_total(appliance.client(), PHOENIX);
    await_more(appliance.client(), stored);

    engine.docker(&["stop", "--time", "1", "phoenix"]);
    for stream in ["stdout", "stderr"] {
        let written = engine.logs("phoenix", stream);
        let query = format!(r#"{{container="phoenix", stream="{stream}"}}"#);
        await_count(appliance.client(), &query, written.len());
        expect_equal(&query, &loki::texts(appliance.client(), &query), &written);
    }
}

const PHOENIX: &str = r#"{container="phoenix", stream=~"std.*"}"#;

fn await_more(client: &crate::harness::http::Client, than: u64) {
    until("its lines arrive", Duration::from_secs(60), || {
        (app::histogram_total(client, PHOENIX) > than + 200).then_some(())
    });
}
