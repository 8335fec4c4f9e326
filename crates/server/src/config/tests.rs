use expect_test::{Expect, expect};
use settings::Tree;

use super::*;

fn check(text: &str, expected: Expect) {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
    let told = if faults.is_empty() {
        format!("{} {:?} {} secure={}", config.listen, config.auth, config.base_url(), config.is_https())
    } else {
        faults.join("\n")
    };
    expected.assert_eq(&told);
}

#[test]
fn settings_of_the_server() {
    check("", expect!["0.0.0.0:4100 Password http://localhost:4100 secure=false"]);
    check(
        "[server]\nlisten = \"127.0.0.1:80\"\npublic_url = \"https://Ops.example.com\"",
        expect!["127.0.0.1:80 Password https://ops.example.com secure=true"],
    );
    check(
        "[server]\nlisten = \"[::1]:4100\"\n[auth]\nmode = \"none\"",
        expect!["[::1]:4100 Open http://[::1]:4100 secure=false"],
    );
}

#[test]
fn faults_say_what_to_write_instead() {
    check(
        "[auth]\nmode = \"none\"",
        expect![[
            r#"porthole.toml:2:8: auth.mode: "none" lets everybody in who reaches 0.0.0.0:4100; set [server] listen = "127.0.0.1:4100", or write mode = "password""#
        ]],
    );
    check(
        "[server]\npublic_url = \"ops.example.com\"",
        expect![[
            r#"porthole.toml:2:14: server.public_url: "ops.example.com" is no address of a site; write it as https://ops.example.com, without a path"#
        ]],
    );
    check(
        "[server]\npublic_url = \"https://ops.example.com/porthole\"",
        expect![[
            r#"porthole.toml:2:14: server.public_url: "https://ops.example.com/porthole" is no address of a site; write it as https://ops.example.com, without a path"#
        ]],
    );
    check(
        "[auth]\nmode = \"off\"",
        expect![[r#"porthole.toml:2:8: auth.mode: is the text "off"; write "password" or "none""#]],
    );
    check(
        "[auth]\nadmin_password = \"short\"",
        expect![
            "porthole.toml:2:18: auth.admin_password: holds a password that is too short; write one of at least 10 characters"
        ],
    );
    check(
        "[server]\nlisten = \"nowhere\"\nlistne = 1",
        expect![[r#"
        porthole.toml:2:10: server.listen: "nowhere" is no address with a port; write "127.0.0.1:4100" or "0.0.0.0:4100"
        porthole.toml:3:1: server.listne: no such key; write `listen`"#]],
    );
}
