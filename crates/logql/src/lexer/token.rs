//! The kinds of lexemes.

use std::time::Duration;

use crate::fault::Span;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// What a lexeme is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A name or a keyword; which of them only its neighbours tell. The query's text has the letters.
    Word,
    /// A quoted text, unescaped.
    Text(String),
    /// `1.5`
    Number(f64),
    /// `1.5h`, in nanoseconds
    Duration(i64),
    /// `20MB`, in bytes
    Bytes(u64),
    /// `[5m]`
    Range(Duration),
    /// `--strict`
    Flag(Flag),
    /// Operators, brackets and commas.
    Symbol(Symbol),
    /// Nothing that belongs to the language; why.
    Fault(String),
    /// The query is over.
    End,
}

/// An option of the logfmt parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    Strict,
    KeepEmpty,
}

impl Flag {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Strict => "--strict",
            Self::KeepEmpty => "--keep-empty",
        }
    }

    /// Reads a flag that ends where its word ends.
    pub(crate) fn at_start_of(text: &str) -> Option<Self> {
        let found = [Self::Strict, Self::KeepEmpty].into_iter().find(|flag| text.starts_with(flag.text()))?;
        let after = text[found.text().len()..].chars().next();
        let goes_on = after.is_some_and(|c| c.is_alphabetic() || c == '-');
        (!goes_on).then_some(found)
    }
}

/// Operators, brackets and commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    Contains,
    Matches,
    Like,
    Pipe,
    NotEqual,
    NotMatches,
    NotLike,
    Equal,
    Regex,
    Assign,
    GreaterOrEqual,
    Greater,
    LessOrEqual,
    Less,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Caret,
    Comma,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
}

/// Those that begin with another stand before it.
const SYMBOLS: [(&str, Symbol); 25] = [
    ("|=", Symbol::Contains),
    ("|~", Symbol::Matches),
    ("|>", Symbol::Like),
    ("|", Symbol::Pipe),
    ("!=", Symbol::NotEqual),
    ("!~", Symbol::NotMatches),
    ("!>", Symbol::NotLike),
    ("==", Symbol::Equal),
    ("=~", Symbol::Regex),
    ("=", Symbol::Assign),
    (">=", Symbol::GreaterOrEqual),
    (">", Symbol::Greater),
    ("<=", Symbol::LessOrEqual),
    ("<", Symbol::Less),
    ("+", Symbol::Plus),
    ("-", Symbol::Minus),
    ("*", Symbol::Star),
    ("/", Symbol::Slash),
    ("%", Symbol::Percent),
    ("^", Symbol::Caret),
    (",", Symbol::Comma),
    ("{", Symbol::OpenBrace),
    ("}", Symbol::CloseBrace),
    ("(", Symbol::OpenParen),
    (")", Symbol::CloseParen),
];

impl Symbol {
    pub(crate) fn text(self) -> &'static str {
        SYMBOLS[self as usize].0
    }

    pub(crate) fn at_start_of(text: &str) -> Option<Self> {
        SYMBOLS.iter().find(|(known, _)| text.starts_with(known)).map(|(_, symbol)| *symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_stands_at_its_number() {
        for (text, symbol) in SYMBOLS {
            assert_eq!(symbol.text(), text);
            assert_eq!(Symbol::at_start_of(text), Some(symbol));
        }
    }
}
