//! Texts in queries: how they are quoted, and read again.

/// A text in quotes: in backticks where that spares escapes.
pub fn quote(text: &str) -> String {
    let needs_escapes = text.contains(['"', '\\']);
    if needs_escapes && !text.contains('`') && !text.contains(char::is_control) {
        return format!("`{text}`");
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// What a quoted text says, the closing quote there or not; escapes that are not known stand for
/// themselves.
pub(crate) fn unquote(text: &str) -> String {
    if let Some(raw) = text.strip_prefix('`') {
        return raw.strip_suffix('`').unwrap_or(raw).to_owned();
    }
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let mut inside = text.get(usize::from(quote.is_some())..).unwrap_or_default().chars();
    let mut value = String::new();
    while let Some(character) = inside.next() {
        match character {
            close if Some(close) == quote => break,
            '\\' => value.push(escape(&mut inside)),
            other => value.push(other),
        }
    }
    value
}

fn escape(inside: &mut std::str::Chars<'_>) -> char {
    match inside.next() {
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => {
            let code: String = inside.by_ref().take(4).collect();
            u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).unwrap_or('u')
        }
        Some(same) => same,
        None => '\\',
    }
}

/// A regular expression that matches exactly this text.
pub fn escape_regex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\.+*?()|[]{}^$".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
