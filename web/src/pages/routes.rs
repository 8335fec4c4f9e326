//! Routes: the proxy's routers, how they do, and what is wrong with how they are written. `/routes` is the list,
//! `/routes/<name>` one of them.

use api::{RoutePage, Routes};
use web_logic::number::short;
use web_logic::query_string::{of_segment, segment, write};
use web_logic::route::Page;
use web_logic::rows::requests::lists;
use web_logic::rows::routes::{errors, millis, one_sections, ready, sections, standing, verdict};
use web_logic::rows::services::Which;
use web_logic::rows::{Detail, Tone};
use web_logic::time::Resolved;
use web_logic::unit::written;
use web_logic::view::ViewState;

use super::services::charts;
use super::things::{
    About, Figure, Heading, Known, always, details, figures, first_steps, follow, one_page, one_tables,
    things_page,
};
use crate::charts::Company;
use crate::client::{Ask, Client};
use crate::components::Sign;
use crate::dom::{El, Keyed, el, sign};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

impl Client {
    fn routes(self, range: Resolved) -> Ask<Routes> {
        self.get(format!("routes?{}", span(range)))
    }

    fn route(self, name: &str, range: Resolved) -> Ask<RoutePage> {
        self.get(format!("routes/{}?{}", segment(name), span(range)))
    }
}

/// A time, as questions carry it.
pub(super) fn span(range: Resolved) -> String {
    write(&[("start", range.start.to_string()), ("end", range.end.to_string())])
}

/// The page.
pub(crate) fn routes_page() -> El {
    let Shared { history, .. } = shared();
    let shown = move || -> Vec<Keyed> {
        let name = history.rest().first().map(|name| of_segment(name));
        let key = name.clone().unwrap_or_default();
        vec![(key, Box::new(move || name.map_or_else(list, one)))]
    };
    el("div", "host").keyed(shown)
}

fn list() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Routes> = Fetched::new();
    follow(move || answer.ask(client.routes(view.resolved.get())));
    let known = Known::of(
        answer,
        move |routes| {
            ticker.now();
            view.state.with(|state| sections(routes, state, view.clock()))
        },
        |routes| routes.rows.len() + routes.entrypoints.len() + routes.findings.len(),
        |routes| routes.faults.clone(),
    );
    let told = derived(move || {
        let sections = known.sections.get()?;
        (!sections[0].rows.is_empty()).then(|| verdict(&sections))
    });
    let about = About { name: "Routes", things: ("route", "routes"), trouble: "down", empty };
    things_page(about, Known { told: Some(told), ..known })
}

fn one(name: String) -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<RoutePage> = Fetched::new();
    let asked = name.clone();
    follow(move || answer.ask(client.route(&asked, view.resolved.get())));
    let way = |picture: Sign, words: &str, href: fn(&RoutePage, &ViewState) -> String| {
        el("a", "button").add(sign(picture)).text(words).attr_of("href", move || {
            let page = answer.get()?;
            Some(view.state.with(|state| href(&page, state)))
        })
    };
    let links = vec![
        way(Sign::Logs, "Its requests’ entries", |page, state| {
            let query = page.access_query.clone();
            ViewState { query, ..state.carried_to(Page::Logs) }.on(Page::Logs.path())
        }),
        way(Sign::Logs, "Lines of its service", |page, state| which(page).lines(state, Default::default())),
        way(Sign::Issues, "Its errors", |page, state| errors(&page.row, state)),
        way(Sign::Services, "Its service", |page, state| which(page).href(state)),
    ];
    let heading = Heading { back: Page::Routes, name: always(&name), place: String::new(), links };
    one_page(heading, answer, |page| standing(&page.row), move || body(answer))
}

fn which(page: &RoutePage) -> Which {
    Which::of("", &page.row.project, &page.row.service)
}

fn body(answer: Fetched<RoutePage>) -> El {
    let Shared { view, .. } = shared();
    let numbers = move || answer.get().map(|page| numbers(&page)).unwrap_or_default();
    let about = move || answer.get().map(|page| details(&about(&page))).unwrap_or_default();
    let ready = derived(move || answer.get().map(|page| page.charts.clone()).unwrap_or_default());
    let sections = move |page: &RoutePage| {
        let mut all = one_sections(&page.row);
        view.state.with(|state| {
            all.extend(lists([("Failed", &page.failing), ("Slowest", &page.slowest)], state, view.clock()));
        });
        all
    };
    el("div", "service-body")
        .add(figures(numbers))
        .add(el("div", "host").children_of(about))
        .add(charts(ready, Company::new()))
        .add(one_tables(answer, sections, |_| (0, 0)))
}

fn numbers(page: &RoutePage) -> Vec<Figure> {
    let row = &page.row;
    let (tone, _) = standing(row);
    let plain = |name, figure| (name, figure, String::new(), Tone::Idle);
    let told =
        |number: Option<f64>, written: fn(f64) -> String| number.map_or_else(|| "–".to_owned(), written);
    let servers = ready(&row.servers);
    vec![
        ("Requests", told(row.per_second, short), "a second".to_owned(), Tone::Idle),
        ("5xx", told(row.error_rate, |rate| written(rate, "ratio")), String::new(), tone),
        plain("p50", millis(row.p50_ms).text),
        plain("p95", millis(row.p95_ms).text),
        plain("p99", millis(row.p99_ms).text),
        plain("Under way", row.in_flight.to_string()),
        ("Servers", servers.text, "take requests".to_owned(), servers.tone),
    ]
}

/// How it is put together.
fn about(page: &RoutePage) -> Vec<Detail> {
    let row = &page.row;
    let mut about: Vec<Detail> =
        row.reasons.iter().map(|why| Detail::Reason(Tone::Critical, why.clone())).collect();
    about.push(Detail::Quote("Rule", row.rule.clone()));
    about.push(Detail::Fact("Comes in at", row.entrypoints.join(", ")));
    if !page.middlewares.is_empty() {
        about.push(Detail::Labels("Passes", page.middlewares.clone()));
    }
    about.push(Detail::Fact("Goes to", row.target.clone()));
    about.push(Detail::Fact("Priority", row.priority.to_string()));
    about.push(Detail::Fact("Written in", row.place.clone()));
    about
}

const LABELS: &str = "\
services:
  web:
    labels:
      traefik.enable: \"true\"
      traefik.http.routers.web.rule: \"Host(`example.com`)\"
      traefik.http.services.web.loadbalancer.server.port: \"8000\"
";

const TOML: &str = "\
[proxy.entrypoints.web]
address = \":80\"
";

fn empty() -> El {
    first_steps(
        "The proxy is off",
        "It takes Traefik’s place: the labels that your containers have go on working, and every request is measured.",
        &[
            ("In porthole.toml: where requests come in", TOML, "TOML snippet"),
            ("Labels of a container, in its compose file", LABELS, "Compose snippet"),
        ],
    )
}
