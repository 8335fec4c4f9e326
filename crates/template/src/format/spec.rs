//! One verb with its flags, and the values that it prints.

use super::quote::{Quoting, can_backquote, quote, quote_char};
use crate::value::{Map, Value};

/// The flags, width and precision of a verb.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spec {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// `%#v`: Go's own syntax.
    pub(super) go_syntax: bool,
}

impl Spec {
    /// Prints an argument of `printf`, or a value by `%v`.
    pub(super) fn print(&self, value: &Value<'_>, verb: char, out: &mut String) {
        match (value, verb) {
            (Value::Nil, 'v' | 'T') => self.pad("<nil>", out),
            (_, 'T') => self.string(value.type_name(), 's', value, out),
            _ => self.any(value, verb, out),
        }
    }

    fn any(&self, value: &Value<'_>, verb: char, out: &mut String) {
        match value {
            Value::Nil => self.bad_verb(value, verb, out),
            Value::Bool(flag) if matches!(verb, 't' | 'v') => {
                self.pad(if *flag { "true" } else { "false" }, out);
            }
            Value::Bool(_) => self.bad_verb(value, verb, out),
            Value::Int(number) | Value::Int64(number) => self.integer_verb(value, *number, verb, out),
            Value::Byte(byte) => self.integer_verb(value, i64::from(*byte), verb, out),
            Value::Float(number) => self.float_verb(value, *number, verb, out),
            Value::Text(text) => self.string(text, verb, value, out),
            Value::List(items) => self.list(items, verb, out),
            Value::Map(map) => self.map(map, value.type_name(), verb, out),
            Value::Data(_) => {
                if let Some(map) = value.as_map() {
                    self.map(&map, value.type_name(), verb, out);
                }
            }
            Value::Time(time) if matches!(verb, 'v' | 's' | 'q' | 'x' | 'X') => {
                self.string(&time.to_string(), if verb == 'v' { 's' } else { verb }, value, out);
            }
            Value::Time(_) => self.bad_verb(value, verb, out),
            Value::Duration(nanos) if matches!(verb, 'v' | 's' | 'q') && !self.go_syntax => {
                let text = crate::time::duration_text(*nanos);
                self.string(&text, if verb == 'v' { 's' } else { verb }, value, out);
            }
            Value::Duration(nanos) => self.integer_verb(value, *nanos, verb, out),
        }
    }

    /// An item of a list or a map.
    fn item(&self, value: &Value<'_>, verb: char, out: &mut String) {
        match value {
            Value::Nil if self.go_syntax => out.push_str("interface {}(nil)"),
            Value::Nil => out.push_str("<nil>"),
            _ => self.any(value, verb, out),
        }
    }

    fn list(&self, items: &[Value<'_>], verb: char, out: &mut String) {
        let (open, between, close) =
            if self.go_syntax { ("[]interface {}{", ", ", "}") } else { ("[", " ", "]") };
        out.push_str(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(between);
            }
            self.item(item, verb, out);
        }
        out.push_str(close);
    }

    fn map(&self, map: &Map<'_>, type_name: &str, verb: char, out: &mut String) {
        if self.go_syntax {
            out.push_str(type_name);
        }
        let (open, between, close) = if self.go_syntax { ("{", ", ", "}") } else { ("map[", " ", "]") };
        out.push_str(open);
        for (index, (key, item)) in map.entries.iter().enumerate() {
            if index > 0 {
                out.push_str(between);
            }
            self.string(key, verb, &Value::from(&**key), out);
            out.push(':');
            self.item(item, verb, out);
        }
        out.push_str(close);
    }

    fn string(&self, text: &str, verb: char, value: &Value<'_>, out: &mut String) {
        match verb {
            'v' if self.go_syntax => self.quoted(text, out),
            'v' | 's' => self.pad(self.truncated(text), out),
            'q' => self.quoted(text, out),
            'x' => self.hex(text, false, out),
            'X' => self.hex(text, true, out),
            _ => self.bad_verb(value, verb, out),
        }
    }

    fn quoted(&self, text: &str, out: &mut String) {
        let text = self.truncated(text);
        if self.sharp && can_backquote(text) {
            return self.pad(&format!("`{text}`"), out);
        }
        self.pad(&quote(text, if self.plus { Quoting::Ascii } else { Quoting::Plain }), out);
    }

    fn truncated<'t>(&self, text: &'t str) -> &'t str {
        let Some(precision) = self.precision else { return text };
        text.char_indices().nth(precision).map_or(text, |(end, _)| &text[..end])
    }

    /// The bytes of a text in hexadecimal.
    fn hex(&self, text: &str, upper: bool, out: &mut String) {
        let bytes = text.as_bytes();
        let bytes = &bytes[..self.precision.unwrap_or(bytes.len()).min(bytes.len())];
        let prefix = match (self.sharp, upper) {
            (false, _) => "",
            (true, false) => "0x",
            (true, true) => "0X",
        };
        let mut body = String::with_capacity(bytes.len() * 2 + 2);
        for (index, byte) in bytes.iter().enumerate() {
            if self.space && index > 0 {
                body.push(' ');
            }
            if index == 0 || self.space {
                body.push_str(prefix);
            }
            body.push_str(&if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        }
        self.pad(&body, out);
    }

    fn integer_verb(&self, value: &Value<'_>, number: i64, verb: char, out: &mut String) {
        match verb {
            'v' if self.go_syntax && matches!(value, Value::Byte(_)) => {
                Self { sharp: true, ..*self }.integer(number, 16, 'x', out);
            }
            'v' | 'd' => self.integer(number, 10, verb, out),
            'b' => self.integer(number, 2, verb, out),
            'o' | 'O' => self.integer(number, 8, verb, out),
            'x' | 'X' => self.integer(number, 16, verb, out),
            'c' => self.pad(to_char(number).encode_utf8(&mut [0; 4]), out),
            'q' => {
                let quoting = if self.plus { Quoting::Ascii } else { Quoting::Plain };
                self.pad(&quote_char(to_char(number), quoting), out);
            }
            'U' => self.unicode(number, out),
            _ => self.bad_verb(value, verb, out),
        }
    }

    fn unicode(&self, number: i64, out: &mut String) {
        let digits = self.precision.unwrap_or(4).max(4);
        let mut text = format!("U+{number:0digits$X}");
        let character = u32::try_from(number).ok().and_then(char::from_u32);
        if let Some(character) =
            character.filter(|&character| self.sharp && super::quote::is_printable(character))
        {
            text.push_str(&format!(" '{character}'"));
        }
        Self { zero: false, ..*self }.pad(&text, out);
    }

    fn float_verb(&self, value: &Value<'_>, number: f64, verb: char, out: &mut String) {
        match verb {
            'v' => self.float(number, 'g', None, out),
            'b' | 'g' | 'G' | 'x' | 'X' => self.float(number, verb, None, out),
            'f' | 'e' | 'E' => self.float(number, verb, Some(6), out),
            'F' => self.float(number, 'f', Some(6), out),
            _ => self.bad_verb(value, verb, out),
        }
    }

    fn bad_verb(&self, value: &Value<'_>, verb: char, out: &mut String) {
        out.push_str("%!");
        out.push(verb);
        out.push('(');
        if matches!(value, Value::Nil) {
            out.push_str("<nil>");
        } else {
            out.push_str(value.type_name());
            out.push('=');
            self.any(value, 'v', out);
        }
        out.push(')');
    }

    /// Appends text filled up to the width: on the left, unless `-` asks for the right.
    pub(super) fn pad(&self, text: &str, out: &mut String) {
        let Some(width) = self.width else { return out.push_str(text) };
        let missing = width.saturating_sub(text.chars().count());
        if self.minus {
            out.push_str(text);
            out.extend(std::iter::repeat_n(' ', missing));
            return;
        }
        out.extend(std::iter::repeat_n(if self.zero { '0' } else { ' ' }, missing));
        out.push_str(text);
    }
}

fn to_char(number: i64) -> char {
    u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}
