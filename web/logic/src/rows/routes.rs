//! The proxy's routes as rows: how each does, what is wrong with how it is written, and where requests come in.

use api::{EntrypointRow, RouteFinding, RouteRow, RouteServer, RouteState, Routes};

use super::services::Which;
use super::{
    Cell, Column, Detail, Picture, Row, Section, Tone, admits, capitalised, links, sentence, spaced, uptime,
};
use crate::number::{count, short};
use crate::query_string::segment;
use crate::route::Page;
use crate::rows::performance::took;
use crate::time::Clock;
use crate::unit::written;
use crate::view::ViewState;

/// The columns of routers.
pub const COLUMNS: [Column; 8] = [
    Column::words("state", "State", "Whether its servers take requests", 126),
    Column::words("route", "Route", "Its name, and below it the requests that it takes", 0),
    Column::figures("rate", "Requests/s", "Over the last five minutes; the line: over this time", 180),
    Column::figures("errors", "5xx", "The share that ended in a status of 500 and above", 72),
    Column::figures("p95", "p95", "95 of 100 requests took no longer", 84),
    Column::figures("servers", "Servers", "How many take requests, of all", 76),
    Column::words("service", "Service", "Whose requests these are", 140),
    Column::figures("certificate", "Certificate", "How long it still holds", 96),
];

const FINDING_COLUMNS: [Column; 4] = [
    Column::words("severity", "State", "How bad it is", 116),
    Column::words("place", "Written in", "The label, the line or the setting", 380),
    Column::words("what", "What it does", "What is so", 0),
    Column::words("instead", "Instead", "What to write", 0),
];

const SERVER_COLUMNS: [Column; 3] = [
    Column::words("ready", "State", "Whether it gets requests", 150),
    Column::words("server", "Server", "The container, or the address", 0),
    Column::words("address", "Address", "Where requests are sent", 260),
];

const ENTRYPOINT_COLUMNS: [Column; 5] = [
    Column::words("open", "State", "", 116),
    Column::words("entrypoint", "Entrypoint", "Where requests come in", 0),
    Column::figures("connections", "Connections", "Open now", 100),
    Column::figures("flight", "Under way", "Requests that are not answered yet", 90),
    Column::figures("now", "Requests/s", "Over the last minute", 100),
];

/// More failures are worth a look, and more still are a fault.
const FAILING: f64 = 0.01;
const BROKEN: f64 = 0.1;

/// The page's tables.
pub fn sections(routes: &Routes, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let of_view = |row: &&RouteRow| admits(view, &row.service, "");
    let rows = routes.rows.iter().filter(of_view).map(|one| row(one, view, clock)).collect();
    let of_routes = routes.rows.iter().flat_map(|row| &row.findings);
    let bad = of_routes.filter(|finding| finding.severity != "note").chain(&routes.findings);
    vec![
        Section { title: "", columns: &COLUMNS, order: "", rows },
        Section { title: "As they are written", columns: &FINDING_COLUMNS, order: "", rows: findings(bad) },
        Section {
            title: "Entrypoints",
            columns: &ENTRYPOINT_COLUMNS,
            order: "",
            rows: routes.entrypoints.iter().map(entrypoint).collect(),
        },
    ]
}

/// The sentence above the page's tables: how the routes do, and whether they are written well.
pub fn verdict(sections: &[Section]) -> (Tone, String) {
    let of = |at: usize| sections.get(at).map(|section| section.rows.as_slice()).unwrap_or_default();
    let (tone, words) = sentence(of(0), ("route", "routes"), "down");
    let bad = of(1).iter().filter(|row| row.tone != Tone::Idle).count() as u64;
    match bad {
        0 => (tone, words),
        1 => (tone.min(Tone::Warning), format!("{words} 1 thing is not written well.")),
        _ => (tone.min(Tone::Warning), format!("{words} {} things are not written well.", count(bad))),
    }
}

/// The tables of one router.
pub fn one_sections(row: &RouteRow) -> Vec<Section> {
    vec![
        Section {
            title: "Servers",
            columns: &SERVER_COLUMNS,
            order: "",
            rows: row.servers.iter().enumerate().map(server).collect(),
        },
        Section {
            title: "As it is written",
            columns: &FINDING_COLUMNS,
            order: "",
            rows: findings(row.findings.iter()),
        },
    ]
}

/// How a router does.
pub fn standing(row: &RouteRow) -> (Tone, &'static str) {
    let fails = row.error_rate.unwrap_or_default();
    match row.state {
        RouteState::Broken => (Tone::Critical, "broken"),
        RouteState::Unavailable => (Tone::Critical, "no server"),
        _ if fails >= BROKEN => (Tone::Critical, "fails"),
        RouteState::Partly => (Tone::Warning, "in part"),
        _ if fails >= FAILING => (Tone::Warning, "fails at times"),
        RouteState::Working => (Tone::Good, "works"),
    }
}

/// The page of a router.
pub fn href(view: &ViewState, name: &str) -> String {
    view.carried_to(Page::Routes).on(&format!("{}/{}", Page::Routes.path(), segment(name)))
}

/// `3 of 4`
pub fn ready(servers: &[RouteServer]) -> Cell {
    let (ready, all) = (servers.iter().filter(|server| server.ready).count(), servers.len());
    if all == 0 {
        return Cell::text("–");
    }
    let tone = if ready < all { Tone::Warning } else { Tone::Idle };
    Cell::figure(Some(ready as f64), |_| format!("{ready}/{all}")).toned(tone)
}

/// `–` where nothing is known.
pub fn millis(ms: Option<f64>) -> Cell {
    Cell::figure(ms, took)
}

fn row(one: &RouteRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = standing(one);
    let failed = Cell::figure(one.error_rate, |rate| written(rate, "ratio"));
    let is_bad = one.error_rate.is_some_and(|rate| rate >= FAILING);
    let quantiles = format!("p50 {}, p99 {}", millis(one.p50_ms).text, millis(one.p99_ms).text);
    let mut row = Row {
        key: one.name.clone(),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.name).with_note(&one.rule).with_hover(&one.rule),
            Cell::figure(one.per_second, short).drawn(Picture::Line(one.trend.clone())),
            failed.toned(if is_bad { tone } else { Tone::Idle }),
            millis(one.p95_ms).with_hover(quantiles),
            ready(&one.servers),
            Cell::text(&one.service).with_note(&one.project),
            match one.tls {
                true => uptime::left_of(one.certificate_ends, clock),
                false => Cell::text("–").with_hover("Without TLS"),
            },
        ],
        also: spaced(&[&one.target, &one.middlewares.join(" "), &one.entrypoints.join(" ")]),
        ..Row::default()
    };
    row.details = details(one, view);
    row
}

fn details(one: &RouteRow, view: &ViewState) -> Vec<Detail> {
    let mut details: Vec<Detail> =
        one.reasons.iter().map(|why| Detail::Reason(Tone::Critical, capitalised(why))).collect();
    let bad = one.findings.iter().filter(|finding| finding.severity != "note");
    details.extend(bad.map(|finding| Detail::Reason(Tone::Warning, in_words(finding))));
    details.push(Detail::Quote("Rule", one.rule.clone()));
    details.push(Detail::Fact("Comes in at", one.entrypoints.join(", ")));
    if !one.middlewares.is_empty() {
        details.push(Detail::Fact("Passes", one.middlewares.join(", then ")));
    }
    details.push(Detail::Fact("Goes to", goes_to(one)));
    if one.tls {
        let by = if one.resolver.is_empty() { "a certificate of files" } else { &one.resolver };
        details.push(Detail::Fact("TLS", by.to_owned()));
    }
    details.push(Detail::Fact("Written in", one.place.clone()));
    let mut ways = vec![(format!("All of {}", one.name), href(view, &one.name))];
    if let Some(Detail::Links(more)) = links(view, &Which::of("", &one.project, &one.service)) {
        ways.extend(more);
    }
    if !one.issues.is_empty() {
        ways.push(("Its errors".to_owned(), errors(one, view)));
    }
    details.push(Detail::Links(ways));
    details
}

/// The issues of its service's project.
pub fn errors(one: &RouteRow, view: &ViewState) -> String {
    let project = Some(one.issues.clone()).filter(|project| !project.is_empty());
    ViewState { project, ..view.carried_to(Page::Issues) }.on(Page::Issues.path())
}

fn goes_to(one: &RouteRow) -> String {
    let server = |server: &RouteServer| format!("{} ({})", server.name, server.state);
    let servers: Vec<String> = one.servers.iter().map(server).collect();
    if servers.is_empty() { one.target.clone() } else { format!("{}: {}", one.target, servers.join(", ")) }
}

/// What is so, and what to write instead.
fn in_words(finding: &RouteFinding) -> String {
    let instead = if finding.instead.is_empty() {
        String::new()
    } else {
        format!(" {}.", capitalised(&finding.instead))
    };
    format!("{}: {}.{instead}", finding.place, finding.what)
}

fn findings<'a>(all: impl Iterator<Item = &'a RouteFinding>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for finding in all {
        let (tone, word) = match finding.severity.as_str() {
            "error" => (Tone::Critical, "error"),
            "warning" => (Tone::Warning, "warning"),
            _ => (Tone::Idle, "note"),
        };
        let key = spaced(&[&finding.place, &finding.what]);
        // What is written once may be part of several routers.
        if rows.iter().any(|row| row.key == key) {
            continue;
        }
        rows.push(Row {
            key,
            tone,
            cells: vec![
                Cell::state(tone, word),
                Cell::text(&finding.place).with_note(&finding.object).with_hover(&finding.place),
                Cell::text(capitalised(&finding.what)),
                Cell::text(capitalised(&finding.instead)),
            ],
            ..Row::default()
        });
    }
    rows
}

fn server((at, one): (usize, &RouteServer)) -> Row {
    let tone = if one.ready { Tone::Good } else { Tone::Critical };
    Row {
        key: format!("server {at} {}", one.name),
        tone,
        cells: vec![Cell::state(tone, &one.state), Cell::text(&one.name), Cell::text(&one.address)],
        ..Row::default()
    }
}

fn entrypoint(one: &EntrypointRow) -> Row {
    Row {
        key: format!("entrypoint {}", one.name),
        tone: Tone::Good,
        cells: vec![
            Cell::state(Tone::Good, "open"),
            Cell::text(&one.name).with_note(&one.address),
            Cell::figure(Some(one.connections as f64), |_| count(one.connections)),
            Cell::figure(Some(one.in_flight as f64), |_| count(one.in_flight)),
            Cell::figure(one.per_second, short),
        ],
        ..Row::default()
    }
}
