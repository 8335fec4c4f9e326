//! Rules by their names: no two may have the same, since a rule's alerts are kept by it.

use std::collections::BTreeMap;
use std::sync::Arc;

use settings::Section;

use crate::group::{Group, Item};
use crate::rule::{Place, Rule};

/// Faults rules of the settings whose name is taken. Rules of files are called `name (2)`, since Prometheus lets them share
/// a name; their alerts keep it.
pub(super) fn keep_apart(alerts: &Section<'_>, groups: &mut [Group]) {
    let mut taken: BTreeMap<String, Place> = BTreeMap::new();
    let sections = alerts.sections("rule");
    let rules = groups.iter_mut().flat_map(|group| group.items.iter_mut());
    for item in rules {
        let Item::Alert(rule) = item else { continue };
        let Some(first) = taken.get(&rule.name) else {
            taken.insert(rule.name.clone(), rule.place.clone());
            continue;
        };
        match rule.place {
            Place::File { .. } => {
                let name = free(&taken, &rule.name);
                taken.insert(name.clone(), rule.place.clone());
                *rule = Arc::new(Rule { name, ..Rule::clone(rule) });
            }
            _ => fault(&sections, rule, first),
        }
    }
}

fn free(taken: &BTreeMap<String, Place>, name: &str) -> String {
    let names = (2_u32..).map(|number| format!("{name} ({number})"));
    names.into_iter().find(|name| !taken.contains_key(name)).unwrap_or_default()
}

fn fault(sections: &[Section<'_>], rule: &Rule, first: &Place) {
    let section = sections.iter().rev().find(|section| {
        let Place::Setting { line } = rule.place else { return false };
        section.line("name") == Some(line)
    });
    let Some(section) = section else { return };
    let instead = match first {
        Place::Builtin => format!("write [alerts.builtin.{}] to change that one, or another name", rule.name),
        _ => "write another name".to_owned(),
    };
    section.fault("name", format!("there is another rule `{}` ({first})", rule.name), instead);
}
