//! How an event is named in lists: by its exception or its text, and by where it happened.

use crate::event::{Event, Exception, Frame};

/// The name of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Title {
    /// `ValueError: price is negative`, or the message. One line of harmless characters.
    pub title: String,
    /// Where: the transaction, or the innermost call of the program's own code. Empty if neither is known.
    pub culprit: String,
    /// The exception's class; empty for messages.
    pub ty: String,
    /// The exception's text, or the message. One line.
    pub value: String,
}

/// Longer titles are cut.
const CHARS_MAX: usize = 200;

/// What stands for an event that says nothing.
const UNNAMED: &str = "<no message>";

/// The name of the event.
pub fn title(event: &Event) -> Title {
    let culprit = event.transaction.as_deref().map(one_line).unwrap_or_else(|| place(event));
    let (ty, value) = subject(event);
    let title = match (ty.as_str(), value.as_str()) {
        ("", "") => UNNAMED.to_owned(),
        ("", value) => value.to_owned(),
        (ty, "") => ty.to_owned(),
        (ty, value) => cut(&format!("{ty}: {value}")),
    };
    Title { title, culprit, ty, value }
}

/// The class and the text.
fn subject(event: &Event) -> (String, String) {
    if let Some(exception) = main_exception(&event.exceptions) {
        let ty = exception.ty.as_deref().map(one_line).unwrap_or_default();
        let value = exception.value.as_deref().map(one_line).unwrap_or_default();
        let innermost = || exception.frames.last().and_then(|frame| frame.function.as_deref());
        let value = if ty.is_empty() && value.is_empty() { innermost().map(one_line) } else { Some(value) };
        return (ty, value.unwrap_or_default());
    }
    if let Some(csp) = &event.csp {
        let blocked = format!("Blocked {} from {}", csp.directive, csp.blocked_host());
        return (String::new(), one_line(&blocked));
    }
    let message = event.message.as_ref().map(|message| one_line(&message.formatted)).unwrap_or_default();
    (String::new(), message)
}

/// The exception that names the event: the one seen last. A group of one is named by that one.
pub fn main_exception(exceptions: &[Exception]) -> Option<&Exception> {
    let last = exceptions.last()?;
    let group = last.mechanism.as_ref().filter(|mechanism| mechanism.is_exception_group);
    let Some(id) = group.and_then(|group| group.exception_id) else { return Some(last) };
    let is_child = |exception: &&Exception| {
        exception.mechanism.as_ref().is_some_and(|mechanism| mechanism.parent_id == Some(id))
    };
    let mut children = exceptions.iter().filter(is_child);
    match (children.next(), children.next()) {
        (Some(only), None) => Some(only),
        _ => Some(last),
    }
}

/// `price in shop.models`
fn place(event: &Event) -> String {
    let frames = main_exception(&event.exceptions).map_or(&event.stacktrace, |exception| &exception.frames);
    let own = frames.iter().rev().find(|frame| frame.in_app == Some(true));
    own.or(frames.last()).map(call).unwrap_or_default()
}

fn call(frame: &Frame) -> String {
    let file = frame.module.as_deref().or(frame.filename.as_deref()).unwrap_or_default();
    let function = frame.function.as_deref().unwrap_or_default();
    match (function, file) {
        (function, "") => one_line(function),
        ("", file) => one_line(file),
        (function, file) => one_line(&format!("{function} in {file}")),
    }
}

/// The first line that is not blank, without characters that a reader cannot see or that turn the text around.
fn one_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let harmless: String = line.chars().filter(|sign| !is_hidden(*sign)).take(CHARS_MAX + 1).collect();
    cut(&harmless)
}

/// Control characters, those that change the direction of writing, and those without a width.
fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Csp, Mechanism, Message};

    fn exception(ty: &str, value: &str) -> Exception {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Exception { ty: text(ty), value: text(value), ..Exception::default() }
    }

    fn check(event: &Event, title: &str, culprit: &str) {
        let found = super::title(event);
        assert_eq!((found.title.as_str(), found.culprit.as_str()), (title, culprit));
    }

    #[test]
    fn events_are_named() {
        let mut event = Event {
            exceptions: vec![exception("KeyError", "'a'"), exception("ValueError", "\n bad\nprice")],
            ..Event::default()
        };
        check(&event, "ValueError: bad", "");
        let frame = |function: &str, own| Frame {
            function: Some(function.to_owned()),
            module: Some("shop.models".to_owned()),
            in_app: Some(own),
            ..Frame::default()
        };
        event.exceptions[1].frames = vec![frame("view", true), frame("price", true), frame("get", false)];
        check(&event, "ValueError: bad", "price in shop.models");
        event.transaction = Some("/orders/".to_owned());
        check(&event, "ValueError: bad", "/orders/");

        let message = |text: &str| Event {
            message: Some(Message { formatted: text.to_owned(), ..Message::default() }),
            ..Event::default()
        };
        check(&message("hello\u{202e}\u{7} world"), "hello world", "");
        check(&message(&"é".repeat(300)), &format!("{}…", "é".repeat(200)), "");
        check(&Event::default(), UNNAMED, "");
        let synthetic = Event { exceptions: vec![exception("", "captured")], ..Event::default() };
        check(&synthetic, "captured", "");
        let csp = Csp { directive: "img-src".into(), blocked_uri: "http://x/y".into(), ..Csp::default() };
        check(&Event { csp: Some(csp), ..Event::default() }, "Blocked img-src from x", "");
    }

    #[test]
    fn a_group_of_one_is_named_by_it() {
        let with = |mut exception: Exception, id, parent: Option<u32>| {
            let is_exception_group = parent.is_none();
            exception.mechanism = Some(Mechanism {
                exception_id: Some(id),
                parent_id: parent,
                is_exception_group,
                ..Mechanism::default()
            });
            exception
        };
        let group = with(exception("ExceptionGroup", "tasks"), 0, None);
        let child = with(exception("KeyError", "x"), 1, Some(0));
        let event = |exceptions| Event { exceptions, ..Event::default() };
        check(&event(vec![child.clone(), group.clone()]), "KeyError: x", "");
        check(&event(vec![child.clone(), child, group.clone()]), "ExceptionGroup: tasks", "");
        check(&event(vec![group]), "ExceptionGroup: tasks", "");
    }
}
