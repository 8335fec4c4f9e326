//! Rules as rows: how each does, when it was last evaluated, and where it is written.

use api::{AlertRules, RuleOrigin, RuleRow, RuleState};

use super::super::{Cell, Column, Row, Section, Tone, ago};
use super::{rule_href, tier_cell};
use crate::rows::performance::took;
use crate::time::Clock;
use crate::view::ViewState;

const COLUMNS: [Column; 6] = [
    Column::words("state", "State", "Whether it fires, and whether it can be evaluated", 146),
    Column::words("rule", "Rule", "Its name; below it what it asks", 0),
    Column::words("what", "What", "What broke when it fires, or why it cannot be evaluated", 0),
    Column::words("tier", "Tier", "How bad it is, and so who is told", 90),
    Column::figures("evaluated", "Evaluated", "When it last was, and how long that took", 130),
    Column::words("origin", "Written in", "Where it is changed", 170),
];

/// The page's table.
pub fn rule_sections(rules: &AlertRules, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let rows = rules.rows.iter().map(|one| row(one, view, clock)).collect();
    vec![Section { title: "", columns: &COLUMNS, order: "", rows }]
}

/// How a rule does.
pub fn one_standing(row: &RuleRow) -> (Tone, &'static str) {
    match row.state {
        RuleState::Failing => (Tone::Critical, "fails"),
        RuleState::Firing => (Tone::Warning, "fires"),
        RuleState::Pending => (Tone::Waiting, "may fire soon"),
        RuleState::Quiet => (Tone::Good, "quiet"),
        RuleState::Waiting => (Tone::Idle, "not asked yet"),
        RuleState::Off => (Tone::Idle, "off"),
    }
}

/// Where a rule is written, and how it is changed.
pub fn origin_words(row: &RuleRow) -> String {
    match row.origin {
        RuleOrigin::Builtin => {
            format!(
                "It is built in. Write [alerts.builtin.{}] into porthole.toml with the keys that are to be other; \
                 enabled = false turns it off.",
                row.name
            )
        }
        RuleOrigin::Settings | RuleOrigin::File => {
            format!("It is written in {} and changed there.", row.place)
        }
        RuleOrigin::Page => "It was made on this page.".to_owned(),
    }
}

fn row(one: &RuleRow, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word) = one_standing(one);
    let text = if one.fault.is_empty() { &one.what } else { &one.fault };
    let words = Cell::text(text).toned(if one.fault.is_empty() { Tone::Idle } else { Tone::Critical });
    Row {
        key: one.name.clone(),
        tone,
        link: Some(rule_href(&one.name, view)),
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&one.name).with_note(&one.query),
            words,
            tier_cell(one.tier),
            ago(one.evaluated, clock).with_note(one.took_ms.map(took).unwrap_or_default()),
            Cell::text(&one.place),
        ],
        ..Row::default()
    }
}
