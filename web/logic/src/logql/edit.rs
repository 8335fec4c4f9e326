//! A query with one condition more: what a click on a value, a label or a pattern does.
//!
//! A click on what is asked for already takes it back; a click on its opposite turns it round. In a query for
//! numbers the condition goes into every pipeline.

use api::FieldSource;

use super::outline::{Part, Stage, parts};
use super::{LineFilter, Typed, compose};
use crate::choice::Choice;
use crate::syntax::{Token, quote, unquote};
use crate::view::ViewState;

/// A condition on a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFilter {
    /// As LogQL names it behind the parser.
    pub name: String,
    /// Where it comes from.
    pub from: FieldSource,
    /// Its value.
    pub value: String,
}

/// The view with one more condition on its lines.
#[must_use]
pub fn with_filter(view: &ViewState, filter: &LineFilter, exclude: bool) -> ViewState {
    let signs = if filter.is_regex { ("|~", "!~") } else { ("|=", "!=") };
    with_line_filter(view, signs, &filter.text, exclude)
}

/// The view with only, or without, the lines of a pattern.
#[must_use]
pub fn with_pattern(view: &ViewState, pattern: &str, exclude: bool) -> ViewState {
    with_line_filter(view, ("|>", "!>"), pattern, exclude)
}

fn with_line_filter(view: &ViewState, signs: (&str, &str), text: &str, exclude: bool) -> ViewState {
    let (wanted, opposite) = if exclude { (signs.1, signs.0) } else { signs };
    let condition = Condition {
        sign: wanted,
        opposite,
        text: format!(" {wanted} {}", quote(text)),
        parser: None,
        is_it: &|stage| match stage.words.as_slice() {
            [word] => word.is_text() && unquote(word.text) == text,
            _ => false,
        },
    };
    edited(view, &condition)
}

/// The view with only, or without, the lines whose field has a value.
#[must_use]
pub fn with_field(view: &ViewState, filter: &FieldFilter, exclude: bool) -> ViewState {
    let FieldFilter { name, from, value } = filter;
    let parser = match from {
        FieldSource::Label => return with_label(view, name, value, exclude),
        FieldSource::Metadata | FieldSource::Query => None,
        FieldSource::Json => Some("json"),
        FieldSource::Logfmt => Some("logfmt"),
    };
    let (wanted, opposite) = if exclude { ("!=", "=") } else { ("=", "!=") };
    let condition = Condition {
        sign: wanted,
        opposite,
        text: format!(" | {name}{wanted}{}", quote(value)),
        parser,
        is_it: &|stage| match stage.words.as_slice() {
            [word, _, text] => word.is(name) && text.is_text() && unquote(text.text) == *value,
            _ => false,
        },
    };
    edited(view, &condition)
}

/// Whether a view asks for a field's value (`Some(false)`) or leaves it out (`Some(true)`).
pub fn field_state(view: &ViewState, filter: &FieldFilter) -> Option<bool> {
    let FieldFilter { name, from, value } = filter;
    if *from == FieldSource::Label && !matches!(Typed::of(&view.query), Typed::Whole(_)) {
        let choice = match name.as_str() {
            "service" => &view.services,
            "container" => &view.containers,
            _ => return None,
        };
        let included = choice.include.contains(value).then_some(false);
        return included.or(choice.exclude.contains(value).then_some(true));
    }
    let query = compose(view, None).query;
    let parts = parts(&query);
    let is_it = |words: &[Token<'_>]| match words {
        [word, sign, text] if word.is(name) && text.is_text() && unquote(text.text) == *value => {
            [("=", false), ("!=", true)].into_iter().find(|(known, _)| sign.is(known)).map(|(_, out)| out)
        }
        _ => None,
    };
    let part = parts.first()?;
    let in_selector = part.matchers.split(|token| token.is(",")).find_map(is_it);
    in_selector.or_else(|| {
        part.stages.iter().filter(|stage| stage.sign.is("|")).find_map(|stage| is_it(&stage.words))
    })
}

struct Condition<'a> {
    /// The sign that is wanted, and the one that says the opposite.
    sign: &'a str,
    opposite: &'a str,
    /// What is put behind the pipeline.
    text: String,
    /// The stage that must stand before it.
    parser: Option<&'a str>,
    /// Whether a stage says the same, or the opposite.
    is_it: &'a dyn Fn(&Stage<'_>) -> bool,
}

impl Condition<'_> {
    /// The sign of a stage that says the same of the same thing, or the opposite.
    fn sign_of<'q>(&self, stage: &Stage<'q>) -> Option<Token<'q>> {
        let sign = if stage.sign.is("|") { *stage.words.get(1)? } else { stage.sign };
        ((self.is_it)(stage) && (sign.is(self.sign) || sign.is(self.opposite))).then_some(sign)
    }
}

fn edited(view: &ViewState, condition: &Condition<'_>) -> ViewState {
    let query = match Typed::of(&view.query) {
        // Filters alone are edited behind a selector that is taken off again.
        Typed::Filters(filters) => on_filters(filters, condition),
        Typed::Nothing => on_filters("", condition),
        Typed::Text(text) => on_filters(&format!("|= {}", quote(text)), condition),
        Typed::Whole(query) => put(query, condition),
    };
    ViewState { query, ..view.clone() }
}

fn on_filters(filters: &str, condition: &Condition<'_>) -> String {
    let edited = put(&format!("{{}} {filters}"), condition);
    edited.strip_prefix("{}").unwrap_or(&edited).trim().to_owned()
}

/// Puts the condition into every pipeline, the last one first so that places stay true.
fn put(query: &str, condition: &Condition<'_>) -> String {
    let mut edited = query.to_owned();
    for part in parts(query).iter().rev() {
        put_into(&mut edited, part, condition);
    }
    edited
}

fn put_into(query: &mut String, part: &Part<'_>, condition: &Condition<'_>) {
    if let Some((index, sign)) =
        part.stages.iter().enumerate().find_map(|(index, stage)| Some((index, condition.sign_of(stage)?)))
    {
        if sign.is(condition.opposite) {
            query.replace_range(sign.start..sign.end(), condition.sign);
            return;
        }
        let before = if index == 0 { part.close + 1 } else { part.stages[index - 1].end() };
        query.replace_range(before..part.stages[index].end(), "");
        return;
    }
    let missing = |name: &&str| !part.stages.iter().any(|stage| stage.name() == Some(*name));
    let parser = condition.parser.filter(missing).map_or_else(String::new, |name| format!(" | {name}"));
    query.insert_str(place_in(part), &format!("{parser}{}", condition.text));
}

/// At the end, but before the stages that look at whole results, and before the number that is reckoned with.
fn place_in(part: &Part<'_>) -> usize {
    let is_last = |stage: &Stage<'_>| matches!(stage.name(), Some("context" | "distinct" | "unwrap"));
    let kept = part.stages.iter().take_while(|stage| !is_last(stage));
    kept.last().map_or(part.close + 1, Stage::end)
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
        "service" => only(&mut view.services, value),
        "container" if exclude => view.containers.toggle_exclude(value),
        "container" => only(&mut view.containers, value),
        "environment" if !exclude => view.environment = Some(value.to_owned()),
        _ => {
            let whole = compose(&view, None).query;
            view.query = with_matcher(&whole, name, value, exclude);
        }
    }
    view
}

fn only(choice: &mut Choice, value: &str) {
    *choice = if *choice == Choice::only(value) { Choice::default() } else { Choice::only(value) };
}

/// A whole query with one more matcher in each selector; without it if it is there already.
pub(super) fn with_matcher(query: &str, name: &str, value: &str, exclude: bool) -> String {
    let operator = if exclude { "!=" } else { "=" };
    let mut edited = query.to_owned();
    for part in parts(query).iter().rev() {
        let known = part.matchers.split(|token| token.is(",")).find(|matcher| match matcher {
            [word, sign, text] => {
                word.is(name)
                    && (sign.is("=") || sign.is("!="))
                    && text.is_text()
                    && unquote(text.text) == value
            }
            _ => false,
        });
        match known {
            Some([_, sign, _]) if !sign.is(operator) => {
                edited.replace_range(sign.start..sign.end(), operator);
            }
            Some(matcher) => take_out(&mut edited, part, matcher),
            None => {
                let last = part.matchers.iter().rfind(|token| !token.is(","));
                let at = last.map_or(part.close, Token::end);
                let separator = if last.is_some() { ", " } else { "" };
                edited.replace_range(at..part.close, &format!("{separator}{name}{operator}{}", quote(value)));
            }
        }
    }
    edited
}

/// Takes a matcher out, and the comma that goes with it.
fn take_out(query: &mut String, part: &Part<'_>, matcher: &[Token<'_>]) {
    let (Some(first), Some(last)) = (matcher.first(), matcher.last()) else { return };
    let comma_before = part.matchers.iter().rfind(|token| token.is(",") && token.end() <= first.start);
    let next = part.matchers.iter().find(|token| !token.is(",") && token.start >= last.end());
    let (start, end) = match (comma_before, next) {
        (Some(comma), _) => (comma.start, last.end()),
        (None, Some(next)) => (first.start, next.start),
        (None, None) => (first.start, last.end()),
    };
    query.replace_range(start..end, "");
}

#[cfg(test)]
mod tests;
