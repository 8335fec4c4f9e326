//! Releases: containers are replaced by others of a new image, in the steps of `docker compose up`.

use std::time::Duration;

use super::style;
use super::{Member, Simulation};

/// The members that share the shop's main image.
pub(crate) const WEB: [Member; 5] =
    [Member::Web1, Member::Web2, Member::Worker1, Member::Worker2, Member::Beat];

/// What happens when a release is out.
type Then = Box<dyn FnOnce(&mut Simulation) + Send>;

impl Simulation {
    /// The first release comes soon after the opening.
    pub(super) fn plan_releases(&mut self) {
        let delay = self.opening.since(self.now) + self.seconds(45..100);
        self.plan_release(delay);
    }

    /// A release every quarter of an hour or so, of one thing or another; nobody releases while things burn.
    fn plan_release(&mut self, delay: Duration) {
        const POSTPONED: Duration = Duration::from_secs(15);
        self.after(delay, |shop| {
            if shop.releasing || shop.incidents.is_any_on() {
                shop.plan_release(POSTPONED);
                return;
            }
            let members = shop.pick(&[&WEB[..], &[Member::Billing], &WEB[..], &[Member::Mailer]]);
            let tag = shop.hex(7);
            shop.release(members, tag, |_| {});
            let pause = shop.seconds(780..1260);
            shop.plan_release(pause);
        });
    }

    /// Replaces the members one after the other, then goes on with `then`. One release goes out at a time:
    /// another one waits.
    pub(crate) fn release(
        &mut self,
        members: &'static [Member],
        tag: String,
        then: impl FnOnce(&mut Self) + Send + 'static,
    ) {
        if self.releasing {
            self.after(Duration::from_secs(5), move |shop| shop.release(members, tag, then));
            return;
        }
        self.releasing = true;
        self.replace_all(members, tag, Box::new(then));
    }

    /// The tag that the member's image has now.
    pub(crate) fn tag(&self, member: Member) -> &str {
        &self.place(member).tag
    }

    fn replace_all(&mut self, members: &'static [Member], tag: String, then: Then) {
        let Some((first, rest)) = members.split_first() else {
            self.releasing = false;
            then(self);
            return;
        };
        self.replace(*first, tag.clone());
        // Until the new one is up: as a careful script does it, so that one of two always answers.
        let gap = first.role().boot + self.millis(3200..4200);
        self.after(gap, move |shop| shop.replace_all(rest, tag, then));
    }

    fn replace(&mut self, member: Member, tag: String) {
        let name = member.container_name();
        let new = self.hex(64);
        let old = self.place(member).id.clone();
        let spec = member.spec(&tag, &self.doors);
        self.engine.create(self.now, new.clone(), format!("{}_{name}", &old[..12]), spec);
        self.place_mut(member).ready = false;
        let at = Duration::from_millis;
        self.after(at(300), {
            let old = old.clone();
            move |shop| {
                shop.engine.kill(shop.now, &old, 15);
                shop.tell(member, style::farewell(member));
            }
        });
        self.after(at(1100), move |shop| {
            if shop.place(member).alive {
                shop.end(member, 0, false);
            }
            shop.engine.stopped(shop.now, &old);
            shop.engine.destroy(shop.now.plus(at(40)), &old);
            let place = shop.place_mut(member);
            place.id = new.clone();
            place.tag = tag;
        });
        self.after(at(1200), move |shop| {
            let id = shop.place(member).id.clone();
            shop.engine.rename(shop.now, &id, &name);
        });
        self.after(at(1300), move |shop| shop.boot(member));
    }
}
