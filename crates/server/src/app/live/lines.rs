//! The lines of a live stream: gathered, thinned out when they come too fast, and picked up again where a
//! connection broke off.

use std::time::Duration;

use api::LiveLines;
use http::HeaderMap;
use logql::{Direction, LogQuery, Page, Row};
use model::{TimeRange, Timestamp};
use tokio::time::Instant;

use crate::Clock;
use crate::app::App;
use crate::app::logs::page;
use crate::app::refusal::QueryRefusal;
use crate::feed::{Fed, Feed};

/// More lines a second than this are sampled: nobody reads as fast, and the page has to stay quick.
const LINES_PER_S_MAX: f64 = 500.0;
/// Lines kept between two events.
const GATHERED_MAX: usize = 2000;
/// Lines given again after a break; of more the rest is told as skipped.
const RESUMED_MAX: usize = 1000;
/// After a longer break the stream begins anew: the page asks for what lies between.
const BREAK_MAX: Duration = Duration::from_secs(600);
/// Lines may reach the store this much later than they were written. What is given twice, the page tells by
/// its id.
const LATE: Duration = Duration::from_secs(5);

/// Lines of one stream.
pub(super) struct LineFeed {
    feed: Feed,
    query: LogQuery,
    clock: Clock,
    gathered: Vec<Row>,
    /// Of how many lines each gathered one stands for itself and others.
    one_in: u32,
    /// Counts towards the next one to keep.
    passed: u32,
    skipped: u64,
    /// How many lines may be sent now; grows with time.
    credit: f64,
    credited: Instant,
}

/// When the connection that broke off had got everything, if it says so.
pub(super) fn resume_from(headers: &HeaderMap) -> Option<Timestamp> {
    let id = headers.get("last-event-id")?.to_str().ok()?;
    id.parse().ok().map(Timestamp::from_nanos)
}

impl LineFeed {
    pub(super) async fn open(
        app: &App,
        query: LogQuery,
        resume_from: Option<Timestamp>,
    ) -> Result<Self, QueryRefusal> {
        let mut lines = Self {
            feed: Feed::new(app.logs.follow(), query.clone()),
            query,
            clock: app.clock.clone(),
            gathered: Vec::new(),
            one_in: 1,
            passed: 0,
            skipped: 0,
            credit: LINES_PER_S_MAX,
            credited: Instant::now(),
        };
        let now = app.clock.now();
        if let Some(from) = resume_from.filter(|from| now.since(*from) < BREAK_MAX) {
            lines.resume(app, TimeRange { start: from.minus(LATE), end: Timestamp::MAX }).await?;
        }
        Ok(lines)
    }

    /// Finds what came during the break.
    async fn resume(&mut self, app: &App, range: TimeRange) -> Result<(), QueryRefusal> {
        let (logs, query) = (app.logs.clone(), self.query.clone());
        let page = Page { range, direction: Direction::Backward, limit: RESUMED_MAX, after: None };
        let (found, in_all) = app
            .queries
            .run(move |allowance| {
                allowance.spend(|budget| {
                    let found = query.rows(&logs, &page, budget)?;
                    let mut in_all = found.rows.len() as u64;
                    if found.next.is_some() {
                        let end = found.rows.first().map_or(range.start, |row| row.timestamp);
                        let range = TimeRange { end: end.plus(Duration::from_nanos(1)), ..range };
                        let counted = query.histogram(&logs, range, BREAK_MAX + LATE, budget)?;
                        in_all = counted.buckets.iter().flatten().sum();
                    }
                    Ok::<_, logql::EvalError>((found.rows, in_all))
                })
            })
            .await??;
        self.skipped += in_all.saturating_sub(found.len() as u64);
        self.gathered = found.into_iter().rev().collect();
        self.credit = self.credit.max(self.gathered.len() as f64);
        self.feed.skip_known(&self.gathered);
        Ok(())
    }

    /// Waits for lines and takes them in. May be dropped at any time.
    pub(super) async fn receive(&mut self) {
        match self.feed.next().await {
            Fed::Skipped(lines) => self.skipped += lines,
            Fed::Lines(rows) => rows.into_iter().for_each(|row| self.gather(row)),
        }
    }

    fn gather(&mut self, row: Row) {
        self.passed += 1;
        if self.passed < self.one_in {
            return;
        }
        self.passed = 0;
        self.gathered.push(row);
        if self.gathered.len() > GATHERED_MAX {
            self.thin_out(2);
        }
    }

    /// Keeps one line in `by` of those gathered, and of those to come before the next event.
    fn thin_out(&mut self, by: u32) {
        let mut index = 0;
        self.gathered.retain(|_| {
            index += 1;
            index % by == 0
        });
        self.one_in = self.one_in.saturating_mul(by);
    }

    /// Lines that were left out since the last time.
    pub(super) fn take_skipped(&mut self) -> Option<u64> {
        let skipped = std::mem::take(&mut self.skipped);
        (skipped > 0).then_some(skipped)
    }

    /// The lines to send now, and the id to resume after them.
    pub(super) fn take(&mut self) -> Option<(String, LiveLines)> {
        if self.gathered.is_empty() {
            return None;
        }
        let elapsed = self.credited.elapsed().as_secs_f64();
        self.credited = Instant::now();
        self.credit = (self.credit + elapsed * LINES_PER_S_MAX).min(self.credit.max(LINES_PER_S_MAX));
        let lines = self.gathered.len();
        if lines as f64 > self.credit {
            self.thin_out((lines as f64 / self.credit.max(1.0)).ceil() as u32);
        }
        self.credit = (self.credit - self.gathered.len() as f64).max(0.0);
        let rows = std::mem::take(&mut self.gathered);
        let one_in = std::mem::replace(&mut self.one_in, 1);
        self.passed = 0;
        let id = self.clock.now().nanos().to_string();
        Some((id, LiveLines { page: page(rows, Some(&self.query)), one_in }))
    }
}
