//! What fits at the place where somebody types: metrics and functions, labels in braces and groupings, their values,
//! ranges.

use api::MetricName;

use super::words::{AGGREGATIONS, FUNCTIONS, OPERATORS, RANGES, is_known};
use crate::syntax::{Candidate, Kind, Token, known, matching, promql_tokens, quote, unquote};

/// A place in the query where something can be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that a candidate replaces.
    pub span: (usize, usize),
    /// What is there of it already, without quotes.
    pub prefix: String,
    /// What fits.
    pub wanted: Wanted,
    /// The series whose labels are meant, as far as they are named; empty: all.
    pub selector: String,
    /// What follows the place.
    next: Option<char>,
}

/// What fits at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A metric or a function.
    Metric,
    /// What may stand behind an operand: `by`, `offset`, ….
    Operator,
    /// A label, in braces.
    Label,
    /// A label, in a grouping.
    Grouping,
    /// A value of a label.
    Value {
        /// Whose.
        name: String,
    },
    /// How long a range is.
    Range,
}

/// What the server knows.
#[derive(Clone, Copy, Debug)]
pub enum Known<'a> {
    /// Nothing was asked.
    Nothing,
    /// Metrics.
    Metrics(&'a [MetricName]),
    /// Labels or values.
    Texts(&'a [String]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Expression,
    Selector,
    Range,
    Grouping,
}

/// What may be completed with the cursor at `cursor`.
pub fn completion(text: &str, cursor: usize) -> Option<Completion> {
    if !text.is_char_boundary(cursor) {
        return None;
    }
    let all = promql_tokens(text);
    let mut before: Vec<Token<'_>> = all.iter().copied().filter(|token| token.start < cursor).collect();
    let current = before.pop_if(|token| is_touched(token, cursor));
    let walk = Walk::over(&before);
    let wanted = walk.wanted(current)?;
    let (start, end) = current.map_or((cursor, cursor), |token| (token.start, word_end(text, token, cursor)));
    let typed = text.get(start..cursor).unwrap_or_default();
    let selector = if walk.place == Place::Selector { walk.selector() } else { first_metric(&all) };
    Some(Completion {
        span: (start, end),
        prefix: if current.is_some_and(|token| token.is_text()) { unquote(typed) } else { typed.to_owned() },
        wanted,
        selector,
        next: text[end..].trim_start().chars().next(),
    })
}

/// Whether the cursor stands in a token or at its end, so that typing goes on with it.
fn is_touched(token: &Token<'_>, cursor: usize) -> bool {
    match token.kind {
        Kind::Word | Kind::Number => cursor <= token.end(),
        Kind::Text { closed } => !closed || cursor < token.end(),
        Kind::Sign => false,
    }
}

/// Behind what is replaced. A text whose end is not written yet must not swallow what follows.
fn word_end(text: &str, token: Token<'_>, cursor: usize) -> usize {
    if !token.is_text() {
        return token.end();
    }
    let rest = &text[cursor..];
    let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_-.:/".contains(c)).unwrap_or(rest.len());
    let closing = rest[word..].chars().next() == token.text.chars().next();
    cursor + word + usize::from(closing)
}

/// What was gone through up to the cursor.
struct Walk<'a> {
    place: Place,
    /// Since the last comma within braces.
    since: Vec<Token<'a>>,
    /// The metric before the brace, and the complete conditions within it.
    metric: &'a str,
    matchers: Vec<String>,
    last: Option<Token<'a>>,
}

impl<'a> Walk<'a> {
    fn over(before: &[Token<'a>]) -> Self {
        let mut walk = Self {
            place: Place::Expression,
            since: Vec::new(),
            metric: "",
            matchers: Vec::new(),
            last: None,
        };
        for token in before {
            walk.step(*token);
            walk.last = Some(*token);
        }
        walk
    }

    fn step(&mut self, token: Token<'a>) {
        let sign = if token.is_text() { "" } else { token.text };
        match (self.place, sign) {
            (Place::Expression, "{") => {
                self.metric = self.last.filter(|last| is_metric(*last)).map_or("", |last| last.text);
                self.matchers.clear();
                self.since.clear();
                self.place = Place::Selector;
            }
            (Place::Expression, "(") if self.last.is_some_and(|last| groups(last.text)) => {
                self.place = Place::Grouping;
            }
            (Place::Expression, "[") => self.place = Place::Range,
            (Place::Selector, "," | "}") => {
                if let [name, sign, value] = self.since.as_slice()
                    && value.is_text()
                {
                    self.matchers.push(format!("{}{}{}", name.text, sign.text, quote(&unquote(value.text))));
                }
                self.since.clear();
                if sign == "}" {
                    self.place = Place::Expression;
                }
            }
            (Place::Selector, _) => self.since.push(token),
            (Place::Grouping, ")") | (Place::Range, "]") => self.place = Place::Expression,
            _ => {}
        }
    }

    fn selector(&self) -> String {
        match (self.metric, self.matchers.as_slice()) {
            (metric, []) => metric.to_owned(),
            (metric, matchers) => format!("{metric}{{{}}}", matchers.join(", ")),
        }
    }

    fn wanted(&self, current: Option<Token<'_>>) -> Option<Wanted> {
        let is_text = current.is_some_and(|token| token.is_text());
        let is_number = current.is_some_and(|token| token.kind == Kind::Number);
        match self.place {
            Place::Selector => match self.since.as_slice() {
                [] => (!is_text).then_some(Wanted::Label),
                [name, sign] if ["=", "!=", "=~", "!~"].iter().any(|known| sign.is(known)) => {
                    Some(Wanted::Value { name: name.text.to_owned() })
                }
                _ => None,
            },
            Place::Grouping => (!is_text).then_some(Wanted::Grouping),
            Place::Range => Some(Wanted::Range),
            Place::Expression if is_text || is_number => None,
            Place::Expression if self.last.is_some_and(is_operand) => {
                current.is_some().then_some(Wanted::Operator)
            }
            Place::Expression => Some(Wanted::Metric),
        }
    }
}

/// Whether what follows must be an operator.
fn is_operand(token: Token<'_>) -> bool {
    match token.kind {
        Kind::Number | Kind::Text { .. } => true,
        Kind::Sign => matches!(token.text, ")" | "}" | "]"),
        Kind::Word => is_metric(token),
    }
}

fn is_metric(token: Token<'_>) -> bool {
    token.kind == Kind::Word && !is_known(token.text)
}

fn groups(word: &str) -> bool {
    ["by", "without", "on", "ignoring", "group_left", "group_right"].contains(&word)
}

/// The first metric of a query: whose labels a grouping most likely means.
fn first_metric(tokens: &[Token<'_>]) -> String {
    let mut within = false;
    for (at, token) in tokens.iter().enumerate() {
        let next_is_call = tokens.get(at + 1).is_some_and(|next| next.is("("));
        if token.is("(") {
            within = at > 0 && groups(tokens[at - 1].text);
        } else if token.is(")") {
            within = false;
        } else if !within && is_metric(*token) && !next_is_call {
            return token.text.to_owned();
        }
    }
    String::new()
}

/// What to offer.
pub fn candidates(completion: &Completion, found: Known<'_>) -> Vec<Candidate> {
    let texts = if let Known::Texts(texts) = found { texts } else { &[] };
    let called = |name: &str, hint: &str| {
        let opened = completion.next == Some('(');
        known(name, hint, &if opened { name.to_owned() } else { format!("{name}(") })
    };
    let all = match &completion.wanted {
        Wanted::Metric => {
            let metrics = if let Known::Metrics(metrics) = found { metrics } else { &[] };
            let functions = AGGREGATIONS.iter().chain(&FUNCTIONS).map(|(name, hint)| called(name, hint));
            metrics.iter().map(metric).chain(functions).collect()
        }
        Wanted::Operator => OPERATORS
            .iter()
            .map(|(name, hint)| {
                let inserted = if groups(name) { format!("{name} (") } else { format!("{name} ") };
                known(name, hint, &inserted)
            })
            .collect(),
        Wanted::Label => {
            let compared = matches!(completion.next, Some('=' | '!'));
            let inserted = |name: &str| if compared { name.to_owned() } else { format!("{name}=") };
            texts.iter().map(|name| known(name, "label", &inserted(name))).collect()
        }
        Wanted::Grouping => texts.iter().map(|name| known(name, "label", name)).collect(),
        Wanted::Value { .. } => texts.iter().map(|value| known(value, "", &quote(value))).collect(),
        Wanted::Range => RANGES.iter().map(|range| known(range, "", range)).collect(),
    };
    matching(all, &completion.prefix)
}

fn metric(metric: &MetricName) -> Candidate {
    let hint = [metric.kind.as_str(), metric.help.as_str()];
    let hint: Vec<&str> = hint.into_iter().filter(|part| !part.is_empty()).collect();
    known(&metric.name, &hint.join(" · "), &metric.name)
}
