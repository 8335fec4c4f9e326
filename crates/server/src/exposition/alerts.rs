//! How alerting does.

use super::{Exposition, Text};

impl Exposition {
    /// `porthole_alerts_*`
    pub(super) fn alerting(&self, text: &mut Text) {
        let status = self.alerts.status();
        let (looks, kept) = (&status.evaluations, &status.kept);
        text.one("porthole_alerts_rules", "gauge", "Rules that make alerts.", status.rules);
        let help = "Rules that could not be evaluated the last time.";
        text.one("porthole_alerts_rules_failing", "gauge", help, status.rules_failing);
        text.one(
            "porthole_alerts_evaluations_total",
            "counter",
            "Rules were evaluated so often.",
            looks.done,
        );
        let help = "Evaluations that failed.";
        text.one("porthole_alerts_evaluation_failures_total", "counter", help, looks.failed);
        let help = "How long evaluations took.";
        text.one("porthole_alerts_evaluation_seconds_total", "counter", help, looks.took.as_secs_f64());
        let help = "Evaluations left out because the one before took longer than the interval.";
        text.one("porthole_alerts_evaluations_missed_total", "counter", help, looks.overruns);
        text.family("porthole_alerts", "gauge", "Alerts, by state.");
        for (state, alerts) in &kept.alerts {
            text.sample("porthole_alerts", &[("state", state)], alerts);
        }
        text.one("porthole_alerts_incidents", "gauge", "Incidents that go on.", kept.incidents);
        text.one("porthole_alerts_messages_waiting", "gauge", "Messages not delivered yet.", kept.waiting);
        let now_ms = self.clock.now().millis();
        let waits = kept.oldest_ms.map_or(0.0, |oldest| (now_ms - oldest).max(0) as f64 / 1e3);
        let help = "How long the oldest of them has waited.";
        text.one("porthole_alerts_message_oldest_seconds", "gauge", help, waits);
        let help = "What became of messages, by receiver.";
        text.family("porthole_alerts_messages_total", "counter", help);
        for (receiver, counts) in &kept.receivers {
            let outcomes =
                [("delivered", counts.sent), ("given_up", counts.dead), ("superseded", counts.superseded)];
            for (outcome, messages) in outcomes {
                let labels = [("receiver", receiver.as_str()), ("outcome", outcome)];
                text.sample("porthole_alerts_messages_total", &labels, messages);
            }
        }
        let help = "Lines about alerts for which the logs had no room.";
        text.one("porthole_alerts_lines_dropped_total", "counter", help, status.lines_dropped);
        if let Some(at_ms) = status.heartbeat_ms {
            let help = "When the heartbeat was last taken outside.";
            text.one("porthole_alerts_heartbeat_timestamp_seconds", "gauge", help, at_ms as f64 / 1e3);
        }
        let help = "1: what alerts are to remember cannot be written.";
        text.one("porthole_alerts_faults", "gauge", help, u8::from(kept.fault.is_some()));
    }
}
