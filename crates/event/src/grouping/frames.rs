//! The frames of a stack: what each says, which of them count.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use model::Ordered as _;

use super::{Digest, Part, Rules, hash, names, native};
use crate::event::{Event, Frame};

/// Lines of code above this many bytes are minified or data: they say too much.
const LINE_BYTES_MAX: usize = 120;
/// How long a cycle of calls may be to be seen as recursion.
const CYCLE_FRAMES_MAX: usize = 8;

/// Which frames are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// The program's own.
    App,
    /// All of them.
    All,
}

/// A stack, ready to be looked at in either view.
pub(super) struct Stack<'e> {
    calls: Vec<Call<'e>>,
    /// The program ran out of stack: how deep it was, and where, is chance.
    overflow: bool,
}

/// A frame, and what it says.
struct Call<'e> {
    frame: &'e Frame,
    is_app: bool,
    said: Said<'e>,
}

/// What grouping reads in a frame.
enum Said<'e> {
    /// Where it is, by one number for comparing.
    Place { key: u64, place: Cow<'e, str>, function: Cow<'e, str>, line: Cow<'e, str> },
    /// Nothing, for this reason.
    Nothing(&'static str),
}

impl<'e> Stack<'e> {
    /// Reads the frames, innermost last.
    pub(super) fn read(frames: &'e [Frame], event: &'e Event, rules: &Rules) -> Self {
        let marks = rules.marks(event);
        let calls = frames.iter().map(|frame| {
            let platform = frame.platform.as_deref().unwrap_or(&event.platform);
            let is_app = marks.of(frame).or(frame.in_app).unwrap_or_else(|| native::is_app(frame, platform));
            Call { frame, is_app, said: say(frame, platform) }
        });
        Self { calls: calls.collect(), overflow: false }
    }

    /// Says that the program ran out of stack.
    pub(super) fn overflowed(mut self, overflow: bool) -> Self {
        self.overflow = overflow;
        self
    }

    /// Whether a frame of the view says anything.
    pub(super) fn says_anything(&self, view: View) -> bool {
        self.calls.iter().any(|call| call.key(view).is_some())
    }

    /// Whether the SDK knows which frames are the program's own, and says that none is.
    pub(super) fn is_known_foreign(&self) -> bool {
        !self.calls.is_empty()
            && self.calls.iter().all(|call| !call.is_app && call.frame.in_app == Some(false))
    }

    /// Adds the frames that count, and how many they are.
    pub(super) fn digest(&self, view: View, digest: &mut Digest) {
        let keys: Vec<u64> =
            self.chosen(view).into_iter().filter_map(|at| self.calls[at].key(view)).collect();
        digest.numbers(keys.into_iter().map(u128::from));
    }

    /// Every frame, with why it does not count if it does not.
    pub(super) fn why(&self, view: View) -> impl Iterator<Item = Part> {
        let mut chosen = self.chosen(view);
        chosen.order();
        self.calls.iter().enumerate().map(move |(at, call)| {
            let what = call.in_words();
            match &call.said {
                Said::Nothing(reason) => Part::unused(what, *reason),
                Said::Place { .. } if call.key(view).is_none() => Part::unused(what, "not the program's own"),
                Said::Place { .. } if chosen.binary_search(&at).is_err() => {
                    Part::unused(what, "repeats what is above")
                }
                Said::Place { .. } => Part::used(what),
            }
        })
    }

    /// The places of the frames that count, in the order in which they do.
    fn chosen(&self, view: View) -> Vec<usize> {
        let keys: Vec<(usize, u64)> =
            self.calls.iter().enumerate().filter_map(|(at, call)| Some((at, call.key(view)?))).collect();
        if self.overflow { without_depth(&keys) } else { without_cycles(keys) }
    }
}

impl Call<'_> {
    /// The number of what it says in this view.
    fn key(&self, view: View) -> Option<u64> {
        match &self.said {
            Said::Place { key, .. } if self.is_app || view == View::All => Some(*key),
            _ => None,
        }
    }

    fn in_words(&self) -> String {
        let (place, function, line) = match &self.said {
            Said::Place { place, function, line, .. } => (&**place, &**function, &**line),
            Said::Nothing(_) => {
                let frame = self.frame;
                let place = frame.module.as_deref().or(frame.filename.as_deref()).unwrap_or_default();
                (place, frame.function.as_deref().unwrap_or_default(), "")
            }
        };
        let mut words = String::from("frame ");
        words.push_str(if place.is_empty() { "of an unnamed file" } else { place });
        if !function.is_empty() {
            words.push_str(", ");
            words.push_str(function);
        }
        if !line.is_empty() {
            words.push_str(": ");
            words.push_str(line);
        }
        words
    }
}

fn say<'e>(frame: &'e Frame, platform: &str) -> Said<'e> {
    if names::is_javascript(platform) && names::is_engine_code(frame) {
        return Said::Nothing("code of the browser's engine");
    }
    let function = names::function(frame.function.as_deref().unwrap_or_default(), platform);
    let place =
        if native::is_native(platform) && !function.is_empty() { Cow::Borrowed("") } else { place(frame) };
    let line = line_of(frame, platform);
    if place.is_empty() && function.is_empty() && line.is_empty() {
        return Said::Nothing("has neither a name nor a file that stays the same");
    }
    let key = hash::short(&[&place, &function, &line]);
    Said::Place { key, place, function, line }
}

/// The module, else the file's name.
fn place(frame: &Frame) -> Cow<'_, str> {
    if let Some(module) = frame.module.as_deref().filter(|module| !module.is_empty()) {
        return names::module(module);
    }
    if frame.abs_path.as_deref().or(frame.filename.as_deref()).is_some_and(names::is_address) {
        return Cow::Borrowed("");
    }
    frame.filename.as_deref().map_or(Cow::Borrowed(""), names::file)
}

/// The line of code, where programs are run from their source.
fn line_of<'e>(frame: &'e Frame, platform: &str) -> Cow<'e, str> {
    if !names::has_source(platform) {
        return Cow::Borrowed("");
    }
    let line = frame.context_line.as_deref().unwrap_or_default();
    if line.len() > LINE_BYTES_MAX { Cow::Borrowed("") } else { one_spaced(line) }
}

/// The text with each run of white space as one space.
fn one_spaced(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.contains(|c: char| c.is_whitespace() && c != ' ') && !text.contains("  ") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Takes each repeated run of calls once, so that it does not matter how deep a recursion was.
fn without_cycles(keys: Vec<(usize, u64)>) -> Vec<usize> {
    let mut kept: Vec<(usize, u64)> = Vec::with_capacity(keys.len());
    for call in keys {
        kept.push(call);
        if let Some(length) = (1..=CYCLE_FRAMES_MAX).find(|length| ends_twice_in(&kept, *length)) {
            kept.truncate(kept.len() - length);
        }
    }
    kept.into_iter().map(|(at, _)| at).collect()
}

fn ends_twice_in(calls: &[(usize, u64)], length: usize) -> bool {
    let Some(before) = calls.len().checked_sub(2 * length) else { return false };
    let (first, second) = calls[before..].split_at(length);
    first.iter().zip(second).all(|((_, a), (_, b))| a == b)
}

/// The way into an endless recursion, and the calls that make it up, in an order of their own: in which of them the
/// stack ended is chance, and where a short stack begins is too.
fn without_depth(keys: &[(usize, u64)]) -> Vec<usize> {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    for (_, key) in keys {
        *counts.entry(*key).or_default() += 1;
    }
    let recurs = |key: &u64| counts.get(key).is_some_and(|count| *count > 2);
    let Some(begin) = keys.iter().position(|(_, key)| recurs(key)) else {
        return keys.iter().map(|(at, _)| *at).collect();
    };
    let mut seen = BTreeMap::new();
    for (at, key) in keys[begin..].iter().filter(|(_, key)| recurs(key)) {
        seen.entry(*key).or_insert(*at);
    }
    keys[..begin].iter().map(|(at, _)| *at).chain(seen.into_values()).collect()
}
