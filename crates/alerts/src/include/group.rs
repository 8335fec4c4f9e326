//! One group of a rule file, and its rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::parse_duration;
use route::node::Node;

use super::{File, line_of, told};
use crate::group::{Group, Item, Recording};
use crate::rule::{Place, Rule, Source, Usual, card_fault, check_promql, is_label, millis, warn_of_card};

const GROUP: [&str; 6] = ["name", "interval", "query_offset", "limit", "labels", "rules"];
const RULE: [&str; 7] = ["alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"];

/// What all rules of a group share.
struct Shared<'a> {
    path: &'a Arc<str>,
    group: String,
    interval_ms: i64,
    query_offset_ms: i64,
    limit: Option<usize>,
    labels: BTreeMap<String, String>,
}

pub(super) fn read(file: &mut File, path: &Arc<str>, node: &Node, usual: &Usual) -> Option<Group> {
    file.known(node, &GROUP, "a group");
    let line = line_of(&node.place);
    let Some(name) = text(node, "name") else {
        file.fault(line, "the group has no name", "write name: and a name");
        return None;
    };
    let interval_ms = duration(file, node, "interval").filter(|interval| *interval > 0);
    let shared = Shared {
        path,
        interval_ms: interval_ms.unwrap_or(usual.interval_ms),
        query_offset_ms: duration(file, node, "query_offset").unwrap_or(0),
        limit: limit(file, node),
        labels: labels(file, node),
        group: name,
    };
    let rules = node.child("rules").map(|rules| rules.children.as_slice()).unwrap_or_default();
    let items = rules.iter().filter_map(|(_, node)| item(file, &shared, node)).collect();
    Some(Group { name: shared.group, file: Some(path.clone()), interval_ms: shared.interval_ms, items })
}

fn item(file: &mut File, shared: &Shared<'_>, node: &Node) -> Option<Item> {
    file.known(node, &RULE, "a rule");
    let line = line_of(&node.place);
    let Some(expr) = text(node, "expr") else {
        file.fault(line, "the rule has no expr", "write expr: and PromQL");
        return None;
    };
    if let Err(why) = check_promql(&expr) {
        let line = node.child("expr").map_or(line, |expr| line_of(&expr.place));
        file.fault(line, format!("the expression cannot be read: {why}"), "mend it at that line and column");
        return None;
    }
    match (text(node, "alert"), text(node, "record")) {
        (Some(name), None) => alert(file, shared, node, name, expr).map(|rule| Item::Alert(Arc::new(rule))),
        (None, Some(name)) => {
            recording(file, shared, node, name, expr).map(|rule| Item::Record(Arc::new(rule)))
        }
        (Some(_), Some(_)) => {
            file.fault(line, "the rule has both alert and record", "make two rules of it");
            None
        }
        (None, None) => {
            file.fault(line, "the rule has neither alert nor record", "write alert: and a name");
            None
        }
    }
}

fn recording(
    file: &mut File,
    shared: &Shared<'_>,
    node: &Node,
    name: String,
    expr: String,
) -> Option<Recording> {
    let line = line_of(&node.place);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    if name.is_empty() || !name.chars().all(is_word) || name.starts_with(|c: char| c.is_ascii_digit()) {
        file.fault(line, format!("`{name}` is no name of a series"), "write letters, digits, _ and :");
        return None;
    }
    for key in ["for", "keep_firing_for", "annotations"] {
        if node.child(key).is_some() {
            file.fault(line, format!("a recording rule has no {key}"), "leave it out");
        }
    }
    let mut all = shared.labels.clone();
    all.extend(labels(file, node));
    Some(Recording {
        name,
        expr,
        labels: all,
        query_offset_ms: shared.query_offset_ms,
        limit: shared.limit,
        line,
    })
}

fn alert(file: &mut File, shared: &Shared<'_>, node: &Node, name: String, expr: String) -> Option<Rule> {
    let line = line_of(&node.place);
    let mut labels_of_all = shared.labels.clone();
    labels_of_all.extend(labels(file, node));
    let annotations = templates(file, node, "annotations");
    let place = Place::File { path: shared.path.clone(), line };
    let (card, annotations) = told::card(annotations);
    let rule = Rule {
        alertname: name.clone(),
        tier: told::tier(&labels_of_all),
        name,
        place,
        group: Some(shared.group.clone()),
        source: Source::Promql(expr),
        for_ms: duration(file, node, "for").unwrap_or(0),
        keep_firing_for_ms: duration(file, node, "keep_firing_for").unwrap_or(0),
        interval_ms: shared.interval_ms,
        query_offset_ms: shared.query_offset_ms,
        limit: shared.limit,
        group_wait_ms: None,
        layer: None,
        usual: None,
        resolve: None,
        labels: labels_of_all,
        card,
        annotations,
    };
    if let Some((key, problem, instead)) = card_fault(&rule.card, rule.tier) {
        let instead = format!(
            "{instead}: annotations summary, description, do_now (here: {key}); the tier is `severity`"
        );
        file.fault(line, format!("rule `{}`: {problem}", rule.name), &instead);
        return None;
    }
    warn_of_card(&rule, &mut file.warnings);
    Some(rule)
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.child(key)?.value.clone()
}

fn duration(file: &mut File, node: &Node, key: &str) -> Option<i64> {
    let child = node.child(key)?;
    match parse_duration(child.value.as_deref().unwrap_or_default()) {
        Ok(duration) => Some(millis(duration)),
        Err(error) => {
            file.fault(line_of(&child.place), format!("{key}: {error}"), "");
            None
        }
    }
}

fn limit(file: &mut File, node: &Node) -> Option<usize> {
    let child = node.child("limit")?;
    match child.value.as_deref().unwrap_or_default().parse() {
        Ok(0) => None,
        Ok(limit) => Some(limit),
        Err(_) => {
            file.fault(line_of(&child.place), "limit is no whole number", "write limit: 10, or leave it out");
            None
        }
    }
}

fn labels(file: &mut File, node: &Node) -> BTreeMap<String, String> {
    let mut labels = templates(file, node, "labels");
    labels.retain(|name, _| {
        let is_label = is_label(name);
        if !is_label {
            let problem = format!("no label of a rule can be called `{name}`");
            file.fault(line_of(&node.place), problem, "write letters, digits and _; not alertname");
        }
        is_label
    });
    labels
}

/// Names with templates that can be read.
fn templates(file: &mut File, node: &Node, key: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, child) in node.child(key).iter().flat_map(|table| &table.children) {
        let text = child.value.clone().unwrap_or_default();
        match crate::rule::text::Text::parse(name, &text) {
            Ok(_) => _ = found.insert(name.clone(), text),
            Err(why) => {
                let problem = format!("the template of `{name}` cannot be read: {why}");
                file.fault(line_of(&child.place), problem, "mend it; it is Go's text/template");
            }
        }
    }
    found
}
