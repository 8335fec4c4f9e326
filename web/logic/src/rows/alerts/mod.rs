//! Alerts as rows: those that wait or are kept quiet, what was, rules and their tests on the past. What fires is shown
//! in whole by the page itself; here is what it is said with.

mod backtest;
mod rules;
#[cfg(test)]
mod tests;

use api::{AlertChange, AlertReport, AlertRow, AlertState, Alerts, Severity, SilenceState};

use super::{Cell, Column, Detail, Row, Section, Tone, admits, ago, labels};
use crate::decimal::trimmed;
use crate::number::{count, plural};
use crate::query_string::segment;
use crate::route::Page;
use crate::time::{self, Clock, length};
use crate::view::ViewState;

pub use backtest::{BOX, drawn, spans, told};
pub use rules::{one_standing, origin_words, rule_sections};

/// The columns of alerts that need nobody at the moment.
pub const COLUMNS: [Column; 5] = [
    Column::words("state", "State", "What it is doing", 146),
    Column::words("alert", "Alert", "What broke; below it the rule", 0),
    Column::words("bad", "How bad", "The number, and what is usual", 0),
    Column::words("tier", "Tier", "How bad it is, and so who is told", 90),
    Column::figures("since", "Since", "Since when it holds", 100),
];

const CHANGE_COLUMNS: [Column; 6] = [
    Column::words("state", "Became", "What the alert became", 146),
    Column::words("alert", "Alert", "What broke; below it the rule", 0),
    Column::words("tier", "Tier", "How bad it is, and so who is told", 90),
    Column::words("by", "By", "Who did it", 150),
    Column::figures("lasted", "Lasted", "How long it had fired", 100),
    Column::figures("time", "When", "When that was", 150),
];

const REPORT_COLUMNS: [Column; 7] = [
    Column::words("state", "State", "Whether it was worth it", 146),
    Column::words("rule", "Rule", "Its name", 0),
    Column::words("tier", "Tier", "How bad it is, and so who is told", 90),
    Column::figures("fired", "Fired", "How often", 80),
    Column::figures("ignored", "Nobody acted", "How often nobody did anything about it", 110),
    Column::figures("acknowledged", "Acknowledged", "Half of them within this time", 120),
    Column::figures("recovered", "Over", "Half of them within this time", 100),
];

/// `critical`
pub fn tier(tier: Severity) -> &'static str {
    match tier {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// How an alert does.
pub fn standing(row: &AlertRow) -> (Tone, &'static str) {
    let urgent = if row.tier >= Severity::High { Tone::Critical } else { Tone::Warning };
    match row.state {
        AlertState::Pending => (Tone::Waiting, "may fire soon"),
        AlertState::Resolved => (Tone::Good, "over"),
        _ if !row.silenced_by.is_empty() => (Tone::Idle, "silenced"),
        _ if !row.inhibited_by.is_empty() => (Tone::Idle, "explained"),
        AlertState::Acknowledged => (Tone::Warning, "acknowledged"),
        AlertState::Blind => (urgent, "no data"),
        AlertState::Flapping => (urgent, "comes and goes"),
        AlertState::Firing => (urgent, "fires"),
    }
}

/// Whether it wants to be seen in whole: it goes on, and nothing keeps it quiet.
pub fn wants_somebody(row: &AlertRow) -> bool {
    let goes_on = !matches!(row.state, AlertState::Pending | AlertState::Resolved);
    goes_on && row.silenced_by.is_empty() && row.inhibited_by.is_empty()
}

/// Whether the choice of environment and services lets it through.
pub fn is_shown(row: &AlertRow, view: &ViewState) -> bool {
    let environment = row.labels.get("environment").map(String::as_str).unwrap_or_default();
    admits(view, &row.service, environment)
}

/// The sentence above the page.
pub fn verdict(alerts: &Alerts, view: &ViewState) -> (Tone, String) {
    let open: Vec<&AlertRow> =
        alerts.rows.iter().filter(|row| wants_somebody(row) && is_shown(row, view)).collect();
    let free = open.iter().filter(|row| row.owner.is_empty()).count();
    let tone = open.iter().map(|row| standing(row).0).min().unwrap_or(Tone::Good);
    let verb = if open.len() == 1 { "fires" } else { "fire" };
    let all = plural(open.len() as u64, "alert");
    match (open.len(), free) {
        (0, _) => (Tone::Good, format!("Nothing fires. {} watched.", watched(alerts.rules))),
        (_, 0) => (tone, format!("{all} {verb}; somebody has every one.")),
        (1, _) => (tone, format!("{all} {verb}, and nobody has it.")),
        (_, free) => (tone, format!("{all} {verb}; nobody has {}.", count(free as u64))),
    }
}

fn watched(rules: u64) -> String {
    format!("{} {}", plural(rules, "rule"), if rules == 1 { "is" } else { "are" })
}

/// What is below what fires.
pub fn sections(alerts: &Alerts, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let rows = |wanted: fn(&AlertRow) -> bool| {
        let shown = alerts.rows.iter().filter(|row| wanted(row) && is_shown(row, view));
        shown.map(|one| row(one, view, clock)).collect()
    };
    let table = |title, rows| Section { title, columns: &COLUMNS, order: "", rows };
    let is_quiet = |row: &AlertRow| {
        !wants_somebody(row) && !matches!(row.state, AlertState::Pending | AlertState::Resolved)
    };
    vec![
        table("Kept quiet", rows(is_quiet)),
        table("May fire soon", rows(|row| row.state == AlertState::Pending)),
        table("Just over", rows(|row| row.state == AlertState::Resolved)),
    ]
}

/// The page of an alert.
pub fn href(id: &str, view: &ViewState) -> String {
    view.carried_to(Page::Alerts).on(&format!("{}/{}", Page::Alerts.path(), segment(id)))
}

/// The page of a rule.
pub fn rule_href(name: &str, view: &ViewState) -> String {
    view.carried_to(Page::Rules).on(&format!("{}/{}", Page::Rules.path(), segment(name)))
}

/// Where the alert's query is asked by hand; `None`: it asks none.
pub fn query_href(query: &str, language: &str, view: &ViewState) -> Option<String> {
    match language {
        "promql" => {
            let mut there = view.carried_to(Page::Metrics);
            there.explore.ask_first(query);
            Some(there.on(Page::Metrics.path()))
        }
        "logql" => {
            let there = ViewState { query: query.to_owned(), ..view.carried_to(Page::Logs) };
            Some(there.on(Page::Logs.path()))
        }
        _ => None,
    }
}

/// What a silence of one alert is about: all of its labels.
pub fn matchers(row: &AlertRow) -> String {
    let one = |(name, value): (&String, &String)| {
        format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
    };
    format!("{{{}}}", row.labels.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// Who has it, and how long; what keeps it quiet; whom it tells.
pub fn notes(row: &AlertRow, clock: Clock<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if row.drill {
        notes.push("A fire drill: nothing is broken.".to_owned());
    }
    if let Some(until) = row.owned_until.filter(|_| !row.owner.is_empty()) {
        notes.push(format!("{} has it until {}.", row.owner, time::day_and_time(until, clock)));
    }
    if !row.silenced_by.is_empty() {
        notes.push("A silence keeps it quiet.".to_owned());
    }
    if !row.inhibited_by.is_empty() {
        notes.push("Another alert explains it and is told in its place.".to_owned());
    }
    if !row.receivers.is_empty() {
        notes.push(format!("Told to {}.", row.receivers.join(", ")));
    }
    if row.external {
        notes.push("Another program sent it.".to_owned());
    }
    notes
}

fn row(one: &AlertRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = standing(one);
    Row {
        key: one.id.clone(),
        tone,
        link: Some(href(&one.id, view)),
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.what).with_note(&one.rule),
            Cell::text(&one.how_bad),
            tier_cell(one.tier),
            ago(Some(one.since), clock),
        ],
        also: matchers(one),
        ..Row::default()
    }
}

fn tier_cell(of: Severity) -> Cell {
    Cell { size: Some(f64::from(of as u8)), ..Cell::text(tier(of)) }
}

/// Changes, the latest first.
pub fn changes(title: &'static str, all: &[AlertChange], view: &ViewState, clock: Clock<'_>) -> Section {
    let rows = all.iter().enumerate().map(|(at, one)| change(at, one, view, clock)).collect();
    Section { title, columns: &CHANGE_COLUMNS, order: "-time", rows }
}

fn change(at: usize, one: &AlertChange, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = match one.state {
        AlertState::Pending => (Tone::Idle, "pending"),
        AlertState::Firing if one.tier >= Severity::High => (Tone::Critical, "fired"),
        AlertState::Firing => (Tone::Warning, "fired"),
        AlertState::Flapping => (Tone::Warning, "came and went"),
        AlertState::Acknowledged => (Tone::Waiting, "acknowledged"),
        AlertState::Blind => (Tone::Warning, "no data"),
        AlertState::Resolved => (Tone::Good, "over"),
    };
    let when = Cell { size: Some(one.at as f64), ..Cell::text(time::day_and_time(one.at, clock)) };
    let mut details = vec![Detail::Labels("Labels", labels(&one.labels))];
    if let Some(value) = one.value {
        details.push(Detail::Fact("Value", trimmed(value, 3)));
    }
    details.push(Detail::Links(vec![
        ("The alert".to_owned(), href(&one.id, view)),
        ("Its rule".to_owned(), rule_href(&one.rule, view)),
    ]));
    Row {
        key: format!("{} {} {at}", one.at, one.id),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.what).with_note(&one.rule),
            tier_cell(one.tier),
            Cell::text(&one.by),
            Cell::figure(one.lasted_ms.map(|lasted| lasted as f64), |_| lasted(one.lasted_ms)),
            when.with_note(time::ago(one.at, clock.now)).with_hover(time::full(one.at, clock.zone)),
        ],
        details,
        ..Row::default()
    }
}

/// How long something took, to the second.
pub fn lasted(millis: Option<i64>) -> String {
    let whole =
        |millis: i64| if millis < time::SECOND { millis } else { millis / time::SECOND * time::SECOND };
    millis.map_or_else(|| "–".to_owned(), |millis| length(whole(millis)))
}

/// How a silence stands.
pub fn silence_standing(state: SilenceState) -> (Tone, &'static str) {
    match state {
        SilenceState::Active => (Tone::Waiting, "in force"),
        SilenceState::Pending => (Tone::Idle, "to come"),
        SilenceState::Expired => (Tone::Idle, "over"),
    }
}

/// The week, rule by rule.
pub fn report(report: &AlertReport, view: &ViewState) -> Vec<Section> {
    let row = |one: &api::ReportRow| {
        let (tone, word) = match (one.fired, one.ignored) {
            (0, _) => (Tone::Idle, "quiet"),
            (fired, ignored) if ignored * 2 > fired => (Tone::Warning, "tune it"),
            _ => (Tone::Good, "useful"),
        };
        let number = |number: u64| Cell::figure(Some(number as f64), |_| count(number));
        let time = |millis: Option<i64>| Cell::figure(millis.map(|millis| millis as f64), |_| lasted(millis));
        Row {
            key: one.rule.clone(),
            tone,
            link: Some(rule_href(&one.rule, view)),
            cells: vec![
                Cell::state(tone, word),
                Cell::text(&one.rule),
                tier_cell(one.tier),
                number(one.fired),
                number(one.ignored),
                time(one.acknowledged_ms),
                time(one.recovered_ms),
            ],
            ..Row::default()
        }
    };
    let rows = report.rules.iter().map(row).collect();
    vec![Section { title: "", columns: &REPORT_COLUMNS, order: "-fired", rows }]
}
