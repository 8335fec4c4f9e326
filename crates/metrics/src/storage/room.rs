//! Where all samples together take more room than they may, the oldest go before their time.

use model::Timestamp;
use settings::ByteSize;

use super::expire::is_rolled;
use super::{Storage, StorageError};
use crate::disk;
use crate::place::Place;
use crate::shared::Stored;

/// The subject of the fault that tells of days deleted for their size.
const SIZE: &str = "size of the metrics";

/// So many days keep their samples as long as anything that is rolled up is left to be deleted.
const RAW_DAYS_MIN: usize = 14;

impl Storage {
    /// Deletes until the rest fits. The day that goes on stays.
    pub(super) fn make_room(&mut self, as_of: Timestamp, max: ByteSize) -> Result<(), StorageError> {
        let directory = self.shared.directory.clone();
        let all = self.shared.stored().all();
        let mut bytes = disk::of_tail(&directory)
            + disk::aside(&directory, "")
            + all.iter().map(|place| disk::of(&directory, *place)).sum::<u64>();
        if bytes <= max.0 {
            // As long as it is close, the next day will take the place of another one.
            if bytes < max.0 / 10 * 9 {
                self.shared.faults.clear(SIZE);
            }
            return Ok(());
        }
        let order = order(&self.shared.stored(), as_of);
        let mut last = None;
        for place in order {
            if bytes <= max.0 {
                break;
            }
            let freed = disk::of(&directory, place) + disk::aside(&directory, &place.to_string());
            self.remove(place)?;
            self.shared.counters.deleted_for_size(freed);
            bytes = bytes.saturating_sub(freed);
            last = Some(place);
        }
        let message = match last {
            Some(last) => format!(
                "samples reached {max} on disk: files up to {last} were deleted before their time; raise [metrics] max_size or lower a retention"
            ),
            None => format!(
                "the samples of the days that go on take {} on disk, of {max} in all; raise [metrics] max_size or scrape less",
                ByteSize(bytes)
            ),
        };
        self.shared.faults.set(SIZE, message);
        Ok(())
    }
}

/// What goes first: days that are rolled up, which lose detail only; then the months; then the other days.
fn order(stored: &Stored, as_of: Timestamp) -> Vec<Place> {
    let over: Vec<_> = stored.days.iter().copied().filter(|day| day.end() <= as_of).collect();
    let old = over.len().saturating_sub(RAW_DAYS_MIN);
    let rolled = over[..old].iter().copied().filter(|day| is_rolled(stored, *day));
    let mut order: Vec<Place> = rolled.map(Place::Day).collect();
    order
        .extend(stored.months.keys().filter(|month| month.end() <= as_of).map(|month| Place::Rollup(*month)));
    let rest: Vec<Place> = over.into_iter().map(Place::Day).filter(|place| !order.contains(place)).collect();
    order.extend(rest);
    order
}
