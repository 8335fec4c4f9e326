//! One alert: the three answers, what was seen around the moment when it began, and what happened to it.

use api::{AlertPage, Evidence};
use web_logic::query_string::segment;
use web_logic::route::Page;
use web_logic::rows::alerts::{changes, query_href, standing};
use web_logic::spark;
use web_logic::time;

use super::super::things::{Heading, follow, one_page, one_tables};
use super::card::keyed;
use crate::client::{Ask, Client};
use crate::dom::{El, Keyed, drawing, el};
use crate::prelude::*;
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

const BOX: (f64, f64) = (300.0, 40.0);
const VIEW_BOX: &str = "0 0 300 40";

impl Client {
    fn alert(self, id: &str) -> Ask<AlertPage> {
        self.get(format!("alerts/{}", segment(id)))
    }
}

pub(super) fn one(id: String) -> El {
    let Shared { client, live, .. } = shared();
    let answer: Fetched<AlertPage> = Fetched::new();
    let asked = id.clone();
    follow(move || {
        live.critical.track();
        answer.ask(client.alert(&asked));
    });
    let name = derived(move || answer.get().map(|page| page.row.rule.clone()).unwrap_or_default());
    let heading = Heading { back: Page::Alerts, name, place: String::new(), links: Vec::new() };
    one_page(heading, answer, |page| standing(&page.row), move || body(id.clone(), answer))
}

fn body(id: String, answer: Fetched<AlertPage>) -> El {
    let Shared { client, view, .. } = shared();
    let itself = move || -> Vec<Keyed> {
        let Some(page) = answer.get() else { return Vec::new() };
        let id = id.clone();
        vec![keyed(&page.row, false, move || answer.ask(client.alert(&id)))]
    };
    let around = move || {
        let Some(page) = answer.get() else { return Vec::new() };
        vec![evidence(&page.evidence), ways(&page)]
    };
    let tables = one_tables(
        answer,
        move |page| {
            view.state.with(|state| vec![changes("What happened", &page.changes, state, view.clock())])
        },
        |_| (0, 0),
    );
    el("div", "service-body")
        .add(el("div", "alerts").keyed(itself))
        .add(el("div", "alerts").children_of(around))
        .add(tables)
}

/// What was seen around the moment.
fn evidence(seen: &Evidence) -> El {
    let Shared { view, .. } = shared();
    let clock = untrack(|| view.clock());
    let facts = el("dl", "facts");
    let fact =
        |name: &str, held: El| drop(facts.clone().add(el("div", "").add(el("dt", "").text(name)).add(held)));
    if seen.sparkline.iter().any(Option::is_some) {
        let line = drawing("alert-trend", VIEW_BOX, &spark::line(&seen.sparkline, BOX));
        fact("Before it", el("dd", "").add(line));
    }
    if let Some(issue) = &seen.issue {
        let words = format!("{} {}", issue.short_id, issue.title);
        fact("Newest issue", el("dd", "").add(el("a", "").attr("href", &issue.href).text(&words)));
    }
    if let Some(deploy) = &seen.deploy {
        let words = format!(
            "{} in place of {}, {}",
            deploy.image,
            deploy.before,
            time::day_and_time(deploy.at, clock)
        );
        fact("Deploy before", el("dd", "").add(el("a", "").attr("href", &deploy.href).text(&words)));
    }
    if !seen.lines.is_empty() {
        let one = |line: &api::EvidenceLine| {
            let at = time::time_of_day(line.at, clock.zone, true);
            el("li", if line.error { "alert-bad" } else { "" })
                .add(el("span", "hint").text(&at))
                .text(" ")
                .text(&line.text)
        };
        fact(
            "Last lines",
            el("dd", "").add(el("ul", "alert-lines").add_all(seen.lines.iter().map(one).collect())),
        );
    }
    facts
}

/// Where more is to be seen.
fn ways(page: &AlertPage) -> El {
    let Shared { view, .. } = shared();
    let query = untrack(|| view.state.with(|state| query_href(&page.query, &page.language, state)));
    let query = query.map(|href| el("a", "button").attr("href", &href).text("Its query"));
    let links = page.evidence.links.iter();
    let links = links.map(|link| el("a", "button").attr("href", &link.path).text(&link.title));
    el("div", "alert-deeds").each(query).each(links.collect::<Vec<_>>())
}
