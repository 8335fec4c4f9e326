//! Lets the index follow the database, on a thread of its own and in commits of many events.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction as Commit};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, TantivyDocument, TantivyError, Term};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::index::{Index, Progress, is_damage};
use crate::database::{self, EventPlace};
use crate::readers::ReadError;

/// After a change it is waited for more of them.
const SETTLE: Duration = Duration::from_secs(1);

/// Commits are at least this far apart: each makes half a dozen files and waits for the disk.
const BETWEEN_COMMITS: Duration = Duration::from_secs(5);

/// The files are closed when nobody has asked for so long.
const IDLE: Duration = Duration::from_secs(60);

/// The wait after a failure.
const RETRY: Duration = Duration::from_secs(30);

/// So many events are looked for at once.
const SLICE: usize = 256;

/// So many slices make a commit, at most.
const SLICES_MAX: usize = 16;

/// So many deleted events are forgotten with one commit.
const STALE_MAX: usize = 5000;

/// If more events are deleted than it keeps up with, making the index anew is less work.
const STALE_LEFT_MAX: i64 = 200_000;

/// What the writer may gather before it writes: the least that tantivy allows.
const WRITER_BYTES: usize = 15_000_000;

/// Merged files smaller than this many events are alike: merged whenever there are eight.
const SMALL_DOCUMENTS: u32 = 1000;

/// Keeps the index up to date while it runs.
pub struct Indexer {
    index: Index,
    database: PathBuf,
    was_checked: bool,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the index of words: {0}")]
    Index(#[from] TantivyError),
    #[error("the index of words cannot follow: {0}")]
    Database(#[from] ReadError),
    #[error("the index of words cannot be cleared away: {0}")]
    Directory(#[from] std::io::Error),
}

/// The index in `directory` of the events in `database`, and what lets it follow them.
pub(crate) fn open(directory: &Path, database: PathBuf) -> (Index, Indexer) {
    let index = Index::new(directory);
    let indexer = Indexer { index: index.clone(), database, was_checked: false };
    (index, indexer)
}

/// Deletes from the database what the index has forgotten. Called in the writer's transaction now and then.
pub(crate) fn tidy(commit: &Commit<'_>, index: &Index) -> rusqlite::Result<()> {
    let done = index.stale_done();
    commit.prepare_cached("DELETE FROM search_stale WHERE seq <= ?")?.execute([done])?;
    let last: Option<i64> = commit.query_row("SELECT max(seq) FROM search_stale", [], |row| row.get(0))?;
    if last.is_some_and(|last| last - done > STALE_LEFT_MAX) {
        commit.execute_batch("DELETE FROM search_stale; UPDATE search_mark SET mark = randomblob(16);")?;
    }
    Ok(())
}

impl Indexer {
    /// Follows the database until shutdown. What is not in the index by then comes in after the next start.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let _ = shutdown.run_until_cancelled(self.follow(&shutdown)).await;
        self.index.close();
    }

    async fn follow(&mut self, shutdown: &CancellationToken) {
        let mut earliest = Instant::now();
        loop {
            match self.round(shutdown).await {
                Ok(false) => {}
                Ok(true) => earliest = Instant::now() + BETWEEN_COMMITS,
                Err(failure) => {
                    tracing::warn!("{failure}; tried again in {} s", RETRY.as_secs());
                    tokio::time::sleep(RETRY).await;
                    continue;
                }
            }
            self.changed().await;
            tokio::time::sleep_until(earliest.max(Instant::now() + SETTLE)).await;
        }
    }

    /// Returns when there is something to do. Closes the files when nobody asks for a while.
    async fn changed(&self) {
        loop {
            tokio::select! {
                () = self.index.nudged() => return,
                () = tokio::time::sleep(IDLE) => self.index.close_if_idle(),
            }
        }
    }

    /// Works in what is there. Gives whether there was anything.
    async fn round(&mut self, shutdown: &CancellationToken) -> Result<bool, Failure> {
        let (index, database, shutdown) = (self.index.clone(), self.database.clone(), shutdown.clone());
        let check = !std::mem::replace(&mut self.was_checked, true);
        let worked = tokio::task::spawn_blocking(move || {
            let events = store::open_reader(&database, &database::SCHEMA).map_err(ReadError::from)?;
            catch_up(&index, &events, check, &shutdown)
        });
        worked.await.unwrap_or_else(|_| {
            // A reader that panics has met files that make no sense.
            self.index.damage();
            Err(Failure::Index(TantivyError::InternalError("its files make no sense".to_owned())))
        })
    }
}

/// Brings the index up to the database's state. With `check`, all of its files are read once before.
pub(super) fn catch_up(
    index: &Index,
    events: &Connection,
    check: bool,
    shutdown: &CancellationToken,
) -> Result<bool, Failure> {
    let mark: String = events
        .query_row("SELECT hex(mark) FROM search_mark", [], |row| row.get(0))
        .map_err(ReadError::from)?;
    let (files, mut progress) = opened(index, &mark, check)?;
    index.reached(&progress);
    let mut writer: Option<IndexWriter> = None;
    while !shutdown.is_cancelled() {
        let Some(next) = work_in(index, events, &files, &mut writer, &progress)? else { break };
        progress = next;
        index.committed(&progress)?;
    }
    let Some(writer) = writer else { return Ok(false) };
    writer.wait_merging_threads()?;
    index.committed(&progress)?;
    Ok(true)
}

/// The files, and up to where they have got; made anew if they are not what they should be.
fn opened(index: &Index, mark: &str, check: bool) -> Result<(tantivy::Index, Progress), Failure> {
    let is_damaged = index.take_damage();
    if !is_damaged && let Some(opened) = as_they_are(index, mark, check)? {
        return Ok(opened);
    }
    index.close();
    match std::fs::remove_dir_all(index.directory()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    std::fs::create_dir_all(index.directory())?;
    Ok((index.make()?, Progress::none(mark.to_owned())))
}

fn as_they_are(
    index: &Index,
    mark: &str,
    check: bool,
) -> Result<Option<(tantivy::Index, Progress)>, Failure> {
    if !index.exists() {
        return Ok(None);
    }
    let looked = index.open().and_then(|files| {
        let is_whole = !check || files.validate_checksum()?.is_empty();
        let payload = files.load_metas()?.payload.unwrap_or_default();
        let progress: Option<Progress> = serde_json::from_str(&payload).ok();
        let progress = progress.filter(|progress| is_whole && progress.is_of(mark));
        Ok(progress.map(|progress| (files, progress)))
    });
    match looked {
        Ok(Some(opened)) => Ok(Some(opened)),
        Ok(None) => {
            tracing::info!("the index of words does not fit the events and is made anew");
            Ok(None)
        }
        Err(error) if is_damage(&error) => {
            tracing::warn!("the index of words is damaged and is made anew: {error}");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// One commit; `None` if there is nothing for it.
fn work_in(
    index: &Index,
    events: &Connection,
    files: &tantivy::Index,
    writer: &mut Option<IndexWriter>,
    progress: &Progress,
) -> Result<Option<Progress>, Failure> {
    // One state of the database: an event is either there or in `search_stale`.
    let snapshot = events.unchecked_transaction().map_err(ReadError::from)?;
    let mut next = progress.clone();
    for _ in 0..SLICES_MAX {
        let slice = database::places_after(&snapshot, next.event, SLICE).map_err(ReadError::from)?;
        let Some(last) = slice.last() else { break };
        let writer = opened_writer(files, writer)?;
        for place in &slice {
            if let Some(document) = document(index, &snapshot, place)? {
                writer.add_document(document)?;
            }
        }
        next.event = last.row;
    }
    for (seq, event) in stale_after(&snapshot, progress.stale).map_err(ReadError::from)? {
        next.stale = seq;
        let writer = opened_writer(files, writer)?;
        writer.delete_term(Term::from_field_u64(index.fields().row, event as u64));
    }
    if next == *progress {
        return Ok(None);
    }
    let mut commit = opened_writer(files, writer)?.prepare_commit()?;
    commit.set_payload(&serde_json::to_string(&next).unwrap_or_default());
    commit.commit()?;
    Ok(Some(next))
}

/// The document of a kept event; `None` if it is damaged.
fn document(
    index: &Index,
    events: &Connection,
    place: &EventPlace,
) -> Result<Option<TantivyDocument>, Failure> {
    let mut document = match index.expected(place.project, place.id) {
        Some(document) => document,
        None => match database::event_in(events, place.row) {
            Ok(Some(event)) => index.fields().words(&event.stored.event).0,
            Ok(None) => return Ok(None),
            Err(damaged @ ReadError::Damaged { .. }) => {
                tracing::warn!("{damaged}");
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        },
    };
    index.fields().place(&mut document, place);
    Ok(Some(document))
}

fn stale_after(events: &Connection, seq: i64) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut statement =
        events.prepare_cached("SELECT seq, event FROM search_stale WHERE seq > ? ORDER BY seq LIMIT ?")?;
    statement.query_map([seq, STALE_MAX as i64], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// The writer holds megabytes: it is there only while there is something to write.
fn opened_writer<'w>(
    files: &tantivy::Index,
    writer: &'w mut Option<IndexWriter>,
) -> tantivy::Result<&'w mut IndexWriter> {
    if let Some(writer) = writer {
        return Ok(writer);
    }
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(WRITER_BYTES)
        .num_worker_threads(1)
        .num_merge_threads(1)
        .build();
    let opened: IndexWriter = files.writer_with_options(options)?;
    let mut merging = LogMergePolicy::default();
    merging.set_min_layer_size(SMALL_DOCUMENTS);
    merging.set_del_docs_ratio_before_merge(0.3);
    opened.set_merge_policy(Box::new(merging));
    Ok(writer.insert(opened))
}
