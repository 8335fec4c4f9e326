//! How lines become entries.

use std::sync::Arc;

/// Which lines of a stream belong together and become one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Multiline {
    /// None: every line is an entry. So it is with whatever comes in entries already.
    #[default]
    Off,
    /// The lines of tracebacks and the like, known by their form.
    Auto,
    /// Those from one that this regular expression fits to before the next such line.
    FirstLine(Arc<str>),
}

impl Multiline {
    /// Reads what people write: `auto`, `off`, or a regular expression of first lines. The empty text is
    /// `auto`.
    pub fn from_text(text: &str) -> Self {
        let text = text.trim();
        let is = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match text {
            _ if is(["", "auto", "true", "on"]) => Self::Auto,
            _ if is(["off", "false", "no", "none"]) => Self::Off,
            _ => Self::FirstLine(text.into()),
        }
    }

    /// The reverse of [`Multiline::from_text`].
    pub fn text(&self) -> &str {
        match self {
            Self::Off => "off",
            Self::Auto => "auto",
            Self::FirstLine(regex) => regex,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Multiline;

    #[test]
    fn words_and_regular_expressions_are_read() {
        for (text, expected) in [
            ("", Multiline::Auto),
            ("Auto", Multiline::Auto),
            ("off", Multiline::Off),
            ("FALSE", Multiline::Off),
            (r" ^\d{4}- ", Multiline::FirstLine(r"^\d{4}-".into())),
        ] {
            assert_eq!(Multiline::from_text(text), expected, "{text}");
            assert_eq!(Multiline::from_text(expected.text()), expected, "{text}");
        }
    }
}
