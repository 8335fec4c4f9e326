//! `| drop` and `| keep`.

use super::labels::{ERROR, ERROR_DETAILS, LineLabels};
use crate::ast::LabelChoice;

pub(super) fn drop(choices: &[LabelChoice], labels: &mut LineLabels<'_>) {
    for choice in choices {
        let name = name(choice);
        if !fits(choice, labels.seen(name)) {
            continue;
        }
        match name {
            ERROR => labels.drop_error(),
            ERROR_DETAILS => labels.drop_error_details(),
            _ => labels.remove(name),
        }
    }
}

/// Errors stay, whatever is kept.
pub(super) fn keep(choices: &[LabelChoice], labels: &mut LineLabels<'_>) {
    let mut unwanted = Vec::new();
    for (_, label, value) in labels.seen_whole().iter() {
        let kept = choices.iter().any(|choice| name(choice) == label && fits(choice, Some(value)));
        if !kept && label != ERROR && label != ERROR_DETAILS {
            unwanted.push(label.to_owned());
        }
    }
    unwanted.iter().for_each(|name| labels.remove(name));
}

fn name(choice: &LabelChoice) -> &str {
    match choice {
        LabelChoice::Name(name) => name,
        LabelChoice::Matcher(matcher) => matcher.name(),
    }
}

fn fits(choice: &LabelChoice, value: Option<&str>) -> bool {
    match choice {
        LabelChoice::Name(_) => value.is_some(),
        LabelChoice::Matcher(matcher) => matcher.matches_value(value.unwrap_or_default()),
    }
}
