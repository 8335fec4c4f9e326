//! Targets: what is scraped, how that goes, and what is left alone.

use api::Targets;
use web_logic::rows::targets::sections;

use super::things::{About, Known, first_steps, follow, things_page};
use crate::dom::El;
use crate::state::{Fetched, Shared, shared};

/// The page.
pub(crate) fn targets_page() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Targets> = Fetched::new();
    follow(move || answer.ask(client.targets()));
    let known = Known::of(
        answer,
        move |targets| {
            ticker.now();
            view.state.with(|state| sections(targets, state, view.clock()))
        },
        |targets| targets.targets.len() + targets.dropped.len(),
        |targets| targets.faults.clone(),
    );
    let about = About { name: "Targets", things: ("target", "targets"), trouble: "down", empty };
    things_page(about, known)
}

const LABELS: &str = "\
services:
  web:
    labels:
      porthole.metrics.port: \"8000\"
      porthole.metrics.path: \"/metrics\"
";

const TOML: &str = "\
[[metrics.scrape]]
job = \"web\"
targets = [\"web:8000\"]
path = \"/metrics\"
";

fn empty() -> El {
    first_steps(
        "Nothing is scraped yet",
        "Porthole asks programs for their metrics, in the formats of Prometheus and OpenMetrics: Django with \
         django-prometheus, node_exporter, whatever has a page of metrics.",
        &[
            ("Labels of a container, in its compose file", LABELS, "Compose snippet"),
            ("Or in porthole.toml", TOML, "TOML snippet"),
        ],
    )
}
