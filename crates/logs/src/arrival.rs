//! The way of a batch from the intake to the units: every stage that may change what is stored, in this order.
//!
//! 1. *joining*: lines of a collector that belong together (a traceback) become one entry;
//! 2. *pipeline*: what `[[logs.pipeline]]` says: extracting, relabelling, dropping;
//! 3. *mask*: secrets are made unreadable;
//! 4. *sorting*, by [`Pending`]: level, class, day.
//!
//! A stage that has nothing to do costs nothing.

use std::sync::Arc;
use std::time::Instant;

use mask::Masker;
use model::Batch;

use crate::config::Config;
use crate::joining::{HeldChange, HeldLines, Joining};
use crate::masking::{self, MaskBook};
use crate::pending::{Origin, Pending};
use crate::pipeline::Memory;
use crate::shared::Shared;

/// The stages, with what they remember between two batches.
#[derive(Debug)]
pub(crate) struct Arrival {
    config: Arc<Config>,
    masker: Masker,
    joining: Joining,
    /// What the pipeline's stages remember.
    memory: Memory,
}

impl Arrival {
    /// The stages, and the lines that the last run held back.
    pub(crate) fn new(shared: &Shared, held: Vec<HeldLines>, now: Instant) -> Self {
        let config = shared.config();
        let masker = Masker::new(config.mask().clone());
        Self {
            config,
            masker,
            joining: Joining::new(shared.limits.joining, held, now),
            memory: Memory::default(),
        }
    }

    /// Takes a batch in.
    pub(crate) fn take(
        &mut self,
        shared: &Shared,
        batch: Batch,
        origin: Origin,
        now: Instant,
        pending: &mut Pending,
    ) {
        let batch = match origin {
            Origin::Collected => self.joining.add(batch, now),
            Origin::Pushed => self.joining.join_whole(batch),
        };
        self.pass(shared, batch, origin, pending);
        if self.joining.is_too_full() {
            self.release_all(shared, pending);
        }
    }

    /// When the lines that are held back the longest have waited long enough.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.joining.due()
    }

    /// Lets go of what has waited long enough.
    pub(crate) fn release(&mut self, shared: &Shared, now: Instant, pending: &mut Pending) {
        for batch in self.joining.release(Some(now)) {
            self.pass(shared, batch, Origin::Collected, pending);
        }
    }

    /// Lets go of everything.
    pub(crate) fn release_all(&mut self, shared: &Shared, pending: &mut Pending) {
        for batch in self.joining.release(None) {
            self.pass(shared, batch, Origin::Collected, pending);
        }
    }

    /// What has to be written of the lines that are held back, together with the positions behind them, since
    /// this was asked last. What is secret in them is masked already.
    pub(crate) fn held_changes(&mut self) -> Vec<HeldChange> {
        // Counted when they are let go.
        let (masker, uncounted) = (&self.masker, MaskBook::default());
        self.joining.changes(|labels, entries| masking::mask(masker, &uncounted, labels, entries))
    }

    /// What comes after joining.
    fn pass(&mut self, shared: &Shared, batch: Batch, origin: Origin, pending: &mut Pending) {
        self.note_config(shared);
        if self.config.pipeline().is_empty() {
            return self.store(shared, batch, origin, pending);
        }
        let (pipeline, now) = (self.config.pipeline().clone(), shared.clock.now());
        for batch in pipeline.apply(batch, now, &mut self.memory, &shared.filtered) {
            self.store(shared, batch, origin, pending);
        }
    }

    /// What comes after the pipeline.
    fn store(&self, shared: &Shared, mut batch: Batch, origin: Origin, pending: &mut Pending) {
        masking::mask(&self.masker, &shared.masked, &batch.labels, &mut batch.entries);
        pending.add(shared, batch, origin);
    }

    /// Settings may change while the store runs.
    fn note_config(&mut self, shared: &Shared) {
        let config = shared.config();
        if Arc::ptr_eq(&config, &self.config) {
            return;
        }
        if config.mask() != self.config.mask() {
            self.masker = Masker::new(config.mask().clone());
        }
        if config.pipeline() != self.config.pipeline() {
            self.memory = Memory::default();
        }
        self.config = config;
    }
}
