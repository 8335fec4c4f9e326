//! Where in a query a place is.

use super::super::words;
use super::{Completion, Wanted};
use crate::syntax::{Kind, Token, is_name, logql_tokens, quote, unquote};

/// A search for `to` is not taken for the beginning of `topk`.
const FUNCTION_MIN: usize = 3;

/// What may be completed with the cursor at `cursor`; `None`: nothing, as in a text that is searched for.
pub fn completion(text: &str, cursor: usize) -> Option<Completion> {
    if !text.is_char_boundary(cursor) {
        return None;
    }
    let all = logql_tokens(text);
    // A comment runs to the end of its line, and nothing in it is completed.
    let before: Vec<Token<'_>> = all.iter().copied().filter(|token| token.start < cursor).collect();
    let current = before.last().copied().filter(|token| is_touched(token, cursor));
    let before = if current.is_some() { &before[..before.len() - 1] } else { &before[..] };
    let walk = Walk::over(text, before)?;
    let wanted = walk.wanted(current)?;
    let (start, end) = current.map_or((cursor, cursor), |token| (token.start, word_end(text, token, cursor)));
    let typed = text.get(start..cursor).unwrap_or_default();
    Some(Completion {
        span: (start, end),
        prefix: if current.is_some_and(|token| token.is_text()) { unquote(typed) } else { typed.to_owned() },
        wanted,
        selector: walk.selector(),
        parsers: walk.parsers,
        next: text[end..].chars().next(),
    })
}

/// Whether the cursor stands in a token or at its end, so that typing goes on with it.
fn is_touched(token: &Token<'_>, cursor: usize) -> bool {
    match token.kind {
        Kind::Word | Kind::Number => cursor <= token.end(),
        Kind::Text { closed: true } => cursor < token.end(),
        Kind::Text { closed: false } => true,
        Kind::Sign => false,
    }
}

/// Behind what is replaced. A text whose end is not written yet must not swallow what follows.
fn word_end(text: &str, token: Token<'_>, cursor: usize) -> usize {
    if !token.is_text() {
        return token.end();
    }
    let rest = &text[cursor..];
    let word = rest.find(|c: char| !is_name(c) && !"-.:/".contains(c)).unwrap_or(rest.len());
    let quote = token.text.chars().next();
    let closing = rest[word..].chars().next() == quote;
    cursor + word + usize::from(closing)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Expression,
    Selector,
    Pipeline,
    Range,
    Grouping,
}

/// What was gone through up to the cursor.
struct Walk<'a> {
    place: Place,
    /// Since the last comma, or since the stage began.
    since: Vec<Token<'a>>,
    /// The complete conditions of the last selector.
    matchers: Vec<String>,
    parsers: Vec<String>,
    depth: usize,
    /// The query is no more than the word that is being typed.
    is_first: bool,
}

impl<'a> Walk<'a> {
    /// `None`: the text is no query.
    fn over(text: &str, before: &[Token<'a>]) -> Option<Self> {
        let text = text.trim_start();
        let is_json = text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"'));
        let place = if text.starts_with(['|', '!']) { Place::Pipeline } else { Place::Expression };
        let opens = before.first().is_none_or(|token| {
            let function = token.kind == Kind::Word && words::is_function(token.text);
            function
                || token.kind == Kind::Number
                || token.kind == Kind::Sign && token.text.starts_with(['{', '(', '|', '!', '-'])
        });
        if is_json || !opens {
            return None;
        }
        let mut walk = Self {
            place,
            since: Vec::new(),
            matchers: Vec::new(),
            parsers: Vec::new(),
            depth: 0,
            is_first: before.is_empty(),
        };
        for token in before {
            walk.step(*token);
        }
        Some(walk)
    }

    fn step(&mut self, token: Token<'a>) {
        let sign = if token.is_text() { "" } else { token.text };
        match (self.place, sign) {
            (Place::Expression, "{") => {
                self.matchers.clear();
                self.parsers.clear();
                self.enter(Place::Selector);
            }
            (Place::Expression, "(") if self.since.last().is_some_and(is_grouping) => {
                self.enter(Place::Grouping);
            }
            (Place::Grouping, ")") => self.enter(Place::Expression),
            (Place::Selector, "," | "}") => {
                self.keep_matcher();
                self.enter(if sign == "," { Place::Selector } else { Place::Pipeline });
            }
            (Place::Pipeline, "[") => self.enter(Place::Range),
            (Place::Range, "]") => self.enter(Place::Pipeline),
            (Place::Pipeline, ")") if self.depth == 0 => self.enter(Place::Expression),
            (Place::Pipeline, _) => self.step_in_pipeline(token, sign),
            _ => self.since.push(token),
        }
    }

    fn enter(&mut self, place: Place) {
        self.place = place;
        self.since.clear();
        self.depth = 0;
    }

    fn step_in_pipeline(&mut self, token: Token<'a>, sign: &str) {
        let waits_for_value = self.since.last().is_some_and(|last| last.kind == Kind::Word)
            && self.since.len() > 1
            && matches!(sign, "!=" | "!~");
        if sign == "|" || words::LINE_FILTERS.contains(&sign) && !waits_for_value {
            self.enter(Place::Pipeline);
        }
        match sign {
            "(" => self.depth += 1,
            ")" => self.depth = self.depth.saturating_sub(1),
            "json" | "logfmt" | "unpack" if self.since.len() == 1 => self.parsers.push(sign.to_owned()),
            _ => {}
        }
        self.since.push(token);
    }

    fn keep_matcher(&mut self) {
        if let [name, sign, value] = self.since.as_slice()
            && value.is_text()
        {
            self.matchers.push(format!("{}{}{}", name.text, sign.text, quote(&unquote(value.text))));
        }
    }

    fn selector(&self) -> Option<String> {
        (!self.matchers.is_empty()).then(|| format!("{{{}}}", self.matchers.join(", ")))
    }

    fn wanted(&self, current: Option<Token<'_>>) -> Option<Wanted> {
        let is_text = current.is_some_and(|token| token.is_text());
        let is_number = current.is_some_and(|token| token.kind == Kind::Number);
        match self.place {
            Place::Selector => match self.since.as_slice() {
                [] if !is_text => Some(Wanted::Label),
                [name, sign] if is_comparison(sign) => Some(Wanted::Value { name: name.text.to_owned() }),
                _ => None,
            },
            Place::Grouping => (!is_text).then_some(Wanted::Field),
            Place::Range => Some(Wanted::Range),
            Place::Pipeline => self.wanted_in_pipeline(is_text, is_number),
            Place::Expression => {
                let word = current.filter(|token| token.kind == Kind::Word).map(|token| token.text);
                let opened = self.since.last().is_some_and(|last| last.kind == Kind::Sign);
                match (self.is_first, word) {
                    (true, Some(word)) => word.len() >= FUNCTION_MIN && words::begins_function(word),
                    (true, None) => false,
                    (false, _) => opened && !is_number,
                }
                .then_some(Wanted::Function)
            }
        }
    }

    fn wanted_in_pipeline(&self, is_text: bool, is_number: bool) -> Option<Wanted> {
        let [sign, words @ ..] = self.since.as_slice() else { return None };
        if !sign.is("|") || is_number {
            return None;
        }
        match words {
            [] => (!is_text).then_some(Wanted::Stage),
            [.., name, sign] if name.kind == Kind::Word && is_comparison(sign) => {
                Some(Wanted::Value { name: name.text.to_owned() })
            }
            [.., last] if !is_text && leads_to_field(words, last) => Some(Wanted::Field),
            _ => None,
        }
    }
}

fn is_grouping(token: &Token<'_>) -> bool {
    ["by", "without", "on", "ignoring", "group_left", "group_right"].iter().any(|word| token.is(word))
}

fn is_comparison(token: &Token<'_>) -> bool {
    ["=", "!=", "=~", "!~", "==", ">", "<", ">=", "<="].iter().any(|sign| token.is(sign))
}

/// Whether a field's name follows: behind `drop`, or behind a comma or a conjunction.
fn leads_to_field(words: &[Token<'_>], last: &Token<'_>) -> bool {
    let takes_fields = |word: &Token<'_>| {
        ["drop", "keep", "distinct", "unwrap", "label_format"].iter().any(|stage| word.is(stage))
    };
    let joined = [",", "and", "or", "("].iter().any(|word| last.is(word));
    words.len() == 1 && takes_fields(last) || joined
}
