//! Templates of Traefik 2: `{name:[a-z]+}.example.com`, `/users/{id}`. What stands in braces is a name and perhaps an
//! expression; the rest stands for itself.

/// What a template is matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole host, whatever its case.
    Host,
    /// The whole path.
    Path,
    /// The path's beginning.
    PathPrefix,
    /// The whole value of a parameter; an empty template is any value.
    Query,
}

impl Part {
    /// What braces with a name alone stand for.
    fn default_pattern(self) -> &'static str {
        match self {
            Self::Host => "[^.]+",
            Self::Path | Self::PathPrefix => "[^/]+",
            Self::Query => ".*",
        }
    }
}

/// Whether there is something in braces that is no repetition: it was written for Traefik 2.
pub(super) fn has_template(text: &str) -> bool {
    let Ok(braces) = braces(text) else { return false };
    braces.iter().any(|(from, to)| {
        let inside = &text[from + 1..to - 1];
        let name = inside.split(':').next().unwrap_or_default();
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let quoted = text[..*from].ends_with(['\\', 'p', 'P', 'x']);
        begins && !quoted && !inside.contains(',')
    })
}

/// The regular expression, in Go's dialect, that a template stands for; or why it stands for none.
pub(super) fn expression(template: &str, part: Part) -> Result<String, String> {
    let mut out = String::from(if part == Part::Host { "(?i)^" } else { "^" });
    let mut end = 0;
    for (from, to) in braces(template)? {
        out.push_str(&regex::escape(&template[end..from]));
        end = to;
        let inside = &template[from + 1..to - 1];
        let (name, pattern) = inside.split_once(':').unwrap_or((inside, part.default_pattern()));
        if name.is_empty() || pattern.is_empty() {
            return Err(format!("`{{{inside}}}` lacks a name or an expression"));
        }
        out.push_str(&format!("(?:{pattern})"));
    }
    out.push_str(&regex::escape(&template[end..]));
    if part == Part::Query && template.is_empty() {
        out.push_str(part.default_pattern());
    }
    if part != Part::PathPrefix {
        out.push('$');
    }
    Ok(out)
}

/// Where the outermost braces begin and end.
fn braces(text: &str) -> Result<Vec<(usize, usize)>, String> {
    let (mut depth, mut from, mut found) = (0_usize, 0, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => {
                depth += 1;
                from = if depth == 1 { at } else { from };
            }
            b'}' => {
                depth = depth.checked_sub(1).ok_or("a brace is closed that was not opened")?;
                if depth == 0 {
                    found.push((from, at + 1));
                }
            }
            _ => {}
        }
    }
    if depth > 0 { Err("a brace is not closed".to_owned()) } else { Ok(found) }
}
