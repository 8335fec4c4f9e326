//! Twilio: a telephone call that can be acknowledged with a key, or a short message.
//!
//! Twilio knows no key by which doubles are seen. So the intent to call is written down first, and where an answer was lost
//! the calls that Twilio has are looked at before anybody is called again. A call is watched until it ends: who is busy or
//! does not answer is called again, then the next person is; a machine that answers counts as nobody.

mod calls;
mod speech;

use outbound::Client;
use settings::{Secret, Section};

use super::attempt::{Attempt, Failure, Sent};
use super::http::{Ask, Endpoint, form, json as body_of};
use super::text::{Unit, fit, plain};
use super::words;
use crate::message::{Message, News};

const API: &str = "https://api.twilio.com";
/// A short message may be so long; Twilio splits it.
const SMS_MAX: usize = 1600;
/// A runaway must not ring all night.
const CALLS_A_DAY: i64 = 20;
const SECONDS_A_DAY: i64 = 86_400;

/// `[alerts.receivers.twilio]`
#[derive(Clone, Debug)]
pub(crate) struct Twilio {
    account: String,
    pub(crate) token: Secret,
    api: Endpoint,
    from: From,
    /// Who is called, in this order.
    to: Vec<String>,
    way: Way,
    /// How many calls, or messages, are sent on one day.
    a_day_max: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum From {
    Number(String),
    MessagingService(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Call,
    Sms,
}

impl Twilio {
    /// Reads the section.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        let account = section.string("account_sid").filter(|sid| {
            let is_sid = !sid.is_empty() && sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !is_sid {
                section.fault(
                    "account_sid",
                    "no account has this SID",
                    "write the one of Twilio's console: AC…",
                );
            }
            is_sid
        });
        if !section.is_set("account_sid") {
            section.fault("account_sid", "it is missing", "write the one of Twilio's console: AC…");
        }
        let token = super::need_secret(section, "auth_token", "the auth token of Twilio's console");
        let way = section.choice("mode", &[("call", Way::Call), ("sms", Way::Sms)]).unwrap_or(Way::Call);
        let (from, to) = (from(section, way), to(section));
        let a_day = section.integer("limit_per_day", 1..=10_000).unwrap_or(CALLS_A_DAY);
        let api = Endpoint::open(section, "api_url", API);
        Some(Self {
            account: account?,
            token: token?,
            api: api?,
            from: from?,
            to: to?,
            way,
            a_day_max: a_day.unsigned_abs(),
        })
    }

    /// What must never be seen.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        vec![&self.token]
    }

    /// Tells it.
    pub(crate) async fn send(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        match self.way {
            Way::Call if !wakes(attempt.message) => Ok(Sent { note: "nobody is called for this".to_owned() }),
            Way::Call => calls::call(self, client, attempt).await,
            Way::Sms if !is_worth_a_message(attempt.message) => {
                Ok(Sent { note: "no message is sent for this".to_owned() })
            }
            Way::Sms => self.messages(client, attempt).await,
        }
    }

    /// One message for each number; which have theirs is remembered.
    async fn messages(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Sent, Failure> {
        let text = sms(attempt.message);
        let mut problems = Vec::new();
        for to in &self.to {
            let key = format!("sms {} {to}", attempt.message.sequence);
            if attempt.memory.recall(&key).await?.is_some() {
                continue;
            }
            if attempt.in_doubt && self.was_sent(client, to, &text, attempt.created_ms).await? {
                attempt.memory.remember(&key, "found").await?;
                continue;
            }
            self.count(attempt).await?;
            let mut pairs = vec![("To", to.as_str()), ("Body", text.as_str())];
            pairs.push(match &self.from {
                From::Number(number) => ("From", number.as_str()),
                From::MessagingService(sid) => ("MessagingServiceSid", sid.as_str()),
            });
            match self.ask("Messages.json", Some(form(&pairs)), client).await {
                Ok(answer) => attempt.memory.remember(&key, answer["sid"].as_str().unwrap_or("sent")).await?,
                Err(Failure::Refused { why }) => {
                    attempt.memory.remember(&key, "refused").await?;
                    problems.push(format!("{to}: {why}"));
                }
                Err(failure) => return Err(failure),
            }
        }
        match problems.len() {
            0 => Ok(Sent::well()),
            count if count < self.to.len() => {
                Ok(Sent { note: format!("refused for {}", problems.join("; ")) })
            }
            _ => Err(Failure::refused(problems.join("; "))),
        }
    }

    async fn was_sent(&self, client: &Client, to: &str, text: &str, since_ms: i64) -> Result<bool, Failure> {
        let query = form(&[("To", to), ("PageSize", "20")]);
        let answer = self.ask(&format!("Messages.json?{query}"), None, client).await?;
        let messages = answer["messages"].as_array().into_iter().flatten();
        let mut recent =
            messages.filter(|message| calls::made_ms(&message["date_created"]) >= since_ms - 60_000);
        Ok(recent.any(|message| message["body"].as_str() == Some(text)))
    }

    /// Counts one more use today, or says that there were enough.
    async fn count(&self, attempt: &Attempt<'_>) -> Result<(), Failure> {
        let memory = attempt.memory.about("calls");
        let day = (attempt.now_ms / 1000 / SECONDS_A_DAY).to_string();
        let kept = memory.recall("today").await?.unwrap_or_default();
        let today = kept.split_once(' ').filter(|(kept_day, _)| *kept_day == day);
        let count: u64 = today.and_then(|(_, count)| count.parse().ok()).unwrap_or(0);
        if count >= self.a_day_max {
            let max = self.a_day_max;
            return Err(Failure::refused(format!(
                "{max} a day are the limit (limit_per_day), and today had so many"
            )));
        }
        Ok(memory.remember("today", &format!("{day} {}", count + 1)).await?)
    }

    /// Posts a form, or gets what is there.
    async fn ask(
        &self,
        what: &str,
        form: Option<String>,
        client: &Client,
    ) -> Result<serde_json::Value, Failure> {
        use base64::Engine as _;
        let (path, query) = what.split_once('?').unwrap_or((what, ""));
        let url = self.api.below(&format!("2010-04-01/Accounts/{}/{path}?{query}", self.account))?;
        let ask = match form {
            Some(form) => {
                Ask::body(http::Method::POST, url, "application/x-www-form-urlencoded", form.into())
            }
            None => Ask::get(url),
        };
        let pair = format!("{}:{}", self.account, self.token.expose());
        let basic = base64::engine::general_purpose::STANDARD.encode(pair);
        let answer = ask.authorized("Basic", &basic).send(client).await?;
        Ok(body_of(&answer))
    }
}

fn from(section: &Section<'_>, way: Way) -> Option<From> {
    let service = section.string("messaging_service_sid").map(From::MessagingService);
    let number = section.with("from", number).map(From::Number);
    match (number, service) {
        (Some(_), Some(_)) => {
            section.fault("messaging_service_sid", "is set beside from", "keep one of the two");
            None
        }
        (None, Some(_)) if way == Way::Call => {
            section.fault(
                "messaging_service_sid",
                "only messages are sent by one",
                "write from, a number of yours",
            );
            None
        }
        (number, service) => {
            if number.is_none() && service.is_none() && !section.is_set("from") {
                section.fault(
                    "from",
                    "it is missing",
                    "write a number of yours at Twilio: from = \"+15005550006\"",
                );
            }
            number.or(service)
        }
    }
}

fn to(section: &Section<'_>) -> Option<Vec<String>> {
    let mut numbers = Vec::new();
    for text in section.words("to").unwrap_or_default() {
        match number(&text) {
            Ok(found) => numbers.push(found),
            Err(problem) => section.fault("to", problem, ""),
        }
    }
    if !section.is_set("to") {
        section.fault("to", "it is missing", "write whom to call, in this order: to = [\"+4915112345678\"]");
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// A number as the world writes it: `+49…`.
fn number(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|sign| !matches!(sign, ' ' | '-' | '(' | ')' | '.')).collect();
    let is_number = digits
        .strip_prefix('+')
        .is_some_and(|rest| (7..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit()));
    is_number
        .then_some(digits)
        .ok_or_else(|| format!("`{text}` is no number of the world; write one such as \"+4915112345678\""))
}

/// What somebody is woken for.
fn wakes(message: &Message) -> bool {
    matches!(message.news, News::Firing | News::Reminder | News::Escalated | News::Storm)
}

fn is_worth_a_message(message: &Message) -> bool {
    wakes(message) || matches!(message.news, News::Blind { .. } | News::Resolved { .. } | News::Notice)
}

/// The short message: what, how bad, what to do, where.
pub(crate) fn sms(message: &Message) -> String {
    let piece = |text: &str, max: usize| fit(text, max, Unit::Chars, plain);
    let mut out = piece(&format!("{}: {}", words::kind(message), message.what), 300);
    for (text, max) in
        [(words::status(message), 200), (message.how_bad.clone(), 300), (message.do_now.clone(), 400)]
    {
        if !text.is_empty() {
            out.push('\n');
            out.push_str(&piece(&text, max));
        }
    }
    let acknowledge = message.acknowledge.as_ref().filter(|_| !message.is_resolved());
    let link = acknowledge.map(|found| &found.page_url).or(message.links.first().map(|link| &link.url));
    if let Some(link) = link.filter(|link| out.chars().count() + link.len() < SMS_MAX) {
        out.push('\n');
        out.push_str(link);
    }
    out
}

#[cfg(test)]
pub(super) use speech::twiml;
