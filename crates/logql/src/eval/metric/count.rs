//! Counts the lines, or their bytes, in the window before each instant of the grid.
//!
//! A line is in as many windows as there are steps in a window's length. It is noted only where it comes in and
//! where it goes out; adding up from left to right gives the counts. All numbers are whole until the end.

use std::collections::HashMap;

use model::{Labels, Level, Metadata, label};

use super::grid::Grid;
use super::grouping::group;
use super::node::Count;
use super::points::{Line, Points, Value};
use crate::eval::EvalError;
use crate::eval::reader::Reader;
use crate::{Chunk, Entries, Source};

/// What a label is called whose name is taken.
const TAKEN_SUFFIX: &str = "_extracted";

pub(super) fn count(
    of: &Count,
    source: &impl Source,
    grid: Grid,
    reader: &mut Reader<'_>,
) -> Result<Value, EvalError> {
    let mut tally =
        Tally { of, grid, numbers_max: reader.budget.numbers, series: Vec::new(), known: HashMap::new() };
    let range = grid.reach(of.window);
    let mut candidates = Vec::new();
    for chunk in source.chunks(&of.query.scan(range))? {
        let (first, last) = chunk.span();
        if !range.overlaps(first, last) {
            continue;
        }
        let Ok(entries) = reader.read(&chunk) else { break };
        let Some(entries) = entries else { continue };
        of.query.filters.candidates(&entries, &mut candidates);
        tally.add(chunk.labels(), &entries, &candidates)?;
    }
    Ok(Value::Vector(tally.finish()))
}

struct Tally<'a> {
    of: &'a Count,
    grid: Grid,
    numbers_max: usize,
    series: Vec<(Labels, Changes)>,
    known: HashMap<Labels, usize>,
}

/// How a count changes from each instant to the next: lines and bytes.
struct Changes(Vec<(i64, i64)>);

impl Tally<'_> {
    fn add(&mut self, stream: &Labels, entries: &Entries, candidates: &[u32]) -> Result<(), EvalError> {
        // The series of each metadata and level, so that labels are put together once.
        let mut series: Vec<Option<usize>> = vec![None; entries.metadata.len() * Level::ALL.len()];
        for index in candidates.iter().map(|line| *line as usize) {
            let windows = self.grid.windows_with(entries.timestamps[index], self.of.window);
            let (level, line) = (entries.levels[index], entries.line(index));
            if windows.is_empty() || !self.of.query.passes(level, line) {
                continue;
            }
            let kind = entries.metadata_of[index] as usize * Level::ALL.len() + usize::from(level.number());
            let place = match series[kind] {
                Some(place) => place,
                None => *series[kind].insert(self.place(stream, entries.metadata(index), level)?),
            };
            let bytes = line.len() as i64;
            let Changes(changes) = &mut self.series[place].1;
            changes[windows.start].0 += 1;
            changes[windows.start].1 += bytes;
            if let Some(after) = changes.get_mut(windows.end) {
                after.0 -= 1;
                after.1 -= bytes;
            }
        }
        Ok(())
    }

    /// Where the series of such lines is kept.
    fn place(&mut self, stream: &Labels, metadata: &Metadata, level: Level) -> Result<usize, EvalError> {
        let all = with_metadata(stream, metadata, level);
        let labels = match &self.of.sum {
            Some(grouping) => group(&all, grouping.as_ref()),
            None => all,
        };
        if let Some(place) = self.known.get(&labels) {
            return Ok(*place);
        }
        let place = self.series.len();
        // Lines and bytes are two numbers for each point.
        if (place + 1) * self.grid.len * 2 > self.numbers_max.max(self.grid.len * 2) {
            return Err(EvalError::Numbers { max: self.numbers_max });
        }
        self.known.insert(labels.clone(), place);
        self.series.push((labels, Changes(vec![(0, 0); self.grid.len])));
        Ok(place)
    }

    fn finish(self) -> Vec<Line> {
        let (of, grid) = (self.of, self.grid);
        let line = |(labels, changes)| Line { labels, points: points(of, grid, changes) };
        self.series.into_iter().map(line).collect()
    }
}

fn points(of: &Count, grid: Grid, Changes(mut changes): Changes) -> Points {
    let (mut lines, mut bytes) = (0, 0);
    for change in &mut changes {
        lines += change.0;
        bytes += change.1;
        *change = (lines, bytes);
    }
    let seconds = of.window.length as f64 / 1e9;
    Points::from_fn(grid, |index| {
        let (lines, bytes) = changes[index];
        let number = if of.bytes { bytes as f64 } else { lines as f64 };
        (lines > 0).then_some(if of.rate { number / seconds } else { number })
    })
}

/// The labels of a line in a query for numbers: those of its stream, its metadata and its level. A stream's own
/// label goes before; what it displaces gets another name.
fn with_metadata(stream: &Labels, metadata: &Metadata, level: Level) -> Labels {
    let detected = (label::DETECTED_LEVEL, level.name());
    let beside =
        metadata.iter().map(|(name, value)| (&**name, &**value)).filter(|(name, _)| *name != detected.0);
    let beside = beside.chain([detected]).map(|(name, value)| match stream.get(name) {
        Some(_) => (format!("{name}{TAKEN_SUFFIX}"), value.to_owned()),
        None => (name.to_owned(), value.to_owned()),
    });
    let own = stream.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    // Of equal names the last one counts.
    Labels::from_pairs(beside.chain(own))
}
