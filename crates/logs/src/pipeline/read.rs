//! Rules and stages from the settings. A faulty stage is recorded and left out; its rule goes with it, since the
//! stages after it rely on it.

use logql::{Expr, LogQuery};
use model::go_regex;
use regex::{Regex, RegexBuilder};
use settings::Section;

use super::stage::{STAGES, Stage};
use super::{Meant, Rule};

/// Larger compiled expressions are refused.
const REGEX_BYTES_MAX: usize = 4 << 20;

/// Stages that Promtail has and that are done elsewhere, or not at all.
const ELSEWHERE: [(&str, &str); 6] = [
    ("tenant", "there is one tenant; leave it out"),
    (
        "multiline",
        "lines are joined by themselves; write the container's label porthole.logs.multiline instead",
    ),
    ("docker", "Docker's own form is taken apart already; leave it out"),
    ("cri", "Docker's own form is taken apart already; leave it out"),
    ("metrics", "lines are counted by queries; write an alert rule or a panel with LogQL"),
    ("geoip", "places of addresses are not known here; leave it out"),
];

/// One `[[logs.pipeline]]`.
pub(super) fn rule(section: &Section<'_>) -> Option<Rule> {
    let meant = if section.is_set("match") { section.with("match", meant) } else { Some(Meant::default()) };
    let stages =
        if section.is_set("stages") { list(section) } else { stage(section).map(|stage| vec![stage]) };
    let (meant, stages) = (meant?, stages?);
    let drops_all = stages.iter().any(|stage| matches!(stage, Stage::Drop(drop) if drop.takes_all()));
    if drops_all && !section.is_set("match") {
        let instead = "write `match`, or one of source, expression, older_than, longer_than";
        section.fault("drop", "no condition: all lines would be dropped", instead);
        return None;
    }
    Some(Rule { meant, stages })
}

/// `stages = [{ … }, { … }]`, and no stage beside them.
fn list(section: &Section<'_>) -> Option<Vec<Stage>> {
    let sections = section.sections("stages");
    let stages: Vec<Stage> = sections.iter().filter_map(stage).collect();
    let mut is_whole = stages.len() == sections.len();
    for (key, _) in STAGES.iter().filter(|(key, _)| section.is_set(key)) {
        section.know(key);
        section.fault(key, "this rule has `stages` too", "write it as one of the stages");
        is_whole = false;
    }
    is_whole.then_some(stages)
}

/// The one stage that a table holds.
fn stage(section: &Section<'_>) -> Option<Stage> {
    for (key, instead) in ELSEWHERE {
        if section.is_set(key) {
            section.fault(key, "there is no such stage", instead);
            section.know(key);
            return None;
        }
    }
    for (key, _) in STAGES {
        section.know(key);
    }
    let mut stages = STAGES.iter().filter(|(key, _)| section.is_set(key));
    let Some((key, read)) = stages.next() else {
        let names: Vec<&str> = STAGES.iter().map(|(key, _)| *key).collect();
        section.fault("", "nothing is done here", format!("write one of {}", names.join(", ")));
        return None;
    };
    if let Some((second, _)) = stages.next() {
        let instead = "write stages = [{ … }, { … }], one stage in each";
        section.fault(second, "a second stage in one table", instead);
        return None;
    }
    read(section, key)
}

fn meant(text: &str) -> Result<Meant, String> {
    let example = r#"write a selector and line filters, such as {service="web"} |= "GET""#;
    let Expr::Log(mut log) = logql::parse(text).map_err(|error| format!("{error}; {example}"))? else {
        return Err(format!("numbers, not lines; {example}"));
    };
    if log.stages.iter().any(|stage| !matches!(stage.node, logql::ast::Stage::Line(_))) {
        return Err(format!("more than a selector and line filters; {example}"));
    }
    let selector = std::mem::take(&mut log.selector.node);
    let filters = match log.stages.is_empty() {
        true => None,
        false => Some(LogQuery::new(&log).map_err(|error| error.to_string())?),
    };
    Ok(Meant { selector, filters })
}

/// A regular expression in Go's dialect. What is missing is a fault too.
pub(super) fn expression(section: &Section<'_>, key: &str) -> Option<Regex> {
    if !section.is_set(key) {
        section.fault(key, "it is missing", "write a regular expression in single quotes");
        return None;
    }
    section.with(key, |text| {
        RegexBuilder::new(&go_regex::translate(text)).size_limit(REGEX_BYTES_MAX).build().map_err(|error| {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("no regular expression: {reason}; write one in Go's syntax")
        })
    })
}

/// Names and texts that people choose, as `{ user = "user.id" }`. None at all is a fault.
pub(super) fn pairs(section: &Section<'_>, example: &str) -> Option<Vec<(String, String)>> {
    let keys = section.keys();
    if keys.is_empty() {
        section.fault("", "nothing is written here", format!("write names and values, such as {example}"));
        return None;
    }
    let pairs: Vec<(String, String)> =
        keys.iter().filter_map(|key| section.string(key).map(|value| (key.clone(), value))).collect();
    (pairs.len() == keys.len()).then_some(pairs)
}

/// A text that must be there.
pub(super) fn needed(section: &Section<'_>, key: &str, instead: &str) -> Option<String> {
    if !section.is_set(key) {
        section.fault(key, "it is missing", instead);
    }
    section.string(key)
}
