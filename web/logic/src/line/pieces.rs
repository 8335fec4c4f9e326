//! A line in pieces of one look each.

use super::ansi::runs;
use super::json::{Json, JsonValue, parse};

/// Text of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The text, control characters made visible.
    pub text: String,
    /// Its look.
    pub style: Style,
    /// Whether the query's filters matched it.
    pub marked: bool,
}

/// A look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Of the sixteen colours of a terminal.
    pub colour: Option<u8>,
    /// Bold.
    pub bold: bool,
    /// Less conspicuous than the rest.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
}

impl Piece {
    /// The classes of its element; empty: it needs none.
    pub fn classes(&self) -> String {
        let mut classes = Vec::new();
        let flags = [
            (self.style.bold, "ansi-bold"),
            (self.style.dim, "ansi-dim"),
            (self.style.italic, "ansi-italic"),
            (self.style.underline, "ansi-underline"),
            (self.marked, "mark"),
        ];
        classes.extend(flags.iter().filter(|(set, _)| *set).map(|(_, class)| (*class).to_owned()));
        classes.extend(self.style.colour.map(|colour| format!("ansi-{colour}")));
        classes.join(" ")
    }
}

/// At most `length_max` bytes of a line, and how many are left out.
pub fn shown(text: &str, marks: &[(u32, u32)], length_max: usize) -> (Vec<Piece>, usize) {
    let cut = floor_boundary(text, length_max);
    let mut pieces = Vec::new();
    for run in runs(&text[..cut]) {
        put_marked(&mut pieces, text, run.span, marks, run.style);
    }
    (pieces, text.len() - cut)
}

/// A row shows no more of a line than this many bytes.
const ROW_BYTES_MAX: usize = 4_000;

/// A row's line: of JSON with a message the message, then the other fields; other lines as they are.
pub fn summary(text: &str, marks: &[(u32, u32)]) -> Vec<Piece> {
    if text.len() <= ROW_BYTES_MAX
        && let Some(pieces) = parse(text).and_then(|json| of_json(text, &json, marks))
    {
        return pieces;
    }
    shown(text, marks, ROW_BYTES_MAX).0
}

/// How many characters wide each line of a row is. Characters beyond ASCII are taken to be two wide, so that
/// nothing is ever cut off.
pub(super) fn widths(pieces: &[Piece]) -> Box<[u32]> {
    let mut widths = vec![0];
    for character in pieces.iter().flat_map(|piece| piece.text.chars()) {
        let width = match character {
            '\n' => {
                widths.push(0);
                continue;
            }
            '\t' => 4,
            other if other.is_ascii() => 1,
            _ => 2,
        };
        if let Some(last) = widths.last_mut() {
            *last += width;
        }
    }
    widths.into()
}

/// The text without escape sequences.
pub fn plain(text: &str) -> String {
    runs(text).iter().map(|run| &text[run.span.0..run.span.1]).collect()
}

/// Members that hold the message.
const MESSAGES: [&str; 4] = ["message", "msg", "event", "short_message"];
/// Members that the row shows already: its time, its level, whose line it is.
const SHOWN_ELSEWHERE: [&str; 14] = [
    "asctime",
    "timestamp",
    "time",
    "ts",
    "@timestamp",
    "datetime",
    "level",
    "levelname",
    "severity",
    "lvl",
    "levelno",
    "log_level",
    "service",
    "environment",
];

fn of_json(text: &str, json: &Json, marks: &[(u32, u32)]) -> Option<Vec<Piece>> {
    let JsonValue::Object(members) = &json.value else { return None };
    let message = MESSAGES.iter().find_map(|key| members.iter().find(|member| member.key == *key))?;
    let JsonValue::Text(words) = &message.value else { return None };
    let mut pieces = Vec::new();
    let (start, end) = message.value_span;
    let as_written = &text[start + 1..end - 1];
    if as_written == words {
        put_marked(&mut pieces, text, (start + 1, end - 1), marks, Style::default());
    } else {
        put(&mut pieces, &words.replace('\n', " ↵ "), Style::default(), is_marked((start, end), marks));
    }
    let dim = Style { dim: true, ..Style::default() };
    for member in members {
        let elsewhere = SHOWN_ELSEWHERE.contains(&member.key.as_str());
        if std::ptr::eq(member, message) || elsewhere {
            continue;
        }
        put(&mut pieces, &format!("  {}=", member.key), dim, false);
        let (start, end) = member.value_span;
        if let JsonValue::Text(value) = &member.value
            && let Some((_, last)) = value.trim_end().rsplit_once('\n')
        {
            // Of a traceback the last line says what went wrong.
            put(&mut pieces, &format!("… {}", last.trim()), dim, is_marked((start, end), marks));
            continue;
        }
        let bare = match &member.value {
            JsonValue::Text(value) => !value.contains(char::is_whitespace) && end - start == value.len() + 2,
            _ => false,
        };
        let span = if bare { (start + 1, end - 1) } else { (start, end) };
        put_marked(&mut pieces, text, span, marks, dim);
    }
    Some(pieces)
}

fn is_marked(span: (usize, usize), marks: &[(u32, u32)]) -> bool {
    marks.iter().any(|mark| (mark.0 as usize) < span.1 && span.0 < mark.1 as usize)
}

/// Puts a part of the text, cut where marks begin and end.
fn put_marked(pieces: &mut Vec<Piece>, text: &str, span: (usize, usize), marks: &[(u32, u32)], style: Style) {
    let mut at = span.0;
    for mark in marks {
        let start = floor_boundary(text, mark.0 as usize).clamp(at, span.1);
        let end = floor_boundary(text, mark.1 as usize).clamp(start, span.1);
        put(pieces, &text[at..start], style, false);
        put(pieces, &text[start..end], style, true);
        at = end;
    }
    put(pieces, &text[at..span.1], style, false);
}

fn put(pieces: &mut Vec<Piece>, text: &str, style: Style, marked: bool) {
    if !text.is_empty() {
        pieces.push(Piece { text: text.chars().map(visible).collect(), style, marked });
    }
}

/// Control characters as the pictures that Unicode has of them.
fn visible(character: char) -> char {
    match character {
        '\t' | '\n' => character,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(character),
        '\u{7f}' => '\u{2421}',
        // Characters that turn the direction of writing could make a line read as another one.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => other,
    }
}

pub(super) fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
