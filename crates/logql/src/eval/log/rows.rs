//! Answers a page of lines.

use super::number::number;
use super::search::{End, Search};
use super::{Cursor, LogQuery, Page, Row, Rows};
use crate::eval::order::arrange;
use crate::eval::{Budget, EvalError};
use crate::{Chunk, Source};

pub(super) fn rows(
    query: &LogQuery,
    source: &impl Source,
    page: &Page,
    budget: &Budget<'_>,
) -> Result<Rows, EvalError> {
    let range = page.remaining();
    if page.limit == 0 || range.start >= range.end {
        return Ok(Rows::default());
    }
    let mut chunks = source.chunks(&query.scan(range))?;
    chunks.retain(|chunk| range.overlaps(chunk.span().0, chunk.span().1));
    arrange(&mut chunks);
    let mut search = Search::new(query, page, &chunks, budget);
    let mut end = search.rest_of_instant();
    if end == End::All {
        end = search.lines_of(range);
    }
    let (mut found, mut reader) = search.finish();
    if found.len() > page.limit {
        found.truncate(page.limit);
        end = End::Cut;
    }
    number(query, source, &chunks, &mut reader, &mut found)?;
    let rows: Vec<Row> = found.into_iter().map(|found| found.row).collect();
    let next = next(page, &rows, end);
    let (stats, warnings) = reader.finish();
    Ok(Rows { rows, next, stats, warnings })
}

fn next(page: &Page, rows: &[Row], end: End) -> Option<Cursor> {
    let at = match end {
        End::All => return None,
        End::Cut => rows.last()?.timestamp,
        End::Stopped(at) => at,
    };
    let before = page.after.filter(|cursor| cursor.at == at).map_or(0, |cursor| cursor.given);
    let here = rows.iter().rev().take_while(|row| row.timestamp == at).count() as u64;
    Some(Cursor { at, given: before + here })
}
