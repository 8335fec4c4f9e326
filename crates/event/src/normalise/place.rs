//! Where in an event something stands. Costs nothing until it is written down.

use std::fmt;

/// A place: a step, and where it was taken from.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p> {
    above: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Name(&'p str),
    Index(usize),
}

/// Of longer names only the beginning is written down.
const NAME_CHARS_MAX: usize = 60;

impl<'p> Place<'p> {
    /// A field of the event itself.
    pub(crate) const fn top(name: &'p str) -> Self {
        Self { above: None, step: Step::Name(name) }
    }

    /// A field of what stands here.
    pub(crate) const fn name(&'p self, name: &'p str) -> Self {
        Self { above: Some(self), step: Step::Name(name) }
    }

    /// One of the list that stands here.
    pub(crate) const fn index(&'p self, index: usize) -> Self {
        Self { above: Some(self), step: Step::Index(index) }
    }
}

/// `exception.0.frames.3.vars.password`
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(f, "{above}.")?;
        }
        match self.step {
            Step::Name(name) => name.chars().take(NAME_CHARS_MAX).try_for_each(|sign| write!(f, "{sign}")),
            Step::Index(index) => index.fmt(f),
        }
    }
}
