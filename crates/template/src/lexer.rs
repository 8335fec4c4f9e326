//! Cuts a template into tokens: text outside `{{ }}`, words and literals inside. Trim markers and comments end here;
//! the parser never sees them.

mod token;

pub(crate) use token::{Keyword, Kind, Token};

/// A template's tokens. The last one is [`Kind::Eof`] or [`Kind::Error`].
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    /// What is wrong, if the last token is [`Kind::Error`].
    pub(crate) fault: Option<String>,
}

/// Never fails: a fault becomes the last token, so that the parser names an earlier one first.
pub(crate) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer { text, at: 0, start: 0, parens: 0, tokens: Vec::new() };
    let fault = lexer.run().err();
    if fault.is_some() {
        lexer.emit(Kind::Error);
    }
    Lexed { tokens: lexer.tokens, fault }
}

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    start: usize,
    parens: u32,
    tokens: Vec<Token>,
}

impl<'t> Lexer<'t> {
    fn run(&mut self) -> Result<(), String> {
        while self.text_token() {
            if self.left_delimiter()? {
                while self.inside_action()? {}
            }
        }
        self.start = self.at;
        self.emit(Kind::Eof);
        Ok(())
    }

    /// Takes the text up to the next `{{`; `false` at the end of the template.
    fn text_token(&mut self) -> bool {
        let Some(length) = self.rest().find("{{") else {
            self.at = self.text.len();
            if self.at > self.start {
                self.emit(Kind::Text);
            }
            return false;
        };
        let open = self.at + length;
        let mut kept = &self.text[self.start..open];
        if has_left_trim(&self.text[open + 2..]) {
            kept = kept.trim_end_matches(SPACES);
        }
        self.at = self.start + kept.len();
        if !kept.is_empty() {
            self.emit(Kind::Text);
        }
        self.at = open;
        self.start = open;
        true
    }

    /// At `{{`. `false` if it opens a comment, which is skipped.
    fn left_delimiter(&mut self) -> Result<bool, String> {
        self.at += 2;
        let marker = if has_left_trim(self.rest()) { 2 } else { 0 };
        if self.rest()[marker..].starts_with("/*") {
            self.at += marker;
            self.start = self.at;
            self.comment()?;
            return Ok(false);
        }
        self.emit(Kind::LeftDelim);
        self.at += marker;
        self.start = self.at;
        self.parens = 0;
        Ok(true)
    }

    fn comment(&mut self) -> Result<(), String> {
        self.at += 2;
        let Some(length) = self.rest().find("*/") else { return Err("unclosed comment".into()) };
        self.at += length + 2;
        let Some(trims) = self.right_delimiter() else {
            return Err("comment ends before closing delimiter".into());
        };
        self.at += if trims { 4 } else { 2 };
        self.trim(trims);
        Ok(())
    }

    /// Whether the text goes on with `}}`, and if so whether it trims what follows.
    fn right_delimiter(&self) -> Option<bool> {
        if has_right_trim(self.rest()) && self.rest()[2..].starts_with("}}") {
            return Some(true);
        }
        self.rest().starts_with("}}").then_some(false)
    }

    /// After a closing delimiter: goes past the spaces if it trims them.
    fn trim(&mut self, trims: bool) {
        if trims {
            self.at += self.rest().len() - self.rest().trim_start_matches(SPACES).len();
        }
        self.start = self.at;
    }

    /// Takes one token; `false` after the closing delimiter.
    fn inside_action(&mut self) -> Result<bool, String> {
        if let Some(trims) = self.right_delimiter() {
            if self.parens > 0 {
                return Err("unclosed left paren".into());
            }
            self.at += if trims { 2 } else { 0 };
            self.start = self.at;
            self.at += 2;
            self.emit(Kind::RightDelim);
            self.trim(trims);
            return Ok(false);
        }
        let Some(first) = self.next() else { return Err("unclosed action".into()) };
        match first {
            ' ' | '\t' | '\r' | '\n' => self.spaces(),
            '=' => self.emit(Kind::Assign),
            ':' if self.next() == Some('=') => self.emit(Kind::Declare),
            ':' => return Err("expected :=".into()),
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted('"', Kind::String, "unterminated quoted string")?,
            '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant")?,
            '`' => self.raw_quoted()?,
            '$' => self.field_or_variable(Kind::Variable)?,
            '.' if self.peek().is_some_and(|next| !next.is_ascii_digit()) => {
                self.field_or_variable(Kind::Field)?;
            }
            '.' | '+' | '-' | '0'..='9' => self.number()?,
            '(' => {
                self.parens += 1;
                self.emit(Kind::LeftParen);
            }
            ')' if self.parens == 0 => return Err("unexpected right paren".into()),
            ')' => {
                self.parens -= 1;
                self.emit(Kind::RightParen);
            }
            other if is_alphanumeric(other) => self.identifier()?,
            '!'..='~' => self.emit(Kind::Char),
            other => return Err(format!("unrecognized character in action: {}", unicode_name(other))),
        }
        Ok(true)
    }

    /// A run of spaces. The last one belongs to a trim marker if ` -}}` follows.
    fn spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches(SPACES).len();
        let run = self.at - self.start;
        let last = &self.text[self.at - 1..];
        if has_right_trim(last) && last[2..].starts_with("}}") {
            self.at -= 1;
            if run == 1 {
                return;
            }
        }
        self.emit(Kind::Space);
    }

    fn identifier(&mut self) -> Result<(), String> {
        self.word()?;
        let kind = match &self.text[self.start..self.at] {
            "true" | "false" => Kind::Bool,
            "block" => Kind::Keyword(Keyword::Block),
            "break" => Kind::Keyword(Keyword::Break),
            "continue" => Kind::Keyword(Keyword::Continue),
            "define" => Kind::Keyword(Keyword::Define),
            "else" => Kind::Keyword(Keyword::Else),
            "end" => Kind::Keyword(Keyword::End),
            "if" => Kind::Keyword(Keyword::If),
            "nil" => Kind::Keyword(Keyword::Nil),
            "range" => Kind::Keyword(Keyword::Range),
            "template" => Kind::Keyword(Keyword::Template),
            "with" => Kind::Keyword(Keyword::With),
            _ => Kind::Identifier,
        };
        self.emit(kind);
        Ok(())
    }

    /// The `.` or `$` has been taken.
    fn field_or_variable(&mut self, kind: Kind) -> Result<(), String> {
        if self.at_terminator() {
            self.emit(if kind == Kind::Field { Kind::Keyword(Keyword::Dot) } else { kind });
            return Ok(());
        }
        self.word()?;
        self.emit(kind);
        Ok(())
    }

    /// Letters, digits and underscores up to something that may follow a name.
    fn word(&mut self) -> Result<(), String> {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        if self.at_terminator() {
            return Ok(());
        }
        Err(format!("bad character {}", self.peek().map_or_else(String::new, unicode_name)))
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None => true,
            Some(next) => {
                SPACES.contains(&next)
                    || matches!(next, '.' | ',' | '|' | ':' | ')' | '(')
                    || self.rest().starts_with("}}")
            }
        }
    }

    fn quoted(&mut self, quote: char, kind: Kind, unterminated: &str) -> Result<(), String> {
        loop {
            match self.next() {
                None | Some('\n') => return Err(unterminated.into()),
                Some('\\') if matches!(self.next(), None | Some('\n')) => return Err(unterminated.into()),
                Some(other) if other == quote => break,
                Some(_) => {}
            }
        }
        self.emit(kind);
        Ok(())
    }

    fn raw_quoted(&mut self) -> Result<(), String> {
        let Some(length) = self.rest().find('`') else {
            return Err("unterminated raw quoted string".into());
        };
        self.at += length + 1;
        self.emit(Kind::RawString);
        Ok(())
    }

    /// A number, from its first character on. Loose: what is wrong in detail is found when it is read.
    fn number(&mut self) -> Result<(), String> {
        self.at = self.start;
        let mut kind = Kind::Number;
        if !self.scan_number() {
            return Err(self.bad_number());
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || !self.text[..self.at].ends_with('i') {
                return Err(self.bad_number());
            }
            kind = Kind::Complex;
        }
        self.emit(kind);
        Ok(())
    }

    fn bad_number(&self) -> String {
        let text = crate::format::quote(&self.text[self.start..self.at], crate::format::Quoting::Plain);
        format!("bad number syntax: {text}")
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }

    fn accept(&mut self, valid: &str) -> bool {
        let found = self.peek().is_some_and(|next| valid.contains(next));
        if found {
            self.next();
        }
        found
    }

    fn accept_run(&mut self, valid: &str) {
        while self.accept(valid) {}
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn emit(&mut self, kind: Kind) {
        self.tokens.push(Token { kind, start: self.start, end: self.at });
        self.start = self.at;
    }
}

fn has_left_trim(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(SPACES))
}

fn has_right_trim(text: &str) -> bool {
    text.strip_prefix(SPACES).is_some_and(|rest| rest.starts_with('-'))
}

fn is_alphanumeric(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// `U+0040 '@'`, as Go names a character that it did not expect.
fn unicode_name(character: char) -> String {
    if character.is_control() {
        return format!("U+{:04X}", u32::from(character));
    }
    format!("U+{:04X} '{character}'", u32::from(character))
}
