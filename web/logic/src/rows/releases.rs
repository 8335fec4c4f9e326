//! Releases as rows: what each brought; one of them with its issues and deploys.

use api::{Deploy, IssueRow, Release, ReleaseRow, Releases};

use super::{Cell, Column, Row, Section, Tone, ago};
use crate::decimal::within;
use crate::issues::words::standing as issue_standing;
use crate::number::{compact, count};
use crate::query_string::segment;
use crate::route::Page;
use crate::syntax::quote;
use crate::time::Clock;
use crate::unit::written;
use crate::view::ViewState;

/// The columns of releases.
pub const COLUMNS: [Column; 9] = [
    Column::words("state", "State", "Whether it brought errors", 116),
    Column::words("version", "Version", "Its name; below it the project", 0),
    Column::figures("age", "First seen", "When it was told of, or first seen", 96),
    Column::figures("deployed", "Deployed", "Its last deploy, as far as is told", 130),
    Column::figures("events", "Events", "Its events", 76),
    Column::figures("new", "New issues", "Issues that came for the first time with it", 88),
    Column::figures("regressed", "Regressed", "Issues that came again with it though they were resolved", 88),
    Column::figures("sessions", "Crash-free", "Sessions without a crash, of all", 104),
    Column::figures("users", "Crash-free users", "Users who met no crash, of all", 124),
];

const ISSUE_COLUMNS: [Column; 6] = [
    Column::words("state", "State", "How it does", 116),
    Column::words("issue", "Issue", "What kind of error, and what it said", 0),
    Column::words("where", "Where", "In which function or transaction", 260),
    Column::figures("events", "Events", "How often it came", 80),
    Column::figures("users", "Users", "How many met it", 80),
    Column::figures("seen", "Last seen", "Its last event", 96),
];

const DEPLOY_COLUMNS: [Column; 4] = [
    Column::words("state", "", "", 24),
    Column::words("environment", "Environment", "Where it was brought to", 200),
    Column::figures("at", "When", "When that was done", 120),
    Column::words("about", "About", "What its maker said of it", 0),
];

/// Fewer are worth a look.
const FREE_OF_CRASHES: f64 = 0.99;

/// The page's table.
pub fn sections(releases: &Releases, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let rows = releases.rows.iter().map(|one| row(one, view, clock)).collect();
    vec![Section { title: "", columns: &COLUMNS, order: "-age", rows }]
}

/// How a release does.
pub fn standing(one: &ReleaseRow) -> (Tone, &'static str) {
    let crashes = [one.crash_free_sessions, one.crash_free_users];
    match (one.regressed_issues, one.new_issues) {
        _ if crashes.iter().flatten().any(|free| *free < FREE_OF_CRASHES) => (Tone::Critical, "crashes"),
        (1.., _) => (Tone::Warning, "regressed"),
        (0, 1..) => (Tone::Warning, "new issues"),
        (0, 0) => (Tone::Good, "quiet"),
    }
}

fn row(one: &ReleaseRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = standing(one);
    let number =
        |number: u64| Cell::figure(Some(number as f64), |_| compact(number)).with_hover(count(number));
    let issues = |number: u64| number_of_issues(number, &one.version, view);
    let regressed = number(one.regressed_issues);
    Row {
        key: format!("{} {}", one.project, one.version),
        tone,
        link: Some(href(view, one)),
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.version).with_note(&one.project).with_hover(&one.version),
            ago(Some(one.first_seen), clock),
            ago(one.deployed, clock).with_note(&one.deployed_to),
            number(one.events),
            issues(one.new_issues),
            regressed.toned(if one.regressed_issues > 0 { Tone::Warning } else { Tone::Idle }),
            free(one.crash_free_sessions).with_note(sessions(one)),
            free(one.crash_free_users),
        ],
        ..Row::default()
    }
}

fn sessions(one: &ReleaseRow) -> String {
    if one.sessions == 0 { String::new() } else { format!("of {}", compact(one.sessions)) }
}

/// A share of what went without a crash; what is nearly all is never written as all.
pub fn free(share: Option<f64>) -> Cell {
    let tone = if share.is_some_and(|share| share < FREE_OF_CRASHES) { Tone::Critical } else { Tone::Idle };
    Cell::figure(share, |share| written(within(share, 0.0, 1.0), "ratio")).toned(tone)
}

/// How many issues began with a release, leading to them.
fn number_of_issues(number: u64, version: &str, view: &ViewState) -> Cell {
    let query = format!("firstRelease:{}", quote(version));
    let there = ViewState { query, ..view.carried_to(Page::Issues) };
    let link = (number > 0).then(|| there.on(Page::Issues.path()));
    let tone = if number > 0 { Tone::Warning } else { Tone::Idle };
    Cell::figure(Some(number as f64), |_| compact(number)).toned(tone).linked(link)
}

/// The page of a release, looking at the same time.
fn href(view: &ViewState, one: &ReleaseRow) -> String {
    let project = Some(one.project.clone()).filter(|project| !project.is_empty());
    let there = ViewState { project, ..view.carried_to(Page::Releases) };
    there.on(&format!("{}/{}", Page::Releases.path(), segment(&one.version)))
}

/// The tables of one release.
pub fn one_sections(release: &Release, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let issues = |all: &[IssueRow]| all.iter().map(|one| issue(one, view, clock)).collect();
    let table = |title, rows| Section { title, columns: &ISSUE_COLUMNS, order: "-events", rows };
    let deploys = release.deploys.iter().enumerate().map(|(at, one)| deploy(at, one, clock)).collect();
    vec![
        table("New issues", issues(&release.new_issues)),
        table("Regressed issues", issues(&release.regressed_issues)),
        Section { title: "Deploys", columns: &DEPLOY_COLUMNS, order: "-at", rows: deploys },
    ]
}

fn issue(one: &IssueRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = issue_standing(one);
    let number = |number: u64| Cell::figure(Some(number as f64), |_| compact(number));
    Row {
        key: one.short_id.clone(),
        tone,
        link: Some(view.carried_to(Page::Issues).on(&format!("{}/{}", Page::Issues.path(), one.id))),
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.title).with_note(&one.message).with_hover(&one.short_id),
            Cell::text(&one.culprit),
            number(one.events),
            number(one.users),
            ago(Some(one.last_seen), clock),
        ],
        ..Row::default()
    }
}

fn deploy(at: usize, one: &Deploy, clock: Clock<'_>) -> Row {
    Row {
        key: format!("deploy {at}"),
        cells: vec![
            Cell::default(),
            Cell::text(&one.environment),
            ago(Some(one.at), clock),
            // An address that somebody typed is no link.
            Cell::text(&one.name).with_note(&one.url),
        ],
        ..Row::default()
    }
}
