//! Cuts texts into words to find them by: `ReadTimeoutError` is found by `read`, `timeout` and `error`, its parts, and by
//! `readtimeouterror` and `timeouterror`. `app.views.get_cart` is the words `app`, `views`, `get`, `cart` in this order, and
//! `get_cart`.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Longer words are machine made; what is behind this many bytes of one is not looked at.
const WORD_BYTES_MAX: usize = 64;

/// A run of parts is found from each of so many of its parts on.
const BEGINNINGS_MAX: usize = 6;

/// One word, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Which part of the text this is; words that hold others stand where their first part does.
    pub(super) position: usize,
    /// Whether others are parts of this one.
    pub(super) is_whole: bool,
}

/// All words of a text: the parts, and what is made of several: from each of the first parts of a run to its end.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut position = 0;
    for run in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        let run = run.trim_matches('_');
        let mut parts = parts(run).peekable();
        let (mut at, mut begun) = (0, 0);
        while let Some(part) = parts.next() {
            at += run[at..].len() - run[at..].trim_start_matches('_').len();
            // Before the part: the positions of equal words must not go back.
            if parts.peek().is_some() && begun < BEGINNINGS_MAX && !part.contains(is_ideograph) {
                words.push(Word { text: lower(&run[at..]), position, is_whole: true });
                begun += 1;
            }
            words.push(Word { text: lower(part), position, is_whole: false });
            at += part.len();
            position += 1;
        }
    }
    words
}

/// The words that follow one another, without those that are made of several.
pub(super) fn sequence(text: &str) -> Vec<String> {
    words(text).into_iter().filter(|word| !word.is_whole).map(|word| word.text).collect()
}

/// The word that is made of several, if the text is one.
pub(super) fn whole(text: &str) -> Option<String> {
    words(text).into_iter().find(|word| word.is_whole).map(|word| word.text)
}

fn lower(word: &str) -> String {
    let end = word.floor_char_boundary(WORD_BYTES_MAX);
    word[..end].to_lowercase()
}

/// Cuts `HTTPConnection_pool2` into `HTTP`, `Connection`, `pool2`. Each sign of Chinese and Japanese is a part.
fn parts(run: &str) -> impl Iterator<Item = &str> {
    let mut rest = run;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches('_');
        if rest.is_empty() {
            return None;
        }
        let (part, after) = rest.split_at(part_length(rest));
        rest = after;
        Some(part)
    })
}

fn part_length(run: &str) -> usize {
    let mut before: Option<char> = None;
    let mut characters = run.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        if before.is_some_and(|before| begins(before, character, next)) {
            return at;
        }
        before = Some(character);
    }
    run.len()
}

/// Whether a part begins with `character`.
fn begins(before: char, character: char, next: Option<char>) -> bool {
    let rises = !before.is_uppercase() && character.is_uppercase();
    let ends_capitals =
        before.is_uppercase() && character.is_uppercase() && next.is_some_and(char::is_lowercase);
    character == '_' || rises || ends_capitals || is_ideograph(before) || is_ideograph(character)
}

fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The same as tantivy wants it.
#[derive(Clone, Default)]
pub(super) struct Words;

pub(super) struct WordStream {
    words: std::vec::IntoIter<Word>,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        WordStream { words: words(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token.text = word.text;
        self.token.position = word.position;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
