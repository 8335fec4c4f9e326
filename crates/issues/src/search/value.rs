//! Values of a query: a text, or a pattern with `*` for anything.

use std::fmt;

/// What a field is compared with. Upper and lower case count as the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Exactly this text.
    Exact(String),
    /// The parts between the stars of a pattern, in order: `a*` is `["a", ""]`. Always at least two.
    Pattern(Vec<String>),
}

impl Value {
    /// Reads a value as it is written, without its quotes. A backslash takes the meaning off a star, a quote and
    /// itself; before anything else it is a backslash, as in a Windows path.
    pub(super) fn read(raw: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut characters = raw.chars().peekable();
        while let Some(character) = characters.next() {
            let escaped = characters.next_if(|next| character == '\\' && matches!(next, '*' | '"' | '\\'));
            match (character, escaped) {
                (_, Some(plain)) => push(&mut parts, plain),
                ('*', None) => parts.push(String::new()),
                (plain, None) => push(&mut parts, plain),
            }
        }
        match <[String; 1]>::try_from(parts) {
            Ok([text]) => Self::Exact(text),
            Err(parts) => Self::Pattern(parts),
        }
    }

    /// The text, if it is no pattern.
    pub fn exact(&self) -> Option<&str> {
        match self {
            Self::Exact(text) => Some(text),
            Self::Pattern(_) => None,
        }
    }

    /// How many `*` there are in it.
    pub(super) fn stars(&self) -> usize {
        match self {
            Self::Exact(_) => 0,
            Self::Pattern(parts) => parts.len() - 1,
        }
    }

    /// Whether it matches whatever there is.
    pub fn is_anything(&self) -> bool {
        matches!(self, Self::Pattern(parts) if parts.iter().all(String::is_empty))
    }
}

fn push(parts: &mut [String], character: char) {
    if let Some(last) = parts.last_mut() {
        last.push(character);
    }
}

/// As it is written in a query.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = match self {
            Self::Exact(text) => std::slice::from_ref(text),
            Self::Pattern(parts) => parts,
        };
        let written: Vec<String> = parts.iter().map(|part| escape(part)).collect();
        let written = written.join("*");
        let is_plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | ',' | '[' | ']');
        if !written.is_empty() && written.chars().all(is_plain) {
            f.write_str(&written)
        } else {
            write!(f, "\"{written}\"")
        }
    }
}

fn escape(part: &str) -> String {
    let mut written = String::with_capacity(part.len());
    for character in part.chars() {
        if matches!(character, '*' | '"' | '\\') {
            written.push('\\');
        }
        written.push(character);
    }
    written
}
