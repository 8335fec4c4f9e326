//! Cuts a query into lexemes: tokens and where they stand.

mod token;

pub(crate) use token::{Flag, Lexeme, Symbol, Token};

use crate::fault::Span;
use crate::literal::{bytes, duration, number, text};

/// All lexemes of the query. The last one is [`Token::End`], or [`Token::Fault`] where the text stops making
/// sense: the parser complains about whichever fault comes first.
pub(crate) fn lex(query: &str) -> Vec<Lexeme> {
    let mut lexer = Lexer { query, at: 0 };
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
        let Some(first) = self.rest().chars().next() else { return Token::End };
        match first {
            '"' | '`' => self.text(),
            '[' => self.range(),
            '-' => self.minus(),
            _ if first == '_' || first.is_alphabetic() => self.word(),
            _ if number::length(self.rest()) > 0 => self.amount(),
            _ => self.symbol(first),
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

    fn range(&mut self) -> Token {
        let Some(length) = self.rest().find(']') else {
            self.at = self.query.len();
            return Token::Fault("missing closing ']' in duration".to_owned());
        };
        let inner = self.take(length + 1);
        let inner = inner[1..length].trim();
        match duration::read_range(inner) {
            Some(range) => Token::Range(range),
            None => Token::Fault(format!(
                "not a valid duration string: {inner:?}; write whole numbers with units, such as [5m] or [1h30m]"
            )),
        }
    }

    /// `--strict`, `-1h`, or the operator.
    fn minus(&mut self) -> Token {
        if let Some(flag) = Flag::at_start_of(self.rest()) {
            self.take(flag.text().len());
            return Token::Flag(flag);
        }
        let length = 1 + run(&self.rest()[1..], duration::is_unit);
        match duration::read(&self.rest()[..length]) {
            Some(nanos) if length > 1 => {
                self.take(length);
                Token::Duration(nanos)
            }
            _ => self.symbol('-'),
        }
    }

    fn word(&mut self) -> Token {
        let length =
            self.rest().find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(self.rest().len());
        self.take(length);
        Token::Word
    }

    /// A number, or a number with a unit: the longest of them.
    fn amount(&mut self) -> Token {
        let digits = number::length(self.rest());
        let after = &self.rest()[digits..];
        let (as_duration, as_bytes) =
            (digits + run(after, duration::is_unit), digits + run(after, bytes::is_unit));
        if let Some(nanos) = duration::read(&self.rest()[..as_duration]).filter(|_| as_duration > digits) {
            self.take(as_duration);
            return Token::Duration(nanos);
        }
        if let Some(bytes) = bytes::read(&self.rest()[..as_bytes]) {
            self.take(as_bytes);
            return Token::Bytes(bytes);
        }
        match number::read(self.take(digits)) {
            Some(number) => Token::Number(number),
            None => Token::Fault("this number is too large".to_owned()),
        }
    }

    fn symbol(&mut self, first: char) -> Token {
        if let Some(symbol) = Symbol::at_start_of(self.rest()) {
            self.take(symbol.text().len());
            return Token::Symbol(symbol);
        }
        self.take(first.len_utf8());
        Token::Fault(match first {
            '\'' => "write texts in double quotes or in `backticks`".to_owned(),
            other => format!("unexpected character {other:?}"),
        })
    }
}

/// How many bytes at the beginning of `text` go on with an amount: digits, points and characters of units.
fn run(text: &str, is_unit: fn(char) -> bool) -> usize {
    text.find(|c: char| !c.is_ascii_digit() && c != '.' && !is_unit(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
