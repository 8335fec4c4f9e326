//! What a rule's source gives at one instant.

use model::{Labels, Timestamp};

use crate::rule::{IssueRule, Source};
use crate::senses::{IssueNews, IssueTurn, ReleaseRate, Senses};

/// News of an issue hold for so long: some looks may be missed. How long the alert goes on says `keep_firing_for`.
pub(crate) const NEWS_MS: i64 = 60_000;
/// A title that is longer is cut: it is in every message.
const TITLE_CHARS_MAX: usize = 200;

/// One thing that holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) labels: Labels,
    pub(crate) value: f64,
    /// What texts may say besides: it changes, so that it cannot be a label.
    pub(crate) facts: Vec<(&'static str, String)>,
}

/// Asks. An error is a sentence for people.
pub(crate) async fn ask(senses: &dyn Senses, source: &Source, at: Timestamp) -> Result<Vec<Seen>, String> {
    match source {
        Source::Promql(expr) => Ok(of_series(senses.promql(expr, at).await?)),
        Source::Logql(expr) => Ok(of_series(senses.logql(expr, at).await?)),
        Source::Issue(IssueRule::Rate { above, within_ms }) => {
            let since = Timestamp::from_millis(at.millis() - within_ms);
            let rates = senses.release_rates(since, at).await?;
            Ok(rates.iter().filter(|rate| rate.events as f64 > *above).map(of_rate).collect())
        }
        Source::Issue(rule) => news(senses, rule, Timestamp::from_millis(at.millis() - NEWS_MS), at).await,
        Source::Probe(_) | Source::Porthole(_) => Ok(Vec::new()),
    }
}

/// What happened to issues since then, as far as a rule is about it.
pub(crate) async fn news(
    senses: &dyn Senses,
    rule: &IssueRule,
    since: Timestamp,
    at: Timestamp,
) -> Result<Vec<Seen>, String> {
    let news = senses.issues(since, at).await?;
    let fits = |news: &&IssueNews| is_about(rule, news.turn) && news.is_open;
    Ok(news.iter().filter(fits).map(of_news).collect())
}

/// Whether a rule is about such news.
pub(crate) fn is_about(rule: &IssueRule, turn: IssueTurn) -> bool {
    matches!(
        (rule, turn),
        (IssueRule::New, IssueTurn::New)
            | (IssueRule::Regressed, IssueTurn::Regressed)
            | (IssueRule::Escalating, IssueTurn::Escalating)
    )
}

fn of_series(series: Vec<(Labels, f64)>) -> Vec<Seen> {
    let seen = series.into_iter().map(|(labels, value)| Seen {
        labels: labels.filter(|name| name != "__name__"),
        value,
        facts: Vec::new(),
    });
    seen.collect()
}

/// An issue is the same alert however often it comes and wherever: what changes is no label.
pub(crate) fn of_news(news: &IssueNews) -> Seen {
    let title: String = news.title.chars().take(TITLE_CHARS_MAX).collect();
    let labels = [
        ("issue", news.short_id.as_str()),
        ("project", &news.project),
        ("service", news.service.as_deref().unwrap_or_default()),
    ];
    Seen {
        labels: Labels::from_pairs(labels),
        value: news.events as f64,
        facts: vec![
            ("title", title),
            ("events", news.events.to_string()),
            ("users", news.users.to_string()),
            ("message", news.message.clone()),
            ("culprit", news.culprit.clone()),
            ("level", news.level.clone()),
            ("release", news.release.clone().unwrap_or_default()),
            ("environment", news.environment.clone().unwrap_or_default()),
        ],
    }
}

fn of_rate(rate: &ReleaseRate) -> Seen {
    let labels = [
        ("project", rate.project.as_str()),
        ("service", rate.service.as_deref().unwrap_or_default()),
        ("release", &rate.release),
        ("environment", rate.environment.as_deref().unwrap_or_default()),
    ];
    Seen { labels: Labels::from_pairs(labels), value: rate.events as f64, facts: Vec::new() }
}
