//! How much is taken of each project: so many of a kind within a minute, and no spikes. Each kind has a budget of its own,
//! so that traces never mute errors. A browser's key is known to everybody: whatever makes rows or files has a budget.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use event::ProjectId;
use model::Ordered as _;

use crate::config::Quotas;
use crate::life::hour;
use crate::refusal::{Category, RateLimited, Reason};

const MINUTE_MS: i64 = 60_000;

/// With fewer events in an hour nothing is a spike.
const SPIKE_MIN: u64 = 20_000;

/// What is usual is told by so many hours.
const HOURS: usize = 24;

/// Check-ins: a thousand jobs that begin and end each minute.
const MONITORS_PER_MINUTE: u64 = 3_000;

/// What people write.
const FEEDBACK_PER_MINUTE: u64 = 60;

/// Files of whatever size; see also the settings for what they take together.
const ATTACHMENTS_PER_MINUTE: u64 = 600;

/// The kinds of which spikes are told.
const KINDS: [Category; 2] = [Category::Error, Category::Transaction];

/// What came of each project and kind lately.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<(ProjectId, Category), Rate>>);

#[derive(Debug, Default)]
struct Rate {
    minute: i64,
    /// Taken in that minute.
    in_minute: u64,
    hour: i64,
    /// Taken in that hour, and in the hours before it, by their number modulo [`HOURS`].
    in_hours: [u64; HOURS],
    /// Hours that are known.
    known: usize,
}

impl Rates {
    /// Takes one of the kind, or says for how long none is taken.
    pub(crate) fn take(
        &self,
        project: ProjectId,
        category: Category,
        quotas: &Quotas,
        now_ms: i64,
    ) -> Result<(), RateLimited> {
        let Some(per_minute) = per_minute(category, quotas) else { return Ok(()) };
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = rates.entry((project, category)).or_default();
        rate.go_to(now_ms);
        if let Some(reason) = rate.refuses(category, per_minute, quotas) {
            return Err(RateLimited { category, retry_after_s: left_s(now_ms), reason });
        }
        rate.in_minute += 1;
        rate.in_hours[slot(rate.hour)] += 1;
        Ok(())
    }

    /// What is not taken of a project just now.
    pub(crate) fn in_force(&self, project: ProjectId, quotas: &Quotas, now_ms: i64) -> Vec<RateLimited> {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_project = rates.iter_mut().filter(|((of, _), _)| *of == project);
        let mut limited: Vec<RateLimited> = of_project
            .filter_map(|((_, category), rate)| {
                rate.go_to(now_ms);
                let reason = rate.refuses(*category, per_minute(*category, quotas)?, quotas)?;
                Some(RateLimited { category: *category, retry_after_s: left_s(now_ms), reason })
            })
            .collect();
        limited.order_by_key(|limited| limited.category);
        limited
    }

    /// Tells what was taken in an hour before the start.
    pub(crate) fn remember(&self, project: ProjectId, category: &str, at_hour: i64, count: u64, now_ms: i64) {
        let Some(category) = KINDS.into_iter().find(|kind| kind.name() == category) else { return };
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = rates.entry((project, category)).or_default();
        rate.go_to(now_ms);
        let age = rate.hour - at_hour;
        if (0..HOURS as i64).contains(&age) {
            rate.in_hours[slot(at_hour)] += count;
            rate.known = rate.known.max(age as usize + 1);
        }
    }
}

/// What is taken of a kind in a minute; without a limit: nothing.
fn per_minute(category: Category, quotas: &Quotas) -> Option<u64> {
    match category {
        Category::Error => Some(quotas.errors_per_minute),
        Category::Transaction | Category::Session => Some(quotas.transactions_per_minute),
        Category::Monitor => Some(MONITORS_PER_MINUTE),
        Category::Feedback => Some(FEEDBACK_PER_MINUTE),
        Category::Attachment => Some(ATTACHMENTS_PER_MINUTE),
        Category::Log | Category::Default => None,
    }
}

/// Until the next minute.
fn left_s(now_ms: i64) -> u32 {
    let left_ms = MINUTE_MS - now_ms.rem_euclid(MINUTE_MS);
    u32::try_from(left_ms.div_euclid(1000) + 1).unwrap_or(60)
}

impl Rate {
    fn refuses(&self, category: Category, per_minute: u64, quotas: &Quotas) -> Option<Reason> {
        if self.in_minute >= per_minute {
            return Some(Reason::RateLimit);
        }
        (KINDS.contains(&category) && self.is_spike(quotas.spike_factor)).then_some(Reason::Spike)
    }

    fn go_to(&mut self, now_ms: i64) {
        let (minute, now_hour) = (now_ms.div_euclid(MINUTE_MS), hour(now_ms));
        if minute != self.minute {
            (self.minute, self.in_minute) = (minute, 0);
        }
        let passed = now_hour - self.hour;
        if passed == 0 {
            return;
        }
        // A clock that was set back, or a long silence: nothing of before counts.
        if !(0..HOURS as i64).contains(&passed) {
            *self = Self { hour: now_hour, minute, known: 1, ..Self::default() };
            return;
        }
        for gone in self.hour + 1..=now_hour {
            self.in_hours[slot(gone)] = 0;
        }
        self.known = (self.known + passed as usize).min(HOURS);
        self.hour = now_hour;
    }

    /// Whether this hour is far above the usual ones. Nothing is usual before some hours have passed.
    fn is_spike(&self, factor: u64) -> bool {
        let before = self.known.saturating_sub(1) as u64;
        let this = self.in_hours[slot(self.hour)];
        if factor == 0 || before < 3 || this < SPIKE_MIN {
            return false;
        }
        let others = self.in_hours.iter().sum::<u64>() - this;
        this >= (others / before).saturating_mul(factor)
    }
}

fn slot(hour: i64) -> usize {
    hour.rem_euclid(HOURS as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const SHOP: ProjectId = ProjectId(1);

    fn take(rates: &Rates, quotas: &Quotas, category: Category, count: u64, now_ms: i64) -> u64 {
        (0..count).filter(|_| rates.take(SHOP, category, quotas, now_ms).is_ok()).count() as u64
    }

    #[test]
    fn each_kind_has_its_budget_for_a_minute() {
        let quotas = Quotas { errors_per_minute: 3, transactions_per_minute: 5, ..Quotas::default() };
        let rates = Rates::default();
        let now = 1_000 * HOUR + 59_000;
        assert_eq!(take(&rates, &quotas, Category::Transaction, 9, now), 5);
        assert_eq!(take(&rates, &quotas, Category::Error, 9, now), 3);
        let limited = rates.take(SHOP, Category::Error, &quotas, now).unwrap_err();
        assert_eq!((limited.retry_after_s, limited.reason), (2, Reason::RateLimit));
        let in_force: Vec<Category> =
            rates.in_force(SHOP, &quotas, now).iter().map(|limited| limited.category).collect();
        assert_eq!(in_force, [Category::Error, Category::Transaction]);
        assert_eq!(rates.in_force(ProjectId(2), &quotas, now), []);
        assert_eq!(rates.in_force(SHOP, &quotas, now + 1000), []);
        assert_eq!(take(&rates, &quotas, Category::Monitor, 9, now), 9);
        assert!(rates.take(ProjectId(2), Category::Error, &quotas, now).is_ok(), "another project");
        assert_eq!(take(&rates, &quotas, Category::Error, 9, now + 1000), 3);
        assert_eq!(take(&rates, &quotas, Category::Error, 9, now - HOUR), 3, "a clock that was set back");
    }

    #[test]
    fn an_hour_far_above_the_usual_is_a_spike() {
        let quotas = Quotas { errors_per_minute: u64::MAX, spike_factor: 10, ..Quotas::default() };
        let rates = Rates::default();
        for hour in 0..4 {
            assert_eq!(take(&rates, &quotas, Category::Error, 3000, (1000 + hour) * HOUR), 3000);
        }
        assert_eq!(take(&rates, &quotas, Category::Error, 100_000, 1004 * HOUR), 30_000);
        let limited = rates.take(SHOP, Category::Error, &quotas, 1004 * HOUR).unwrap_err();
        assert_eq!(limited.reason, Reason::Spike);
        // What was taken counts as usual from the next hour on.
        assert_eq!(take(&rates, &quotas, Category::Error, 100_000, 1005 * HOUR), 84_000);
        let off = Quotas { spike_factor: 0, ..quotas };
        assert_eq!(take(&rates, &off, Category::Error, 10, 1005 * HOUR), 10);
        let restarted = Rates::default();
        let now = 1004 * HOUR;
        for hour in 1000..1005 {
            restarted.remember(SHOP, "error", hour, 3000, now);
        }
        restarted.remember(SHOP, "error", 900, 1_000_000, now);
        assert_eq!(take(&restarted, &quotas, Category::Error, 100_000, now), 27_000);
    }

    #[test]
    fn the_first_hours_are_no_spike() {
        let quotas = Quotas { errors_per_minute: u64::MAX, ..Quotas::default() };
        let rates = Rates::default();
        assert_eq!(take(&rates, &quotas, Category::Error, 100_000, 1000 * HOUR), 100_000);
        assert_eq!(take(&rates, &quotas, Category::Error, 100_000, 1001 * HOUR), 100_000);
    }
}
