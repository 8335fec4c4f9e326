//! Listens to what workers and clients publish, for as long as somebody wants to hear it.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::brokers::Broker;
use super::celery::envelope::{self, Event};
use super::redis::{RedisError, Subscription};
use super::source::connect;

const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// What was heard.
#[derive(Debug)]
pub(super) enum Heard {
    /// The connection stands: what is published from now on is heard.
    Listening,
    /// It was lost.
    Lost,
    /// Events.
    Events(Vec<Event>),
    /// Redis answers, and does not let us listen.
    Refused(String),
    /// A message that is no events, and why.
    Unreadable(String),
    /// A message that is too long.
    TooLong,
}

/// Connects, listens, and connects again, until nobody takes what it hears. While the receiver is slow, Redis keeps
/// what it publishes, and in the end breaks the connection, which is a gap like any other.
pub(super) async fn follow(broker: watch::Receiver<Broker>, heard: mpsc::Sender<Heard>) {
    let mut pause = PAUSE_FIRST;
    loop {
        let ended = match subscribe(&broker).await {
            Ok(subscription) => {
                pause = PAUSE_FIRST;
                if heard.send(Heard::Listening).await.is_err() {
                    return;
                }
                listen(subscription, &heard).await;
                Some(Heard::Lost)
            }
            Err(RedisError::Refused(why)) => Some(Heard::Refused(why)),
            // Why there is no connection is told by whoever looks at the lengths.
            Err(_) => None,
        };
        if let Some(ended) = ended
            && heard.send(ended).await.is_err()
        {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

async fn subscribe(broker: &watch::Receiver<Broker>) -> Result<Subscription, RedisError> {
    let known = broker.borrow().clone();
    let connection = connect(&known).await?;
    connection.subscribe(&known.settings.keys.events(known.settings.address.db)).await
}

/// Until the connection breaks or nobody takes what is heard.
async fn listen(mut subscription: Subscription, heard: &mpsc::Sender<Heard>) {
    while let Ok(message) = subscription.next().await {
        let told = match message {
            Err(_) => Heard::TooLong,
            Ok(bytes) => match envelope::read(&bytes) {
                Ok(events) => Heard::Events(events),
                Err(why) => Heard::Unreadable(why.to_string()),
            },
        };
        if heard.send(told).await.is_err() {
            return;
        }
    }
}
