//! From what was chosen and typed to the LogQL that is asked, and back from a place in it to the query box.
//!
//! The query box takes three things: a whole query `{service="web"} |= "x"`, used as it is; filters
//! `|= "x" != "y"`, put behind the selector of what is chosen; and any other text, searched as it stands.

use crate::choice::Choice;
use crate::level::LevelSet;
use crate::view::ViewState;

/// A query as it goes to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// LogQL.
    pub query: String,
    /// The levels, as the server wants them.
    pub levels: String,
    /// Where in it the text of the query box begins; `None`: it does not stand there as it was typed.
    typed_at: Option<usize>,
}

/// A part of the view that its own counts must not be narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The levels.
    Level,
    /// The services, and with them the containers.
    Service,
    /// The containers.
    Container,
}

/// What the query box holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed<'a> {
    /// Nothing.
    Nothing,
    /// A whole query with a selector of its own.
    Whole(&'a str),
    /// Filters only.
    Filters(&'a str),
    /// A text to search for.
    Text(&'a str),
}

/// A condition on lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFilter {
    /// What the line holds, or must not hold.
    pub text: String,
    /// Whether `text` is a regular expression.
    pub is_regex: bool,
}

impl<'a> Typed<'a> {
    /// Tells the three apart.
    pub fn of(text: &'a str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Nothing;
        }
        if let Some(inside) = text.strip_prefix('{') {
            // `{"key": …` is a piece of JSON to search for.
            let name =
                inside.trim_start().starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '}');
            return if name { Self::Whole(text) } else { Self::Text(text) };
        }
        let filters = ["|=", "|~", "!=", "!~", "|>", "!>"].iter().any(|start| text.starts_with(start));
        let stage = text
            .strip_prefix("| ")
            .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_lowercase()));
        if filters || stage { Self::Filters(text) } else { Self::Text(text) }
    }
}

/// The query of a view, without the part that `omit` names.
pub fn compose(view: &ViewState, omit: Option<Dimension>) -> Asked {
    let levels = if omit == Some(Dimension::Level) { LevelSet::default() } else { view.levels };
    let levels = levels.to_text();
    let asked = |query: String, typed_at| Asked { query, levels, typed_at };
    match Typed::of(&view.query) {
        Typed::Whole(query) => asked(query.to_owned(), Some(0)),
        Typed::Nothing => asked(selector(view, omit), None),
        Typed::Filters(filters) => {
            let selector = selector(view, omit);
            asked(format!("{selector} {filters}"), Some(selector.len() + 1))
        }
        Typed::Text(text) => asked(format!("{} |= {}", selector(view, omit), quote(text)), None),
    }
}

impl Asked {
    /// Where a place in the query stands in the query box; `None`: nowhere.
    pub fn in_box(&self, typed: &str, place: (u32, u32)) -> Option<(usize, usize)> {
        let leading = typed.len() - typed.trim_start().len();
        let shift =
            |at: u32| (at as usize).checked_sub(self.typed_at?).map(|at| (at + leading).min(typed.len()));
        let (mut start, mut end) = (shift(place.0)?, shift(place.1)?);
        while !typed.is_char_boundary(start) {
            start -= 1;
        }
        while !typed.is_char_boundary(end) {
            end += 1;
        }
        Some((start, end.max(start)))
    }
}

fn selector(view: &ViewState, omit: Option<Dimension>) -> String {
    let mut matchers = Vec::new();
    if let Some(environment) = &view.environment {
        matchers.push(format!("environment={}", quote(environment)));
    }
    if omit != Some(Dimension::Service) {
        put_choice(&mut matchers, "service", &view.services);
    }
    if omit.is_none_or(|omit| omit == Dimension::Level) {
        put_choice(&mut matchers, "container", &view.containers);
    }
    // A selector that also matches streams without the label is refused by Loki's rules.
    if !matchers.iter().any(|matcher| is_positive(matcher)) {
        matchers.insert(0, "service_name=~\".+\"".to_owned());
    }
    format!("{{{}}}", matchers.join(", "))
}

fn is_positive(matcher: &str) -> bool {
    let operator = matcher.find(['=', '!']);
    operator.is_some_and(|at| matcher.as_bytes()[at] == b'=')
}

fn put_choice(matchers: &mut Vec<String>, label: &str, choice: &Choice) {
    let mut put = |values: Vec<&String>, one: &str, many: &str| match values.as_slice() {
        [] => {}
        [value] => matchers.push(format!("{label}{one}{}", quote(value))),
        values => {
            let alternatives: Vec<String> = values.iter().map(|value| escape_regex(value)).collect();
            matchers.push(format!("{label}{many}{}", quote(&alternatives.join("|"))));
        }
    };
    put(choice.include.iter().collect(), "=", "=~");
    put(choice.exclude.iter().collect(), "!=", "!~");
}

/// A LogQL string: in backticks where that spares escapes.
pub fn quote(text: &str) -> String {
    let needs_escapes = text.contains(['"', '\\']);
    if needs_escapes && !text.contains('`') && !text.contains(char::is_control) {
        return format!("`{text}`");
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A regular expression that matches exactly this text.
pub fn escape_regex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\.+*?()|[]{}^$".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// The view with one more condition on its lines.
#[must_use]
pub fn with_filter(view: &ViewState, filter: &LineFilter, exclude: bool) -> ViewState {
    let operator = match (filter.is_regex, exclude) {
        (false, false) => "|=",
        (false, true) => "!=",
        (true, false) => "|~",
        (true, true) => "!~",
    };
    let condition = format!("{operator} {}", quote(&filter.text));
    let query = match Typed::of(&view.query) {
        Typed::Nothing => condition,
        Typed::Whole(before) | Typed::Filters(before) => format!("{before} {condition}"),
        Typed::Text(text) => format!("|= {} {condition}", quote(text)),
    };
    ViewState { query, ..view.clone() }
}

/// The view with only, or without, the streams whose label has a value.
#[must_use]
pub fn with_label(view: &ViewState, name: &str, value: &str, exclude: bool) -> ViewState {
    let mut view = view.clone();
    if let Typed::Whole(query) = Typed::of(&view.query) {
        view.query = with_matcher(query, name, value, exclude);
        return view;
    }
    match name {
        "service" if exclude => view.services.toggle_exclude(value),
        "service" => view.services = Choice::only(value),
        "container" if exclude => view.containers.toggle_exclude(value),
        "container" => view.containers = Choice::only(value),
        "environment" if !exclude => view.environment = Some(value.to_owned()),
        _ => {
            let whole = compose(&view, None).query;
            view.query = with_matcher(&whole, name, value, exclude);
        }
    }
    view
}

/// A whole query with one more matcher in its selector.
fn with_matcher(query: &str, name: &str, value: &str, exclude: bool) -> String {
    let Some(end) = selector_end(query) else { return query.to_owned() };
    let inside = query[1..end].trim().trim_end_matches(',');
    let operator = if exclude { "!=" } else { "=" };
    let separator = if inside.is_empty() { "" } else { ", " };
    format!("{{{inside}{separator}{name}{operator}{}{}", quote(value), &query[end..])
}

/// Where the brace stands that closes the selector at the beginning.
fn selector_end(query: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in query.char_indices() {
        match (quote, character) {
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some(open), close) if open == close && !escaped => quote = None,
            (None, '"' | '`') => quote = Some(character),
            (None, '}') => return Some(at),
            _ => {}
        }
        escaped = false;
    }
    None
}

#[cfg(test)]
mod tests;
