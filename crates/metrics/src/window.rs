//! Two hours of one target.

use std::collections::HashMap;
use std::sync::Arc;

use crate::row::GrowingRow;
use crate::series::{Scrape, Series};
use crate::status::{Refused, Tally};

/// How long a window is. It divides a day: no window belongs to two files.
pub(crate) const WINDOW_MS: i64 = 2 * 3_600_000;

/// What a series takes in memory besides its numbers, about: labels, and what finds it here and in the tail.
const SERIES_BYTES: usize = 512;

/// The beginning of the window that holds an instant.
pub(crate) fn window_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(WINDOW_MS) * WINDOW_MS
}

/// The samples of one target within two hours.
#[derive(Debug, Default)]
pub(crate) struct Window {
    pub(crate) timestamps_ms: Vec<i64>,
    pub(crate) members: Vec<Member>,
    /// Where among the members, by the series' numbers.
    by_number: HashMap<u32, u32>,
    /// Where the series of the last scrape are, in its order: the next one has the same, mostly.
    order: Vec<u32>,
    /// How many timestamps came after later ones.
    inserted: usize,
}

/// After so many timestamps that came after later ones the window takes no more of them: each moves all of its series.
const INSERTED_MAX: usize = 128;

/// A series in a window.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) series: Arc<Series>,
    pub(crate) row: GrowingRow,
}

impl Window {
    /// Adds what a target gave, as far as it [`fits`]. Gives by how many bytes the window grew.
    pub(crate) fn push(&mut self, scrape: &Scrape, newest_ms: i64, tally: &mut Tally) -> usize {
        let mut grown = 0;
        let mut place = None;
        if self.members.is_empty() {
            self.members.reserve_exact(scrape.samples.len());
        }
        for (index, (series, value)) in scrape.samples.iter().enumerate() {
            let fits = fits(Some(self), scrape.at_ms, series, *value, newest_ms);
            match fits {
                Ok(true) => {
                    let place = *place.get_or_insert_with(|| self.place(scrape.at_ms));
                    let row = &mut self.member(index, series).row;
                    // After a clock went back there may be later ones here already.
                    if place < row.end() {
                        tally.refused(Refused::OutOfOrder, 1);
                        continue;
                    }
                    let before = row.heap_bytes();
                    grown += if row.end() == 0 { SERIES_BYTES } else { 0 };
                    row.push(place, *value);
                    grown += row.heap_bytes() - before;
                    series.set_last(scrape.at_ms, *value);
                    tally.stored += 1;
                }
                Ok(false) => tally.stored += 1,
                Err(why) => tally.refused(why, 1),
            }
        }
        grown
    }

    /// Whether a timestamp would have to be put between others once too often.
    pub(crate) fn is_closed_to(&self, at_ms: i64) -> bool {
        self.inserted >= INSERTED_MAX
            && self.timestamps_ms.last().is_some_and(|last| at_ms < *last)
            && self.timestamps_ms.binary_search(&at_ms).is_err()
    }

    /// The number of a series at an instant.
    fn value(&self, at_ms: i64, series: &Series) -> Option<f64> {
        let place = self.timestamps_ms.binary_search(&at_ms).ok()?;
        let member = self.by_number.get(&series.number)?;
        self.members[*member as usize].row.at(place as u32)
    }

    /// The series at `index` of a scrape.
    fn member(&mut self, index: usize, series: &Arc<Series>) -> &mut Member {
        let guess = self.order.get(index).copied();
        let guess = guess.filter(|at| self.members[*at as usize].series.number == series.number);
        let at = guess.unwrap_or_else(|| self.find(index, series));
        &mut self.members[at as usize]
    }

    fn find(&mut self, index: usize, series: &Arc<Series>) -> u32 {
        let at = *self.by_number.entry(series.number).or_insert_with(|| {
            self.members.push(Member { series: series.clone(), row: GrowingRow::default() });
            (self.members.len() - 1) as u32
        });
        if index >= self.order.len() {
            self.order.resize(index + 1, 0);
        }
        self.order[index] = at;
        at
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
                self.inserted += 1;
                self.timestamps_ms.insert(place, at_ms);
                self.members.iter_mut().for_each(|member| member.row.make_room(place as u32));
                place as u32
            }
        }
    }
}

/// Whether a sample is new; false if it is there already. One that is not later than its series' last is refused, but not
/// if it is in the target's window already: senders repeat what they are not sure of. For `newest_ms` see
/// [`Series::is_next`].
pub(crate) fn fits(
    window: Option<&Window>,
    at_ms: i64,
    series: &Series,
    value: f64,
    newest_ms: i64,
) -> Result<bool, Refused> {
    if series.is_next(at_ms, newest_ms) {
        return Ok(true);
    }
    let (last_ms, last_bits) = series.last();
    if at_ms == last_ms {
        return if last_bits == value.to_bits() { Ok(false) } else { Err(Refused::Duplicate) };
    }
    match window.and_then(|window| window.value(at_ms, series)) {
        Some(found) if found.to_bits() == value.to_bits() => Ok(false),
        Some(_) => Err(Refused::Duplicate),
        None => Err(Refused::OutOfOrder),
    }
}
