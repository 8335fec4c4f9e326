//! Uptime: probes from outside, how often they passed, and until when certificates hold.

use api::Uptime;
use web_logic::rows::uptime::sections;

use super::things::{About, Known, first_steps, follow, things_page};
use crate::dom::El;
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

/// The page.
pub(crate) fn uptime_page() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Uptime> = Fetched::new();
    follow(move || answer.ask(client.uptime(view.resolved.get())));
    let known = Known::of(
        answer,
        move |uptime| {
            ticker.now();
            view.state.with(|state| sections(uptime, state, view.clock()))
        },
        |uptime| uptime.probes.len(),
        |uptime| uptime.faults.clone(),
    );
    let strips = derived(move || answer.get().map_or((0, 0), |uptime| (uptime.start, uptime.step)));
    let about = About { name: "Uptime", things: ("probe", "probes"), trouble: "down", empty };
    things_page(about, Known { strips, ..known })
}

const TOML: &str = "\
[[probe]]
name = \"site\"
url = \"https://example.com/health/\"
interval = \"30s\"
expect_status = 200
";

const LABELS: &str = "\
services:
  web:
    labels:
      porthole.probe: \"/health/\"
";

fn empty() -> El {
    first_steps(
        "Nothing is watched from outside yet",
        "A probe asks an address again and again, as a visitor would: whether it answers, how fast, and until \
         when its certificate holds.",
        &[
            ("In porthole.toml", TOML, "TOML snippet"),
            ("Or a label of a container: a path to watch", LABELS, "Compose snippet"),
        ],
    )
}
