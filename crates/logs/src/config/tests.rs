use model::{Labels, Level};
use settings::Tree;

use super::*;

fn read(text: &str) -> (Config, Vec<String>) {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    (config, tree.finish().iter().map(ToString::to_string).collect())
}

#[test]
fn defaults_hold_where_nothing_is_written() {
    let (config, faults) = read("");
    assert_eq!((config, faults), (Config::default(), Vec::new()));
}

#[test]
fn the_first_rule_that_fits_decides() {
    let (config, faults) = read(
        r#"
        [logs]
        retention = "10d"
        retention_short = "1d"
        retention_long = "2y"
        max_size = "5GiB"
        [[logs.class]]
        selector = '{service="web"}'
        levels = ["debug", "trace"]
        class = "short"
        [[logs.class]]
        selector = '{service=~"pay.*"}'
        class = "long"
        "#,
    );
    assert_eq!(faults, Vec::<String>::new());
    let days = |class| config.retention(class).as_secs() / 86_400;
    assert_eq!(Class::ALL.map(days), [1, 10, 730]);
    assert_eq!((config.retention_min(), config.max_size()), (DAY, ByteSize(5 << 30)));
    let check = |service: &str, stream: &str, level: Level, expected: Class| {
        let labels = Labels::from_pairs([("service", service), ("stream", stream)]);
        assert_eq!(config.rules().of(&labels)[usize::from(level.number())], expected, "{labels} {level}");
    };
    check("web", "stdout", Level::Debug, Class::Short);
    check("web", "stdout", Level::Info, Class::Normal);
    check("web", "event", Level::Debug, Class::Short);
    check("web", "event", Level::Info, Class::Long);
    check("payments", "stdout", Level::Unknown, Class::Long);
    check("worker", "stdout", Level::Debug, Class::Normal);
}

#[test]
fn faults_name_the_place_and_the_mend() {
    let (_, faults) = read(
        r#"
        [logs]
        retention = "12h"
        max_size = "20MiB"
        [[logs.class]]
        selector = '{service="web"} |= "x"'
        class = "forever"
        [[logs.class]]
        selector = 'web'
        levels = ["debug", "loud"]
        class = "short"
        [[logs.class]]
        levels = ["debug"]
        "#,
    );
    let all = faults.join("\n");
    for part in [
        ":3:21: logs.retention: files are kept by the day; write 1d or more",
        "logs.max_size: too little to keep logs in; write 100MiB or more",
        "logs.class[0].selector: more than a selector; write a selector such as {service=\"web\"}",
        "logs.class[0].class",
        "logs.class[1].selector",
        "logs.class[1].levels: `loud` is no level; write some of unknown, trace, debug, info, warn, error, critical, fatal",
        "logs.class[2].selector: it is missing; write which streams it means, such as selector = '{service=\"web\"}'",
        "logs.class[2].class: it is missing; write class = \"short\", \"normal\" or \"long\"",
    ] {
        assert!(all.contains(part), "{part} not in\n{all}");
    }
    assert_eq!(faults.len(), 8, "{all}");
}
