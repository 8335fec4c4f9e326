//! The words of a Go expression, as far as rules need them.

use super::RuleError;

/// A word and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name(String),
    Text(String),
    Open,
    Close,
    Comma,
    And,
    Or,
    Not,
    /// A character that means nothing in rules.
    Stray(char),
    /// What Go puts at the end of a line after a name, a text or a closing bracket.
    LineEnd,
    End,
}

/// The words of `rule`, the last of which is [`Kind::End`].
pub(super) fn tokens(rule: &str) -> Result<Vec<Token>, RuleError> {
    let mut lexer = Lexer { rule, at: 0, tokens: Vec::new() };
    while lexer.step()? {}
    lexer.push(lexer.at, Kind::End);
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    rule: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.rule[self.at..]
    }

    fn push(&mut self, at: usize, kind: Kind) {
        self.tokens.push(Token { at, kind });
    }

    fn take(&mut self, length: usize, kind: Kind) {
        self.push(self.at, kind);
        self.at += length;
    }

    /// Takes the next word; false at the end.
    fn step(&mut self) -> Result<bool, RuleError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(false) };
        match first {
            '\n' => {
                self.end_line();
                self.at += 1;
            }
            ' ' | '\t' | '\r' => self.at += 1,
            '(' => self.take(1, Kind::Open),
            ')' => self.take(1, Kind::Close),
            ',' => self.take(1, Kind::Comma),
            '`' => self.raw_text()?,
            '"' => self.quoted_text()?,
            '/' => self.comment()?,
            '&' if rest.starts_with("&&") => self.take(2, Kind::And),
            '|' if rest.starts_with("||") => self.take(2, Kind::Or),
            '!' if !rest.starts_with("!=") => self.take(1, Kind::Not),
            letter if letter.is_alphabetic() || letter == '_' => self.name(),
            other => self.take(other.len_utf8(), Kind::Stray(other)),
        }
        Ok(true)
    }

    /// Go ends a statement at the end of a line that could be one.
    fn end_line(&mut self) {
        let ends = matches!(
            self.tokens.last(),
            Some(Token { kind: Kind::Name(_) | Kind::Text(_) | Kind::Close, .. })
        );
        if ends {
            self.push(self.at, Kind::LineEnd);
        }
    }

    fn name(&mut self) {
        let rest = self.rest();
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
        self.take(length, Kind::Name(rest[..length].to_owned()));
    }

    fn raw_text(&mut self) -> Result<(), RuleError> {
        let rest = self.rest();
        let Some(length) = rest[1..].find('`') else {
            return Err(RuleError::new(self.at, "the backtick is not closed", "write a ` behind the value"));
        };
        let text = rest[1..=length].replace('\r', "");
        self.take(length + 2, Kind::Text(text));
        Ok(())
    }

    fn quoted_text(&mut self) -> Result<(), RuleError> {
        let (text, length) = unquote(self.rest(), self.at)?;
        self.take(length, Kind::Text(text));
        Ok(())
    }

    fn comment(&mut self) -> Result<(), RuleError> {
        let rest = self.rest();
        if rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return Ok(());
        }
        let Some(inside) = rest.strip_prefix("/*") else {
            self.take(1, Kind::Stray('/'));
            return Ok(());
        };
        let Some(length) = inside.find("*/") else {
            return Err(RuleError::new(self.at, "the comment is not closed", "write */ behind it"));
        };
        if inside[..length].contains('\n') {
            self.end_line();
        }
        self.at += length + 4;
        Ok(())
    }
}

/// The text that a `"…"` at the beginning of `rest` means, and its length with the quotes.
fn unquote(rest: &str, at: usize) -> Result<(String, usize), RuleError> {
    let mut bytes = Vec::new();
    let mut place = 1;
    let unclosed = || RuleError::new(at, "the quote is not closed", "write a \" behind the value");
    loop {
        let next = rest[place..].chars().next().ok_or_else(unclosed)?;
        match next {
            '"' => break,
            '\n' => return Err(unclosed()),
            '\\' => {
                let wrong = || {
                    RuleError::new(at + place, "this is no escape of Go's", "write the value in backticks")
                };
                place += escape(&rest[place + 1..], &mut bytes).ok_or_else(wrong)? + 1;
            }
            other => {
                bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                place += other.len_utf8();
            }
        }
    }
    let text = String::from_utf8(bytes);
    let text =
        text.map_err(|_| RuleError::new(at, "the value is no UTF-8", "write the value in backticks"))?;
    Ok((text, place + 1))
}

/// Adds what the escape at the beginning of `rest`, behind its backslash, means; answers its length.
fn escape(rest: &str, bytes: &mut Vec<u8>) -> Option<usize> {
    let kind = *rest.as_bytes().first()?;
    let simple = match kind {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' => kind,
        b'x' => {
            bytes.push(u8::try_from(digits(rest, 1, 2, 16)?).ok()?);
            return Some(3);
        }
        b'0'..=b'7' => {
            bytes.push(u8::try_from(digits(rest, 0, 3, 8)?).ok()?);
            return Some(3);
        }
        b'u' | b'U' => {
            let length = if kind == b'u' { 4 } else { 8 };
            let letter = char::from_u32(digits(rest, 1, length, 16)?)?;
            bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(1 + length);
        }
        _ => return None,
    };
    bytes.push(simple);
    Some(1)
}

fn digits(rest: &str, from: usize, length: usize, radix: u32) -> Option<u32> {
    let digits = rest.get(from..from + length)?;
    let all = digits.chars().all(|digit| digit.is_digit(radix));
    if all { u32::from_str_radix(digits, radix).ok() } else { None }
}
