//! A day's slices: how filters get into them, and how they are asked.
//!
//! Filters are cut a lane at a time, as soon as one is full, and eight narrow groups are joined to a wide one. The rows
//! of filters that were cut go in the same transaction: a filter is in one place. Small filters stay as they are.

use rusqlite::{Connection, params};

use super::{DayFiles, FORMAT_WITH_SLICES, format_of};
use crate::filter::{self, BITS_MAX, HEAD_BYTES, Sought};
use crate::slices::{self, Group, LANE, LANES_MAX, Row, Table};

/// A slice's id is its group's, and its number in as many bits.
const NUMBER_BITS: u32 = 16;

/// The lengths of filters that are worth a place in slices.
const LENGTHS: [usize; 2] = [HEAD_BYTES + BITS_MAX / 8, HEAD_BYTES + BITS_MAX / 16];

impl DayFiles {
    /// Cuts filters into slices, as many as fill lanes, and joins groups that fill a wide one. If no more blocks will
    /// come, what is left is cut and joined too, unless it is too little. Tells whether anything changed.
    pub(crate) fn slice(&mut self, no_more: bool) -> rusqlite::Result<bool> {
        let least = if no_more { LANE / 2 } else { LANE };
        let mut changed = false;
        while self.loose()?.len() >= least {
            self.change_index(Self::cut_lane)?;
            changed = true;
        }
        if changed || no_more {
            while let Some(groups) = self.to_join(no_more)? {
                self.change_index(|files| files.join(&groups))?;
                changed = true;
            }
        }
        Ok(changed)
    }

    /// The filter of a new block was stored.
    pub(super) fn note_loose(&mut self, block: i64, filter: &[u8]) {
        if let Some(loose) = self.loose.as_mut().filter(|_| LENGTHS.contains(&filter.len())) {
            loose.push(block);
        }
    }

    fn loose(&mut self) -> rusqlite::Result<&mut Vec<i64>> {
        let known = match self.loose.take() {
            Some(known) => known,
            None => {
                let mut select = self.index.prepare_cached(
                    "SELECT block FROM filter WHERE length(data) IN (?1, ?2) ORDER BY block",
                )?;
                let found = select.query_map(LENGTHS.map(|length| length as i64), |row| row.get(0))?;
                found.collect::<rusqlite::Result<_>>()?
            }
        };
        Ok(self.loose.insert(known))
    }

    /// Makes a group of the next filters. Damaged ones stay where they are, and are not tried again.
    fn cut_lane(&mut self) -> rusqlite::Result<()> {
        let loose = self.loose()?;
        let next: Vec<i64> = loose.drain(..LANE.min(loose.len())).collect();
        let (mut blocks, mut bitmaps) = (Vec::new(), Vec::new());
        for block in next {
            let mut select = self.index.prepare_cached("SELECT data FROM filter WHERE block = ?1")?;
            let filter: Vec<u8> = select.query_row([block], |row| row.get(0))?;
            if let Some(bitmap) = filter::bitmap(&filter) {
                blocks.push(block);
                bitmaps.push(bitmap.to_vec());
            }
        }
        if blocks.is_empty() {
            return Ok(());
        }
        self.insert_group(&Group::new(blocks.clone()), &Table::cut(&bitmaps))?;
        let mut delete = self.index.prepare_cached("DELETE FROM filter WHERE block = ?1")?;
        blocks.iter().try_for_each(|block| delete.execute([block]).map(|_| ()))
    }

    /// Narrow groups that can be one.
    fn to_join(&self, no_more: bool) -> rusqlite::Result<Option<Vec<(i64, Group)>>> {
        let mut narrow: Vec<(i64, Group)> = groups(&self.index)?
            .into_iter()
            .filter_map(|(id, group)| Some((id, group?)))
            .filter(|(_, group)| group.lanes() < LANES_MAX)
            .collect();
        let mut lanes = 0;
        let fit = |(_, group): &&(i64, Group)| {
            lanes += group.lanes();
            lanes <= LANES_MAX
        };
        let count = narrow.iter().take_while(fit).count();
        narrow.truncate(count);
        let is_full = narrow.iter().map(|(_, group)| group.lanes()).sum::<usize>() == LANES_MAX;
        Ok(Some(narrow).filter(|narrow| narrow.len() > 1 && (is_full || no_more)))
    }

    /// Puts one group in the place of several. One that is damaged goes: its blocks are searched without filters.
    fn join(&mut self, narrow: &[(i64, Group)]) -> rusqlite::Result<()> {
        let (mut whole, mut tables) = (Vec::new(), Vec::new());
        for (id, group) in narrow {
            let mut select =
                self.index.prepare_cached("SELECT data FROM slice WHERE id BETWEEN ?1 AND ?2 ORDER BY id")?;
            let slices = select.query_map(numbers_of(*id), |row| row.get(0))?;
            match Table::of(group.lanes(), &slices.collect::<rusqlite::Result<Vec<_>>>()?) {
                Some(table) => {
                    whole.push(group);
                    tables.push(table);
                }
                None => tracing::warn!(
                    "filters of {} blocks are damaged and were removed",
                    group.blocks().count()
                ),
            }
        }
        if !whole.is_empty() {
            self.insert_group(&Group::joined(whole), &Table::joined(&tables))?;
        }
        narrow.iter().try_for_each(|(id, _)| {
            self.index
                .prepare_cached("DELETE FROM slice WHERE id BETWEEN ?1 AND ?2")?
                .execute(numbers_of(*id))?;
            self.index.prepare_cached("DELETE FROM sliced WHERE id = ?1")?.execute([id]).map(|_| ())
        })
    }

    fn insert_group(&self, group: &Group, table: &Table) -> rusqlite::Result<()> {
        let id: i64 =
            self.index.query_row("SELECT coalesce(max(id), 0) + 1 FROM sliced", [], |row| row.get(0))?;
        let mut insert = self.index.prepare_cached("INSERT INTO sliced (id, blocks) VALUES (?1, ?2)")?;
        insert.execute(params![id, group.encode()])?;
        let mut insert = self.index.prepare_cached("INSERT INTO slice (id, data) VALUES (?1, ?2)")?;
        let [first, _] = numbers_of(id);
        table.slices().zip(first..).try_for_each(|(slice, id)| insert.execute(params![id, slice]).map(|_| ()))
    }
}

/// The first and the last id that a slice of the group may have.
fn numbers_of(group: i64) -> [i64; 2] {
    [group << NUMBER_BITS, ((group + 1) << NUMBER_BITS) - 1]
}

/// Every group, if it is undamaged.
fn groups(index: &Connection) -> rusqlite::Result<Vec<(i64, Option<Group>)>> {
    let mut select = index.prepare_cached("SELECT id, blocks FROM sliced ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, Group::decode(row.get_ref(1)?.as_blob().unwrap_or_default())));
    }
    Ok(found)
}

/// What slices say of blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Asked {
    /// They do not know the block.
    #[default]
    Unknown,
    /// It does not hold what is sought.
    No,
    Maybe,
    Damaged,
}

/// Asks the slices about blocks, whose ids are sorted.
pub(crate) fn ask_slices(
    index: &Connection,
    blocks: &[i64],
    sought: &Sought,
) -> rusqlite::Result<Vec<Asked>> {
    let mut asked = vec![Asked::Unknown; blocks.len()];
    if format_of(index)? < FORMAT_WITH_SLICES {
        return Ok(asked);
    }
    let mut select = index.prepare_cached("SELECT data FROM slice WHERE id = ?1")?;
    for (id, group) in groups(index)? {
        let Some(group) = group else { continue };
        let place = |(bit, block)| Some((bit, blocks.binary_search(&block).ok()?));
        let places: Vec<(usize, usize)> = group.blocks().filter_map(place).collect();
        let mut wanted = Row::default();
        places.iter().for_each(|(bit, _)| wanted[bit / LANE] |= 1 << (bit % LANE));
        let found = slices::ask(sought, group.lanes(), wanted, |number, slice| {
            let mut rows = select.query([numbers_of(id)[0] + number as i64])?;
            if let Some(row) = rows.next()? {
                slice.extend_from_slice(row.get_ref(0)?.as_blob().unwrap_or_default());
            }
            Ok::<_, rusqlite::Error>(())
        })?;
        for (bit, at) in places {
            asked[at] = match found {
                None => Asked::Damaged,
                Some(row) if row[bit / LANE] >> (bit % LANE) & 1 == 1 => Asked::Maybe,
                Some(_) => Asked::No,
            };
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests;
