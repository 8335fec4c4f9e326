//! Probes, as rows: whether they pass, how often they did, and until when their certificates hold.

use api::{Millis, ProbeHealth, ProbeRow, Uptime};

use super::services::Which;
use super::{Cell, Column, Detail, Picture, Row, Section, Tone, admits, ago, capitalised, links, spaced};
use crate::decimal::within;
use crate::time::{self, Clock, DAY, length};
use crate::unit::written;
use crate::view::ViewState;

/// The columns of probes.
pub const COLUMNS: [Column; 9] = [
    Column::words("state", "State", "Whether the last try passed", 116),
    Column::words("probe", "Probe", "Its name, and what is probed below", 230),
    Column::words(
        "strip",
        "Over the chosen time",
        "One bar for each part of the time; tall and coloured: tries that failed",
        0,
    ),
    Column::figures("answer", "Answer", "How long the last answer took", 84),
    Column::figures("day", "24 h", "Share of tries that passed in the last 24 hours", 80),
    Column::figures("week", "7 d", "Share of tries that passed in the last 7 days", 80),
    Column::figures("month", "30 d", "Share of tries that passed in the last 30 days", 80),
    Column::figures("certificate", "Certificate", "How long its certificate still holds", 96),
    Column::figures("last", "Last tried", "When it was last tried", 96),
];

/// A certificate that ends sooner should have been renewed by now.
const RENEWED_BEFORE: Millis = 21 * DAY;
/// One that ends sooner will soon lock everybody out.
const URGENT_BEFORE: Millis = 7 * DAY;
/// Below this an availability is worth a colour.
const GOOD_SHARE: f64 = 0.99;

/// The page's table.
pub fn sections(uptime: &Uptime, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let of_view = |probe: &&ProbeRow| admits(view, &probe.service, &probe.environment);
    let rows = uptime.probes.iter().filter(of_view).map(|probe| row(probe, view, clock)).collect();
    vec![Section { title: "", columns: &COLUMNS, order: "", rows }]
}

/// One probe.
pub fn row(probe: &ProbeRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let certificate = certificate(probe, clock);
    let (tone, word) = standing(probe, &certificate);
    let share = |share: Option<f64>| {
        let poor = share.is_some_and(|share| share < GOOD_SHARE);
        Cell::figure(share, |share| written(share, "ratio")).toned(if poor {
            Tone::Warning
        } else {
            Tone::Idle
        })
    };
    let mut details = details(probe, tone, clock);
    details.extend(links(view, &Which::of(&probe.environment, &probe.project, &probe.service)));
    Row {
        key: format!("{} {}", probe.name, probe.url),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&probe.name).with_note(&probe.url).with_hover(&probe.url),
            Cell::default()
                .with_note(capitalised(&probe.problem))
                .with_hover(strip_words(&probe.strip))
                .drawn(Picture::Strip(probe.strip.clone())),
            Cell::figure(probe.seconds, |seconds| written(seconds, "seconds")),
            share(probe.day),
            share(probe.week),
            share(probe.month),
            certificate,
            ago(probe.last, clock),
        ],
        also: spaced(&[&probe.service, &probe.project, &probe.origin, &probe.problem]),
        details,
        link: None,
    }
}

fn standing(probe: &ProbeRow, certificate: &Cell) -> (Tone, &'static str) {
    match probe.state {
        ProbeHealth::Down => (Tone::Critical, "down"),
        ProbeHealth::Unknown => (Tone::Waiting, "not tried"),
        ProbeHealth::Up if matches!(certificate.tone, Tone::Warning | Tone::Critical) => {
            (Tone::Warning, "expiring")
        }
        ProbeHealth::Up => (Tone::Good, "up"),
    }
}

fn certificate(probe: &ProbeRow, clock: Clock<'_>) -> Cell {
    left_of(probe.certificate_ends, clock)
}

/// How long a certificate still holds.
pub(super) fn left_of(ends: Option<Millis>, clock: Clock<'_>) -> Cell {
    let left = ends.map(|end| end - clock.now);
    let tone = match left {
        Some(..URGENT_BEFORE) => Tone::Critical,
        Some(URGENT_BEFORE..RENEWED_BEFORE) => Tone::Warning,
        _ => Tone::Idle,
    };
    let words = |_: f64| match left {
        Some(..=0) => "has ended".to_owned(),
        Some(left @ ..DAY) => length(left - left % time::MINUTE),
        Some(left) => format!("{} d", left / DAY),
        None => String::new(),
    };
    let hover = ends.map(|end| format!("It ends {}", time::full(end, clock.zone)));
    Cell::figure(left.map(|left| left as f64), words).toned(tone).with_hover(hover.unwrap_or_default())
}

/// `Up all the time`, `Down in 3 of 88 parts of the time`.
fn strip_words(strip: &[Option<f64>]) -> String {
    let watched = strip.iter().flatten().count();
    let failed = strip.iter().flatten().filter(|share| **share < 1.0).count();
    match (watched, failed) {
        (0, _) => "Not tried in this time".to_owned(),
        (_, 0) => "Every try passed".to_owned(),
        _ => format!("Tries failed in {failed} of {watched} parts of this time"),
    }
}

fn details(probe: &ProbeRow, tone: Tone, clock: Clock<'_>) -> Vec<Detail> {
    let mut details = Vec::new();
    if !probe.problem.is_empty() {
        details.push(Detail::Reason(tone, capitalised(&probe.problem)));
    }
    let ends = probe.certificate_ends;
    if let Some(end) = ends.filter(|end| end - clock.now < RENEWED_BEFORE) {
        let words =
            format!("Its certificate ends {}: see why it was not renewed.", time::day_and_time(end, clock));
        details.push(Detail::Reason(Tone::Warning, words));
    }
    details.push(Detail::Quote("What is probed", probe.url.clone()));
    if let Some(at) = probe.last {
        let status = probe.status.map(|status| format!("status {status}, ")).unwrap_or_default();
        let took = probe.seconds.map(|seconds| format!("in {}, ", written(seconds, "seconds")));
        let at = time::time_of_day(at, clock.zone, true);
        let words = format!("{status}{}at {at}", took.unwrap_or_default());
        details.push(Detail::Fact("Last answer", words));
    }
    if let Some(at) = probe.since {
        let name = if probe.state == ProbeHealth::Down { "Down" } else { "Up" };
        details.push(Detail::Fact(name, time::since(at, clock)));
    }
    if let Some(end) = ends {
        details.push(Detail::Fact("Certificate ends", time::full(end, clock.zone)));
    }
    details.push(Detail::Fact("How often", format!("every {}", length(probe.interval))));
    details.push(Detail::Fact("Named by", probe.origin.clone()));
    details
}

/// What the bar at a place of a strip stands for: when it begins and ends, and the share of tries that passed.
pub fn told(
    strip: &[Option<f64>],
    part: f64,
    (start, step): (Millis, Millis),
    clock: Clock<'_>,
) -> Option<String> {
    let at = ((within(part, 0.0, 1.0) * strip.len() as f64) as usize).min(strip.len().checked_sub(1)?);
    let from = start + step * at as i64;
    let words = match strip[at] {
        None => "not tried".to_owned(),
        Some(share) if share >= 1.0 => "every try passed".to_owned(),
        Some(share) if share <= 0.0 => "every try failed".to_owned(),
        Some(share) => format!("{} of the tries passed", written(share, "ratio")),
    };
    let (one, other) = (time::day_and_time(from, clock), time::time_of_day(from + step, clock.zone, false));
    Some(format!("{one} – {other}: {words}"))
}
