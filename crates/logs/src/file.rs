//! `[[logs.file]]`: follows log files by their names, as they grow and are rotated.
//!
//! Every second the globs are looked through ([`round`]). A file is known by its inode, by its first bytes and
//! by the bytes before the place that was read last ([`mark`]), so that a new name (rotation by rename), a
//! copy and an empty file in its place (`copytruncate`), a compressed copy and an inode given again are all
//! told apart: every line is stored once. The position of a file, `file/<device>:<inode>`, is committed with
//! its lines, as those of Docker's logs are.
//!
//! [`Files::run`] sends what it reads to the store's intake and waits when that is full.

mod follow;
mod glob;
mod mark;
mod round;
mod settings;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use model::Labels;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::logs::Logs;
use crate::shared::Shared;
use round::Rounds;
pub(crate) use settings::FileSettings;

/// The prefix of the positions' keys.
pub(crate) const PREFIX: &str = "file/";

/// The collector of log files.
#[derive(Debug)]
pub struct Files {
    shared: Arc<Shared>,
    rounds: Rounds,
}

impl Files {
    /// A collector for the files that the store's settings name; `None` if they name none. `base` are the
    /// labels that all files' streams have: `host`, and `environment` unless a file's settings say another.
    pub fn new(logs: &Logs, base: &Labels) -> Option<Self> {
        let settings = logs.shared.config().files().to_vec();
        if settings.is_empty() {
            return None;
        }
        let rounds = Rounds::new(settings, base, &logs.positions(PREFIX), logs.intake());
        Some(Self { shared: logs.shared.clone(), rounds })
    }

    /// Reads until `shutdown`. What was read by then is handed over; the rest is read at the next start.
    pub async fn run(self, shutdown: CancellationToken) {
        let (ended, end) = oneshot::channel();
        let thread = std::thread::Builder::new().name("log-files".into()).spawn(move || {
            self.read(&shutdown);
            // Nobody waits for the end of a collector whose task was dropped.
            let _ = ended.send(());
        });
        match thread {
            // The thread's end closes the channel, whatever its reason.
            Ok(_) => drop(end.await),
            Err(error) => tracing::error!("no thread for the collector of log files: {error}"),
        }
    }

    fn read(mut self, shutdown: &CancellationToken) {
        let every = self.shared.limits.files_every;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("a runtime without I/O needs nothing of the system");
        while !shutdown.is_cancelled() && self.rounds.is_open() {
            let now = self.shared.clock.now();
            let has_more = self.rounds.look(now, &self.shared.faults, shutdown);
            if !has_more {
                // The time-out is the usual end.
                let _ = runtime.block_on(async { tokio::time::timeout(every, shutdown.cancelled()).await });
            }
        }
    }
}
