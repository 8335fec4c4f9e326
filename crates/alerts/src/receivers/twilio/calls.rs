//! Calls, one at a time, each watched until it ends.

use std::time::Duration;

use jiff::fmt::rfc2822;
use outbound::Client;
use serde_json::Value;

use super::{From, Twilio, speech};
use crate::receivers::attempt::{Attempt, Failure, Sent};
use crate::receivers::http::form;

/// Nobody is called more often than this before the next person is.
const CALLS_EACH: usize = 3;
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Twilio's clock and ours need not agree.
const CLOCKS_MS: i64 = 60_000;
/// A call that has not ended by then is taken for ended.
const CALL_MAX_MS: i64 = 600_000;
/// Older calls are not looked for.
const KNOWN_MAX: usize = 20;

/// What was done for a message so far; the durable side of a call.
#[derive(Clone, Debug, Default)]
struct Done {
    /// How many calls ended with nobody.
    in_vain: usize,
    /// How many of the calls were counted against the day's limit: each once, however often it was tried to place it.
    counted: usize,
    /// The intent or the call that is under way.
    now: Option<Call>,
    /// How they ended, for people.
    told: Vec<String>,
}

#[derive(Clone, Debug)]
struct Call {
    /// Which of the message's calls.
    number: usize,
    /// When the intent was written.
    meant_ms: i64,
    /// Twilio's name of it, once it is known.
    sid: Option<String>,
}

/// Calls whom it is the turn of, or looks how the call goes.
pub(super) async fn call(twilio: &Twilio, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
    let key = format!("calls {}", attempt.message.sequence);
    let mut done = Done::read(attempt.memory.recall(&key).await?.as_deref());
    let keep = async |done: &Done| attempt.memory.remember(&key, &done.write()).await;
    // The person whose turn it is: later messages of an incident go on where earlier ones ended.
    let turn = turn(attempt, twilio.to.len()).await?;
    loop {
        let to = &twilio.to[(turn + done.in_vain / CALLS_EACH) % twilio.to.len()];
        let Some(mut call) = done.now.clone() else {
            if attempt.is_overtaken {
                return Ok(Sent { note: "nobody more is called: somebody has it, or it is over".to_owned() });
            }
            if done.in_vain >= CALLS_EACH * twilio.to.len() {
                return Err(Failure::refused(format!("nobody answered: {}", done.told.join(", "))));
            }
            if done.counted <= done.in_vain {
                twilio.count(attempt).await?;
                done.counted = done.in_vain + 1;
            }
            done.now = Some(Call { number: done.in_vain, meant_ms: attempt.now_ms, sid: None });
            keep(&done).await?;
            let sid = place(twilio, client, attempt, to).await?;
            know(attempt, &sid).await?;
            done.now = Some(Call { number: done.in_vain, meant_ms: attempt.now_ms, sid: Some(sid) });
            keep(&done).await?;
            return Err(Failure::Underway { what: format!("calling {}", hidden(to)), after: LOOK_AGAIN });
        };
        let Some(sid) = call.sid.clone() else {
            // The intent is there, the answer was lost.
            match find(twilio, client, attempt, (to, call.meant_ms)).await? {
                Some(sid) => {
                    know(attempt, &sid).await?;
                    call.sid = Some(sid);
                }
                None => {
                    done.now = None;
                    keep(&done).await?;
                    continue;
                }
            }
            done.now = Some(call);
            keep(&done).await?;
            continue;
        };
        let state = twilio.ask(&format!("Calls/{sid}.json"), None, client).await?;
        match ending(&state, attempt.now_ms - call.meant_ms) {
            Ending::NotYet => {
                return Err(Failure::Underway { what: format!("calling {}", hidden(to)), after: LOOK_AGAIN });
            }
            Ending::Answered => {
                attempt.memory.remember("turn", &(turn + done.in_vain / CALLS_EACH).to_string()).await?;
                return Ok(Sent { note: format!("{} answered", hidden(to)) });
            }
            Ending::Nobody(how) => {
                done.told.push(format!("{} {how}", hidden(to)));
                done.in_vain = call.number + 1;
                done.now = None;
                keep(&done).await?;
            }
        }
    }
}

/// Whose turn it is: after three messages that somebody heard and did not acknowledge it is the next person's.
async fn turn(attempt: &Attempt<'_>, people: usize) -> Result<usize, Failure> {
    let heard: usize = attempt.memory.recall("turn").await?.and_then(|text| text.parse().ok()).unwrap_or(0);
    let calls = usize::try_from(attempt.message.sequence.saturating_sub(1)).unwrap_or(0) / CALLS_EACH;
    Ok(heard.max(calls) % people.max(1))
}

async fn place(twilio: &Twilio, client: &Client, attempt: &Attempt<'_>, to: &str) -> Result<String, Failure> {
    let twiml = speech::twiml(attempt.message);
    let From::Number(from) = &twilio.from else {
        return Err(Failure::refused("calls need a number of yours as from"));
    };
    let pairs = [
        ("To", to),
        ("From", from.as_str()),
        ("Timeout", "25"),
        ("MachineDetection", "Enable"),
        ("Twiml", twiml.as_str()),
    ];
    let answer = twilio.ask("Calls.json", Some(form(&pairs)), client).await?;
    let sid = answer["sid"].as_str().unwrap_or_default();
    match sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !sid.is_empty() {
        true => Ok(sid.to_owned()),
        false => Err(Failure::Later {
            why: "Twilio's answer names no call".to_owned(),
            after: None,
            in_doubt: true,
        }),
    }
}

/// A call to a number that was made since the intent was written, and that is none of those that we know of.
async fn find(
    twilio: &Twilio,
    client: &Client,
    attempt: &Attempt<'_>,
    (to, meant_ms): (&str, i64),
) -> Result<Option<String>, Failure> {
    let answer =
        twilio.ask(&format!("Calls.json?{}", form(&[("To", to), ("PageSize", "20")])), None, client).await?;
    let known = known(attempt).await?;
    let calls = answer["calls"].as_array().into_iter().flatten();
    let recent = calls.filter(|call| made_ms(&call["date_created"]) >= meant_ms - CLOCKS_MS);
    let mut sids = recent.filter_map(|call| call["sid"].as_str());
    Ok(sids.find(|sid| !known.split(' ').any(|known| known == *sid)).map(str::to_owned))
}

/// The calls of other messages, so that none is taken for one whose answer was lost.
async fn known(attempt: &Attempt<'_>) -> Result<String, Failure> {
    Ok(attempt.memory.about("calls").recall("known").await?.unwrap_or_default())
}

async fn know(attempt: &Attempt<'_>, sid: &str) -> Result<(), Failure> {
    let known = known(attempt).await?;
    let latest: Vec<&str> = std::iter::once(sid).chain(known.split(' ')).take(KNOWN_MAX).collect();
    Ok(attempt.memory.about("calls").remember("known", &latest.join(" ")).await?)
}

/// A date as Twilio writes it; 0 if it is none.
pub(super) fn made_ms(date: &Value) -> i64 {
    let date = date.as_str().and_then(|text| rfc2822::DateTimeParser::new().parse_timestamp(text).ok());
    date.map_or(0, jiff::Timestamp::as_millisecond)
}

enum Ending {
    NotYet,
    Answered,
    Nobody(&'static str),
}

fn ending(call: &Value, age_ms: i64) -> Ending {
    let by_machine =
        call["answered_by"].as_str().is_some_and(|who| who.starts_with("machine") || who == "fax");
    match call["status"].as_str().unwrap_or_default() {
        "completed" | "in-progress" if by_machine => Ending::Nobody("only a machine answered"),
        "completed" => Ending::Answered,
        "busy" => Ending::Nobody("was busy"),
        "no-answer" => Ending::Nobody("did not answer"),
        "failed" => Ending::Nobody("could not be reached"),
        "canceled" => Ending::Nobody("was not called after all"),
        _ if age_ms > CALL_MAX_MS => Ending::Nobody("was called without an end"),
        _ => Ending::NotYet,
    }
}

/// Enough of a number to know whose it is.
fn hidden(number: &str) -> String {
    format!("…{}", &number[number.len().saturating_sub(4)..])
}

impl Done {
    fn read(text: Option<&str>) -> Self {
        let Some(kept) = text.and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
            return Self::default();
        };
        let count = |value: &Value| value.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        let now = kept["now"].is_object().then(|| Call {
            number: count(&kept["now"]["number"]),
            meant_ms: kept["now"]["meant_ms"].as_i64().unwrap_or(0),
            sid: kept["now"]["sid"].as_str().map(str::to_owned),
        });
        let told = kept["told"].as_array().into_iter().flatten();
        let told = told.filter_map(Value::as_str).map(str::to_owned).collect();
        Self { in_vain: count(&kept["in_vain"]), counted: count(&kept["counted"]), now, told }
    }

    fn write(&self) -> String {
        let now = self.now.as_ref().map(
            |call| serde_json::json!({ "number": call.number, "meant_ms": call.meant_ms, "sid": call.sid }),
        );
        serde_json::json!({ "in_vain": self.in_vain, "counted": self.counted, "now": now, "told": self.told })
            .to_string()
    }
}
