//! The numbers that count, of the last seven days against the seven before.

use api::WeekNumber;
use web_logic::spark;
use web_logic::unit::written;
use web_logic::week::{Turn, turn};

use super::Known;
use crate::dom::{El, drawings, el};
use crate::reactive::derived;

const SPARK: (f64, f64) = (120.0, 28.0);

/// The numbers.
pub(super) fn week(known: Known) -> El {
    let all = derived(move || {
        known.situation.with(|situation| situation.as_ref().map(|situation| situation.week.clone()))
    });
    let items = move || {
        all.with(|all| match all {
            None => (0..5).map(|_| el("div", "week-number skeleton-line")).collect(),
            Some(all) => all.iter().map(number).collect(),
        })
    };
    el("section", "")
        .attr("aria-label", "The numbers that count")
        .add(el("h2", "group-title").text("The last seven days, against the seven before"))
        .add(el("dl", "week-numbers").children_of(items))
}

fn number(number: &WeekNumber) -> El {
    let value =
        |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| written(value, &number.unit));
    let name = match number.href.as_str() {
        "" => el("dt", "").text(&number.name),
        href => el("dt", "").add(el("a", "").attr("href", href).text(&number.name)),
    };
    let turn = turn(number);
    let words = match turn {
        Turn::Unknown => "nothing to compare with yet".to_owned(),
        Turn::Same => format!("as before ({})", value(number.before)),
        Turn::Better => format!("better than {}", value(number.before)),
        Turn::Worse => format!("worse than {}", value(number.before)),
    };
    let trend = drawings("week-trend", "0 0 120 28", &[("", spark::line(&number.days, SPARK))]);
    let note = el("span", "hint").class_if("week-worse", turn == Turn::Worse).text(&words);
    el("div", "week-number")
        .add(name)
        .add(el("dd", "week-value").add(el("b", "").text(&value(number.now))).add(trend))
        .add(el("dd", "").add(note))
}
