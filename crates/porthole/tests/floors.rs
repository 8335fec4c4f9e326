//! Holds the floors of ARCHITECTURE.md against `cargo metadata`: a crate imports only from floors below its
//! own, engines never import each other, and the page imports `api` and its own logic alone.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// From the ground up. Crates of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["model", "api"],
    &["settings", "store", "series", "template", "mask", "syntax", "outbound"],
    &["logql", "promql", "event", "route"],
    &["docker", "logs", "metrics", "collectors", "issues", "proxy"],
    &["answers"],
    &["alerts"],
    &["server"],
    &["demo"],
    &["porthole"],
];

/// Outside the building: what each may import of ours. Nobody imports them.
const APART: &[(&str, &[&str])] =
    &[("web", &["api", "web-logic"]), ("web-logic", &["api"]), ("xtask", &["api", "model"])];

/// A crate of ours and those of ours that it imports; development dependencies do not count.
fn imports() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().map(|package| (name(package), own_dependencies(package))).collect()
}

fn own_dependencies(package: &Value) -> Vec<String> {
    let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
    dependencies.filter(|one| !one["path"].is_null() && one["kind"] != "dev").map(name).collect()
}

fn name(value: &Value) -> String {
    value["name"].as_str().expect("a name").to_owned()
}

fn floor(of: &str) -> Option<usize> {
    FLOORS.iter().position(|crates| crates.contains(&of))
}

#[test]
fn a_crate_imports_only_from_floors_below_its_own() {
    for (importer, imported) in imports() {
        let apart = APART.iter().find(|(name, _)| *name == importer);
        assert!(
            apart.is_some() || floor(&importer).is_some(),
            "{importer} stands on no floor; give it one here"
        );
        for dependency in imported {
            match apart {
                Some((_, allowed)) => {
                    assert!(allowed.contains(&dependency.as_str()), "{importer} may not import {dependency}");
                }
                None => {
                    let below = floor(&dependency).is_some_and(|floor_of| Some(floor_of) < floor(&importer));
                    assert!(below, "{importer} may not import {dependency}");
                }
            }
        }
    }
}

#[test]
fn the_demo_knows_only_the_front_doors() {
    assert_eq!(imports()["demo"], ["model"], "it speaks HTTP with the others; values are all it may share");
}
