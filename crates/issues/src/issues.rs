//! The handle of the store, and its opening.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use event::{Key, ProjectId, Rules, Scrubber};
use model::Ordered as _;
use store::Fault;
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot};

use crate::backup::{self, BackupError};
use crate::clock::Clock;
use crate::config::Config;
use crate::database;
use crate::limits::Limits;
use crate::news::News;
use crate::outlet::Lines;
use crate::pack::{self, ARTIFACTS, Parceled};
use crate::prepared::{Accepted, Delivery};
use crate::project::Project;
use crate::projects::{self, ProjectError};
use crate::readers::ReadError;
use crate::refusal::{Category, RateLimited, Reason, Refusal};
use crate::search;
use crate::shared::Shared;
use crate::spool::Spool;
use crate::spooler::{Spooler, Waiting};
use crate::status::{Refused, Status};
use crate::work::Storage;
use crate::writer::{Closed, Request, Writer};

/// The directory of the index of words, below the store's.
const SEARCH: &str = "search";

/// Envelopes on their way to the spool; more wait outside.
const WAITING_MAX: usize = 1024;

/// Changes on their way to the writer; whoever brings more waits.
const REQUESTS_MAX: usize = 64;

/// Senders are told to come back after so long when too much is on its way.
const BUSY_RETRY_S: u32 = 5;

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made.
    #[error("{path} cannot be used ({error})")]
    Directory {
        /// The directory.
        path: String,
        /// The system's words.
        error: std::io::Error,
    },
    /// A file cannot be opened.
    #[error(transparent)]
    File(#[from] store::OpenError),
    /// A file cannot be read back.
    #[error("issues/issues.db cannot be read back ({0}); move it away or restore a backup")]
    Read(#[from] rusqlite::Error),
    /// The projects cannot be settled.
    #[error(transparent)]
    Projects(#[from] ProjectError),
}

/// The store: cheap to clone, for any number of tasks. What only reads blocks: call it where that is allowed. What
/// changes something is `async`: it waits for the writer.
#[derive(Clone)]
pub struct Issues {
    pub(crate) shared: Arc<Shared>,
    pub(crate) requests: mpsc::Sender<Request>,
    spool: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
    /// What follows from the settings for whoever prepares items.
    scrubber: Arc<ArcSwap<Scrubber>>,
    rules: Arc<ArcSwap<Rules>>,
    pub(crate) outlet: Arc<Mutex<Option<mpsc::Receiver<Lines>>>>,
}

impl std::fmt::Debug for Issues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issues").field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// Opens the store in the directory, which is made if it is not there. Nothing is accepted until the [`Writer`] runs.
pub fn open(config: Config, directory: &Path) -> Result<(Issues, Writer), OpenError> {
    open_with(config, directory, Limits::default(), Clock::system())
}

pub(crate) fn open_with(
    config: Config,
    directory: &Path,
    limits: Limits,
    clock: Clock,
) -> Result<(Issues, Writer), OpenError> {
    let Parts { issues, spool, storage, indexer, waiting, requests } =
        Parts::open(config, directory, limits, clock)?;
    let spooler = Spooler::new(spool, issues.shared.clone(), waiting);
    Ok((issues, Writer::new(spooler, storage, indexer, requests)))
}

/// What the store consists of, before it runs.
pub(crate) struct Parts {
    pub(crate) issues: Issues,
    pub(crate) spool: Spool,
    pub(crate) storage: Storage,
    pub(crate) indexer: search::Indexer,
    waiting: mpsc::Receiver<Waiting>,
    requests: mpsc::Receiver<Request>,
}

impl Parts {
    pub(crate) fn open(
        config: Config,
        directory: &Path,
        limits: Limits,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        let artifacts = directory.join(ARTIFACTS);
        std::fs::create_dir_all(&artifacts)
            .map_err(|error| OpenError::Directory { path: artifacts.display().to_string(), error })?;
        let (index, indexer) = search::open(&directory.join(SEARCH), directory.join(database::FILE));
        let (shared, outlet) = Shared::new(directory, config, limits, clock, index);
        let spool = Spool::open(directory)?;
        let storage = Storage::open(shared.clone())?;
        storage.find_place(&spool)?;
        storage.settle_projects()?;
        storage.remember_rates()?;
        storage.remove_orphans();
        let (request, requests) = mpsc::channel(REQUESTS_MAX);
        let (spooling, waiting) = mpsc::channel(WAITING_MAX);
        let config = shared.config.load_full();
        let issues = Issues {
            room: Arc::new(Semaphore::new(limits.waiting_bytes as usize)),
            shared,
            requests: request,
            spool: spooling,
            scrubber: Arc::new(ArcSwap::from_pointee(config.scrubber())),
            rules: Arc::new(ArcSwap::from_pointee(config.rules())),
            outlet: Arc::new(Mutex::new(Some(outlet))),
        };
        Ok(Self { issues, spool, storage, indexer, waiting, requests })
    }
}

impl Issues {
    /// The project, if the key is one of its valid ones. Whoever asks with a wrong key learns nothing about the project.
    pub fn project(&self, id: ProjectId, key: &Key) -> Result<Arc<Project>, Refusal> {
        let projects = self.shared.projects.load();
        let mut counts = self.shared.counters.get();
        match projects.admit(id, key) {
            Some(project) => {
                counts.used.insert(*key, self.shared.now_ms());
                Ok(project.clone())
            }
            None => {
                *counts.refused.entry((None, Reason::UnknownKey)).or_default() += 1;
                Err(Refusal::of_all(Reason::UnknownKey, 0))
            }
        }
    }

    /// The project of this number.
    pub fn project_of(&self, id: ProjectId) -> Option<Arc<Project>> {
        self.shared.projects.load().by_id.get(&id).cloned()
    }

    /// The project of this name.
    pub fn project_named(&self, name: &str) -> Option<Arc<Project>> {
        self.shared.projects.load().by_id.values().find(|project| project.name == name).cloned()
    }

    /// All projects, by name.
    pub fn projects(&self) -> Vec<Arc<Project>> {
        let mut projects: Vec<_> = self.shared.projects.load().by_id.values().cloned().collect();
        projects.order_by(|a, b| a.name.cmp(&b.name));
        projects
    }

    /// What masks what SDKs send.
    pub fn scrubber(&self) -> Arc<Scrubber> {
        self.scrubber.load_full()
    }

    /// The user's rules of grouping.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    /// A larger attachment is not taken.
    pub fn attachment_max(&self) -> settings::ByteSize {
        self.shared.config.load().attachment_max_size
    }

    /// What is not taken of a project just now, and for how long.
    pub fn limits_in_force(&self, project: ProjectId) -> Vec<RateLimited> {
        self.shared.rates.in_force(project, &self.shared.config.load().quotas, self.shared.now_ms())
    }

    /// The settings in effect.
    pub fn config(&self) -> Arc<Config> {
        self.shared.config.load_full()
    }

    /// Makes a delivery ready for the spool: takes it off the project's budgets, compresses it. Needs a processor, a
    /// fraction of a millisecond for an event, and a disk where there are attachments.
    pub fn pack(&self, delivery: Delivery) -> Result<Parceled, Refusal> {
        let limits = self.shared.limits;
        if self.shared.backlog.load(Ordering::Relaxed) > limits.backlog_bytes {
            self.refused_all(&delivery, Reason::Busy);
            return Err(Refusal::of_all(Reason::Busy, BUSY_RETRY_S));
        }
        pack::pack(&self.shared, delivery)
    }

    /// Stores a delivery. When it returns, what was taken survives loss of power; log lines too, if whoever takes them
    /// keeps them.
    pub async fn keep(&self, parceled: Parceled) -> Result<Accepted, Refusal> {
        let Parceled { parcel, accepted, bundle, logs } = parceled;
        if !parcel.items.is_empty() {
            let bytes: usize = parcel.items.iter().map(crate::spool::Item::bytes).sum();
            let limits = self.shared.limits;
            // One that is larger than all the room waits for all of it.
            let permits = u32::try_from(bytes).unwrap_or(u32::MAX).min(limits.waiting_bytes);
            let acquired = tokio::time::timeout(limits.wait, self.room.clone().acquire_many_owned(permits));
            let room = match acquired.await {
                Ok(Ok(room)) => room,
                Ok(Err(_)) => return Err(Refusal::of_all(Reason::Closing, BUSY_RETRY_S)),
                Err(_) => return Err(Refusal::of_all(Reason::Busy, BUSY_RETRY_S)),
            };
            let (answer, answered) = oneshot::channel();
            let closing = |_| Refusal::of_all(Reason::Closing, BUSY_RETRY_S);
            self.spool.send(Waiting { parcel, bundle, answer, room }).await.map_err(closing)?;
            answered.await.unwrap_or_else(|_| Err(Refusal::of_all(Reason::Closing, BUSY_RETRY_S)))?;
        }
        self.hand_on(logs).await;
        Ok(accepted)
    }

    /// Packs and keeps a delivery.
    pub async fn accept(&self, delivery: Delivery) -> Result<Accepted, Refusal> {
        let parceled = self.pack(delivery)?;
        self.keep(parceled).await
    }

    /// Copies the store as of this moment into the directory `to`, while everything goes on.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let (from, to) = (self.shared.directory.clone(), to.to_owned());
        let copied = tokio::task::spawn_blocking(move || backup::copy(&from, &to));
        copied.await.map_err(|_| BackupError::Closed)?
    }

    /// Something of a project was refused before it could be delivered; the project's page shows it.
    pub fn refused(&self, project: ProjectId, category: Category, reason: Reason, bytes: u64, client: &str) {
        let refused = Refused {
            at_ms: self.shared.now_ms(),
            reason: reason.name().to_owned(),
            bytes,
            client: client.to_owned(),
        };
        self.shared.counters.refused(project, category, refused, reason);
    }

    /// What happens to issues from now on. Who is slow misses the oldest.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.shared.news.subscribe()
    }

    /// How the store does. Looks at its files.
    pub fn status(&self) -> Status {
        Status {
            backlog_bytes: self.shared.backlog.load(Ordering::Relaxed),
            disk_bytes: crate::disk::bytes(&self.shared.directory),
            oldest_ms: self.oldest_ms(),
            faults: self.faults(),
            ..self.shared.counters.status()
        }
    }

    fn oldest_ms(&self) -> Option<i64> {
        let reader = self.shared.readers.get().ok()?;
        let oldest = "SELECT received_ms FROM event ORDER BY row LIMIT 1";
        reader.query_row(oldest, [], |row| row.get(0)).ok()
    }

    /// What is wrong now, and what to do.
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.faults.list()
    }

    /// Puts other settings into effect: for what comes from now on, and for the next expiry. Where the projects cannot be
    /// brought in line with them all stays as it was.
    pub async fn apply(&self, config: Config) -> Result<(), ProjectError> {
        let (scrubber, rules) = (Arc::new(config.scrubber()), Arc::new(config.rules()));
        self.on_writer(|storage| storage.apply(config)).await??;
        self.scrubber.store(scrubber);
        self.rules.store(rules);
        Ok(())
    }

    /// Reads `issues.db` beside its writer.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ReadError> {
        Ok(read(&*self.shared.readers.get()?)?)
    }

    /// Has the writer do something, after what it is at.
    pub(crate) async fn on_writer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Storage) -> T + Send + 'static,
    ) -> Result<T, Closed> {
        let (answer, answered) = oneshot::channel();
        let request: Request = Box::new(move |storage| {
            // Whoever asked may have left.
            let _ = answer.send(work(storage));
        });
        self.requests.send(request).await.map_err(|_| Closed)?;
        answered.await.map_err(|_| Closed)
    }

    fn refused_all(&self, delivery: &Delivery, reason: Reason) {
        for item in &delivery.items {
            self.refused(delivery.project.id, item.category(), reason, 0, &delivery.client);
        }
    }
}

impl Storage {
    /// Brings the projects in line with the settings.
    pub(crate) fn settle_projects(&self) -> Result<(), ProjectError> {
        self.settle(&self.shared.config.load())
    }

    fn apply(&self, config: Config) -> Result<(), ProjectError> {
        self.settle(&config)?;
        self.shared.config.store(Arc::new(config));
        Ok(())
    }

    fn settle(&self, config: &Config) -> Result<(), ProjectError> {
        let projects = projects::settle(&self.connection, &config.projects, self.shared.now_ms())?;
        self.shared.projects.store(Arc::new(projects));
        Ok(())
    }

    /// Where the spool and what is worked in stand. A spool that is older than what is worked in was put there by hand; its
    /// items are not worked in twice.
    fn find_place(&self, spool: &Spool) -> rusqlite::Result<()> {
        let worked = self.worked()?;
        let (spooled, backlog) = spool.extent(worked)?;
        self.shared.worked.store(worked, Ordering::Release);
        self.shared.spooled.store(spooled, Ordering::Release);
        self.shared.backlog.store(backlog, Ordering::Relaxed);
        if spooled < worked {
            spool.go_on_after(worked)?;
        }
        Ok(())
    }

    /// What was usual of each project before the start.
    fn remember_rates(&self) -> rusqlite::Result<()> {
        let now_ms = self.shared.now_ms();
        let mut select = self.connection.prepare(
            "SELECT project, category, hour, quantity FROM outcome WHERE outcome = 'accepted' AND hour > ?1",
        )?;
        let mut rows = select.query([crate::life::hour(now_ms) - 24])?;
        while let Some(row) = rows.next()? {
            let project = ProjectId(row.get::<_, i64>(0)?.unsigned_abs());
            let (category, hour): (String, i64) = (row.get(1)?, row.get(2)?);
            let count = row.get::<_, i64>(3)?.unsigned_abs();
            self.shared.rates.remember(project, &category, hour, count, now_ms);
        }
        Ok(())
    }
}
