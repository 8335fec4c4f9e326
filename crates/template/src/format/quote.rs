//! Go's quoted strings and characters.

/// Which characters are written as themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// All that can be printed.
    Plain,
    /// Only ASCII.
    Ascii,
}

/// The text in double quotes with Go's escapes.
pub(crate) fn quote(text: &str, quoting: Quoting) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    text.chars().for_each(|character| escape(character, '"', quoting, &mut quoted));
    quoted.push('"');
    quoted
}

/// The character in single quotes with Go's escapes.
pub(super) fn quote_char(character: char, quoting: Quoting) -> String {
    let mut quoted = String::from("'");
    escape(character, '\'', quoting, &mut quoted);
    quoted.push('\'');
    quoted
}

/// Whether a raw string can hold the text.
pub(super) fn can_backquote(text: &str) -> bool {
    !text.contains(|character: char| {
        matches!(character, '`' | '\u{7f}' | '\u{feff}') || (character < ' ' && character != '\t')
    })
}

/// Go's `strconv.IsPrint`, as far as Rust knows: a letter, a mark, a number, punctuation, a symbol or the space.
pub(crate) fn is_printable(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\u{ad}' => false,
        other if other.is_ascii() || other.is_whitespace() => false,
        other => other.is_alphanumeric() || !other.escape_debug().to_string().starts_with("\\u"),
    }
}

fn escape(character: char, quote: char, quoting: Quoting, out: &mut String) {
    let short = match character {
        '\x07' => 'a',
        '\x08' => 'b',
        '\x0c' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x0b' => 'v',
        '\\' => '\\',
        other if other == quote => quote,
        _ => return escape_long(character, quoting, out),
    };
    out.push('\\');
    out.push(short);
}

fn escape_long(character: char, quoting: Quoting, out: &mut String) {
    let code = u32::from(character);
    if is_printable(character) && (character.is_ascii() || quoting == Quoting::Plain) {
        return out.push(character);
    }
    out.push_str(&match code {
        0..=0x1f | 0x7f => format!("\\x{code:02x}"),
        0x80..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    });
}
