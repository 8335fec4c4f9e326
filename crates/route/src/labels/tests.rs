//! The tables of `testdata/labels`: labels, and what they declare.
//!
//! `UPDATE_EXPECT=1 cargo test -p route labels` writes what is declared now; read the difference before you keep it.

use proptest::prelude::*;

use super::*;
use crate::declared::report;
use crate::finding::Severity;

/// What a container's labels declare, a line each.
fn report(labels: &BTreeMap<String, String>) -> String {
    let decoded = decode("c", labels);
    let options = decoded.options != Options::default();
    let mut report = if options { report::shown(&decoded.options) + "\n" } else { String::new() };
    report::add_declared(&mut report, &decoded.declared);
    let refused = decode_strictly("c", labels).err();
    for finding in &decoded.findings {
        let refused = refused.as_ref() == Some(finding);
        report::add_finding(&mut report, finding, refused, "container c: ");
    }
    report
}

/// The labels of one case as they stand in the table.
fn labels_of(case: &str) -> BTreeMap<String, String> {
    let lines = case.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines
        .map(|line| line.split_once('=').unwrap_or((line, "")))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect()
}

fn check(file: &str) {
    report::check(&format!("labels/{file}"), |case| report(&labels_of(case)));
}

#[test]
fn decoding() {
    check("decoding.txt");
}

#[test]
fn values() {
    check("values.txt");
}

#[test]
fn routers() {
    check("routers.txt");
}

#[test]
fn services() {
    check("services.txt");
}

#[test]
fn middlewares() {
    check("middlewares.txt");
}

#[test]
fn tcp_udp_and_tls() {
    check("tcp.txt");
}

#[test]
fn found_in_the_wild() {
    check("wild.txt");
}

#[test]
fn only_certain_labels_matter() {
    let check = |key: &str, ours: bool| assert_eq!(is_ours(key), ours, "{key}");
    check("traefik.http.routers.a.rule", true);
    check("TRAEFIK.HTTP.routers", true);
    check("traefik.enable", true);
    check("traefik.enabled", true);
    check("traefik.docker.network", true);
    check("traefik.tls.stores.default.x", true);
    check("traefik.docker", false);
    check("traefik.tls.options.x", false);
    check("traefik.constraint-label", false);
    check("träfik.http", false);
    check("com.docker.compose.project", false);
}

#[test]
fn findings_name_the_label_and_the_object() {
    let labels = BTreeMap::from([
        ("traefik.http.routers.web.tls.certresolve".to_owned(), "le".to_owned()),
        ("traefik.http.routers.web.rule".to_owned(), "Host(`a`)".to_owned()),
    ]);
    let decoded = decode("shop-web-1", &labels);
    let [finding] = decoded.findings.as_slice() else { panic!("{:?}", decoded.findings) };
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(finding.object.as_ref().map(ToString::to_string).as_deref(), Some("web@docker"));
    assert_eq!(finding.place, Place::label("shop-web-1", "traefik.http.routers.web.tls.certresolve"));
    assert_eq!(finding.instead, "did you mean `certResolver`?");
    let web = &decoded.declared.routers["web"];
    assert_eq!(web.place(), &Place::label("shop-web-1", "traefik.http.routers.web"));
    assert_eq!(web.place_of("rule"), &Place::label("shop-web-1", "traefik.http.routers.web.rule"));
    assert_eq!(web.place_of("tls.domains.x"), &Place::label("shop-web-1", "traefik.http.routers.web.tls"));
}

fn keys() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "http",
        "tcp",
        "udp",
        "tls",
        "routers",
        "services",
        "middlewares",
        "web",
        "Web",
        "rule",
        "tls",
        "domains",
        "domains[0]",
        "domains[10]",
        "main",
        "loadbalancer",
        "server",
        "port",
        "sticky",
        "cookie",
        "healthcheck",
        "headers",
        "customrequestheaders",
        "X-A",
        "compress",
        "basicauth",
        "users",
        "stores",
        "default",
        "",
        "[0]",
        "]",
        "priority",
        "ratelimit",
        "average",
        "plugin",
        "enable",
        "docker",
        "network",
        "errors",
        "statusrewrites",
    ]);
    prop::collection::vec(words, 1..8).prop_map(|words| format!("traefik.{}", words.join(".")))
}

proptest! {
    #[test]
    fn no_labels_panic(
        labels in prop::collection::btree_map(
            prop_oneof![4 => keys(), 1 => any::<String>()],
            prop_oneof![
                prop::sample::select(vec!["true", "false", "", "80", "-1", "1m30s", "a,b", "[", "Host(`a`)", "500-599"])
                    .prop_map(str::to_owned),
                any::<String>(),
            ],
            0..12,
        ),
    ) {
        let decoded = decode("c", &labels);
        let strict = decode_strictly("c", &labels);
        prop_assert!(strict.is_ok() || !decoded.findings.is_empty());
    }

    /// Labels that are no business of ours change nothing.
    #[test]
    fn other_labels_change_nothing(key in "[a-z.]{0,20}") {
        prop_assume!(!is_ours(&key));
        let labels = BTreeMap::from([("traefik.http.routers.a.rule".to_owned(), "Host(`a`)".to_owned())]);
        let mut more = labels.clone();
        more.insert(key, "x".to_owned());
        prop_assert_eq!(
            format!("{:?}", decode("c", &labels).declared),
            format!("{:?}", decode("c", &more).declared)
        );
    }
}
