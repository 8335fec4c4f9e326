//! A project's own rules about grouping, one a line:
//!
//! ```text
//! # what matches        -> the fingerprint
//! type:OperationalError value:"*connection refused*" -> database-down
//! logger:shop.import tags.tenant:acme* -> {{ default }} {{ tags.tenant }}
//! # what matches        which frames are the program's own
//! module:vendor.* -app
//! path:**/plugins/** +app
//! ```
//!
//! Every matcher of a line must match; `!` before one turns it round. In patterns `*` is anything, `?` one
//! character; large and small letters are the same. Of fingerprints the first line that matches counts, of marks on
//! frames the last.

mod glob;
mod parse;
#[cfg(test)]
mod tests;

use crate::event::{Event, Frame};

pub use parse::RuleFault;

use glob::Glob;

/// The rules of a project, in their order.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    fingerprints: Vec<(Condition, Vec<String>)>,
    marks: Vec<(Condition, bool)>,
}

/// What a line asks for.
#[derive(Clone, Debug, Default)]
struct Condition {
    of_event: Vec<Matcher<EventField>>,
    of_frame: Vec<Matcher<FrameField>>,
}

#[derive(Clone, Debug)]
struct Matcher<F> {
    field: F,
    pattern: Glob,
    negated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum EventField {
    Type,
    Value,
    Message,
    Logger,
    Level,
    Transaction,
    Release,
    Environment,
    Platform,
    Tag(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameField {
    Path,
    Module,
    Function,
    Package,
    App,
}

impl Rules {
    /// No rules.
    pub const fn none() -> Self {
        Self { fingerprints: Vec::new(), marks: Vec::new() }
    }

    /// Reads the lines.
    ///
    /// # Errors
    /// Every line that is wrong, with what to write instead.
    pub fn parse(text: &str) -> Result<Self, Vec<RuleFault>> {
        parse::parse(text)
    }

    /// The fingerprint of the first rule that matches.
    pub(super) fn fingerprint(&self, event: &Event) -> Option<&[String]> {
        let found = self.fingerprints.iter().find(|(condition, _)| condition.matches(event));
        found.map(|(_, parts)| parts.as_slice())
    }

    /// The rules about frames that this event is under.
    pub(super) fn marks(&self, event: &Event) -> Marks<'_> {
        let applying = self.marks.iter().filter(|(condition, _)| condition.matches_event(event));
        Marks(applying.map(|(condition, is_app)| (condition, *is_app)).collect())
    }
}

/// Rules about frames.
pub(super) struct Marks<'r>(Vec<(&'r Condition, bool)>);

impl Marks<'_> {
    /// What the last rule that matches says about the frame.
    pub(super) fn of(&self, frame: &Frame) -> Option<bool> {
        let found = self.0.iter().rev().find(|(condition, _)| condition.matches_frame(frame));
        found.map(|(_, is_app)| *is_app)
    }
}

impl Condition {
    /// Whether the event matches and, where frames are spoken of, one frame matches all of that.
    fn matches(&self, event: &Event) -> bool {
        self.matches_event(event)
            && (self.of_frame.is_empty() || frames(event).any(|frame| self.matches_frame(frame)))
    }

    fn matches_event(&self, event: &Event) -> bool {
        self.of_event.iter().all(|matcher| matcher.field.any(event, &matcher.pattern) != matcher.negated)
    }

    fn matches_frame(&self, frame: &Frame) -> bool {
        self.of_frame.iter().all(|matcher| matcher.field.any(frame, &matcher.pattern) != matcher.negated)
    }
}

fn frames(event: &Event) -> impl Iterator<Item = &Frame> {
    let raised = event.exceptions.iter().flat_map(|exception| &exception.frames);
    raised.chain(&event.stacktrace).chain(event.threads.iter().flat_map(|thread| &thread.frames))
}

impl EventField {
    /// Whether one of the field's values matches.
    fn any(&self, event: &Event, pattern: &Glob) -> bool {
        let one = |text: Option<&str>| text.is_some_and(|text| pattern.matches(text));
        match self {
            Self::Type => event.exceptions.iter().any(|exception| one(exception.ty.as_deref())),
            Self::Value => event.exceptions.iter().any(|exception| one(exception.value.as_deref())),
            Self::Message => one(super::fingerprint::message(event)),
            Self::Logger => one(event.logger.as_deref()),
            Self::Level => one(Some(event.level.name())),
            Self::Transaction => one(event.transaction.as_deref()),
            Self::Release => one(event.release.as_deref()),
            Self::Environment => one(event.environment.as_deref()),
            Self::Platform => one(Some(&event.platform)),
            Self::Tag(name) => one(event.tag(name)),
        }
    }
}

impl FrameField {
    fn any(self, frame: &Frame, pattern: &Glob) -> bool {
        let one = |text: Option<&str>| text.is_some_and(|text| pattern.matches(text));
        match self {
            Self::Path => one(frame.abs_path.as_deref()) || one(frame.filename.as_deref()),
            Self::Module => one(frame.module.as_deref()),
            Self::Function => one(frame.function.as_deref()),
            Self::Package => one(frame.package.as_deref()),
            Self::App => one(Some(if frame.in_app == Some(true) { "yes" } else { "no" })),
        }
    }
}
