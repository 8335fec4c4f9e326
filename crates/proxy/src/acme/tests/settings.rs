//! `[proxy.acme.<name>]`.

use settings::Tree;

use super::LETS_ENCRYPT;
use crate::acme::{ChallengeKind, Config};

fn read(text: &str) -> (Config, Vec<String>) {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root().section("proxy"));
    (config, tree.finish().iter().map(ToString::to_string).collect())
}

#[test]
fn a_key_that_the_ca_gave_is_never_shown() {
    let (config, faults) = read(
        "[proxy.acme.own]\nemail = \"ops@example.com\"\neab_kid = \"kid-1\"\neab_hmac = \"c2VjcmV0LXNlY3JldA\"\n",
    );
    assert_eq!(faults, Vec::<String>::new());
    let shown = format!("{config:?}");
    assert!(shown.contains("kid-1") && !shown.contains("c2VjcmV0"), "{shown}");
}

#[test]
fn what_is_written_holds_and_the_rest_has_defaults() {
    assert_eq!(read(""), (Config::default(), Vec::new()));
    let (config, faults) = read(
        r#"
[proxy.acme.le]
email = "ops@example.com"
[proxy.acme.own]
challenge = "tls-alpn-01"
directory = "https://ca.internal:14000/dir"
staging = "http://127.0.0.1:14000/dir"
ca_file = "/ca.pem"
eab_kid = "kid-1"
eab_hmac = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
profile = "shortlived"
import_file = "/acme.json"
"#,
    );
    assert_eq!(faults, Vec::<String>::new());
    let le = &config.resolvers["le"];
    assert_eq!((le.challenge, le.directory.as_str()), (ChallengeKind::Http01, LETS_ENCRYPT));
    assert!(le.staging.as_ref().unwrap().contains("acme-staging-v02"));
    let own = &config.resolvers["own"];
    assert_eq!(own.challenge, ChallengeKind::TlsAlpn01);
    assert_eq!(own.external_account.as_ref().unwrap().kid, "kid-1");
    assert_eq!(own.profile.as_deref(), Some("shortlived"));
}

#[test]
fn every_fault_is_told() {
    let rows = [
        ("email = \"ops\"", "`ops` is no address"),
        ("challenge = \"dns-01\"", "dns-01 is not there yet"),
        ("challenge = \"http\"", "write \"http-01\" or \"tls-alpn-01\""),
        ("directory = \"http://ca.example/dir\"", "is no address of a directory"),
        ("directory = \"ca.example\"", "is no address of a directory"),
        ("eab_kid = \"x\"", "eab_hmac: is missing beside eab_kid"),
        ("eab_hmac = \"AAAA\"", "eab_kid: is missing beside eab_hmac"),
        ("eab_kid = \"x\"\neab_hmac = \"!!\"", "is no base64url"),
        ("emial = \"ops@example.com\"", "email"),
    ];
    for (text, expected) in rows {
        let (_, faults) = read(&format!("[proxy.acme.le]\n{text}"));
        assert!(faults.len() == 1 && faults[0].contains(expected), "{text}: {faults:?}");
    }
    let (_, faults) = read("[proxy.acme.\"../x\"]\nemail = \"ops@example.com\"");
    assert!(faults[0].contains("letters, digits"), "{faults:?}");
}
