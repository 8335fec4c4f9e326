//! A message as a mail: its headers, its thread, its two bodies.

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::{html, plain};
use crate::message::Message;
use crate::receivers::attempt::{Attempt, Failure};
use crate::receivers::text::{Unit, fit, one_line, plain as as_is};
use crate::receivers::words;

/// What the first mail of the thread was.
const FIRST: &str = "first mail";
/// A longer subject is cut by readers anyway.
const SUBJECT_MAX: usize = 150;

/// Which thread a mail belongs to. Readers put mails together by these ids, and some by the subject too, so it stays that
/// of the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Thread {
    /// Names this mail; the same each time it is tried, so that readers see a double as one.
    id: String,
    subject: String,
    /// The first mail, if this is another.
    first: Option<String>,
}

impl Thread {
    /// The thread of a message's incident.
    pub(super) async fn of(attempt: &Attempt<'_>, from: &Mailbox) -> Result<Self, Failure> {
        let message = attempt.message;
        let receiver: String =
            attempt.memory.receiver().chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        let id = format!("<{}.{}.{receiver}@{}>", message.incident, message.sequence, from.email.domain());
        let first = attempt.memory.recall(FIRST).await?;
        let first = first.filter(|_| message.is_incident());
        let (first, subject) = match first.as_deref().and_then(|kept| kept.split_once('\n')) {
            // The first mail itself, tried again.
            Some((first, subject)) if first == id => (None, subject.to_owned()),
            Some((first, subject)) => (Some(first.to_owned()), subject.to_owned()),
            None => (None, subject(message)),
        };
        Ok(Self { id, subject, first })
    }

    /// Remembers the thread, if this was its first mail.
    pub(super) async fn keep(&self, attempt: &Attempt<'_>) -> Result<(), Failure> {
        if self.first.is_none() && attempt.message.is_incident() {
            attempt.memory.remember(FIRST, &format!("{}\n{}", self.id, self.subject)).await?;
        }
        Ok(())
    }
}

/// `[CRITICAL] web answers with errors - shop`
fn subject(message: &Message) -> String {
    let own = message.alerts.first().map(|alert| &alert.labels);
    let label = |name: &str| message.group.get(name).or(own.and_then(|labels| labels.get(name)));
    let place = label("service").or(label("instance")).or(label("host"));
    let place = place.filter(|place| !message.what.contains(place.as_str()));
    let place = place.map(|place| format!(" - {place}")).unwrap_or_default();
    let subject = format!("[{}] {}{place}", words::kind(message), message.what);
    fit(&one_line(&subject, SUBJECT_MAX), SUBJECT_MAX, Unit::Chars, as_is)
}

/// The whole mail.
pub(super) fn mail(
    message: &Message,
    from: &Mailbox,
    to: &[Address],
    thread: &Thread,
) -> Result<Vec<u8>, lettre::error::Error> {
    let subject = match thread.first {
        Some(_) => format!("Re: {}", thread.subject),
        None => thread.subject.clone(),
    };
    let at = Timestamp::from_millisecond(message.at_ms).unwrap_or_default();
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .subject(subject)
        .date(at.into())
        .message_id(Some(thread.id.clone()))
        .raw_header(own("Auto-Submitted", "auto-generated"))
        .raw_header(own("X-Auto-Response-Suppress", "All"));
    for address in to {
        builder = builder.to(Mailbox::new(None, address.clone()));
    }
    if let Some(first) = &thread.first {
        builder = builder.in_reply_to(first.clone()).references(first.clone());
    }
    let part = |kind: ContentType, body: String| SinglePart::builder().header(kind).body(body);
    let bodies = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, plain::body(message)))
        .singlepart(part(ContentType::TEXT_HTML, html::body(message)));
    Ok(builder.multipart(bodies)?.formatted())
}

fn own(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
