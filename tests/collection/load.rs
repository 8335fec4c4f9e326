//! Many lines at once, and many containers at once.

use std::time::Duration;

use super::written::{expect_stored, numbered};
use crate::harness::shared::rig;
use crate::harness::{app, loki, until};

tests! {
    [Docker]:
        a_burst_of_200_000_lines_is_stored_once,
        fifty_containers_are_followed_at_once,
        containers_that_live_less_than_a_second_leave_their_lines;
}

fn a_burst_of_200_000_lines_is_stored_once() {
    let rig = rig();
    let (script, written) = numbered("a line of a burst, as long as lines are", 200_000);
    rig.engine.run("burst", &[], &script);
    let query = r#"{container="burst", stream="stdout"}"#;
    expect_stored(rig.appliance.client(), query, &written);
    // Nor does counting them find others.
    let counted = loki::count_over_time(rig.appliance.client(), query);
    assert_eq!(counted, written.len());
}

fn fifty_containers_are_followed_at_once() {
    let rig = rig();
    let (script, _) = numbered("one of fifty", 100);
    let names: Vec<String> = (0..50).map(|number| format!("fifty-{number:02}")).collect();
    for name in &names {
        rig.engine.run(name, &[], &format!("{script}; sleep 300"));
    }
    let (_, written) = numbered("one of fifty", 100);
    for name in &names {
        expect_stored(
            rig.appliance.client(),
            &format!(r#"{{container="{name}", stream="stdout"}}"#),
            &written,
        );
    }
    until("all fifty are on the page", Duration::from_secs(30), || {
        let services = app::now(rig.appliance.client())["services"].to_string();
        names.iter().all(|name| services.contains(name.as_str())).then_some(())
    });
    rig.engine.remove(&names.iter().map(String::as_str).collect::<Vec<_>>());
}

fn containers_that_live_less_than_a_second_leave_their_lines() {
    let rig = rig();
    for number in 0..20 {
        rig.engine.run(&format!("brief-{number:02}"), &["--rm"], "echo hello; sleep 0.5; echo bye");
    }
    let hello: Vec<String> = ["hello", "bye"].map(str::to_owned).into();
    for number in 0..20 {
        let query = format!(r#"{{container="brief-{number:02}", stream="stdout"}}"#);
        expect_stored(rig.appliance.client(), &query, &hello);
    }
    let all = loki::count(rig.appliance.client(), r#"{container=~"brief-.*", stream="stdout"}"#);
    assert_eq!(all, 40);
}
