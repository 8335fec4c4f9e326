use settings::Tree;

use super::*;
use crate::Tier;

fn read(text: &str) -> (Config, Vec<String>) {
    let tree = Tree::parse("p.toml", text, []);
    let root = tree.root();
    let config = Config::read(&root);
    drop(root);
    (config, tree.finish().iter().map(ToString::to_string).collect())
}

const CARD: &str = "what = \"it broke\"\nhow_bad = \"badly\"\ndo_now = \"mend it\"\n";

#[test]
fn faults_say_what_is_wrong_and_where() {
    let check = |rule: &str, expected: &str| {
        let (_, faults) = read(&format!("[[alerts.rule]]\n{rule}"));
        assert_eq!(faults.join("\n"), expected, "{rule}");
    };
    check(
        "",
        "p.toml:1:1: alerts.rule[0]: the rule looks at nothing; write one of expr (PromQL), logql, issue or probe\n\
               p.toml:1:1: alerts.rule[0].name: is missing; write a name such as name = \"checkout is slow\"",
    );
    check(
        "name = \"a\"\nexpr = \"sum(x\"",
        "p.toml:3:8: alerts.rule[0].expr: 1:6: parse error: unclosed left parenthesis",
    );
    check(
        "name = \"a\"\nexpr = \"x[5m]\"",
        "p.toml:3:8: alerts.rule[0].expr: the expression gives a range vector, and a rule needs an instant vector",
    );
    check(
        "name = \"a\"\nlogql = '{a=\"b\"}'",
        "p.toml:3:9: alerts.rule[0].logql: the query gives lines, and a rule needs numbers: write count_over_time({…} [5m]) > 0",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\nprobe = \"site\"",
        "p.toml:4:9: alerts.rule[0].probe: is set beside expr; keep one of the two",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\ntier = \"hi\"",
        "p.toml:4:8: alerts.rule[0].tier: is the text \"hi\"; write \"low\", \"medium\", \"high\" or \"critical\"",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\ntier = \"high\"",
        "p.toml:1:1: alerts.rule[0].what: rule `a`: a high rule must say what, how_bad, do_now; write what broke, how bad it is and what to do now, or a lower tier",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\ntier = \"critical\"\nwhat = \"w\"\nhow_bad = \"h\"",
        "p.toml:1:1: alerts.rule[0].do_now: rule `a`: a critical rule must say do_now; write what broke, how bad it is and what to do now, or a lower tier",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\nwhat = \"w\"\nhow_bad = \"h\"\ndo_now = \"Do nothing.\"",
        "p.toml:6:10: alerts.rule[0].do_now: rule `a`: \"Do nothing.\" is no action, and what needs none is a log entry; write the first step, or tier = \"low\"",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\nwhat = \"{{ $lables.x }}\"",
        "p.toml:4:8: alerts.rule[0].what: the template cannot be read: undefined variable \"$lables\"",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\nresolve = 2",
        "p.toml:4:11: alerts.rule[0].resolve: an alert that begins at > 1 would be over before it begins; write a number on the other side of the threshold",
    );
    check(
        "name = \"a\"\nexpr = \"absent(x)\"\nresolve = 2",
        "p.toml:4:11: alerts.rule[0].resolve: the expression has no comparison with a number; write resolve_expr = \"…\": the alert is over once that gives its labels",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\ninterval = \"10ms\"",
        "p.toml:4:12: alerts.rule[0].interval: too often; write a duration from 1s to 1d",
    );
    check(
        "name = \"a\"\nissue = \"rate\"",
        "p.toml:1:1: alerts.rule[0].above: is missing; write how many events of one release are too many: above = 50",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\nlabels = { alertname = \"b\" }",
        "p.toml:4:24: alerts.rule[0].labels.alertname: no label can have this name; write letters, digits and _; not alertname",
    );
    check(
        "name = \"disk_full\"\nexpr = \"x > 1\"",
        "p.toml:2:8: alerts.rule[0].name: there is another rule `disk_full` (built in); write [alerts.builtin.disk_full] to change that one, or another name",
    );
    check(
        "name = \"a\"\nexpr = \"x > 1\"\nwat = 1",
        "p.toml:4:1: alerts.rule[0].wat: no such key; write `what`",
    );
    check(&format!("name = \"a\"\nexpr = \"x > 1\"\ntier = \"critical\"\n{CARD}"), "");
}

#[test]
fn built_in_rules_are_changed_and_turned_off() {
    let (config, faults) = read(
        "[alerts.builtin.disk_full]\nthreshold = 0.2\nresolve = 0.3\ntier = \"critical\"\nfor = \"1h\"\n\
         [alerts.builtin.disk_files]\nenabled = false\n[alerts.builtin.route_slow]\nwhat = \"slow\"\n",
    );
    assert_eq!(faults, Vec::<String>::new());
    let disk = config.rules().find(|rule| rule.name == "disk_full").expect("it is on");
    assert_eq!((disk.tier, disk.for_ms), (Tier::Critical, 3_600_000));
    let comparison = crate::rule::Comparison::of(&disk.source).expect("it compares");
    assert_eq!(comparison.to_string(), "< 0.2");
    assert!(disk.card.missing().is_empty(), "what is not changed stays");
    assert_eq!(config.off.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["disk_files"]);
    let (all, _) = read("");
    assert_eq!(all.rules().count(), config.rules().count() + 1);
    let (none, faults) =
        read("[alerts]\nbuiltin_rules = false\n[alerts.builtin.disk_full]\nenabled = true\n");
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(none.rules().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["disk_full"]);
    let check = |text: &str, expected: &str| assert_eq!(read(text).1.join("\n"), expected, "{text}");
    check(
        "[alerts.builtin.disk_ful]\nenabled = false",
        "p.toml:1:17: alerts.builtin.disk_ful: no such section or key; write `disk_full`",
    );
    check(
        "[alerts.builtin.disk_full]\nlogql = 'x'",
        "p.toml:2:9: alerts.builtin.disk_full.logql: a built-in rule looks at what it looks at; turn the rule off with enabled = false, and write an [[alerts.rule]] of your own",
    );
    check(
        "[alerts.builtin.issue_new]\nthreshold = 1",
        "p.toml:2:13: alerts.builtin.issue_new.threshold: the expression has no comparison with a number; write the number into the expression",
    );
}

#[test]
fn tiers_leave_out_who_is_not_there_and_refuse_who_is_unknown() {
    let check = |text: &str, tier: Tier, told: &[&str], faults: &str| {
        let (config, found) = read(text);
        let found: Vec<String> = found.into_iter().filter(|fault| fault.contains("alerts.tiers")).collect();
        assert_eq!(config.tiers.of(tier), told, "{text}");
        assert_eq!(found.join("\n"), faults, "{text}");
    };
    let slack = "[alerts.receivers.slack]\nwebhook_url = \"https://hooks.example.com/x\"\n";
    let pagers = "[alerts.receivers.duty]\nkind = \"pagerduty\"\nrouting_key = \"x\"\n";
    check("", Tier::Critical, &[], "");
    check(slack, Tier::Critical, &["slack"], "");
    check(&format!("{slack}{pagers}"), Tier::Critical, &["slack", "duty"], "");
    check(&format!("{slack}{pagers}"), Tier::Low, &[], "");
    check(&format!("[alerts.tiers]\nhigh = [\"phone\", \"duty\"]\n{pagers}"), Tier::High, &["duty"], "");
    check(
        &format!("[alerts.tiers]\nhigh = [\"slak\"]\n{slack}"),
        Tier::High,
        &[],
        "p.toml:2:8: alerts.tiers.high: there is no receiver `slak`; write some of slack, or [alerts.receivers.slak]",
    );
    check(
        "[alerts.tiers]\nhigh = [\"phone\"]\n",
        Tier::High,
        &[],
        "p.toml:2:8: alerts.tiers.high: there is no receiver `phone`; write [alerts.receivers.twilio] or [alerts.receivers.pagerduty]",
    );
}

#[test]
fn warnings_are_told_and_refuse_nothing() {
    let check = |text: &str, expected: &[&str]| {
        let (config, _) = read(text);
        let told: Vec<String> = config.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(told, expected, "{text}");
    };
    check(
        "",
        &[
            "alerts.receivers: there is none: alerts are shown on the page and told nobody; write [alerts.receivers.slack] with a webhook_url",
        ],
    );
    check(
        "[[alerts.rule]]\nname = \"a\"\nexpr = \"x\"\n[alerts.receivers.ntfy]\n",
        &[
            "settings, line 2: rule `a`: does not say what, how_bad, do_now; whoever is told will have to find out",
            "settings, line 2: rule `a`: nothing is compared: every series is an alert for as long as it has samples; write a comparison, such as > 0, or filter otherwise",
            "alerts.tiers.medium: leaves out `slack`, which is not configured; write some of ntfy, or [alerts.receivers.slack]",
            "alerts.tiers.high: leaves out `slack`, which is not configured; write some of ntfy, or [alerts.receivers.slack]",
            "alerts.tiers.high: leaves out `email`, which is not configured; write some of ntfy, or [alerts.receivers.email]",
            "alerts.tiers.critical: leaves out `slack`, which is not configured; write some of ntfy, or [alerts.receivers.slack]",
            "alerts.tiers.critical: leaves out `email`, which is not configured; write some of ntfy, or [alerts.receivers.email]",
            "alerts.tiers.critical: leaves out `phone`, which is not configured; write [alerts.receivers.twilio] or [alerts.receivers.pagerduty]",
            "alerts.receivers.ntfy: is told nothing: it is in no tier; write high = [\"ntfy\"] below [alerts.tiers]",
        ],
    );
}
