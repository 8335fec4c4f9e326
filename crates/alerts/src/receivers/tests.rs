//! What each service is sent, against files: `testdata/messages/*.json` by `testdata/payloads/<receiver>/`. After a change
//! that is meant, `UPDATE_EXPECT=1` writes them anew; look at the difference.

mod answers;
mod limits;
pub(crate) mod mailbox;
pub(crate) mod service;
mod settings;

use std::fs;
use std::path::PathBuf;

use expect_test::expect_file;
use serde_json::Value;

use super::*;
use crate::message::Message;

fn testdata(below: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata").join(below)
}

/// A message of the files.
pub(crate) fn message(name: &str) -> Message {
    let text =
        fs::read_to_string(testdata(&format!("messages/{name}.json"))).expect("a message of that name");
    serde_json::from_str(&text).expect("a message")
}

const MESSAGES: [&str; 9] =
    ["firing", "resolved", "acknowledged", "reminder", "storm", "drill", "bare", "report", "hostile"];

/// What each receiver would be sent, as text.
fn payload(receiver: &str, message: &Message) -> String {
    let shown = |value: Value| serde_json::to_string_pretty(&value).expect("JSON") + "\n";
    match receiver {
        "slack" => shown(slack::Slack::webhook("https://hooks.example.com/x").body(message)),
        "slack-buttons" => {
            shown(slack::Slack::webhook("https://hooks.example.com/x").signed("hush").body(message))
        }
        "pagerduty" => shown(pagerduty::event(message).unwrap_or_default()),
        "webhook" => shown(webhook::body(message, "hook")),
        "discord" => shown(discord::body(message)),
        "telegram" => telegram::text(message) + "\n",
        "teams" => shown(teams::body(message)),
        "ntfy" => shown(ntfy::body(message)),
        "sms" => twilio::sms(message) + "\n",
        "call" => twilio::twiml(message) + "\n",
        "mail-text" => email::plain_body(message),
        "mail-html" => email::html_body(message),
        other => panic!("no receiver {other}"),
    }
}

const PAYLOADS: [&str; 12] = [
    "slack",
    "slack-buttons",
    "pagerduty",
    "webhook",
    "discord",
    "telegram",
    "teams",
    "ntfy",
    "sms",
    "call",
    "mail-text",
    "mail-html",
];

/// As what a browser or an editor shows it.
fn kind(receiver: &str) -> &'static str {
    match receiver {
        "telegram" | "mail-html" => "html",
        "sms" | "mail-text" => "txt",
        "call" => "xml",
        _ => "json",
    }
}

#[test]
fn what_each_service_is_sent() {
    for receiver in PAYLOADS {
        for name in MESSAGES {
            let found = payload(receiver, &neat(&message(name)));
            let kind = kind(receiver);
            expect_file![testdata(&format!("payloads/{receiver}/{name}.{kind}"))].assert_eq(&found);
        }
    }
}

#[test]
fn a_message_survives_its_json() {
    for name in MESSAGES {
        let message = message(name);
        let text = serde_json::to_string(&message).expect("JSON");
        assert_eq!(serde_json::from_str::<Message>(&text).expect("a message"), message);
    }
}

#[test]
fn no_way_to_act_is_shown_to_who_reads_logs() {
    let shown = format!("{:?}", message("firing"));
    assert!(!shown.contains("dG9rZW4"), "{shown}");
}
