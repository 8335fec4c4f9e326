//! Retention classes: how long an entry is kept, decided when it arrives by its stream and its level.

use std::fmt;

use model::{Labels, Level, Matcher, Selector, label};

/// How long an entry is kept. Each class of a day lies in files of its own, so expiry deletes files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    /// `[logs] retention_short`
    Short,
    /// `[logs] retention`
    Normal,
    /// `[logs] retention_long`
    Long,
}

impl Class {
    /// Every class; the position in this list is the class's number on disk.
    pub(crate) const ALL: [Self; 3] = [Self::Short, Self::Normal, Self::Long];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Normal => "normal",
            Self::Long => "long",
        }
    }

    pub(crate) const fn number(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One `[[logs.class]]`: entries of these streams and levels are of this class.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) selector: Selector,
    /// Empty: every level.
    pub(crate) levels: Vec<Level>,
    pub(crate) class: Class,
}

/// All rules; the first that fits decides.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rules(Vec<Rule>);

impl Rules {
    /// The user's rules, then the built-in one: events (starts, deaths, deploys) are kept long. What no rule
    /// fits is of the normal class.
    pub(crate) fn new(mut rules: Vec<Rule>) -> Self {
        let events = Matcher::equal(label::STREAM, "event");
        rules.push(Rule { selector: Selector(vec![events]), levels: Vec::new(), class: Class::Long });
        Self(rules)
    }

    /// The class of a stream's entries, by the number of their level.
    pub(crate) fn of(&self, labels: &Labels) -> [Class; 8] {
        let fitting: Vec<&Rule> = self.0.iter().filter(|rule| rule.selector.matches(labels)).collect();
        Level::ALL.map(|level| {
            let rule = fitting.iter().find(|rule| rule.levels.is_empty() || rule.levels.contains(&level));
            rule.map_or(Class::Normal, |rule| rule.class)
        })
    }
}
