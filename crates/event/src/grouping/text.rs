//! Events without exceptions: a message with a stack, a place in a template, a policy's breach, a text.

use super::frames::{Stack, View};
use super::{Digest, Keyed, Part, Rules, Variant, distinct_keys, parameterise};
use crate::event::{Event, Frame};

/// Of a longer text only its first lines are its meaning.
const LINES_MAX: usize = 2;
/// Where the shape of a text has to do, what it names may stand further down.
const SHAPE_LINES_MAX: usize = 12;
/// No more of a text is looked at, in bytes.
const TEXT_BYTES_MAX: usize = 1024;

/// The first lines that are not empty, without what looks like a value.
pub(super) fn settled_lines(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.take(LINES_MAX).collect::<Vec<_>>().join("\n");
    let end = first.floor_char_boundary(TEXT_BYTES_MAX);
    parameterise(&first[..end]).into_owned()
}

/// The shape of a text that has to tell apart what a library raises in one place: without values, and without
/// anything in quotes or behind `=(`.
pub(super) fn shape(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.take(SHAPE_LINES_MAX).collect::<Vec<_>>().join("\n");
    let end = first.floor_char_boundary(TEXT_BYTES_MAX);
    parameterise(&without_quoted(&first[..end])).into_owned()
}

/// Puts `<str>` in the place of what stands in quotes. An apostrophe within a word is none.
fn without_quoted(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let in_word = bare.ends_with(|last: char| last.is_alphanumeric());
        let quoted = (!in_word).then(|| length_of_quoted(rest)).flatten();
        match quoted {
            Some(length) => {
                bare.push_str(if letter == '=' { "=<str>" } else { "<str>" });
                rest = &rest[length..];
            }
            None => {
                bare.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    bare
}

/// How long the quoted text at the beginning is, quotes included. It ends within its line.
fn length_of_quoted(rest: &str) -> Option<usize> {
    const QUOTES: [(&str, char); 5] = [("'", '\''), ("\"", '"'), ("“", '”'), ("‘", '’'), ("=(", ')')];
    let (open, close) = QUOTES.into_iter().find(|(open, _)| rest.starts_with(open))?;
    let line = rest.split('\n').next().unwrap_or(rest);
    let ends = line[open.len()..].match_indices(close).map(|(at, _)| open.len() + at + close.len_utf8());
    ends.into_iter().find(|end| !line[*end..].starts_with(char::is_alphanumeric))
}

/// By the stack of a thread or of a message, together with the text.
pub(super) fn by_stack(event: &Event, rules: &Rules) -> Option<Keyed> {
    let stack = Stack::read(frames_of(event)?, event, rules);
    let views: &[View] = match (stack.says_anything(View::App), stack.says_anything(View::All)) {
        (true, _) => &[View::App, View::All],
        (false, true) => &[View::All],
        (false, false) => return None,
    };
    let text = text_of(event);
    let keys = distinct_keys(views, |view| {
        let mut digest = Digest::new("stack");
        digest.text(text.as_ref().map(|text| text.settled.as_str()).unwrap_or_default());
        stack.digest(view, &mut digest);
        digest.end()
    });
    let why = stack.why(views[0]).chain(text.map(Text::why)).collect();
    let variant = if views[0] == View::App { Variant::App } else { Variant::AllFrames };
    Some(Keyed { variant, keys, why })
}

/// The stack of the event itself, else of the thread that crashed, else of the current or only one.
fn frames_of(event: &Event) -> Option<&[Frame]> {
    if !event.stacktrace.is_empty() {
        return Some(&event.stacktrace);
    }
    let threads = || event.threads.iter().filter(|thread| !thread.frames.is_empty());
    let only = || threads().next().filter(|_| threads().count() == 1);
    let thread = threads().find(|thread| thread.crashed).or_else(|| threads().find(|thread| thread.current));
    thread.or_else(only).map(|thread| thread.frames.as_slice())
}

/// By the place in a template.
pub(super) fn by_template(event: &Event) -> Option<Keyed> {
    let place = event.template.as_ref()?;
    let file = place.filename.as_deref().or(place.abs_path.as_deref())?;
    let line = place.context_line.as_deref().unwrap_or_default().trim();
    let mut digest = Digest::new("template");
    digest.text(file);
    digest.text(line);
    let why = vec![Part::used(format!("template {file}: {line}"))];
    Some(Keyed { variant: Variant::Template, keys: vec![digest.end()], why })
}

/// By the directive and the host that was blocked.
pub(super) fn by_csp(event: &Event) -> Option<Keyed> {
    let csp = event.csp.as_ref()?;
    let mut digest = Digest::new("csp");
    digest.text(&csp.directive);
    digest.text(csp.blocked_host());
    let why = vec![
        Part::used(format!("directive {}", csp.directive)),
        Part::used(format!("blocked {}", csp.blocked_host())),
        Part::unused(format!("page {}", csp.document_uri), "the same breach on many pages is one issue"),
    ];
    Some(Keyed { variant: Variant::Csp, keys: vec![digest.end()], why })
}

/// By the text, and the logger where the text is not a template.
pub(super) fn by_message(event: &Event) -> Option<Keyed> {
    let text = text_of(event)?;
    let mut digest = Digest::new("message");
    digest.text(&text.settled);
    let mut why = Vec::new();
    if text.is_template {
        let formatted = event.message.as_ref().map(|message| message.formatted.as_str()).unwrap_or_default();
        why.push(Part::unused(format!("text {}", settled_lines(formatted)), "it was made from a template"));
    } else {
        let logger = event.logger.as_deref().unwrap_or_default();
        digest.text(logger);
        why.extend((!logger.is_empty()).then(|| Part::used(format!("logger {logger}"))));
    }
    why.insert(0, text.why());
    Some(Keyed { variant: Variant::Message, keys: vec![digest.end()], why })
}

/// A text as it counts.
struct Text {
    settled: String,
    is_template: bool,
    was_changed: bool,
}

impl Text {
    fn why(self) -> Part {
        let kind = if self.is_template { "template" } else { "text" };
        let part = Part::used(format!("{kind} {}", self.settled));
        if self.was_changed { part.hinted("without what looks like a value") } else { part }
    }
}

/// The template, where values were put into one; else the text.
fn text_of(event: &Event) -> Option<Text> {
    let message = event.message.as_ref()?;
    let template = message.template.as_deref().filter(|_| !message.params.is_empty());
    let text = template.unwrap_or(&message.formatted);
    let settled = settled_lines(text);
    if settled.is_empty() {
        return None;
    }
    let was_changed = settled != text;
    Some(Text { settled, is_template: template.is_some(), was_changed })
}
