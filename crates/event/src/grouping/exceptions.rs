//! Exceptions: chains of them, and groups.
//!
//! Each counts by its class and its frames. Its text counts only where nothing else does: where it has no frames
//! that say anything, where a message carries the stack (no class), and where the SDK made up the class and none
//! of the frames is the program's own, or the text names the signal that ended a native program. Where all frames are a library's, which are the same for every use of it, the
//! shape of the last exception's text counts.
//!
//! A group of exceptions counts by its distinct members, in no order; a group whose members are all alike is its
//! member, so that one of ten failing looks like all ten failing.

mod tree;

use super::frames::{Stack, View};
use super::text::{settled_lines, shape};
use super::{Digest, Keyed, Part, Rules, Variant, distinct_keys, native};
use crate::event::{Event, Exception};
use tree::{Counted, Tree};

/// More exceptions than this are not looked at; programs send a handful.
const EXCEPTIONS_MAX: usize = 100;

/// An exception with its stack.
struct Raised<'e> {
    exception: &'e Exception,
    stack: Stack<'e>,
    /// Its text as far as it counts.
    text: Option<String>,
}

/// By exceptions, if the event has any.
pub(super) fn group(event: &Event, rules: &Rules) -> Option<Keyed> {
    // The last is the one that was seen: what is too many is cut at the other end.
    let first = event.exceptions.len().saturating_sub(EXCEPTIONS_MAX);
    let mut raised: Vec<Raised> =
        event.exceptions[first..].iter().map(|exception| Raised::read(exception, event, rules)).collect();
    let variant = variant_of(&raised);
    let last = raised.last_mut()?;
    if variant == Variant::AllFrames && last.text.is_none() && last.stack.is_known_foreign() {
        last.text = last.exception.value.as_deref().map(shape);
    }
    if raised.iter().all(Raised::says_nothing) {
        return None;
    }
    let views: &[View] = if variant == Variant::App { &[View::App, View::All] } else { &[View::All] };
    let mechanisms: Vec<_> = raised.iter().map(|one| one.exception.mechanism.as_ref()).collect();
    let tree = raised.iter().any(|one| is_group(one.exception)).then(|| Tree::of(&mechanisms)).flatten();
    let resolve = |view| {
        let own: Vec<u128> = raised.iter().map(|one| one.key(view)).collect();
        tree.as_ref().map_or_else(|| Counted::all(&own), |tree| tree.resolve(&own))
    };
    let keys = distinct_keys(views, |view| {
        let mut digest = Digest::new("chain");
        digest.numbers(resolve(view).keys.into_iter());
        digest.end()
    });
    let why = why(&raised, &resolve(views[0]).places, views[0]);
    Some(Keyed { variant, keys, why })
}

fn variant_of(raised: &[Raised]) -> Variant {
    let any = |view| raised.iter().any(|one| one.stack.says_anything(view));
    if any(View::App) {
        Variant::App
    } else if any(View::All) {
        Variant::AllFrames
    } else {
        Variant::Exception
    }
}

impl<'e> Raised<'e> {
    fn read(exception: &'e Exception, event: &'e Event, rules: &Rules) -> Self {
        let stack = Stack::read(&exception.frames, event, rules).overflowed(ran_out_of_stack(exception));
        let mut raised = Self { exception, stack, text: None };
        raised.text = raised.settled_text(native::is_native(&event.platform));
        raised
    }

    /// Its class, unless that is the SDK's invention. Where there is nothing else even that says something.
    fn class(&self) -> Option<&'e str> {
        let class = self.exception.ty.as_deref();
        class.filter(|_| !self.exception.is_synthetic() || !self.stack.says_anything(View::All))
    }

    /// Its text, where that alone or with the frames has to tell it from others.
    fn settled_text(&self, is_native: bool) -> Option<String> {
        let counts = !self.stack.says_anything(View::All)
            || self.exception.ty.is_none()
            || (self.exception.is_synthetic() && (is_native || !self.stack.says_anything(View::App)));
        self.exception.value.as_deref().filter(|_| counts).map(settled_lines)
    }

    fn says_nothing(&self) -> bool {
        self.class().is_none() && self.text.is_none() && !self.stack.says_anything(View::All)
    }

    fn key(&self, view: View) -> u128 {
        let mut digest = Digest::new("exception");
        digest.text(self.class().unwrap_or_default());
        digest.text(self.text.as_deref().unwrap_or_default());
        self.stack.digest(view, &mut digest);
        digest.end()
    }

    fn why(&self, view: View) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some(class) = &self.exception.ty {
            let what = format!("class {class}");
            parts.push(match self.class() {
                Some(_) => Part::used(what),
                None => Part::unused(what, "made up by the SDK"),
            });
        }
        parts.extend(self.stack.why(view));
        if let Some(text) = &self.exception.value {
            parts.push(match &self.text {
                Some(settled) if settled == text => Part::used(format!("text {text}")),
                Some(settled) => {
                    Part::used(format!("text {settled}")).hinted("without what looks like a value")
                }
                None => Part::unused(format!("text {}", settled_lines(text)), "the frames say enough"),
            });
        }
        parts
    }
}

/// Whether the exception says that calls were nested too deep.
fn ran_out_of_stack(exception: &Exception) -> bool {
    let value = exception.value.as_deref().unwrap_or_default();
    match exception.ty.as_deref().unwrap_or_default() {
        "RecursionError" | "SystemStackError" | "StackOverflowError" | "java.lang.StackOverflowError" => true,
        "RangeError" => value.contains("call stack"),
        "InternalError" => value.contains("recursion"),
        _ => false,
    }
}

/// Why each exception counts or not. The one that was seen last comes first, as on the page.
fn why(raised: &[Raised], counted: &[usize], view: View) -> Vec<Part> {
    let mut parts = Vec::new();
    for (at, one) in raised.iter().enumerate().rev() {
        if counted.contains(&at) {
            parts.extend(one.why(view));
            continue;
        }
        let what = format!("exception {}", one.exception.ty.as_deref().unwrap_or("without a class"));
        let hint =
            if is_group(one.exception) { "its members are all alike" } else { "like another of its group" };
        parts.push(Part::unused(what, hint));
    }
    parts
}

fn is_group(exception: &Exception) -> bool {
    exception.mechanism.as_ref().is_some_and(|mechanism| mechanism.is_exception_group)
}
