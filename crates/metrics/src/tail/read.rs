//! Reading the tail back, at start.

use std::collections::HashMap;
use std::sync::Arc;

use model::Timestamp;
use rusqlite::Row;

use super::{Tail, packed};
use crate::roster::{self, Roster, RosterError};
use crate::series::{Catalogue, Scrape, Series};

/// Why the tail cannot be read back.
pub(crate) type ReadError = RosterError;

/// Layouts by their ids; nothing for damaged ones.
type Layouts = HashMap<i64, Option<Vec<Arc<Series>>>>;

/// The last row of each target: its id, and its numbers.
type Bases = HashMap<Arc<str>, (i64, Vec<f64>)>;

impl Tail {
    /// Gives every row to `take` with its number and when it came, oldest first. Damaged ones are counted and left out, and with them
    /// those that are based on them.
    pub(crate) fn read(
        &mut self,
        catalogue: &Catalogue,
        mut take: impl FnMut(i64, Timestamp, Scrape),
    ) -> Result<u64, ReadError> {
        let (mut known, mut numbers) = (HashMap::new(), Roster::default());
        roster::each(&self.connection, |number, labels| {
            let series = catalogue.get(&labels);
            numbers.know(number, series.labels.clone());
            known.insert(number, series);
        })?;
        self.roster = numbers;
        let (mut layouts, mut bases) = (Layouts::new(), Bases::new());
        let mut damaged = 0;
        let mut statement = self.connection.prepare(
            "SELECT scrape.id, target, layout, at_ms, base, data, members, came_ms FROM scrape
             LEFT JOIN layout ON layout.id = scrape.layout ORDER BY scrape.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            match scrape(row, &known, &mut layouts, &mut bases)? {
                Some((id, scrape)) => take(id, Timestamp::from_millis(row.get(7)?), scrape),
                None => damaged += 1,
            }
        }
        Ok(damaged)
    }
}

fn scrape(
    row: &Row<'_>,
    known: &HashMap<u32, Arc<Series>>,
    layouts: &mut Layouts,
    bases: &mut Bases,
) -> rusqlite::Result<Option<(i64, Scrape)>> {
    let (id, base): (i64, i64) = (row.get(0)?, row.get(4)?);
    let target: Arc<str> = row.get::<_, String>(1)?.into();
    let members = row.get_ref(6)?.as_blob().unwrap_or_default();
    let series = layouts.entry(row.get(2)?).or_insert_with(|| {
        packed::members(members)?.iter().map(|number| known.get(number).cloned()).collect()
    });
    let Some(series) = series else { return Ok(None) };
    let before = match base {
        0 => None,
        _ => match bases.get(&target) {
            Some((of, values)) if *of == base => Some(values),
            _ => return Ok(None),
        },
    };
    let data = row.get_ref(5)?.as_blob().unwrap_or_default();
    let Some(values) = packed::unpack(data, before, series.len()) else { return Ok(None) };
    let samples = series.iter().cloned().zip(values.iter().copied()).collect();
    bases.insert(target.clone(), (id, values));
    Ok(Some((id, Scrape { target, at_ms: row.get(3)?, samples })))
}
