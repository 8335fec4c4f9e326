//! What was sent with the event: in a line what tells most, then request, user, tags, contexts and the rest; and what
//! was masked or could not be read.

use api::{Context, Event, Pair, WebRequest};
use web_logic::issues::query::toggled;
use web_logic::number::bytes;
use web_logic::time::full;

use super::super::list_href;
use super::super::one::release_link;
use super::super::parts::{fold, pairs, section, summary};
use crate::components::notice;
use crate::dom::{El, el};
use crate::state::{Shared, shared};

/// What tells most, in a line or two: each leads on where there is somewhere.
pub(super) fn told(event: &Event) -> El {
    let mut facts: Vec<El> = Vec::new();
    let mut put = |name: &str, held: El| {
        facts.push(el("div", "").add(el("dt", "").text(name)).add(el("dd", "").add(held)));
    };
    if let Some(request) = &event.request {
        put("Request", el("span", "").text(format!("{} {}", request.method, request.url).trim()));
    }
    let user = ["email", "username", "id", "ip_address"]
        .into_iter()
        .find_map(|wanted| event.user.iter().find(|(name, value)| name == wanted && !value.is_empty()));
    if let Some((name, value)) = user {
        put("User", filter(&format!("user.{name}"), value));
    }
    let named = [
        ("Transaction", "transaction", &event.transaction),
        ("Environment", "environment", &event.environment),
        ("Server", "server_name", &event.server_name),
        ("Logger", "logger", &event.logger),
    ];
    for (words, key, value) in named.into_iter().filter(|(_, _, value)| !value.is_empty()) {
        put(words, filter(key, value));
    }
    if !event.release.is_empty() {
        put("Release", release_link(&event.release));
    }
    if !event.trace_id.is_empty() {
        put("Trace", filter("trace", &event.trace_id));
    }
    let also = [("Request id", &event.request_id), ("SDK", &event.sdk)];
    for (words, value) in also.into_iter().filter(|(_, value)| !value.is_empty()) {
        put(words, el("span", "").text(value));
    }
    el("dl", "event-facts").each(facts)
}

/// A value that leads to the issues that have it.
fn filter(name: &str, value: &str) -> El {
    let Shared { view, .. } = shared();
    let query = toggled("is:unresolved", name, value);
    el("a", "")
        .attr("title", "Issues with the same")
        .attr_of("href", move || Some(view.state.with(|state| list_href(state, &query))))
        .text(value)
}

/// What could not be read, and what was masked.
pub(super) fn wrong(event: &Event) -> Vec<El> {
    let mut parts = Vec::new();
    if !event.faults.is_empty() {
        let faults = event.faults.iter().map(|fault| format!("{}: {}", fault.path, fault.message));
        let told = faults.collect::<Vec<_>>().join("; ");
        parts.push(notice("warning", &format!("Some of it could not be read and is empty. {told}")));
    }
    parts
}

/// The rest, each under its heading; what is long or seldom wanted is folded.
pub(super) fn sections(event: &Event) -> Vec<El> {
    let mut parts = Vec::new();
    if let Some(told) = event.request.as_ref() {
        parts.push(section("Request").add(request(told)));
    }
    let mut put = |name: &str, all: &[Pair], opens: bool| {
        if !all.is_empty() {
            parts.push(fold("issue-section issue-fold", heading(name, all.len()), opens).add(pairs(all)));
        }
    };
    put("User", &event.user, true);
    put("Extra", &event.extra, true);
    for Context { name, values } in &event.contexts {
        put(&format!("Context: {name}"), values, false);
    }
    put("Tags", &event.tags, false);
    put("Packages", &event.modules, false);
    let masked: Vec<Pair> = event.masked.iter().map(|path| (path.clone(), "masked".to_owned())).collect();
    put("Masked before it was kept", &masked, false);
    parts.extend(feedback(event));
    parts.extend(attachments(event));
    parts
}

fn heading(words: &str, count: usize) -> El {
    el("summary", "").add(el("h2", "").text(words)).add(el("span", "hint").text(&format!(" {count}")))
}

fn request(request: &WebRequest) -> El {
    let line = el("p", "event-request")
        .add(el("b", "").text(&request.method))
        .text(" ")
        .add(el("code", "").text(&request.url));
    let mut parts = vec![line];
    let mut put = |name: &str, all: &[Pair], opens: bool| {
        if !all.is_empty() {
            parts.push(fold("issue-fold", summary(name, all.len()), opens).add(pairs(all)));
        }
    };
    put("Query", &request.query, true);
    put("Headers", &request.headers, false);
    put("Cookies", &request.cookies, false);
    put("Server", &request.environment, false);
    if !request.body.is_empty() {
        parts
            .push(fold("issue-fold", summary("Body", 0), true).add(el("pre", "snippet").text(&request.body)));
    }
    el("div", "host").each(parts)
}

/// What people said of it.
fn feedback(event: &Event) -> Option<El> {
    let Shared { view, .. } = shared();
    let one = |said: &api::Feedback| {
        let at = said.time;
        let who = [&said.name, &said.email].into_iter().filter(|word| !word.is_empty());
        let who = who.map(String::as_str).collect::<Vec<_>>().join(", ");
        el("li", "")
            .add(el("b", "").text(&who).text(" "))
            .add(el("time", "hint").text_of(move || full(at, view.clock().zone)))
            .add(el("p", "issue-comment").text(&said.message))
    };
    let all = &event.feedback;
    let list = || el("ol", "issue-activity").each(all.iter().map(one));
    (!all.is_empty()).then(|| section("What people said").add(list()))
}

/// Files that came with it: saved, never shown.
fn attachments(event: &Event) -> Option<El> {
    let one = |file: &api::Attachment| {
        let id: String = js_sys::encode_uri_component(&file.id).into();
        let link =
            el("a", "").attr("href", &format!("/app/v1/attachments/{id}")).attr("download", &file.name);
        el("li", "")
            .add(link.text(&file.name))
            .add(el("span", "hint").text(&format!(" {}", bytes(file.bytes))))
    };
    let all = &event.attachments;
    let list = || el("ul", "").each(all.iter().map(one));
    (!all.is_empty()).then(|| section("Files").add(list()))
}
