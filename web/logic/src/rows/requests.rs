//! Requests that went through the proxy, as rows: those that failed, the slow, the refused.

use api::{RequestRow, Requests};

use super::{Cell, Column, Row, Section, Tone, ago, spaced};
use crate::query_string::segment;
use crate::route::Page;
use crate::rows::performance::took;
use crate::time::Clock;
use crate::view::ViewState;

/// The columns of requests.
pub const COLUMNS: [Column; 6] = [
    Column::words("status", "Status", "What was answered", 96),
    Column::words("request", "Request", "Its method and path, and the host below", 0),
    Column::figures("took", "Took", "From its head to the end of the answer", 90),
    Column::figures("when", "When", "When it ended", 96),
    Column::words("route", "Route", "The router that took it; below it the service", 190),
    Column::words("why", "Why", "Why it is not simply the application’s answer", 190),
];

/// The page's tables.
pub fn sections(requests: &Requests, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    lists(
        [("Failed", &requests.failing), ("Slowest", &requests.slowest), ("Refused", &requests.refused)],
        view,
        clock,
    )
}

/// Tables of requests, each in the order that it comes in.
pub fn lists<const N: usize>(
    all: [(&'static str, &Vec<RequestRow>); N],
    view: &ViewState,
    clock: Clock<'_>,
) -> Vec<Section> {
    let section = |(title, rows): (&'static str, &Vec<RequestRow>)| Section {
        title,
        columns: &COLUMNS,
        order: if title == "Slowest" { "-took" } else { "-when" },
        rows: rows.iter().map(|one| row(title, one, view, clock)).collect(),
    };
    all.into_iter().map(section).collect()
}

/// How a request ended.
pub fn standing(status: u16) -> Tone {
    match status {
        500.. => Tone::Critical,
        400..=499 => Tone::Warning,
        _ => Tone::Good,
    }
}

/// The page of a request.
pub fn href(view: &ViewState, one: &RequestRow) -> String {
    let path = format!("{}/{}/{}", Page::Requests.path(), segment(&one.id), one.time);
    view.carried_to(Page::Requests).on(&path)
}

/// `no server`; empty: the application answered.
pub fn why(one: &RequestRow) -> String {
    one.why.replace('_', " ")
}

fn row(list: &str, one: &RequestRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let tone = standing(one.status);
    Row {
        key: spaced(&[list, &one.id]),
        tone,
        link: Some(href(view, one)),
        cells: vec![
            Cell::state(tone, &one.status.to_string()),
            Cell::text(spaced(&[&one.method, &one.path])).with_note(&one.domain).with_hover(&one.path),
            Cell::figure(Some(one.duration_ms), took),
            ago(Some(one.time), clock),
            Cell::text(&one.router).with_note(&one.service),
            Cell::text(why(one)).with_note(&one.detail).with_hover(&one.detail),
        ],
        also: spaced(&[&one.id, &one.trace_id, &one.client, &one.container]),
        ..Row::default()
    }
}
