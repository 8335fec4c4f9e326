//! Kinds of items that are not kept here, and how their senders are told to hold them back.

use model::Ordered as _;

use super::answer::Hold;

/// So long they are not to be sent again.
const DAY_S: u64 = 86_400;

/// The names of items, with the category that SDKs hold them back by.
const NOT_KEPT: [(&str, &str); 9] = [
    ("profile", "profile"),
    ("profile_chunk", "profile_chunk"),
    ("replay_event", "replay"),
    ("replay_recording", "replay"),
    ("replay_video", "replay"),
    ("statsd", "metric_bucket"),
    ("metric_buckets", "metric_bucket"),
    ("trace_metric", "trace_metric"),
    ("nel", "nel"),
];

/// The category of an item that is not kept; `None`: it has none that an SDK knows.
pub(super) fn category(item: &str) -> Option<&'static str> {
    NOT_KEPT.iter().find(|(name, _)| *name == item).map(|(_, category)| *category)
}

/// What the sender of these items is to hold back, so that it need not make them.
///
/// Never the Python SDK: for it any limit, of whatever category, means that the server is ill, and it makes fewer and
/// fewer traces for as long as the limit lasts.
pub(super) fn hold<'n>(items: impl Iterator<Item = &'n str>, client: &str) -> Option<Hold> {
    if client.is_empty() || is_python(client) {
        return None;
    }
    let mut categories: Vec<&str> = items.filter_map(category).collect();
    categories.order();
    categories.dedup();
    let hold = Hold { seconds: DAY_S, categories, scope: "organization", reason: "unsupported" };
    (!hold.categories.is_empty()).then_some(hold)
}

/// Whether it is the Python SDK.
pub(super) fn is_python(client: &str) -> bool {
    client.contains("sentry.python") || client.contains("sentry-python") || client.starts_with("raven-python")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_held_back_but_not_by_python() {
        let check = |items: &[&str], client: &str, expected: &[&str]| {
            let hold = hold(items.iter().copied(), client);
            assert_eq!(hold.map(|hold| hold.categories).unwrap_or_default(), expected, "{items:?} {client}");
        };
        let javascript = "sentry.javascript.browser/11.12.0";
        check(&["replay_event", "replay_recording", "profile"], javascript, &["profile", "replay"]);
        check(&["something"], javascript, &[]);
        check(&[], javascript, &[]);
        check(&["profile"], "sentry.python.django/2.75.0", &[]);
        check(&["profile"], "", &[]);
    }
}
