//! `[proxy.tls]`.

use settings::Tree;

use crate::tls::{ClientAuth, Config, Options, Pem, Version};

fn read(text: &str) -> (Config, Vec<String>) {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root().section("proxy"));
    (config, tree.finish().iter().map(ToString::to_string).collect())
}

#[test]
fn what_is_written_holds_and_the_rest_has_defaults() {
    assert_eq!(read(""), (Config::default(), Vec::new()));
    let (config, faults) = read(
        r#"
[[proxy.tls.certificate]]
cert_file = "/c.pem"
key_file = "/c.key"
[proxy.tls.default_certificate]
cert_file = "/d.pem"
key_file = "/d.key"
[proxy.tls.options.default]
min_version = "1.3"
[proxy.tls.options.staff]
cipher_suites = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
curves = ["X25519", "CurveP256"]
sni_strict = true
alpn = ["http/1.1"]
client_ca_file = "/staff.pem"
client_auth = "optional"
session_tickets = false
"#,
    );
    assert_eq!(faults, Vec::<String>::new());
    let pairs: Vec<_> = config.pairs.iter().map(|pair| (&pair.certificate, pair.default)).collect();
    assert_eq!(pairs, [(&Pem::File("/c.pem".into()), false), (&Pem::File("/d.pem".into()), true)]);
    assert_eq!(config.options["default"], Options { min_version: Version::Tls13, ..Options::default() });
    let staff = &config.options["staff"];
    assert!(staff.sni_strict && !staff.tickets && staff.curves.len() == 2 && staff.alpn == ["http/1.1"]);
    let auth =
        ClientAuth { authorities: vec![Pem::File("/staff.pem".into())], required: false, unverified: false };
    assert_eq!(staff.client_auth, Some(auth));
}

#[test]
fn every_fault_is_told() {
    let rows = [
        ("[[proxy.tls.certificate]]\ncert_file = \"/c.pem\"", "key_file: is missing; name a file in PEM"),
        ("[proxy.tls.options.a]\nmin_version = \"1.0\"", "write \"1.2\" or \"1.3\""),
        ("[proxy.tls.options.a]\nmin_version = \"1.3\"\nmax_version = \"1.2\"", "is older than min_version"),
        ("[proxy.tls.options.a]\ncipher_suites = [\"RC4\"]", "`RC4` is none that is supported"),
        ("[proxy.tls.options.a]\ncurves = [\"P-256\"]", "write some of X25519"),
        ("[proxy.tls.options.a]\nclient_auth = \"required\"", "client_ca_file: is missing"),
        ("[proxy.tls.options.a]\nmin_verison = \"1.3\"", "min_version"),
    ];
    for (text, expected) in rows {
        let (_, faults) = read(text);
        assert!(faults.len() == 1 && faults[0].contains(expected), "{text}: {faults:?}");
    }
}
