//! From what was chosen and typed to the LogQL that is asked, and back from a place in it to the query box.
//!
//! The query box takes three things: a whole query `{service="web"} |= "x"` or `rate({…}[5m])`, used as it is;
//! filters `|= "x" != "y"`, put behind the selector of what is chosen; and any other text, searched as it stands.
//!
//! | module | what it does |
//! |---|---|
//! | `edit` | puts a condition into a query, or takes it out: what clicks on values do |
//! | `complete` | what fits where somebody types |
//! | `outline`, `words` | the parts of a query, its words |

mod complete;
mod edit;
mod outline;
#[cfg(test)]
mod tests;
mod words;

pub use crate::syntax::{escape_regex, quote};
pub use complete::{Completion, Wanted, candidates, completion};
pub use edit::{FieldFilter, field_state, with_field, with_filter, with_label, with_pattern};

use crate::choice::Choice;
use crate::level::LevelSet;
use crate::syntax::{Kind, Token, logql_tokens};
use crate::view::ViewState;

/// A query as it goes to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// LogQL.
    pub query: String,
    /// The levels, as the server wants them.
    pub levels: String,
    /// Whether it asks for numbers over time and not for lines.
    pub is_numbers: bool,
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
        if is_numbers(text) {
            return Self::Whole(text);
        }
        let filters = words::LINE_FILTERS.iter().any(|start| text.starts_with(start));
        let stage = text
            .strip_prefix("| ")
            .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_lowercase()));
        if filters || stage { Self::Filters(text) } else { Self::Text(text) }
    }
}

/// Whether a text is a query for numbers: it begins as one, calls a function, and has a selector for it.
/// A sentence that happens to hold a function's name is none.
fn is_numbers(text: &str) -> bool {
    let tokens = logql_tokens(text);
    let is_call = |rest: &[Token<'_>]| {
        let [function, next, ..] = rest else { return false };
        let grouped = rest.get(2).is_some_and(|token| token.is("(")) && (next.is("by") || next.is("without"));
        function.kind == Kind::Word && words::is_function(function.text) && (next.is("(") || grouped)
    };
    let opening = tokens.iter().take_while(|token| token.is("(") || token.is("-")).count();
    let rest = &tokens[opening..];
    let begins = match rest.first().map(|token| token.kind) {
        Some(Kind::Word) => is_call(rest),
        // A number is reckoned with, so that an operator follows.
        Some(Kind::Number) => {
            rest.get(1)
                .is_some_and(|sign| sign.text.starts_with(['+', '-', '*', '/', '%', '^', '<', '>', '=']))
                && (2..rest.len()).any(|at| is_call(&rest[at..]))
        }
        _ => false,
    };
    begins && tokens.iter().any(|token| token.is("{") || token.is("vector"))
}

/// The query of a view, without the part that `omit` names.
pub fn compose(view: &ViewState, omit: Option<Dimension>) -> Asked {
    let levels = if omit == Some(Dimension::Level) { LevelSet::default() } else { view.levels };
    let levels = levels.to_text();
    let asked = |query: String, typed_at| Asked { is_numbers: is_numbers(&query), query, levels, typed_at };
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
