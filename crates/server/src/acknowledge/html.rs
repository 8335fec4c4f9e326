//! The page behind a link: plain HTML, since whoever opens it may be on a phone at night and is not signed in.

use std::fmt::Write as _;

use ::alerts::Tier;
use ::alerts::shown::Alert;
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};
use model::Timestamp;

const STYLE: &str = include_str!("style.css");
/// Alerts of an incident that are listed.
const ALERTS_MAX: usize = 20;
/// For how long one can take care of it.
const CHOICES: [(u32, &str); 4] = [(60, "1 hour"), (240, "4 hours"), (480, "8 hours"), (1440, "a day")];

/// `GET /ack/style.css`
pub(super) async fn style() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, STYLE).into_response()
}

/// An incident, and the button.
pub(super) fn incident(alerts: &[Alert], name: &str, now: Timestamp) -> Response {
    let Some(first) = alerts.first() else {
        return said(StatusCode::GONE, "This incident is over and forgotten.");
    };
    let mut body = String::new();
    let drill = if first.is_drill { "Drill: nothing is broken · " } else { "" };
    let (tier, since) = (tier(first.tier), told(first.fired_ms.unwrap_or(first.active_ms)));
    let _ = write!(body, "<p class=\"tier {}\">{drill}{tier} · since {since}</p>", first.tier.word());
    let _ = write!(body, "<h1>{}</h1><dl>", escaped(&first.card.what));
    for (name, text) in [("How bad", &first.card.how_bad), ("Do now", &first.card.do_now)] {
        if !text.is_empty() {
            let _ = write!(body, "<dt>{name}</dt><dd>{}</dd>", escaped(text));
        }
    }
    body.push_str("</dl>");
    others(&mut body, &alerts[1..]);
    form(&mut body, alerts, name, now);
    let _ =
        write!(body, "<p><a href=\"/alerts/{}\">Open it in Porthole</a></p>", escaped(&first.fingerprint));
    page(StatusCode::OK, &first.card.what, &body)
}

/// The incident's other alerts.
fn others(body: &mut String, alerts: &[Alert]) {
    if alerts.is_empty() {
        return;
    }
    body.push_str("<ul>");
    for alert in alerts.iter().take(ALERTS_MAX) {
        let _ = write!(body, "<li>{}</li>", escaped(&alert.card.what));
    }
    if let Some(more) = alerts.len().checked_sub(ALERTS_MAX).filter(|more| *more > 0) {
        let _ = write!(body, "<li>and {more} more</li>");
    }
    body.push_str("</ul>");
}

fn form(body: &mut String, alerts: &[Alert], name: &str, now: Timestamp) {
    if !alerts.iter().any(|alert| alert.state.is_on()) {
        body.push_str("<p class=\"done\">It is over; there is nothing left to acknowledge.</p>");
        return;
    }
    let owner = alerts.iter().find_map(|alert| alert.acknowledged.as_ref());
    if let Some((owner, until_ms)) = owner.filter(|(_, until_ms)| *until_ms > now.millis()) {
        let (owner, until) = (escaped(owner), told(*until_ms));
        let _ = write!(body, "<p class=\"done\">{owner} has it until {until}.</p>");
    }
    let _ = write!(
        body,
        "<form method=\"post\"><label>You are <input name=\"who\" required maxlength=\"64\" autocomplete=\"name\" \
         value=\"{}\"></label><label>You have it for <select name=\"minutes\">",
        escaped(name)
    );
    for (minutes, words) in CHOICES {
        let chosen = if i64::from(minutes) == super::MINUTES { " selected" } else { "" };
        let _ = write!(body, "<option value=\"{minutes}\"{chosen}>{words}</option>");
    }
    body.push_str(
        "</select></label><button>Acknowledge</button></form>\
         <p class=\"hint\">Until then there are no reminders and nobody else is called. That it is over is told all the \
         same.</p>",
    );
}

/// A sentence alone.
pub(super) fn said(status: StatusCode, words: &str) -> Response {
    page(
        status,
        "Porthole",
        &format!("<h1>{}</h1><p><a href=\"/alerts\">Open Porthole</a></p>", escaped(words)),
    )
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{}</title>\
         <link rel=\"stylesheet\" href=\"/ack/style.css\"></head><body><main>{body}</main></body></html>",
        escaped(title.lines().next().unwrap_or_default())
    );
    (status, Html(text)).into_response()
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Low => "Low",
        Tier::Medium => "Medium",
        Tier::High => "High",
        Tier::Critical => "Critical",
    }
}

/// `2026-11-23 18:40 UTC`: nobody's zone is known here.
fn told(millis: i64) -> String {
    let text = Timestamp::from_millis(millis).to_string();
    let (day, time) = (text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default());
    format!("{day} {time} UTC")
}

/// A message of ours as a sentence begins and ends.
pub(super) fn sentence(message: &str) -> String {
    let mut text = format!("{message}.");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("<br>"),
            other => safe.push(other),
        }
    }
    safe
}
