//! That each option is explained, by itself.

use super::*;

/// Options with names of the author's behind them, and lists with places.
const OPEN: [&str; 8] = [
    "tls.domains",
    "loadbalancer.healthcheck.headers",
    "headers.customrequestheaders",
    "headers.customresponseheaders",
    "headers.sslproxyheaders",
    "errors.statusrewrites",
    "plugin",
    "ratelimit.redis",
];

/// Options of which what they are made of is explained in one.
const TOGETHER: [&str; 7] = [
    "inflightreq.sourcecriterion",
    "ratelimit.sourcecriterion",
    "ipallowlist.ipstrategy",
    "forwardauth.tls",
    "digestauth",
    "grpcweb",
    "passtlsclientcert",
];

#[test]
fn every_option_is_explained() {
    let tables = [
        include_str!("../../../testdata/labels/routers.txt"),
        include_str!("../../../testdata/labels/services.txt"),
        include_str!("../../../testdata/labels/middlewares.txt"),
    ];
    let mut seen = 0;
    for case in tables.iter().flat_map(|table| table.split("\n---\n")) {
        let (labels, report) = case.split_once("\n=>").expect("what is declared");
        if report.contains("is no option here") {
            continue;
        }
        for line in labels.lines().filter(|line| line.starts_with("traefik.")) {
            let (label, _) = line.split_once('=').expect("a label with a value");
            check(label);
            seen += 1;
        }
    }
    assert!(seen > 200, "only {seen} labels in the tables");
}

fn check(label: &str) {
    let mut parts = label.splitn(5, '.').skip(2);
    let (kind, _, option) =
        (parts.next(), parts.next(), parts.next().expect("an option").to_ascii_lowercase());
    let table: &Table = match kind {
        Some("routers") => &router::OPTIONS,
        Some("services") => &service::OPTIONS,
        _ => &middleware::OPTIONS,
    };
    let (covered, _) = nearest(&option, table).unwrap_or_else(|| panic!("{label} is not explained"));
    let whole = covered == option || OPEN.contains(&covered) || TOGETHER.contains(&covered);
    assert!(whole, "of {label} only {covered} is explained");
    assert!(explain(label).is_some());
}

#[test]
fn each_is_explained_once() {
    for table in [&router::OPTIONS as &Table, &service::OPTIONS, &middleware::OPTIONS] {
        let mut keys: Vec<&str> = table.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), table.len());
        assert!(keys.iter().all(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '.')));
    }
}
