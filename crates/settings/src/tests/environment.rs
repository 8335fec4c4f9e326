//! The environment over the file.

use super::*;

#[test]
fn it_wins_and_is_read_as_the_type_asked_for() {
    let variables = [
        ("PORTHOLE_SERVER__LISTEN", "127.0.0.1:1"),
        ("PORTHOLE_LOGS__ON", "true"),
        ("PORTHOLE_LOGS__SHARE", "0.5"),
        ("PORTHOLE_LOGS__COUNT", "7"),
        ("PORTHOLE_LOGS__RETENTION", "7d"),
        ("PORTHOLE_LOGS__MAX_SIZE", "1GiB"),
        ("PORTHOLE_LOGS__FILE", "ca.pem"),
        ("PORTHOLE_PROXY__ENTRYPOINTS__WEB__ADDRESS", ":80"),
        ("PORTHOLE_CONFIG", "no setting"),
        ("PATH", "no setting"),
        ("OTHER__KEY", "no setting"),
    ];
    let tree = tree_with("[server]\nlisten = \":80\"\n", &variables);
    let (server, logs) = (tree.root().section("server"), tree.root().section("logs"));
    assert_eq!(server.socket_address("listen"), Some(([127, 0, 0, 1], 1).into()));
    assert_eq!(server.line("listen"), None);
    assert_eq!(logs.boolean("on"), Some(true));
    assert_eq!(logs.number("share"), Some(0.5));
    assert_eq!(logs.integer("count", 1..=9), Some(7));
    assert_eq!(logs.duration("retention"), Some(Duration::from_secs(7 * 86_400)));
    assert_eq!(logs.size("max_size"), Some(ByteSize(1 << 30)));
    assert_eq!(logs.path("file"), Some("ca.pem".into()));
    let entrypoints = tree.root().section("proxy").named("entrypoints");
    assert_eq!(entrypoints[0].1.string("address").as_deref(), Some(":80"));
    assert_eq!(tree.finish(), []);
}

#[test]
fn its_faults_name_the_variable() {
    let variables = [
        ("PORTHOLE_SERVER__LISTEN", "4100"),
        ("PORTHOLE_SERVER__LISTNE", "4100"),
        ("PORTHOLE_LOGS__RETENTION", "30"),
        ("PORTHOLE_LOGS__CLASS", "short"),
        ("PORTHOLE_LOGS__CLASS__NAME", "short"),
        ("PORTHOLE_LOGS__MAX_SIZE__X", "1"),
        ("PORTHOLE_LOG__RETENTION", "7d"),
        ("PORTHOLE___", "1"),
        ("PORTHOLE_SERVER__", "1"),
        ("PORTHOLE_SERVER___LISTEN", "1"),
    ];
    check_with(
        "[logs]\nmax_size = \"1GiB\"\n",
        &variables,
        read_logs,
        expect![[r#"
            environment PORTHOLE_LOGS__CLASS: logs.class: is the text "short"; write [[logs.class]], once for each
            environment PORTHOLE_LOGS__CLASS__NAME: logs.class.name: lies in a key that has a value; set that key, or write a section
            environment PORTHOLE_LOGS__MAX_SIZE__X: logs.max_size.x: lies in a key that has a value; set that key, or write a section
            environment PORTHOLE_LOGS__RETENTION: logs.retention: "30" is no duration; write "30s", "1h30m" or "7d"
            environment PORTHOLE_LOG__RETENTION: log: no such section or key; write PORTHOLE_LOGS__RETENTION
            environment PORTHOLE_SERVER__: the name has no section or no key; write PORTHOLE_SECTION__KEY, with two underscores between them
            environment PORTHOLE_SERVER__LISTEN: server.listen: "4100" is no address with a port; write "127.0.0.1:4100" or "0.0.0.0:4100"
            environment PORTHOLE_SERVER__LISTNE: server.listne: no such key; write PORTHOLE_SERVER__LISTEN
            environment PORTHOLE_SERVER___LISTEN: the name has no section or no key; write PORTHOLE_SECTION__KEY, with two underscores between them
            environment PORTHOLE___: the name has no section or no key; write PORTHOLE_SECTION__KEY, with two underscores between them
        "#]],
    );
    check_with(
        "[[logs.class]]\n",
        &[("PORTHOLE_LOGS__CLASS__NAME", "short")],
        read_logs,
        expect![[r#"
        environment PORTHOLE_LOGS__CLASS__NAME: logs.class.name: lies in a list; write lists in the configuration file
    "#]],
    );
    let list = |root: Section<'_>| _ = root.section("logs").strings("labels");
    check_with(
        "",
        &[("PORTHOLE_LOGS__LABELS", "a,b")],
        list,
        expect![[r#"
        environment PORTHOLE_LOGS__LABELS: logs.labels: is a list, and the environment sets single values only; write it in the configuration file
    "#]],
    );
}
