//! What the writers, intake and the readers share.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use arc_swap::ArcSwap;
use event::ProjectId;
use store::Faults;
use tokio::sync::{Notify, broadcast, mpsc};

use crate::body::Bases;
use crate::clock::Clock;
use crate::config::Config;
use crate::limits::Limits;
use crate::news::News;
use crate::outlet::{self, Lines};
use crate::project::Projects;
use crate::quota::Rates;
use crate::readers::Readers;
use crate::releases::Recent;
use crate::search::Index;
use crate::status::Counters;

/// News that a slow listener may leave unread; then it skips the oldest.
const NEWS_MAX: usize = 256;

/// See the fields.
pub(crate) struct Shared {
    pub(crate) directory: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) config: ArcSwap<Config>,
    pub(crate) projects: ArcSwap<Projects>,
    pub(crate) faults: Faults,
    pub(crate) counters: Counters,
    pub(crate) rates: Rates,
    pub(crate) recent: Recent,
    pub(crate) bases: Bases,
    pub(crate) readers: Readers,
    pub(crate) index: Index,
    /// The last item of the spool, and the last that is worked in and may be deleted there.
    pub(crate) spooled: AtomicI64,
    pub(crate) worked: AtomicI64,
    /// Bytes of the items between them.
    pub(crate) backlog: AtomicU64,
    /// Something came into the spool.
    pub(crate) work: Notify,
    pub(crate) news: broadcast::Sender<News>,
    pub(crate) logs: mpsc::Sender<Lines>,
}

impl Shared {
    /// Everything, and the end at which log lines come out.
    pub(crate) fn new(
        directory: &Path,
        config: Config,
        limits: Limits,
        clock: Clock,
        index: Index,
    ) -> (Arc<Self>, mpsc::Receiver<Lines>) {
        let (logs, out) = mpsc::channel(outlet::WAITING_MAX);
        let recent = Recent::new(clock.now().millis());
        let shared = Self {
            directory: directory.to_owned(),
            limits,
            clock,
            config: ArcSwap::from_pointee(config),
            projects: ArcSwap::default(),
            faults: Faults::default(),
            counters: Counters::default(),
            rates: Rates::default(),
            recent,
            bases: Bases::default(),
            readers: Readers::new(directory),
            index,
            spooled: AtomicI64::new(0),
            worked: AtomicI64::new(0),
            backlog: AtomicU64::new(0),
            work: Notify::new(),
            news: broadcast::Sender::new(NEWS_MAX),
            logs,
        };
        (Arc::new(shared), out)
    }

    /// What people call issues of a project.
    pub(crate) fn short_ids(&self, project: i64, numbers: &[u64]) -> Vec<String> {
        let projects = self.projects.load();
        let Some(project) = projects.by_id.get(&ProjectId(project.unsigned_abs())) else { return Vec::new() };
        numbers.iter().map(|number| project.short_id(*number)).collect()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().millis()
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("directory", &self.directory).finish_non_exhaustive()
    }
}
