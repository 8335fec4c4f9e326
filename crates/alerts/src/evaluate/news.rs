//! How far a rule looked at issues, kept in `alerts.db`: what came while nobody looked, because the process was down or had
//! much to do, is found by the next look.

use model::Timestamp;

use super::NEWS_MS;
use crate::keep::Keep;

/// What is older than this is not told any more.
const MISSED_MAX_MS: i64 = 30 * 60_000;
/// What came just before the last look is looked at again: the process may have ended before that look was kept.
const AGAIN_MS: i64 = 30_000;
/// It is kept so often.
const KEPT_EVERY_MS: u64 = 30_000;

/// How far one rule looked.
#[derive(Debug, Default)]
pub(crate) struct Cursor {
    is_read: bool,
    looked_ms: Option<i64>,
    kept_ms: Option<i64>,
}

impl Cursor {
    /// From when on to look now.
    pub(super) async fn since(&mut self, keep: &Keep, rule: &str, at: Timestamp) -> Timestamp {
        if !self.is_read {
            self.is_read = true;
            let (keep, key) = (keep.clone(), key(rule));
            let kept = tokio::task::spawn_blocking(move || keep.value(&key)).await;
            let kept = kept.ok().and_then(Result::ok).flatten();
            self.looked_ms = kept.and_then(|text| text.parse().ok());
        }
        let now_ms = at.millis();
        let missed = self.looked_ms.filter(|looked| now_ms.saturating_sub(*looked) >= NEWS_MS);
        let since_ms = missed
            .map_or(now_ms - NEWS_MS, |looked| looked.saturating_sub(AGAIN_MS).max(now_ms - MISSED_MAX_MS));
        Timestamp::from_millis(since_ms)
    }

    /// It was looked until then.
    pub(super) async fn looked(&mut self, keep: &Keep, rule: &str, at: Timestamp) {
        let now_ms = at.millis();
        self.looked_ms = Some(now_ms);
        if self.kept_ms.is_some_and(|kept| now_ms.abs_diff(kept) < KEPT_EVERY_MS) {
            return;
        }
        let (keep, key, text) = (keep.clone(), key(rule), now_ms.to_string());
        let kept = tokio::task::spawn_blocking(move || keep.set_value(&key, &text)).await;
        // Where the disk is full it is tried again at the next look.
        if matches!(kept, Ok(Ok(()))) {
            self.kept_ms = Some(now_ms);
        }
    }
}

fn key(rule: &str) -> String {
    format!("issues.{rule}")
}
