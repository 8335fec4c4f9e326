//! Escape sequences of terminals: colours become classes, all others are left out.

use super::pieces::Style;

/// A run of a line with one style, as a byte range of the line.
pub(super) struct Run {
    pub(super) span: (usize, usize),
    pub(super) style: Style,
}

const ESCAPE: char = '\u{1b}';

/// The line without its escape sequences.
pub(super) fn runs(line: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut style = Style::default();
    let mut at = 0;
    while let Some(offset) = line[at..].find(ESCAPE) {
        let escape = at + offset;
        put(&mut runs, (at, escape), style);
        at = sequence(line, escape + ESCAPE.len_utf8(), &mut style);
    }
    put(&mut runs, (at, line.len()), style);
    runs
}

fn put(runs: &mut Vec<Run>, span: (usize, usize), style: Style) {
    if span.0 < span.1 {
        runs.push(Run { span, style });
    }
}

/// Reads what follows an escape; gives where the text goes on.
fn sequence(line: &str, start: usize, style: &mut Style) -> usize {
    let rest = &line[start..];
    if let Some(inside) = rest.strip_prefix('[') {
        let Some(length) = inside.find(|c: char| ('@'..='~').contains(&c)) else { return line.len() };
        if inside[length..].starts_with('m') {
            select(&inside[..length], style);
        }
        return start + 1 + length + 1;
    }
    if rest.starts_with(']') {
        // Titles and links end with a bell or `ESC \`.
        let bell = rest.find('\u{7}').map(|at| at + 1);
        let string_end = rest.find("\u{1b}\\").map(|at| at + 2);
        let length = [bell, string_end].into_iter().flatten().min();
        return start + length.unwrap_or(rest.len());
    }
    start + rest.chars().next().map_or(0, char::len_utf8)
}

fn select(parameters: &str, style: &mut Style) {
    let mut codes = parameters
        .split([';', ':'])
        .map(|code| if code.is_empty() { Some(0) } else { code.parse::<u16>().ok() });
    while let Some(code) = codes.next() {
        match code {
            Some(0) => *style = Style::default(),
            Some(1) => style.bold = true,
            Some(2) => style.dim = true,
            Some(3) => style.italic = true,
            Some(4) => style.underline = true,
            Some(22) => (style.bold, style.dim) = (false, false),
            Some(23) => style.italic = false,
            Some(24) => style.underline = false,
            Some(code @ 30..=37) => style.colour = Some((code - 30) as u8),
            Some(code @ 90..=97) => style.colour = Some((code - 90 + 8) as u8),
            Some(39) => style.colour = None,
            Some(38) => style.colour = extended(&mut codes),
            // Backgrounds would fight the theme; their parameters are not codes of their own.
            Some(48) => drop(extended(&mut codes)),
            _ => {}
        }
    }
}

/// `5;n` and `2;r;g;b`, as the nearest of the sixteen that the theme knows.
fn extended(codes: &mut impl Iterator<Item = Option<u16>>) -> Option<u8> {
    match codes.next()?? {
        5 => match codes.next()?? {
            code @ 0..=15 => Some(code as u8),
            code @ 16..=231 => {
                let cube = code - 16;
                nearest(cube / 36 * 51, cube / 6 % 6 * 51, cube % 6 * 51)
            }
            _ => None,
        },
        2 => nearest(codes.next()??, codes.next()??, codes.next()??),
        _ => None,
    }
}

fn nearest(red: u16, green: u16, blue: u16) -> Option<u8> {
    let bit = |part: u16, place: u8| if part > 127 { 1 << place } else { 0 };
    let colour: u8 = bit(red, 0) | bit(green, 1) | bit(blue, 2);
    // Black and white are the theme's own text colours.
    (colour != 0 && colour != 7).then_some(colour)
}
