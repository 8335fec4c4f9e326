//! Walks along the lexemes.

use crate::Spanned;
use crate::fault::{Fault, Span};
use crate::lexer::{self, Flag, Lexeme, Symbol, Token};

use super::Parsed;

/// How deep parentheses and functions may be nested. Each level costs stack.
const DEPTH_MAX: usize = 64;

/// How many operators a query may hold: a chain of them is a deep tree.
const OPERATORS_MAX: usize = 256;

/// How much of an unexpected text a message repeats.
const SHOWN_CHARACTERS_MAX: usize = 30;

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

    /// The next token.
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

    /// The word `ahead` tokens further, if one is there.
    pub(super) fn word(&self, ahead: usize) -> Option<&'a str> {
        let lexeme = self.lexeme(ahead);
        matches!(lexeme.token, Token::Word).then(|| &self.query[lexeme.span.range()])
    }

    /// Whether the token `ahead` is this word, in any case.
    pub(super) fn is_word(&self, ahead: usize, word: &str) -> bool {
        self.word(ahead).is_some_and(|found| found.eq_ignore_ascii_case(word))
    }

    /// Whether the token `ahead` is a quoted text.
    pub(super) fn is_text(&self, ahead: usize) -> bool {
        matches!(self.lexeme(ahead).token, Token::Text(_))
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

    /// Moves past the next token.
    pub(super) fn skip(&mut self) {
        self.at = (self.at + 1).min(self.lexemes.len() - 1);
    }

    pub(super) fn eat_symbol(&mut self, symbol: Symbol) -> bool {
        let found = self.symbol(0) == Some(symbol);
        if found {
            self.skip();
        }
        found
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        if found {
            self.skip();
        }
        found
    }

    pub(super) fn eat_flag(&mut self) -> Option<Flag> {
        let Token::Flag(flag) = *self.peek() else { return None };
        self.skip();
        Some(flag)
    }

    pub(super) fn expect_symbol(&mut self, symbol: Symbol) -> Parsed<()> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{}`", symbol.text()))) }
    }

    /// A label's name: any word.
    pub(super) fn name(&mut self) -> Parsed<String> {
        let Some(name) = self.word(0) else { return Err(self.unexpected("a label name")) };
        self.skip();
        Ok(name.to_owned())
    }

    /// A quoted text, and where it stands.
    pub(super) fn text(&mut self, what: &str) -> Parsed<Spanned<String>> {
        let span = self.span();
        let Token::Text(text) = self.peek() else { return Err(self.unexpected(what)) };
        let node = text.clone();
        self.skip();
        Ok(Spanned { node, span })
    }

    /// A quoted text that is read as something else.
    pub(super) fn operand<T>(&mut self, what: &str, read: impl Fn(&str) -> Result<T, String>) -> Parsed<T> {
        let text = self.text(what)?;
        read(&text.node).map_err(|message| Fault::meaning(text.span, message))
    }

    /// The next token is not what may stand here.
    pub(super) fn unexpected(&self, expecting: &str) -> Fault {
        let found = match self.peek() {
            Token::Fault(why) => return Fault::syntax(self.span(), why.clone()),
            Token::End => "end of the query".to_owned(),
            _ => format!("`{}`", shorten(&self.query[self.span().range()])),
        };
        Fault::syntax(self.span(), format!("syntax error: unexpected {found}, expecting {expecting}"))
    }

    /// One level further down. Every way into recursion passes here.
    pub(super) fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Fault::syntax(self.span(), format!("nested more than {DEPTH_MAX} levels deep")));
        }
        Ok(())
    }

    /// One level back up.
    pub(super) fn shallower(&mut self) {
        self.depth -= 1;
    }

    /// One more operator.
    pub(super) fn count_operator(&mut self) -> Parsed<()> {
        self.operators += 1;
        if self.operators > OPERATORS_MAX {
            return Err(Fault::syntax(
                self.span(),
                format!("more than {OPERATORS_MAX} operators in one query"),
            ));
        }
        Ok(())
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS_MAX) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
