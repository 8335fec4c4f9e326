//! A message as blocks of Slack's Block Kit, within what is documented: a header of 150 characters, sections of 3,000,
//! ten fields of 2,000, 25 buttons; and within about 13,000 for all of it, which is not documented.

use serde_json::{Value, json};

use crate::message::Message;
use crate::receivers::text::{Unit, fenced, fit, plain, slack};
use crate::receivers::words;

/// Above it Slack answers `msg_blocks_too_long`.
const ALL_MAX: usize = 12_000;
const BUTTONS_MAX: usize = 6;

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Buttons {
    /// It opens our page.
    Link,
    /// It acts at once: Slack calls us.
    Act,
}

/// The blocks, the most important never left out.
pub(super) fn blocks(message: &Message, buttons: Buttons) -> Vec<Value> {
    let mut blocks = Vec::new();
    let (context, actions) = (context(message), actions(message, buttons));
    // What stands last is counted first.
    let mut left = ALL_MAX - length(&context) - actions.as_ref().map_or(0, length);
    for block in body(message) {
        if let Some(rest) = left.checked_sub(length(&block)) {
            left = rest;
            blocks.push(block);
        }
    }
    blocks.push(context);
    blocks.extend(actions);
    blocks
}

fn length(block: &Value) -> usize {
    Unit::Chars.of(&block.to_string())
}

fn body(message: &Message) -> Vec<Value> {
    let headline = fit(&words::headline(message), 150, Unit::Chars, plain);
    let mut blocks =
        vec![json!({ "type": "header", "text": { "type": "plain_text", "text": headline, "emoji": true } })];
    blocks.push(section(&escaped(&words::status(message), 600)));
    let titled = |title: &str, text: &str, max: usize| {
        (!text.is_empty()).then(|| section(&format!("*{title}*\n{}", escaped(text, max))))
    };
    blocks.extend(titled("How bad is it", &message.how_bad, 1800));
    blocks.extend(titled("What to do now", &message.do_now, 2400));
    blocks.extend(fields(message));
    let lines = words::lines(message).join("\n");
    if !lines.is_empty() {
        blocks.push(section(&format!("*Last lines*\n```{}```", escaped(&lines, 2000))));
    }
    blocks.extend(titled("Alerts", &words::alerts(message).join("\n"), 2000));
    for note in &message.notes {
        blocks.extend(titled(&escaped(&note.title, 200), &note.lines.join("\n"), 2500));
    }
    blocks
}

fn fields(message: &Message) -> Option<Value> {
    let link = |text: String, url: &Option<String>| match url {
        Some(url) => format!("<{}|{}>", escaped(url, 2500), escaped(&text, 400)),
        None => escaped(&text, 400),
    };
    let evidence = &message.evidence;
    let issue = evidence.issue.as_ref().zip(words::issue(message));
    let deploy = evidence.deploy.as_ref().zip(words::deploy(message));
    let trend = (!evidence.trend.is_empty())
        .then(|| format!("`{}` {}", words::bars(&evidence.trend), escaped(&evidence.trend_span, 40)));
    let rows = [
        ("Number", words::number(message).map(|text| escaped(&text, 400))),
        ("Trend", trend),
        ("Deploy before", deploy.map(|(deploy, text)| link(text, &deploy.url))),
        ("Newest issue", issue.map(|(issue, text)| link(text, &issue.url))),
    ];
    let field = |(title, text): (&str, Option<String>)| {
        // A link is never cut: one that is too long stands without its address.
        let text = text.filter(|text| Unit::Chars.of(text) <= 1900)?;
        Some(json!({ "type": "mrkdwn", "text": format!("*{title}*\n{text}") }))
    };
    let fields: Vec<Value> = rows.into_iter().filter_map(field).collect();
    (!fields.is_empty()).then(|| json!({ "type": "section", "fields": fields }))
}

fn context(message: &Message) -> Value {
    let about = words::about(message);
    let text = match about.is_empty() {
        true => "Porthole".to_owned(),
        false => format!("{} · Porthole", escaped(&about, 1000)),
    };
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": text }] })
}

fn actions(message: &Message, buttons: Buttons) -> Option<Value> {
    let mut elements = Vec::new();
    if let Some(acknowledge) = message.acknowledge.as_ref().filter(|_| !message.is_resolved()) {
        let token = acknowledge.page_url.rsplit('/').next().unwrap_or_default();
        match buttons {
            Buttons::Link => elements.push(opens("acknowledge", "I am on it", &acknowledge.page_url)),
            Buttons::Act => {
                elements.push(acts("acknowledge", "I am on it", token));
                elements.push(acts("silence_1h", "Silence 1 h", token));
            }
        }
    }
    let runbook = message.runbook.iter().map(|url| ("Runbook", url));
    let links = message.links.iter().map(|link| (link.text.as_str(), &link.url));
    for (index, (text, url)) in runbook.chain(links).enumerate() {
        if elements.len() < BUTTONS_MAX {
            elements.push(opens(&format!("link-{index}"), text, url));
        }
    }
    (!elements.is_empty()).then(|| json!({ "type": "actions", "elements": elements }))
}

fn opens(id: &str, text: &str, url: &str) -> Value {
    json!({ "type": "button", "action_id": id, "text": label(text), "url": url })
}

fn acts(id: &str, text: &str, token: &str) -> Value {
    json!({ "type": "button", "action_id": id, "text": label(text), "value": token })
}

fn label(text: &str) -> Value {
    json!({ "type": "plain_text", "text": fit(text, 75, Unit::Chars, plain) })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

/// Nor does a text open a fence that swallows what follows.
fn escaped(text: &str, max: usize) -> String {
    fit(&fenced(text), max, Unit::Chars, slack)
}
