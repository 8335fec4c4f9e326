//! Regular expressions in Go's dialect, which is what queries are written in, run by the `regex` crate.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

/// Larger compiled expressions are refused: a query must not be able to eat the machine.
const COMPILED_BYTES_MAX: usize = 4 << 20;

/// Matches of at most this many bytes can be looked for in many lines at once.
const SHORT_BYTES_MAX: usize = 256;

/// A regular expression. Not anchored; `.` matches no line break unless `(?s)` says so.
#[derive(Clone, Debug)]
pub struct Regexp {
    text: Box<str>,
    regex: Regex,
    literals: Vec<String>,
    finds_lines: bool,
}

impl PartialEq for Regexp {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Regexp {
    /// Compiles an expression.
    pub fn new(text: &str) -> Result<Self, String> {
        let translated = translate(text);
        let fault = |error: String| {
            let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("error parsing regexp: {reason}: `{text}`")
        };
        let hir = regex_syntax::parse(&translated).map_err(|error| fault(error.to_string()))?;
        let regex = RegexBuilder::new(&translated)
            .size_limit(COMPILED_BYTES_MAX)
            .build()
            .map_err(|error| fault(error.to_string()))?;
        let mut literals = Literals::default();
        literals.walk(&hir);
        literals.cut();
        let properties = hir.properties();
        let is_short = properties.maximum_len().is_some_and(|most| most <= SHORT_BYTES_MAX);
        let finds_lines = is_short && properties.minimum_len() > Some(0) && properties.look_set().is_empty();
        Ok(Self { text: text.into(), regex, literals: literals.found, finds_lines })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether any part of `text` matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The parts of `text` that match, one after the other.
    pub fn find_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex.find_iter(text).map(|found| found.range())
    }

    /// Whether [`Regexp::find_start`] can look for lines in a text of many: a match must not depend on what is
    /// beside it, and must be short, or the search might run on over all lines again and again.
    pub(crate) fn finds_lines(&self) -> bool {
        self.finds_lines
    }

    /// Where the first match that starts at `from` or later starts.
    pub(crate) fn find_start(&self, text: &str, from: usize) -> Option<usize> {
        self.regex.find_at(text, from).map(|found| found.start())
    }

    /// The names of the groups that have one.
    pub fn named_groups(&self) -> impl Iterator<Item = &str> {
        self.regex.capture_names().flatten()
    }

    /// Texts that every match holds.
    pub(crate) fn literals(&self) -> &[String] {
        &self.literals
    }
}

/// Collects the texts that every match of an expression holds.
#[derive(Default)]
struct Literals {
    found: Vec<String>,
    /// The text that goes on if the next part is a literal too.
    open: Vec<u8>,
}

impl Literals {
    fn walk(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Literal(literal) => self.open.extend_from_slice(&literal.0),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            HirKind::Capture(group) => self.walk(&group.sub),
            // Of no width: the text before goes on after it.
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Repetition(repetition) if repetition.min > 0 => {
                self.cut();
                self.walk(&repetition.sub);
                self.cut();
            }
            HirKind::Repetition(_) | HirKind::Class(_) | HirKind::Alternation(_) => self.cut(),
        }
    }

    fn cut(&mut self) {
        if let Ok(text) = String::from_utf8(std::mem::take(&mut self.open))
            && !text.is_empty()
        {
            self.found.push(text);
        }
    }
}

/// Rewrites Go's dialect into the crate's: `\w`, `\d`, `\s` and `\b` mean ASCII, `\<` is a `<`, `{` is a brace
/// unless it repeats something, `[` inside a class is a bracket, and `\Q…\E` quotes.
fn translate(pattern: &str) -> String {
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
            out.push_str(&regex_syntax::escape(quoted));
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
