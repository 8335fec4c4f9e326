//! Cuts a query into terms: `key:value`, `key:[a, b]`, words and quoted texts, each with what it excludes and where it
//! stands.

use super::fault::{Fault, Span, Spanned};
use super::value::Value;

/// One term as it is written, before anything is known about its key.
#[derive(Debug, PartialEq)]
pub(super) struct Term {
    /// Whether a `!` stands before it.
    pub(super) negated: bool,
    pub(super) body: Body,
}

#[derive(Debug, PartialEq)]
pub(super) enum Body {
    /// `key:value`, or `key:[value, value]`.
    Pair { key: Spanned<String>, values: Vec<Spanned<Value>> },
    /// A word of free text.
    Word(String),
    /// A text in quotes.
    Quoted(String),
}

/// The terms of the query, in their order.
pub(super) fn lex(query: &str) -> Result<Vec<Spanned<Term>>, Fault> {
    let mut lexer = Lexer { query, at: 0 };
    let mut terms = Vec::new();
    while let Some(term) = lexer.term()? {
        terms.push(term);
    }
    Ok(terms)
}

struct Lexer<'a> {
    query: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.query.len() - self.rest().trim_start().len();
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(start..self.at)
    }

    /// Moves past `length` bytes and gives them.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.query[self.at..self.at + length];
        self.at += length;
        taken
    }

    fn term(&mut self) -> Result<Option<Spanned<Term>>, Fault> {
        self.skip_space();
        if self.rest().is_empty() {
            return Ok(None);
        }
        let start = self.at;
        let negated = self.negation();
        let body = self.body()?;
        Ok(Some(Spanned { node: Term { negated, body }, span: self.span_from(start) }))
    }

    /// A `!` excludes what follows it; alone it is a word.
    fn negation(&mut self) -> bool {
        let follows = self.rest().strip_prefix('!').and_then(|rest| rest.chars().next());
        let negated = follows.is_some_and(|next| next != '!' && !next.is_whitespace());
        self.at += usize::from(negated);
        negated
    }

    fn body(&mut self) -> Result<Body, Fault> {
        if self.rest().starts_with('"') {
            return Ok(Body::Quoted(self.quoted()?.node));
        }
        let Some(length) = key_length(self.rest()) else { return Ok(Body::Word(self.word().to_owned())) };
        let start = self.at;
        let key = self.take(length).to_owned();
        let key = Spanned { node: key, span: self.span_from(start) };
        self.at += 1;
        let values = if self.rest().starts_with('[') { self.list()? } else { vec![self.value(&[])?] };
        Ok(Body::Pair { key, values })
    }

    fn word(&mut self) -> &'a str {
        let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
        self.take(length)
    }

    fn list(&mut self) -> Result<Vec<Spanned<Value>>, Fault> {
        let start = self.at;
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.skip_space();
            values.push(self.value(&[',', ']'])?);
            self.skip_space();
            match self.rest().chars().next() {
                Some(',') => self.at += 1,
                Some(']') => {
                    self.at += 1;
                    return Ok(values);
                }
                _ => {
                    let span = self.span_from(start);
                    return Err(Fault::new(span, "the list is not closed", "write `[one, two]`"));
                }
            }
        }
    }

    /// A value up to a space or to one of `stops`.
    fn value(&mut self, stops: &[char]) -> Result<Spanned<Value>, Fault> {
        let start = self.at;
        if self.rest().starts_with('"') {
            let text = self.raw_quoted()?;
            return Ok(Spanned { node: Value::read(text), span: self.span_from(start) });
        }
        let ends = |c: char| c.is_whitespace() || stops.contains(&c);
        let length = self.rest().find(ends).unwrap_or(self.rest().len());
        let text = self.take(length);
        if text.is_empty() {
            let span = Span::new(start..start);
            let instead = "write it right after the colon, or `\"\"` for none";
            return Err(Fault::new(span, "the value is missing", instead));
        }
        Ok(Spanned { node: Value::read(text), span: self.span_from(start) })
    }

    fn quoted(&mut self) -> Result<Spanned<String>, Fault> {
        let start = self.at;
        let text = unescape(self.raw_quoted()?);
        Ok(Spanned { node: text, span: self.span_from(start) })
    }

    /// What stands between the quotes, escapes included.
    fn raw_quoted(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        let Ok(length) = syntax::text::length(self.rest()) else {
            self.at = self.query.len();
            let instead = "end the text with `\"`; a quote inside is written `\\\"`";
            return Err(Fault::new(self.span_from(start), "the closing quote is missing", instead));
        };
        let whole = self.take(length);
        Ok(&whole[1..length - 1])
    }
}

/// How long the key at the beginning is, if the term is a pair. What merely looks like one is a word: an address, a
/// path of Rust or C++, an error's name with its colon (`TypeError: x`).
fn key_length(term: &str) -> Option<usize> {
    let length = term.find(|c: char| !is_key(c)).unwrap_or(term.len());
    let after = term[length..].strip_prefix(':')?;
    let is_name = term.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_word = after.starts_with("//") || after.starts_with(':');
    let is_bare = after.is_empty() || after.starts_with(char::is_whitespace);
    (is_name && !is_word && (!is_bare || super::field::is_known(&term[..length]))).then_some(length)
}

fn is_key(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Takes the backslash off what it stands before.
fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next().unwrap_or('\\')),
            other => text.push(other),
        }
    }
    text
}
