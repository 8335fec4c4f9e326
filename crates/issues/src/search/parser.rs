//! Gives the terms of a query their meaning.

use super::fault::{Fault, QueryFault, Span, Spanned};
use super::field::{Field, indexed_key};
use super::lexer::{Body, Term, lex};
use super::moment::When;
use super::query::{Amount, Assignee, Condition, Filter, Query, State, Version};
use super::value::Value;

/// Queries are typed by people; what is longer was not.
const BYTES_MAX: usize = 4096;
const CONDITIONS_MAX: usize = 50;
const VALUES_MAX: usize = 50;

/// Each star multiplies what has to be tried.
const STARS_MAX: usize = 5;

const LEVELS: [&str; 5] = ["fatal", "error", "warning", "info", "debug"];

/// Reads a query for issues: `is:unresolved !environment:staging user.email:"*@example.com" timed out`.
///
/// All terms must hold, those about events of one and the same event.
pub fn parse(query: &str) -> Result<Query, QueryFault> {
    parse_terms(query).map_err(|fault| fault.in_query(query))
}

/// The 32 hexadecimal digits of an event's id (hyphens and case do not matter), if the query is nothing else.
pub fn event_id(query: &str) -> Option<String> {
    let id: String = query.trim().chars().filter(|c| *c != '-').collect();
    let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id.to_ascii_lowercase())
}

fn parse_terms(query: &str) -> Result<Query, Fault> {
    if query.len() > BYTES_MAX {
        let message = format!("the query is longer than {BYTES_MAX} bytes");
        return Err(Fault::new(Span::default(), message, "ask for less at once"));
    }
    let terms = lex(query)?;
    if let Some(term) = terms.get(CONDITIONS_MAX) {
        let message = format!("there are more than {CONDITIONS_MAX} conditions");
        return Err(Fault::new(term.span, message, "leave out what does not matter"));
    }
    let conditions = terms.into_iter().map(condition).collect::<Result<_, _>>()?;
    Ok(Query { conditions })
}

fn condition(term: Spanned<Term>) -> Result<Spanned<Condition>, Fault> {
    let Spanned { node: Term { mut negated, body }, span } = term;
    let filter = match body {
        Body::Word(word) => free_word(word, span)?,
        Body::Quoted(text) => Filter::Phrase(findable(text, span)?),
        Body::Pair { key, values } => {
            let filter = pair(&key, values)?;
            // `key:""` asks for events without the key.
            match filter {
                Filter::Tag { key, values } if values == [Value::Exact(String::new())] => {
                    negated = !negated;
                    Filter::Has(key)
                }
                other => other,
            }
        }
    };
    Ok(Spanned { node: Condition { negated, filter }, span })
}

fn free_word(word: String, span: Span) -> Result<Filter, Fault> {
    if matches!(word.as_str(), "OR" | "AND" | "NOT" | "(" | ")") {
        let message = format!("`{word}` joins no conditions here: all of them must hold");
        let instead = format!(
            "write `level:[error, fatal]` for one of several, `!level:info` for none of it, or `\"{word}\"` to find the word"
        );
        return Err(Fault::new(span, message, instead));
    }
    Ok(Filter::Word(findable(word, span)?))
}

/// Words are what is looked for: a text without any finds nothing.
fn findable(text: String, span: Span) -> Result<String, Fault> {
    if text.chars().any(char::is_alphanumeric) {
        return Ok(text);
    }
    let message = format!("there is no word in `{text}`");
    Err(Fault::new(span, message, "write letters or digits to look for"))
}

fn pair(key: &Spanned<String>, values: Vec<Spanned<Value>>) -> Result<Filter, Fault> {
    if let Some(value) = values.get(VALUES_MAX) {
        let message = format!("the list has more than {VALUES_MAX} values");
        return Err(Fault::new(value.span, message, "write a pattern with `*`, or a shorter list"));
    }
    if let Some(value) = values.iter().find(|value| value.node.stars() > STARS_MAX) {
        let message = format!("there are more than {STARS_MAX} stars in a pattern");
        return Err(Fault::new(value.span, message, "write the parts that matter: `*/checkout/*`"));
    }
    let Some(field) = Field::of(&key.node) else {
        return Ok(Filter::Tag { key: indexed_key(&key.node), values: nodes(values) });
    };
    Ok(match field {
        Field::Is => Filter::Is(state(&single(key, values)?)?),
        Field::Has => Filter::Has(has(&single(key, values)?)?),
        Field::Assigned => Filter::Assigned(values.into_iter().map(|value| assignee(value.node)).collect()),
        Field::Level => Filter::Level(values.into_iter().map(level).collect::<Result<_, _>>()?),
        Field::Project => Filter::Project(nodes(values)),
        Field::Issue => Filter::Issue(nodes(values)),
        Field::Release => Filter::Release(values.into_iter().map(|value| version(value.node)).collect()),
        Field::FirstRelease => {
            Filter::FirstRelease(values.into_iter().map(|value| version(value.node)).collect())
        }
        Field::FirstSeen => Filter::FirstSeen(when(key, &single(key, values)?)?),
        Field::LastSeen => Filter::LastSeen(when(key, &single(key, values)?)?),
        Field::TimesSeen => Filter::TimesSeen(amount(key, &single(key, values)?)?),
        Field::Users => Filter::Users(amount(key, &single(key, values)?)?),
        Field::Message => Filter::Tag { key: "message".to_owned(), values: nodes(values) },
    })
}

fn nodes(values: Vec<Spanned<Value>>) -> Vec<Value> {
    values.into_iter().map(|value| value.node).collect()
}

fn single(key: &Spanned<String>, values: Vec<Spanned<Value>>) -> Result<Spanned<Value>, Fault> {
    let span = key.span;
    <[Spanned<Value>; 1]>::try_from(values).map(|[value]| value).map_err(|_| {
        let message = format!("`{}` takes one value", key.node);
        Fault::new(span, message, format!("write `{}:…` once for each, if all must hold", key.node))
    })
}

fn state(value: &Spanned<Value>) -> Result<State, Fault> {
    value.node.exact().and_then(State::named).ok_or_else(|| {
        let names: Vec<&str> = State::ALL.iter().map(|(name, _)| *name).collect();
        let message = format!("no issue is `{}`", value.node);
        Fault::new(value.span, message, format!("write one of {}", names.join(", ")))
    })
}

fn has(value: &Spanned<Value>) -> Result<String, Fault> {
    let key = value.node.exact().filter(|key| !key.is_empty());
    key.map(indexed_key).ok_or_else(|| {
        Fault::new(value.span, "`has` takes the name of a tag", "write `has:user.email`, without a `*`")
    })
}

fn assignee(value: Value) -> Assignee {
    match value.exact() {
        Some("me") => Assignee::Me,
        Some("none" | "") => Assignee::None,
        _ => Assignee::Name(value),
    }
}

fn level(value: Spanned<Value>) -> Result<Value, Fault> {
    let word = value.node.exact().unwrap_or_default().to_lowercase();
    let word = if word == "warn" { "warning" } else { word.as_str() };
    if LEVELS.contains(&word) {
        return Ok(Value::Exact(word.to_owned()));
    }
    let message = format!("`{}` is no level", value.node);
    Err(Fault::new(value.span, message, format!("write one of {}", LEVELS.join(", "))))
}

fn version(value: Value) -> Version {
    if value.exact() == Some("latest") { Version::Latest } else { Version::Named(value) }
}

fn when(key: &Spanned<String>, value: &Spanned<Value>) -> Result<When, Fault> {
    value.node.exact().and_then(When::read).ok_or_else(|| {
        let message = format!("`{}` is no time", value.node);
        let instead = format!(
            "write `{0}:-24h` for the last 24 hours, `{0}:+7d` for longer ago, or `{0}:>2026-11-22T14:00`",
            key.node
        );
        Fault::new(value.span, message, instead)
    })
}

fn amount(key: &Spanned<String>, value: &Spanned<Value>) -> Result<Amount, Fault> {
    value.node.exact().and_then(super::amount::read).ok_or_else(|| {
        let message = format!("`{}` is no number", value.node);
        Fault::new(value.span, message, format!("write `{0}:>10`, `{0}:<=10` or `{0}:10`", key.node))
    })
}
