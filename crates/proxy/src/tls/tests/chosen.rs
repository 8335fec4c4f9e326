//! Which certificate a name gets, and what is listed.

use std::fs;
use std::sync::Arc;

use model::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{file, pair};
use crate::tls::made::self_signed;
use crate::tls::{Certificates, Failure, Files, Pair, Pem, Renewal, Served, Source};

fn served(certificates: &Certificates, host: &str) -> String {
    certificates.find(host).map_or("default".to_owned(), |served| served.facts.common_name.clone())
}

#[test]
fn exact_then_wildcard_then_default() {
    let certificates = Certificates::new().unwrap();
    let mut files = Files::new(certificates.clone());
    files.load(&[pair("rsa.pem", "rsa.key"), pair("api.pem", "api.sec1.key")]);
    let rows = [
        ("shop.example", "shop.example"),
        ("www.shop.example", "shop.example"),
        ("a.www.shop.example", "default"),
        ("api.example", "api.example"),
        ("example", "default"),
        ("", "default"),
    ];
    for (host, expected) in rows {
        assert_eq!(served(&certificates, host), expected, "{host}");
    }
    let list = certificates.list();
    let names: Vec<_> = list.iter().map(|listed| listed.names.first().map_or("", String::as_str)).collect();
    assert_eq!(names, ["api.example", "shop.example", "porthole default certificate"]);
    assert!(list[2].default && list[2].source == Source::Own);
    files.load(&[]);
    assert_eq!(served(&certificates, "shop.example"), "default");
}

/// What a CA gave does not stand before a file; one that has ended stands behind all.
#[test]
fn of_several_the_best_is_served() {
    let certificates = Certificates::new().unwrap();
    let now = Timestamp::from(std::time::SystemTime::now());
    let made = |days: u32, source: Source| {
        let (certificate, key) = self_signed("shop.example", days, now).unwrap();
        Arc::new(Served::from_der(vec![certificate], key, source).unwrap())
    };
    let from_file = |days| made(days, Source::File { certificate: "x.pem".into() });
    let of_ca = |days| Renewal {
        names: vec!["shop.example".to_owned()],
        resolver: "le".to_owned(),
        certificate: Some(made(days, Source::Acme { resolver: "le".to_owned() })),
        renew_at: None,
        next_try: None,
        failures: 0,
        last_failure: None,
    };
    let chosen = || certificates.find("shop.example").unwrap().source.clone();
    certificates.set_acme(vec![of_ca(90)]);
    assert_eq!(chosen(), Source::Acme { resolver: "le".to_owned() });
    certificates.set_files(vec![from_file(30)], None, Vec::new());
    assert_eq!(chosen(), Source::File { certificate: "x.pem".into() });
    // Zero days, and made an hour ago: it ends now.
    certificates.set_files(vec![from_file(0)], None, Vec::new());
    assert_eq!(chosen(), Source::Acme { resolver: "le".to_owned() });
    assert!(!certificates.has_file_for("shop.example"));
    certificates.set_default_name(Some("shop.example"));
    let list = certificates.list();
    assert_eq!(list.last().unwrap().source, Source::Acme { resolver: "le".to_owned() });
}

#[test]
fn what_fails_is_listed() {
    let certificates = Certificates::new().unwrap();
    let at = Timestamp::from_seconds(1_800_000_000);
    certificates.set_acme(vec![Renewal {
        names: vec!["shop.example".to_owned()],
        resolver: "le".to_owned(),
        certificate: None,
        renew_at: None,
        next_try: Some(at),
        failures: 3,
        last_failure: Some(Failure { at, what: "no".to_owned() }),
    }]);
    let list = certificates.list();
    assert_eq!((list[0].failures, list[0].next_try, list[0].issued.is_none()), (3, Some(at), true));
    assert_eq!(list[0].last_failure.as_ref().unwrap().what, "no");
    certificates.count_order(true);
    certificates.count_order(false);
    Files::new(certificates.clone()).load(&[pair("api.pem", "api.sec1.key")]);
    let numbers = certificates.exposition();
    for line in [
        "porthole_certificate_failures{name=\"shop.example\",names=\"shop.example\",source=\"le\"} 3\n",
        "porthole_certificate_renewal_seconds{name=\"shop.example\",names=\"shop.example\",source=\"le\"} 1800000000\n",
        "porthole_certificate_orders_total{outcome=\"failed\"} 1\n",
        "traefik_tls_certs_not_after{cn=\"api.example\",sans=\"api.example\",serial=\"1234\"} 2486",
    ] {
        assert!(numbers.contains(line), "{line}{numbers}");
    }
}

#[tokio::test]
async fn files_are_read_again_when_they_change() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::copy(file("rsa.pem"), path("it.pem")).unwrap();
    fs::copy(file("rsa.key"), path("it.key")).unwrap();
    let watched =
        Pair { certificate: Pem::File(path("it.pem")), key: Pem::File(path("it.key")), ..pair("", "") };
    let certificates = Certificates::new().unwrap();
    let mut files = Files::new(certificates.clone());
    files.load(std::slice::from_ref(&watched));
    assert_eq!(served(&certificates, "shop.example"), "shop.example");

    // Half of a change is seen first: the certificate is another one, the key is not.
    fs::copy(file("api.pem"), path("new")).unwrap();
    fs::rename(path("new"), path("it.pem")).unwrap();
    files.load(std::slice::from_ref(&watched));
    assert_eq!(served(&certificates, "shop.example"), "shop.example", "what was good is still served");
    let failed = certificates.list().into_iter().find_map(|listed| listed.last_failure).unwrap();
    assert!(failed.what.contains("cannot be used"), "{}", failed.what);

    let mut changes = certificates.changes();
    let (pairs, receiver) = watch::channel(vec![watched]);
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(files.run(receiver, shutdown.clone()));
    fs::copy(file("api.sec1.key"), path("new")).unwrap();
    fs::rename(path("new"), path("it.key")).unwrap();
    changes.mark_unchanged();
    while served(&certificates, "api.example") != "api.example" {
        changes.changed().await.unwrap();
    }
    assert_eq!(served(&certificates, "shop.example"), "default");
    assert!(certificates.list().iter().all(|listed| listed.last_failure.is_none()));

    pairs.send(Vec::new()).unwrap();
    while served(&certificates, "api.example") != "default" {
        changes.changed().await.unwrap();
    }
    shutdown.cancel();
    running.await.unwrap();
}

#[test]
fn a_pair_may_be_the_default_one_and_written_in_place() {
    let certificates = Certificates::new().unwrap();
    let text = |name: &str| Pem::Text(fs::read_to_string(file(name)).unwrap().into());
    let written = Pair {
        certificate: text("cn.pem"),
        key: text("cn.key"),
        default: true,
        place: "dynamic.yml:7".to_owned(),
    };
    Files::new(certificates.clone()).load(&[written]);
    let list = certificates.list();
    let default = list.last().unwrap();
    assert!(default.default);
    assert_eq!(default.source, Source::File { certificate: "dynamic.yml:7".into() });
    assert_eq!(served(&certificates, "only.common.name"), "Only.Common.Name");
}
