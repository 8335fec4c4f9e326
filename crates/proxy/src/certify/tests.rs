use route::declared::{ClientAuth, Domain, Observability, TlsOptions};
use route::name::{Name, Provider};
use route::node::Place;
use route::plan::{Router, State, Target};
use route::rule::{Rule, Syntax};

use super::*;

fn name(name: &str) -> Name {
    Name { name: name.into(), provider: Provider::File }
}

fn router(rule: &str, options: Option<&str>, resolver: Option<&str>, domains: &[&str]) -> Router {
    let domain = |main: &&str| Domain { main: (*main).to_owned(), sans: vec![format!("www.{main}")] };
    let tls = Tls {
        resolver: resolver.map(str::to_owned),
        domains: domains.iter().map(domain).collect(),
        options: options.map(name),
    };
    Router {
        name: name("it"),
        rule: Some(Rule::parse(rule, Syntax::V3).unwrap()),
        text: rule.to_owned(),
        entrypoints: Vec::new(),
        middlewares: Vec::new(),
        service: name("it"),
        tls: Some(tls),
        priority: 1,
        target: Target::default(),
        observability: Observability::default(),
        state: State::Active,
        place: Place::Label { container: "".into(), key: "".into() },
    }
}

#[test]
fn hosts_get_the_options_of_their_routers() {
    let staff = TlsOptions { client_auth: ClientAuth::RequireAny, ..TlsOptions::default() };
    let plan = Plan {
        routers: vec![
            router("Host(`a.example`) && PathPrefix(`/x`)", Some("plain"), None, &[]),
            router("Host(`A.example`)", Some("staff"), None, &[]),
            router("Host(`b.example`)", Some("plain"), None, &[]),
            router("Host(`b.example`)", None, None, &[]),
            router("Host(`c.example`)", Some("settings"), None, &[]),
            router("Host(`d.example`)", Some("nowhere"), None, &[]),
            router("Host(`e.example`)", None, None, &[]),
            router("PathPrefix(`/`)", Some("staff"), None, &[]),
        ],
        tls_options: [(name("plain"), TlsOptions::default()), (name("staff"), staff)].into(),
        ..Plan::default()
    };
    let mut config = tls::Config::default();
    config.options.insert("settings".to_owned(), Options { sni_strict: true, ..Options::default() });
    let hosts = host_options(&plan, &config);
    let shown: Vec<_> =
        hosts.iter().map(|one| format!("{} {} {}", one.host, one.name, one.options.is_some())).collect();
    // The stricter of two, and none where nobody knows them: their hosts are shut.
    let expected = [
        "a.example staff@file true",
        "b.example plain@file true",
        "c.example settings@file true",
        "d.example nowhere@file false",
    ];
    assert_eq!(shown, expected);
    assert!(!default_options(&plan, &config).sni_strict);
    config.options.insert("default".to_owned(), Options { sni_strict: true, ..Options::default() });
    assert!(default_options(&plan, &config).sni_strict);
}

#[test]
fn names_are_wanted_of_resolvers() {
    let plan = Plan {
        routers: vec![
            router("Host(`a.example`)", None, Some("le"), &["a.example", "b.example"]),
            router("Host(`c.example`)", None, None, &["c.example"]),
            router("PathPrefix(`/`)", None, Some("le"), &[]),
        ],
        ..Plan::default()
    };
    let names = ["a.example", "www.a.example", "b.example", "www.b.example"].map(str::to_owned).to_vec();
    assert_eq!(wanted(&plan), [Wanted { resolver: "le".to_owned(), names }]);
}
