use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use route::declared::{AddPrefix, Compress, Encoding, InFlight, Middleware, RateLimit, SourceCriterion};
use route::name::{Name, Provider};
use route::plan::Plan;

use super::strings;
use crate::middleware::Kept;

fn name(text: &str) -> Name {
    let (name, provider) = text.split_once('@').expect("a whole name");
    Name::new(name, Provider::parse(provider).expect("a provider"))
}

fn plan(middlewares: Vec<(&str, Middleware)>) -> Plan {
    let middlewares: BTreeMap<Name, Middleware> =
        middlewares.into_iter().map(|(text, what)| (name(text), what)).collect();
    Plan { middlewares, ..Plan::default() }
}

fn prefix(text: &str) -> Middleware {
    Middleware::AddPrefix(AddPrefix { prefix: text.to_owned() })
}

fn chain(names: &[&str]) -> Middleware {
    Middleware::Chain(strings(names))
}

fn rate(average: u64) -> Middleware {
    Middleware::RateLimit(RateLimit {
        average,
        period: Duration::from_secs(1),
        burst: 1,
        source: SourceCriterion::default(),
    })
}

#[test]
fn chains_are_flattened() {
    let plan = plan(vec![
        ("a@docker", prefix("/a")),
        ("a@file", prefix("/file")),
        ("b@docker", prefix("/b")),
        ("both@docker", chain(&["a", "b"])),
        ("twice@docker", chain(&["both@docker", "a@file", "both"])),
        ("empty@docker", chain(&[])),
        ("self@docker", chain(&["a", "self"])),
        ("ping@docker", chain(&["pong"])),
        ("pong@docker", chain(&["ping"])),
        ("lost@docker", chain(&["a", "nowhere"])),
        (
            "broken@docker",
            Middleware::Broken { kind: "digestAuth".to_owned(), why: "it is not supported".to_owned() },
        ),
    ]);
    let kept = Kept::new();
    for (names, expected) in [
        (&[][..], Ok("")),
        (&["a@docker"], Ok("a@docker")),
        (&["b@docker", "a@docker"], Ok("b@docker a@docker")),
        (&["both@docker"], Ok("a@docker b@docker")),
        (&["twice@docker"], Ok("a@docker b@docker a@file a@docker b@docker")),
        (&["empty@docker"], Ok("")),
        (&["self@docker"], Err("self@docker: the chain leads back to itself")),
        (&["ping@docker"], Err("ping@docker: the chain leads back to itself")),
        (&["a@docker", "lost@docker"], Err("nowhere@docker: there is no such middleware")),
        (&["a@file", "b@file"], Err("b@file: there is no such middleware")),
        (&["a@docker", "broken@docker"], Err("broken@docker: digestAuth: it is not supported")),
    ] {
        let names: Vec<Name> = names.iter().map(|text| name(text)).collect();
        let chain = kept.chain("web@docker", &names, &plan);
        let found = match chain.faults() {
            [] => Ok(chain.steps.iter().map(|named| &*named.name).collect::<Vec<_>>().join(" ")),
            [fault, ..] => {
                assert_eq!(chain.steps.len(), 1, "a chain with a fault does nothing but refuse");
                Err(format!("{}: {}", fault.middleware, fault.what))
            }
        };
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{names:?}");
    }
}

#[test]
fn chains_that_grow_without_end_are_refused() {
    let mut middlewares = vec![("0@file".to_owned(), prefix("/a"))];
    for depth in 1..40 {
        let below = format!("{}", depth - 1);
        middlewares.push((format!("{depth}@file"), chain(&[&below, &below])));
    }
    let plan = plan(middlewares.iter().map(|(text, what)| (text.as_str(), what.clone())).collect());
    let chain = Kept::new().chain("web@docker", &[name("39@file")], &plan);
    assert_eq!(chain.faults()[0].what, "the chain has too many middlewares");
}

#[test]
fn what_is_counted_goes_on_while_the_options_stay() {
    let kept = Kept::new();
    let build = |owner: &str, what: Middleware| {
        kept.chain(owner, &[name("limit@file")], &plan(vec![("limit@file", what)]))
    };
    let first = build("web@docker", rate(10));
    let is_first = |chain: &crate::middleware::Chain| Arc::ptr_eq(&chain.steps[0].step, &first.steps[0].step);
    assert!(is_first(&build("web@docker", rate(10))), "the same options");
    assert!(!is_first(&build("api@docker", rate(10))), "another router counts for itself");
    let second = build("web@docker", rate(20));
    assert!(!is_first(&second), "other options");
    let in_flight = Middleware::InFlight(InFlight { amount: 1, source: SourceCriterion::default() });
    assert!(!is_first(&build("web@docker", in_flight)), "another kind");
}

#[test]
fn a_middleware_that_cannot_be_built_closes_the_chain() {
    let brotli = Middleware::Compress(Compress {
        encodings: vec![Encoding::Brotli],
        default_encoding: None,
        body_bytes_min: 1024,
        included_types: vec![],
        excluded_types: vec![],
    });
    let plan = plan(vec![("zip@file", brotli), ("a@file", prefix("/a"))]);
    let chain = Kept::new().chain("web@docker", &[name("a@file"), name("zip@file")], &plan);
    assert_eq!(chain.faults()[0].middleware, name("zip@file"));
    assert_eq!(chain.steps.len(), 1);
}
