//! From what was brought to what the spool takes: the work of accepting that needs a processor and no disk, but for
//! attachments, whose files are written here.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use event::items::{Attachment, LogRecord};
use event::{Event, EventId, Grouping};
use model::{Batch, Labels, Multiline, label};
use serde::{Deserialize, Serialize};

use crate::body::Packed;
use crate::database::Document;
use crate::digest::{self, Digest};
use crate::prepared::{Accepted, Delivery, Prepared};
use crate::project::Project;
use crate::refusal::{RateLimited, Reason, Refusal};
use crate::shared::Shared;
use crate::spool::{Item, Kind, Parcel};
use crate::status::Refused;

/// Below the store's directory.
pub(crate) const ARTIFACTS: &str = "artifacts";

/// The stream of log lines that came through an SDK.
const STREAM: &str = "sentry";

/// Senders are told to come back after so long when nothing can be written.
const RETRY_S: u32 = 30;

/// A delivery that is ready for the spool.
pub struct Parceled {
    pub(crate) parcel: Parcel,
    pub(crate) accepted: Accepted,
    /// Groups and the bases that their events are told by.
    pub(crate) bundle: Bundle,
    /// Lines for the log store, once the rest is stored.
    pub(crate) logs: Vec<Batch>,
}

impl std::fmt::Debug for Parceled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parceled").field("accepted", &self.accepted).finish_non_exhaustive()
    }
}

/// Bases and files that come with a delivery: whatever becomes of it, they do not stay half made.
pub(crate) struct Bundle {
    packed: Vec<(u64, Packed)>,
    files: Vec<String>,
    shared: Arc<Shared>,
    is_stored: bool,
}

impl Bundle {
    /// Everything is stored, and other events may be told by the bases.
    pub(crate) fn keep(mut self) {
        self.is_stored = true;
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        for (group, packed) in &self.packed {
            if packed.new_base.is_some() {
                let base = packed.base.as_ref().filter(|_| self.is_stored);
                self.shared.bases.stored(*group, base);
            }
        }
        for file in self.files.iter().filter(|_| !self.is_stored) {
            // What cannot be removed now goes at the next start.
            let _ = std::fs::remove_file(self.shared.directory.join(ARTIFACTS).join(file));
        }
    }
}

/// `meta` of an attachment.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AttachmentMeta {
    pub(crate) event: EventId,
    pub(crate) about: Attachment,
    pub(crate) bytes: u64,
    /// Below [`ARTIFACTS`].
    pub(crate) file: String,
}

/// Packs what fits into the project's budgets. Refuses only where nothing does.
pub(crate) fn pack(shared: &Arc<Shared>, delivery: Delivery) -> Result<Parceled, Refusal> {
    let Delivery { project, client, items } = delivery;
    let now_ms = shared.now_ms();
    shared.counters.came(project.id, &client);
    let parcel =
        Parcel { project: project.id.0 as i64, received_ms: now_ms, items: Vec::with_capacity(items.len()) };
    let bundle = Bundle { packed: Vec::new(), files: Vec::new(), shared: shared.clone(), is_stored: false };
    let mut packing = Packing {
        shared,
        project: &project,
        client: &client,
        out: Parceled { parcel, accepted: Accepted::default(), bundle, logs: Vec::new() },
    };
    let came = items.len();
    let mut taken = 0;
    for item in items {
        let category = item.category();
        match shared.rates.take(project.id, category, &shared.config.load().quotas, now_ms) {
            Ok(()) => {
                packing.add(item).map_err(|error| packing.failed(&error))?;
                taken += 1;
            }
            Err(limited) => packing.limited(limited, now_ms),
        }
    }
    let out = packing.out;
    match out.accepted.limited.iter().map(|limited| limited.retry_after_s).max() {
        Some(retry_after_s) if taken == 0 && came > 0 => Err(Refusal {
            reason: out.accepted.limited[0].reason,
            retry_after_s,
            categories: out.accepted.limited.iter().map(|limited| limited.category).collect(),
        }),
        _ => Ok(out),
    }
}

struct Packing<'p> {
    shared: &'p Shared,
    project: &'p Project,
    client: &'p str,
    out: Parceled,
}

impl Packing<'_> {
    fn add(&mut self, item: Prepared) -> std::io::Result<()> {
        match item {
            Prepared::Event(event, grouping) => self.event(&event, &grouping),
            Prepared::Transaction(transaction) => {
                self.out.accepted.id.get_or_insert(transaction.id);
                self.item(Kind::Transaction, &transaction)
            }
            Prepared::Spans(spans) => self.item(Kind::Spans, &spans),
            Prepared::CheckIn(check_in) => self.item(Kind::CheckIn, &check_in),
            Prepared::Sessions(sessions) => self.item(Kind::Sessions, &sessions),
            Prepared::ClientReport(report) => self.item(Kind::ClientReport, &report),
            Prepared::Feedback(feedback) => self.item(Kind::Feedback, &feedback),
            Prepared::Attachment { event, about, payload } => self.attachment(event, about, &payload),
            Prepared::Logs(records) => {
                self.logs(records);
                Ok(())
            }
        }
    }

    fn event(&mut self, event: &Event, grouping: &Grouping) -> std::io::Result<()> {
        self.out.accepted.id.get_or_insert(event.id);
        let json = serde_json::to_vec(&Document { event, grouping })?;
        let group = group(self.project, grouping);
        let mut packed = self.shared.bases.pack(group, &json)?;
        let base = packed.base.as_ref().map(|base| base.id);
        let digest = Digest::of(event, grouping, base);
        if let (Some(data), Some(id)) = (packed.new_base.take(), base) {
            self.out.parcel.items.push(Item { kind: Kind::Base, meta: digest::write(&id)?, data });
            // Tells who keeps the parcel that the base came with it.
            packed.new_base = Some(Vec::new());
        }
        let data = std::mem::take(&mut packed.data);
        self.out.parcel.items.push(Item { kind: Kind::Event, meta: digest::write(&digest)?, data });
        self.out.bundle.packed.push((group, packed));
        self.shared.index.expect(self.project.id.0 as i64, event);
        Ok(())
    }

    fn item(&mut self, kind: Kind, value: &impl Serialize) -> std::io::Result<()> {
        self.out.parcel.items.push(Item { kind, meta: digest::write(value)?, data: Vec::new() });
        Ok(())
    }

    /// The file is there before its item is: what no item names is removed at the next start.
    fn attachment(&mut self, event: EventId, about: Attachment, payload: &[u8]) -> std::io::Result<()> {
        let bytes = payload.len() as u64;
        if bytes > self.shared.config.load().attachment_max_size.0 {
            self.refuse(crate::refusal::Category::Attachment, Reason::TooLarge, bytes);
            return Ok(());
        }
        let file = new_name()?;
        write_file(&self.shared.directory.join(ARTIFACTS), &file, payload)?;
        self.out.bundle.files.push(file.clone());
        self.item(Kind::Attachment, &AttachmentMeta { event, about, bytes, file })
    }

    fn logs(&mut self, records: Vec<LogRecord>) {
        for record in records {
            let labels = labels(self.shared, self.project, &record);
            let entry = record.into_entry();
            match self.out.logs.iter_mut().find(|batch| batch.labels == labels) {
                Some(batch) => batch.entries.push(entry),
                None => self.out.logs.push(Batch {
                    labels,
                    entries: vec![entry],
                    positions: Vec::new(),
                    multiline: Multiline::Off,
                }),
            }
        }
    }

    fn limited(&mut self, limited: RateLimited, now_ms: i64) {
        let refused = Refused {
            at_ms: now_ms,
            reason: limited.reason.name().to_owned(),
            bytes: 0,
            client: self.client.to_owned(),
        };
        self.shared.counters.refused(self.project.id, limited.category, refused, limited.reason);
        if !self.out.accepted.limited.iter().any(|known| known.category == limited.category) {
            self.out.accepted.limited.push(limited);
        }
    }

    fn refuse(&self, category: crate::refusal::Category, reason: Reason, bytes: u64) {
        let refused = Refused {
            at_ms: self.shared.now_ms(),
            reason: reason.name().to_owned(),
            bytes,
            client: self.client.to_owned(),
        };
        self.shared.counters.refused(self.project.id, category, refused, reason);
    }

    fn failed(&self, error: &std::io::Error) -> Refusal {
        tracing::warn!(project = %self.project.name, "a delivery could not be packed: {error}");
        self.refuse(crate::refusal::Category::Default, Reason::Disk, 0);
        Refusal::of_all(Reason::Disk, RETRY_S)
    }
}

/// What events that are much alike have in common.
fn group(project: &Project, grouping: &Grouping) -> u64 {
    let mut bytes = project.id.0.to_le_bytes().to_vec();
    bytes.extend(grouping.hashes.first().iter().flat_map(|hash| hash.0));
    store::checksum(&bytes)
}

fn labels(shared: &Shared, project: &Project, record: &LogRecord) -> Labels {
    let environment = record.attribute("sentry.environment").filter(|name| is_environment(name));
    let environment = environment.map(str::to_owned);
    let environment = environment.unwrap_or_else(|| shared.config.load().environment.clone());
    Labels::from_pairs([
        (label::SERVICE, project.service()),
        (label::SERVICE_NAME, project.service()),
        (label::ENVIRONMENT, &environment),
        (label::STREAM, STREAM),
    ])
}

/// Whether it can be meant as the name of an environment: each makes a stream of its own.
fn is_environment(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !name.is_empty() && name.len() <= 64 && name.bytes().all(fits)
}

fn new_name() -> std::io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(EventId(bytes).to_string())
}

fn write_file(directory: &Path, name: &str, payload: &[u8]) -> std::io::Result<()> {
    let path = directory.join(name);
    let mut file = std::fs::File::create_new(&path)?;
    let written = file.write_all(payload).and_then(|()| file.sync_all());
    if written.is_err() {
        // What is left of it has no use; the error at hand says more than one about the clearing.
        let _ = std::fs::remove_file(&path);
        return written;
    }
    std::fs::File::open(directory)?.sync_all()
}
