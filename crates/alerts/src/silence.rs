//! Silences: for a while nothing is said of alerts whose labels fit. They are made, changed and ended as Alertmanager's,
//! whose clients must work.
//!
//! ```ignore
//! let id = silence::put(&mut silences, new, now_ms)?;      // makes one, or changes the one of `new.id`
//! silence::expire(&mut silences, &id, now_ms)?;
//! let quiet = silence::fitting(&silences, &labels, now_ms); // ids
//! ```

use std::collections::BTreeMap;

use model::{Labels, MatchOp, Matcher, MatcherError};
use serde::{Deserialize, Serialize};

use crate::shown::{NewSilence, Silence};

/// More are refused: somebody's script runs wild.
const SILENCES_MAX: usize = 1_000;
/// A silence that has ended is shown for so long.
pub const EXPIRED_KEPT_MS: i64 = 5 * 86_400_000;
const MATCHERS_MAX: usize = 50;
const TEXT_MAX: usize = 4_000;

/// Silences by id.
pub type Silences = BTreeMap<String, Silence>;

/// Why a silence cannot be made or ended. Every variant is a sentence for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SilenceError {
    /// There is none of this id.
    #[error("there is no silence {0}")]
    NotFound(String),
    /// It is over already.
    #[error("silence {0} has already expired")]
    Expired(String),
    /// What was asked for makes no sense.
    #[error("{0}")]
    Invalid(String),
}

/// Makes a silence, or changes the one that has the id. One that is already in force keeps its id only if it is still about
/// the same alerts from the same time on; else it ends, and another takes its place.
pub fn put(
    silences: &mut Silences,
    new: NewSilence,
    fresh_id: String,
    now_ms: i64,
) -> Result<String, SilenceError> {
    check(&new, now_ms)?;
    let mut made = Silence {
        id: fresh_id,
        matchers: new.matchers,
        starts_ms: new.starts_ms,
        ends_ms: new.ends_ms,
        updated_ms: now_ms,
        by: new.by,
        reason: new.reason,
    };
    if let Some(id) = new.id.filter(|id| !id.is_empty()) {
        let old = silences.get_mut(&id).ok_or_else(|| SilenceError::NotFound(id.clone()))?;
        if may_change(old, &made, now_ms) {
            made.id.clone_from(&id);
            silences.insert(id.clone(), made);
            return Ok(id);
        }
        end(old, now_ms);
    }
    if silences.values().filter(|silence| silence.ends_ms > now_ms).count() >= SILENCES_MAX {
        return Err(SilenceError::Invalid(format!(
            "there are {SILENCES_MAX} silences already; end some first"
        )));
    }
    // What begins in the past began now: nothing that was said is taken back.
    made.starts_ms = made.starts_ms.max(now_ms);
    let id = made.id.clone();
    silences.insert(id.clone(), made);
    Ok(id)
}

/// Ends a silence.
pub fn expire(silences: &mut Silences, id: &str, now_ms: i64) -> Result<(), SilenceError> {
    let silence = silences.get_mut(id).ok_or_else(|| SilenceError::NotFound(id.to_owned()))?;
    if silence.ends_ms <= now_ms {
        return Err(SilenceError::Expired(id.to_owned()));
    }
    end(silence, now_ms);
    Ok(())
}

/// The ids of the silences in force that fit these labels.
pub fn fitting(silences: &Silences, labels: &Labels, now_ms: i64) -> Vec<String> {
    in_force(silences, labels, now_ms).map(|silence| silence.id.clone()).collect()
}

/// Whether any silence in force fits these labels.
pub fn is_silenced(silences: &Silences, labels: &Labels, now_ms: i64) -> bool {
    in_force(silences, labels, now_ms).next().is_some()
}

/// A random id as Alertmanager's clients want it: a UUID of version 4.
pub fn fresh_id(random: [u8; 16]) -> String {
    let mut bytes = random;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn in_force<'a>(
    silences: &'a Silences,
    labels: &'a Labels,
    now_ms: i64,
) -> impl Iterator<Item = &'a Silence> + 'a {
    let in_force = silences.values().filter(move |one| one.starts_ms <= now_ms && now_ms < one.ends_ms);
    in_force.filter(|silence| fits(silence, labels))
}

fn fits(silence: &Silence, labels: &Labels) -> bool {
    let value = |matcher: &Matcher| labels.get(matcher.name()).unwrap_or_default();
    silence.matchers.iter().all(|matcher| matcher.matches_value(value(matcher)))
}

fn end(silence: &mut Silence, now_ms: i64) {
    // One that has not begun never will.
    silence.starts_ms = silence.starts_ms.min(now_ms);
    silence.ends_ms = silence.ends_ms.min(now_ms);
    silence.updated_ms = now_ms;
}

fn may_change(old: &Silence, new: &Silence, now_ms: i64) -> bool {
    let has_ended = old.ends_ms <= now_ms;
    let has_begun = old.starts_ms <= now_ms;
    match (has_ended, has_begun) {
        (true, _) => false,
        (false, true) => {
            old.matchers == new.matchers && old.starts_ms == new.starts_ms && new.ends_ms >= now_ms
        }
        (false, false) => old.matchers == new.matchers && new.starts_ms >= now_ms,
    }
}

fn check(new: &NewSilence, now_ms: i64) -> Result<(), SilenceError> {
    let invalid = |text: &str| Err(SilenceError::Invalid(text.to_owned()));
    if new.matchers.is_empty() || new.matchers.len() > MATCHERS_MAX {
        return Err(SilenceError::Invalid(format!("a silence needs one to {MATCHERS_MAX} matchers")));
    }
    if new.matchers.iter().any(|matcher| matcher.name().is_empty()) {
        return invalid("a matcher has no label name");
    }
    if new.matchers.iter().all(|matcher| matcher.matches_value("")) {
        return invalid(
            "at least one matcher must not match the empty string: this would silence everything",
        );
    }
    if new.ends_ms <= new.starts_ms {
        return invalid("the end time must not be before the start time");
    }
    if new.ends_ms <= now_ms {
        return invalid("the end time can't be in the past");
    }
    if new.by.trim().is_empty() {
        return invalid("the author is missing; say who silences");
    }
    if new.reason.trim().is_empty() {
        return invalid("the comment is missing; say why it is silenced");
    }
    if new.reason.len() > TEXT_MAX || new.by.len() > TEXT_MAX {
        return invalid("the comment or the author is too long; 4000 bytes are the most");
    }
    Ok(())
}

/// A matcher as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    name: String,
    op: String,
    value: String,
}

/// Matchers as JSON.
pub(crate) fn matchers_json(matchers: &[Matcher]) -> String {
    let kept = matchers.iter().map(|matcher| Kept {
        name: matcher.name().to_owned(),
        op: matcher.op().text().to_owned(),
        value: matcher.value().to_owned(),
    });
    let kept: Vec<Kept> = kept.collect();
    serde_json::to_string(&kept).unwrap_or_default()
}

/// Matchers from JSON; what cannot be read is an error in words.
pub(crate) fn matchers_of(json: &str) -> Result<Vec<Matcher>, String> {
    let kept: Vec<Kept> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let made: Result<Vec<Matcher>, MatcherError> =
        kept.iter().map(|kept| Matcher::new(&kept.name, op(&kept.op), &kept.value)).collect();
    made.map_err(|error| error.to_string())
}

fn op(text: &str) -> MatchOp {
    let ops = [MatchOp::NotEqual, MatchOp::Regex, MatchOp::NotRegex];
    ops.into_iter().find(|op| op.text() == text).unwrap_or(MatchOp::Equal)
}

#[cfg(test)]
mod tests;
