//! What is written well is read as it was meant.

use super::*;

const FILE: &str = r#"
name = "shop"
share = 0.5
whole = 3
hex = 0x10
on = true
wait = "1h30m"
size = "20GiB"
listen = "127.0.0.1:4100"
local = "localhost:80"
every = ":80"
words = ["a", "b"]
tier = "high"
file = "certs/ca.pem"
elsewhere = "/etc/ca.pem"

[proxy.entrypoints.web]
address = ":80"
[proxy.entrypoints.websecure]
address = ":443"

[[logs.class]]
name = "short"
[[logs.class]]
name = "long"
"#;

#[test]
fn values_have_their_types() {
    let tree = Tree::parse("conf/porthole.toml", FILE, []);
    let root = tree.root();
    assert_eq!(root.string("name").as_deref(), Some("shop"));
    assert_eq!(root.number("share"), Some(0.5));
    assert_eq!(root.number("whole"), Some(3.0));
    assert_eq!(root.integer("whole", 1..=5), Some(3));
    assert_eq!(root.integer("hex", 1..=16), Some(16));
    assert_eq!(root.boolean("on"), Some(true));
    assert_eq!(root.duration("wait"), Some(Duration::from_secs(5400)));
    assert_eq!(root.size("size"), Some(ByteSize(20 << 30)));
    assert_eq!(root.socket_address("listen"), Some(([127, 0, 0, 1], 4100).into()));
    assert_eq!(root.socket_address("local"), Some(([127, 0, 0, 1], 80).into()));
    assert_eq!(root.socket_address("every"), Some(([0, 0, 0, 0], 80).into()));
    assert_eq!(root.strings("words"), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(root.words("words"), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(root.words("name"), Some(vec!["shop".to_owned()]));
    assert_eq!(root.words("whole"), Some(vec!["3".to_owned()]));
    assert_eq!(root.words("absent"), None);
    assert_eq!(root.choice("tier", &[("low", 1), ("high", 2)]), Some(2));
    assert_eq!(root.path("file"), Some("conf/certs/ca.pem".into()));
    assert_eq!(root.path("elsewhere"), Some("/etc/ca.pem".into()));
    assert_eq!(root.with("name", |text| Ok(text.len())), Some(4));
    assert_eq!((root.line("name"), root.line("absent")), (Some(2), None));
    assert!(root.is_set("name") && !root.is_set("absent"));
    assert_eq!(root.string("absent"), None);

    let entrypoints = root.section("proxy").named("entrypoints");
    let ports: Vec<_> = entrypoints.iter().map(|(name, at)| (name.as_str(), at.string("address"))).collect();
    assert_eq!(ports, [("web", Some(":80".to_owned())), ("websecure", Some(":443".to_owned()))]);
    let classes = root.section("logs").sections("class");
    let names: Vec<_> = classes.iter().map(|class| (class.key_path(), class.line("name"))).collect();
    assert_eq!(names, [("logs.class[0]", Some(23)), ("logs.class[1]", Some(25))]);
    classes.iter().for_each(|class| _ = class.string("name"));
    assert_eq!(tree.finish(), []);
}

#[test]
fn numbers_in_lists() {
    let tree = Tree::parse("porthole.toml", "good = [0, 0x10]\nbad = [1, \"a\", 99]\nno = 7", []);
    let root = tree.root();
    assert_eq!(root.integers("good", 0..=16), Some(vec![0, 16]));
    assert_eq!(root.integers("bad", 0..=16), Some(vec![1]));
    assert_eq!(root.integers("no", 0..=16), None);
    assert_eq!(root.integers("absent", 0..=16), None);
    let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "porthole.toml:2:11: bad[1]: is the text \"a\"; write a whole number from 0 to 16",
            "porthole.toml:2:16: bad[2]: is the number 99; write a whole number from 0 to 16",
            "porthole.toml:3:6: no: is the number 7; write a list of whole numbers: [1, 2]",
        ]
    );
}

#[test]
fn keys_that_people_choose_are_listed_and_keys_that_are_known_are_not_unknown() {
    let tree = Tree::parse("porthole.toml", "[names]\nb = 1\na = 2\nodd = { x = 1 }\n[empty]", []);
    let names = tree.root().section("names");
    assert_eq!(names.keys(), ["a", "b", "odd"]);
    assert!(
        tree.root().section("empty").keys().is_empty() && tree.root().section("absent").keys().is_empty()
    );
    names.know("odd");
    names.know("bee");
    let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
    let unknown = |place: &str, key: &str| {
        format!("porthole.toml:{place}: names.{key}: no such key; known here: bee, odd")
    };
    assert_eq!(faults, [unknown("2:1", "b"), unknown("3:1", "a")]);
}

#[test]
fn an_absent_section_answers_nothing() {
    let tree = Tree::parse("porthole.toml", "", []);
    let absent = tree.root().section("metrics");
    assert!(!absent.is_present());
    assert_eq!(absent.duration("retention"), None);
    assert!(absent.sections("scrape").is_empty() && absent.named("scrape").is_empty());
    assert_eq!(tree.finish(), []);
}

#[test]
fn what_is_set_is_listed_in_the_order_of_the_file_without_values() {
    let file =
        "[server]\npassword = \"hush\"\nlisten = \":80\"\n[[logs.class]]\nname = \"a\"\nlabels = [\"b\"]\n";
    let tree = tree_with(file, &[("PORTHOLE_DOCKER__HOST", "tcp://proxy:2375"), ("PORTHOLE_CONFIG", "x")]);
    let listed: String = tree.set_keys().iter().map(|set| format!("{}  {}\n", set.place, set.key)).collect();
    expect![[r#"
        porthole.toml:2:1  server.password
        porthole.toml:3:1  server.listen
        porthole.toml:5:1  logs.class[0].name
        porthole.toml:6:1  logs.class[0].labels
        environment PORTHOLE_DOCKER__HOST  docker.host
    "#]]
    .assert_eq(&listed);
}

#[test]
fn a_secret_is_read_from_its_file_and_never_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |content: &[u8], expected: Option<&str>| {
        fs::write(folder.path().join("secret"), content).expect("written");
        let config = folder.path().join("porthole.toml");
        fs::write(&config, "password_file = \"secret\"\n").expect("written");
        let tree = Tree::load(Some(&config), []).expect("a readable file");
        let secret = tree.root().secret("password");
        assert_eq!(secret.as_ref().map(|secret| secret.expose()), expected);
        assert_eq!(tree.finish().is_empty(), expected.is_some());
        assert!(!format!("{secret:?}").contains("hush"));
    };
    check(b"hush", Some("hush"));
    check(b"hush\n", Some("hush"));
    check(b"hush\r\n", Some("hush"));
    check(b"hush\n\n", Some("hush\n"));
    check(b"\n", None);
    check(b"", None);
    check(b"\xff", None);
    check(&[b'x'; 70_000], None);
}

#[test]
fn a_file_that_cannot_be_read_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |content: Option<&[u8]>, expected: &str| {
        let path = folder.path().join("porthole.toml");
        let _ = fs::remove_file(&path);
        if let Some(content) = content {
            fs::write(&path, content).expect("written");
        }
        let error = Tree::load(Some(&path), []).expect_err("no configuration").to_string();
        assert_eq!(error.replace(&folder.path().display().to_string(), ""), expected);
    };
    check(None, "cannot read the configuration file /porthole.toml: No such file or directory (os error 2)");
    check(Some(b"a = 1\nb = '\xff'\n"), "/porthole.toml:2: the line is no UTF-8; save the file as UTF-8");
    check(Some(&vec![b'#'; 5 << 20]), "/porthole.toml is longer than 4 MiB; is it a configuration file?");
    assert!(Tree::load(None, []).expect("defaults").finish().is_empty());
}

#[test]
fn sizes_need_units() {
    let check = |text: &str, bytes: u64| assert_eq!(ByteSize::parse(text), Ok(ByteSize(bytes)), "{text}");
    check("20GiB", 20 << 30);
    check("500MB", 500_000_000);
    check("500 MB", 500_000_000);
    check("1KB", 1_000);
    check("0B", 0);
    let fault = |text: &str, expected: Expect| {
        expected.assert_eq(&ByteSize::parse(text).expect_err("no size").to_string());
    };
    fault("21474836480", expect![[r#""21474836480" has no unit; write "20GiB", or "21474836480MiB""#]]);
    fault("20g", expect![[r#""20g" has an unknown unit; write "20GiB""#]]);
    fault(
        "20 apples",
        expect![[
            r#""20 apples" has an unknown unit; write a unit: B, kB, KiB, MB, MiB, GB, GiB, TB or TiB"#
        ]],
    );
    fault(
        "1.5GiB",
        expect![[r#""1.5GiB" is no size; write a whole number and a unit, such as "20GiB" or "500MB""#]],
    );
    fault("", expect![[r#""" is no size; write a whole number and a unit, such as "20GiB" or "500MB""#]]);
    fault("99999999TiB", expect![[r#""99999999TiB" is too large; write at most "16777215TiB""#]]);
}
