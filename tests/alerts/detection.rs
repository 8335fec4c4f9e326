//! From what is measured to the message, and to the message that it is over.

use std::time::{Duration, Instant};

use super::catcher::Catcher;
use super::parts::{await_evaluations, await_message, home, messages, rule, rule_of, set};
use crate::harness::loki;

tests! {
    []:
        alone a_message_comes_within_an_interval_and_two_seconds,
        what_changed_in_the_file_is_in_force,
        what_is_low_is_only_written_down;
}

/// What a message may take beyond one interval.
const BEYOND: Duration = Duration::from_secs(2);

const CASES: [&str; 3] = ["first", "second", "third"];

fn a_message_comes_within_an_interval_and_two_seconds() {
    let catcher = Catcher::start();
    let interval = Duration::from_secs(3);
    let rules: String = CASES.iter().map(|case| rule(case, "interval = \"3s\"")).collect();
    let appliance = home(&catcher, "", &rules).start();
    for case in CASES {
        set(&appliance, case, 1.0);
        await_evaluations(&appliance, case, 1);
        for (value, status) in [(12.5, "firing"), (1.0, "resolved")] {
            let began = Instant::now();
            set(&appliance, case, value);
            let took = await_message(&catcher, case, status).at.duration_since(began);
            assert!(took <= interval + BEYOND, "{case}: {status} took {took:?}");
        }
        assert_eq!(messages(&catcher, case), ["firing", "resolved"]);
    }
    let first = await_message(&catcher, "first", "firing");
    assert_eq!(first.line, "POST /hook");
    let annotations = first.json()["alerts"][0]["annotations"].to_string();
    assert!(annotations.contains("12.5 of 10") && annotations.contains("mend first"), "{annotations}");
}

fn what_changed_in_the_file_is_in_force() {
    let catcher = Catcher::start();
    let appliance = home(&catcher, "", &rule("first", "")).start();
    let file = appliance.home().config();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"first\"", "\"second\"").replace("> 10", "> 20")).unwrap();
    appliance.signal("HUP");
    assert_eq!(rule_of(&appliance, "second")["query"], r#"broken{case="second"} > 20"#);
    set(&appliance, "second", 15.0);
    await_evaluations(&appliance, "second", 2);
    assert_eq!(messages(&catcher, "second"), Vec::<String>::new());
    set(&appliance, "second", 25.0);
    await_message(&catcher, "second", "firing");
    // A rule that is gone takes its alerts with it.
    std::fs::write(&file, text).unwrap();
    appliance.signal("HUP");
    await_message(&catcher, "second", "resolved");
    // A file with a fault changes nothing.
    std::fs::write(
        &file,
        std::fs::read_to_string(&file).unwrap().replace("tier = \"high\"", "tier = \"hihg\""),
    )
    .unwrap();
    appliance.signal("HUP");
    crate::harness::eventually("the fault is told", || appliance.log().contains("hihg").then_some(()));
    assert_eq!(rule_of(&appliance, "first")["health"], "ok");
}

fn what_is_low_is_only_written_down() {
    let catcher = Catcher::start();
    let appliance = home(&catcher, "", &rule("quiet", "tier = \"low\"")).start();
    set(&appliance, "quiet", 12.0);
    crate::harness::eventually("a line of it", || {
        let lines = loki::texts(appliance.client(), r#"{stream="event",service="web"} |= "quiet broke""#);
        (!lines.is_empty()).then_some(())
    });
    await_evaluations(&appliance, "quiet", 2);
    assert!(catcher.all().is_empty(), "{:?}", catcher.all());
}
