use super::*;

/// A node as one line: values in quotes, lists in brackets.
fn shown(node: &Node) -> String {
    if let Some(value) = &node.value {
        return format!("{value:?}");
    }
    let parts = node.children.iter().map(|(name, child)| format!("{name}: {}", shown(child)));
    format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
}

fn check(path: &str, text: &str, expected: &str) {
    let file = DynamicFile::new(path, text);
    let is = match file.fault() {
        Some(fault) => fault.to_string(),
        None => shown(file.tree()),
    };
    assert_eq!(is, expected, "{text}");
}

#[test]
fn yaml_is_read_as_text() {
    let check = |text: &str, expected: &str| check("a.yml", text, expected);
    check("", "{}");
    check("# nothing", "{}");
    check(
        "a: 1\nb: true\nc: 1.50\nd: 'x'\ne: \"y\\n\"",
        r#"{a: "1", b: "true", c: "1.50", d: "x", e: "y\n"}"#,
    );
    check("a:\nb: ~\nc: null\nd: {}\ne: []\nf: ''", r#"{a: {}, b: {}, c: {}, d: {}, e: {}, f: ""}"#);
    check("a: [1, 2]\nb:\n  - x\n  - y: z", r#"{a: {[0]: "1", [1]: "2"}, b: {[0]: "x", [1]: {y: "z"}}}"#);
    check("a: |\n  one\n  two\nb: >\n  one\n  two\n", r#"{a: "one\ntwo\n", b: "one two\n"}"#);
    check("a: &x {k: v}\nb: *x", r#"{a: {k: "v"}, b: {k: "v"}}"#);
    check("a: &x {k: v, l: w}\nb:\n  <<: *x\n  k: u", r#"{a: {k: "v", l: "w"}, b: {k: "u", l: "w"}}"#);
    check(
        "a: &x {k: v}\nc: &y {m: n}\nb:\n  <<: [*x, *y]",
        r#"{a: {k: "v"}, c: {m: "n"}, b: {k: "v", m: "n"}}"#,
    );
    check("\u{feff}a: 1", r#"{a: "1"}"#);
    check("---\na: 1\n...\n", r#"{a: "1"}"#);
    check("true: yes", r#"{true: "yes"}"#);
}

#[test]
fn what_is_no_yaml_says_where() {
    let check = |text: &str, expected: &str| {
        let fault = DynamicFile::new("a.yml", text).fault().map(ToString::to_string).unwrap_or_default();
        assert!(fault.starts_with(expected), "{text}: {fault}");
    };
    check("a: 1\na: 2", "a.yml:2: `a` is written twice; keep one of the two");
    check("a: 1\n---\nb: 2", "a.yml:2: a second document begins here");
    check("[a]: 1", "a.yml:1: a key is no plain text");
    check("a: *x", "a.yml:1: this is no YAML");
    check("a: &x [*x]", "a.yml:1: ");
    check("a:\n\t- b", "a.yml:2: this is no YAML");
    check("a: 'b", "a.yml:1: this is no YAML");
    check(&format!("a: {}{}", "[".repeat(100), "]".repeat(100)), "a.yml:1: it nests too deeply");
    check(&"x".repeat(BYTES_MAX + 1), "a.yml:1: the file is longer than 4 MiB");
    let bomb: String =
        (1..12).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(","))).collect();
    check(&format!("a0: &a0 x\n{bomb}"), "a.yml:7: there are more than 100000 values");
}

#[test]
fn toml_is_read_as_text() {
    let check = |text: &str, expected: &str| check("a.toml", text, expected);
    check("", "{}");
    check("b = 1\na = true\nc = 1.5\nd = 'x'", r#"{b: "1", a: "true", c: "1.5", d: "x"}"#);
    check("a = [1, 'b']\nc = 0x1F", r#"{a: {[0]: "1", [1]: "b"}, c: "31"}"#);
    check(
        "[a.b]\nc = 1\n[[d]]\ne = 1\n[[d]]\ne = 2",
        r#"{a: {b: {c: "1"}}, d: {[0]: {e: "1"}, [1]: {e: "2"}}}"#,
    );
    check(
        "a = ",
        "a.toml:1: this is no TOML: string values must be quoted, expected literal string; check quotes and brackets",
    );
}

#[test]
fn places_are_lines_of_keys() {
    let line =
        |path: &str, text: &str, key: &str| DynamicFile::new(path, text).tree().place_of(key).to_string();
    assert_eq!(line("a.yml", "a:\n  b:\n    - c: 1\n    - c: 2", "a.b.[1].c"), "a.yml:4");
    assert_eq!(line("a.yml", "a:\n  b:\n    c", "a.b"), "a.yml:2");
    assert_eq!(line("a.toml", "[a]\n\nb = 1\n[[a.c]]\nd = 2", "a.c.[0].d"), "a.toml:5");
}

#[test]
fn a_file_that_breaks_keeps_what_it_had() {
    let file = DynamicFile::new("a.yml", "a: 1");
    let broken = file.updated("a: [");
    assert_eq!(broken.tree(), file.tree());
    assert!(broken.fault().is_some());
    let gone = broken.unreadable("No such file or directory");
    assert_eq!(gone.tree(), file.tree());
    let what = gone.fault().map(|fault| fault.what.clone()).unwrap_or_default();
    assert_eq!(what, "the file cannot be read: No such file or directory");
    let mended = gone.updated("a: 2");
    assert_eq!(shown(mended.tree()), r#"{a: "2"}"#);
    assert_eq!(mended.fault(), None);
}

#[test]
fn static_configuration_is_written_as_settings() {
    let text = "
entryPoints:
  web:
    address: ':80'
    http: {redirections: {entryPoint: {to: ':443', permanent: false}}}
  web-secure:
    address: ':443'
    asDefault: true
    http: {tls: {certResolver: letsencrypt}, middlewares: [a@file]}
    forwardedHeaders: {trustedIPs: [10.0.0.0/8]}
  'odd name': {address: '127.0.0.1:9000', http: {tls: {}}}
certificatesResolvers:
  letsencrypt:
    acme: {email: a@example.com, storage: acme.json, httpChallenge: {entryPoint: web}}
";
    let statics = Statics::of(&[DynamicFile::new("a.yml", text), DynamicFile::new("b.yml", text)]);
    let expected = "[proxy.entrypoints.web]
address = \":80\"
redirect_to = \"web-secure\"
redirect_permanent = false

[proxy.entrypoints.web-secure]
address = \":443\"
as_default = true
tls = \"letsencrypt\"
middlewares = [\"a@file\"]
trusted_ips = [\"10.0.0.0/8\"]

[proxy.entrypoints.\"odd name\"]
address = \"127.0.0.1:9000\"
tls = \"default\"

[proxy.acme.letsencrypt]
email = \"a@example.com\"
";
    assert_eq!(statics.toml(), expected);
    assert_eq!(settings::Tree::parse("a", &statics.toml(), []).set_keys().len(), 11);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_readers_panic(text in "[-a-c:\\[\\]{}&*|>'\"#?!,.=~<0 \n\t]{0,60}") {
        DynamicFile::new("a.yml", &text);
        DynamicFile::new("a.toml", &text);
    }
}
