//! The reader of `{name="value", …}`.

use super::{Labels, ParseLabelsError};

pub(super) fn labels(text: &str) -> Result<Labels, ParseLabelsError> {
    let mut reader = Reader { text, at: 0 };
    let mut pairs = Vec::new();
    reader.expect('{', "a label set starts with `{`")?;
    while !reader.take('}') {
        if !pairs.is_empty() {
            reader.expect(',', "expected `,` or `}`")?;
            // Promtail and Prometheus write no trailing comma, but both read one.
            if reader.take('}') {
                break;
            }
        }
        let name = reader.name()?;
        reader.expect('=', "expected `=` after the name")?;
        let value = reader.value()?;
        if pairs.iter().any(|(other, _)| *other == name) {
            return Err(reader.fault("this name was given before"));
        }
        pairs.push((name, value));
    }
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.fault("nothing may follow the closing `}`"));
    }
    Ok(Labels::from_pairs(pairs))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn fault(&self, message: &'static str) -> ParseLabelsError {
        ParseLabelsError { at: self.at, message }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    fn expect(&mut self, wanted: char, message: &'static str) -> Result<(), ParseLabelsError> {
        if self.take(wanted) { Ok(()) } else { Err(self.fault(message)) }
    }

    fn name(&mut self) -> Result<&'a str, ParseLabelsError> {
        self.skip_space();
        let rest = self.rest();
        let length = rest
            .bytes()
            .enumerate()
            .take_while(|(index, byte)| {
                byte.is_ascii_alphabetic()
                    || *byte == b'_'
                    || (*index > 0 && (byte.is_ascii_digit() || *byte == b':'))
            })
            .count();
        if length == 0 {
            return Err(self.fault("expected a label name ([a-zA-Z_][a-zA-Z0-9_]*)"));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn value(&mut self) -> Result<String, ParseLabelsError> {
        if self.take('`') {
            let length =
                self.rest().find('`').ok_or_else(|| self.fault("the value's closing backtick is missing"))?;
            let value = self.rest()[..length].to_owned();
            self.at += length + 1;
            return Ok(value);
        }
        self.expect('"', "expected a quoted value")?;
        let mut value = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' => {
                    self.at += offset + 1;
                    return Ok(value);
                }
                '\\' => match escape(&mut characters) {
                    Some(unescaped) => value.push(unescaped),
                    None => {
                        self.at += offset;
                        return Err(self.fault(
                            "unknown escape; known are \\\" \\\\ \\n \\r \\t \\xhh \\uhhhh \\Uhhhhhhhh",
                        ));
                    }
                },
                other => value.push(other),
            }
        }
        Err(self.fault("the value's closing quote is missing"))
    }
}

fn escape(characters: &mut std::str::CharIndices<'_>) -> Option<char> {
    let digits = match characters.next()?.1 {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        'a' => return Some('\u{7}'),
        'b' => return Some('\u{8}'),
        'f' => return Some('\u{c}'),
        'v' => return Some('\u{b}'),
        same @ ('"' | '\\' | '\'') => return Some(same),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + characters.next()?.1.to_digit(16)?;
    }
    char::from_u32(code)
}
