//! Walks along the lexemes.

use syntax::Span;

use super::Parsed;
use crate::fault::Fault;
use crate::lexer::{self, Lexeme, Symbol, Token};

/// How deep parentheses and functions may be nested. Each level costs stack.
const DEPTH_MAX: usize = 64;

/// How many operators a query may hold: a chain of them is a deep tree.
const OPERATORS_MAX: usize = 256;

pub(super) struct Cursor<'a> {
    query: &'a str,
    lexemes: Vec<Lexeme>,
    at: usize,
    depth: usize,
    operators: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(query: &'a str) -> Self {
        Self { query, lexemes: lexer::lex(query), at: 0, depth: 0, operators: 0 }
    }

    fn lexeme(&self, ahead: usize) -> &Lexeme {
        // The last lexeme ends the query or is a fault; nothing moves past it.
        &self.lexemes[(self.at + ahead).min(self.lexemes.len() - 1)]
    }

    pub(super) fn peek(&self) -> &Token {
        &self.lexeme(0).token
    }

    /// The token `ahead` tokens further.
    pub(super) fn token(&self, ahead: usize) -> &Token {
        &self.lexeme(ahead).token
    }

    /// The symbol `ahead` tokens further, if one is there.
    pub(super) fn symbol(&self, ahead: usize) -> Option<Symbol> {
        match self.lexeme(ahead).token {
            Token::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// The next word, as it is written.
    pub(super) fn word(&self) -> Option<&'a str> {
        let lexeme = self.lexeme(0);
        matches!(lexeme.token, Token::Word).then(|| &self.query[lexeme.span.range()])
    }

    /// Whether the next token is this word, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.word().is_some_and(|found| found.eq_ignore_ascii_case(word))
    }

    /// Where the next token stands.
    pub(super) fn span(&self) -> Span {
        self.lexeme(0).span
    }

    /// From `start` to the end of the token before the next.
    pub(super) fn span_from(&self, start: Span) -> Span {
        let last = self.at.checked_sub(1).map_or(start, |at| self.lexemes[at].span);
        start.to(last)
    }

    pub(super) fn skip(&mut self) {
        self.at = (self.at + 1).min(self.lexemes.len() - 1);
    }

    pub(super) fn eat(&mut self, symbol: Symbol) -> bool {
        let found = self.symbol(0) == Some(symbol);
        if found {
            self.skip();
        }
        found
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.skip();
        }
        found
    }

    pub(super) fn expect(&mut self, symbol: Symbol, context: &str) -> Parsed<()> {
        match self.eat(symbol) {
            true => Ok(()),
            false => Err(self.unexpected(context, &format!("{:?}", symbol.text()))),
        }
    }

    /// A quoted text.
    pub(super) fn text(&mut self, context: &str) -> Parsed<String> {
        let Token::Text(text) = self.peek() else { return Err(self.unexpected(context, "string")) };
        let text = text.clone();
        self.skip();
        Ok(text)
    }

    /// The next token is not what may stand here.
    pub(super) fn unexpected(&self, context: &str, expecting: &str) -> Fault {
        let found = match self.peek() {
            Token::Fault(why) => return Fault::new(self.span(), why.clone()),
            Token::End => "end of input".to_owned(),
            _ => format!("{:?}", &self.query[self.span().range()]),
        };
        Fault::new(self.span(), format!("unexpected {found} in {context}, expected {expecting}"))
    }

    /// One level further down. Every way into recursion passes here.
    pub(super) fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        match self.depth > DEPTH_MAX {
            true => Err(Fault::new(self.span(), format!("nested more than {DEPTH_MAX} levels deep"))),
            false => Ok(()),
        }
    }

    /// One level back up.
    pub(super) fn shallower(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn count_operator(&mut self) -> Parsed<()> {
        self.operators += 1;
        match self.operators > OPERATORS_MAX {
            true => Err(Fault::new(self.span(), format!("more than {OPERATORS_MAX} operators in one query"))),
            false => Ok(()),
        }
    }
}
