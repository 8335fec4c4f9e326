//! A batch: items of the spool that are worked in with one commit. What many of them change is changed once, at the end.

use std::collections::{BTreeMap, HashMap};

use event::ProjectId;
use rusqlite::Transaction;

use super::count::{Bucket, Fingerprint};
use super::facets::Facets;
use super::issue::IssueState;
use super::{Memory, Received, WorkError, aside};
use crate::digest;
use crate::life::Turn;
use crate::news::News;
use crate::pack::ARTIFACTS;
use crate::refusal::Category;
use crate::releases::Seen;
use crate::shared::Shared;
use crate::spool::{Kind, Row};

/// See the module.
pub(super) struct Batch<'b> {
    pub(super) transaction: &'b Transaction<'b>,
    pub(super) shared: &'b Shared,
    pub(super) memory: &'b mut Memory,
    pub(super) issues: HashMap<i64, IssueState>,
    pub(super) fingerprints: HashMap<i64, Fingerprint>,
    pub(super) hashes: HashMap<(i64, [u8; 16]), i64>,
    pub(super) buckets: BTreeMap<(i64, i64), Bucket>,
    pub(super) facets: Facets,
    /// Events by project, release and environment.
    pub(super) releases: BTreeMap<(ProjectId, String, String), Seen>,
    /// By project: the fingerprint that stands for all those that there were too many of.
    pub(super) overflows: HashMap<i64, Option<i64>>,
    /// By how many more events, or fewer, each base is needed.
    pub(super) base_uses: BTreeMap<i64, i64>,
    /// Quantity and bytes by project, hour, kind and outcome.
    pub(super) outcomes: BTreeMap<(i64, i64, String, String), (u64, u64)>,
    pub(super) done: Done,
}

/// What is to be told once the batch is committed.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) news: Vec<News>,
    pub(super) accepted: BTreeMap<(ProjectId, Category), u64>,
    pub(super) duplicates: u64,
    pub(super) sampled: u64,
    /// Files that came twice.
    pub(super) files: Vec<String>,
    /// Events by project, release and environment.
    pub(super) releases: BTreeMap<(ProjectId, String, String), Seen>,
}

impl Done {
    pub(super) fn tell(self, shared: &Shared) {
        for news in &self.news {
            shared.counters.turned(news.turn);
        }
        let mut counts = shared.counters.get();
        for (key, count) in self.accepted {
            *counts.accepted.entry(key).or_default() += count;
        }
        counts.duplicates += self.duplicates;
        counts.sampled += self.sampled;
        drop(counts);
        let now_ms = shared.now_ms();
        for (release, seen) in self.releases {
            shared.recent.add(release, seen.minutes(), now_ms);
        }
        for file in self.files {
            // What cannot be removed now goes at the next start.
            let _ = std::fs::remove_file(shared.directory.join(ARTIFACTS).join(file));
        }
        for news in self.news {
            // Without listeners nobody wants to know.
            let _ = shared.news.send(news);
        }
    }
}

impl<'b> Batch<'b> {
    pub(super) fn new(transaction: &'b Transaction<'b>, shared: &'b Shared, memory: &'b mut Memory) -> Self {
        Self {
            transaction,
            shared,
            memory,
            issues: HashMap::new(),
            fingerprints: HashMap::new(),
            hashes: HashMap::new(),
            buckets: BTreeMap::new(),
            facets: Facets::default(),
            releases: BTreeMap::new(),
            overflows: HashMap::new(),
            base_uses: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            done: Done::default(),
        }
    }

    /// Works an item in. A damaged one is named and left out.
    pub(super) fn add(&mut self, row: Row) -> Result<(), WorkError> {
        let received =
            Received { project: ProjectId(row.project.unsigned_abs()), received_ms: row.received_ms };
        let Some(kind) = Kind::read(row.kind) else {
            return self.put_aside(&row, "its kind is not known");
        };
        match self.add_known(&row, kind, received)? {
            Ok(()) => Ok(()),
            Err(reason) => self.put_aside(&row, &reason),
        }
    }

    fn put_aside(&self, row: &Row, reason: &str) -> Result<(), WorkError> {
        aside::put(self.transaction, row, reason)?;
        aside::tell(self.shared, row, reason);
        Ok(())
    }

    fn add_known(
        &mut self,
        row: &Row,
        kind: Kind,
        received: Received,
    ) -> Result<Result<(), String>, WorkError> {
        macro_rules! meta {
            () => {
                match digest::read(&row.meta) {
                    Ok(value) => value,
                    Err(reason) => return Ok(Err(reason)),
                }
            };
        }
        match kind {
            Kind::Event => self.event(received, &meta!(), &row.data)?,
            Kind::Base => self.base(meta!(), &row.data)?,
            Kind::Transaction => self.transaction(received, &meta!())?,
            Kind::Spans => self.spans(received, meta!())?,
            Kind::CheckIn => self.check_in(received, &meta!())?,
            Kind::Sessions => self.sessions(received, &meta!())?,
            Kind::ClientReport => self.client_report(received, &meta!()),
            Kind::Feedback => self.feedback(received, &meta!())?,
            Kind::Attachment => self.attachment(received, &meta!())?,
        }
        Ok(Ok(()))
    }

    /// Writes what is still in memory.
    pub(super) fn finish(mut self) -> rusqlite::Result<Done> {
        self.write_counts()?;
        self.write_facets()?;
        self.write_releases()?;
        self.write_bases()?;
        self.write_outcomes()?;
        for issue in self.issues.values() {
            issue.save(self.transaction)?;
        }
        self.done.releases = self.releases;
        Ok(self.done)
    }

    /// Something of a kind is worked in.
    pub(super) fn accepted(&mut self, received: Received, category: Category, bytes: usize) {
        *self.done.accepted.entry((received.project, category)).or_default() += 1;
        self.outcome(received, category.name(), "accepted", 1, bytes as u64);
    }

    pub(super) fn outcome(
        &mut self,
        received: Received,
        kind: &str,
        outcome: &str,
        quantity: u64,
        bytes: u64,
    ) {
        let hour = crate::life::hour(received.received_ms);
        let key = (received.project.0 as i64, hour, kind.to_owned(), outcome.to_owned());
        let count = self.outcomes.entry(key).or_default();
        *count = (count.0 + quantity, count.1 + bytes);
    }

    /// An issue's life changed by itself.
    pub(super) fn turned(&mut self, issue: i64, turn: Turn, environment: Option<&str>, at_ms: i64) {
        let Some(state) = self.issues.get(&issue) else { return };
        let project = ProjectId(state.project.unsigned_abs());
        let projects = self.shared.projects.load();
        let known = projects.by_id.get(&project);
        self.done.news.push(News {
            turn,
            project,
            project_name: known.map(|project| project.name.clone()).unwrap_or_default(),
            issue,
            short_id: known.map(|project| project.short_id(state.number)).unwrap_or_default(),
            title: state.title.title.clone(),
            message: state.title.message.clone(),
            culprit: state.title.culprit.clone(),
            level: state.level,
            release: state.last_release.clone(),
            environment: environment.map(str::to_owned),
            at_ms,
        });
    }
}
