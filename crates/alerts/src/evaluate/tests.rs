use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::config::Policy;
use crate::rule::Rule;
use crate::senses::IssueTurn;
use crate::testing::{Scripted, news};

/// A rule, its engines, and a clock that the test sets.
struct Stage {
    senses: Arc<Scripted>,
    evaluator: Evaluator,
    plan: Plan,
    kept: Kept,
    now_ms: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new(keys: &str) -> Self {
        let text = format!("[[alerts.rule]]\nname = \"r\"\n{keys}");
        let (rule, _) = Rule::from_toml(&text).unwrap_or_else(|faults| panic!("{text}\n{faults:?}"));
        let folder = tempfile::tempdir().expect("a folder");
        let keep = Keep::open(&folder.path().join("alerts.db"), Policy::default()).expect("a new file");
        let now_ms = Arc::new(AtomicI64::new(0));
        let told = now_ms.clone();
        let clock = Clock::new(move || Timestamp::from_millis(told.load(Ordering::Relaxed)));
        let senses = Arc::new(Scripted::default());
        let evaluator =
            Evaluator::new(senses.clone(), keep, Book::default(), clock, "https://ops.example.com");
        let plan = Plan::of(Arc::new(rule));
        Self { senses, evaluator, plan, kept: Kept::default(), now_ms, _folder: folder }
    }

    /// Looks at an instant; gives the alerts that are there then.
    async fn look(&mut self, at_s: i64) -> Vec<String> {
        self.now_ms.store(at_s * 1000, Ordering::Relaxed);
        self.evaluator.look(&self.plan, &mut self.kept, Timestamp::from_seconds(at_s)).await;
        let alerts = self.evaluator.keep.alerts(at_s * 1000);
        let shown = alerts.iter().map(|alert| {
            let labels = alert.labels.filter(|name| name != "alertname");
            format!("{:?}{labels}", alert.state)
        });
        let mut shown: Vec<String> = shown.collect();
        shown.sort();
        shown
    }

    fn alert(&self) -> crate::shown::Alert {
        self.evaluator.keep.alerts(self.now_ms.load(Ordering::Relaxed)).remove(0)
    }
}

/// Looks of a rule: at which second, what its queries give from then on, and which alerts there are.
type Look<'a> = (i64, &'a [(&'a str, &'a [(&'a str, f64)])], &'a [&'a str]);

async fn check(keys: &str, looks: &[Look<'_>]) -> Stage {
    let mut stage = Stage::new(keys);
    // What is known from the start on is not taken for what is not collected yet.
    stage.evaluator.since = Timestamp::from_seconds(-3600);
    for (at_s, gives, expected) in looks {
        for (query, series) in *gives {
            stage.senses.give(query, series);
        }
        assert_eq!(stage.look(*at_s).await, *expected, "{keys} at {at_s}");
    }
    stage
}

const WEB: &str = r#"{service="web"}"#;
const FIRING: &str = r#"Firing{service="web"}"#;
const PENDING: &str = r#"Pending{service="web"}"#;
const RESOLVED: &str = r#"Resolved{service="web"}"#;
const BLIND: &str = r#"Blind{service="web"}"#;

#[tokio::test]
async fn a_condition_that_holds_long_enough_fires_and_ends() {
    let keys = "expr = \"x > 1\"\nfor = \"30s\"\nkeep_firing_for = \"15s\"\ntier = \"low\"\n";
    let stage = check(
        keys,
        &[
            (0, &[("x", &[(WEB, 0.0)])], &[]),
            (15, &[("x > 1", &[(WEB, 5.0)]), ("x", &[(WEB, 5.0)])], &[PENDING]),
            (30, &[], &[PENDING]),
            (45, &[("x > 1", &[(WEB, 9.0)])], &[FIRING]),
            (60, &[("x > 1", &[])], &[FIRING]),
            (75, &[], &[RESOLVED]),
        ],
    )
    .await;
    let lines = stage.senses.with(|script| script.lines.clone());
    let told: Vec<&str> =
        lines.iter().map(|line| if line.contains("firing: r") { "firing" } else { "over" }).collect();
    assert_eq!(told, ["firing", "over"], "{lines:?}");
}

#[tokio::test]
async fn a_condition_that_stops_before_its_time_never_fires() {
    let keys = "expr = \"x > 1\"\nfor = \"30s\"\ntier = \"low\"\n";
    let looks: [Look<'_>; 4] = [
        (0, &[("x > 1", &[(WEB, 5.0)]), ("x", &[(WEB, 5.0)])], &[PENDING]),
        (15, &[("x > 1", &[])], &[]),
        (30, &[("x > 1", &[(WEB, 5.0)])], &[PENDING]),
        (45, &[], &[PENDING]),
    ];
    check(keys, &looks).await;
}

#[tokio::test]
async fn a_threshold_of_its_own_ends_it() {
    let keys = "expr = \"x > 10\"\nresolve = 5\ntier = \"low\"\n";
    let looks: [Look<'_>; 4] = [
        (0, &[("x > 10", &[(WEB, 11.0)]), ("x", &[(WEB, 11.0)]), ("x > 5", &[(WEB, 11.0)])], &[FIRING]),
        (15, &[("x > 10", &[]), ("x > 5", &[(WEB, 7.0)])], &[FIRING]),
        (30, &[("x > 5", &[])], &[RESOLVED]),
        (45, &[("x > 5", &[(WEB, 7.0)])], &[RESOLVED]),
    ];
    check(keys, &looks).await;
    let keys = "expr = \"x > 10\"\nresolve_expr = \"y == 0\"\ntier = \"low\"\n";
    let looks: [Look<'_>; 3] = [
        (0, &[("x > 10", &[(WEB, 11.0)]), ("x", &[(WEB, 11.0)])], &[FIRING]),
        (15, &[("x > 10", &[])], &[FIRING]),
        (30, &[("y == 0", &[(WEB, 0.0)])], &[RESOLVED]),
    ];
    check(keys, &looks).await;
}

#[tokio::test]
async fn missing_data_is_a_state_of_the_same_alert() {
    let keys = "expr = \"x > 1\"\ntier = \"low\"\n";
    let looks: [Look<'_>; 6] = [
        (0, &[("x > 1", &[(WEB, 5.0)]), ("x", &[(WEB, 5.0)])], &[FIRING]),
        (15, &[("x > 1", &[]), ("x", &[])], &[FIRING]),
        (30, &[], &[FIRING]),
        (45, &[], &[BLIND]),
        (60, &[("x > 1", &[(WEB, 5.0)]), ("x", &[(WEB, 5.0)])], &[FIRING]),
        (75, &[("x > 1", &[])], &[RESOLVED]),
    ];
    check(keys, &looks).await;
    // What was taken away is over in the end.
    let looks: [Look<'_>; 4] = [
        (0, &[("x > 1", &[(WEB, 5.0)]), ("x", &[(WEB, 5.0)])], &[FIRING]),
        (15, &[("x > 1", &[]), ("x", &[])], &[FIRING]),
        (600, &[], &[BLIND]),
        (15 + 900, &[], &[RESOLVED]),
    ];
    check(keys, &looks).await;
    // Lines that are not there are none.
    let keys = "logql = 'count_over_time({a=\"b\"}[5m]) > 1'\ntier = \"low\"\n";
    let looks: [Look<'_>; 2] = [
        (0, &[("count_over_time({a=\"b\"}[5m]) > 1", &[(WEB, 5.0)])], &[FIRING]),
        (15, &[("count_over_time({a=\"b\"}[5m]) > 1", &[])], &[RESOLVED]),
    ];
    check(keys, &looks).await;
}

#[tokio::test]
async fn just_after_the_start_what_is_not_collected_yet_is_waited_for() {
    let mut stage = Stage::new("expr = \"x > 1\"\ntier = \"low\"\ninterval = \"5s\"\n");
    stage.senses.give("x > 1", &[(WEB, 5.0)]);
    assert_eq!(stage.look(0).await, [FIRING]);
    stage.evaluator.since = Timestamp::from_seconds(100);
    stage.senses.give("x > 1", &[]);
    for at_s in [100, 105, 110, 115, 120, 125] {
        assert_eq!(stage.look(at_s).await, [FIRING], "{at_s}");
    }
    stage.senses.give("x", &[(WEB, 0.0)]);
    assert_eq!(stage.look(128).await, [RESOLVED]);
}

#[tokio::test]
async fn a_rule_that_cannot_be_evaluated_says_so() {
    let keys = "expr = \"x > 1\"\ntier = \"low\"\n";
    let mut stage = check(keys, &[(0, &[("x > 1", &[(WEB, 5.0)])], &[FIRING])]).await;
    let fail = Err("the query reads too many samples".to_owned());
    stage.senses.with(|script| script.instants.insert("x > 1".to_owned(), fail));
    assert_eq!(stage.look(15).await, [FIRING], "what fired goes on");
    assert_eq!(stage.evaluator.book.rule("r").fault.as_deref(), Some("the query reads too many samples"));
    let failing = stage.evaluator.book.failing("rule_fails");
    assert_eq!(failing[0].labels.get("rule"), Some("r"));
    assert_eq!(stage.evaluator.book.counted().failed, 1);
    stage.senses.give("x > 1", &[(WEB, 5.0)]);
    stage.look(30).await;
    assert!(stage.evaluator.book.failing("rule_fails").is_empty());
}

#[tokio::test]
async fn label_sets_that_are_the_same_are_a_fault_of_the_rule() {
    let keys = "expr = \"x > 1\"\ntier = \"low\"\nlabels = { pod = \"\" }\n";
    let two: &[(&str, f64)] = &[(r#"{service="web",pod="a"}"#, 1.0), (r#"{service="web",pod="b"}"#, 1.0)];
    let stage = check(keys, &[(0, &[("x > 1", two)], &[])]).await;
    let fault = stage.evaluator.book.rule("r").fault.unwrap_or_default();
    assert!(
        fault.starts_with("two of its alerts have the same labels {alertname=\"r\", service=\"web\"}"),
        "{fault}"
    );
    let stage = check("expr = \"x > 1\"\ntier = \"low\"\nlimit = 1\n", &[(0, &[("x > 1", two)], &[])]).await;
    assert_eq!(
        stage.evaluator.book.rule("r").fault.as_deref(),
        Some("it found 2 alerts, and its limit is 1")
    );
}

#[tokio::test]
async fn labels_and_cards_are_rendered() {
    let keys = r#"
        expr = "x > 1"
        tier = "high"
        what = "{{ $labels.service }} is slow"
        how_bad = "{{ value }} s{{ range query \"usual\" }}, usual {{ .Value }}{{ end }}"
        do_now = "look at {{ externalURL }}"
        labels = { team = "{{ $labels.service }}-team", instance = "" }
    "#;
    let series: &[(&str, f64)] = &[(r#"{__name__="x",service="web",instance="a:1"}"#, 2.0)];
    let stage = check(
        keys,
        &[(
            0,
            &[("x > 1", series), ("x", &[(WEB, 0.4)]), ("usual", &[("{}", 0.5)])],
            &[r#"Firing{service="web", team="web-team"}"#],
        )],
    )
    .await;
    let alert = stage.alert();
    assert_eq!(alert.card.what, "web is slow");
    assert_eq!(alert.card.how_bad, "2 s, usual 0.5");
    assert_eq!(alert.card.do_now, "look at https://ops.example.com");
    let annotations: Vec<(&str, &str)> =
        alert.annotations.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(annotations, [("limit", "> 1"), ("usual", "0.4")]);
}

#[tokio::test]
async fn a_text_that_fails_falls_back_to_plain_facts() {
    let keys = r#"
        expr = "x > 1"
        tier = "high"
        what = "{{ query \"nothing\" | first | value }}"
        how_bad = "bad"
        do_now = "do"
    "#;
    let stage = check(keys, &[(0, &[("x > 1", &[(WEB, 2.5)])], &[FIRING])]).await;
    let alert = stage.alert();
    assert_eq!((alert.card.what.as_str(), alert.card.how_bad.as_str()), ("r: service web", "bad"));
    let entry = stage.evaluator.book.rule("r");
    assert!(entry.text_fault.is_some_and(|why| why.contains("no elements")));
    assert_eq!(entry.fault, None);
}

#[tokio::test]
async fn alerts_are_series_too() {
    let keys = "expr = \"x > 1\"\nfor = \"15s\"\ntier = \"low\"\n";
    let stage = check(
        keys,
        &[
            (1, &[("x > 1", &[(WEB, 5.0)]), ("x", &[(WEB, 5.0)])], &[PENDING]),
            (16, &[], &[FIRING]),
            (31, &[("x > 1", &[])], &[RESOLVED]),
        ],
    )
    .await;
    let told = stage.senses.with(|script| script.recorded.clone());
    let alerts = r#"{__name__="ALERTS", alertname="r", alertstate="#;
    let told: Vec<String> = told
        .iter()
        .filter_map(|(at_ms, labels, value)| {
            let rest = labels.strip_prefix(alerts)?;
            let is_over = value.to_bits() == promql::STALE.to_bits();
            Some(format!("{at_ms} {} {}", rest.split(',').next()?, if is_over { "over" } else { "1" }))
        })
        .collect();
    assert_eq!(
        told,
        ["1000 \"pending\" 1", "16000 \"pending\" over", "16000 \"firing\" 1", "31000 \"firing\" over"]
    );
}

#[tokio::test]
async fn issues_probes_and_releases_are_sources() {
    let keys = "issue = \"new\"\ntier = \"low\"\nkeep_firing_for = \"30s\"\nhow_bad = \"{{ $labels.events }} events\"\n";
    let mut stage = Stage::new(keys);
    stage
        .senses
        .with(|script| script.news = vec![news(IssueTurn::New, 5_000), news(IssueTurn::Regressed, 5_000)]);
    let issue = r#"{issue="SHOP-12", project="shop", service="web"}"#;
    assert_eq!(stage.look(15).await, [format!("Firing{issue}")]);
    assert_eq!(stage.alert().card.how_bad, "7 events");
    stage.senses.with(|script| script.news[0].events = 9);
    assert_eq!(stage.look(30).await, [format!("Firing{issue}")], "more events are the same alert");
    assert_eq!(stage.look(80).await, [format!("Firing{issue}")]);
    assert_eq!(stage.look(110).await, [format!("Resolved{issue}")]);

    let mut stage = Stage::new("probe = \"site\"\ntier = \"low\"\n");
    stage.senses.give("probe_success{probe=\"site\"} < 1", &[(r#"{probe="site"}"#, 0.0)]);
    assert_eq!(stage.look(15).await, [r#"Firing{probe="site"}"#]);

    let mut stage = Stage::new("issue = \"rate\"\nabove = 10\ntier = \"low\"\n");
    let rate = crate::senses::ReleaseRate {
        project: "shop".to_owned(),
        service: None,
        release: "1.2".to_owned(),
        environment: None,
        events: 11,
    };
    stage.senses.with(|script| script.rates = vec![rate.clone()]);
    assert_eq!(stage.look(15).await, [r#"Firing{project="shop", release="1.2"}"#]);
    stage.senses.with(|script| script.rates[0].events = 10);
    assert_eq!(stage.look(30).await, [r#"Resolved{project="shop", release="1.2"}"#]);
}

#[tokio::test]
async fn a_group_sees_what_it_recorded_and_queries_are_offset() {
    let file = crate::include::File::read(
        "rules.yml",
        "groups:\n- name: g\n  query_offset: 10s\n  rules:\n  - record: a:b\n    expr: x\n    labels: {l: m}\n  - alert: A\n    expr: a:b > 1\n",
        &crate::rule::Usual::default(),
    );
    let stage = Stage::new("expr = \"x > 1\"\ntier = \"low\"\n");
    stage.senses.give("x", &[(r#"{__name__="x",service="web"}"#, 3.0)]);
    let mut group = Planned::of(&file.groups[0]);
    stage.evaluator.group(&mut group, Timestamp::from_seconds(100)).await.expect("it was looked at");
    let (asked, recorded) = stage.senses.with(|script| (script.asked.clone(), script.recorded.clone()));
    assert_eq!(asked, [("x".to_owned(), 90_000), ("a:b > 1".to_owned(), 90_000)]);
    assert_eq!(recorded, [(100_000, r#"{__name__="a:b", l="m", service="web"}"#.to_owned(), 3.0)]);
}
