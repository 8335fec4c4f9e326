//! Finds the patterns that lines are made by: lines that differ only in numbers, names and the like become one
//! text with `<_>` for what differs.
//!
//! A [`Miner`] takes lines one by one. Each is taken apart (`shape`, `json`) into words and the glue between
//! them; lines of one level with the same glue are compared word by word, and those that are similar share a
//! [`Template`](template::Template). The text of a pattern works with the line filter `|>`: every line that made
//! it matches. That holds since no word contains the first character of the glue behind it, so that a literal
//! is never found too early; where a line could break this it is taken apart in another way.
//!
//! Memory is bounded, however many lines and however different they are.

mod json;
mod shape;
mod template;
mod vary;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use model::{Level, Timestamp};

use self::shape::Shape;
use self::template::Template;

/// Templates in all; lines that would need one more are counted apart.
const TEMPLATES_MAX: usize = 1000;
/// Templates of the same glue; one more line joins the most similar of them.
const SIBLINGS_MAX: usize = 6;

/// Takes lines, gives patterns.
#[derive(Debug)]
pub struct Miner {
    start: Timestamp,
    step_ns: i64,
    buckets: usize,
    /// By level and glue.
    templates: HashMap<(Level, u64), Vec<Template>>,
    held: usize,
    others: u64,
}

/// Lines that look alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mined {
    /// The text, for `|>`.
    pub pattern: String,
    /// Their level.
    pub level: Level,
    /// How many there are.
    pub lines: u64,
    /// How many there are in each step.
    pub buckets: Vec<u64>,
    /// The first of them, cut where it is very long.
    pub example: String,
}

impl Miner {
    /// Counts lines from `start` on in `buckets` steps; those of other instants are not taken.
    pub fn new(start: Timestamp, step: Duration, buckets: usize) -> Self {
        let step_ns = i64::try_from(step.as_nanos()).unwrap_or(i64::MAX).max(1);
        Self { start, step_ns, buckets, templates: HashMap::new(), held: 0, others: 0 }
    }

    /// Takes a line. Empty ones make no pattern.
    pub fn add(&mut self, level: Level, at: Timestamp, line: &str) {
        let Some(bucket) = self.bucket(at) else { return };
        let Some(shape) = Shape::of(line) else { return };
        let siblings = self.templates.entry((level, shape.glue_hash())).or_default();
        if let Some(near) = nearest(siblings, &shape) {
            siblings[near].take(&shape, bucket);
            let joined = absorb(siblings, near);
            self.held -= joined;
        } else if self.held < TEMPLATES_MAX {
            siblings.push(Template::new(&shape, line, bucket, self.buckets));
            self.held += 1;
        } else {
            self.others += 1;
            if siblings.is_empty() {
                self.templates.remove(&(level, shape.glue_hash()));
            }
        }
    }

    fn bucket(&self, at: Timestamp) -> Option<usize> {
        let since = i128::from(at.nanos()) - i128::from(self.start.nanos());
        let bucket = usize::try_from(since.div_euclid(i128::from(self.step_ns))).ok()?;
        (bucket < self.buckets).then_some(bucket)
    }

    /// Lines that were too different from all others to be kept.
    pub fn others(&self) -> u64 {
        self.others
    }

    /// The patterns, those of the most lines first.
    pub fn finish(self) -> Vec<Mined> {
        let mut found: BTreeMap<(String, Level), Mined> = BTreeMap::new();
        for ((level, _), templates) in self.templates {
            for template in templates {
                let mined = template.finish(level);
                match found.get_mut(&(mined.pattern.clone(), level)) {
                    Some(same) => same.join(&mined),
                    None => drop(found.insert((mined.pattern.clone(), level), mined)),
                }
            }
        }
        let mut found: Vec<Mined> = found.into_values().collect();
        found.sort_by_key(|mined| std::cmp::Reverse(mined.lines));
        found
    }
}

impl Mined {
    fn join(&mut self, other: &Self) {
        self.lines += other.lines;
        self.buckets.iter_mut().zip(&other.buckets).for_each(|(mine, more)| *mine += more);
    }
}

/// The template that a line joins: the most similar one, if it is similar enough or there is no room for more.
fn nearest(siblings: &[Template], shape: &Shape<'_>) -> Option<usize> {
    let of_glue = siblings.iter().enumerate().filter(|(_, template)| template.has_glue(shape));
    let (place, distance) =
        of_glue.map(|(place, template)| (place, template.distance(shape))).min_by_key(|(_, d)| *d)?;
    let is_similar = distance <= shape.words.len() / 3;
    (is_similar || siblings.len() >= SIBLINGS_MAX).then_some(place)
}

/// Those that the template at `near` has come to cover go into it; says how many.
fn absorb(siblings: &mut Vec<Template>, near: usize) -> usize {
    let before = siblings.len();
    let mut taker = siblings.swap_remove(near);
    siblings.retain(|other| {
        let is_covered = taker.covers(other);
        if is_covered {
            taker.absorb(other);
        }
        !is_covered
    });
    siblings.push(taker);
    before - siblings.len()
}

#[cfg(test)]
mod tests;
