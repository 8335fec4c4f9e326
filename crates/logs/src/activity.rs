//! How busy each service is: lines and error lines in each of the last sixty minutes, kept as lines arrive.

use std::collections::HashMap;
use std::sync::Arc;

use logql::Counts;
use model::Timestamp;

use crate::sidecar::minute_of;
use crate::stream::ServiceKey;

/// How many minutes are told.
const MINUTES: usize = 60;

/// Slots of the ring; a power of two above the minutes told.
const SLOTS: usize = 64;

/// Lines per service over the last hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Services that wrote anything, sorted by environment, project and name.
    pub services: Vec<ServiceActivity>,
}

/// One service's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceActivity {
    /// Its name.
    pub service: String,
    /// Its compose project; empty outside compose.
    pub project: String,
    /// `production`, `staging`, …; empty where a sender did not say.
    pub environment: String,
    /// Lines in each of the last sixty minutes, oldest first; the last minute is still filling.
    pub lines: Vec<u32>,
    /// Of these, lines of level error and above.
    pub error_lines: Vec<u32>,
}

/// The counts behind it.
#[derive(Debug, Default)]
pub(crate) struct ActivityBook(HashMap<Arc<ServiceKey>, Ring>);

#[derive(Clone, Debug)]
struct Ring([Slot; SLOTS]);

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    minute: i64,
    lines: u32,
    error_lines: u32,
}

impl ActivityBook {
    /// Counts lines that arrived. Those outside the last hour do not count, nor do those of clocks that are
    /// ahead.
    pub(crate) fn add(&mut self, service: &Arc<ServiceKey>, counts: &Counts, now: Timestamp) {
        let newest = minute_of(now);
        let told = newest - (MINUTES as i64 - 1)..=newest;
        for cell in counts.cells.iter().filter(|cell| told.contains(&cell.minute)) {
            let ring = self.0.entry(service.clone()).or_insert_with(|| Ring([Slot::default(); SLOTS]));
            let slot = &mut ring.0[cell.minute.rem_euclid(SLOTS as i64) as usize];
            if slot.minute != cell.minute {
                *slot = Slot { minute: cell.minute, ..Slot::default() };
            }
            let lines = u32::try_from(cell.lines).unwrap_or(u32::MAX);
            slot.lines = slot.lines.saturating_add(lines);
            if cell.level.is_error() {
                slot.error_lines = slot.error_lines.saturating_add(lines);
            }
        }
    }

    /// The last hour as of `now`; services without a line in it are forgotten.
    pub(crate) fn snapshot(&mut self, now: Timestamp) -> Activity {
        let newest = minute_of(now);
        let oldest = newest - (MINUTES as i64 - 1);
        self.0.retain(|_, ring| ring.0.iter().any(|slot| slot.lines > 0 && slot.minute >= oldest));
        let mut services: Vec<_> = self.0.iter().map(|(key, ring)| ring.told(key, oldest..=newest)).collect();
        services.sort_by(|a, b| {
            (&a.environment, &a.project, &a.service).cmp(&(&b.environment, &b.project, &b.service))
        });
        Activity { services }
    }
}

impl Ring {
    fn told(&self, key: &ServiceKey, minutes: std::ops::RangeInclusive<i64>) -> ServiceActivity {
        let slots = minutes.map(|minute| {
            let slot = self.0[minute.rem_euclid(SLOTS as i64) as usize];
            if slot.minute == minute { slot } else { Slot::default() }
        });
        let (lines, error_lines) = slots.map(|slot| (slot.lines, slot.error_lines)).unzip();
        ServiceActivity {
            service: key.service.to_string(),
            project: key.project.to_string(),
            environment: key.environment.to_string(),
            lines,
            error_lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Level;

    use super::*;
    use crate::columns::Columns;
    use crate::sidecar::{MINUTE, Sidecar};

    fn counts(lines: &[(i64, Level)]) -> Counts {
        let mut columns = Columns::default();
        for (minute, level) in lines {
            columns.push(Timestamp::from_nanos(minute * MINUTE), *level, &Vec::new(), "");
        }
        Sidecar::of(&columns).0
    }

    #[test]
    fn lines_count_in_their_minute_for_an_hour() {
        let key = |service: &str| {
            Arc::new(ServiceKey {
                service: service.into(),
                project: "shop".into(),
                environment: "production".into(),
            })
        };
        let at = |minute: i64| Timestamp::from_nanos(minute * MINUTE + 5);
        let (web, worker) = (key("web"), key("worker"));
        let mut book = ActivityBook::default();
        book.add(&worker, &counts(&[(100, Level::Info)]), at(100));
        book.add(&web, &counts(&[(41, Level::Info), (100, Level::Error), (100, Level::Unknown)]), at(100));
        // An hour old, and ahead of the clock.
        book.add(&web, &counts(&[(40, Level::Fatal), (101, Level::Fatal), (500, Level::Fatal)]), at(100));

        let now = book.snapshot(at(100));
        assert_eq!(
            now.services.iter().map(|each| each.service.as_str()).collect::<Vec<_>>(),
            ["web", "worker"]
        );
        let web_now = &now.services[0];
        assert_eq!((web_now.lines.len(), web_now.lines[0], web_now.lines[59]), (60, 1, 2));
        assert_eq!((web_now.error_lines[0], web_now.error_lines[59]), (0, 1));
        assert_eq!(web_now.lines.iter().sum::<u32>(), 3);

        // Ten minutes later the oldest minute is out, and the ring's slots are used again.
        book.add(&web, &counts(&[(105, Level::Info)]), at(110));
        let later = &book.snapshot(at(110)).services[0];
        assert_eq!((later.lines[49], later.lines[54], later.lines.iter().sum::<u32>()), (2, 1, 3));
        assert_eq!(book.snapshot(at(165)), Activity::default());
    }
}
