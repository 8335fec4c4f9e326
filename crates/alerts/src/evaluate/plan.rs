//! A rule made ready: its templates read, its other expressions derived.

use std::sync::Arc;

use crate::rule::text::Text;
use crate::rule::{Comparison, Resolve, Rule, Source};

/// A rule that is ready to be evaluated.
pub(crate) struct Plan {
    pub(crate) rule: Arc<Rule>,
    /// What is asked: a probe is a query.
    pub(crate) source: Source,
    pub(crate) comparison: Option<Comparison>,
    pub(crate) until: Until,
    pub(crate) texts: Texts,
}

/// What decides that an alert is over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Until {
    /// Its condition no longer holds.
    NoLonger,
    /// This no longer gives its labels.
    While(Source),
    /// This gives its labels.
    Gives(Source),
}

/// The templates of a rule.
pub(crate) struct Texts {
    pub(crate) labels: Vec<(String, Text)>,
    pub(crate) what: Text,
    pub(crate) how_bad: Text,
    pub(crate) do_now: Text,
    pub(crate) runbook: Option<Text>,
    pub(crate) annotations: Vec<(String, Text)>,
}

impl Plan {
    pub(crate) fn of(rule: Arc<Rule>) -> Self {
        let source = match &rule.source {
            Source::Probe(name) => {
                Source::Promql(format!("probe_success{{probe={}}} < 1", syntax::text::write(name)))
            }
            source => source.clone(),
        };
        let comparison = Comparison::of(&source);
        let until = until(&rule, &source);
        let texts = Texts::of(&rule);
        Self { rule, source, comparison, until, texts }
    }

    /// The query without its comparison: whether anything is measured at all. Lines that are not there are none, so of
    /// LogQL there is nothing to ask.
    pub(crate) fn measured(&self) -> Option<Source> {
        let Source::Promql(_) = self.source else { return None };
        self.comparison.as_ref().map(|comparison| Source::Promql(comparison.left.clone()))
    }
}

fn until(rule: &Rule, source: &Source) -> Until {
    let with = |text: String| match source {
        Source::Logql(_) => Source::Logql(text),
        _ => Source::Promql(text),
    };
    match &rule.resolve {
        None => Until::NoLonger,
        Some(Resolve::Threshold(number)) => {
            Comparison::with_number(source, *number).map_or(Until::NoLonger, |text| Until::While(with(text)))
        }
        Some(Resolve::Expr(text)) => Until::Gives(with(text.clone())),
    }
}

impl Texts {
    fn of(rule: &Rule) -> Self {
        let all = |texts: &std::collections::BTreeMap<String, String>| {
            texts.iter().map(|(name, text)| (name.clone(), read(name, text))).collect()
        };
        Self {
            labels: all(&rule.labels),
            what: read("what", &rule.card.what),
            how_bad: read("how_bad", &rule.card.how_bad),
            do_now: read("do_now", &rule.card.do_now),
            runbook: rule.card.runbook.as_deref().map(|text| read("runbook", text)),
            annotations: all(&rule.annotations),
        }
    }
}

/// Templates were read once when the rule was; should one fail now, it is told as it is written.
fn read(name: &str, text: &str) -> Text {
    Text::parse(name, text).unwrap_or_else(|_| Text::plain(text))
}
