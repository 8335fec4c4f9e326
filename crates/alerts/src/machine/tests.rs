//! Scripts under a set clock (`testdata/machine/*.script`), run on the machine alone and on one that is read back from its
//! file after every change: what happens must be the same. And random scripts.

mod bounds;
mod properties;
mod world;

use expect_test::expect_file;

use world::{World, run};

/// `UPDATE_EXPECT=1` writes what happens into the scripts.
fn check(name: &str) {
    let path = format!("{}/testdata/machine/{name}.script", env!("CARGO_MANIFEST_DIR"));
    let script = std::fs::read_to_string(&path).expect("a script");
    let alone = run(&script, World::alone());
    expect_file![&path].assert_eq(&alone);
    assert_eq!(run(&script, World::kept()), alone, "{name}: with restarts after every change");
}

macro_rules! scripts {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_script_is_run() {
            let directory = format!("{}/testdata/machine", env!("CARGO_MANIFEST_DIR"));
            let files = std::fs::read_dir(directory).expect("scripts");
            let mut found: Vec<String> = files
                .map(|file| file.expect("a file").path().file_stem().expect("a name").to_string_lossy().into_owned())
                .collect();
            found.sort();
            let mut known = vec![$(stringify!($name)),*];
            known.sort_unstable();
            assert_eq!(found, known);
        }
    };
}

scripts!(
    acknowledge,
    blind,
    clock,
    critical,
    down,
    drill,
    escalate,
    flapping,
    group,
    inhibit,
    keep_firing,
    lifecycle,
    quiet,
    rule_gone,
    sent,
    silence,
    storm,
    supersede,
);
