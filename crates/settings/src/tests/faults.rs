//! Every fault says where, what is wrong, and what to write instead.

use super::*;

#[test]
fn values_of_another_type() {
    let file = r#"
string = 1
boolean = "yes"
integer = "3"
outside = 70000
huge = 99999999999999999999
number = inf
duration = 30
soon = "soon"
size = 500
room = "20g"
list = "a"
mixed = ["a", 1]
listen = "4100"
tier = "hihg"
path = ""
date = 1979-05-27
table = 1
many = 1
word = "a-very-long-text-that-nobody-wants-to-see-whole-in-a-message-on-a-terminal-at-night"
[single]
"#;
    let read = |root: Section<'_>| {
        root.string("string");
        root.boolean("boolean");
        root.integer("integer", i64::MIN..=i64::MAX);
        root.integer("outside", 1..=65535);
        root.integer("huge", 0..=i64::MAX);
        root.number("number");
        root.duration("duration");
        root.duration("soon");
        root.size("size");
        root.size("room");
        root.strings("list");
        root.strings("mixed");
        root.socket_address("listen");
        root.choice("tier", &[("low", 1), ("medium", 2), ("high", 3)]);
        root.path("path");
        root.string("date");
        root.section("table");
        root.sections("many");
        root.sections("single");
        root.choice("word", &[("short", ())]);
    };
    check(
        file,
        read,
        expect![[r#"
            porthole.toml:2:10: string: is the number 1; write text in double quotes
            porthole.toml:3:11: boolean: is the text "yes"; write true or false, without quotes
            porthole.toml:4:11: integer: is the text "3"; write a whole number without quotes
            porthole.toml:5:11: outside: is the number 70000; write a whole number from 1 to 65535
            porthole.toml:6:8: huge: is a number of more than 64 bits; write a whole number of at least 0
            porthole.toml:7:10: number: is the number inf; write a number such as 0.5
            porthole.toml:8:12: duration: is the number 30; write the unit too: "30s", "30m", "30h" or "30d"
            porthole.toml:9:8: soon: "soon" is no duration; write "30s", "1h30m" or "7d"
            porthole.toml:10:8: size: is the number 500; write the unit too: "500B"
            porthole.toml:11:8: room: "20g" has an unknown unit; write "20GiB"
            porthole.toml:12:8: list: is the text "a"; write a list: ["a"]
            porthole.toml:13:15: mixed[1]: is the number 1; write text in double quotes
            porthole.toml:14:10: listen: "4100" is no address with a port; write "127.0.0.1:4100" or "0.0.0.0:4100"
            porthole.toml:15:8: tier: is the text "hihg"; write "low", "medium" or "high"
            porthole.toml:16:8: path: is empty; write a path, or leave the key out
            porthole.toml:17:8: date: is the date 1979-05-27; write text in double quotes
            porthole.toml:18:9: table: is the number 1; write its keys below a line [table]
            porthole.toml:19:8: many: is the number 1; write [[many]], once for each
            porthole.toml:20:8: word: is the text "a-very-long-text-that-nobody-wants-to-see-whole-in-a-message…"; write "short"
            porthole.toml:21:1: single: is a section; write [[single]], once for each
        "#]],
    );
}

#[test]
fn an_engine_may_say_more() {
    let read = |root: Section<'_>| {
        let server = root.section("server");
        server
            .with("public_url", |text| Err::<(), _>(format!("`{text}` has no scheme; write https://{text}")));
        server.fault("listen", "is open to all while there is no password", "write \"127.0.0.1:4100\"");
        server.fault("mode", "is missing", "write mode = \"password\"");
        root.section("absent").fault("key", "is missing", "write it");
        for class in root.section("logs").sections("class") {
            class.fault("", "has no name", "write name = \"…\"");
        }
    };
    let file = "[server]\npublic_url = \"ops\"\nlisten = \":80\"\n[[logs.class]]\n";
    check(
        file,
        read,
        expect![[r#"
        porthole.toml:1:1: absent.key: is missing; write it
        porthole.toml:1:1: server.mode: is missing; write mode = "password"
        porthole.toml:2:14: server.public_url: `ops` has no scheme; write https://ops
        porthole.toml:3:1: server.listen: no such key; known here: public_url
        porthole.toml:3:10: server.listen: is open to all while there is no password; write "127.0.0.1:4100"
        porthole.toml:4:1: logs.class[0]: has no name; write name = "…"
    "#]],
    );
}

#[test]
fn unknown_keys_name_the_nearest_known_one() {
    let file = r#"
retention = "7d"
[logs]
retension = "7d"
max_size_bytes = "1GiB"
listen = ":80"
wholly = "other"
[[logs.class]]
nmae = "a"
[[logs.class]]
name = "b"
[log]
[metrics]
retention = "1y"
"#;
    check(
        file,
        read_logs,
        expect![[r#"
        porthole.toml:2:1: retention: no such key; `retention` belongs below [logs]
        porthole.toml:4:1: logs.retension: no such key; write `retention`
        porthole.toml:5:1: logs.max_size_bytes: no such key; write `max_size`
        porthole.toml:6:1: logs.listen: no such key; `listen` belongs below [server]
        porthole.toml:7:1: logs.wholly: no such key; known here: class, max_size, retention
        porthole.toml:9:1: logs.class[0].nmae: no such key; write `name`
        porthole.toml:12:2: log: no such section or key; write `logs`
        porthole.toml:13:2: metrics: no such section or key; known here: logs, server
    "#]],
    );
}

#[test]
fn syntax_errors_are_told_with_all_others() {
    let file = r#"
[logs]
retention = soon
max_size = 
max_size = "1GiB"
[server
listen = 12
[server]
listen = "0.0.0.0:4100
password = "a\qb"
[[logs.class]]
name = "x" name = "y"
labels = [1, "a"
"#;
    check(
        file,
        read_logs,
        expect![[r#"
        porthole.toml:3:13: logs.retention: is not TOML: string values must be quoted; write the text in double quotes
        porthole.toml:4:12: logs.max_size: is not TOML: string values must be quoted; write the text in double quotes
        porthole.toml:5:1: logs.max_size: is written twice; keep one of the two
        porthole.toml:6:8: server: is not TOML: unclosed table; expected here: `]`
        porthole.toml:9:23: server.listen: is not TOML: invalid basic string; expected here: `"`
        porthole.toml:10:15: server.password: is not TOML: missing escaped value; write a backslash as `\\`, or the text in single quotes
        porthole.toml:12:12: logs.class.name: is not TOML: unexpected key or value; expected here: newline, `#`
        porthole.toml:13:17: logs.class.labels: is not TOML: unclosed array; expected here: `]`
    "#]],
    );
}

#[test]
fn a_secret_is_set_in_one_way_and_its_value_is_never_told() {
    let read = |root: Section<'_>| {
        root.secret("both");
        root.secret("empty");
        root.secret("number");
        root.secret("gone");
    };
    let file = r#"
both = "hush"
both_file = "secret"
empty = ""
number = 1
gone_file = "/nowhere/secret"
"#;
    check(
        file,
        read,
        expect![[r#"
            porthole.toml:3:13: both_file: is set beside both; keep one of the two
            porthole.toml:4:9: empty: is empty; write the secret, or leave the key out
            porthole.toml:5:10: number: is no text; write text in double quotes, or number_file
            porthole.toml:6:13: gone_file: cannot read /nowhere/secret: No such file or directory (os error 2); name a file that holds the secret and that Porthole may read
        "#]],
    );
}

#[test]
fn asking_twice_faults_once() {
    let read = |root: Section<'_>| {
        root.duration("retention");
        root.duration("retention");
    };
    check(
        "retention = 30\n",
        read,
        expect![[r#"
        porthole.toml:1:13: retention: is the number 30; write the unit too: "30s", "30m", "30h" or "30d"
    "#]],
    );
}
