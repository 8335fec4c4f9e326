//! Fitting text into what another service takes: escaped as it wants, cut where it must be, never inside an escape or a
//! character, and without signs that would change how the rest is read.

/// How a service counts the length of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Characters.
    Chars,
    /// Bytes of UTF-8.
    Bytes,
    /// Units of UTF-16, as JavaScript counts.
    Utf16,
}

impl Unit {
    /// How long a text is.
    pub(crate) fn of(self, text: &str) -> usize {
        match self {
            Self::Chars => text.chars().count(),
            Self::Bytes => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }
}

/// Writes what stands for a character.
pub(crate) type Escape = fn(char, &mut String);

/// Escapes `text` and cuts it to at most `max`; what is cut ends in an ellipsis.
pub(crate) fn fit(text: &str, max: usize, unit: Unit, escape: Escape) -> String {
    let ellipsis = unit.of("…");
    let mut out = String::with_capacity(text.len().min(max.saturating_mul(4)));
    let (mut length, mut piece) = (0, String::new());
    // Where the text would have to end if it has to be cut.
    let mut cut_at = 0;
    for sign in text.chars() {
        piece.clear();
        escape(sign, &mut piece);
        let more = unit.of(&piece);
        if length + more > max {
            out.truncate(cut_at);
            out.truncate(out.trim_end().len());
            if ellipsis <= max {
                out.push('…');
            }
            return out;
        }
        out.push_str(&piece);
        length += more;
        if length + ellipsis <= max {
            cut_at = out.len();
        }
    }
    out
}

/// No escapes.
pub(crate) fn plain(sign: char, out: &mut String) {
    out.push(sign);
}

/// HTML, for text and for values in double quotes; also what Telegram reads.
pub(crate) fn html(sign: char, out: &mut String) {
    match sign {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        _ => out.push(sign),
    }
}

/// XML as Twilio reads it.
pub(crate) fn xml(sign: char, out: &mut String) {
    match sign {
        '\'' => out.push_str("&apos;"),
        _ => html(sign, out),
    }
}

/// Slack's mrkdwn: with these three escaped nothing is a link, a mention or a command.
pub(crate) fn slack(sign: char, out: &mut String) {
    match sign {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        _ => out.push(sign),
    }
}

/// Markdown of Discord: what would format, link or mention is shown as it is.
pub(crate) fn discord(sign: char, out: &mut String) {
    match sign {
        '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '#' | '[' | ']' | '(' | ')' | '<' | '-' => {
            out.push('\\');
            out.push(sign);
        }
        // A mention is off anyway, but would be shown in blue.
        '@' => out.push_str("@\u{200b}"),
        _ => out.push(sign),
    }
}

/// Markdown of Teams' cards, of which only links, emphasis and lists are read; a backslash escapes.
pub(crate) fn teams(sign: char, out: &mut String) {
    match sign {
        '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '`' | '#' => {
            out.push('\\');
            out.push(sign);
        }
        _ => out.push(sign),
    }
}

/// Text between two fences of three backticks.
pub(crate) fn fenced(text: &str) -> String {
    text.replace("``", "`\u{200b}`")
}

/// Takes out what no text needs and what a hostile one uses: control characters, marks that turn the direction of what
/// follows, and signs without width at which names are told apart wrongly. Line breaks stay, tabs become spaces.
pub(crate) fn tidy(text: &str, chars_max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(4 * chars_max));
    let mut count = 0;
    for sign in text.chars() {
        let sign = match sign {
            '\n' => '\n',
            '\t' | '\u{2028}' | '\u{2029}' => ' ',
            sign if sign.is_control() || is_hidden(sign) => continue,
            sign => sign,
        };
        count += 1;
        if count > chars_max {
            out.pop();
            out.truncate(out.trim_end().len());
            out.push('…');
            return out;
        }
        out.push(sign);
    }
    out.truncate(out.trim_end().len());
    out
}

/// As [`tidy`], in one line.
pub(crate) fn one_line(text: &str, chars_max: usize) -> String {
    let mut line = String::new();
    // Longer than any line ever is: what is cut off is cut off later as well.
    for word in text.split_whitespace().take(chars_max) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&tidy(word, chars_max));
        if line.len() > 4 * chars_max {
            break;
        }
    }
    tidy(&line, chars_max)
}

fn is_hidden(sign: char) -> bool {
    matches!(
        sign,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// An address that may stand in a link: `http` or `https`, no longer than services take, and without the signs that end
/// a link in any of the formats. `None` if it is none.
pub(crate) fn link(url: &str) -> Option<String> {
    let url = url.trim();
    if !(url.starts_with("http://") || url.starts_with("https://")) || url.len() > 2000 {
        return None;
    }
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        match byte {
            b'<'
            | b'>'
            | b'"'
            | b'\''
            | b'|'
            | b'\\'
            | b'^'
            | b'`'
            | b'{'
            | b'}'
            | b'('
            | b')'
            | b'*'
            | 0..=32
            | 127.. => out.push_str(&format!("%{byte:02X}")),
            _ => out.push(char::from(byte)),
        }
    }
    (out.len() <= 2500).then_some(out)
}
