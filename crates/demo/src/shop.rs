//! The story of the shop: a simulation of single events, each of which may bring about others.
//!
//! Every module here tells one strand: visitors and their requests, background jobs, the lives of the
//! processes, releases, housekeeping. They share the [`Simulation`], whose agenda says what happens when.

mod agenda;
mod cast;
mod chores;
mod events;
mod jobs;
mod lifecycle;
mod names;
mod place;
mod releases;
mod reporting;
mod requests;
mod routes;
mod sales;
mod slips;
mod stamp;
pub(crate) mod style;
mod visitors;

use std::time::Duration;

use model::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use agenda::Agenda;
pub(crate) use cast::Member;
use jobs::Jobs;
use place::Place;
pub(crate) use releases::WEB;
pub(crate) use stamp::Stamp;

use crate::doors::Doors;
use crate::engine::{Engine, Stream};
use crate::incident::{Incidents, Kind};
use crate::meters::Meters;
use crate::reports::Outbox;
use crate::visits::Visits;

/// Between two lines of one text that a process writes at once.
const LINE_GAP: Duration = Duration::from_micros(9);

/// The shop at one moment.
pub(crate) struct Simulation {
    engine: Engine,
    meters: Meters,
    doors: Doors,
    now: Timestamp,
    /// From when on there are releases: each takes the logs of its containers with it, and there should be a
    /// past to look at.
    opening: Timestamp,
    rng: StdRng,
    agenda: Agenda,
    /// One for each of [`Member::ALL`], in that order.
    places: Vec<Place>,
    jobs: Jobs,
    pub(crate) incidents: Incidents,
    /// Whether a release is going out.
    releasing: bool,
    sales: sales::Sales,
    reporting: reporting::Reporting,
    visits: Visits,
}

impl Simulation {
    /// A shop that has been up for some days when its story begins at `begun`. Its first release comes soon
    /// after `opening`.
    pub(crate) fn new(
        engine: Engine,
        doors: Doors,
        (outbox, visits): (Outbox, Visits),
        seed: u64,
        begun: Timestamp,
        opening: Timestamp,
    ) -> Self {
        let mut shop = Self {
            engine,
            meters: Meters::new(begun),
            doors,
            now: begun,
            opening,
            rng: StdRng::seed_from_u64(seed),
            agenda: Agenda::default(),
            places: Vec::new(),
            jobs: Jobs::default(),
            incidents: Incidents::default(),
            releasing: false,
            sales: sales::Sales::default(),
            reporting: reporting::Reporting::new(outbox, seed),
            visits,
        };
        shop.open();
        shop.expect_visitors();
        shop.plan_jobs();
        shop.plan_heartbeats();
        shop.plan_chores();
        shop.plan_slips();
        shop.plan_panics();
        shop.plan_releases();
        shop.plan_incidents();
        shop
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.meters
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether releases have begun.
    pub(crate) fn has_opened(&self) -> bool {
        self.now >= self.opening
    }

    /// Lets everything happen that is due by `until`. How far one goes at once changes nothing in the story.
    pub(crate) fn advance(&mut self, until: Timestamp) {
        while let Some((at, act)) = self.agenda.next(until) {
            self.now = at;
            act(self);
        }
        self.now = self.now.max(until);
        let (queue, now, database_is_full) = (self.jobs.queue(), self.now, self.is_on(Kind::Database));
        self.meters.change(|counts| {
            counts.now = now;
            counts.queue = queue;
            counts.database_is_full = database_is_full;
        });
        self.engine.publish(self.now);
    }

    /// How many acts are on the agenda.
    #[cfg(test)]
    pub(crate) fn planned(&self) -> usize {
        self.agenda.len()
    }

    /// Puts `act` on the agenda.
    pub(crate) fn after(&mut self, delay: Duration, act: impl FnOnce(&mut Self) + Send + 'static) {
        self.agenda.add(self.now.plus(delay), Box::new(act));
    }

    /// Puts `act` on the agenda, for the process that lives in `member` now: if it has ended by then, nothing
    /// happens.
    pub(crate) fn alive_after(
        &mut self,
        member: Member,
        delay: Duration,
        act: impl FnOnce(&mut Self) + Send + 'static,
    ) {
        let run = self.place(member).run;
        self.after(delay, move |shop| {
            if shop.place(member).is_alive(run) {
                act(shop);
            }
        });
    }

    /// The process of `member` writes one or more lines, if it lives.
    pub(crate) fn say(&mut self, member: Member, stream: Stream, text: &str) {
        let place = &self.places[member as usize];
        if !place.alive {
            return;
        }
        // The engine stamps a line when it has read it, a moment after it was written.
        let mut at = self.now.plus(Duration::from_nanos(self.rng.random_range(20_000..400_000)));
        for line in text.split('\n') {
            self.engine.append(at, &place.id, stream, line);
            at = at.plus(LINE_GAP);
        }
    }

    /// The present in the forms that log lines use.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::of(self.now)
    }

    fn place(&self, member: Member) -> &Place {
        &self.places[member as usize]
    }

    fn place_mut(&mut self, member: Member) -> &mut Place {
        &mut self.places[member as usize]
    }

    /// True in that share of all cases.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.rng.random_bool(share)
    }

    pub(crate) fn millis(&mut self, range: std::ops::Range<u64>) -> Duration {
        Duration::from_millis(self.rng.random_range(range))
    }

    pub(crate) fn seconds(&mut self, range: std::ops::Range<u64>) -> Duration {
        self.millis(range.start * 1000..range.end * 1000)
    }

    pub(crate) fn number(&mut self, range: std::ops::Range<u32>) -> u32 {
        self.rng.random_range(range)
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.rng.random_range(0..choices.len())]
    }
}
