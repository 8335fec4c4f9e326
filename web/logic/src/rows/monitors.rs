//! Jobs that report when they run, as rows: how the last runs went, when the next is due, and what to do.

use api::{CheckIn, CheckInState, Millis, Monitor, MonitorRow, Monitors};

use super::performance::took;
use super::{Cell, Column, Detail, Picture, Row, Section, Tone, ago};
use crate::query_string::segment;
use crate::route::Page;
use crate::schedule;
use crate::time::{self, Clock, length};
use crate::view::ViewState;

/// The columns of monitors.
pub const COLUMNS: [Column; 8] = [
    Column::words("state", "State", "How its last run did", 124),
    Column::words("monitor", "Monitor", "Its name; below it the project and the environment", 200),
    Column::words("schedule", "Schedule", "When it should run", 190),
    Column::figures("last", "Last", "Its last check-in", 96),
    Column::figures("next", "Next", "When the next is due", 96),
    Column::figures("took", "Took", "How long the last run took", 86),
    Column::words("runs", "Runs", "The worst of each span; full and red: it failed or is missing", 220),
    Column::words("why", "Reason", "What is wrong, and what to do", 0),
];

const CHECK_IN_COLUMNS: [Column; 6] = [
    Column::words("state", "State", "How it did", 124),
    Column::words("time", "When", "When it began, or should have", 190),
    Column::figures("took", "Took", "How long it took", 96),
    Column::words("environment", "Environment", "Where it ran", 130),
    Column::words("release", "Release", "Of which version", 180),
    Column::words("id", "Id", "The SDK’s name for it", 0),
];

/// The page's table.
pub fn sections(monitors: &Monitors, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let strip = (monitors.start, monitors.step);
    let rows = monitors.rows.iter().map(|one| row(one, strip, view, clock)).collect();
    vec![Section { title: "", columns: &COLUMNS, order: "", rows }]
}

/// The tables of one monitor.
pub fn one_sections(monitor: &Monitor, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let strip = (monitor.start, monitor.step);
    let rows = monitor.rows.iter().map(|one| Row { link: None, ..row(one, strip, view, clock) }).collect();
    let check_ins = monitor.check_ins.iter().enumerate().map(|(at, one)| check_in(at, one, clock)).collect();
    vec![
        Section { title: "", columns: &COLUMNS, order: "", rows },
        Section { title: "Runs", columns: &CHECK_IN_COLUMNS, order: "-time", rows: check_ins },
    ]
}

fn standing(state: CheckInState) -> (Tone, &'static str) {
    match state {
        CheckInState::Unknown => (Tone::Waiting, "not seen yet"),
        CheckInState::Ok => (Tone::Good, "ran"),
        CheckInState::InProgress => (Tone::Good, "runs"),
        CheckInState::Missed => (Tone::Critical, "missed"),
        CheckInState::Timeout => (Tone::Critical, "too long"),
        CheckInState::Error => (Tone::Critical, "failed"),
    }
}

/// What is wrong, and what to do.
fn why(state: CheckInState) -> &'static str {
    match state {
        CheckInState::Missed => {
            "It did not begin when it was due. See whether its scheduler (beat, cron) runs, and the lines of its container."
        }
        CheckInState::Timeout => {
            "It began and did not report its end in time: it hangs, was killed, or may take longer now. See its lines."
        }
        CheckInState::Error => "Its last run ended badly: its issue and its lines tell why.",
        CheckInState::Unknown => "It has not reported a run yet.",
        CheckInState::Ok | CheckInState::InProgress => "",
    }
}

fn row(one: &MonitorRow, strip: (Millis, Millis), view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = standing(one.state);
    let path = format!("{}/{}", Page::Monitors.path(), segment(&one.slug));
    let there = ViewState { project: Some(one.project.clone()), ..view.carried_to(Page::Monitors) };
    let issue = one.issue.map(|issue| view.carried_to(Page::Issues).on(&format!("/issues/{issue}")));
    let schedule = schedule::words(&one.schedule);
    let no_schedule = one.schedule.is_empty();
    Row {
        key: format!("{} {} {}", one.project, one.slug, one.environment),
        tone,
        link: Some(there.on(&path)),
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.slug).with_note(format!("{} · {}", one.project, one.environment)),
            Cell::text(if no_schedule { "not told" } else { &schedule }).with_hover(&one.schedule),
            ago(one.last, clock),
            due(one, clock),
            Cell::figure(one.duration_ms.map(|took| took as f64), took),
            Cell::default().drawn(Picture::Strip(one.strip.iter().map(|state| state.map(share)).collect())),
            Cell::text(told(one, strip, clock)).linked(issue),
        ],
        details: details(one, clock),
        ..Row::default()
    }
}

/// What is wrong; where nothing is, when something was.
fn told(one: &MonitorRow, (start, step): (Millis, Millis), clock: Clock<'_>) -> String {
    let is_bad = |state: &Option<CheckInState>| state.is_some_and(|state| share(state) == 0.0);
    let last = one.strip.iter().rposition(is_bad).filter(|_| why(one.state).is_empty());
    let words = |at: usize| {
        let until = start + step * (at as i64 + 1);
        format!("One failed or was missing before {}.", time::day_and_time(until, clock))
    };
    last.map_or_else(|| why(one.state).to_owned(), words)
}

/// How tall its bar stands, as of a probe: 1 went well, 0 did not.
fn share(state: CheckInState) -> f64 {
    match state {
        CheckInState::Ok | CheckInState::InProgress => 1.0,
        CheckInState::Unknown => 0.5,
        CheckInState::Missed | CheckInState::Timeout | CheckInState::Error => 0.0,
    }
}

fn due(one: &MonitorRow, clock: Clock<'_>) -> Cell {
    let Some(next) = one.next else { return Cell::text("–") };
    let left = next - clock.now;
    let words = if left >= 0 { format!("in {}", length(coarse(left))) } else { time::ago(next, clock.now) };
    Cell { text: words, size: Some(next as f64), ..Cell::default() }.with_hover(time::full(next, clock.zone))
}

/// Whole minutes, or seconds where it is less than one.
fn coarse(millis: i64) -> i64 {
    let unit = if millis >= time::MINUTE { time::MINUTE } else { time::SECOND };
    millis / unit * unit
}

fn details(one: &MonitorRow, clock: Clock<'_>) -> Vec<Detail> {
    let mut details = Vec::new();
    if !why(one.state).is_empty() {
        details.push(Detail::Reason(standing(one.state).0, why(one.state).to_owned()));
    }
    if !one.schedule.is_empty() {
        details.push(Detail::Quote("Schedule", one.schedule.clone()));
    }
    if let Some(at) = one.since {
        details.push(Detail::Fact("So", time::since(at, clock)));
    }
    details
}

fn check_in(at: usize, one: &CheckIn, clock: Clock<'_>) -> Row {
    let (tone, word) = standing(one.state);
    let when = time::day_and_time(one.time, clock);
    let time = Cell { size: Some(one.time as f64), ..Cell::text(when) };
    Row {
        key: format!("run {at}"),
        tone,
        cells: vec![
            Cell::state(tone, word),
            time.with_note(time::ago(one.time, clock.now)).with_hover(time::full(one.time, clock.zone)),
            Cell::figure(one.duration_ms.map(|millis| millis as f64), took),
            Cell::text(&one.environment),
            Cell::text(&one.release),
            Cell::text(&one.id),
        ],
        ..Row::default()
    }
}
