//! Matchers as Alertmanager's clients and people write them: `service="web"`, `{alertname=~"High.*", severity!=low}`.
//!
//! Values need no quotes, names may have them. What is wrong is told with the part that cannot be read.

use model::{MatchOp, Matcher};

/// A list longer than this was not written by anybody.
const MATCHERS_MAX: usize = 64;

/// Several, between commas; braces around them may be left out.
pub(crate) fn list(text: &str) -> Result<Vec<Matcher>, String> {
    let text = text.trim();
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let mut parts = parts(text);
    if parts.last().is_some_and(|last| last.trim().is_empty()) {
        parts.pop();
    }
    if parts.len() > MATCHERS_MAX {
        return Err(format!("{} matchers are too many; write at most {MATCHERS_MAX}", parts.len()));
    }
    parts.into_iter().map(one).collect()
}

/// One.
pub(crate) fn one(text: &str) -> Result<Matcher, String> {
    let bad = || format!("bad matcher format: {text}");
    let (name, rest) = name(text.trim()).ok_or_else(bad)?;
    let operators =
        [("=~", MatchOp::Regex), ("!~", MatchOp::NotRegex), ("!=", MatchOp::NotEqual), ("=", MatchOp::Equal)];
    let rest = rest.trim_start();
    let (op, raw) = operators
        .iter()
        .find_map(|(written, op)| rest.strip_prefix(written).map(|raw| (*op, raw)))
        .ok_or_else(bad)?;
    Matcher::new(&name, op, &value(raw.trim())?).map_err(|error| error.to_string())
}

/// As [`list`] reads them.
pub(crate) fn written(matchers: &[Matcher]) -> String {
    let one = |matcher: &Matcher| {
        let value = matcher.value().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let name = if is_plain(matcher.name()) {
            matcher.name().to_owned()
        } else {
            format!("{:?}", matcher.name())
        };
        format!("{name}{}\"{value}\"", matcher.op().text())
    };
    format!("{{{}}}", matchers.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// What stands between commas, except within quotes.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b',' if !quoted => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            b'"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    parts.push(&text[begin..]);
    parts
}

/// The label's name, and what stands behind it.
fn name(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let end = quoted.find('"').filter(|end| *end > 0)?;
        return Some((quoted[..end].to_owned(), &quoted[end + 1..]));
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '=' || c == '!')?;
    is_plain(&text[..end]).then(|| (text[..end].to_owned(), &text[end..]))
}

fn is_plain(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':';
    !name.is_empty() && !name.as_bytes()[0].is_ascii_digit() && name.bytes().all(fits)
}

/// With quotes or without: `\"`, `\\` and `\n` stand for what they do in OpenMetrics, any other backslash for itself.
fn value(raw: &str) -> Result<String, String> {
    let unescaped_quote = || format!("matcher value contains unescaped double quote: {raw}");
    let inner = raw.strip_prefix('"');
    let mut closes = inner.is_some();
    let text = inner.unwrap_or(raw);
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => value.push('\n'),
                Some(escaped @ ('"' | '\\')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            '"' if closes && characters.peek().is_none() => closes = false,
            '"' => return Err(unescaped_quote()),
            other => value.push(other),
        }
    }
    if closes { Err(unescaped_quote()) } else { Ok(value) }
}

#[cfg(test)]
mod tests;
