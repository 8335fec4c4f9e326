//! What is said on the telephone: short, twice, and which key to press.

use crate::message::Message;
use crate::receivers::text::{Unit, fit, xml};
use crate::receivers::words;

/// Twilio takes 4,000 characters.
const TWIML_MAX: usize = 4000;

/// What Twilio is to do when somebody answers.
pub(in crate::receivers) fn twiml(message: &Message) -> String {
    let said = |max: usize| {
        let drill = if message.is_drill { "This is a fire drill. Nothing is wrong. " } else { "" };
        let text = format!(
            "{drill}{} alert from Porthole. {}. {} {}",
            message.tier.word(),
            message.what.trim_end_matches('.'),
            message.how_bad,
            words::status(message)
        );
        fit(&text, max, Unit::Chars, xml)
    };
    match &message.acknowledge {
        Some(found) => {
            let url = fit(&found.call_url, 2600, Unit::Chars, xml);
            // However long the address is, something is said.
            let text = said((TWIML_MAX - 400).saturating_sub(url.chars().count()).min(900));
            format!(
                "<Response><Gather numDigits=\"1\" timeout=\"10\" method=\"POST\" action=\"{url}\">\
                 <Say loop=\"2\">{text} Press 1 to say that you are on it.</Say></Gather>\
                 <Say>Nobody has acknowledged it. Goodbye.</Say></Response>"
            )
        }
        None => format!(
            "<Response><Say loop=\"2\">{} Acknowledge it on Porthole's page.</Say></Response>",
            said(900)
        ),
    }
}
