//! Certificates of a real CA: asked for, served, kept, and what happens when it is not there.

use std::net::SocketAddr;

use serde_json::Value;

use super::client::get;
use super::pebble::Pebble;
use crate::harness::home::free_port;
use crate::harness::{Appliance, Home, eventually};

tests! {
    [Pebble]: both_challenges_lead_to_certificates_that_stay, the_ca_may_go_and_come_back, one_name_that_fails_keeps_no_other_waiting;
}

/// Where a test's entrypoints are.
struct Doors {
    web: SocketAddr,
    websecure: SocketAddr,
}

impl Doors {
    fn new() -> Self {
        let door = || SocketAddr::from(([127, 0, 0, 1], free_port()));
        Self { web: door(), websecure: door() }
    }

    /// Everything that comes to `web` is sent on to `websecure`.
    fn entrypoints(&self) -> String {
        format!(
            "[proxy.entrypoints.web]\naddress = \"{}\"\nredirect_to = \"websecure\"\n\
             [proxy.entrypoints.websecure]\naddress = \"{}\"\n",
            self.web, self.websecure
        )
    }
}

/// A route to the appliance itself, with a certificate of `resolver`.
fn route(home: &Home, names: &[&str], resolver: &str) -> String {
    let rule: Vec<String> = names.iter().map(|name| format!("Host(`{name}`)")).collect();
    format!(
        "[[proxy.route]]\nrule = \"{}\"\nto = \"http://127.0.0.1:{}\"\ntls = \"{resolver}\"\nentrypoints = [\"websecure\"]\n",
        rule.join(" || "),
        home.port()
    )
}

/// The row of the certificates' page that is for `name`, as soon as `good` says yes.
fn row(appliance: &Appliance, name: &str, good: impl Fn(&Value) -> bool) -> Value {
    let look = || {
        let all = appliance.client().get("/app/v1/certificates").expect(200).json();
        let found = all["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["names"].as_array().unwrap().iter().any(|own| own == name));
        found.filter(|row| good(row)).cloned()
    };
    eventually(&format!("the certificate for {name}"), look)
}

fn issued(row: &Value) -> bool {
    row["issuer"].as_str().is_some_and(|issuer| issuer.starts_with("Pebble")) && row["failures"] == 0
}

fn both_challenges_lead_to_certificates_that_stay() {
    let doors = Doors::new();
    let pebble = Pebble::start(
        doors.web,
        doors.websecure,
        &[("PEBBLE_WFE_NONCEREJECT", "20"), ("PEBBLE_AUTHZREUSE", "0")],
    );
    let home = Home::new();
    let routes = route(&home, &["shop.example.com", "www.shop.example.com"], "page")
        + &route(&home, &["hand.example.com"], "hand");
    let home = home
        .with(&doors.entrypoints())
        .with(&pebble.resolver("page", "http-01"))
        .with(&pebble.resolver("hand", "tls-alpn-01"))
        .with(&routes);
    let mut appliance = home.start();
    let root = pebble.root();
    for name in ["shop.example.com", "www.shop.example.com", "hand.example.com"] {
        row(&appliance, name, issued);
        assert_eq!(get(doors.websecure, name, "/ready", &root, &[]), Ok(200), "{name}");
    }
    // The CA's page stands before the redirect; all else is sent on.
    let plain = crate::harness::http::Client::new(format!("http://{}", doors.web));
    assert!((300..400).contains(&plain.get("/").status), "a redirect");
    let numbers = appliance.client().get("/metrics").expect(200).text();
    assert!(numbers.contains("traefik_tls_certs_not_after{cn=\"hand.example.com\""), "{numbers}");
    assert!(numbers.contains("porthole_certificate_failures{name=\"shop.example.com\""), "{numbers}");

    let orders = pebble.orders();
    appliance = appliance.restart();
    assert_eq!(get(doors.websecure, "shop.example.com", "/ready", &root, &[]), Ok(200));
    row(&appliance, "shop.example.com", issued);
    assert_eq!(pebble.orders(), orders, "nothing is asked for twice");
}

fn the_ca_may_go_and_come_back() {
    let doors = Doors::new();
    let mut pebble = Pebble::start(
        doors.web,
        doors.websecure,
        &[("PEBBLE_WFE_NONCEREJECT", "0"), ("PEBBLE_AUTHZREUSE", "100")],
    );
    let home = Home::new();
    let shop = route(&home, &["shop.example.com"], "le");
    let home = home.with(&doors.entrypoints()).with(&pebble.resolver("le", "http-01")).with(&shop);
    let appliance = home.start();
    let root = pebble.root();
    row(&appliance, "shop.example.com", issued);

    // A name more: the CA has seen the first not long ago, and does not look again.
    let (home, _) = appliance.stop();
    let both = route(&home, &["shop.example.com", "www.shop.example.com"], "le");
    let appliance = home.with(&both).start();
    let together = row(&appliance, "www.shop.example.com", issued);
    assert_eq!(together["names"].as_array().unwrap().len(), 2, "{together}");
    assert_eq!(get(doors.websecure, "www.shop.example.com", "/ready", &root, &[]), Ok(200));

    pebble.end();
    let home = appliance.kill();
    let api = route(&home, &["api.example.com"], "le");
    let appliance = home.with(&api).start();
    assert_eq!(
        get(doors.websecure, "shop.example.com", "/ready", &root, &[]),
        Ok(200),
        "served without the CA"
    );
    let failing = row(&appliance, "api.example.com", |row| row["failures"].as_u64() > Some(0));
    assert!(failing["problem"].as_str().unwrap().contains("cannot connect"), "{failing}");
    assert!(failing["next_try"].is_number(), "{failing}");

    // It comes back and has never heard of us.
    pebble.again();
    row(&appliance, "api.example.com", issued);
    assert_eq!(get(doors.websecure, "api.example.com", "/ready", &pebble.root(), &[]), Ok(200));
}

fn one_name_that_fails_keeps_no_other_waiting() {
    let doors = Doors::new();
    let pebble = Pebble::start(
        doors.web,
        doors.websecure,
        &[("PEBBLE_WFE_NONCEREJECT", "0"), ("PEBBLE_AUTHZREUSE", "0")],
    );
    // Nobody listens there.
    pebble.move_name("away.example.com", "127.0.0.2");
    let home = Home::new();
    let names = route(&home, &["shop.example.com", "away.example.com", "*.wild.example.com"], "le");
    let appliance =
        home.with(&doors.entrypoints()).with(&pebble.resolver("le", "http-01")).with(&names).start();
    row(&appliance, "shop.example.com", issued);
    assert_eq!(get(doors.websecure, "shop.example.com", "/ready", &pebble.root(), &[]), Ok(200));
    let away = row(&appliance, "away.example.com", |row| row["failures"].as_u64() > Some(0));
    assert!(away["problem"].as_str().unwrap().contains("away.example.com"), "{away}");
    let wild = row(&appliance, "*.wild.example.com", |row| row["failures"].as_u64() > Some(0));
    assert!(wild["problem"].as_str().unwrap().contains("dns-01"), "{wild}");
    let orders = pebble.orders();
    let home = appliance.kill();
    let appliance = home.start();
    row(&appliance, "away.example.com", |row| row["failures"].as_u64() > Some(0));
    assert_eq!(pebble.orders(), orders, "what failed a moment ago is not tried again");
}
