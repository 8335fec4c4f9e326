use settings::Tree;

use super::*;

fn read(text: &str) -> (Config, Vec<String>) {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    (config, tree.finish().iter().map(ToString::to_string).collect())
}

#[test]
fn what_is_written_holds_and_the_rest_has_defaults() {
    assert_eq!(read(""), (Config::default(), Vec::new()));
    let (config, faults) =
        read("[metrics]\nretention = \"2y\"\nretention_raw = \"10d\"\nmax_size = \"1GiB\"");
    assert_eq!(faults, Vec::<String>::new());
    let expected = Config { retention: 730 * DAY, retention_raw: 10 * DAY, max_size: ByteSize(1 << 30) };
    assert_eq!(config, expected);
    assert_eq!(Config { retention: 3 * DAY, ..config }.raw(), 3 * DAY);
}

#[test]
fn every_fault_is_told() {
    let (config, faults) = read("[metrics]\nretention = \"1h\"\nretention_raw = \"0s\"\nmax_size = \"1MiB\"");
    assert_eq!(config, Config::default());
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(
        faults[0].contains("write 1d or more") && faults[2].contains("write 100MiB or more"),
        "{faults:?}"
    );
}
