//! What is scraped, as rows; and what could be and is not.

use api::{DroppedTargetRow, TargetHealth, TargetRow, Targets};

use super::services::Which;
use super::{Cell, Column, Detail, Row, Section, Tone, admits, ago, capitalised, labels, links, spaced};
use crate::number::{count, plural};
use crate::time::{Clock, length};
use crate::unit::written;
use crate::view::ViewState;

/// The columns of targets.
pub const COLUMNS: [Column; 8] = [
    Column::words("state", "State", "Whether it answered when it was last asked", 116),
    Column::words("target", "Target", "Its job, and its instance below", 230),
    Column::figures("last", "Last asked", "When it was last asked", 96),
    Column::figures("took", "Took", "How long its answer took", 84),
    Column::figures("samples", "Samples", "Samples of the last answer that were stored", 84),
    Column::figures("cut", "Series cut", "Series left out, since there are more than its budget", 84),
    Column::figures("bad", "Bad lines", "Lines of the last answer that could not be read", 84),
    Column::words("why", "Reason", "What is wrong, and what to do", 0),
];

/// The columns of what is left alone.
pub const LEFT_COLUMNS: [Column; 3] = [
    Column::words("state", "State", "It is not scraped", 116),
    Column::words("found", "Found", "A container, or an address", 230),
    Column::words("why", "Reason", "Why it is not scraped, and what to do to have it scraped", 0),
];

/// An answer that takes more than this part of its time limit will soon take too long.
const SLOW: f64 = 0.8;

/// The page's tables.
pub fn sections(targets: &Targets, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let of_view = |target: &&TargetRow| admits(view, &target.service, &target.environment);
    let scraped = targets.targets.iter().filter(of_view).map(|target| row(target, view, clock)).collect();
    let left = targets.dropped.iter().map(left_alone).collect();
    vec![
        Section { title: "", columns: &COLUMNS, order: "", rows: scraped },
        Section { title: "Found and left alone", columns: &LEFT_COLUMNS, order: "", rows: left },
    ]
}

/// One target.
pub fn row(target: &TargetRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = standing(target);
    let limit = target.timeout as f64 / 1_000.0;
    let asked = target.last.is_some();
    let took = Cell::figure(asked.then_some(target.seconds), |seconds| written(seconds, "seconds"));
    let slow = asked && target.seconds > limit * SLOW;
    let whole = |number: u64| Cell::figure(asked.then_some(number as f64), |_| count(number));
    let trouble = |cell: Cell, is_there: bool| cell.toned(if is_there { Tone::Warning } else { Tone::Idle });
    let mut row = Row {
        key: format!("{} {}", target.job, target.url),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&target.job).with_note(&target.instance).with_hover(&target.url),
            ago(target.last, clock),
            trouble(took, slow).with_hover(format!("It may take {}", length(target.timeout))),
            whole(target.stored).with_hover(samples(target)),
            trouble(whole(target.cut), target.cut > 0),
            trouble(whole(target.bad_lines), target.bad_lines > 0),
            Cell::text(capitalised(&target.problem)),
        ],
        also: spaced(&[&target.url, &target.service, &target.project, &target.origin]),
        ..Row::default()
    };
    row.details = details(target, tone, slow);
    row.details.extend(links(view, &Which::of(&target.environment, &target.project, &target.service)));
    row
}

fn standing(target: &TargetRow) -> (Tone, &'static str) {
    match target.health {
        TargetHealth::Down => (Tone::Critical, "down"),
        TargetHealth::Unknown => (Tone::Waiting, "not asked"),
        TargetHealth::Up if target.cut > 0 || target.bad_lines > 0 => (Tone::Warning, "in part"),
        TargetHealth::Up => (Tone::Good, "up"),
    }
}

fn samples(target: &TargetRow) -> String {
    let new = if target.added > 0 { format!("; {} new series", count(target.added)) } else { String::new() };
    format!("{} in the answer, {} stored{new}", plural(target.scraped, "sample"), count(target.stored))
}

fn details(target: &TargetRow, tone: Tone, slow: bool) -> Vec<Detail> {
    let mut details = Vec::new();
    if !target.problem.is_empty() {
        details.push(Detail::Reason(tone, capitalised(&target.problem)));
    }
    if slow {
        let words = format!(
            "It takes nearly as long as it may ({}): give it a longer timeout, or let it answer less.",
            length(target.timeout)
        );
        details.push(Detail::Reason(Tone::Warning, words));
    }
    details.push(Detail::Quote("Asked at", target.url.clone()));
    details.push(Detail::Fact(
        "How often",
        format!("every {}, for {} at most", length(target.interval), length(target.timeout)),
    ));
    if target.last.is_some() {
        details.push(Detail::Fact("Last answer", samples(target)));
    }
    details.push(Detail::Fact("Named by", target.origin.clone()));
    details.push(Detail::Labels("Its labels", labels(&target.labels)));
    details
}

fn left_alone(dropped: &DroppedTargetRow) -> Row {
    Row {
        key: format!("left {}", dropped.name),
        tone: Tone::Idle,
        cells: vec![
            Cell::state(Tone::Idle, "left alone"),
            Cell::text(&dropped.name),
            Cell::text(capitalised(&dropped.why)),
        ],
        details: vec![
            Detail::Reason(Tone::Waiting, capitalised(&dropped.why)),
            Detail::Labels("What was found", labels(&dropped.discovered)),
        ],
        ..Row::default()
    }
}
