//! Plans of the tables in `testdata/plan`: what goes in, then after `---` the plan. `UPDATE_EXPECT=1 cargo test -p route`
//! writes the plans anew; read the difference before you keep it.

mod print;
mod scene;

use std::fs;
use std::path::{Path, PathBuf};

use scene::Scene;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plan")
}

/// Checks every case of a table; with `UPDATE_EXPECT` it rewrites the table instead.
fn check(table: &str) {
    let path = folder().join(table);
    let text = fs::read_to_string(&path).expect("the table can be read");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let (head, cases) = text.split_once("=== ").expect("a table has cases");
    let mut written = head.to_owned();
    let mut wrong = Vec::new();
    for case in cases.split("\n=== ") {
        let (input, expected) = case.split_once("\n---\n").unwrap_or((case.trim_end(), ""));
        let (name, body) = input.split_once('\n').unwrap_or((input, ""));
        let plan = Scene::parse(body).plan();
        let printed = print::plan(&plan);
        if printed.trim_end() != expected.trim_end() {
            wrong.push(format!("{name}\n--- is\n{printed}--- should be\n{expected}\n"));
        }
        written.push_str(&format!("=== {input}\n---\n{}\n\n", printed.trim_end()));
    }
    if update {
        fs::write(&path, format!("{}\n", written.trim_end())).expect("the table can be written");
        return;
    }
    assert!(wrong.is_empty(), "{table}: {}", wrong.join("\n"));
}

#[test]
fn containers_become_routers_and_services() {
    check("docker.txt");
}

#[test]
fn containers_are_reached_where_that_is_likeliest() {
    check("reach.txt");
}

#[test]
fn containers_that_do_not_run_keep_their_routers() {
    check("states.txt");
}

#[test]
fn equal_things_merge_and_others_are_told_apart() {
    check("merge.txt");
}

#[test]
fn names_lead_across_providers() {
    check("names.txt");
}

#[test]
fn entrypoints_add_what_they_are_told_to() {
    check("entrypoints.txt");
}

#[test]
fn files_are_read() {
    check("files.txt");
}

#[test]
fn settings_are_read() {
    check("settings.txt");
}

#[test]
fn every_table_is_checked() {
    let tables = fs::read_dir(folder()).expect("the folder can be read").count();
    assert_eq!(tables, 8, "a table without a test");
}

#[test]
fn equal_inputs_give_equal_plans_in_any_order() {
    let text = fs::read_to_string(folder().join("merge.txt")).expect("the table can be read");
    for case in text.split("\n=== ").skip(1) {
        let (input, _) = case.split_once("\n---\n").expect("a case has a plan");
        let mut scene = Scene::parse(input.split_once('\n').map_or("", |(_, body)| body));
        let plan = scene.plan();
        scene.containers.reverse();
        assert_eq!(scene.plan(), plan, "{input}");
    }
}
