//! Random scripts: in whatever order things are observed, nobody is told twice that something began, numbers only grow,
//! and a restart after any step changes nothing of what is told.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::world::{World, run};

const RULES: [&str; 3] = ["slow", "dead", "gone"];
const SERVICES: [&str; 3] = ["web", "api", "db"];

fn step() -> impl Strategy<Value = String> {
    let rule = prop::sample::select(&RULES[..]);
    let service = prop::sample::select(&SERVICES[..]);
    let both = (rule, service);
    let seen = prop_oneof![
        4 => Just("3".to_owned()),
        4 => Just("-".to_owned()),
        1 => Just("held 2".to_owned()),
        1 => Just("blind no samples".to_owned()),
    ];
    let time = prop::sample::select(
        &["+5s", "+15s", "+45s", "+2m", "+7m", "+40m", "+90m", "down 1m", "down 5h"][..],
    );
    prop_oneof![
        6 => (both.clone(), seen).prop_map(|((rule, service), seen)| format!("{rule} {service} {seen}")),
        6 => time.prop_map(str::to_owned),
        1 => both.clone().prop_map(|(rule, service)| format!("ack {rule} {service} ann 1h")),
        1 => both.prop_map(|(rule, service)| format!("unack {rule} {service}")),
        1 => prop::sample::select(&SERVICES[..]).prop_map(|service| format!("silence service={service} 20m")),
        1 => prop::sample::select(&["refuse slack", "accept slack", "refuse email", "accept email"][..])
            .prop_map(str::to_owned),
        1 => prop::sample::select(&RULES[..]).prop_map(|rule| format!("fail {rule} no such metric")),
        1 => prop::sample::select(&RULES[..]).prop_map(|rule| format!("mend {rule}")),
    ]
}

fn script() -> impl Strategy<Value = String> {
    let head = "receivers medium=slack high=slack,email critical=slack,email,phone\n\
                policy next=bob storm=4 quiet=14:00-15:00\n\
                rule slow tier=high for=30s keep=1m interval=30s\n\
                rule dead tier=critical layer=container interval=30s\n\
                rule gone tier=medium wait=10s layer=errors interval=30s\n";
    prop::collection::vec(step(), 1..40).prop_map(move |steps| format!("{head}{}\n+1m\n", steps.join("\n")))
}

/// A message as a script shows it: to whom, which of its incident, what.
struct Told<'o> {
    at: &'o str,
    receiver: &'o str,
    sequence: u64,
    news: &'o str,
    what: &'o str,
}

fn told(out: &str) -> Vec<Told<'_>> {
    let read = |line| -> Option<Told<'_>> {
        let line: &str = line;
        if line.ends_with("(waits)") {
            return None;
        }
        let (at, rest) = line.strip_prefix("    ")?.split_once(" -> ")?;
        let (head, what) = rest.split_once(": ")?;
        let mut words = head.split(' ');
        let receiver = words.next()?;
        let sequence = words.next()?.strip_prefix('#')?.parse().ok()?;
        let news = words.nth(1)?;
        let what = what.split(" (").next()?;
        Some(Told { at, receiver, sequence, news, what })
    };
    out.lines().filter_map(read).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_told_twice_that_something_began(script in script()) {
        let out = run(&script, World::alone());
        // What began and is not over, by receiver and subject.
        let mut begun: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut last: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let told = told(&out);
        for message in told.iter().filter(|message| !message.what.contains("things")) {
            let key = (message.receiver, message.what);
            match message.news {
                "firing" => {
                    prop_assert!(begun.insert(key), "{} at {} twice:\n{out}", message.what, message.at);
                    last.insert(key, message.sequence);
                }
                "resolved" => {
                    begun.remove(&key);
                }
                _ => {
                    if let Some(last) = last.get_mut(&key).filter(|_| begun.contains(&key)) {
                        prop_assert!(message.sequence > *last, "{} goes back:\n{out}", message.what);
                        *last = message.sequence;
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn a_restart_after_any_step_tells_the_same(script in script()) {
        prop_assert_eq!(run(&script, World::kept()), run(&script, World::alone()));
    }
}
