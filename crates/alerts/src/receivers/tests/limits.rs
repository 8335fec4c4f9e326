//! Whatever a message holds, what is sent keeps within what the services document, and nothing in it can act.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::message::{Alert, Link, Note};
use crate::receivers::text::{Unit, fit, html};

/// The message with every text as long as somebody can make it.
fn swollen(piece: &str) -> Message {
    let text = piece.repeat(100_000 / piece.len());
    let mut message = message("firing");
    message.news = crate::message::News::Blind { why: text.clone() };
    for place in [&mut message.what, &mut message.how_bad, &mut message.do_now] {
        *place = text.clone();
    }
    message.group.insert("service".to_owned(), text.clone());
    let alert = Alert { what: text.clone(), ..message.alerts[0].clone() };
    message.alerts = vec![alert; 60];
    message.evidence.lines = vec![crate::message::Line { at_ms: 0, text: text.clone() }; 20];
    message.evidence.trend = vec![Some(1.0); 100_000];
    message.evidence.issue.as_mut().expect("one").title = text.clone();
    message.evidence.deploy.as_mut().expect("one").text = text.clone();
    let number = message.number.as_mut().expect("one");
    (number.text, number.usual) = (text.clone(), Some(text.clone()));
    message.notes = vec![Note { title: text.clone(), lines: vec![text.clone(); 3] }; 15];
    let url = format!("https://ops.example.com/logs?query={}", "%7B".repeat(600));
    message.links = vec![Link { text, url }; 40];
    message
}

/// Made once: they are large.
static MESSAGES_OF_ALL_SIZES: LazyLock<Vec<Message>> = LazyLock::new(|| {
    let pieces = ["x", "<&>\"'", "é", "😀", "@everyone ", "word ", "\n", "*_`", "\u{202e}", "\u{0}", "``"];
    let mut all: Vec<Message> = pieces.iter().map(|piece| neat(&swollen(piece))).collect();
    all.extend(MESSAGES.iter().map(|name| neat(&message(name))));
    all
});

fn texts<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, out)),
        Value::Object(map) => map.values().for_each(|value| texts(value, out)),
        _ => {}
    }
}

fn chars(value: &Value) -> usize {
    value.as_str().expect("text").chars().count()
}

#[test]
fn slacks_blocks_keep_within_its_limits() {
    for message in MESSAGES_OF_ALL_SIZES.iter() {
        for slack in [
            slack::Slack::webhook("https://x.example"),
            slack::Slack::webhook("https://x.example").signed("s"),
        ] {
            let body = slack.body(message);
            let blocks = body["blocks"].as_array().expect("blocks");
            assert!(blocks.len() <= 50);
            assert!(body["blocks"].to_string().chars().count() <= 13_000);
            blocks.iter().for_each(slack_block);
            assert!(chars(&body["text"]) <= 3000);
        }
    }
}

fn slack_block(block: &Value) {
    match block["type"].as_str().expect("a type") {
        "header" => {
            assert_eq!(block["text"]["type"], "plain_text");
            assert!((1..=150).contains(&chars(&block["text"]["text"])));
        }
        "section" => {
            if let Some(fields) = block["fields"].as_array() {
                assert!((1..=10).contains(&fields.len()));
                fields.iter().for_each(|field| mrkdwn(field, 2000));
            } else {
                mrkdwn(&block["text"], 3000);
            }
        }
        "context" => {
            let elements = block["elements"].as_array().expect("elements");
            assert!((1..=10).contains(&elements.len()));
            elements.iter().for_each(|element| mrkdwn(element, 2000));
        }
        "actions" => {
            let elements = block["elements"].as_array().expect("elements");
            assert!((1..=25).contains(&elements.len()));
            let mut ids: Vec<&str> =
                elements.iter().filter_map(|button| button["action_id"].as_str()).collect();
            for button in elements {
                assert!((1..=75).contains(&chars(&button["text"]["text"])), "{button}");
                assert!(button["url"].as_str().unwrap_or_default().len() <= 3000);
                assert!(button["value"].as_str().unwrap_or_default().len() <= 2000);
            }
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), elements.len(), "each its own id");
        }
        other => panic!("a block of type {other}"),
    }
}

/// Text of mrkdwn: every `<` begins a link of ours, every `&` an escape, fences come in pairs.
fn mrkdwn(value: &Value, max: usize) {
    assert_eq!(value["type"], "mrkdwn");
    let text = value["text"].as_str().expect("text");
    assert!((1..=max).contains(&text.chars().count()));
    for (at, _) in text.match_indices('<') {
        assert!(text[at..].starts_with("<https://ops.example.com/"), "{text}");
        assert!(text[at..].contains('>'), "{text}");
    }
    for (at, _) in text.match_indices('&') {
        let rest = &text[at..];
        assert!(["&amp;", "&lt;", "&gt;"].iter().any(|escape| rest.starts_with(escape)), "{text}");
    }
    assert!(text.matches("```").count().is_multiple_of(2), "{text}");
}

#[test]
fn discords_message_keeps_within_its_limits() {
    for message in MESSAGES_OF_ALL_SIZES.iter() {
        let body = discord::body(message);
        let length = |value: &Value| value.as_str().expect("text").encode_utf16().count();
        assert!(length(&body["content"]) <= 2000);
        assert_eq!(body["allowed_mentions"]["parse"], serde_json::json!([]));
        let embed = &body["embeds"][0];
        assert!((1..=256).contains(&length(&embed["title"])));
        assert!(length(&embed["description"]) <= 4096);
        let fields = embed["fields"].as_array().expect("fields");
        assert!(fields.len() <= 25);
        let mut all =
            length(&embed["title"]) + length(&embed["description"]) + length(&embed["footer"]["text"]);
        for field in fields {
            assert!(
                (1..=256).contains(&length(&field["name"])) && (1..=1024).contains(&length(&field["value"]))
            );
            all += length(&field["name"]) + length(&field["value"]);
        }
        assert!(all <= 6000, "{all}");
        assert!(embed["description"].as_str().expect("text").matches("```").count().is_multiple_of(2));
    }
}

#[test]
fn telegrams_text_keeps_within_its_limits_and_is_well_formed() {
    for message in MESSAGES_OF_ALL_SIZES.iter() {
        let text = telegram::text(message);
        assert!(text.encode_utf16().count() <= 4096);
        well_formed(&text, &["b", "a", "pre"]);
    }
}

#[test]
fn mail_is_well_formed_whatever_is_in_it() {
    let tags = ["html", "head", "title", "body", "div", "table", "tr", "td", "a"];
    for message in MESSAGES_OF_ALL_SIZES.iter() {
        let page = email::html_body(message);
        let page = page.strip_prefix("<!DOCTYPE html>\n").expect("a page");
        assert!(page.len() < 102_000, "readers cut what is longer: {}", page.len());
        // Elements without an end.
        let mut rest = String::new();
        for piece in page.split("<meta ") {
            rest.push_str(
                piece
                    .split_once("\">")
                    .filter(|(meta, _)| !meta.contains('<'))
                    .map_or(piece, |(_, rest)| rest),
            );
        }
        well_formed(&rest.replace("<br>", ""), &tags);
    }
}

/// Every tag is one of `tags`, and each is closed in its order.
fn well_formed(text: &str, tags: &[&str]) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').expect("each tag ends");
        let tag = &rest[at + 1..end];
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{text}"),
            None => {
                let name = tag.split(' ').next().expect("a name");
                assert!(tags.contains(&name), "<{tag}> in {text}");
                assert!(tag.matches('"').count().is_multiple_of(2), "<{tag}>");
                open.push(name);
            }
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?} in {text}");
}

#[test]
fn the_other_services_limits_are_kept() {
    for message in MESSAGES_OF_ALL_SIZES.iter() {
        let teams = teams::body(message).to_string();
        assert!(teams.len() <= 28 * 1024, "{}", teams.len());
        let ntfy = ntfy::body(message);
        assert!(ntfy["message"].as_str().expect("text").len() <= 4096);
        assert!(ntfy["title"].as_str().expect("text").len() <= 250);
        assert!(ntfy["actions"].as_array().expect("actions").len() <= 3);
        assert!((1..=1600).contains(&twilio::sms(message).chars().count()));
        let twiml = twilio::twiml(message);
        assert!(twiml.chars().count() <= 4000);
        well_formed(&twiml, &["Response", "Gather", "Say"]);
        if let Some(event) = pagerduty::event(message) {
            assert!(event["dedup_key"].as_str().expect("a key").len() <= 255);
            assert!(
                event["payload"]["summary"]
                    .as_str()
                    .is_none_or(|text| (1..=1024).contains(&text.chars().count()))
            );
            assert!(event.to_string().len() <= 512_000);
        }
        assert!(webhook::body(message, "hook").to_string().len() < 2_000_000);
    }
}

#[test]
fn no_control_character_and_no_address_of_another_kind_is_sent() {
    for message in MESSAGES_OF_ALL_SIZES.iter() {
        for receiver in ["slack", "pagerduty", "webhook", "discord", "teams", "ntfy"] {
            let body: Value = serde_json::from_str(&payload(receiver, message)).expect("JSON");
            let mut found = Vec::new();
            texts(&body, &mut found);
            for text in found {
                let is_bad = |sign: char| {
                    (sign.is_control() && sign != '\n') || ('\u{202a}'..='\u{202e}').contains(&sign)
                };
                assert!(!text.contains(is_bad), "{receiver}: {text:?}");
            }
        }
        for receiver in PAYLOADS {
            let text = payload(receiver, message);
            for scheme in [
                "href=\"javascript:",
                "\"url\": \"javascript:",
                "(<javascript:",
                "\"url\": \"ftp:",
                "data:text",
            ] {
                assert!(!text.contains(scheme), "{receiver}: {scheme}");
            }
        }
    }
}

proptest! {
    /// What fits is whole; what does not is cut between characters, ends in an ellipsis, and is as long as it may be.
    #[test]
    fn text_is_cut_where_it_must_be(text in "\\PC{0,60}", max in 0_usize..80, unit in 0..3) {
        let unit = [Unit::Chars, Unit::Bytes, Unit::Utf16][unit as usize];
        let whole = fit(&text, usize::MAX, unit, html);
        let found = fit(&text, max, unit, html);
        prop_assert!(unit.of(&found) <= max);
        if unit.of(&whole) <= max {
            prop_assert_eq!(&found, &whole);
        } else {
            let kept = found.strip_suffix('…').unwrap_or(&found);
            prop_assert!(whole.starts_with(kept));
            // An escape is there as a whole or not at all.
            if let Some(at) = kept.rfind('&') {
                prop_assert!(kept[at..].contains(';'), "{}", kept);
            }
        }
    }

    #[test]
    fn links_are_harmless(text in "\\PC{0,80}") {
        if let Some(link) = text::link(&format!("https://{text}")) {
            let is_bad = |sign: char| "<>\"'|()` ".contains(sign) || sign.is_control() || !sign.is_ascii();
            prop_assert!(!link.contains(is_bad), "{}", link);
        }
        let tidy = text::one_line(&text, 20);
        prop_assert!(tidy.chars().count() <= 20 && !tidy.contains('\n'));
    }
}
