//! Going through the tokens, and saying which one was not expected.

use super::{Parsed, Parser};
use crate::format::{Quoting, quote};
use crate::lexer::{Kind, Token};

impl Parser<'_> {
    pub(super) fn expect(&mut self, kind: Kind, context: &str) -> Parsed<()> {
        let token = self.take_word();
        if token.kind == kind {
            return Ok(());
        }
        Err(self.unexpected(token, context))
    }

    pub(super) fn unexpected(&self, token: Token, context: &str) -> String {
        if token.kind != Kind::Error {
            return format!("unexpected {} in {context}", self.describe(token));
        }
        let fault = self.lexed.fault.clone().unwrap_or_default();
        let Some(action) = self.action.map(|at| self.line(at)).filter(|line| *line != self.line(token.start))
        else {
            return fault;
        };
        let word = if fault.ends_with(" action") { "" } else { " in action" };
        format!("{fault}{word} started at {}:{action}", self.trees[0].name)
    }

    fn describe(&self, token: Token) -> String {
        let text = self.source(token);
        match token.kind {
            Kind::Eof => "EOF".to_owned(),
            Kind::Keyword(_) => format!("<{text}>"),
            _ if text.len() > 10 => {
                format!("{}...", quote(&text.chars().take(10).collect::<String>(), Quoting::Plain))
            }
            _ => quote(text, Quoting::Plain),
        }
    }

    pub(super) fn source(&self, token: Token) -> &str {
        &self.text[token.start..token.end]
    }

    pub(super) fn peek(&self) -> Token {
        self.lexed.tokens[self.next.min(self.lexed.tokens.len() - 1)]
    }

    /// The next token, spaces taken away.
    pub(super) fn peek_word(&mut self) -> Token {
        while self.peek().kind == Kind::Space {
            self.next += 1;
        }
        self.peek()
    }

    pub(super) fn take(&mut self) -> Token {
        let token = self.peek();
        self.next += 1;
        token
    }

    pub(super) fn take_word(&mut self) -> Token {
        self.peek_word();
        self.take()
    }
}
