//! How severe a line is.

use std::fmt;

/// Loki's normalised levels, from the least to the most severe. [`Level::Unknown`] sorts first: a line that
/// does not say is never taken for a severe one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The line does not say.
    #[default]
    Unknown,
    /// `trace`
    Trace,
    /// `debug`
    Debug,
    /// `info`
    Info,
    /// `warn`
    Warn,
    /// `error`
    Error,
    /// `critical`
    Critical,
    /// `fatal`
    Fatal,
}

impl Level {
    /// Every level, least severe first. The position in this list is the level's number on disk.
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Warn,
        Self::Error,
        Self::Critical,
        Self::Fatal,
    ];

    /// Loki's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Fatal => "fatal",
        }
    }

    /// The level's number on disk: its place in [`Level::ALL`].
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The reverse of [`Level::number`].
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Reads the words that loggers use, in any case: `WARNING`, `err`, `notice`, `CRIT`, syslog's and
    /// PostgreSQL's names. `None` for other words.
    pub fn from_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, Level); 22] = [
            ("trace", Level::Trace),
            ("trc", Level::Trace),
            ("debug", Level::Debug),
            ("dbg", Level::Debug),
            ("info", Level::Info),
            ("information", Level::Info),
            ("inf", Level::Info),
            ("notice", Level::Info),
            ("log", Level::Info),
            ("warn", Level::Warn),
            ("warning", Level::Warn),
            ("wrn", Level::Warn),
            ("error", Level::Error),
            ("err", Level::Error),
            ("eror", Level::Error),
            ("critical", Level::Critical),
            ("crit", Level::Critical),
            ("alert", Level::Critical),
            ("fatal", Level::Fatal),
            ("emerg", Level::Fatal),
            ("emergency", Level::Fatal),
            ("panic", Level::Fatal),
        ];
        WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, level)| *level)
    }

    /// Whether a person counts the line as an error: `error`, `critical`, `fatal`.
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Error | Self::Critical | Self::Fatal)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn names_words_and_numbers_agree() {
        for level in Level::ALL {
            assert_eq!(Level::from_number(level.number()), Some(level));
            if level != Level::Unknown {
                assert_eq!(Level::from_word(level.name()), Some(level));
            }
        }
        assert_eq!(Level::from_number(8), None);
        assert_eq!(Level::from_word("WARNING"), Some(Level::Warn));
        assert_eq!(Level::from_word("warnings"), None);
    }
}
