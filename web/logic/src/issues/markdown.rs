//! An event as Markdown: to be pasted where people talk about it, or where a model is asked.

use api::{Event, Exception, Frame, Pair};

use super::stack::{kind, name, place};
use super::words::before;
use crate::time::iso;

/// More frames of one exception are only counted.
const FRAMES_MAX: usize = 20;
/// More of what happened before is left out.
const CRUMBS_MAX: usize = 15;

/// The event; `link`: where it can be seen.
pub fn markdown(event: &Event, short_id: &str, link: &str) -> String {
    let mut text = format!("# {short_id} {}\n\n", one_line(&event.title));
    if !event.message.is_empty() {
        text.push_str(&format!("{}\n\n", one_line(&event.message)));
    }
    text.push_str(&format!("{link}\n\n"));
    let facts = [
        ("Time", iso(event.time)),
        ("Where", event.culprit.clone()),
        ("Doing", event.transaction.clone()),
        ("Level", event.level.clone()),
        ("Release", event.release.clone()),
        ("Environment", event.environment.clone()),
        ("Server", event.server_name.clone()),
        ("Trace", event.trace_id.clone()),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!("- {name}: {}\n", one_line(value)));
    }
    if let Some(request) = &event.request {
        text.push_str(&format!("- Request: {} {}\n", one_line(&request.method), one_line(&request.url)));
    }
    for exception in event.exceptions.iter().rev() {
        thrown(exception, &mut text);
    }
    if !event.frames.is_empty() {
        section("Stack", &frames(&event.frames), &mut text);
    }
    let crumbs = event.breadcrumbs.len().saturating_sub(CRUMBS_MAX);
    let crumbs: String = event.breadcrumbs[crumbs..]
        .iter()
        .map(|crumb| {
            let at = crumb.time.map(|at| before(at, event.time)).unwrap_or_default();
            let data = pairs(&crumb.data);
            format!("{at} {} {} {data}", crumb.category, crumb.message).trim_end().replace('\n', " ") + "\n"
        })
        .collect();
    section("What happened before", &crumbs, &mut text);
    section(
        "Tags",
        &event.tags.iter().map(|(name, value)| format!("{name}={value}\n")).collect::<String>(),
        &mut text,
    );
    text
}

fn thrown(exception: &Exception, text: &mut String) {
    text.push_str(&format!("\n## {}\n", one_line(&kind(exception))));
    section("", &format!("{}\n\n{}", exception.value, frames(&exception.frames)), text);
}

/// Innermost first: those of libraries in a line each, the program's own with their source.
fn frames(frames: &[Frame]) -> String {
    let mut text = String::new();
    for frame in frames.iter().rev().take(FRAMES_MAX) {
        let own = if frame.in_app { "" } else { " (library)" };
        text.push_str(&format!("{} in {}{own}\n", place(frame), name(frame)));
        if !frame.in_app {
            continue;
        }
        for (number, line) in &frame.source {
            let mark = if Some(*number) == frame.line { '>' } else { ' ' };
            text.push_str(&format!("{mark} {number:>5} {line}\n"));
        }
    }
    let left = frames.len().saturating_sub(FRAMES_MAX);
    if left > 0 {
        text.push_str(&format!("and {left} more frames\n"));
    }
    text
}

fn pairs(pairs: &[Pair]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// A block that nothing inside of it can end.
fn section(title: &str, body: &str, text: &mut String) {
    if body.trim().is_empty() {
        return;
    }
    if !title.is_empty() {
        text.push_str(&format!("\n## {title}\n"));
    }
    let mut fence = "```".to_owned();
    while body.contains(&fence) {
        fence.push('`');
    }
    text.push_str(&format!("\n{fence}\n{}\n{fence}\n", body.trim_matches('\n')));
}

/// What stands outside of a block must neither begin one nor be taken for a heading, a link or markup.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => line.push(' '),
            '<' | '>' | '[' | ']' | '`' | '*' | '_' | '#' | '|' | '\\' => {
                line.push('\\');
                line.push(character);
            }
            other => line.push(other),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use api::{Breadcrumb, WebRequest};

    use super::*;

    fn event() -> Event {
        let frame = |in_app, function: &str, line| Frame {
            in_app,
            function: function.into(),
            file: "shop/views.py".into(),
            line: Some(line),
            source: vec![(line - 1, "def pay():".into()), (line, "    raise ValueError(\"```\")".into())],
            ..Frame::default()
        };
        let exception = Exception {
            kind: "ValueError".into(),
            value: "no ``` card".into(),
            frames: vec![frame(false, "call", 7), frame(true, "pay", 42)],
            ..Exception::default()
        };
        Event {
            title: "ValueError".into(),
            message: "no <b>card</b>\n# x".into(),
            time: 1_763_777_233_123,
            release: "shop@1.2".into(),
            exceptions: vec![exception],
            request: Some(WebRequest {
                method: "GET".into(),
                url: "https://a/b".into(),
                ..WebRequest::default()
            }),
            breadcrumbs: vec![Breadcrumb {
                time: Some(1_763_777_232_000),
                category: "query".into(),
                message: "SELECT 1\nFROM a".into(),
                data: vec![("db".into(), "shop".into())],
                ..Breadcrumb::default()
            }],
            tags: vec![("browser".into(), "Chrome".into())],
            ..Event::default()
        }
    }

    #[test]
    fn an_event_is_told_whole_and_nothing_in_it_becomes_markup() {
        let text = markdown(&event(), "SHOP-12", "https://ops/issues/12");
        let wanted = "# SHOP-12 ValueError\n\nno \\<b\\>card\\</b\\> \\# x\n\nhttps://ops/issues/12\n\n\
            - Time: 2025-11-22T02:07:13.123Z\n- Release: shop@1.2\n- Request: GET https://a/b\n\n## ValueError\n\n\
            ````\nno ``` card\n\nshop/views.py:42 in pay\n     41 def pay():\n>    42     raise ValueError(\"```\")\n\
            shop/views.py:7 in call (library)\n````\n\n## What happened before\n\n\
            ```\n−1.1 s query SELECT 1 FROM a db=shop\n```\n\n## Tags\n\n```\nbrowser=Chrome\n```\n";
        assert_eq!(text, wanted);
    }
}
