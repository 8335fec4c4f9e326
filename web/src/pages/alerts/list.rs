//! What fires, each alert in whole; below it what waits or is kept quiet.

use api::{AlertRow, Alerts};
use web_logic::rows::alerts::{is_shown, sections, verdict, wants_somebody};

use super::super::things::{first_steps, follow, one_tables};
use super::card::keyed;
use super::head;
use crate::client::{Ask, Client};
use crate::components::notice;
use crate::dom::{El, Keyed, el, when};
use crate::state::{Fetched, Shared, shared};

impl Client {
    pub(super) fn alerts(self) -> Ask<Alerts> {
        self.get("alerts".to_owned())
    }
}

pub(super) fn list() -> El {
    let Shared { client, view, live, ticker, .. } = shared();
    let answer: Fetched<Alerts> = Fetched::new();
    follow(move || {
        // Whatever is critical is seen at once.
        live.critical.track();
        answer.ask(client.alerts());
    });
    let told = move || answer.get().map(|alerts| view.state.with(|state| verdict(&alerts, state)));
    let warned = move || {
        let failure = answer.failure().map(|failure| notice("critical", &failure.to_string()));
        let alerts = answer.get();
        let faults = alerts.iter().flat_map(|alerts| &alerts.faults);
        let faults = faults.map(|fault| notice("warning", &format!("{}: {}", fault.subject, fault.message)));
        failure.into_iter().chain(faults).collect()
    };
    let cards = move || -> Vec<Keyed> {
        let Some(alerts) = answer.get() else { return Vec::new() };
        let shown = |row: &&AlertRow| wants_somebody(row) && view.state.with(|state| is_shown(row, state));
        alerts
            .rows
            .iter()
            .filter(shown)
            .map(|row| keyed(row, true, move || answer.ask(client.alerts())))
            .collect()
    };
    let tables = one_tables(
        answer,
        move |alerts| {
            ticker.now();
            view.state.with(|state| sections(alerts, state, view.clock()))
        },
        |_| (0, 0),
    );
    let silent = move || answer.get().is_some_and(|alerts| alerts.receivers == 0);
    el("div", "things")
        .add(head("Alerts", told))
        .add(el("div", "host").children_of(warned))
        .add(el("div", "alerts").keyed(cards))
        .add(tables)
        .add(when(silent, nobody_is_told))
}

pub(super) const SLACK: &str = "\
[alerts.receivers.slack]
webhook_url = \"https://hooks.slack.com/services/…\"
";

pub(super) const EMAIL: &str = "\
[alerts.receivers.email]
to = [\"oncall@example.com\"]
from = \"porthole@example.com\"
smtp = \"smtp.example.com:587\"
username = \"porthole\"
password_file = \"/run/secrets/smtp\"
";

pub(super) const TIERS: &str = "\
[alerts.tiers]
medium = [\"slack\"]
high = [\"slack\", \"email\"]
critical = [\"slack\", \"email\", \"phone\"]  # phone: a receiver of kind twilio or pagerduty
";

/// No receiver is set up.
pub(super) fn nobody_is_told() -> El {
    first_steps(
        "Nobody is told",
        "Rules are watched and what fires stands here, but no message leaves. Name who hears of what in porthole.toml; \
         low stands in the logs alone.",
        &[
            ("Slack", SLACK, "TOML snippet"),
            ("E-mail", EMAIL, "TOML snippet"),
            ("Who hears of what; this is the default", TIERS, "TOML snippet"),
        ],
    )
}
