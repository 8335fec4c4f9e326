//! Token buckets, one for each source, for as many sources as fit.
//!
//! A request takes a token; the bucket may owe some, and whoever takes one that is not there yet waits for it or is
//! refused. A bucket that nobody asked for is full again at some time and is then forgotten; where there are too many,
//! the one that was asked for longest ago is.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

/// Locks, so that requests on several threads seldom wait for one another.
const SHARDS: usize = 16;
/// Sources of one middleware.
const SOURCES_MAX: usize = 65_536;

/// The buckets of one middleware; all are equal but for what is in them.
#[derive(Debug)]
pub(super) struct Buckets {
    /// Tokens that come in a second; greater than nothing.
    per_second: f64,
    burst: f64,
    longest_wait: Duration,
    shards: [Mutex<LruCache<u64, Bucket>>; SHARDS],
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Less than nothing: owed.
    tokens: f64,
    at: Instant,
}

/// What a request that asks for a token is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Turn {
    Now,
    /// It has its token, which comes in so long.
    Wait(Duration),
    /// It gets none; one will be there in so long.
    Refused(Duration),
}

impl Buckets {
    /// `average` tokens come in each `period`, and `burst` fit. Who would wait for longer than half of the time between
    /// two tokens, or than half a second, is refused.
    pub(super) fn new(average: u64, period: Duration, burst: u64) -> Self {
        let per_second = average as f64 / period.as_secs_f64().max(1e-9);
        let longest_wait = if per_second < 1.0 {
            Duration::from_millis(500)
        } else {
            Duration::from_secs(1) / (u32::try_from(per_second as u64).unwrap_or(u32::MAX).saturating_mul(2))
        };
        let shards = std::array::from_fn(|_| Mutex::new(LruCache::unbounded()));
        Self { per_second, burst: burst as f64, longest_wait, shards }
    }

    /// Takes a token out of the source's bucket.
    pub(super) fn take(&self, source: u64, now: Instant) -> Turn {
        let mut shard = self.shards[source as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = shard.get_or_insert_mut(source, || Bucket { tokens: self.burst, at: now });
        let turn = self.take_from(bucket, now);
        self.forget(&mut shard, now);
        turn
    }

    fn take_from(&self, bucket: &mut Bucket, now: Instant) -> Turn {
        let tokens = self.tokens(bucket, now) - 1.0;
        let wait = Duration::try_from_secs_f64(-tokens / self.per_second).unwrap_or_default();
        *bucket = Bucket { tokens, at: now };
        if tokens >= 0.0 {
            Turn::Now
        } else if wait <= self.longest_wait {
            Turn::Wait(wait)
        } else {
            bucket.tokens += 1.0;
            Turn::Refused(wait)
        }
    }

    /// What is in a bucket at this moment.
    fn tokens(&self, bucket: &Bucket, now: Instant) -> f64 {
        let since = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.tokens + since * self.per_second).min(self.burst)
    }

    /// Forgets what need not be kept: the two oldest if they are full, so that the shard shrinks faster than it grows,
    /// and as many as are too many.
    fn forget(&self, shard: &mut LruCache<u64, Bucket>, now: Instant) {
        for _ in 0..2 {
            let is_full = shard.peek_lru().is_some_and(|(_, bucket)| self.tokens(bucket, now) >= self.burst);
            if !is_full && shard.len() <= SOURCES_MAX / SHARDS {
                return;
            }
            shard.pop_lru();
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().expect("a shard").len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Turn::{Now, Refused, Wait};
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Each step: milliseconds since the start, and what the one source is told.
    fn check(average: u64, period_ms: u64, burst: u64, steps: &[(u64, Turn)]) {
        let buckets = Buckets::new(average, ms(period_ms), burst);
        let start = Instant::now();
        for (at, expected) in steps {
            let turn = buckets.take(1, start + ms(*at));
            let same = match (turn, *expected) {
                (Now, Now) => true,
                (Wait(a), Wait(b)) | (Refused(a), Refused(b)) => a.abs_diff(b) < ms(1),
                _ => false,
            };
            assert!(
                same,
                "{average} in {period_ms} ms, {burst} at once: at {at} ms {turn:?}, not {expected:?}"
            );
        }
    }

    #[test]
    fn tokens_come_back() {
        // One at once; whoever would wait for more than half of the time between two is refused.
        check(
            10,
            1000,
            1,
            &[(0, Now), (0, Refused(ms(100))), (50, Wait(ms(50))), (60, Refused(ms(140))), (200, Now)],
        );
        check(
            10,
            1000,
            3,
            &[(0, Now), (0, Now), (0, Now), (0, Refused(ms(100))), (100, Now), (100, Refused(ms(100)))],
        );
        // A bucket does not hold more than it holds.
        check(10, 1000, 2, &[(0, Now), (60_000, Now), (60_000, Now), (60_000, Refused(ms(100)))]);
        // A refused request takes nothing.
        check(
            10,
            1000,
            1,
            &[(0, Now), (10, Refused(ms(90))), (20, Refused(ms(80))), (30, Refused(ms(70))), (100, Now)],
        );
        // Slow rates: nobody waits for longer than half a second.
        check(
            6,
            60_000,
            1,
            &[(0, Now), (0, Refused(ms(10_000))), (9_400, Refused(ms(600))), (9_600, Wait(ms(400)))],
        );
        check(1, 60_000, 1, &[(0, Now), (59_000, Refused(ms(1000))), (60_000, Now)]);
        // Other periods: 100 a minute.
        check(
            100,
            60_000,
            1,
            &[(0, Now), (0, Refused(ms(600))), (300, Wait(ms(300))), (300, Refused(ms(900)))],
        );
        check(200, 1000, 1, &[(0, Now), (3, Wait(ms(2))), (10, Now)]);
        // After a wait the next one's token comes later still.
        check(1000, 1000, 1, &[(0, Now), (0, Refused(ms(1))), (1, Now)]);
        // A clock that stands still, or goes back, gives nothing.
        check(10, 1000, 1, &[(100, Now), (100, Refused(ms(100))), (50, Refused(ms(100)))]);
    }

    #[test]
    fn sources_do_not_share() {
        let buckets = Buckets::new(1, ms(1000), 1);
        let now = Instant::now();
        for source in 0..100 {
            assert_eq!(buckets.take(source, now), Now);
            assert!(matches!(buckets.take(source, now), Refused(_)));
        }
    }

    #[test]
    fn sources_are_forgotten_when_full_or_too_many() {
        let buckets = Buckets::new(1, ms(1000), 5);
        let start = Instant::now();
        for source in 0..1000 {
            buckets.take(source, start);
        }
        assert_eq!(buckets.len(), 1000);
        for source in 10_000..11_000 {
            buckets.take(source, start + ms(1500));
        }
        assert_eq!(buckets.len(), 1000, "the first thousand were full again");
        for source in 0..3 * SOURCES_MAX as u64 {
            buckets.take(source, start + ms(1600));
        }
        assert_eq!(buckets.len(), SOURCES_MAX);
    }

    proptest! {
        /// Whatever comes when, no more pass than the bucket held and has got since.
        #[test]
        fn no_more_pass_than_may(
            average in 1..50u64, burst in 1..20u64, gaps in prop::collection::vec(0..200u64, 1..100),
        ) {
            let buckets = Buckets::new(average, ms(1000), burst);
            let start = Instant::now();
            let (mut at, mut passed) = (0, 0u64);
            for gap in gaps {
                at += gap;
                match buckets.take(7, start + ms(at)) {
                    Now => passed += 1,
                    Wait(wait) => {
                        passed += 1;
                        prop_assert!(wait <= buckets.longest_wait);
                    }
                    Refused(wait) => prop_assert!(wait > buckets.longest_wait),
                }
                let may = burst as f64 + at as f64 / 1000.0 * average as f64;
                prop_assert!(passed as f64 <= may + 0.5 + 1e-6, "{passed} of {may} at {at} ms");
            }
        }
    }
}
