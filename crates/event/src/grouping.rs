//! Which events are one issue.
//!
//! [`group`] gives an event up to two hashes. Events that share one belong together: the issue that owns either
//! gets the event and the other hash with it. The first hash is made of the program's own frames, the second of
//! all frames; so a library's update splits nothing, and nor does another idea of what "the program's own" is.
//!
//! What decides, the first that is there:
//!
//! 1. a fingerprint, of the project's [`Rules`] or set by the program;
//! 2. the exceptions: of each its class and frames (module or file, function, line of code), the text only where
//!    there are no frames; a group of exceptions counts for its distinct members;
//! 3. the stack of a thread or message, together with the text;
//! 4. a place in a template; a directive of a content security policy and the host that was blocked;
//! 5. the text: as it was before its values were put in, else with what looks like a value taken out
//!    ([`parameterise`]), and the logger's name.
//!
//! Line numbers, ids, times, users, releases and the transaction's name never count. A change of what counts is a
//! new [`VERSION`].

mod exceptions;
mod fingerprint;
mod frames;
mod hash;
mod names;
mod native;
mod parameterise;
mod rules;
#[cfg(test)]
mod tests;
mod text;

use serde::{Deserialize, Serialize};

use crate::event::Event;

pub use hash::{Hash, NotAHash};
pub use parameterise::parameterise;
pub use rules::{RuleFault, Rules};

use frames::View;
use hash::Digest;

/// The version of the algorithm. It is part of every hash.
pub const VERSION: u16 = 1;

/// How an event is grouped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouping {
    /// The version of the algorithm that did it.
    pub version: u16,
    /// One or two distinct hashes, the one of the program's own frames first.
    pub hashes: Vec<Hash>,
    /// What decided.
    pub variant: Variant,
    /// What was looked at, and whether it counts for the first hash.
    pub why: Vec<Part>,
}

/// What decided how an event is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// A rule of the project.
    Rule,
    /// A fingerprint that the program set.
    Fingerprint,
    /// The program's own frames.
    App,
    /// All frames: the event has none of the program's own.
    AllFrames,
    /// An exception's class and text: it has no frames that say anything.
    Exception,
    /// A place in a template.
    Template,
    /// A content security policy.
    Csp,
    /// A text.
    Message,
    /// The event says nothing to tell it from others.
    Nothing,
}

impl Variant {
    /// In words, to follow "Grouped by".
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Rule => "a rule of the project",
            Self::Fingerprint => "the fingerprint that the program set",
            Self::App => "the program's own frames",
            Self::AllFrames => "all frames, as none is the program's own",
            Self::Exception => "the class and text of the exception, as it has no usable frames",
            Self::Template => "the place in the template",
            Self::Csp => "the directive and the host that was blocked",
            Self::Message => "the text",
            Self::Nothing => "nothing: the event has neither exception nor text",
        }
    }
}

/// Something that grouping looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is, for a person to read: `frame shop.views, checkout: total = split(bill)`.
    pub what: String,
    /// Whether it counts.
    pub used: bool,
    /// Why it does not count, or how it was changed; empty where nothing is to be said.
    pub hint: String,
}

impl Part {
    fn used(what: impl Into<String>) -> Self {
        Self { what: what.into(), used: true, hint: String::new() }
    }

    fn unused(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), used: false, hint: hint.into() }
    }

    fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// What an event is grouped by while no fingerprint says otherwise.
struct Keyed {
    variant: Variant,
    /// One number per view of the frames, distinct.
    keys: Vec<u128>,
    why: Vec<Part>,
}

/// Groups an event.
pub fn group(event: &Event, rules: &Rules) -> Grouping {
    let default = default(event, rules);
    let Some(chosen) = fingerprint::chosen(event, rules) else {
        let hashes = default.keys.into_iter().map(Hash::of_key).collect();
        return Grouping { version: VERSION, hashes, variant: default.variant, why: default.why };
    };
    let (hashes, why) = chosen.apply(event, default);
    Grouping { version: VERSION, hashes, variant: chosen.variant(), why }
}

fn default(event: &Event, rules: &Rules) -> Keyed {
    exceptions::group(event, rules)
        .or_else(|| text::by_stack(event, rules))
        .or_else(|| text::by_template(event))
        .or_else(|| text::by_csp(event))
        .or_else(|| text::by_message(event))
        .unwrap_or_else(|| nothing(event))
}

fn nothing(event: &Event) -> Keyed {
    let mut digest = Digest::new("nothing");
    digest.text(&event.platform);
    digest.text(event.logger.as_deref().unwrap_or_default());
    let why = vec![Part::used(format!("the platform {}", event.platform))];
    Keyed { variant: Variant::Nothing, keys: vec![digest.end()], why }
}

/// The keys of both views, once where they are the same.
fn distinct_keys(views: &[View], key: impl Fn(View) -> u128) -> Vec<u128> {
    let mut keys: Vec<u128> = views.iter().map(|view| key(*view)).collect();
    keys.dedup();
    keys
}
