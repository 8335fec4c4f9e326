//! Reads a rule of the settings: `[[alerts.rule]]`, `[alerts.builtin.<name>]`, and what the page saves. All faults at once.

pub(super) mod card;
pub(super) mod expression;

use std::collections::BTreeMap;
use std::time::Duration;

use settings::Section;

use super::{Card, Comparison, IssueRule, OwnRule, Place, Resolve, Rule, Source, Warning};
use crate::Tier;
use crate::machine::Layer;

/// More often no rule is evaluated.
const INTERVAL_MIN: Duration = Duration::from_secs(1);
/// A rule that is looked at more seldom finds nothing in time.
const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3600);
/// A name is a label's value and a part of addresses.
const NAME_CHARS_MAX: usize = 120;
/// Of the rate of a release, where it is not written.
const RATE_WITHIN_MS: i64 = 600_000;

const ISSUE_WORDS: [(&str, IssueRule); 4] = [
    ("new", IssueRule::New),
    ("regressed", IssueRule::Regressed),
    ("escalating", IssueRule::Escalating),
    ("rate", IssueRule::Rate { above: 0.0, within_ms: RATE_WITHIN_MS }),
];

/// What holds where a rule does not say it.
#[derive(Clone, Debug)]
pub(crate) struct Usual {
    /// How often rules are evaluated.
    pub(crate) interval_ms: i64,
}

impl Default for Usual {
    fn default() -> Self {
        Self { interval_ms: 15_000 }
    }
}

/// What a section says of a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Says<'r> {
    /// All of it.
    Whole,
    /// All but the name, which is the section's own.
    Named(&'r str),
    /// What is otherwise than in this rule.
    Change(&'r Rule),
}

/// Reads one rule. `None` where so much is wrong that there is no rule; every fault is recorded.
pub(crate) fn read(
    section: &Section<'_>,
    says: Says<'_>,
    place: Place,
    usual: &Usual,
    warnings: &mut Vec<Warning>,
) -> Option<Rule> {
    let mut rule = match says {
        Says::Whole => begin(section, name(section), place, usual)?,
        Says::Named(name) => begin(section, Some(name.to_owned()), place, usual)?,
        Says::Change(rule) => changed(section, rule)?,
    };
    times(section, &mut rule);
    if let Some(tier) = section.choice("tier", &Tier::WORDS) {
        rule.tier = tier;
    }
    rule.layer = section.choice("layer", &Layer::WORDS).or(rule.layer);
    rule.limit = section.integer("limit", 1..=10_000).map(|limit| limit as usize).or(rule.limit);
    threshold(section, &mut rule);
    resolve(section, &mut rule);
    if section.is_set("usual") {
        rule.usual = section.with("usual", |text| expression::promql(text).map(|()| text.to_owned()));
    }
    card::read(section, &mut rule, warnings);
    expression::warn(&rule, warnings);
    Some(rule)
}

/// Without name and source there is no rule.
fn begin(section: &Section<'_>, name: Option<String>, place: Place, usual: &Usual) -> Option<Rule> {
    let source = source(section);
    let (name, source) = (name?, source?);
    let layer = matches!(source, Source::Probe(_)).then_some(Layer::Probe);
    Some(Rule {
        alertname: name.clone(),
        name,
        place,
        group: None,
        source,
        tier: Tier::Medium,
        for_ms: 0,
        keep_firing_for_ms: 0,
        interval_ms: usual.interval_ms,
        query_offset_ms: 0,
        limit: None,
        group_wait_ms: None,
        layer,
        usual: None,
        resolve: None,
        labels: BTreeMap::new(),
        card: Card::default(),
        annotations: BTreeMap::new(),
    })
}

/// A built-in rule with another source of the same kind, if one is written.
fn changed(section: &Section<'_>, base: &Rule) -> Option<Rule> {
    let mut rule = base.clone();
    let is_query = matches!(base.source, Source::Promql(_) | Source::Logql(_));
    for key in ["expr", "logql", "issue", "probe", "porthole", "name"] {
        if !section.is_set(key) {
            continue;
        }
        if key == base.source.key() && is_query {
            rule.source = source_of(section, key)?;
            continue;
        }
        section.know(key);
        let instead = "turn the rule off with enabled = false, and write an [[alerts.rule]] of your own";
        section.fault(key, "a built-in rule looks at what it looks at", instead);
        return None;
    }
    if let Source::Issue(IssueRule::Rate { above, within_ms }) = &mut rule.source {
        *above = section.number("above").unwrap_or(*above);
        *within_ms = within(section).unwrap_or(*within_ms);
    }
    Some(rule)
}

fn name(section: &Section<'_>) -> Option<String> {
    let Some(name) = section.string("name") else {
        if !section.is_set("name") {
            section.fault("name", "is missing", "write a name such as name = \"checkout is slow\"");
        }
        return None;
    };
    let problem = match name.trim() {
        "" => "is empty",
        trimmed if trimmed != name => "begins or ends with a space",
        _ if name.chars().any(char::is_control) => "has a line break or a control character",
        _ if name.chars().count() > NAME_CHARS_MAX => "is longer than 120 characters",
        _ => return Some(name),
    };
    section.fault("name", problem, "write a name such as name = \"checkout is slow\"");
    None
}

fn source(section: &Section<'_>) -> Option<Source> {
    let keys = ["expr", "logql", "issue", "probe", "porthole"];
    keys.iter().for_each(|key| section.know(key));
    let set: Vec<&str> = keys.into_iter().filter(|key| section.is_set(key)).collect();
    match set.as_slice() {
        [key] => source_of(section, key),
        [] => {
            let instead = "write one of expr (PromQL), logql, issue or probe";
            section.fault("", "the rule looks at nothing", instead);
            None
        }
        [_, second, ..] => {
            section.fault(second, format!("is set beside {}", set[0]), "keep one of the two");
            None
        }
    }
}

fn source_of(section: &Section<'_>, key: &str) -> Option<Source> {
    match key {
        "expr" => {
            section.with(key, |text| expression::promql(text).map(|()| Source::Promql(text.to_owned())))
        }
        "logql" => section.with(key, |text| expression::logql(text).map(|()| Source::Logql(text.to_owned()))),
        "probe" => section.string(key).map(Source::Probe),
        "porthole" => section.choice(key, &[("rules", Source::Porthole(OwnRule::Rules))]),
        _ => {
            let issue = section.choice(key, &ISSUE_WORDS)?;
            Some(Source::Issue(rate(section, issue)?))
        }
    }
}

/// `above` and `within` of the rate of a release.
fn rate(section: &Section<'_>, issue: IssueRule) -> Option<IssueRule> {
    let IssueRule::Rate { within_ms, .. } = issue else { return Some(issue) };
    let within_ms = within(section).unwrap_or(within_ms);
    let Some(above) = section.number("above") else {
        if !section.is_set("above") {
            section.fault(
                "above",
                "is missing",
                "write how many events of one release are too many: above = 50",
            );
        }
        return None;
    };
    Some(IssueRule::Rate { above, within_ms })
}

fn within(section: &Section<'_>) -> Option<i64> {
    section.duration("within").map(|within| millis(within).max(60_000))
}

fn times(section: &Section<'_>, rule: &mut Rule) {
    let read = |key: &str, value: &mut i64| {
        if let Some(duration) = section.duration(key) {
            *value = millis(duration);
        }
    };
    read("for", &mut rule.for_ms);
    read("keep_firing_for", &mut rule.keep_firing_for_ms);
    read("query_offset", &mut rule.query_offset_ms);
    rule.group_wait_ms = section.duration("group_wait").map(millis).or(rule.group_wait_ms);
    if let Some(interval) = interval(section, "interval") {
        rule.interval_ms = interval;
    }
}

/// How often something is evaluated, in milliseconds.
pub(crate) fn interval(section: &Section<'_>, key: &str) -> Option<i64> {
    let interval = section.duration(key)?;
    if (INTERVAL_MIN..=INTERVAL_MAX).contains(&interval) {
        return Some(millis(interval));
    }
    let problem = if interval < INTERVAL_MIN { "too often" } else { "too seldom" };
    section.fault(key, problem, "write a duration from 1s to 1d");
    None
}

/// `threshold`: another number in the expression's comparison.
fn threshold(section: &Section<'_>, rule: &mut Rule) {
    let Some(number) = section.number("threshold") else { return };
    let Some(text) = Comparison::with_number(&rule.source, number) else {
        let instead = "write the number into the expression";
        return section.fault("threshold", "the expression has no comparison with a number", instead);
    };
    match &mut rule.source {
        Source::Promql(expr) | Source::Logql(expr) => *expr = text,
        Source::Issue(_) | Source::Probe(_) | Source::Porthole(_) => {}
    }
}

/// `resolve` and `resolve_expr`
fn resolve(section: &Section<'_>, rule: &mut Rule) {
    if section.is_set("resolve") && section.is_set("resolve_expr") {
        section.know("resolve");
        section.know("resolve_expr");
        return section.fault("resolve_expr", "is set beside resolve", "keep one of the two");
    }
    if let Some(number) = section.number("resolve") {
        let Some(comparison) = Comparison::of(&rule.source) else {
            let instead = "write resolve_expr = \"…\": the alert is over once that gives its labels";
            return section.fault("resolve", "the expression has no comparison with a number", instead);
        };
        let is_wider = match comparison.op {
            ">" | ">=" => number <= comparison.number,
            "<" | "<=" => number >= comparison.number,
            _ => false,
        };
        if !is_wider {
            let problem = format!("an alert that begins at {comparison} would be over before it begins");
            return section.fault("resolve", problem, "write a number on the other side of the threshold");
        }
        rule.resolve = Some(Resolve::Threshold(number));
    }
    let is_logql = matches!(rule.source, Source::Logql(_));
    let parse = |text: &str| if is_logql { expression::logql(text) } else { expression::promql(text) };
    if let Some(text) = section.with("resolve_expr", |text| parse(text).map(|()| text.to_owned())) {
        match rule.source {
            Source::Promql(_) | Source::Logql(_) => rule.resolve = Some(Resolve::Expr(text)),
            Source::Issue(_) | Source::Probe(_) | Source::Porthole(_) => {
                section.fault("resolve_expr", "only rules with expr or logql have one", "leave it out");
            }
        }
    }
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
