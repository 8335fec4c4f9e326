//! Cuts a query into lexemes: tokens and where they stand.

mod token;

pub(crate) use token::{Lexeme, Symbol, Token};

use syntax::{Span, text};

use crate::literal;

/// All lexemes of the query. The last one is [`Token::End`], or [`Token::Fault`] where the text stops making sense:
/// the parser complains about whichever fault comes first.
pub(crate) fn lex(query: &str) -> Vec<Lexeme> {
    let mut lexer = Lexer { query, at: 0, parentheses: 0, brackets: 0, braces: 0 };
    let mut lexemes = Vec::new();
    loop {
        let lexeme = lexer.next();
        let last = matches!(lexeme.token, Token::End | Token::Fault(_));
        lexemes.push(lexeme);
        if last {
            return lexemes;
        }
    }
}

struct Lexer<'a> {
    query: &'a str,
    at: usize,
    /// How many `(` are open.
    parentheses: usize,
    /// How many `[` are open: inside, a colon stands between the range and the step of a subquery; elsewhere it
    /// belongs to names.
    brackets: usize,
    /// Likewise for `{`, where names have no colons.
    braces: usize,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Lexeme {
        self.skip_space_and_comments();
        let start = self.at;
        let token = self.token();
        Lexeme { token, span: Span::new(start..self.at) }
    }

    fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    fn skip_space_and_comments(&mut self) {
        loop {
            self.at = self.query.len() - self.rest().trim_start().len();
            if !self.rest().starts_with('#') {
                return;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    fn token(&mut self) -> Token {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return self.end() };
        let is_decimal = first == '.' && rest[1..].starts_with(|second: char| second.is_ascii_digit());
        match first {
            '"' | '\'' | '`' => self.text(),
            _ if first.is_ascii_digit() || is_decimal => self.amount(),
            _ if first == '_'
                || first.is_ascii_alphabetic()
                || first == ':' && self.brackets + self.braces == 0 =>
            {
                self.word()
            }
            _ => self.symbol(first),
        }
    }

    /// The end of the query, in Prometheus's words if something is still open there.
    fn end(&self) -> Token {
        match (self.braces, self.parentheses, self.brackets) {
            (0, 0, 0) => Token::End,
            (0, 0, _) => Token::Fault("unclosed left bracket".to_owned()),
            (0, ..) => Token::Fault("unclosed left parenthesis".to_owned()),
            _ => Token::Fault("unexpected end of input inside braces".to_owned()),
        }
    }

    /// Moves past `length` bytes and gives them.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.query[self.at..self.at + length];
        self.at += length;
        taken
    }

    fn text(&mut self) -> Token {
        let read = text::length(self.rest()).and_then(|length| text::read(self.take(length)));
        match read {
            Ok(text) => Token::Text(text),
            Err(unreadable) => {
                if unreadable == text::Unreadable::Open {
                    self.at = self.query.len();
                }
                Token::Fault(unreadable.message().to_owned())
            }
        }
    }

    /// A number, or a duration: whatever is written without a space.
    fn amount(&mut self) -> Token {
        let length = literal::length(self.rest());
        let text = self.take(length);
        literal::number(text)
            .map(Token::Number)
            .or_else(|| literal::duration_seconds(text).map(Token::Duration))
            .unwrap_or_else(|| Token::Fault(format!("bad number or duration syntax: {text:?}")))
    }

    fn word(&mut self) -> Token {
        let has_colons = self.brackets + self.braces == 0;
        let is_part = |c: char| c == '_' || c.is_ascii_alphanumeric() || (c == ':' && has_colons);
        let length = self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        let word = self.take(length);
        match self.braces == 0 && matches!(word.to_ascii_lowercase().as_str(), "inf" | "nan") {
            true => Token::Number(if word.eq_ignore_ascii_case("inf") { f64::INFINITY } else { f64::NAN }),
            false => Token::Word,
        }
    }

    fn symbol(&mut self, first: char) -> Token {
        let Some(symbol) = Symbol::at_start_of(self.rest()) else {
            self.take(first.len_utf8());
            return Token::Fault(format!("unexpected character: {first:?}"));
        };
        match symbol {
            Symbol::OpenParen => self.parentheses += 1,
            Symbol::CloseParen if self.parentheses == 0 => {
                self.take(symbol.text().len());
                return Token::Fault("unexpected right parenthesis ')'".to_owned());
            }
            Symbol::CloseParen => self.parentheses -= 1,
            Symbol::OpenBracket => self.brackets += 1,
            Symbol::CloseBracket => self.brackets = self.brackets.saturating_sub(1),
            Symbol::OpenBrace => self.braces += 1,
            Symbol::CloseBrace => self.braces = self.braces.saturating_sub(1),
            _ => {}
        }
        self.take(symbol.text().len());
        Token::Symbol(symbol)
    }
}
