//! What series are called, and their colours.

use std::collections::BTreeSet;

use api::{NumberSeries, StreamLabels};

use super::COLOURS;

/// What the series of one query are called: by its legend, in which `{{label}}` stands for the label's value, or by
/// [`names`] behind its letter if there are other queries.
pub fn legend(legend: &str, series: &[NumberSeries], among_others: bool) -> Vec<String> {
    if legend.contains("{{") {
        return series.iter().map(|series| filled(legend, &series.labels)).collect();
    }
    match series {
        [_] if !legend.is_empty() => vec![legend.to_owned()],
        _ => names(series)
            .into_iter()
            .map(|name| if among_others && !legend.is_empty() { format!("{legend} {name}") } else { name })
            .collect(),
    }
}

fn filled(template: &str, labels: &StreamLabels) -> String {
    let mut name = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((label, behind)) = after.split_once("}}") else { break };
        name.push_str(before);
        name.push_str(labels.get(label.trim().trim_start_matches('.')).map_or("", String::as_str));
        rest = behind;
    }
    name.push_str(rest);
    name
}

/// Labels that people think in, first; the others follow by name.
const TELLING: [&str; 4] = ["service", "container", "instance", "job"];

/// What tells each series from the others: the one label or the two that suffice, else all in which they differ.
pub fn names(series: &[NumberSeries]) -> Vec<String> {
    let value = |one: &NumberSeries, name: &str| one.labels.get(name).cloned().unwrap_or_default();
    let mut all: Vec<&str> = TELLING.to_vec();
    for name in series.iter().flat_map(|one| one.labels.keys()) {
        if !all.contains(&name.as_str()) {
            all.push(name);
        }
    }
    let differs = |name: &&str| series.iter().any(|other| value(other, name) != value(&series[0], name));
    let differing: Vec<&str> = all.iter().copied().filter(differs).collect();
    let suffices = |chosen: &[&str]| {
        let mut seen = BTreeSet::new();
        series.iter().all(|one| {
            let values: Vec<String> = chosen.iter().map(|name| value(one, name)).collect();
            values.iter().any(|value| !value.is_empty()) && seen.insert(values)
        })
    };
    let one = || differing.iter().map(|name| vec![*name]).find(|one| suffices(one));
    let two = || {
        let pairs = differing.iter().enumerate().flat_map(|(at, first)| {
            differing[at + 1..].iter().map(|second| vec![*first, *second]).collect::<Vec<_>>()
        });
        pairs.into_iter().find(|two| suffices(two))
    };
    let chosen = match series {
        [_] => None,
        _ => Some(one().or_else(two).unwrap_or(differing.clone())),
    };
    series.iter().map(|series| name(&series.labels, chosen.as_deref())).collect()
}

/// A name of the chosen labels; `None`: of all.
fn name(labels: &StreamLabels, chosen: Option<&[&str]>) -> String {
    let telling: Vec<(&String, &String)> = labels
        .iter()
        .filter(|(name, _)| chosen.is_none_or(|chosen| chosen.contains(&name.as_str())))
        .collect();
    match telling.as_slice() {
        [] => "value".to_owned(),
        [(_, value)] if !value.is_empty() => (*value).clone(),
        many => many.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", "),
    }
}

/// The colour of each series: the same for the same name as long as no other one of the page has taken it.
/// `None`: there are too many for colours.
pub fn colours(names: &[String]) -> Vec<Option<usize>> {
    let mut taken = [false; COLOURS];
    let colour = |name: &String| {
        let wish =
            name.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte)));
        let free = (0..COLOURS).map(|step| (wish + step) % COLOURS).find(|colour| !taken[*colour])?;
        taken[free] = true;
        Some(free)
    };
    names.iter().map(colour).collect()
}
