use super::*;

const MINUTE: i64 = 60_000;

fn week() -> Vec<Week> {
    let one = |rule: &str, acknowledged: Option<i64>, recovered: Option<i64>, messages| Week {
        rule: rule.to_owned(),
        tier: Tier::High,
        was_told: messages > 0,
        acknowledged_ms: acknowledged.map(|minutes| minutes * MINUTE),
        recovered_ms: recovered.map(|minutes| minutes * MINUTE),
        was_silenced: false,
        messages,
    };
    vec![
        one("slow", None, Some(5), 2),
        one("slow", None, Some(7), 4),
        one("dead", Some(3), Some(60), 3),
        one("dead", Some(9), None, 1),
        Week { was_silenced: true, ..one("disk", None, Some(30), 1) },
        one("quiet", None, Some(1), 0),
    ]
}

#[test]
fn it_tells_what_nobody_acted_on_and_how_long_it_took() {
    let report = report(0, &week());
    let rows: Vec<_> = report
        .rules
        .iter()
        .map(|row| (row.rule.as_str(), row.counts.fired, row.counts.ignored, row.counts.messages))
        .collect();
    assert_eq!(rows, [("slow", 2, 2, 6), ("dead", 2, 0, 4), ("disk", 1, 0, 1), ("quiet", 1, 0, 0)]);
    assert_eq!(report.all.acknowledged_ms, Some(3 * MINUTE));
    assert_eq!(report.all.recovered_ms, Some(7 * MINUTE));
    let message = message(&report, 0);
    assert_eq!(message.what, "The week's alerts: 6 fired, 2 of them nobody acted on");
    let lines: Vec<&str> = message.notes.iter().flat_map(|note| &note.lines).map(String::as_str).collect();
    assert_eq!(
        lines,
        [
            "slow: 2 of 2",
            "slow: 6 messages, fired 2 times",
            "dead: 4 messages, fired 2 times",
            "disk: 1 messages, fired 1 times",
            "until somebody had it: 3 min (half of them)",
            "until it was over: 7 min (half of them)",
        ]
    );
}

#[test]
fn a_quiet_week_is_one_line() {
    let message = message(&report(0, &[]), 0);
    assert_eq!((message.what.as_str(), message.do_now.as_str()), ("A quiet week: nothing fired", ""));
}
