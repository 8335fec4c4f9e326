//! What is kept of a series until its windows are made.

use ::series::{Panes, Points, Window, slide};

use super::parts::{Part, Sample};

/// Where the numbers of a series go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) panes: Panes,
    pub(super) instants: usize,
    pub(super) window: Window,
}

/// What is kept of a series.
pub(super) trait Column: Sized {
    /// What comes of a few lines of one pane.
    type Part: Clone + Send;

    /// How many numbers a new one takes.
    fn room(shape: &Shape) -> usize;

    fn new(shape: &Shape) -> Self;

    /// A part of one line.
    fn part(sample: Sample) -> Self::Part;

    /// Adds another line of the same pane, if parts can take more than one.
    fn extend(part: &mut Self::Part, sample: Sample) -> bool;

    /// Adds a part of a pane. Gives the numbers that it takes more.
    fn add(&mut self, pane: usize, part: &Self::Part) -> usize;
}

/// A part for each pane.
pub(super) struct Dense<P>(Vec<P>);

impl<P: Part> Column for Dense<P> {
    type Part = P;

    fn room(shape: &Shape) -> usize {
        shape.panes.count() * P::NUMBERS
    }

    fn new(shape: &Shape) -> Self {
        Self(vec![P::default(); shape.panes.count()])
    }

    fn part(sample: Sample) -> P {
        let mut part = P::default();
        part.add(sample);
        part
    }

    fn extend(part: &mut P, sample: Sample) -> bool {
        part.add(sample);
        true
    }

    fn add(&mut self, pane: usize, part: &P) -> usize {
        self.0[pane].merge(part);
        0
    }
}

impl<P: Part> Dense<P> {
    /// A number for each window with lines.
    pub(super) fn points(self, shape: &Shape, number: impl Fn(&P) -> f64) -> Points {
        let mut points = Points::none(shape.instants);
        slide(shape.panes, &self.0, |index, window| {
            points.set(index, window.filter(|window| window.is_some()).map(&number));
        });
        points
    }
}
