//! The lives of the processes: booting, being checked, ending, crashing and being started again.

use std::time::Duration;

use super::place::Place;
use super::style::{self, Script};
use super::{Member, Simulation};
use crate::incident::Kind;

/// How long the shop's containers have been up when the story begins.
const UP: Duration = Duration::from_secs(3 * 86_400 + 7 * 3600);

impl Simulation {
    /// All members as they are after some quiet days.
    pub(super) fn open(&mut self) {
        let release = self.hex(7);
        let since = self.now.minus(UP);
        for member in Member::ALL {
            let tag = member.role().tag.map_or_else(|| release.clone(), str::to_owned);
            let id = self.hex(64);
            self.engine.create(since, id.clone(), member.container_name(), member.spec(&tag, &self.doors));
            self.engine.start(since, &id);
            self.meters.start(since, member);
            self.engine.probed(since, &id, true);
            let runs = member != Member::Cleanup;
            if !runs {
                self.engine.die(since, &id, 0, false);
                self.meters.of(member, |program| program.is_alive = false);
            }
            self.places.push(Place { id, tag, run: 1, alive: runs, ready: runs });
        }
        for member in Member::ALL {
            self.watch_health(member);
        }
    }

    /// Starts a process in the member's container.
    pub(super) fn boot(&mut self, member: Member) {
        let now = self.now;
        let place = self.place_mut(member);
        place.run += 1;
        place.alive = true;
        place.ready = false;
        let id = place.id.clone();
        self.engine.start(now, &id);
        self.meters.start(now, member);
        self.meters.of(member, |program| program.is_well = false);
        self.tell(member, style::boot(member));
        self.alive_after(member, member.role().boot, move |shop| {
            shop.place_mut(member).ready = true;
            shop.meters.of(member, |program| program.is_well = true);
            shop.greet(member);
            shop.dispatch();
        });
        self.watch_health(member);
    }

    /// A worker that is of use says so.
    fn greet(&mut self, member: Member) {
        if matches!(member, Member::Worker1 | Member::Worker2) {
            self.tell_of_worker(member, "online");
        }
    }

    /// Lets the process write what it always writes at such a time.
    pub(super) fn tell(&mut self, member: Member, script: Script) {
        for (millis, stream, line) in script {
            self.alive_after(member, Duration::from_millis(*millis), move |shop| {
                let text = line(&shop.stamp());
                shop.say(member, *stream, &text);
            });
        }
    }

    /// The process ended.
    pub(super) fn end(&mut self, member: Member, exit_code: i64, restarts: bool) {
        let now = self.now;
        let is_worker = matches!(member, Member::Worker1 | Member::Worker2);
        if is_worker && exit_code == 0 {
            self.tell_of_worker(member, "offline");
        }
        let place = self.place_mut(member);
        place.alive = false;
        place.ready = false;
        let id = place.id.clone();
        self.engine.die(now, &id, exit_code, restarts);
        self.meters.of(member, |program| program.is_alive = false);
        self.give_back_jobs(member);
    }

    /// The process ended by itself; its restart policy starts it again soon.
    pub(crate) fn crash(&mut self, member: Member, exit_code: i64) {
        if !self.place(member).alive {
            return;
        }
        self.end(member, exit_code, true);
        let id = self.place(member).id.clone();
        let delay = self.millis(300..900);
        self.after(delay, move |shop| {
            // A release may have replaced the container meanwhile.
            if shop.place(member).id == id && !shop.place(member).alive {
                shop.boot(member);
            }
        });
    }

    /// The kernel ended the process, which had taken all memory that it may.
    pub(crate) fn run_out_of_memory(&mut self, member: Member) {
        if self.place(member).alive {
            self.engine.oom(self.now, &self.places[member as usize].id);
            self.crash(member, 137);
        }
    }

    fn watch_health(&mut self, member: Member) {
        let Some(interval) = member.role().health_interval() else { return };
        self.alive_after(member, interval, move |shop| {
            let passed = shop.is_well(member);
            shop.engine.probed(shop.now, &shop.places[member as usize].id, passed);
            shop.watch_health(member);
        });
    }

    fn is_well(&mut self, member: Member) -> bool {
        let ready = self.place(member).ready;
        match member {
            Member::Web1 | Member::Web2 if self.is_on(Kind::Database) => ready && self.chance(0.15),
            Member::Search if self.is_on(Kind::Search) => false,
            _ => ready,
        }
    }
}
