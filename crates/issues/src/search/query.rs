//! What a query says: a list of conditions, all of which hold.

use std::fmt;

use super::fault::Spanned;
use super::moment::When;
use super::value::Value;

/// A query for issues.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// All of them must hold.
    pub conditions: Vec<Spanned<Condition>>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Whether it must *not* hold.
    pub negated: bool,
    /// What is asked.
    pub filter: Filter,
}

/// What is asked of an issue, or of one of its events.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// `is:…`
    Is(State),
    /// `assigned:…`: any of them.
    Assigned(Vec<Assignee>),
    /// `level:…`: any of these words.
    Level(Vec<Value>),
    /// `project:…`: any of these names or numbers.
    Project(Vec<Value>),
    /// `issue:SHOP-12`: any of these short ids.
    Issue(Vec<Value>),
    /// `firstRelease:…`
    FirstRelease(Vec<Version>),
    /// `firstSeen:…`
    FirstSeen(When),
    /// `lastSeen:…`
    LastSeen(When),
    /// `timesSeen:…`
    TimesSeen(Amount),
    /// `users:…`
    Users(Amount),
    /// `release:…` of an event.
    Release(Vec<Version>),
    /// `has:…`: an event has this tag or field.
    Has(String),
    /// `key:value` of an event: a tag or a field, with any of the values.
    Tag {
        /// In lower case.
        key: String,
        /// Any of them.
        values: Vec<Value>,
    },
    /// A word of free text. Its last part may go on: `time` finds `timeout`.
    Word(String),
    /// A text in quotes: its words in this order.
    Phrase(String),
}

/// What `is:` can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Neither resolved nor archived.
    Unresolved,
    /// Resolved, whichever way.
    Resolved,
    /// Archived, until whatever.
    Archived,
    /// Somebody is to look after it.
    Assigned,
    /// Nobody is.
    Unassigned,
    /// Unresolved and first seen lately.
    New,
    /// Unresolved, and neither new, regressed nor escalating.
    Ongoing,
    /// Unresolved, and there are far more events than before.
    Escalating,
    /// Unresolved again.
    Regressed,
    /// Its program did not catch it.
    Unhandled,
    /// Its program did catch it.
    Handled,
}

impl State {
    /// All of them under their names.
    pub const ALL: [(&'static str, Self); 11] = [
        ("unresolved", Self::Unresolved),
        ("resolved", Self::Resolved),
        ("archived", Self::Archived),
        ("assigned", Self::Assigned),
        ("unassigned", Self::Unassigned),
        ("new", Self::New),
        ("ongoing", Self::Ongoing),
        ("escalating", Self::Escalating),
        ("regressed", Self::Regressed),
        ("unhandled", Self::Unhandled),
        ("handled", Self::Handled),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        let name = if name.eq_ignore_ascii_case("ignored") { "archived" } else { name };
        Self::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, state)| *state)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, state)| *state == self).map_or("", |(name, _)| name)
    }
}

/// Whom an issue is assigned to.
#[derive(Clone, Debug, PartialEq)]
pub enum Assignee {
    /// Whoever asks.
    Me,
    /// Nobody.
    None,
    /// This account.
    Name(Value),
}

/// Which release.
#[derive(Clone, Debug, PartialEq)]
pub enum Version {
    /// The newest one of each project.
    Latest,
    /// As it is written.
    Named(Value),
}

/// How a number compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `n`
    Equal,
    /// `>n`
    Above,
    /// `>=n`
    AtLeast,
    /// `<n`
    Below,
    /// `<=n`
    AtMost,
}

impl Comparison {
    /// As it is written in a query.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}

/// A number to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub number: u32,
}

/// As it can be parsed again.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, condition) in self.conditions.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{}", condition.node)?;
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.negated { "!" } else { "" };
        write!(f, "{not}{}", self.filter)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(state) => write!(f, "is:{}", state.name()),
            Self::Assigned(names) => write!(f, "assigned:{}", list(names)),
            Self::Level(values) => write!(f, "level:{}", list(values)),
            Self::Project(values) => write!(f, "project:{}", list(values)),
            Self::Issue(values) => write!(f, "issue:{}", list(values)),
            Self::FirstRelease(versions) => write!(f, "firstRelease:{}", list(versions)),
            Self::FirstSeen(when) => write!(f, "firstSeen:{when}"),
            Self::LastSeen(when) => write!(f, "lastSeen:{when}"),
            Self::TimesSeen(amount) => write!(f, "timesSeen:{amount}"),
            Self::Users(amount) => write!(f, "users:{amount}"),
            Self::Release(versions) => write!(f, "release:{}", list(versions)),
            Self::Has(key) => write!(f, "has:{}", Value::Exact(key.clone())),
            Self::Tag { key, values } => write!(f, "{key}:{}", list(values)),
            Self::Word(word) => f.write_str(word),
            Self::Phrase(phrase) => write!(f, "\"{}\"", phrase.replace('\\', "\\\\").replace('"', "\\\"")),
        }
    }
}

fn list<T: fmt::Display>(values: &[T]) -> String {
    if let [single] = values {
        return single.to_string();
    }
    let written: Vec<String> = values.iter().map(T::to_string).collect();
    format!("[{}]", written.join(", "))
}

impl fmt::Display for Assignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::None => f.write_str("none"),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Named(name) => name.fmt(f),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.comparison.sign(), self.number)
    }
}
