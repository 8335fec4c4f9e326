use super::*;
use crate::Tier;
use crate::group::Item;

fn read(text: &str) -> File {
    File::read("rules.yml", text, &Usual::default())
}

const FILE: &str = r#"
groups:
  - name: shop
    interval: 30s
    limit: 5
    query_offset: 10s
    labels: {team: shop}
    rules:
      - record: job:errors:rate5m
        expr: sum by (job) (rate(errors_total[5m]))
        labels: {level: job}
      - alert: ErrorsHigh
        expr: |
          job:errors:rate5m > 5
        for: 2m
        keep_firing_for: 1m
        labels:
          severity: critical
          team: '{{ $labels.job }}s'
        annotations:
          summary: "{{ $labels.job }} fails"
          description: "{{ $value }} a second"
          runbook_url: https://example.com/runbook
      - alert: ErrorsHigh
        expr: job:errors:rate5m > 1
        labels: {severity: warning}
        annotations: {summary: "{{ $labels.job }} fails a little"}
"#;

#[test]
fn a_rule_file_becomes_groups() {
    let file = read(FILE);
    assert_eq!(file.faults, []);
    let [group] = file.groups.as_slice() else { panic!("one group") };
    assert_eq!((group.name.as_str(), group.interval_ms, group.items.len()), ("shop", 30_000, 3));
    let Item::Record(recording) = &group.items[0] else { panic!("first a recording rule") };
    assert_eq!(
        (recording.name.as_str(), recording.limit, recording.query_offset_ms),
        ("job:errors:rate5m", Some(5), 10_000)
    );
    assert_eq!(recording.labels.get("team").map(String::as_str), Some("shop"));
    let rules: Vec<_> = group.rules().collect();
    let first = rules[0];
    assert_eq!((first.tier, first.for_ms, first.keep_firing_for_ms), (Tier::Critical, 120_000, 60_000));
    assert_eq!(first.card.what, "{{ $labels.job }} fails");
    assert_eq!(first.card.how_bad, "{{ $value }} a second");
    assert_eq!(first.card.do_now, "Follow the runbook.");
    assert_eq!(first.place.to_string(), "rules.yml:12");
    assert_eq!(first.labels.get("team").map(String::as_str), Some("{{ $labels.job }}s"));
    assert_eq!(rules[1].tier, Tier::Medium);
    let warnings: Vec<String> = file.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "rules.yml:24: rule `ErrorsHigh`: does not say how_bad, do_now; whoever is told will have to find out"
        ]
    );
}

#[test]
fn faults_of_a_rule_file_name_their_line() {
    let check = |rules: &str, expected: &str| {
        let text = format!("groups:\n- name: a\n  rules:\n{rules}");
        let told: Vec<String> =
            read(&text).faults.iter().map(|fault| format!("{}: {}", fault.line, fault.problem)).collect();
        assert_eq!(told.join("\n"), expected, "{rules}");
    };
    check("  - alert: x", "4: the rule has no expr");
    check("  - expr: x", "4: the rule has neither alert nor record");
    check("  - alert: x\n    record: y\n    expr: x", "4: the rule has both alert and record");
    check(
        "  - alert: x\n    expr: sum(",
        "5: the expression cannot be read: 1:5: parse error: unclosed left parenthesis",
    );
    check("  - alert: x\n    expr: x > 1\n    fro: 5m", "6: `fro` is no key of a rule");
    check(
        "  - alert: x\n    expr: x > 1\n    for: 5",
        "6: for: `5` is no duration; write a number and a unit, such as 30s, 1h30m or 7d (ns, us, ms, s, m, h, d, w, y)",
    );
    check("  - record: 1x\n    expr: x", "4: `1x` is no name of a series");
    check("  - record: x\n    expr: x\n    for: 5m", "4: a recording rule has no for");
    check(
        "  - alert: x\n    expr: x > 1\n    labels: {\"a-b\": c}",
        "4: no label of a rule can be called `a-b`",
    );
    check(
        "  - alert: x\n    expr: x > 1\n    annotations: {a: \"{{ b }}\"}",
        "6: the template of `a` cannot be read: function \"b\" not defined",
    );
    check(
        "  - alert: x\n    expr: x > 1\n    labels: {severity: critical}",
        "4: rule `x`: a critical rule must say what, how_bad, do_now",
    );
    check("  - alert: x\n    expr: x > 1\n- name: a", "1: there are two groups `a`");
    let unreadable = read("groups: [");
    assert_eq!(unreadable.faults.len(), 1);
}
