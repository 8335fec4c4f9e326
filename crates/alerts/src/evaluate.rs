//! Evaluation: each group of rules at its interval, the first time at the start, never two times of one group at once.
//!
//! What a rule found becomes a [`Look`], which the machine keeps; what that changed is written to the logs and, as the
//! series `ALERTS`, to the metrics. A rule that cannot be evaluated leaves its alerts as they are and is an alert itself
//! (the built-in rule `rule_fails`).

mod absent;
mod ask;
mod book;
pub(crate) mod lines;
mod news;
mod plan;
mod record;
mod schedule;
mod told;
mod usual;

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::Timestamp;
use store::Clock;
use tokio::sync::Semaphore;

use crate::group::{Group, Item};
use crate::keep::Keep;
use crate::machine::Transition;
use crate::rule::{IssueRule, OwnRule, Source};
use crate::{Look, Senses};

pub(crate) use ask::{NEWS_MS, Seen, ask, is_about};
pub(crate) use book::Book;
pub use book::Evaluations;
pub(crate) use plan::{Plan, Until};
pub(crate) use record::{Kept, Recorder};
pub(crate) use schedule::Schedule;
pub(crate) use told::told;
pub(crate) use usual::{LIMIT, USUAL};

/// So many groups are evaluated at the same time: more would only wait for the same processors.
const AT_ONCE: usize = 4;
/// A look that takes longer is given up: the next ones would wait for it.
const LOOK_MAX: Duration = Duration::from_secs(30);

/// What evaluates rules. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Evaluator {
    pub(crate) senses: Arc<dyn Senses>,
    pub(crate) keep: Keep,
    pub(crate) book: Book,
    pub(crate) clock: Clock,
    pub(crate) public_url: Arc<str>,
    /// When evaluation began: before, nothing was looked at.
    pub(crate) since: Timestamp,
    places: Arc<Semaphore>,
}

impl Evaluator {
    pub(crate) fn new(
        senses: Arc<dyn Senses>,
        keep: Keep,
        book: Book,
        clock: Clock,
        public_url: &str,
    ) -> Self {
        let since = clock.now();
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Self { senses, keep, book, clock, public_url: public_url.into(), since, places }
    }

    /// One look of a group at all that it holds, in order. `None`: nobody evaluates any more.
    pub(crate) async fn group(&self, group: &mut Planned, at: Timestamp) -> Option<()> {
        let _place = self.places.acquire().await.ok()?;
        for item in &mut group.items {
            match item {
                PlannedItem::Alert(ready) => {
                    self.look(&ready.plan, &mut ready.kept, at).await;
                }
                PlannedItem::Record(recorder) => recorder.look(self, at).await,
            }
        }
        Some(())
    }

    /// One look of one rule; gives the turns that its alerts took.
    pub(crate) async fn look(&self, plan: &Plan, kept: &mut Kept, at: Timestamp) -> Vec<Transition> {
        let began = Instant::now();
        let found = match tokio::time::timeout(LOOK_MAX, self.find(plan, kept, at)).await {
            Ok(found) => found,
            Err(_) => Err(format!("it took longer than {} seconds", LOOK_MAX.as_secs())),
        };
        let fault = found.as_ref().err().cloned();
        let look = Look { rule: plan.rule.clone(), at_ms: at.millis(), is_drill: false, found };
        let (keep, now_ms) = (self.keep.clone(), self.clock.now().millis().max(at.millis()));
        let turns = tokio::task::spawn_blocking(move || keep.look(&look, now_ms)).await.unwrap_or_default();
        self.book.lines_dropped(lines::write(&*self.senses, &turns));
        kept.record(self, plan, at).await;
        self.book.looked(&plan.rule.name, at.millis(), began.elapsed(), fault);
        turns
    }

    /// What holds, and what became of the alerts that no longer do.
    async fn find(&self, plan: &Plan, kept: &mut Kept, at: Timestamp) -> Result<Vec<crate::Found>, String> {
        let asked = Timestamp::from_millis(at.millis().saturating_sub(plan.rule.query_offset_ms));
        let seen = match &plan.source {
            Source::Porthole(OwnRule::Rules) => self.book.failing(&plan.rule.name),
            Source::Issue(rule) if !matches!(rule, IssueRule::Rate { .. }) => {
                let since = kept.issues.since(&self.keep, &plan.rule.name, asked).await;
                let seen = ask::news(&*self.senses, rule, since, asked).await?;
                kept.issues.looked(&self.keep, &plan.rule.name, asked).await;
                seen
            }
            source => ask::ask(&*self.senses, source, asked).await?,
        };
        let (mut found, text_fault) = told(&*self.senses, plan, &seen, asked, &self.public_url).await?;
        self.book.text_fault(&plan.rule.name, text_fault);
        usual::add(&*self.senses, plan, asked, &mut found).await;
        absent::add(self, plan, kept, asked, &mut found).await;
        Ok(found)
    }
}

/// A group with its rules ready to be evaluated.
pub(crate) struct Planned {
    pub(crate) items: Vec<PlannedItem>,
}

pub(crate) enum PlannedItem {
    Alert(Box<Ready>),
    Record(Recorder),
}

/// A rule with what is remembered of it from one look to the next.
pub(crate) struct Ready {
    plan: Plan,
    kept: Kept,
}

impl Planned {
    pub(crate) fn of(group: &Group) -> Self {
        let items = group.items.iter().map(|item| match item {
            Item::Alert(rule) => {
                let ready = Ready { plan: Plan::of(rule.clone()), kept: Kept::default() };
                PlannedItem::Alert(Box::new(ready))
            }
            Item::Record(recording) => PlannedItem::Record(Recorder::of(recording.clone())),
        });
        Self { items: items.collect() }
    }

    /// Whether news of issues matter to it.
    pub(crate) fn hears_of_issues(&self) -> bool {
        self.items.iter().any(|item| match item {
            PlannedItem::Alert(ready) => matches!(ready.plan.source, Source::Issue(_)),
            PlannedItem::Record(_) => false,
        })
    }
}

#[cfg(test)]
mod tests;
