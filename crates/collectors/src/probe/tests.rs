//! Checks against real servers on this machine.

mod answers;
mod containers;
mod following;
mod secure;
mod servers;
mod settings;

use std::time::Duration;

use super::check::{Outcome, check};
use super::config::Config;
use super::spec::{Place, Spec};

/// The only probe of `[[probe]]` sections that say this.
fn spec(text: &str) -> Spec {
    let (config, faults) = read(text);
    assert!(faults.is_empty(), "{faults:?}");
    config.specs.into_iter().next().unwrap()
}

fn read(text: &str) -> (Config, Vec<String>) {
    let tree = ::settings::Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    (config, tree.finish().into_iter().map(|fault| fault.to_string()).collect())
}

/// Does one check of what these lines say besides the address.
async fn probe(url: &str, lines: &str) -> Outcome {
    let spec = spec(&format!("[[probe]]\nname = \"it\"\nurl = \"{url}\"\n{lines}\n"));
    probe_at(&spec, Place::Named(Vec::new())).await
}

async fn probe_at(spec: &Spec, place: Place) -> Outcome {
    let begin = std::time::Instant::now();
    let outcome = check(spec, &place).await;
    // A busy machine is slow; a check without an end is not that.
    assert!(begin.elapsed() < spec.timeout + Duration::from_secs(20), "{outcome:?}");
    outcome
}

fn failure(outcome: &Outcome) -> &str {
    outcome.failure.as_deref().unwrap_or("it passed")
}
