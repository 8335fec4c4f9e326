//! JSON as a tree that borrows from its text, and how values are taken out of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crate::decimal;

/// Why a text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What should have stood there.
    pub wanted: &'static str,
    /// At which byte.
    pub at: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is missing at byte {}", self.wanted, self.at)
    }
}

type Answer<T> = Result<T, Fault>;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`, `true`, `false` or a number, as it stands.
    Word(&'a str),
    /// A text without its escapes.
    Text(Cow<'a, str>),
    /// `[…]`
    List(Vec<Value<'a>>),
    /// `{…}`
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

/// What stands where nothing does.
const NOTHING: Value<'static> = Value::Word("null");

impl Value<'_> {
    /// A member of an object; `null` where there is none.
    pub(super) fn member(&self, name: &str) -> &Self {
        let Self::Object(members) = self else { return &NOTHING };
        members.iter().find(|(known, _)| known == name).map_or(&NOTHING, |(_, value)| value)
    }

    pub(super) fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    pub(super) fn word(&self) -> &str {
        if let Self::Word(word) = self { word } else { "" }
    }

    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }
}

/// What is taken out of a value. One of another shape counts as empty.
pub trait Read {
    /// Takes it out.
    fn of(value: &Value<'_>) -> Self;
}

fn integer(value: &Value<'_>) -> i64 {
    value.word().parse().unwrap_or(0)
}

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl Read for $kind {
            fn of(value: &Value<'_>) -> Self {
                Self::try_from(integer(value)).unwrap_or(0)
            }
        }
    )*};
}
integers!(i64, u64, u32, u16, u8);

impl Read for f64 {
    fn of(value: &Value<'_>) -> Self {
        decimal::read(value.word()).unwrap_or(0.0)
    }
}

impl Read for bool {
    fn of(value: &Value<'_>) -> Self {
        value.word() == "true"
    }
}

impl Read for String {
    fn of(value: &Value<'_>) -> Self {
        value.text().to_owned()
    }
}

impl<T: Read> Read for Option<T> {
    fn of(value: &Value<'_>) -> Self {
        (*value != NOTHING).then(|| T::of(value))
    }
}

impl<T: Read> Read for Vec<T> {
    fn of(value: &Value<'_>) -> Self {
        value.items().iter().map(T::of).collect()
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn of(value: &Value<'_>) -> Self {
        let at = |at: usize| value.items().get(at).unwrap_or(&NOTHING);
        (A::of(at(0)), B::of(at(1)))
    }
}

impl Read for [u64; 8] {
    fn of(value: &Value<'_>) -> Self {
        let mut all = [0; 8];
        for (place, item) in all.iter_mut().zip(value.items()) {
            *place = u64::of(item);
        }
        all
    }
}

impl Read for BTreeMap<String, String> {
    fn of(value: &Value<'_>) -> Self {
        let mut map = Self::new();
        if let Value::Object(members) = value {
            // One by one: collecting would sort them first, with code that is nowhere else needed.
            for (name, value) in members {
                map.insert(name.to_string(), String::of(value));
            }
        }
        map
    }
}

/// What nests deeper is nothing that the server answers.
const DEPTH_MAX: usize = 64;

/// Reads a text from front to back.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn fault<T>(&self, wanted: &'static str) -> Answer<T> {
        Err(Fault { wanted, at: self.at })
    }

    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == wanted;
        self.at += usize::from(found);
        found
    }

    /// The whole text as one value.
    pub(super) fn whole(mut self) -> Answer<Value<'a>> {
        let value = self.value(0)?;
        if self.peek() == 0 && self.at == self.text.len() { Ok(value) } else { self.fault("the end") }
    }

    fn value(&mut self, depth: usize) -> Answer<Value<'a>> {
        if depth > DEPTH_MAX {
            return self.fault("less depth");
        }
        match self.peek() {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => self.string().map(Value::Text),
            _ => self.word().map(Value::Word),
        }
    }

    fn list(&mut self, depth: usize) -> Answer<Value<'a>> {
        self.at += 1;
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Ok(Value::List(items));
            }
            if !self.take(b',') {
                return self.fault("a comma");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Answer<Value<'a>> {
        self.at += 1;
        let mut members = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            if self.peek() != b'"' {
                return self.fault("a name");
            }
            let name = self.string()?;
            if !self.take(b':') {
                return self.fault("a colon");
            }
            members.push((name, self.value(depth + 1)?));
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return self.fault("a comma");
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Answer<&'a str> {
        let rest = &self.text[self.at..];
        let length =
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
        if length == 0 {
            return self.fault("a value");
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn string(&mut self) -> Answer<Cow<'a, str>> {
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\')) else {
                return self.fault("a closing quote");
            };
            self.at += length + 1;
            let is_end = rest.as_bytes()[length] == b'"';
            if is_end && value.is_empty() {
                return Ok(Cow::Borrowed(&rest[..length]));
            }
            value.push_str(&rest[..length]);
            if is_end {
                return Ok(Cow::Owned(value));
            }
            value.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Answer<char> {
        let letter = self.text.as_bytes().get(self.at).copied().unwrap_or(0);
        self.at += 1;
        Ok(match letter {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(letter),
            b'u' => return self.unicode(),
            _ => {
                self.at -= 1;
                return self.fault("an escape");
            }
        })
    }

    fn unicode(&mut self) -> Answer<char> {
        let first = self.hex4()?;
        if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            let second = self.hex4()?;
            let code = 0x10000 + ((first - 0xd800) << 10) + second.wrapping_sub(0xdc00) % 0x400;
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Answer<u32> {
        let digits = self.text.get(self.at..self.at + 4);
        let digits = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(code) = digits else { return self.fault("four digits") };
        self.at += 4;
        Ok(code)
    }
}
