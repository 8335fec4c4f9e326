//! What is offered at a place of a query.

use crate::letters::small;

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What the list shows.
    pub shown: String,
    /// What it is, in a few words.
    pub hint: String,
    /// What is put into the query.
    pub inserted: String,
}

/// More are not looked through by anybody.
const SHOWN_MAX: usize = 40;

/// What begins as typed, then what holds it; nothing where all is typed already.
pub(crate) fn matching(all: Vec<Candidate>, prefix: &str) -> Vec<Candidate> {
    let prefix = small(prefix);
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for candidate in all {
        let shown = small(&candidate.shown);
        if shown.starts_with(&prefix) {
            first.push(candidate);
        } else if shown.contains(&prefix) {
            then.push(candidate);
        }
    }
    first.append(&mut then);
    if let [only] = first.as_slice()
        && small(&only.shown) == prefix
    {
        return Vec::new();
    }
    first.truncate(SHOWN_MAX);
    first
}

/// Something that has a name.
pub(crate) fn known(name: &str, hint: &str, inserted: &str) -> Candidate {
    Candidate { shown: name.to_owned(), hint: hint.to_owned(), inserted: inserted.to_owned() }
}
