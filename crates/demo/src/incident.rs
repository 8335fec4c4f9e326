//! Incidents: every few minutes something breaks, is felt in several places at once, and is mended.

use std::collections::VecDeque;
use std::time::Duration;

use model::Timestamp;

use crate::engine::Stream;
use crate::shop::style::{celery, go, java, node, postgres};
use crate::shop::{Member, Simulation, WEB};

/// How many past incidents are remembered.
const PAST_MAX: usize = 32;

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The payment provider stops answering: checkouts fail, jobs are retried, the queue grows.
    Payments,
    /// A release that fails on product pages; it is rolled back.
    Release,
    /// All connections of the database are taken: pages fail everywhere.
    Database,
    /// A worker takes more and more memory until the kernel ends it; three times.
    Memory,
    /// The search runs out of heap, turns unhealthy and is started again.
    Search,
    /// The mailer crashes at each start, since it cannot reach its server.
    Mailer,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Payments, Self::Release, Self::Database, Self::Memory, Self::Search, Self::Mailer];
}

/// One incident, from its beginning to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Incident {
    pub(crate) kind: Kind,
    pub(crate) begun: Timestamp,
    pub(crate) ended: Option<Timestamp>,
}

/// What is wrong now, what was, and what comes next.
#[derive(Debug, Default)]
pub(crate) struct Incidents {
    /// The newest last; only that one may still be on.
    pub(crate) past: VecDeque<Incident>,
    /// Drawn without putting back, so that all kinds come.
    bag: Vec<Kind>,
    bad_tag: Option<String>,
}

impl Incidents {
    pub(crate) fn is_any_on(&self) -> bool {
        self.current().is_some()
    }

    fn current(&self) -> Option<Kind> {
        self.past.back().filter(|incident| incident.ended.is_none()).map(|incident| incident.kind)
    }
}

impl Simulation {
    /// Whether this is broken at the moment.
    pub(crate) fn is_on(&self, kind: Kind) -> bool {
        self.incidents.current() == Some(kind)
    }

    /// Whether the member runs the release that is bad.
    pub(crate) fn is_bad_release(&self, member: Member) -> bool {
        self.incidents.bad_tag.as_deref() == Some(self.tag(member))
    }

    /// The next incident, some quiet minutes from now.
    pub(crate) fn plan_incidents(&mut self) {
        let quiet = self.seconds(110..210);
        self.after(quiet, |shop| {
            let kind = shop.draw();
            shop.begin(kind);
        });
    }

    /// Any kind that is left in the bag, but never the same twice in a row.
    fn draw(&mut self) -> Kind {
        let last = self.incidents.past.back().map(|incident| incident.kind);
        let opened = self.has_opened();
        let fits = |kind: &Kind| Some(*kind) != last && (opened || *kind != Kind::Release);
        if !self.incidents.bag.iter().any(fits) {
            self.incidents.bag = Kind::ALL.to_vec();
        }
        let fitting: Vec<Kind> = self.incidents.bag.iter().copied().filter(fits).collect();
        let kind = self.pick(&fitting);
        self.incidents.bag.retain(|one| *one != kind);
        kind
    }

    fn begin(&mut self, kind: Kind) {
        if self.incidents.past.len() == PAST_MAX {
            self.incidents.past.pop_front();
        }
        self.incidents.past.push_back(Incident { kind, begun: self.now(), ended: None });
        match kind {
            Kind::Payments => self.end_after(120..200, Self::payments_answer),
            Kind::Release => self.release_badly(),
            Kind::Database => self.end_after(80..140, Self::free_connections),
            Kind::Memory => self.leak(3),
            Kind::Search => self.fill_heap(),
            Kind::Mailer => self.crash_mailer(4),
        }
    }

    fn end_after(&mut self, seconds: std::ops::Range<u64>, mend: fn(&mut Self)) {
        let lasts = self.seconds(seconds);
        self.after(lasts, move |shop| {
            mend(shop);
            shop.end_incident();
        });
    }

    fn end_incident(&mut self) {
        let now = self.now();
        if let Some(incident) = self.incidents.past.back_mut() {
            incident.ended = Some(now);
        }
        self.plan_incidents();
    }

    fn payments_answer(&mut self) {
        let line = go::line(&self.stamp(), "INFO", "payment provider answers again", "breaker=closed");
        self.say(Member::Billing, Stream::Stderr, &line);
    }

    fn free_connections(&mut self) {
        let text = "terminating connection due to idle-in-transaction timeout";
        for _ in 0..9 {
            let line = postgres::line(&self.stamp(), "FATAL", text);
            self.say(Member::Db, Stream::Stderr, &line);
        }
    }

    fn release_badly(&mut self) {
        let (good, bad) = (self.tag(Member::Web1).to_owned(), self.hex(7));
        self.incidents.bad_tag = Some(bad.clone());
        self.release(&WEB, bad, move |shop| {
            // Until somebody has seen it and made up their mind.
            let unnoticed = shop.seconds(60..110);
            shop.after(unnoticed, move |shop| shop.release(&WEB, good, Self::end_incident));
        });
    }

    /// Memory grows for a while, with a warning now and then, until the kernel steps in.
    fn leak(&mut self, times: u32) {
        if times == 0 {
            self.end_incident();
            return;
        }
        for (seconds, mib) in [(8, 298), (16, 391), (24, 468)] {
            self.alive_after(Member::Worker1, Duration::from_secs(seconds), move |shop| {
                shop.meters().of(Member::Worker1, |program| program.memory_mib = mib);
                let text = format!("shop.tasks.sync_stock: resident memory is {mib} MiB of 512 MiB");
                let line = celery::line(&shop.stamp(), "WARNING", "ForkPoolWorker-1", &text);
                shop.say(Member::Worker1, Stream::Stderr, &line);
            });
        }
        let until_full = self.seconds(30..38);
        self.after(until_full, move |shop| {
            shop.run_out_of_memory(Member::Worker1);
            shop.leak(times - 1);
        });
    }

    fn fill_heap(&mut self) {
        for round in 0..9 {
            self.alive_after(Member::Search, Duration::from_secs(4 + 7 * round), |shop| {
                shop.meters().of(Member::Search, |program| {
                    program.is_well = false;
                    program.memory_mib = 490;
                });
                let trace = java::out_of_heap(&shop.stamp());
                shop.say(Member::Search, Stream::Stderr, &trace);
            });
        }
        let until_given_up = self.seconds(70..90);
        self.after(until_given_up, |shop| {
            shop.crash(Member::Search, 3);
            shop.end_incident();
        });
    }

    fn crash_mailer(&mut self, times: u32) {
        if times == 0 {
            self.end_incident();
            return;
        }
        let trace = node::unreachable(self.now());
        self.say(Member::Mailer, Stream::Stderr, &trace);
        self.crash(Member::Mailer, 1);
        let until_next = self.seconds(9..20);
        self.after(until_next, move |shop| shop.crash_mailer(times - 1));
    }
}
