//! `[[logs.pipeline]]`: what is done with lines before they are stored. Rules run in their order; each says which
//! lines it means and what happens to them, in stages: values are taken out of lines, labels set, timestamps read,
//! texts replaced, lines dropped.
//!
//! Between the stages of one line travel its *extracted values*: names and texts that a parsing stage found and that
//! later stages take as their `source`. A source is looked for among them, then among the labels, then in the
//! structured metadata.
//!
//! A line may leave with other labels than it came with: [`Pipeline::apply`] sorts the lines into batches by stream,
//! in the order of their arrival. Labels whose names begin with two underscores serve the stages alone.

mod dropped;
mod extract;
mod filter;
mod json_path;
mod label_stages;
mod line;
mod memory;
mod pack;
mod read;
mod stage;
mod text;
mod time;

use std::collections::HashMap;
use std::sync::Arc;

use logql::LogQuery;
use model::{Batch, Labels, Level, Selector, Timestamp};
use settings::Section;

pub(crate) use dropped::DropBook;
pub use dropped::DroppedCount;
use line::Line;
pub(crate) use memory::Memory;
use stage::{Flow, Stage};

/// The rules, ready to run. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pipeline {
    rules: Arc<[Rule]>,
}

/// One `[[logs.pipeline]]`.
#[derive(Debug)]
struct Rule {
    meant: Meant,
    stages: Vec<Stage>,
}

/// The lines that a rule means; by default all.
#[derive(Debug, Default)]
struct Meant {
    selector: Selector,
    /// Line filters, for streams that the selector takes.
    filters: Option<LogQuery>,
}

/// Equal if the same is written.
impl PartialEq for Pipeline {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.rules, &other.rules) || format!("{self:?}") == format!("{other:?}")
    }
}

impl Pipeline {
    /// Reads `[[logs.pipeline]]`; what is faulty is recorded there and counts as not written.
    pub(crate) fn read(logs: &Section<'_>) -> Self {
        Self { rules: logs.sections("pipeline").iter().filter_map(read::rule).collect() }
    }

    /// Whether nothing is done with any line.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Runs the rules over a batch. The positions are those of the last batch that comes back, so that they are
    /// committed with all lines before them; there is one even if all lines were dropped.
    pub(crate) fn apply(
        &self,
        batch: Batch,
        now: Timestamp,
        memory: &mut Memory,
        dropped: &DropBook,
    ) -> Vec<Batch> {
        let mut sorted = Sorted::new(batch.multiline);
        let service = crate::masking::service(&batch.labels).to_owned();
        for entry in batch.entries {
            let mut line = Line::new(batch.labels.clone(), entry, now);
            match self.run(&mut line, memory) {
                Flow::Goes => sorted.add(&batch.labels, line),
                Flow::Drops(reason) => dropped.add(&service, reason),
            }
        }
        sorted.finish(batch.labels, batch.positions)
    }

    fn run(&self, line: &mut Line, memory: &mut Memory) -> Flow<'_> {
        for (place, rule) in self.rules.iter().enumerate() {
            if !rule.meant.includes(&line.labels, &line.entry.line) {
                continue;
            }
            for (stage_place, stage) in rule.stages.iter().enumerate() {
                let flow = stage.run(line, memory, (place, stage_place));
                if flow != Flow::Goes {
                    return flow;
                }
            }
        }
        Flow::Goes
    }
}

impl Meant {
    fn includes(&self, labels: &Labels, line: &str) -> bool {
        self.selector.matches(labels)
            && self.filters.as_ref().is_none_or(|filters| filters.matches(labels, Level::Unknown, line))
    }
}

/// Lines by stream, in the order of their arrival.
struct Sorted {
    multiline: model::Multiline,
    batches: Vec<Batch>,
    by_labels: HashMap<Labels, usize>,
    latest: usize,
}

impl Sorted {
    fn new(multiline: model::Multiline) -> Self {
        Self { multiline, batches: Vec::new(), by_labels: HashMap::new(), latest: 0 }
    }

    fn add(&mut self, original: &Labels, line: Line) {
        let labels = storable(original, line.labels);
        if self.batches.get(self.latest).is_none_or(|batch| batch.labels != labels) {
            let (batches, multiline) = (&mut self.batches, &self.multiline);
            self.latest = *self.by_labels.entry(labels).or_insert_with_key(|labels| {
                batches.push(batch(labels.clone(), multiline));
                batches.len() - 1
            });
        }
        self.batches[self.latest].entries.push(line.entry);
    }

    fn finish(mut self, labels: Labels, positions: Vec<model::Position>) -> Vec<Batch> {
        if self.batches.is_empty() {
            self.batches.push(batch(labels, &self.multiline));
        }
        if let Some(last) = self.batches.last_mut() {
            last.positions = positions;
        }
        self.batches
    }
}

fn batch(labels: Labels, multiline: &model::Multiline) -> Batch {
    Batch { labels, entries: Vec::new(), positions: Vec::new(), multiline: multiline.clone() }
}

/// The labels without those that only stages see. A line whose labels were all taken away keeps those it came with,
/// since a stream without labels could not be found.
fn storable(original: &Labels, labels: Labels) -> Labels {
    if !labels.is_empty() && labels.iter().all(|(name, _)| !name.starts_with("__")) {
        return labels;
    }
    let kept = Labels::from_pairs(labels.iter().filter(|(name, _)| !name.starts_with("__")));
    if kept.is_empty() { original.clone() } else { kept }
}

#[cfg(test)]
mod tests;
