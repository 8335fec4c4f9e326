//! What can be said of a dynamic file without knowing what else there is.

use model::Ordered as _;

use super::{DynamicFile, Statics};
use crate::declared::{self, Declared};
use crate::finding::Finding;
use crate::lint;
use crate::name::{Name, Provider};
use crate::node::Node;
use crate::rule::{Rule, Syntax};

/// What a dynamic file consists of.
const DYNAMIC: [&str; 4] = ["http", "tcp", "udp", "tls"];

/// What a file declares, with what is wrong in it.
pub(crate) fn declared(file: &DynamicFile) -> (Declared, Vec<Finding>) {
    let is_dynamic = |name: &str| DYNAMIC.iter().any(|known| known.eq_ignore_ascii_case(name));
    let children = file.tree().children.iter().filter(|(name, _)| is_dynamic(name)).cloned().collect();
    let root = Node { children, ..file.tree().clone() };
    let (declared, mut findings) = declared::read(&root, Provider::File);
    findings.extend(file.fault().cloned());
    findings.extend(lint::of_connections(&declared, Provider::File));
    of_templates(file.tree(), &mut findings);
    (declared, findings)
}

/// Everything that is wrong, sorted by line.
pub(super) fn check(file: &DynamicFile) -> Vec<Finding> {
    let (declared, mut findings) = declared(file);
    findings.extend(Statics::of(std::slice::from_ref(file)).findings);
    for (name, router) in &declared.routers {
        let place = router.place_of("rule").clone();
        let name = Name::new(name.as_str(), Provider::File);
        if let Err(error) = Rule::parse(&router.value.rule, router.value.syntax.unwrap_or(Syntax::V3)) {
            findings.push(
                Finding::error(place, format!("the rule cannot be read: {}", error.what), error.instead)
                    .about(&name),
            );
        }
    }
    findings.order_by(|a, b| (&a.place, a.severity, &a.what).cmp(&(&b.place, b.severity, &b.what)));
    findings.dedup();
    findings
}

/// Traefik runs files through templates, which read its environment.
fn of_templates(node: &Node, findings: &mut Vec<Finding>) {
    if node.value.as_ref().is_some_and(|value| value.contains("{{")) {
        let what = "templates in files are not run: the text counts as it is";
        findings.push(Finding::error(node.place.clone(), what, "write what the template is to give"));
    }
    node.children.iter().for_each(|(_, child)| of_templates(child, findings));
}
