//! Where rules come from: Porthole itself, rule files, the settings.

use std::sync::Arc;

use settings::Section;

use super::Config;
use crate::group::Group;
use crate::rule::{Place, Rule, Says, read as read_rule};
use crate::{builtin, include};

/// Reads all rules into `config`, those built in first.
pub(super) fn read(alerts: &Section<'_>, config: &mut Config) {
    built_in(alerts, config);
    rule_files(alerts, config);
    of_settings(alerts, config);
}

/// The built-in rules, each as `[alerts.builtin.<name>]` changes it.
fn built_in(alerts: &Section<'_>, config: &mut Config) {
    let changes = alerts.section("builtin");
    let all_on = alerts.boolean("builtin_rules").unwrap_or(true);
    for base in builtin::rules() {
        let section = changes.section(&base.name);
        let is_on = section.boolean("enabled").unwrap_or(all_on);
        let warnings = &mut config.warnings;
        let rule = read_rule(&section, Says::Change(base), Place::Builtin, &config.usual, warnings);
        take(config, rule.unwrap_or_else(|| base.clone()), is_on);
    }
}

/// `rule_files = ["rules/*.yml"]`
fn rule_files(alerts: &Section<'_>, config: &mut Config) {
    for pattern in alerts.paths("rule_files").unwrap_or_default() {
        let files = include::matching(&pattern).unwrap_or_else(|why| {
            alerts.fault("rule_files", why, "write paths of files that Porthole may read");
            Vec::new()
        });
        for path in files {
            let file = include::File::open(&path, &config.usual);
            for fault in file.faults {
                let place = settings::Place::File {
                    file: path.display().to_string().into(),
                    line: fault.line,
                    column: 1,
                };
                alerts.fault_below(&place, "rule_files", fault.problem, fault.instead);
            }
            config.groups.extend(file.groups);
            config.warnings.extend(file.warnings);
            config.rule_files.push(path);
        }
    }
}

/// `[[alerts.rule]]`
fn of_settings(alerts: &Section<'_>, config: &mut Config) {
    for section in alerts.sections("rule") {
        let line = ["name", "expr", "logql", "issue", "probe"].iter().find_map(|key| section.line(key));
        let place = Place::Setting { line: line.unwrap_or(0) };
        let is_on = section.boolean("enabled").unwrap_or(true);
        let rule = read_rule(&section, Says::Whole, place, &config.usual, &mut config.warnings);
        if let Some(rule) = rule {
            take(config, rule, is_on);
        }
    }
}

fn take(config: &mut Config, rule: Rule, is_on: bool) {
    match is_on {
        true => config.groups.push(Group::of(Arc::new(rule))),
        false => config.off.push(rule),
    }
}
