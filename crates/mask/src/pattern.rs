//! The user's own patterns.

use regex::{Regex, RegexBuilder};

use crate::rule::Rule;

/// How much memory a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// How long a pattern's text may be.
const TEXT_BYTES_MAX: usize = 2000;

const NAME_BYTES_MAX: usize = 40;

/// The group whose text is masked, if the pattern has it.
const GROUP: &str = "secret";

/// A pattern: what it matches is masked, or only its group `(?P<secret>…)`.
#[derive(Clone, Debug)]
pub struct Pattern {
    name: String,
    regex: Regex,
    /// The number of the group to be masked; 0 is the whole match.
    group: usize,
}

/// Why a pattern is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The name would not stand well in a marker.
    #[error("a name has 1 to {NAME_BYTES_MAX} of a-z, 0-9, _ and -")]
    Name,
    /// There is a built-in rule of this name.
    #[error("a built-in rule has this name already")]
    Taken,
    /// It is too long, or compiled it takes too much memory.
    #[error("it is too large")]
    TooLarge,
    /// It matches where nothing is.
    #[error("it matches the empty text")]
    MatchesNothing,
    /// It is no regular expression.
    #[error("{0}")]
    Syntax(String),
}

impl Pattern {
    /// The pattern `regex`, a regular expression without look-around and back references; `name` is what stands
    /// in the marker.
    pub fn new(name: &str, regex: &str) -> Result<Self, PatternError> {
        let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(fits) {
            return Err(PatternError::Name);
        }
        if Rule::from_name(name).is_some() {
            return Err(PatternError::Taken);
        }
        if regex.len() > TEXT_BYTES_MAX {
            return Err(PatternError::TooLarge);
        }
        let regex = RegexBuilder::new(regex).size_limit(COMPILED_BYTES_MAX).build();
        let regex = regex.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            error => PatternError::Syntax(last_line(&error.to_string())),
        })?;
        if regex.is_match("") {
            return Err(PatternError::MatchesNothing);
        }
        let group = regex.capture_names().position(|group| group == Some(GROUP)).unwrap_or(0);
        Ok(Self { name: name.to_owned(), regex, group })
    }

    /// What stands in the marker.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bounds of what is to be masked.
    pub(crate) fn find(&self, text: &str, mut take: impl FnMut(usize, usize)) {
        if self.group == 0 {
            return self.regex.find_iter(text).for_each(|found| take(found.start(), found.end()));
        }
        for captures in self.regex.captures_iter(text) {
            if let Some(group) = captures.get(self.group) {
                take(group.start(), group.end());
            }
        }
    }
}

/// What is wrong stands on the last line of regex's messages, behind a picture of the place.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message);
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.regex.as_str() == other.regex.as_str()
    }
}
