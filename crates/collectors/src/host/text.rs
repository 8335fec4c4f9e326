//! The host's numbers as a text that is read like any other target's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Host, Unreadable};

impl Host {
    /// Every number that can be read, in Prometheus' text format, and which groups could not be read.
    pub(crate) fn text(&self) -> (String, Vec<(&'static str, Unreadable)>) {
        // Lines of one metric stand together, whoever wrote them.
        let mut families: BTreeMap<String, String> = BTreeMap::new();
        let unreadable = self.collect(&mut |name, labels, value| {
            let lines = families.entry(name.to_owned()).or_default();
            lines.push_str(name);
            for (index, (label, text)) in labels.iter().enumerate() {
                let before = if index == 0 { '{' } else { ',' };
                let _ = write!(lines, "{before}{label}=\"{}\"", escaped(text));
            }
            let end = if labels.is_empty() { "" } else { "}" };
            let _ = writeln!(lines, "{end} {value}");
        });
        let mut text = String::new();
        for (name, lines) in &families {
            let _ = writeln!(text, "# TYPE {name} {}", kind(name));
            text.push_str(lines);
        }
        (text, unreadable)
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// What node_exporter says of these names.
fn kind(name: &str) -> &'static str {
    let is_untyped = ["node_netstat_", "node_vmstat_"].iter().any(|start| name.starts_with(start));
    match (is_untyped, name.ends_with("_total")) {
        (true, _) => "untyped",
        (false, true) => "counter",
        (false, false) => "gauge",
    }
}
