//! Patterns with `*` and `?`.

/// The longest pattern, in bytes: what matching costs is the pattern's length times the text's.
pub(super) const PATTERN_BYTES_MAX: usize = 200;
/// Of a longer text only this much is looked at.
const TEXT_CHARS_MAX: usize = 4096;

/// A pattern: `*` is any text, `?` any one character, the rest itself, in large or small letters.
#[derive(Clone, Debug)]
pub(super) struct Glob(Vec<char>);

impl Glob {
    pub(super) fn new(pattern: &str) -> Self {
        let mut letters: Vec<char> = pattern.chars().flat_map(char::to_lowercase).collect();
        // `**` says no more than `*`: neither stops at a slash.
        letters.dedup_by(|next, last| *next == '*' && *last == '*');
        Self(letters)
    }

    /// Whether the whole text matches. After a `*` fails only the last one is tried again, further on.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().take(TEXT_CHARS_MAX).flat_map(char::to_lowercase).collect();
        let (mut at, mut in_text) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while in_text < text.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at, in_text));
                    at += 1;
                }
                Some(letter) if *letter == '?' || *letter == text[in_text] => {
                    at += 1;
                    in_text += 1;
                }
                _ => {
                    let Some((star_at, from)) = star else { return false };
                    star = Some((star_at, from + 1));
                    at = star_at + 1;
                    in_text = from + 1;
                }
            }
        }
        self.0[at..].iter().all(|letter| *letter == '*')
    }
}
