//! The index on disk: opening, asking, and how far it has got.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use event::{Event, EventId};
use serde::{Deserialize, Serialize};
use tantivy::query::{Query as IndexQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{IndexReader, ReloadPolicy, Searcher, TantivyDocument, TantivyError};
use tokio::sync::{Notify, watch};

use super::beforehand::Beforehand;
use super::collector::Fingerprints;
use super::document::{Fields, TRACE, WORDS};
use super::words::Words;

/// What is in documents. An index of another format is made anew.
const FORMAT: u32 = 1;

/// A handle to the index. It is never needed to keep an event, and always can be made anew from the database.
#[derive(Clone)]
pub struct Index(Arc<Shared>);

struct Shared {
    directory: PathBuf,
    fields: Fields,
    /// Open while it is asked, closed a while after: what it maps counts as memory.
    reader: Mutex<Option<IndexReader>>,
    asked: AtomicBool,
    damaged: AtomicBool,
    /// The last row of `event` that can be found.
    event: watch::Sender<i64>,
    stale: AtomicI64,
    wake: Notify,
    beforehand: Beforehand,
}

/// Up to where an index has got, and of which database. Stored with each of its commits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    format: u32,
    /// The database's own mark, in hexadecimal digits.
    pub(super) mark: String,
    /// The last row of `event` that was looked at.
    pub(super) event: i64,
    /// The last row of `search_stale` likewise.
    pub(super) stale: i64,
}

impl Progress {
    pub(super) fn none(mark: String) -> Self {
        Self { format: FORMAT, mark, event: 0, stale: 0 }
    }

    /// Whether the index is one of this version and of the database with the mark.
    pub(super) fn is_of(&self, mark: &str) -> bool {
        self.format == FORMAT && self.mark == mark
    }
}

/// How far the index has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The last row of the table of events that can be found.
    pub event: i64,
    /// Whether it has to be made anew.
    pub is_damaged: bool,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("directory", &self.0.directory).finish_non_exhaustive()
    }
}

impl Index {
    /// The index in the directory, whatever state it is in.
    pub(super) fn new(directory: &Path) -> Self {
        Self(Arc::new(Shared {
            directory: directory.to_owned(),
            fields: Fields::new(),
            reader: Mutex::new(None),
            asked: AtomicBool::new(false),
            damaged: AtomicBool::new(false),
            event: watch::Sender::new(0),
            stale: AtomicI64::new(0),
            wake: Notify::new(),
            beforehand: Beforehand::default(),
        }))
    }

    /// Tells that the database has changed. Cheap.
    pub fn nudge(&self) {
        self.0.wake.notify_one();
    }

    /// An event is on its way into the database.
    pub(crate) fn expect(&self, project: i64, event: &Event) {
        let (document, bytes) = self.0.fields.words(event);
        self.0.beforehand.put((project, event.id), document, bytes);
    }

    /// What an event says, if it was expected and did not wait for too long.
    pub(super) fn expected(&self, project: i64, event: EventId) -> Option<TantivyDocument> {
        self.0.beforehand.take((project, event))
    }

    /// The fingerprints of which events are of a trace.
    pub(crate) fn with_trace(&self, trace: &str) -> tantivy::Result<HashSet<u64>> {
        let term = self.0.fields.pair(TRACE, trace);
        self.fingerprints(&TermQuery::new(term, IndexRecordOption::Basic), i64::MIN..i64::MAX)
    }

    /// How far it has got.
    pub fn status(&self) -> Status {
        Status { event: *self.0.event.borrow(), is_damaged: self.0.damaged.load(Ordering::Relaxed) }
    }

    /// The last row of the table of events that can be found, as it changes.
    pub fn reached_rows(&self) -> watch::Receiver<i64> {
        self.0.event.subscribe()
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.0.fields
    }

    pub(super) fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// Returns after the next [`Self::nudge`], or at once if there was one meanwhile.
    pub(super) async fn nudged(&self) {
        self.0.wake.notified().await;
    }

    /// Whether there are files.
    pub(super) fn exists(&self) -> bool {
        self.0.directory.join("meta.json").exists()
    }

    /// Opens the files. A lack of them is an error.
    pub(super) fn open(&self) -> tantivy::Result<tantivy::Index> {
        let index = tantivy::Index::open_in_dir(&self.0.directory)?;
        if index.schema() != self.0.fields.schema {
            return Err(TantivyError::SchemaError("it was made by another version".to_owned()));
        }
        Ok(self.with_words(index))
    }

    /// Makes the files anew; the directory is empty.
    pub(super) fn make(&self) -> tantivy::Result<tantivy::Index> {
        let index = tantivy::Index::create_in_dir(&self.0.directory, self.0.fields.schema.clone())?;
        Ok(self.with_words(index))
    }

    fn with_words(&self, index: tantivy::Index) -> tantivy::Index {
        index.tokenizers().register(WORDS, TextAnalyzer::from(Words));
        index
    }

    /// The fingerprints of the events that the query finds, of those received in the range.
    pub(super) fn fingerprints(
        &self,
        query: &dyn IndexQuery,
        received_ms: Range<i64>,
    ) -> tantivy::Result<HashSet<u64>> {
        self.0.asked.store(true, Ordering::Relaxed);
        if !self.exists() {
            // It is still to be made: nothing was found yet.
            return Ok(HashSet::new());
        }
        // The files are trusted to be what was written; whatever else they are may make their reader panic.
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.searcher()?.search(query, &Fingerprints(received_ms))
        }));
        let found =
            found.unwrap_or_else(|_| Err(TantivyError::InternalError("its files make no sense".to_owned())));
        found.inspect_err(|error| {
            if is_damage(error) {
                self.damage();
            }
        })
    }

    fn searcher(&self) -> tantivy::Result<Searcher> {
        let mut reader = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = &*reader {
            return Ok(reader.searcher());
        }
        let opened = self.open()?.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(reader.insert(opened).searcher())
    }

    /// Lets readers see the last commit.
    pub(super) fn committed(&self, progress: &Progress) -> tantivy::Result<()> {
        let reader = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.as_ref().map_or(Ok(()), IndexReader::reload)?;
        self.reached(progress);
        Ok(())
    }

    pub(super) fn reached(&self, progress: &Progress) {
        self.0.event.send_replace(progress.event);
        self.0.stale.store(progress.stale, Ordering::Relaxed);
    }

    /// The last row of `search_stale` that is worked in for good.
    pub(super) fn stale_done(&self) -> i64 {
        self.0.stale.load(Ordering::Relaxed)
    }

    /// Lets go of the files.
    pub(super) fn close(&self) {
        *self.0.reader.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Lets go of the files if nobody has asked since the last call.
    pub(super) fn close_if_idle(&self) {
        if !self.0.asked.swap(false, Ordering::Relaxed) {
            self.close();
        }
    }

    pub(super) fn damage(&self) {
        self.0.damaged.store(true, Ordering::Relaxed);
        self.nudge();
    }

    /// Whether it was found to be damaged since the last call.
    pub(super) fn take_damage(&self) -> bool {
        self.0.damaged.swap(false, Ordering::Relaxed)
    }
}

/// Whether an error says that the files are not what they should be. A full disk does not.
pub(super) fn is_damage(error: &TantivyError) -> bool {
    matches!(
        error,
        TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::SchemaError(_)
            | TantivyError::FieldNotFound(_)
            | TantivyError::InternalError(_)
            | TantivyError::DeserializeError(_)
            | TantivyError::OpenReadError(_)
    )
}
