//! What was read and not handed over yet: lines on their way into batches.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use model::{Batch, Entry, Labels, Multiline, Position, Timestamp, label};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::bookmark::position;
use super::{Log, Subject, Surface};
use crate::cursor::{Cursor, Gap, Progress, Taken};
use crate::events::Happening;
use crate::lines::Line;
use crate::pieces::{Item, Stream};
use crate::status::{Counters, Status};

/// A batch is handed over when it holds so much …
const BATCH_BYTES: usize = 256 << 10;
const BATCH_LINES: usize = 4096;
/// … or when its first line has waited so long.
const BATCH_AGE: Duration = Duration::from_millis(100);

/// How far the times of two streams may be out of order, at most.
const STREAM_SKEW: Duration = Duration::from_secs(1);

/// Two streams' worth of lines; bounded by [`BATCH_BYTES`] and one chunk.
pub(super) struct Hopper {
    container_id: String,
    subject: watch::Receiver<Subject>,
    out: mpsc::Sender<Batch>,
    counters: Arc<Counters>,
    status: Arc<watch::Sender<Status>>,
    /// The labels of stdout, stderr and event, as of the last look at `subject`.
    labels: [Labels; 3],
    /// Likewise.
    multiline: Multiline,
    pending: [Pending; 2],
    since: Option<Instant>,
    /// How many lines were taken.
    taken: u64,
    newest_seen: Timestamp,
    /// The last line taken of either stream, unless it was taken back.
    last_taken: Option<Timestamp>,
    bytes_seen: u64,
    complaint: Option<String>,
    /// The line that must be among those of the answer; until it is there.
    anchor: Option<Timestamp>,
    /// It is not, so nothing of the answer is taken.
    falls_short: bool,
}

#[derive(Default)]
struct Pending {
    /// A gap, and how many of the entries are from before it.
    gap: Option<(Gap, usize)>,
    entries: Vec<Entry>,
    bytes: usize,
}

impl Hopper {
    pub(super) fn new(surface: &Surface, container_id: &str, mut subject: watch::Receiver<Subject>) -> Self {
        let now = subject.borrow_and_update().clone();
        Self {
            container_id: container_id.to_owned(),
            subject,
            out: surface.lines.clone(),
            counters: surface.counters.clone(),
            status: surface.status.clone(),
            labels: labels(&now),
            multiline: now.multiline,
            pending: Default::default(),
            since: None,
            taken: 0,
            newest_seen: Timestamp::MIN,
            last_taken: None,
            bytes_seen: 0,
            complaint: None,
            anchor: None,
            falls_short: false,
        }
    }

    /// Another answer begins. With `anchor`, it was asked for the log's last lines only, and counts if that
    /// line is among them.
    pub(super) fn begin(&mut self, anchor: Option<Timestamp>) {
        self.anchor = anchor;
        self.falls_short = false;
    }

    /// Whether the answer does not reach back to the anchor.
    pub(super) fn falls_short(&self) -> bool {
        self.falls_short
    }

    /// Whether lines wait here of an answer that has not shown the anchor.
    pub(super) fn is_unsure(&self) -> bool {
        self.anchor.is_some() && Stream::BOTH.into_iter().any(|stream| self.holds(stream))
    }

    /// Throws away what waits here.
    pub(super) fn clear(&mut self) {
        self.pending = Default::default();
        (self.since, self.last_taken) = (None, None);
    }

    /// Takes what the log consists of.
    pub(super) fn item(&mut self, item: Item<'_>, logs: &mut [Log; 2]) {
        match item {
            Item::Piece(piece) => {
                self.look_for_anchor(piece.timestamp);
                if self.falls_short {
                    return;
                }
                self.newest_seen = self.newest_seen.max(piece.timestamp.unwrap_or(Timestamp::MIN));
                self.bytes_seen += piece.content.len() as u64;
                logs[piece.stream.index()].push(&piece, self);
            }
            Item::Complaint(words) => self.complaint = Some(String::from_utf8_lossy(words).trim().to_owned()),
        }
    }

    fn look_for_anchor(&mut self, at: Option<Timestamp>) {
        let (Some(anchor), Some(at)) = (self.anchor, at) else { return };
        if at == anchor {
            self.anchor = None;
        } else if at > anchor.plus(STREAM_SKEW) {
            self.falls_short = true;
        }
    }

    /// Takes `line` if it is new.
    pub(super) fn offer(&mut self, stream: Stream, progress: &mut Progress<Line>, line: Line) {
        offer(progress, line, &mut |taken| match taken {
            Taken::Line(line) => self.add(stream, line),
            Taken::Gap(gap) => {
                let pending = &mut self.pending[stream.index()];
                pending.gap = Some((gap, pending.entries.len()));
            }
        });
    }

    fn add(&mut self, stream: Stream, line: Line) {
        let Line { timestamp, text, cut_bytes, replaced, .. } = line;
        // (Counted again if the line is taken back and read again: that hardly ever happens.)
        if cut_bytes > 0 {
            self.counters.cut_lines.fetch_add(1, Ordering::Relaxed);
        }
        if replaced {
            self.counters.replaced_lines.fetch_add(1, Ordering::Relaxed);
        }
        let metadata = vec![(label::CONTAINER_ID.into(), self.container_id.as_str().into())];
        let pending = &mut self.pending[stream.index()];
        pending.bytes += text.len();
        pending.entries.push(Entry { timestamp, line: text, metadata });
        self.taken += 1;
        self.last_taken = Some(timestamp);
        if self.since.is_none() {
            self.since = Some(Instant::now());
        }
    }

    /// Takes back what came after a gap, unless the gap is to be believed. Gives the cursors from before the
    /// gaps.
    ///
    /// Some engines (20.10) leave out compressed files of the driver `local` when asked for lines since a
    /// time, so only a log that was read as a `whole` proves a gap.
    pub(super) fn doubt(&mut self, whole: bool) -> Vec<(Stream, Cursor)> {
        let mut doubted = Vec::new();
        for stream in Stream::BOTH {
            let pending = &mut self.pending[stream.index()];
            if let Some((gap, before)) = pending.gap.take_if(|(_, before)| !whole || *before > 0) {
                pending.bytes -= pending.entries.drain(before..).map(|entry| entry.line.len()).sum::<usize>();
                doubted.push((stream, gap.before));
                self.last_taken = None;
            }
        }
        doubted
    }

    /// When something has waited long enough; never, while there is nothing.
    pub(super) async fn due(&self) {
        match self.since {
            Some(since) => sleep_until(since + BATCH_AGE).await,
            None => std::future::pending().await,
        }
    }

    /// Whether it is time to hand over.
    pub(super) fn is_ready(&self) -> bool {
        let full = |pending: &Pending| pending.bytes >= BATCH_BYTES || pending.entries.len() >= BATCH_LINES;
        self.pending.iter().any(full) || self.since.is_some_and(|since| since.elapsed() >= BATCH_AGE)
    }

    fn holds(&self, stream: Stream) -> bool {
        !self.pending[stream.index()].entries.is_empty()
    }

    /// How many lines were taken in all.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// The highest timestamp read, of new lines or known ones.
    pub(super) fn newest_seen(&self) -> Timestamp {
        self.newest_seen
    }

    /// The time of the last line taken, of either stream.
    pub(super) fn last_taken(&self) -> Option<Timestamp> {
        self.last_taken
    }

    /// How many bytes of lines were read, new or known.
    pub(super) fn bytes_seen(&self) -> u64 {
        self.bytes_seen
    }

    /// What the engine complained of since this was asked last.
    pub(super) fn complaint(&mut self) -> Option<String> {
        self.complaint.take()
    }

    /// Hands over what waits of `stream`, with where the log is left after it. False if nobody takes it any
    /// more. Nothing is lost when the future is dropped.
    pub(super) async fn send(
        &mut self,
        stream: Stream,
        cursor: Option<Cursor>,
        anchor: Option<Timestamp>,
    ) -> bool {
        self.refresh_labels();
        if let Some((gap, _)) = self.pending[stream.index()].gap
            && !self.send_gap(stream, gap, anchor).await
        {
            return false;
        }
        let Some(cursor) = cursor.filter(|_| self.holds(stream)) else { return true };
        let Ok(permit) = self.out.reserve().await else { return false };
        let positions = vec![position(&self.container_id, stream, &cursor, anchor)];
        let Pending { entries, bytes, .. } = std::mem::take(&mut self.pending[stream.index()]);
        self.counters.lines.fetch_add(entries.len() as u64, Ordering::Relaxed);
        self.counters.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let labels = self.labels[stream.index()].clone();
        permit.send(Batch { labels, entries, positions, multiline: self.multiline.clone() });
        Status::readable(&self.status, &self.container_id);
        if self.pending.iter().all(|pending| pending.entries.is_empty()) {
            self.since = None;
        }
        true
    }

    /// A gap is told together with a cursor behind it, so that it is told once.
    async fn send_gap(&mut self, stream: Stream, gap: Gap, anchor: Option<Timestamp>) -> bool {
        let happening = Happening::Gap { stream: stream.name(), from: gap.from, to: gap.to };
        let positions = vec![position(&self.container_id, stream, &gap.cursor, anchor)];
        if !self.send_event(&happening, gap.to, positions).await {
            return false;
        }
        self.pending[stream.index()].gap = None;
        self.counters.gaps.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Hands over an entry about the container.
    pub(super) async fn tell(&mut self, happening: &Happening, at: Timestamp) -> bool {
        self.refresh_labels();
        self.send_event(happening, at, Vec::new()).await
    }

    async fn send_event(&mut self, happening: &Happening, at: Timestamp, positions: Vec<Position>) -> bool {
        let labels = self.labels[2].clone();
        let name = labels.get(label::CONTAINER).unwrap_or_default();
        let entries = vec![happening.entry(at, name, &self.container_id)];
        let Ok(permit) = self.out.reserve().await else { return false };
        permit.send(Batch { labels, entries, positions, multiline: Multiline::Off });
        true
    }

    /// A renamed container's lines have its new name from the next batch on.
    fn refresh_labels(&mut self) {
        if self.subject.has_changed().unwrap_or(false) {
            let now = self.subject.borrow_and_update();
            self.labels = labels(&now);
            self.multiline = now.multiline.clone();
        }
    }
}

fn labels(subject: &Subject) -> [Labels; 3] {
    [Stream::Stdout.name(), Stream::Stderr.name(), EVENT_STREAM]
        .map(|stream| subject.identity.stream_labels(stream))
}

/// The stream of entries about containers.
pub(crate) const EVENT_STREAM: &str = "event";

/// Offers `line`, and notes with the cursor if it was new and had no line break.
fn offer(progress: &mut Progress<Line>, line: Line, take: &mut impl FnMut(Taken<Line>)) {
    let open_bytes = line.open_bytes;
    let mut new = false;
    progress.offer(line, &mut |taken| {
        new |= matches!(taken, Taken::Line(_));
        take(taken);
    });
    if new && open_bytes > 0 {
        progress.set_open(open_bytes);
    }
}
