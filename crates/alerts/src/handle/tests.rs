use std::sync::Arc;
use std::time::Duration;

use settings::Tree;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::shown::State;
use crate::testing::{Scripted, news};
use crate::{IssueTurn, open};

/// Alerts that run, with scripted engines.
struct Running {
    alerts: Alerts,
    senses: Arc<Scripted>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    fn start(settings: &str, folder: &Path) -> Self {
        let tree = Tree::parse("p.toml", settings, []);
        let config = Config::read(&tree.root());
        let senses = Arc::new(Scripted::default());
        let (alerts, running) =
            open(config, &folder.join("alerts.db"), senses.clone(), Clock::system()).expect("a new file");
        let stop = CancellationToken::new();
        let task = tokio::spawn(running.run(stop.clone()));
        Self { alerts, senses, stop, task }
    }

    /// Waits until the alerts are so.
    async fn until(&self, what: &str, is_so: impl Fn(&[Alert]) -> bool) {
        let mut changed = self.alerts.changed();
        let reached = async {
            while !is_so(&self.alerts.alerts()) {
                let _ = tokio::time::timeout(Duration::from_millis(200), changed.changed()).await;
            }
        };
        let reached = tokio::time::timeout(Duration::from_secs(20), reached).await;
        assert!(reached.is_ok(), "{what}: {:?}", self.alerts.alerts());
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.expect("it ends");
    }
}

const NONE_BUILT_IN: &str = "[alerts]\nbuiltin_rules = false\ninterval = \"1s\"\n";
const RULE: &str = "[[alerts.rule]]\nname = \"p\"\nexpr = \"x > 1\"\ntier = \"low\"\ninterval = \"1s\"\n";

fn is(state: State) -> impl Fn(&[Alert]) -> bool {
    move |alerts| alerts.iter().any(|alert| alert.state == state)
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_the_page_are_evaluated_and_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start(NONE_BUILT_IN, folder.path());
    running.senses.give("x > 1", &[(r#"{service="web"}"#, 5.0)]);
    assert_eq!(running.alerts.save(RULE, "ann"), Ok(("p".to_owned(), Vec::new())));
    running.until("the new rule fires", is(State::Firing)).await;
    let mut rules = running.alerts.rules();
    rules.retain(|status| !status.is_off);
    let [status] = rules.try_into().expect("one rule");
    assert_eq!((status.toml.as_str(), status.fault), (RULE, None));
    running.end().await;

    let running = Running::start(NONE_BUILT_IN, folder.path());
    assert!(is(State::Firing)(&running.alerts.alerts()), "it was not forgotten");
    assert_eq!(running.alerts.remove("p", "ann"), Ok(true));
    assert_eq!(running.alerts.remove("p", "ann"), Ok(false));
    running.until("a removed rule's alerts end", |alerts| !is(State::Firing)(alerts)).await;
    assert!(running.alerts.rules().iter().all(|status| status.is_off));
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_saves_passes_the_same_checks() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start("", folder.path());
    let check = |text: &str, expected: &str| {
        let told = running.alerts.save(text, "ann").map(|(name, _)| name).map_err(|faults| faults.join("\n"));
        assert_eq!(told, Err(expected.to_owned()), "{text}");
    };
    check(
        "[[alerts.rule]]\nname = \"p\"\nexpr = \"x >\"",
        "rule:3:8: alerts.rule[0].expr: 1:4: parse error: unexpected end of input in query, expected an expression",
    );
    check(
        "[[alerts.rule]]\nname = \"p\"\nexpr = \"x > 1\"\ntier = \"high\"",
        "rule:1:1: alerts.rule[0].what: rule `p`: a high rule must say what, how_bad, do_now; write what broke, how bad it is and what to do now, or a lower tier",
    );
    check(
        "[[alerts.rule]]\nname = \"disk_full\"\nexpr = \"x > 1\"\ntier = \"low\"",
        "there is a rule `disk_full` already (built in); write another name",
    );
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_goes_the_way_of_all_alerts_and_news_are_looked_at_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = format!(
        "{NONE_BUILT_IN}{}[[alerts.rule]]\nname = \"n\"\nissue = \"new\"\ntier = \"low\"\ninterval = \"1h\"\n",
        RULE.replace("for = \"0s\"", "for = \"1h\"")
    );
    let running = Running::start(&settings, folder.path());
    running.senses.give("x", &[(r#"{service="web"}"#, 0.5)]);
    let told = running.alerts.drill("p", "ann").await;
    assert_eq!(told.as_deref(), Ok("it fires as a drill for a minute: p: service web"));
    let alerts = running.alerts.alerts();
    assert!(alerts.iter().any(|alert| alert.is_drill && alert.state == State::Firing), "{alerts:?}");
    assert!(running.alerts.drill("q", "ann").await.is_err());
    // Both groups were looked at once; the next look of the rule about issues would come in an hour.
    running.until("both were looked at", |_| running.alerts.status().evaluations.done >= 2).await;
    let one = news(IssueTurn::New, Clock::system().now().millis());
    running.senses.with(|script| script.news.push(one.clone()));
    running
        .until("the news was heard", |alerts| {
            running.alerts.heard(one.clone());
            alerts.iter().any(|alert| alert.rule == "n")
        })
        .await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_cannot_be_evaluated_becomes_an_alert() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "[alerts]\nbuiltin_rules = false\n[alerts.builtin.rule_fails]\nenabled = true\nfor = \"0s\"\ninterval = \"1s\"\n";
    let running = Running::start(&format!("{settings}{RULE}"), folder.path());
    running.senses.with(|script| script.instants.insert("x > 1".to_owned(), Err("no such store".to_owned())));
    let failing = |alerts: &[Alert]| {
        alerts.iter().any(|alert| {
            alert.rule == "rule_fails"
                && alert.labels.get("rule") == Some("p")
                && alert.card.how_bad.contains("no such store")
        })
    };
    running.until("the rule's fault is an alert", failing).await;
    assert_eq!(running.alerts.status().rules_failing, 1);
    running.end().await;
}
