//! Two hours of one target.

use std::collections::HashMap;
use std::sync::Arc;

use crate::row::GrowingRow;
use crate::series::Series;
use crate::status::Refused;

/// How long a window is. It divides a day: no window belongs to two files.
pub(crate) const WINDOW_MS: i64 = 2 * 3_600_000;

/// The beginning of the window that holds an instant.
pub(crate) fn window_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(WINDOW_MS) * WINDOW_MS
}

/// The samples of one target within two hours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    pub(crate) timestamps_ms: Vec<i64>,
    pub(crate) rows: HashMap<u32, (Arc<Series>, GrowingRow)>,
}

impl Window {
    /// Adds a number of a series. One that is not later than the last one is refused, but not if it is the same again:
    /// senders repeat what they are not sure of.
    pub(crate) fn push(&mut self, at_ms: i64, series: &Arc<Series>, value: f64) -> Result<(), Refused> {
        let place = self.place(at_ms);
        let (_, row) =
            self.rows.entry(series.number).or_insert_with(|| (series.clone(), GrowingRow::default()));
        match row.last_place() {
            Some(last) if last == place => {
                match row.last_value().is_some_and(|v| v.to_bits() == value.to_bits()) {
                    true => Ok(()),
                    false => Err(Refused::Duplicate),
                }
            }
            Some(last) if last > place => Err(Refused::OutOfOrder),
            _ => {
                row.push(place, value);
                Ok(())
            }
        }
    }

    /// Where the timestamp stands; it is put in if it is new.
    fn place(&mut self, at_ms: i64) -> u32 {
        if self.timestamps_ms.last().is_none_or(|last| *last < at_ms) {
            self.timestamps_ms.push(at_ms);
            return (self.timestamps_ms.len() - 1) as u32;
        }
        match self.timestamps_ms.binary_search(&at_ms) {
            Ok(place) => place as u32,
            Err(place) => {
                // Two connections of one sender may overtake each other; it is rare.
                self.timestamps_ms.insert(place, at_ms);
                self.rows.values_mut().for_each(|(_, row)| row.make_room(place as u32));
                place as u32
            }
        }
    }
}
