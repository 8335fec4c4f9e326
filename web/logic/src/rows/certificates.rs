//! Certificates as rows: what the proxy serves over TLS with, and what it wants and cannot get.

use api::{CertificateRow, Certificates};

use super::{Cell, Column, Detail, Row, Section, Tone, ago, capitalised, spaced, uptime};
use crate::time::{self, Clock};

/// The columns of certificates.
pub const COLUMNS: [Column; 6] = [
    Column::words("state", "State", "Whether it holds, and its renewal works", 126),
    Column::words("names", "Names", "The hosts that it is for; below them who signed it", 0),
    Column::figures("left", "Holds for", "How long it still holds", 96),
    Column::words("source", "From", "The resolver that gets it, files, or Porthole itself", 120),
    Column::figures("tried", "Last failure", "When getting or renewing it failed last", 110),
    Column::words("problem", "Reason", "What the failure said", 0),
];

/// The page's table.
pub fn sections(certificates: &Certificates, clock: Clock<'_>) -> Vec<Section> {
    let rows = certificates.rows.iter().map(|one| row(one, clock)).collect();
    vec![Section { title: "", columns: &COLUMNS, order: "", rows }]
}

fn row(one: &CertificateRow, clock: Clock<'_>) -> Row {
    let left = uptime::left_of(one.ends, clock);
    // One that is renewed in time may be as short as its CA likes.
    let is_in_time = one.renew_at.is_some_and(|at| at > clock.now) && one.failures == 0;
    let left = if is_in_time { left.toned(Tone::Idle) } else { left };
    let (tone, word) = match (one.ends, left.tone) {
        (None, _) if one.failures > 0 => (Tone::Critical, "not to be had"),
        (None, _) => (Tone::Waiting, "wanted"),
        (Some(_), Tone::Critical) => (Tone::Critical, "ends"),
        (Some(_), _) if one.failures > 0 => (Tone::Warning, "not renewed"),
        (Some(_), Tone::Warning) => (Tone::Warning, "ends soon"),
        (Some(_), _) if one.source == "own" => (Tone::Idle, "self-signed"),
        _ => (Tone::Good, "holds"),
    };
    let names = if one.names.is_empty() { "every other name".to_owned() } else { one.names.join(", ") };
    Row {
        key: spaced(&[&one.source, &names]),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&names).with_note(&one.issuer).with_hover(&names),
            left,
            Cell::text(&one.source),
            ago(one.problem_at, clock),
            Cell::text(capitalised(&one.problem)).with_hover(&one.problem),
        ],
        details: details(one, tone, clock),
        also: one.routers.join(" "),
        ..Row::default()
    }
}

fn details(one: &CertificateRow, tone: Tone, clock: Clock<'_>) -> Vec<Detail> {
    let mut details = Vec::new();
    if !one.problem.is_empty() {
        let words =
            format!("{} ({} failures since the last success.)", capitalised(&one.problem), one.failures);
        details.push(Detail::Reason(tone, words));
    }
    let at = |at| time::full(at, clock.zone);
    let times = [
        ("Holds from", one.begins),
        ("Holds until", one.ends),
        ("Renewed from", one.renew_at),
        ("Tried again", one.next_try),
    ];
    details.extend(times.into_iter().filter_map(|(name, time)| Some(Detail::Fact(name, at(time?)))));
    if one.default {
        details.push(Detail::Fact("Default", "served where no other fits".to_owned()));
    }
    if !one.routers.is_empty() {
        details.push(Detail::Fact("Used by", one.routers.join(", ")));
    }
    details
}
