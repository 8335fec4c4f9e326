//! What dynamic files declare, and what stands in them that is no part of a dynamic file.

use super::draft::Draft;
use super::inputs::Inputs;
use super::reach::Reach;
use crate::file::{Static, Statics, check};
use crate::finding::Finding;
use crate::name::Provider;

/// Adds what the files declare, the first file first.
pub(super) fn add(draft: &mut Draft, inputs: &Inputs<'_>, reach: &Reach<'_>) {
    draft.findings.extend(of_statics(inputs));
    for file in inputs.files {
        let (declared, findings) = check::declared(file);
        draft.findings.extend(findings);
        draft.add(&declared, Provider::File, reach);
    }
}

/// What was not taken over of the static configuration that stands in the files.
fn of_statics(inputs: &Inputs<'_>) -> Vec<Finding> {
    let statics = Statics::of(inputs.files);
    let is_open = |name: &str| inputs.entrypoints.iter().any(|facts| facts.name == name);
    let is_known = |name: &str| inputs.resolvers.iter().any(|known| known == name);
    let closed = statics.entrypoints.iter().filter(|part| !is_open(&part.name));
    let unknown = statics.resolvers.iter().filter(|part| !is_known(&part.name));
    let mut findings: Vec<Finding> = closed.map(|part| missing("entrypoint", part)).collect();
    findings.extend(unknown.map(|part| missing("resolver", part)));
    findings.extend(statics.findings);
    findings
}

fn missing(kind: &str, part: &Static) -> Finding {
    let what =
        format!("the {kind} `{}` is declared here, but not in the settings, which name others", part.name);
    let toml: Vec<&str> = part.toml.lines().collect();
    Finding::error(part.place.clone(), what, format!("add to the settings: {}", toml.join(" ⏎ ")))
}
