//! A query cut into tokens, unfinished or faulty as it may be: it is looked at while it is typed.

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its text, quotes included.
    pub(crate) text: &'a str,
    /// Its first byte.
    pub(crate) start: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word,
    /// `5`, `5m`, `1.5KB`.
    Number,
    /// In quotes; `closed`: the closing one is there.
    Text { closed: bool },
    /// `{`, `|=`, `>=`, …
    Sign,
}

/// Signs of two characters; all others are one.
const PAIRS: [&str; 11] = ["|=", "|~", "!=", "!~", "|>", "!>", "=~", "==", ">=", "<=", "--"];

impl Token<'_> {
    /// Behind its last byte.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this sign or word.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text && !matches!(self.kind, Kind::Text { .. })
    }

    /// Whether it is in quotes.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text { .. })
    }
}

/// The tokens of LogQL, without spaces and comments.
pub(crate) fn logql_tokens(query: &str) -> Vec<Token<'_>> {
    tokens(query, &['"', '`'], is_name)
}

/// The tokens of PromQL, without spaces and comments: names may hold colons, texts stand in any quotes.
pub(crate) fn promql_tokens(query: &str) -> Vec<Token<'_>> {
    tokens(query, &['"', '`', '\''], |character| is_name(character) || character == ':')
}

fn tokens<'a>(query: &'a str, quotes: &[char], is_word: fn(char) -> bool) -> Vec<Token<'a>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = query[at..].chars().next() {
        let rest = &query[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if first == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let (kind, length) = token(rest, first, quotes, is_word);
        tokens.push(Token { kind, text: &rest[..length], start: at });
        at += length;
    }
    tokens
}

fn token(rest: &str, first: char, quotes: &[char], is_word: fn(char) -> bool) -> (Kind, usize) {
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    match first {
        quote if quotes.contains(&quote) => text(rest, first),
        '0'..='9' => (Kind::Number, run(|c| c.is_ascii_alphanumeric() || c == '.')),
        'a'..='z' | 'A'..='Z' | '_' => (Kind::Word, run(is_word)),
        _ if PAIRS.iter().any(|pair| rest.starts_with(pair)) => (Kind::Sign, 2),
        other => (Kind::Sign, other.len_utf8()),
    }
}

/// Whether a character may stand in a name.
pub(crate) fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn text(rest: &str, quote: char) -> (Kind, usize) {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '\\' if quote != '`' && !escaped => {
                escaped = true;
                continue;
            }
            close if close == quote && !escaped => return (Kind::Text { closed: true }, at + 1),
            _ => {}
        }
        escaped = false;
    }
    (Kind::Text { closed: false }, rest.len())
}
