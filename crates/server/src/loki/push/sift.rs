//! The limits of a push: what exceeds one is refused and listed, all else is kept.

use logs::DropReason;
use model::Ordered as _;
use model::{Batch, Entry, Labels, Metadata};

use super::naming::with_service_name;

const LABELS_MAX: usize = 30;
const NAME_BYTES_MAX: usize = 1024;
const VALUE_BYTES_MAX: usize = 2048;
pub(in crate::loki) const LINE_BYTES_MAX: usize = 256 << 10;
const METADATA_MAX: usize = 128;
const METADATA_BYTES_MAX: usize = 64 << 10;
/// So many refusals are listed one by one.
const LISTED_MAX: usize = 20;

/// What is to be stored and what is not.
pub(in crate::loki) struct Sifted {
    pub(in crate::loki) batches: Vec<Batch>,
    pub(in crate::loki) refused: Refused,
}

/// What was refused.
#[derive(Default)]
pub(in crate::loki) struct Refused {
    listed: Vec<String>,
    entries: usize,
    entries_in_all: usize,
}

/// Parts a push. `refuses` is the store's word on times.
pub(in crate::loki) fn sift(
    batches: Vec<Batch>,
    refuses: impl Fn(&Labels, &Entry) -> Option<DropReason>,
) -> Sifted {
    let mut sifted = Sifted { batches: Vec::with_capacity(batches.len()), refused: Refused::default() };
    for mut batch in batches {
        sifted.refused.entries_in_all += batch.entries.len();
        if let Err(reason) = check_labels(&batch.labels) {
            sifted.refused.add(batch.entries.len(), || format!("stream {}: {reason}", brief(&batch.labels)));
            continue;
        }
        let (refused, labels) = (&mut sifted.refused, &batch.labels);
        batch.entries.retain(|entry| match check_entry(entry, |entry| refuses(labels, entry)) {
            Ok(()) => true,
            Err(reason) => {
                refused.add(1, || format!("entry {} of stream {}: {reason}", entry.timestamp, brief(labels)));
                false
            }
        });
        if !batch.entries.is_empty() {
            sifted.batches.push(Batch { labels: with_service_name(batch.labels), ..batch });
        }
    }
    sifted
}

impl Refused {
    fn add(&mut self, entries: usize, describe: impl FnOnce() -> String) {
        self.entries += entries;
        if self.listed.len() < LISTED_MAX {
            self.listed.push(describe());
        } else if self.listed.len() == LISTED_MAX {
            self.listed.push("and more".to_owned());
        }
    }

    /// How many entries.
    pub(in crate::loki) fn entries(&self) -> usize {
        self.entries
    }

    /// What the sender is told; `None` if all was taken.
    pub(super) fn report(&self) -> Option<String> {
        if self.listed.is_empty() {
            return None;
        }
        let stored = self.entries_in_all - self.entries;
        let sum =
            format!("{} of {} entries were refused, {stored} stored", self.entries, self.entries_in_all);
        Some(format!("{sum}\n{}\n", self.listed.join("\n")))
    }
}

fn check_labels(labels: &Labels) -> Result<(), String> {
    if labels.is_empty() {
        return Err("a stream needs at least one label".into());
    }
    if labels.len() > LABELS_MAX {
        let instead = "move what varies from line to line into structured metadata";
        return Err(format!("it has {} labels, {LABELS_MAX} are allowed; {instead}", labels.len()));
    }
    for (name, value) in labels.iter() {
        if name.len() > NAME_BYTES_MAX {
            return Err(format!("a label's name has {} bytes, {NAME_BYTES_MAX} are allowed", name.len()));
        }
        if value.len() > VALUE_BYTES_MAX {
            return Err(format!(
                "the value of `{name}` has {} bytes, {VALUE_BYTES_MAX} are allowed",
                value.len()
            ));
        }
    }
    Ok(())
}

fn check_entry(entry: &Entry, refuses: impl Fn(&Entry) -> Option<DropReason>) -> Result<(), String> {
    if entry.line.len() > LINE_BYTES_MAX {
        return Err(format!("its line has {} bytes, {LINE_BYTES_MAX} are allowed", entry.line.len()));
    }
    match refuses(entry) {
        None => {}
        Some(DropReason::TooFarAhead) => return Err("it is too far ahead of this machine's clock".into()),
        Some(DropReason::TooOld) => {
            return Err("it is too old; lines of its day are not kept any more".into());
        }
        Some(reason) => return Err(reason.name().into()),
    }
    if entry.metadata.len() > METADATA_MAX {
        return Err(format!("it has {} metadata, {METADATA_MAX} are allowed", entry.metadata.len()));
    }
    let bytes: usize = entry.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > METADATA_BYTES_MAX {
        return Err(format!("its metadata have {bytes} bytes, {METADATA_BYTES_MAX} are allowed"));
    }
    Ok(())
}

/// Sorted by name, each name once; of several the last counts.
pub(in crate::loki) fn sorted(mut metadata: Metadata) -> Metadata {
    metadata.order_by(|(one, _), (other, _)| one.cmp(other));
    metadata.dedup_by(|later, kept| {
        let is_same = later.0 == kept.0;
        if is_same {
            std::mem::swap(later, kept);
        }
        is_same
    });
    metadata
}

/// The labels as text, cut where they are endless.
fn brief(labels: &Labels) -> String {
    const CHARACTERS_MAX: usize = 300;
    let text = labels.to_string();
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
