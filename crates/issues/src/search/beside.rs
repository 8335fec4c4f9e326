//! What the database knows of events beside the index: not every event is kept, and what came just now is not indexed yet.
//! Its tags are counted all the same, and the issue's title says what it is.
//!
//! Only where this cannot say too much: for one tag alone, and for words alone.

use super::field::indexed;
use super::issues::{Sql, with};
use super::query::{Condition, Filter, Query, Version};

/// The conditions about events as SQL about `issue i`, as far as the database itself knows.
pub(super) fn known(query: &Query, environment: &str, from_ms: i64, until_ms: i64) -> Option<Sql> {
    let conditions: Vec<&Condition> =
        query.conditions.iter().map(|condition| &condition.node).filter(|one| is_about_events(one)).collect();
    if conditions.iter().any(|condition| condition.negated) {
        return None;
    }
    match (conditions.as_slice(), environment) {
        ([], environment) => Some(tag(indexed::ENVIRONMENT, environment, from_ms, until_ms)),
        ([condition], "") if exact(condition).is_some() => {
            exact(condition).map(|(key, value)| tag(key, value, from_ms, until_ms))
        }
        (words, "") => titled(words),
        _ => None,
    }
}

fn is_about_events(condition: &Condition) -> bool {
    matches!(
        condition.filter,
        Filter::Release(_) | Filter::Has(_) | Filter::Tag { .. } | Filter::Word(_) | Filter::Phrase(_)
    )
}

fn exact(condition: &Condition) -> Option<(&str, &str)> {
    match &condition.filter {
        Filter::Tag { key, values } => match values.as_slice() {
            [value] => Some((key, value.exact()?)),
            _ => None,
        },
        Filter::Release(versions) => match versions.as_slice() {
            [Version::Named(value)] => Some((indexed::RELEASE, value.exact()?)),
            _ => None,
        },
        _ => None,
    }
}

fn tag(key: &str, value: &str, from_ms: i64, until_ms: i64) -> Sql {
    with(
        "i.id IN (SELECT f.issue FROM facet t JOIN fingerprint f ON f.id = t.fingerprint
                  WHERE t.key = ? AND t.value = ? AND t.last_ms >= ? AND t.first_ms < ?)",
        [key.to_owned().into(), value.to_owned().into(), from_ms.into(), until_ms.into()],
    )
}

/// All of the words stand in the title, wherever in it.
fn titled(words: &[&Condition]) -> Option<Sql> {
    let mut titled = Sql::default();
    for word in words {
        let (Filter::Word(text) | Filter::Phrase(text)) = &word.filter else { return None };
        let sql = "instr(lower(i.title || ' ' || i.message || ' ' || i.culprit), ?) > 0";
        titled.and(sql, [text.to_lowercase().into()]);
    }
    Some(titled)
}
