//! Hearing who presses a button: Telegram is asked, and answers when there is something.

use std::time::Duration;

use outbound::Client;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{ACKNOWLEDGE, Telegram};
use crate::deliver::Heard;
use crate::receivers::attempt::Failure;
use crate::receivers::http::{Ask, json as body_of, judge};
use crate::receivers::text::one_line;
use crate::receivers::without;

/// Telegram holds its answer back so long.
const POLL_SECONDS: u64 = 25;
const POLL_MAX: Duration = Duration::from_secs(POLL_SECONDS + 10);
const WAIT_FIRST: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Listens until `shutdown`. What cannot be heard is asked for again, ever more rarely; why not is said once.
pub(crate) async fn listen(
    telegram: &Telegram,
    client: &Client,
    told: &mpsc::Sender<Heard>,
    shutdown: &CancellationToken,
) {
    let (mut offset, mut wait, mut said) = (0, WAIT_FIRST, String::new());
    loop {
        let polled = tokio::select! {
            () = shutdown.cancelled() => return,
            polled = poll(telegram, client, offset) => polled,
        };
        let updates = match polled {
            Ok(updates) => updates,
            Err(why) => {
                if why != said {
                    tracing::warn!(%why, "Telegram does not tell who presses its buttons");
                    said = why;
                }
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
                wait = (wait * 2).min(WAIT_MAX);
                continue;
            }
        };
        (wait, said) = (WAIT_FIRST, String::new());
        for update in updates {
            offset = offset.max(update["update_id"].as_i64().unwrap_or_default() + 1);
            let Some(heard) = pressed(telegram, &update) else { continue };
            if told.send(heard).await.is_err() {
                return;
            }
            answer(telegram, client, &update).await;
        }
    }
}

async fn poll(telegram: &Telegram, client: &Client, offset: i64) -> Result<Vec<Value>, String> {
    let body = json!({ "offset": offset, "timeout": POLL_SECONDS, "allowed_updates": ["callback_query"] });
    let asked = async {
        let url = telegram.api.below(&format!("bot{}/getUpdates", telegram.token.expose()))?;
        judge(Ask::json(http::Method::POST, url, &body).answer(client, POLL_MAX).await?)
    };
    let answer = asked.await.map_err(|failure| match failure {
        Failure::Later { why, .. } | Failure::Refused { why } | Failure::Underway { what: why, .. } => {
            without(&why, &telegram.token)
        }
    })?;
    Ok(body_of(&answer)["result"].as_array().cloned().unwrap_or_default())
}

/// What a pressed button says, if it is one of ours, in our chat.
fn pressed(telegram: &Telegram, update: &Value) -> Option<Heard> {
    let query = &update["callback_query"];
    let chat = &query["message"]["chat"];
    let named = chat["username"].as_str().map(|name| format!("@{name}"));
    let is_ours = chat["id"].as_i64().is_some_and(|id| id.to_string() == telegram.chat)
        || named.is_some_and(|name| name.eq_ignore_ascii_case(&telegram.chat));
    let incident = query["data"].as_str()?.strip_prefix(ACKNOWLEDGE)?;
    let from = &query["from"];
    let name = ["first_name", "last_name"]
        .iter()
        .filter_map(|key| from[*key].as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let by = if name.is_empty() { from["username"].as_str().unwrap_or("somebody").to_owned() } else { name };
    is_ours.then(|| Heard::Acknowledge {
        incident: one_line(incident, 48),
        by: format!("{} (Telegram)", one_line(&by, 80)),
    })
}

/// Ends the button's waiting; whether that arrives matters little.
async fn answer(telegram: &Telegram, client: &Client, update: &Value) {
    let body = json!({ "callback_query_id": update["callback_query"]["id"], "text": "Noted." });
    if let Err(failure) = telegram.call(client, "answerCallbackQuery", &body).await {
        let failure = failure.map(|why| without(why, &telegram.token));
        tracing::debug!(?failure, "Telegram did not take the answer to a button");
    }
}
