use super::*;
use settings::Tree;

fn read(text: &str) -> (Policy, Vec<String>) {
    let tree = Tree::parse("p.toml", text, []);
    let root = tree.root();
    let alerts = root.section("alerts");
    let policy = Policy::read(&alerts, &["slack".to_owned(), "email".to_owned()]);
    drop((alerts, root));
    (policy, tree.finish().iter().map(ToString::to_string).collect())
}

#[test]
fn nothing_written_is_the_default() {
    let (policy, faults) = read("");
    assert_eq!(faults, Vec::<String>::new());
    let report = policy.report.clone().expect("there is somebody to mail it to");
    assert_eq!(report.receivers, ["email"]);
    assert_eq!(Policy { report: None, ..policy }, Policy::default());
}

#[test]
fn every_key_is_read() {
    let (policy, faults) = read(
        "[alerts.policy]\ngroup_by = [\"alertname\"]\ngroup_interval = \"1m\"\nresolve_timeout = \"2m\"\n\
         acknowledge_for = \"1h\"\nnext = [\"email\"]\nflapping_transitions = 6\nflapping_within = \"1h\"\n\
         flapping_stable = \"5m\"\nstorm_incidents = 5\nstorm_within = \"1m\"\nhistory = \"30d\"\n\
         [alerts.policy.high]\ngroup_wait = \"5s\"\nremind = \"2h\"\nescalate_after = \"never\"\n\
         [alerts.policy.critical]\nremind = \"1m\"\ncalls = 5\nremind_later = \"30m\"\n\
         [alerts.quiet_hours]\nfrom = \"22:00\"\nto = \"07:30\"\nzone = \"Europe/Berlin\"\n\
         [alerts.report]\nweekday = \"friday\"\nat = \"16:00\"\nreceivers = [\"slack\"]\n",
    );
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!((policy.group_interval_ms, policy.acknowledge_ms), (60_000, 3_600_000));
    assert_eq!(policy.flapping, Flapping { transitions: 6, within_ms: 3_600_000, stable_ms: 300_000 });
    assert_eq!(policy.storm, Storm { incidents: 5, within_ms: 60_000 });
    let high = policy.tier(Tier::High);
    assert_eq!((high.group_wait_ms, high.remind_ms, high.escalate_ms), (5_000, Some(7_200_000), None));
    let critical = policy.tier(Tier::Critical);
    assert_eq!((critical.calls, critical.remind_later_ms), (Some(5), 1_800_000));
    assert_eq!(policy.report.expect("a report").receivers, ["slack"]);
}

#[test]
fn faults_say_what_to_write() {
    let check = |text: &str, expected: &str| {
        let (_, faults) = read(text);
        assert_eq!(faults.join("\n"), expected, "{text}");
    };
    check(
        "[alerts.policy.high]\nremind = \"5s\"",
        "p.toml:2:10: alerts.policy.high.remind: messages would come too often; write 1m or more, or \"never\"",
    );
    check(
        "[alerts.policy]\nnext = [\"bob\"]",
        "p.toml:2:8: alerts.policy.next: there is no receiver `bob`; write one of slack, email",
    );
    check(
        "[alerts.quiet_hours]\nfrom = \"25:00\"\nto = \"8\"",
        "p.toml:2:8: alerts.quiet_hours.from: `25:00` is no time of the day; write one such as \"22:00\"\n\
         p.toml:3:6: alerts.quiet_hours.to: `8` is no time of the day; write one such as \"22:00\"",
    );
    check(
        "[alerts.quiet_hours]\nfrom = \"22:00\"",
        "p.toml:1:1: alerts.quiet_hours.to: is missing; write a time of the day such as \"22:00\"",
    );
    check(
        "[alerts.report]\nzone = \"Berlin\"",
        "p.toml:2:8: alerts.report.zone: there is no time zone `Berlin`; write a name such as \"Europe/Berlin\" or \"UTC\"",
    );
}

/// When quiet hours from 22:00 to 07:30 in Berlin, entered at `at`, end.
fn check_quiet(at: &str, expected: Option<&str>) {
    let (policy, _) =
        read("[alerts.quiet_hours]\nfrom = \"22:00\"\nto = \"07:30\"\nzone = \"Europe/Berlin\"\n");
    let ms = |text: &str| text.parse::<jiff::Timestamp>().expect("a time").as_millisecond();
    let hours = policy.quiet_hours.expect("quiet hours");
    assert_eq!(hours.end(ms(at)), expected.map(ms), "{at}");
}

#[test]
fn quiet_hours_go_over_midnight_and_the_change_of_the_clocks() {
    check_quiet("2026-01-10T20:59:59Z", None);
    check_quiet("2026-01-10T21:00:00Z", Some("2026-01-11T06:30:00Z"));
    check_quiet("2026-01-11T06:29:59Z", Some("2026-01-11T06:30:00Z"));
    check_quiet("2026-01-11T06:30:00Z", None);
    // The night in which the clocks go forward.
    check_quiet("2026-03-28T23:00:00Z", Some("2026-03-29T05:30:00Z"));
}

#[test]
fn the_report_comes_once_a_week() {
    let (policy, _) = read("[alerts.report]\nweekday = \"monday\"\nat = \"09:00\"\n");
    let report = policy.report.expect("a report");
    let ms = |text: &str| text.parse::<jiff::Timestamp>().expect("a time").as_millisecond();
    assert_eq!(report.next(ms("2026-11-23T08:59:00Z")), Some(ms("2026-11-23T09:00:00Z")));
    assert_eq!(report.next(ms("2026-11-23T09:00:00Z")), Some(ms("2026-11-30T09:00:00Z")));
}

#[test]
fn a_tier_without_receivers_is_told_those_below() {
    let mut policy = Policy::default();
    policy.tier_mut(Tier::High).receivers = vec!["email".to_owned()];
    assert_eq!(policy.receivers(Tier::Critical), ["email"]);
    assert_eq!(policy.receivers(Tier::Medium), <[String; 0]>::default());
}
