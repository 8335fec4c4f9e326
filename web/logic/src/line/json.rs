//! JSON with its places: numbers keep their digits, members their order, and each its bytes in the line.

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Json {
    /// The member's name; empty for the items of a list and for the whole.
    pub key: String,
    /// The bytes of the member, its name included.
    pub span: (usize, usize),
    /// The bytes of the value alone.
    pub value_span: (usize, usize),
    /// The value.
    pub value: JsonValue,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonValue {
    /// `null`, `true`, `false` or a number, as it stands.
    Word(String),
    /// A string, without its escapes.
    Text(String),
    /// `[…]`
    List(Vec<Json>),
    /// `{…}`
    Object(Vec<Json>),
}

/// What nests deeper is no log line.
const DEPTH_MAX: usize = 64;
/// What has more values is shown as text.
const VALUES_MAX: usize = 5_000;

/// Reads a line that is one JSON object and nothing else.
pub fn parse(line: &str) -> Option<Json> {
    if !line.trim_start().starts_with('{') {
        return None;
    }
    let mut reader = Reader { text: line, at: 0, values: 0 };
    let json = reader.member(String::new(), None, 0)?;
    reader.skip_space();
    (reader.at == line.len()).then_some(json)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn member(&mut self, key: String, start: Option<usize>, depth: usize) -> Option<Json> {
        self.values += 1;
        if depth > DEPTH_MAX || self.values > VALUES_MAX {
            return None;
        }
        self.skip_space();
        let value_start = self.at;
        let value = match self.peek()? {
            b'{' => JsonValue::Object(self.list(b'}', true, depth)?),
            b'[' => JsonValue::List(self.list(b']', false, depth)?),
            b'"' => JsonValue::Text(self.string()?),
            _ => JsonValue::Word(self.word()?),
        };
        let value_span = (value_start, self.at);
        Some(Json { key, span: (start.unwrap_or(value_start), self.at), value_span, value })
    }

    fn list(&mut self, close: u8, named: bool, depth: usize) -> Option<Vec<Json>> {
        self.at += 1;
        let mut members = Vec::new();
        self.skip_space();
        if self.take(close) {
            return Some(members);
        }
        loop {
            self.skip_space();
            let start = self.at;
            let key = if named { self.key()? } else { String::new() };
            members.push(self.member(key, Some(start), depth + 1)?);
            self.skip_space();
            if self.take(close) {
                return Some(members);
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let key = self.string()?;
        self.skip_space();
        self.take(b':').then_some(key)
    }

    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = &self.text[self.at..];
            let length = rest.find(['"', '\\'])?;
            value.push_str(&rest[..length]);
            self.at += length + 1;
            if rest.as_bytes()[length] == b'"' {
                return Some(value);
            }
            value.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(match letter {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(letter),
            b'u' => return self.unicode(),
            _ => return None,
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.hex4()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if !self.text[self.at..].starts_with("\\u") {
            return Some(char::REPLACEMENT_CHARACTER);
        }
        self.at += 2;
        let second = self.hex4()?;
        let code = 0x10000 + ((first - 0xd800) << 10) + second.wrapping_sub(0xdc00) % 0x400;
        Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    }

    fn word(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let length =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        let number = is_number(word);
        self.at += length;
        // Python writes NaN and Infinity, which JSON does not know.
        let known = matches!(word, "null" | "true" | "false" | "NaN" | "Infinity" | "-Infinity");
        (number || known).then(|| word.to_owned())
    }
}

/// `-12.5e+3`. Their digits are kept as they stand, so nothing has to be reckoned.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (word, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && digits(fraction) && digits(exponent)
}
