//! An appliance with rules and a receiver, and the numbers that the rules look at.

use std::time::Duration;

use serde_json::Value;

use super::catcher::{Catcher, Caught};
use crate::harness::prometheus::{self, now_ms};
use crate::harness::{Appliance, Home, until};

/// How long anything may take that waits for evaluations.
const LIMIT: Duration = Duration::from_secs(60);

/// The series that rules of the tests look at; its label `case` tells the tests' parts apart.
pub(crate) const SERIES: &str = "broken";

/// A home whose messages of all tiers go to `catcher`, without the built-in rules.
pub(crate) fn home(catcher: &Catcher, alerts: &str, rules: &str) -> Home {
    Home::new().with(&format!(
        "[alerts]\nbuiltin_rules = false\n{alerts}\n\
         [alerts.receivers.hook]\nkind = \"webhook\"\nurl = \"{}\"\n\
         [alerts.tiers]\nmedium = [\"hook\"]\nhigh = [\"hook\"]\ncritical = [\"hook\"]\n{rules}",
        catcher.url("hook"),
    ))
}

/// A rule on the series of its case, evaluated every second; `more` are further keys, or others in the place of these.
pub(crate) fn rule(case: &str, more: &str) -> String {
    let all = format!(
        "[[alerts.rule]]\nname = \"{case}\"\nexpr = '{SERIES}{{case=\"{case}\"}} > 10'\ntier = \"high\"\n\
         interval = \"1s\"\ngroup_wait = \"0s\"\nwhat = \"{case} broke\"\nhow_bad = \"{{{{ value }}}} of 10\"\n\
         do_now = \"mend {case}\"\n{more}\n"
    );
    let lines: Vec<&str> = all.lines().collect();
    let key = |line: &str| line.split(" = ").next().map(str::to_owned);
    let is_last = |(at, line): &(usize, &&str)| !lines[at + 1..].iter().any(|later| key(later) == key(line));
    lines.iter().enumerate().filter(is_last).map(|(_, line)| format!("{line}\n")).collect()
}

/// The series of a case has this value from now on.
pub(crate) fn set(appliance: &Appliance, case: &str, value: f64) {
    set_labels(appliance, &[("__name__", SERIES), ("case", case), ("service", "web")], value);
}

/// A series has this value from now on.
pub(crate) fn set_labels(appliance: &Appliance, labels: &[(&str, &str)], value: f64) {
    let body = prometheus::body(&[(labels, &[(now_ms(), value)])]);
    prometheus::write(appliance.client(), body).expect(204);
}

/// The rule as the API of Prometheus tells of it, once it is there.
pub(crate) fn rule_of(appliance: &Appliance, name: &str) -> Value {
    until(&format!("the rule {name} is told of"), LIMIT, || {
        let answer = appliance.client().get("/api/v1/rules").expect(200).json();
        let groups = answer["data"]["groups"].as_array()?.clone();
        let rules =
            groups.into_iter().flat_map(|group| group["rules"].as_array().cloned().unwrap_or_default());
        rules.into_iter().find(|rule| rule["name"] == name)
    })
}

/// Waits until the rule is in this state, and gives it.
pub(crate) fn await_state(appliance: &Appliance, name: &str, state: &str) -> Value {
    until(&format!("{name} is {state}"), LIMIT, || {
        Some(rule_of(appliance, name)).filter(|rule| rule["state"] == state)
    })
}

/// Waits until the rule has been evaluated so many times more.
pub(crate) fn await_evaluations(appliance: &Appliance, name: &str, times: usize) {
    let evaluated = || rule_of(appliance, name)["lastEvaluation"].as_str().unwrap_or_default().to_owned();
    let mut last = evaluated();
    for _ in 0..times {
        last = until(&format!("{name} is evaluated again"), LIMIT, || {
            Some(evaluated()).filter(|evaluated| *evaluated != last)
        });
    }
}

/// Messages about a rule that were taken, each once however often it came: `firing`, `resolved`, by when they came.
pub(crate) fn messages(catcher: &Catcher, name: &str) -> Vec<String> {
    let mut known: Vec<(String, String)> = Vec::new();
    for caught in catcher.all().iter().filter(|caught| caught.was_taken && is_about(caught, name)) {
        let key = caught.header("idempotency-key").expect("each message has a key").to_owned();
        let status = caught.json()["status"].as_str().unwrap_or_default().to_owned();
        if !known.iter().any(|(one, _)| *one == key) {
            known.push((key, status));
        }
    }
    known.into_iter().map(|(_, status)| status).collect()
}

/// Whether a message is about alerts of this rule.
pub(crate) fn is_about(caught: &Caught, name: &str) -> bool {
    let message = caught.json();
    let alerts = message["alerts"].as_array().cloned().unwrap_or_default();
    alerts.iter().any(|alert| alert["labels"]["alertname"] == name)
}

/// Waits for the first message of this status about a rule.
pub(crate) fn await_message(catcher: &Catcher, name: &str, status: &str) -> Caught {
    catcher.first(&format!("a message that {name} is {status}"), |caught| {
        caught.was_taken && is_about(caught, name) && caught.json()["status"] == status
    })
}
