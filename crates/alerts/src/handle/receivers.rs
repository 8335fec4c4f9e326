//! Receivers: how they do, a test of one, and whether what comes from outside is theirs.

use model::Ordered as _;

use super::Alerts;
use crate::keep::ReceiverCounts;
use crate::shown::ReceiverStatus;

impl Alerts {
    /// The receivers of the settings, by name.
    pub fn receivers(&self) -> Vec<ReceiverStatus> {
        let counts = self.0.keep.status().map(|status| status.receivers).unwrap_or_default();
        let delivery = &self.0.delivery;
        let mut all: Vec<ReceiverStatus> = delivery
            .receivers()
            .iter()
            .map(|receiver| {
                let counted = counts.get(&*receiver.name).cloned().unwrap_or_else(ReceiverCounts::default);
                let health = delivery.health().of(&receiver.name);
                let last = health.map(|health| (health.at_ms, health.is_well, health.text));
                ReceiverStatus {
                    name: receiver.name.to_string(),
                    kind: receiver.kind(),
                    place: receiver.line.map_or_else(String::new, |line| format!("line {line}")),
                    tiers: delivery.tiers_of(&receiver.name),
                    last: last.or(counted.last),
                    waiting: counted.waiting,
                    dead: counted.dead,
                    sent: counted.sent,
                }
            })
            .collect();
        all.order_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// A fire drill of one receiver, through the real path: what it said, or why it does not work.
    pub async fn test(&self, receiver: &str, by: &str) -> Result<String, String> {
        tracing::info!(receiver, by, "a receiver is tested");
        self.0.delivery.test(receiver).await
    }

    /// When a heartbeat was last taken; `None`: none is configured, or none was yet.
    pub fn heartbeat_ms(&self) -> Option<i64> {
        let beating = self.0.beating.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        beating.as_ref().and_then(|heartbeat| heartbeat.last().sent_ms)
    }

    /// Whether Slack signed a request, by the secret of one of the receivers.
    pub fn signed_by_slack(&self, timestamp: &str, body: &[u8], signature: &str, now_s: i64) -> bool {
        self.0.delivery.receivers().signed_by_slack(timestamp, body, signature, now_s)
    }

    /// Whether Twilio signed a request, by the secret of one of the receivers.
    pub fn signed_by_twilio(&self, url: &str, pairs: &[(String, String)], signature: &str) -> bool {
        self.0.delivery.receivers().signed_by_twilio(url, pairs, signature)
    }
}
