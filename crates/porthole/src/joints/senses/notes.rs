//! Lines that alerts write, into the logs of what they are about.

use model::label::{CONTAINER, ENVIRONMENT, HOST, PROJECT, SERVICE, STREAM};
use model::{Batch, Entry, Labels, Multiline, Timestamp};
use tokio::sync::mpsc;

/// Whose lines are that are about no service.
const OURS: &str = "porthole";
/// What tells streams apart.
const KEPT: [&str; 5] = [SERVICE, PROJECT, ENVIRONMENT, HOST, CONTAINER];

/// The way to the logs.
pub(super) struct Notes {
    logs: mpsc::Sender<Batch>,
    identity: Labels,
}

impl Notes {
    pub(super) fn new(logs: mpsc::Sender<Batch>, identity: &Labels) -> Self {
        Self { logs, identity: identity.clone() }
    }

    /// Writes a line; `false`: the logs have no room for it now.
    pub(super) fn write(&self, labels: &Labels, at: Timestamp, line: &str) -> bool {
        let entry = Entry { timestamp: at, line: line.to_owned(), metadata: Vec::new() };
        let batch = Batch {
            labels: self.stream(labels),
            entries: vec![entry],
            positions: Vec::new(),
            multiline: Multiline::Off,
        };
        self.logs.try_send(batch).is_ok()
    }

    fn stream(&self, labels: &Labels) -> Labels {
        let here = self.identity.iter().filter(|(name, _)| KEPT.contains(name));
        let theirs = labels.iter().filter(|(name, _)| KEPT.contains(name));
        let pairs = [(SERVICE, OURS)].into_iter().chain(here).chain(theirs).chain([(STREAM, "event")]);
        Labels::from_pairs(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_to_the_service_that_they_are_about() {
        let (logs, mut written) = mpsc::channel(1);
        let notes = Notes::new(logs, &Labels::from_pairs([("host", "one"), ("environment", "production")]));
        let mut check = |labels: &[(&str, &str)], stream: &str| {
            let labels = Labels::from_pairs(labels.iter().copied());
            assert!(notes.write(&labels, Timestamp::from_nanos(7), "{}"));
            assert!(!notes.write(&labels, Timestamp::from_nanos(7), "{}"), "it never waits");
            let batch = written.try_recv().expect("a batch");
            assert_eq!((batch.labels.to_string().as_str(), batch.entries[0].line.as_str()), (stream, "{}"));
        };
        check(
            &[("alertname", "Down"), ("service", "web"), ("environment", "staging"), ("le", "5")],
            r#"{environment="staging", host="one", service="web", stream="event"}"#,
        );
        check(
            &[("instance", "a:1")],
            r#"{environment="production", host="one", service="porthole", stream="event"}"#,
        );
    }
}
