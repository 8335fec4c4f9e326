//! Go's dialect of regular expressions, in which queries and relabelling rules are written, for the `regex` crate.

/// Rewrites Go's dialect into the crate's: `\w`, `\d`, `\s` and `\b` mean ASCII, `\<` is a `<`, `{` is a brace
/// unless it repeats something, `[` inside a class is a bracket, and `\Q…\E` quotes.
pub fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '\\' => escape(rest, false, &mut out),
            '[' => class(rest, &mut out),
            '{' if !is_repetition(rest) => literal(rest, first, &mut out),
            _ => copy(rest, first, &mut out),
        };
    }
    out
}

fn copy<'a>(rest: &'a str, first: char, out: &mut String) -> &'a str {
    out.push(first);
    &rest[first.len_utf8()..]
}

fn literal<'a>(rest: &'a str, first: char, out: &mut String) -> &'a str {
    out.push('\\');
    copy(rest, first, out)
}

/// `{3}`, `{3,}`, `{3,5}`
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest[1..].split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

fn escape<'a>(rest: &'a str, in_class: bool, out: &mut String) -> &'a str {
    let Some(escaped) = rest[1..].chars().next() else { return copy(rest, '\\', out) };
    let after = &rest[1 + escaped.len_utf8()..];
    let ascii = match escaped {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => r"\t\n\f\r ",
        'D' => "^0-9",
        'W' => "^0-9A-Za-z_",
        'S' => r"^\t\n\f\r ",
        'b' if !in_class => {
            out.push_str(r"(?-u:\b)");
            return after;
        }
        'Q' if !in_class => {
            let (quoted, after) = after.split_once(r"\E").unwrap_or((after, ""));
            out.push_str(&regex::escape(quoted));
            return after;
        }
        '<' | '>' => return copy(&rest[1..], escaped, out),
        other => {
            out.push('\\');
            out.push(other);
            return after;
        }
    };
    let bare = in_class && !ascii.starts_with('^');
    out.push_str(if bare { "" } else { "[" });
    out.push_str(ascii);
    out.push_str(if bare { "" } else { "]" });
    after
}

/// `[…]`, closing bracket included.
fn class<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let opening = if rest.starts_with("[^") { 2 } else { 1 };
    out.push_str(&rest[..opening]);
    let mut rest = &rest[opening..];
    if rest.starts_with(']') {
        rest = literal(rest, ']', out);
    }
    while let Some(first) = rest.chars().next() {
        rest = match first {
            ']' => return copy(rest, first, out),
            '\\' => escape(rest, true, out),
            '[' => posix_class_or_bracket(rest, out),
            // Doubled they would be the crate's operators on sets.
            '&' | '~' => literal(rest, first, out),
            '-' if rest.starts_with("--") => literal(rest, first, out),
            _ => copy(rest, first, out),
        };
    }
    rest
}

fn posix_class_or_bracket<'a>(rest: &'a str, out: &mut String) -> &'a str {
    match rest.strip_prefix("[:").and_then(|inside| inside.find(":]")) {
        Some(length) => {
            let (class, after) = rest.split_at(length + 4);
            out.push_str(class);
            after
        }
        None => literal(rest, '[', out),
    }
}
