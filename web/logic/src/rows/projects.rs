//! Projects as rows: what comes, what is refused; one of them with its refusals and the SDKs that send.

use api::{Millis, ProjectRow, Refused, RefusedCount, RefusedRow};

use super::{Cell, Column, Picture, Row, Section, Tone, ago, capitalised};
use crate::number::{bytes, compact, count};
use crate::route::Page;
use crate::time::Clock;
use crate::view::ViewState;

/// The columns of projects.
pub const COLUMNS: [Column; 8] = [
    Column::words("state", "State", "Whether something comes", 124),
    Column::words("project", "Project", "Its name; below it the service whose errors come here", 0),
    Column::figures("events", "Events", "Of the last 24 hours; the line: by hours", 190),
    Column::figures("transactions", "Transactions", "Of the last 24 hours", 110),
    Column::figures("refused", "Refused", "Of the last 24 hours", 84),
    Column::figures("issues", "Unresolved", "Issues that nobody has resolved", 96),
    Column::figures("last", "Last event", "When the last event came", 104),
    Column::words("origin", "Set in", "Where it is named", 180),
];

const COUNT_COLUMNS: [Column; 4] = [
    Column::words("state", "", "", 24),
    Column::words("reason", "Reason", "Why", 0),
    Column::words("kind", "What", "What kind of item", 200),
    Column::figures("count", "How many", "In the last 24 hours", 110),
];

const LAST_COLUMNS: [Column; 5] = [
    Column::words("state", "", "", 24),
    Column::words("reason", "Reason", "Why, and what to do", 0),
    Column::words("client", "SDK", "Who sent it", 220),
    Column::figures("size", "Size", "As it came", 96),
    Column::figures("time", "When", "When it came", 110),
];

/// The page's table.
pub fn sections(projects: &[ProjectRow], view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let rows = projects.iter().map(|one| row(one, view, clock)).collect();
    vec![Section { title: "", columns: &COLUMNS, order: "", rows }]
}

/// How a project does.
pub fn standing(last_event: Option<Millis>, refused: u64) -> (Tone, &'static str) {
    match (refused, last_event) {
        (1.., _) => (Tone::Warning, "refuses"),
        (0, None) => (Tone::Waiting, "no event yet"),
        (0, Some(_)) => (Tone::Good, "receives"),
    }
}

fn row(one: &ProjectRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = standing(one.last_event, one.refused);
    let number =
        |number: u64| Cell::figure(Some(number as f64), |_| compact(number)).with_hover(count(number));
    let issues = ViewState { project: Some(one.slug.clone()), ..view.carried_to(Page::Issues) };
    let refused = number(one.refused).toned(if one.refused > 0 { Tone::Warning } else { Tone::Idle });
    let origin = if one.origin.is_empty() { "the page" } else { &one.origin };
    Row {
        key: one.slug.clone(),
        tone,
        link: Some(view.carried_to(Page::Projects).on(&format!("{}/{}", Page::Projects.path(), one.id))),
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.slug).with_note(&one.service),
            number(one.events).drawn(Picture::Line(one.spark.iter().map(|one| Some(*one as f64)).collect())),
            number(one.transactions),
            refused,
            number(one.issues).linked((one.issues > 0).then(|| issues.on(Page::Issues.path()))),
            ago(one.last_event, clock),
            Cell::text(origin),
        ],
        also: one.dsn.clone(),
        ..Row::default()
    }
}

/// What a project refused, and what its SDKs did not send.
pub fn refusals(refused: &Refused, clock: Clock<'_>) -> Vec<Section> {
    let counts = |all: &[RefusedCount]| all.iter().enumerate().map(counted).collect();
    let table = |title, rows| Section { title, columns: &COUNT_COLUMNS, order: "-count", rows };
    let last = refused.last.iter().enumerate().map(|(at, one)| last(at, one, clock)).collect();
    vec![
        table("By reason, in 24 hours", counts(&refused.counts)),
        Section { title: "The last ones", columns: &LAST_COLUMNS, order: "-time", rows: last },
        table("Not sent by the SDKs themselves, as they say", counts(&refused.unsent)),
    ]
}

/// `too_large` as words.
fn words(reason: &str) -> String {
    capitalised(&reason.replace(['_', '-'], " "))
}

fn counted((at, one): (usize, &RefusedCount)) -> Row {
    let kind = if one.kind.is_empty() { "envelopes" } else { &one.kind };
    Row {
        key: format!("{at} {}", one.reason),
        cells: vec![
            Cell::default(),
            Cell::text(words(&one.reason)),
            Cell::text(kind),
            Cell::figure(Some(one.count as f64), |_| count(one.count)),
        ],
        ..Row::default()
    }
}

fn last(at: usize, one: &RefusedRow, clock: Clock<'_>) -> Row {
    Row {
        key: format!("last {at}"),
        cells: vec![
            Cell::default(),
            Cell::text(capitalised(&one.reason)).with_hover(&one.reason),
            Cell::text(if one.client.is_empty() { "not told" } else { &one.client }),
            Cell::figure(Some(one.bytes as f64), |_| bytes(one.bytes)),
            ago(Some(one.time), clock),
        ],
        ..Row::default()
    }
}
