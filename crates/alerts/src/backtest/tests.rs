use super::*;
use crate::senses::IssueTurn;
use crate::testing::{Scripted, news};

const HOUR_MS: i64 = 3_600_000;

fn rule(keys: &str) -> Arc<Rule> {
    let (rule, _) =
        Rule::from_toml(&format!("[[alerts.rule]]\nname = \"r\"\ntier = \"low\"\n{keys}")).expect("a rule");
    Arc::new(rule)
}

async fn tried(senses: &Scripted, keys: &str, days: u32) -> Backtest {
    let now = Timestamp::from_millis(10 * DAY_MS);
    backtest(senses, rule(keys), crate::config::Policy::default().flapping, now, days)
        .await
        .expect("it can be tried")
}

#[tokio::test]
async fn a_rule_is_tried_on_the_past() {
    let senses = Scripted::default();
    // Ten minutes at the begin of each day, and half a minute at its noon.
    let x = |at: i64| {
        Some(if at % DAY_MS < 600_000 {
            20.0
        } else if at % DAY_MS / 30_000 == 1440 {
            15.0
        } else {
            1.0
        })
    };
    senses.with(|script| {
        script.ranges.insert("x > 10".to_owned(), |at| {
            let is_high = at % DAY_MS < 600_000 || at % DAY_MS / 30_000 == 1440;
            is_high.then_some(if at % DAY_MS < 600_000 { 20.0 } else { 15.0 })
        });
        script.ranges.insert("x".to_owned(), x);
    });
    let check = async |keys: &str, expected: &[(i64, i64)]| {
        let tried = tried(&senses, &format!("expr = \"x > 10\"\n{keys}"), 3).await;
        let fired: Vec<(i64, i64)> = tried
            .fired
            .iter()
            .map(|fired| (fired.from_ms % DAY_MS / 1000, (fired.to_ms - fired.from_ms) / 1000))
            .collect();
        assert_eq!(fired, expected, "{keys}");
        assert_eq!(tried.threshold, Some(10.0));
        assert!(tried.values.len() <= 601, "{}", tried.values.len());
        assert_eq!(tried.values.iter().flatten().copied().fold(0.0, f64::max), 20.0);
        assert!(tried.fired.iter().all(|fired| fired.labels.get("service") == Some("web")));
    };
    let noon = 43_200;
    // The last instant is the begin of a day: it fires there, and nobody knows how long.
    check("interval = \"30s\"", &[(0, 600), (noon, 30), (0, 600), (noon, 30), (0, 600), (noon, 30), (0, 0)])
        .await;
    check("interval = \"30s\"\nfor = \"1m\"", &[(60, 540), (60, 540), (60, 540)]).await;
    check("interval = \"30s\"\nfor = \"1m\"\nkeep_firing_for = \"5m\"", &[(60, 840), (60, 840), (60, 840)])
        .await;
}

#[tokio::test]
async fn what_was_not_seen_is_said() {
    let senses = Scripted::default();
    let week = tried(&senses, "expr = \"x > 10\"\ninterval = \"15s\"", 7).await;
    assert_eq!(week.notes, ["it was tried every 55s; what is shorter was not seen"]);
    assert!(week.fired.is_empty());
    let rate = tried(&senses, "issue = \"rate\"\nabove = 1", 7).await;
    assert_eq!(rate.notes, ["what this rule looks at is not kept, so it cannot be tried on the past"]);
    senses.with(|script| {
        script.news = vec![news(IssueTurn::New, 9 * DAY_MS), news(IssueTurn::Regressed, 9 * DAY_MS)];
    });
    let new = tried(&senses, "issue = \"new\"\nkeep_firing_for = \"1h\"", 7).await;
    let fired: Vec<i64> = new.fired.iter().map(|fired| fired.to_ms - fired.from_ms).collect();
    assert_eq!(fired, [HOUR_MS + NEWS_MS]);
}
