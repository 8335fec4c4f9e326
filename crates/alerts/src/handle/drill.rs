//! A fire drill of a rule: its alert as it would be, through the real path, told as a test, and over after a minute.

use std::sync::Arc;
use std::time::Duration;

use model::{Labels, Timestamp};

use super::{Alerts, Shared};
use crate::Look;
use crate::evaluate::{Plan, Seen, ask, told};
use crate::rule::Rule;

/// So long a drill goes on.
const DRILL: Duration = Duration::from_secs(60);

impl Alerts {
    /// Plays the alert of a rule; gives what is told now. To be called within the runtime.
    pub async fn drill(&self, name: &str, by: &str) -> Result<String, String> {
        let rule = self.0.rules().rule(name).cloned();
        let rule = rule.ok_or_else(|| format!("there is no rule `{name}`, or it is turned off"))?;
        tracing::info!(rule = name, by, "fire drill");
        let plan = Plan::of(at_once(&rule));
        let now = self.0.clock.now();
        let seen = example(&self.0, &plan, now).await;
        let public_url = self.0.rules().config.public_url.clone();
        let (found, _) = told(&*self.0.senses, &plan, &[seen], now, &public_url).await?;
        let what = found.first().map(|found| found.card.what.clone()).unwrap_or_default();
        look(&self.0, plan.rule.clone(), found).await;
        let shared = self.0.clone();
        tokio::spawn(async move {
            tokio::time::sleep(DRILL).await;
            look(&shared, plan.rule, Vec::new()).await;
        });
        Ok(format!("it fires as a drill for a minute: {what}"))
    }

    /// Ends drills that the last end of the process cut off.
    pub(crate) async fn end_drills(&self) {
        let names: std::collections::BTreeSet<String> =
            self.alerts().into_iter().filter(|alert| alert.is_drill).map(|alert| alert.rule).collect();
        for name in names {
            let rule = self.0.rules().rule(&name).cloned();
            if let Some(rule) = rule {
                look(&self.0, at_once(&rule), Vec::new()).await;
            }
        }
    }
}

/// The rule without patience.
fn at_once(rule: &Arc<Rule>) -> Arc<Rule> {
    Arc::new(Rule {
        for_ms: 0,
        keep_firing_for_ms: 0,
        group_wait_ms: Some(0),
        limit: None,
        ..Rule::clone(rule)
    })
}

/// Something that it could be about: what it measures now, if it measures anything.
async fn example(shared: &Shared, plan: &Plan, at: Timestamp) -> Seen {
    let limit = plan.comparison.as_ref().map_or(1.0, |comparison| comparison.number);
    let measured = match plan.measured() {
        Some(source) => ask(&*shared.senses, &source, at).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let labels = measured.into_iter().next().map_or_else(Labels::default, |seen| seen.labels);
    Seen { labels, value: limit, facts: Vec::new() }
}

async fn look(shared: &Arc<Shared>, rule: Arc<Rule>, found: Vec<crate::Found>) {
    let now_ms = shared.now_ms();
    let look = Look { rule, at_ms: now_ms, is_drill: true, found: Ok(found) };
    let keep = shared.keep.clone();
    let turns = tokio::task::spawn_blocking(move || keep.look(&look, now_ms)).await.unwrap_or_default();
    shared.write_lines(&turns);
}
