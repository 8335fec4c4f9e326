//! Which labels stages look at.

use crate::ast::{LabelChoice, LabelFormat, Stage};

/// The labels on which it depends what a stage does, if it looks at labels alone; `None` if it looks at lines.
pub(super) fn of_labels_alone(stage: &Stage) -> Option<Vec<&str>> {
    match stage {
        Stage::Label(filter) => Some(filter.names()),
        Stage::Drop(choices) | Stage::Keep(choices) => Some(choices.iter().map(of_choice).collect()),
        Stage::LabelFormat(formats) => {
            let names = formats.iter().map(|format| match format {
                LabelFormat::Rename { to, from } => Some([to.as_str(), from.as_str()]),
                // A template may write the line into a label.
                LabelFormat::Template { .. } => None,
            });
            Some(names.collect::<Option<Vec<_>>>()?.concat())
        }
        _ => None,
    }
}

fn of_choice(choice: &LabelChoice) -> &str {
    match choice {
        LabelChoice::Name(name) => name,
        LabelChoice::Matcher(matcher) => matcher.name(),
    }
}
