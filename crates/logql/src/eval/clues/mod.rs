//! What the stored text of every line holds that passes a pipeline. Stores leave chunks out by it, and chunks are
//! searched for it as a whole, which costs far less than running the pipeline over each line.
//!
//! A clue must never be wrong. Most of them come with a condition: `| json | user="42"` tells something of the line
//! only where neither the stream nor the structured metadata has a label `user`.

mod derive;
mod escaped;
mod scout;

use std::collections::BTreeSet;

use model::{Level, Matcher, Selector, TimeRange, label};

use self::scout::Scout;
use super::Levels;
use super::pipeline::{Pipeline, StreamLabels, TAKEN_SUFFIX};
use crate::ast::Stage;
use crate::operand::Required;
use crate::{Chunk, Entries, Needle, Scan, Source, SourceError, Spanned};

/// Shorter texts are of no use to an index of four-byte grams.
const INDEXED_BYTES_MIN: usize = 4;

/// More of them only cost.
const NEEDLES_MAX: usize = 8;

/// Streams are told apart by this many labels at most: each costs another question to the source.
const CONDITIONS_MAX: usize = 3;

/// One thing that every passing line holds.
#[derive(Clone, Debug)]
struct Clue {
    required: Required,
    /// It holds where neither the stream nor the structured metadata has one of these labels.
    unless: BTreeSet<String>,
    /// It tells of what stands around a value. Where metadata has the label, a clue about a value still holds if the
    /// values of metadata are looked through too; this one does not.
    around: bool,
}

/// A chunk that was read.
pub(in crate::eval) struct Read {
    /// Its entries; none, if no line of it passes.
    pub(in crate::eval) entries: Entries,
    /// How many entries it has, and how many bytes of text.
    pub(in crate::eval) sizes: (usize, usize),
}

/// What is known of the lines that pass.
#[derive(Clone, Debug)]
pub(in crate::eval) struct Clues {
    /// The most telling first.
    clues: Vec<Clue>,
    /// The levels of passing lines, where the stream has no label for them itself.
    levels: Levels,
    /// Searches by the best clue without a condition, and by the best of all.
    scout: Option<Scout>,
    conditional_scout: Option<(BTreeSet<String>, Scout)>,
}

impl Clues {
    pub(in crate::eval) fn new(stages: &[Spanned<Stage>]) -> Self {
        let (mut clues, levels) = derive::derive(stages);
        clues.sort_by_key(|clue| std::cmp::Reverse(clue.required.strength()));
        let scout =
            clues.iter().find(|clue| clue.unless.is_empty()).and_then(|clue| Scout::new(&clue.required));
        let best = clues.first().filter(|clue| !clue.unless.is_empty());
        let conditional_scout =
            best.and_then(|clue| Some((clue.unless.clone(), Scout::new(&clue.required)?)));
        Self { clues, levels, scout, conditional_scout }
    }

    /// Whether nothing is known.
    pub(in crate::eval) fn is_empty(&self) -> bool {
        self.levels == Levels::ALL && self.clues.iter().all(|clue| needle(clue).is_none())
    }

    /// The chunks that may hold lines that pass.
    pub(in crate::eval) fn chunks<S: Source>(
        &self,
        source: &S,
        selector: &Selector,
        range: TimeRange,
        levels: Levels,
    ) -> Result<Vec<S::Chunk>, SourceError> {
        let usable = |clue: &&Clue| !clue.unless.iter().any(|name| in_metadata(source, name));
        let mut conditions: Vec<String> = Vec::new();
        if self.levels != Levels::ALL {
            conditions.push(label::DETECTED_LEVEL.to_owned());
        }
        let mut always = Vec::new();
        let mut sometimes = Vec::new();
        for clue in self.clues.iter().filter(usable) {
            let Some(needle) = needle(clue) else { continue };
            if clue.unless.is_empty() {
                always.push(needle);
                continue;
            }
            let new: Vec<&String> = clue.unless.iter().filter(|name| !conditions.contains(name)).collect();
            if conditions.len() + new.len() <= CONDITIONS_MAX {
                conditions.extend(new.into_iter().cloned());
                sometimes.push(needle);
            }
        }
        let with = |extra: Vec<Matcher>| Selector(selector.0.iter().cloned().chain(extra).collect());
        let scan = |selector: Selector, levels: Levels, needles: &[Needle]| {
            let mut needles = needles.to_vec();
            needles.dedup();
            needles.truncate(NEEDLES_MAX);
            source.chunks(&Scan { selector, range, levels, needles })
        };
        let absent = |names: &[String]| names.iter().map(|name| Matcher::equal(name, "")).collect::<Vec<_>>();
        let narrowest = [always.as_slice(), &sometimes].concat();
        let mut chunks = scan(with(absent(&conditions)), levels.and(self.levels), &narrowest)?;
        for (index, name) in conditions.iter().enumerate() {
            let mut extra = absent(&conditions[..index]);
            extra.push(Matcher::not_equal(name, ""));
            chunks.append(&mut scan(with(extra), levels, &always)?);
        }
        Ok(chunks)
    }

    /// Reads a chunk, unless its text tells that no line of it passes.
    pub(in crate::eval) fn read(&self, chunk: &impl Chunk) -> Result<Read, SourceError> {
        let mut bytes = 0;
        let entries = chunk.read_if(&mut |text| {
            bytes = text.len();
            self.scout.as_ref().is_none_or(|scout| scout.may_find(text))
        })?;
        Ok(Read { entries: entries.unwrap_or_default(), sizes: (chunk.lines() as usize, bytes) })
    }

    /// Puts the numbers of the lines that are worth a look into `lines`, ascending.
    pub(in crate::eval) fn candidates(
        &self,
        pipeline: &Pipeline,
        stream: &StreamLabels,
        entries: &Entries,
        lines: &mut Vec<u32>,
    ) {
        let conditional = self.conditional_scout.as_ref().filter(|(unless, _)| {
            !unless
                .iter()
                .any(|name| has(stream, name) || entries.metadata.iter().any(|set| in_set(set, name)))
        });
        match conditional.map(|(_, scout)| scout).or(self.scout.as_ref()) {
            Some(scout) => scout.candidates(entries, lines),
            None => pipeline.candidates(entries, lines),
        }
    }
}

/// The clue as an index can use it.
fn needle(clue: &Clue) -> Option<Needle> {
    let fits = clue.required.texts.iter().all(|text| text.len() >= INDEXED_BYTES_MIN);
    (fits && !clue.around).then(|| Needle(clue.required.texts.clone()))
}

fn has(stream: &StreamLabels, name: &str) -> bool {
    stream.labels().get(name).is_some()
}

fn in_set(metadata: &model::Metadata, name: &str) -> bool {
    metadata.iter().any(|(other, _)| names(name).any(|name| *name == **other))
}

fn in_metadata(source: &impl Source, name: &str) -> bool {
    !source.looks_through_metadata() && names(name).any(|name| source.may_have_metadata(name))
}

/// The names that metadata can have which is seen under this name.
fn names(name: &str) -> impl Iterator<Item = &str> {
    [Some(name), name.strip_suffix(TAKEN_SUFFIX)].into_iter().flatten()
}

/// Every level whose name a test lets pass.
fn levels(passes: impl Fn(&str) -> bool) -> Levels {
    Level::ALL.into_iter().filter(|level| passes(level.name())).collect()
}

#[cfg(test)]
mod tests;
