//! The collector against a made-up engine: every line once, whatever happens.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod engine;

use docker::Engine as State;
use engine::{Appliance, Engine, Store, id, nano_time};
use serde_json::json;

const S: i64 = 1_000_000_000;
/// Times of the tests' lines: after the made-up containers started.
const T: i64 = 5000 * S;

/// Times of the tests' events: an engine is asked for events from the present time on.
fn now() -> i64 {
    model::Timestamp::from(std::time::SystemTime::now()).nanos()
}

fn numbered(from: usize, to: usize) -> Vec<String> {
    (from..to).map(|n| format!("line {n}")).collect()
}

async fn connected(porthole: &mut Appliance) {
    let mut status = porthole.docker.status();
    let connected = status.wait_for(|status| matches!(status.engine, State::Connected { .. }));
    porthole.meanwhile("the engine", async { _ = connected.await }).await;
}

fn write_numbered(engine: &Engine, n: u8, from: usize, to: usize) {
    for number in from..to {
        engine.write(n, 1, T + number as i64 * S / 10, &format!("line {number}\n"));
    }
}

#[tokio::test]
async fn lines_have_identity_stream_and_container() {
    let engine = Engine::start();
    engine.running(1, "web");
    engine.set(1, |inspect| inspect["Config"]["Labels"]["porthole.environment"] = json!("staging"));
    engine.write(1, 1, T, "out\n");
    engine.write(1, 2, T, "err\n");
    engine.running(2, "tty");
    engine.set(2, |inspect| inspect["Config"]["Tty"] = json!(true));
    engine.write(2, 1, T, "\u{1b}[1mbold\r\n");
    engine.running(3, "ended");
    engine.write(3, 1, T, "before we came\n");
    engine.end_container(3, T, 0);
    engine.forget_events();

    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("four lines", |store| store.entries.len() >= 4).await;
    let store = porthole.stop().await;
    assert_eq!(store.lines("web", "stdout"), ["out"]);
    assert_eq!(store.lines("web", "stderr"), ["err"]);
    assert_eq!(store.lines("tty", "stdout"), ["\u{1b}[1mbold"]);
    assert_eq!(store.lines("ended", "stdout"), ["before we came"]);
    let (labels, _) = store.entries.iter().find(|(_, line)| line == "out").unwrap();
    assert_eq!(
        labels.to_string(),
        r#"{container="web", environment="staging", host="h", project="shop", service="web", stream="stdout"}"#
    );
    assert!(store.metadata.contains(&("container_id".to_owned(), id(1))));
}

#[tokio::test]
async fn a_kill_loses_and_doubles_nothing() {
    let engine = Engine::start();
    engine.speak(47);
    engine.running(1, "web");
    let mut store = Store::default();
    for round in 0..6 {
        // Lines of one nanosecond, and lines that are the same; one more comes while nobody looks.
        for _ in 0..3 {
            engine.write(1, 1, T + round, "same\n");
            engine.write(1, 2, T + round, "same\n");
        }
        let stream = if round % 2 == 0 { "stdout" } else { "stderr" };
        let mut porthole = Appliance::start_with(&engine, store, 1, |_| {});
        let known = porthole.store.lines("web", stream).len();
        porthole.until("new lines of one stream", |store| store.lines("web", stream).len() > known).await;
        store = porthole.kill().await;
        engine.write(1, 1, T + round, "same\n");
    }
    let mut porthole = Appliance::start(&engine, store);
    engine.write(1, 1, T + 100, "last\n");
    engine.write(1, 2, T + 100, "last\n");
    let lasts = |store: &Store| store.entries.iter().filter(|(_, line)| line == "last").count();
    porthole.until("the last lines", |store| lasts(store) == 2).await;
    let store = porthole.stop().await;
    assert_eq!(store.lines("web", "stdout").len(), 6 * 4 + 1);
    assert_eq!(store.lines("web", "stderr").len(), 6 * 3 + 1);
    assert_eq!(store.events(), Vec::<String>::new());
}

#[tokio::test]
async fn a_silent_stream_does_not_have_everything_read_again() {
    let engine = Engine::start();
    engine.running(1, "web");
    engine.write(1, 2, T, "the only one\n");
    write_numbered(&engine, 1, 0, 5000);
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("all lines", |store| store.entries.len() == 5001).await;
    let store = porthole.stop().await;

    engine.requests();
    write_numbered(&engine, 1, 5000, 5001);
    engine.write(1, 2, T + 500 * S, "another\n");
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("the new lines", |store| store.entries.len() >= 5003).await;
    let store = porthole.stop().await;
    assert_eq!(store.lines("web", "stdout"), numbered(0, 5001));
    assert_eq!(store.lines("web", "stderr"), ["the only one", "another"]);
    let asked = engine.requests().into_iter().find(|request| request.contains("/logs")).unwrap();
    let (_, since) = asked.split_once("since=").unwrap();
    assert!(since.split('.').next().unwrap().parse::<i64>().unwrap() >= 5400, "{asked}");
}

#[tokio::test]
async fn connections_that_break_are_taken_up_again() {
    let mut engine = Engine::start();
    engine.running(1, "web");
    write_numbered(&engine, 1, 0, 10);
    engine.break_after(1, 5);
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("ten lines", |store| store.entries.len() >= 10).await;

    // In the middle of a line of three pieces.
    let piece = "x".repeat(16 << 10);
    engine.write(1, 1, T + 10 * S, &piece);
    engine.hiccup();
    engine.write(1, 1, T + 10 * S, &piece);
    engine.vanish();
    engine.write(1, 1, T + 10 * S, "end\n");
    let mut status = porthole.docker.status();
    let away = status.wait_for(|status| matches!(status.engine, State::Away { .. }));
    porthole.meanwhile("the engine to be away", async { _ = away.await }).await;
    engine.listen();
    porthole.until("the long line", |store| store.entries.len() >= 11).await;
    engine.write(1, 1, T + 11 * S, "after\n");
    porthole.until("the line after it", |store| store.entries.len() >= 12).await;
    let store = porthole.stop().await;
    let lines = store.lines("web", "stdout");
    assert_eq!(lines[..10], numbered(0, 10));
    assert_eq!((lines[10].len(), lines[11]), (2 * piece.len() + 3, "after"));
    assert_eq!(lines.len(), 12);
}

#[tokio::test]
async fn a_container_that_restarts_is_read_on() {
    let engine = Engine::start();
    engine.create(1, "web", |_| {});
    let mut porthole = Appliance::start(&engine, Store::default());
    connected(&mut porthole).await;
    let begin = now();
    for run in 0..3 {
        let at = begin + run * 10;
        engine.start_container(1, at);
        engine.write(1, 1, at + 1, "hello\n");
        engine.write(1, 1, at + 2, "no line break");
        let lines = 2 * (run as usize + 1);
        engine.end_container(1, at + 3, 1);
        porthole.until("the run's lines", |store| store.lines("web", "stdout").len() == lines).await;
        porthole.until("the run's events", |store| store.events().len() == lines).await;
    }
    let store = porthole.kill().await;
    let mut porthole = Appliance::start(&engine, store);
    connected(&mut porthole).await;
    engine.start_container(1, begin + 100);
    engine.write(1, 1, begin + 101, "once more\n");
    porthole.until("the last line", |store| store.entries.iter().any(|(_, line)| line == "once more")).await;
    let store = porthole.stop().await;
    let run = ["hello", "no line break"];
    assert_eq!(store.lines("web", "stdout"), [&run[..], &run, &run, &["once more"]].concat());
    let events = store.events();
    assert_eq!(events[..6], ["start web", "die web", "restart web", "die web", "restart web", "die web"]);
}

#[tokio::test]
async fn a_terminal_that_was_left_open_is_read_on() {
    let engine = Engine::start();
    engine.running(1, "shell");
    engine.set(1, |inspect| inspect["Config"]["Tty"] = json!(true));
    engine.write(1, 1, T, "one\r\n");
    engine.write(1, 1, T + S, "prompt# ");
    engine.end_container(1, T + 2 * S, 0);
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("the prompt", |store| store.lines("shell", "stdout").len() == 2).await;
    let store = porthole.kill().await;

    engine.start_container(1, T + 3 * S);
    engine.write(1, 1, T + 4 * S, "two\r\n");
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("the next run", |store| store.lines("shell", "stdout").len() >= 3).await;
    let store = porthole.stop().await;
    assert_eq!(store.lines("shell", "stdout"), ["one", "prompt# ", "two"]);
    assert!(!store.events().iter().any(|event| event.starts_with("gap")), "{:?}", store.events());
}

#[tokio::test]
async fn a_container_that_lives_for_a_moment_is_read_and_forgotten() {
    let engine = Engine::start();
    let mut porthole = Appliance::start(&engine, Store::default());
    connected(&mut porthole).await;
    let begin = now();
    for n in 1..=20 {
        engine.create(n, &format!("job-{n}"), |_| {});
        engine.start_container(n, begin + i64::from(n));
        engine.write(n, 1, begin, "done\n");
        porthole.until("its start", |store| store.events().len() >= 2 * usize::from(n) - 1).await;
        engine.end_container(n, begin + i64::from(n), 0);
        porthole.until("its line", |store| !store.lines(&format!("job-{n}"), "stdout").is_empty()).await;
        engine.remove(n, begin + i64::from(n));
        porthole.until("its end", |store| store.events().len() >= 2 * usize::from(n)).await;
    }
    let logs = |store: &Store| store.positions.keys().filter(|key| key.ends_with("/stdout")).count();
    porthole.until("its positions to go", |store| logs(store) == 0).await;
    assert!(porthole.docker.workloads().borrow().is_empty());
    let store = porthole.stop().await;
    assert_eq!(store.entries.len(), 60, "{:#?}", store.entries);
}

#[tokio::test]
async fn the_last_lines_are_there_even_if_the_follower_missed_them() {
    let engine = Engine::start();
    for (n, removed) in [(1, false), (2, true)] {
        engine.running(n, "job");
        engine.write(n, 1, T, "first\n");
        let mut porthole = Appliance::start(&engine, Store::default());
        porthole.until("the first line", |store| store.lines("job", "stdout").len() == 1).await;
        engine.deafen(n);
        engine.write(n, 1, T + 1, "last\n");
        engine.write(n, 1, T + 2, "very last");
        engine.end_container(n, now(), 0);
        porthole.until("its end", |store| store.events().len() == 1).await;
        if removed {
            engine.remove(n, now());
        }
        porthole.until("the last lines", |store| store.lines("job", "stdout").len() == 3).await;
        let store = porthole.stop().await;
        assert_eq!(store.lines("job", "stdout"), ["first", "last", "very last"]);
        assert_eq!(store.events(), ["die job"]);
        engine.remove(n, now());
        engine.forget_events();
    }
}

#[tokio::test]
async fn a_follower_that_the_engine_lost_is_replaced() {
    let engine = Engine::start();
    engine.speak(47);
    engine.running(1, "web");
    // So much that the engine may have begun a new file.
    let long = "x".repeat(1000);
    for n in 0..400 {
        engine.write(1, 1, T + n, &format!("{long}\n"));
    }
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("the long lines", |store| store.lines("web", "stdout").len() == 400).await;
    engine.deafen(1);
    write_numbered(&engine, 1, 0, 3);
    porthole.until("the lines behind", |store| store.lines("web", "stdout").len() == 403).await;
    let store = porthole.stop().await;
    assert_eq!(store.lines("web", "stdout")[400..], numbered(0, 3));
    assert_eq!(store.events(), Vec::<String>::new());
}

#[tokio::test]
async fn engines_that_lose_nothing_are_asked_once() {
    let engine = Engine::start();
    engine.speak(47);
    engine.running(1, "job");
    engine.write(1, 1, T, "first\n");
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("the first line", |store| store.lines("job", "stdout").len() == 1).await;
    engine.write(1, 1, T + 1, "last");
    engine.end_container(1, now(), 0);
    porthole.until("the last line", |store| store.lines("job", "stdout").len() == 2).await;
    porthole.until("its end", |store| store.events().len() == 1).await;
    let store = porthole.stop().await;
    assert_eq!(store.lines("job", "stdout"), ["first", "last"]);
    let asked = engine.requests().into_iter().filter(|request| request.contains("/v1.47/containers/0101"));
    assert_eq!(asked.filter(|request| request.contains("/logs")).count(), 1);
}

#[tokio::test]
async fn a_log_that_nobody_could_read_is_told() {
    let engine = Engine::start();
    let mut porthole = Appliance::start(&engine, Store::default());
    connected(&mut porthole).await;
    engine.create(1, "job", |_| {});
    engine.log_fault(1, Some((409, "can not get logs from container which is dead or marked for removal")));
    engine.start_container(1, now());
    engine.remove(1, now());
    porthole.until("start and loss", |store| store.events().len() == 2).await;
    let mut events = porthole.stop().await.events();
    events.sort();
    assert_eq!(events, ["gap job", "start job"]);
}

#[tokio::test]
async fn a_clock_that_was_set_back_while_nobody_looked_loses_nothing() {
    let engine = Engine::start();
    engine.running(1, "web");
    let ahead = now() + 3600 * S;
    for n in 0..3 {
        engine.write(1, 1, T + n, &format!("early {n}\n"));
    }
    for n in 0..3 {
        engine.write(1, 1, ahead + n, &format!("ahead {n}\n"));
    }
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("six lines", |store| store.entries.len() == 6).await;
    let mut store = porthole.kill().await;
    for round in 0..3 {
        let name = format!("back {round}");
        engine.write(1, 1, T + 1000 * S + round, &format!("{name}\n"));
        let mut porthole = Appliance::start(&engine, store);
        porthole.until("the next line", |store| store.entries.iter().any(|(_, line)| *line == name)).await;
        store = porthole.kill().await;
    }
    let expected =
        ["early 0", "early 1", "early 2", "ahead 0", "ahead 1", "ahead 2", "back 0", "back 1", "back 2"];
    assert_eq!(store.lines("web", "stdout"), expected);
    assert_eq!(store.events(), Vec::<String>::new());
}

#[tokio::test]
async fn a_log_that_was_read_to_its_end_is_left_alone() {
    let engine = Engine::start();
    engine.running(1, "job");
    write_numbered(&engine, 1, 0, 3);
    engine.end_container(1, now(), 0);
    engine.forget_events();
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("its lines", |store| store.lines("job", "stdout").len() == 3).await;
    let store = porthole.stop().await;

    engine.running(2, "web");
    engine.write(2, 1, T, "hello\n");
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("another's line", |store| store.lines("web", "stdout").len() == 1).await;
    connected(&mut porthole).await;
    let store = porthole.stop().await;
    let requests = engine.requests();
    let of_second = requests.rsplit(|request| request == "GET /version").next().unwrap();
    let of_job = of_second.iter().filter(|request| request.contains(&format!("{}/logs", id(1))));
    assert_eq!(of_job.count(), 1, "{of_second:#?}");
    assert_eq!(store.lines("job", "stdout"), numbered(0, 3));
}

#[tokio::test]
async fn a_new_name_is_used_from_then_on() {
    let engine = Engine::start();
    engine.running(1, "old");
    engine.write(1, 1, T, "before\n");
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("the first line", |store| store.entries.len() == 1).await;
    engine.set(1, |inspect| inspect["Name"] = json!("/new"));
    engine.event(1, "rename", now(), json!({"oldName": "/old"}));
    let mut workloads = porthole.docker.workloads();
    let renamed = workloads.wait_for(|workloads| workloads.iter().any(|w| w.identity.container == "new"));
    porthole.meanwhile("the new name", async { _ = renamed.await }).await;
    engine.write(1, 1, T + 2 * S, "after\n");
    porthole.until("the second line", |store| store.entries.len() == 2).await;
    let store = porthole.stop().await;
    assert_eq!((store.lines("old", "stdout"), store.lines("new", "stdout")), (vec!["before"], vec!["after"]));
}

#[tokio::test]
async fn a_container_that_is_told_to_end_is_known_to_stop_until_it_has() {
    async fn until(porthole: &mut Appliance, what: &str, fits: impl Fn(&model::Workload) -> bool) -> bool {
        let mut workloads = porthole.docker.workloads();
        let found = workloads.wait_for(|workloads| workloads.iter().any(&fits));
        porthole.meanwhile(what, async { _ = found.await }).await;
        porthole.docker.workloads().borrow()[0].stopping
    }
    let engine = Engine::start();
    engine.running(1, "web");
    let mut porthole = Appliance::start(&engine, Store::default());
    connected(&mut porthole).await;
    let at = now();
    engine.event(1, "kill", at, json!({"signal": "1"}));
    engine.set(1, |inspect| inspect["Name"] = json!("/reloaded"));
    engine.event(1, "rename", at + 1, json!({"oldName": "/web"}));
    let named = |workload: &model::Workload| workload.identity.container == "reloaded";
    assert!(
        !until(&mut porthole, "another name", named).await,
        "a signal to read settings again ends nothing"
    );
    engine.event(1, "kill", at + 2, json!({"signal": "15"}));
    assert!(until(&mut porthole, "the signal to end", |workload| workload.stopping).await);
    engine.end_container(1, at + 3, 143);
    let ended = |workload: &model::Workload| workload.state == model::State::Exited;
    assert!(!until(&mut porthole, "its end", ended).await);
    engine.start_container(1, at + 4);
    let runs = |workload: &model::Workload| workload.state == model::State::Running;
    assert!(!until(&mut porthole, "its new start", runs).await);
    porthole.stop().await;
}

#[tokio::test]
async fn a_container_in_anothers_network_is_reached_there() {
    let engine = Engine::start();
    engine.running(1, "vpn");
    let networks = json!({"out": {"IPAddress": "10.0.0.7", "GlobalIPv6Address": "", "Aliases": ["tunnel"]}});
    engine.set(1, |inspect| inspect["NetworkSettings"]["Networks"] = networks);
    engine.running(2, "guest");
    engine.set(2, |inspect| inspect["HostConfig"]["NetworkMode"] = json!(format!("container:{}", id(1))));
    engine.running(3, "stranger");
    engine.set(3, |inspect| inspect["HostConfig"]["NetworkMode"] = json!("container:nobody"));
    let mut porthole = Appliance::start(&engine, Store::default());
    let mut workloads = porthole.docker.workloads();
    let all = workloads.wait_for(|workloads| workloads.len() == 3);
    porthole.meanwhile("three containers", async { _ = all.await }).await;
    let networks = |name: &str| -> Vec<String> {
        let workloads = porthole.docker.workloads();
        let workloads = workloads.borrow();
        let workload = workloads.iter().find(|workload| workload.identity.container == name).unwrap();
        let shown = |n: &model::Network| format!("{} {:?} {:?}", n.name, n.address, n.aliases);
        workload.networks.iter().map(shown).collect()
    };
    assert_eq!(networks("vpn"), ["out Some(10.0.0.7) [\"tunnel\"]"]);
    assert_eq!(networks("guest"), ["out Some(10.0.0.7) []"], "its names mean the other");
    assert!(networks("stranger").is_empty());
    porthole.stop().await;
}

#[tokio::test]
async fn what_was_thrown_away_is_told_once() {
    let engine = Engine::start();
    engine.running(1, "web");
    write_numbered(&engine, 1, 0, 10);
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("ten lines", |store| store.entries.len() == 10).await;
    let mut store = porthole.kill().await;
    write_numbered(&engine, 1, 10, 30);
    engine.rotate(1, 20);
    for _ in 0..2 {
        let mut porthole = Appliance::start(&engine, store);
        porthole.until("the rest", |store| store.lines("web", "stdout").len() == 20).await;
        store = porthole.kill().await;
    }
    assert_eq!(store.lines("web", "stdout"), [numbered(0, 10), numbered(20, 30)].concat());
    assert_eq!(store.events(), ["gap web"]);
    let (_, gap) = store.entries.iter().find(|(labels, _)| labels.get("stream") == Some("event")).unwrap();
    let gap: serde_json::Value = serde_json::from_str(gap).unwrap();
    assert_eq!(gap["from"], nano_time(T + 9 * S / 10));
    assert_eq!(gap["to"], nano_time(T + 2 * S));
}

#[tokio::test]
async fn lines_that_the_engine_gives_twice_are_known() {
    let engine = Engine::start();
    engine.running(1, "web");
    let mut porthole = Appliance::start(&engine, Store::default());
    for round in 0..5 {
        write_numbered(&engine, 1, round * 10, round * 10 + 10);
        porthole.until("ten more", |store| store.lines("web", "stdout").len() >= round * 10 + 10).await;
        engine.step_back(1, 7);
    }
    write_numbered(&engine, 1, 50, 51);
    porthole.until("the last line", |store| store.lines("web", "stdout").last() == Some(&"line 50")).await;
    assert_eq!(porthole.stop().await.lines("web", "stdout"), numbered(0, 51));
}

#[tokio::test]
async fn the_end_of_a_log_is_read_and_all_of_it_if_that_is_not_enough() {
    let engine = Engine::start();
    engine.running(1, "web");
    let mut store = Store::default();
    let mut total = 0;
    // The second and fourth time more lines are waiting than are asked for at first.
    for (lines, requests) in [(20_000, 1), (12_000, 2), (100, 1), (10_500, 2), (3, 1)] {
        engine.write(1, 2, T + total as i64 * S / 10, "err\n");
        write_numbered(&engine, 1, total, total + lines);
        total += lines;
        engine.requests();
        let mut porthole = Appliance::start(&engine, store);
        porthole.until("the new lines", |store| store.lines("web", "stdout").len() >= total).await;
        store = porthole.kill().await;
        let asked = engine.requests().into_iter().filter(|request| request.contains("/logs")).count();
        assert_eq!(asked, requests, "for {lines} lines");
    }
    // What was not stored when the collector was killed, it brings again.
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("the lines of stderr", |store| store.lines("web", "stderr").len() >= 5).await;
    let store = porthole.stop().await;
    assert_eq!(store.lines("web", "stdout"), numbered(0, total));
    assert_eq!(store.lines("web", "stderr").len(), 5);
    assert_eq!(store.events(), Vec::<String>::new());
}

#[tokio::test]
async fn a_gap_is_believed_only_of_a_whole_log() {
    let engine = Engine::start();
    engine.running(1, "web");
    write_numbered(&engine, 1, 0, 10);
    engine.write(1, 2, T, "err\n");
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("ten lines", |store| store.entries.len() == 11).await;
    let store = porthole.kill().await;
    write_numbered(&engine, 1, 10, 30);
    engine.write(1, 2, T + 3 * S, "another\n");
    engine.compress(1, 25);
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("the rest", |store| store.entries.len() >= 32).await;
    let store = porthole.stop().await;
    assert_eq!(store.lines("web", "stdout"), numbered(0, 30));
    assert_eq!(store.lines("web", "stderr"), ["err", "another"]);
    assert_eq!(store.events(), Vec::<String>::new());
}

#[tokio::test]
async fn logs_that_cannot_be_read_are_a_state() {
    let engine = Engine::start();
    engine.running(1, "mute");
    engine.log_fault(1, Some((501, "configured logging driver does not support reading")));
    engine.running(2, "web");
    engine.write(2, 1, T, "hello\n");
    engine.running(3, "private");
    engine.set(3, |inspect| inspect["Config"]["Labels"]["porthole.logs"] = json!("false"));
    engine.write(3, 1, T, "secret\n");
    engine.running(4, "hidden");
    engine.set(4, |inspect| inspect["Config"]["Labels"]["porthole.ignore"] = json!("true"));
    engine.write(4, 1, T, "secret\n");
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("the other's line", |store| store.entries.len() == 1).await;
    let mut status = porthole.docker.status();
    let told = status.wait_for(|status| !status.unreadable.is_empty());
    porthole.meanwhile("the report", async { _ = told.await }).await;
    let unreadable = porthole.docker.status().borrow().unreadable.clone();
    assert_eq!((unreadable.len(), unreadable[0].container.as_str()), (1, "mute"));
    assert!(unreadable[0].reason.contains("logging driver"), "{}", unreadable[0].reason);
    let names: Vec<String> =
        porthole.docker.workloads().borrow().iter().map(|w| w.identity.service.clone()).collect();
    assert_eq!(names, ["mute", "private", "web"]);

    engine.remove(1, now());
    let gone = status.wait_for(|status| status.unreadable.is_empty());
    porthole.meanwhile("the report to go", async { _ = gone.await }).await;
    assert_eq!(porthole.stop().await.entries.len(), 1);
}

#[tokio::test]
async fn an_engine_that_is_absent_is_a_state() {
    let mut engine = Engine::absent();
    engine.running(1, "web");
    let mut porthole = Appliance::start(&engine, Store::default());
    let mut status = porthole.docker.status();
    let mut wait = async |porthole: &mut Appliance, what: &str| {
        let found = porthole
            .meanwhile(what, async {
                let told = |state: &State| match state {
                    State::Away { problem } => problem.contains(what),
                    State::Connected { version, api } => format!("{version} {api}") == what,
                    State::Connecting => false,
                };
                status.wait_for(|status| told(&status.engine)).await.map(|status| status.host.clone())
            })
            .await;
        assert!(found.unwrap().starts_with("unix://"));
    };
    wait(&mut porthole, "there is no Docker socket at").await;
    engine.refuse(Some(403));
    engine.listen();
    wait(&mut porthole, "CONTAINERS=1, EVENTS=1, VERSION=1").await;
    engine.refuse(None);
    wait(&mut porthole, "20.10.24 1.41").await;
    engine.vanish();
    wait(&mut porthole, "there is no Docker socket at").await;
    assert_eq!(porthole.docker.workloads().borrow().len(), 1, "the last set known stays");
    engine.listen();
    wait(&mut porthole, "20.10.24 1.41").await;
    porthole.stop().await;
}

#[tokio::test]
async fn events_are_told_once() {
    let engine = Engine::start();
    engine.running(1, "web");
    let mut porthole = Appliance::start(&engine, Store::default());
    connected(&mut porthole).await;
    let now = now();
    engine.event(1, "health_status: unhealthy", now, json!({}));
    engine.event(1, "kill", now + 1, json!({"signal": "15"}));
    engine.event(1, "exec_start: sh", now + 1, json!({}));
    engine.end_container(1, now + 2, 143);
    porthole.until("two events", |store| store.events().len() == 2).await;
    engine.hiccup();
    engine.event(1, "oom", now + 3, json!({}));
    porthole.until("the third", |store| store.events().len() >= 3).await;
    let store = porthole.kill().await;

    engine.start_container(1, now + 4);
    engine.end_container(1, now + 5, 3);
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("what happened meanwhile", |store| store.events().len() >= 5).await;
    let store = porthole.stop().await;
    assert_eq!(store.events(), ["health web", "die web", "oom web", "start web", "die web"]);
    let lines = store.lines("web", "event");
    assert!(lines[1].contains(r#""level":"info""#), "it was asked to end: {}", lines[1]);
    assert!(lines[4].contains(r#""level":"error""#), "it was not: {}", lines[4]);
}

#[tokio::test]
async fn a_deploy_while_nobody_looked_is_told_once() {
    let engine = Engine::start();
    engine.running(1, "web");
    let deployed = |store: &Store| store.events().iter().filter(|event| event.starts_with("deploy")).count();
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole
        .until("the first look", |store| store.positions.keys().any(|key| key == "docker/deploy/shop/web"))
        .await;
    let store = porthole.kill().await;

    engine.remove(1, T);
    engine.running(2, "web");
    engine.set(2, |inspect| {
        inspect["Image"] = json!("sha256:2");
        inspect["Config"]["Image"] = json!("shop/web:2");
    });
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("the deploy", |store| deployed(store) == 1).await;
    let known = porthole.docker.deploys().borrow().clone();
    assert_eq!(
        (known.len(), known[0].image.as_str(), known[0].previous_image.as_str()),
        (1, "shop/web:2", "shop/web:1")
    );
    let store = porthole.kill().await;

    engine.write(2, 1, T, "hello\n");
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("a line", |store| !store.lines("web", "stdout").is_empty()).await;
    assert_eq!(porthole.docker.deploys().borrow().len(), 1, "it is remembered");
    assert_eq!(deployed(&porthole.stop().await), 1);
}

#[tokio::test]
async fn a_full_store_holds_everything_back() {
    let engine = Engine::start();
    for n in 1..=3 {
        engine.running(n, &format!("web-{n}"));
        write_numbered(&engine, n, 0, 9000);
    }
    let mut porthole = Appliance::start_with(&engine, Store::default(), 1, |_| {});
    porthole.until("all lines", |store| store.entries.len() >= 27_000).await;
    let counts = porthole.docker.counts();
    assert_eq!((counts.lines, counts.gaps, counts.cut_lines), (27_000, 0, 0));
    let store = porthole.stop().await;
    for n in 1..=3 {
        assert_eq!(store.lines(&format!("web-{n}"), "stdout"), numbered(0, 9000));
    }
}

#[tokio::test]
async fn what_was_read_is_handed_over_at_the_end() {
    let engine = Engine::start();
    engine.running(1, "web");
    write_numbered(&engine, 1, 0, 5);
    let mut porthole = Appliance::start(&engine, Store::default());
    porthole.until("the first lines", |store| store.entries.len() == 5).await;
    write_numbered(&engine, 1, 5, 6);
    // Whether or not the line was read by now, the next start goes on behind what was stored.
    let store = porthole.stop().await;
    write_numbered(&engine, 1, 6, 8);
    let mut porthole = Appliance::start(&engine, store);
    porthole.until("the other lines", |store| store.entries.len() >= 8).await;
    assert_eq!(porthole.stop().await.lines("web", "stdout"), numbered(0, 8));
}

#[tokio::test]
async fn nobody_is_asked_when_docker_is_switched_off() {
    let engine = Engine::start();
    let porthole = Appliance::start_with(&engine, Store::default(), 1, |config| config.enabled = false);
    let mut status = porthole.docker.status();
    let off =
        status.wait_for(|status| matches!(status.engine, State::Away { .. })).await.unwrap().engine.clone();
    assert!(matches!(off, State::Away { problem } if problem.contains("[docker] enabled")));
    porthole.stop().await;
    assert_eq!(engine.requests(), Vec::<String>::new());
}
