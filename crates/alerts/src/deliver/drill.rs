//! A fire drill of one receiver: a message marked as a test goes the way of all messages.

use std::time::Duration;

use super::Delivery;
use super::attempt::{Finished, Outcome, ask};
use crate::Tier;
use crate::message::{Message, News};

/// Longer nobody looks at the page and waits.
const WAIT_MAX: Duration = Duration::from_secs(30);

impl Delivery {
    /// Sends a test and waits for what comes of it: what the receiver said, or why it does not work.
    pub async fn test(&self, receiver: &str) -> Result<String, String> {
        if self.receivers().get(receiver).is_none() {
            return Err(format!("there is no receiver {receiver}"));
        }
        let now_ms = self.now_ms();
        let message = drill(now_ms);
        let (incident, name) = (message.incident.clone(), receiver.to_owned());
        let mut finished = self.finished.subscribe();
        let names = vec![name.clone()];
        let put = ask(self, move |outbox| outbox.tell(&message, &names, now_ms)).await;
        put.map_err(|error| error.to_string())?;
        let ended = async {
            loop {
                match finished.recv().await {
                    Ok(ended) if ended.row.message.incident == incident && ended.row.receiver == name => {
                        return said(&ended);
                    }
                    Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                    Err(error) => return Err(error.to_string()),
                }
            }
        };
        let waits = || Err("it waits behind other messages for this receiver".to_owned());
        tokio::time::timeout(WAIT_MAX, ended).await.unwrap_or_else(|_| waits())
    }
}

fn said(ended: &Finished) -> Result<String, String> {
    match &ended.outcome {
        Outcome::Sent { note } if note.is_empty() => Ok("delivered".to_owned()),
        Outcome::Sent { note } => Ok(format!("delivered: {note}")),
        Outcome::Underway { what, .. } => Ok(what.clone()),
        Outcome::Later { why, .. } => Err(format!("{why}; it is tried again")),
        Outcome::Dead { why } => Err(why.clone()),
        Outcome::Superseded => Err("a later message took its place".to_owned()),
    }
}

fn drill(now_ms: i64) -> Message {
    let mut message = Message::notice(format!("drill-{now_ms}"), Tier::Critical, now_ms);
    message.is_drill = true;
    message.news = News::Firing;
    message.what = "A test of this receiver".to_owned();
    message.how_bad = "Nothing is wrong. Somebody pressed \"Test\" on the page Alerts.".to_owned();
    message.do_now = "Nothing. If you can read this, messages arrive here.".to_owned();
    message
}
