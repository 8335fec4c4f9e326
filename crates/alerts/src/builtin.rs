//! The rules that are part of Porthole: `config/alerts/*.toml`, one section a rule. What they look at is measured without
//! being configured; they are quiet, and each can be changed or turned off with `[alerts.builtin.<name>]`.

use std::sync::OnceLock;

use settings::Tree;

use crate::rule::{Place, Rule, Says, Usual, read};

/// The files with their rules, in the order in which they are shown.
const FILES: [(&str, &str); 5] = [
    ("containers.toml", include_str!("../../../config/alerts/containers.toml")),
    ("requests.toml", include_str!("../../../config/alerts/requests.toml")),
    ("errors.toml", include_str!("../../../config/alerts/errors.toml")),
    ("machine.toml", include_str!("../../../config/alerts/machine.toml")),
    ("porthole.toml", include_str!("../../../config/alerts/porthole.toml")),
];

/// The built-in rules as they are shipped.
pub(crate) fn rules() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| FILES.iter().flat_map(|(name, text)| read_file(name, text)).collect())
}

/// A test holds that nothing is wrong with them.
fn read_file(name: &str, text: &str) -> Vec<Rule> {
    let tree = Tree::parse(name, text, []);
    let root = tree.root();
    let rule = |name: String| {
        read(&root.section(&name), Says::Named(&name), Place::Builtin, &Usual::default(), &mut Vec::new())
    };
    root.keys().into_iter().filter_map(rule).collect()
}

#[cfg(test)]
mod tests;
