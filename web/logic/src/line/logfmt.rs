//! `key=value key="a value"`: where the pairs of a line stand.

/// A pair: its bytes, its key, and its value without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) span: (usize, usize),
    pub(super) key: String,
    pub(super) value: String,
    pub(super) quoted: bool,
}

/// The pairs of a line that is made of them; empty for prose that happens to hold an equals sign.
pub(super) fn pairs(line: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut other_words = 0;
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        let space = rest.len() - rest.trim_start().len();
        if space > 0 {
            at += space;
            continue;
        }
        match pair(line, at) {
            Some(pair) => {
                at = pair.span.1;
                pairs.push(pair);
            }
            None => {
                other_words += 1;
                at += rest.find(char::is_whitespace).unwrap_or(rest.len());
            }
        }
    }
    if pairs.len() >= 2 && pairs.len() >= other_words { pairs } else { Vec::new() }
}

fn pair(line: &str, start: usize) -> Option<Pair> {
    let rest = &line[start..];
    let key_length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_.-@/".contains(c))?;
    if key_length == 0 || !rest[key_length..].starts_with('=') {
        return None;
    }
    let key = rest[..key_length].to_owned();
    let value_start = key_length + 1;
    let (value, length, quoted) = match rest[value_start..].strip_prefix('"') {
        Some(inside) => {
            let (value, length) = quoted_value(inside)?;
            (value, length + 1, true)
        }
        None => {
            let value = rest[value_start..].split(char::is_whitespace).next().unwrap_or_default();
            (value.to_owned(), value.len(), false)
        }
    };
    Some(Pair { span: (start, start + value_start + length), key, value, quoted })
}

/// The value up to the closing quote, and its bytes with the quote.
fn quoted_value(inside: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = inside.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, at + 1)),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}
