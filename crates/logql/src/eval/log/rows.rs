//! Answers a page of lines.

use super::context::with_context;
use super::number::number;
use super::search::{End, search};
use super::{Cursor, LogQuery, Page, Row, Rows};
use crate::Source;
use crate::eval::{Budget, EvalError};

pub(super) fn rows(
    query: &LogQuery,
    source: &impl Source,
    page: &Page,
    budget: &Budget<'_>,
) -> Result<Rows, EvalError> {
    let rows = match query.distinct {
        None => matching(query, source, page, budget)?,
        Some(_) => distinct(query, source, page, budget)?,
    };
    match query.context {
        0 => Ok(rows),
        lines => with_context(source, page, (rows, lines), budget),
    }
}

fn matching(
    query: &LogQuery,
    source: &impl Source,
    page: &Page,
    budget: &Budget<'_>,
) -> Result<Rows, EvalError> {
    let range = page.remaining();
    if page.limit == 0 || range.start >= range.end {
        return Ok(Rows::default());
    }
    let mut findings = search(query, source, page, (range, page.limit.saturating_add(1)), budget)?;
    let mut end = findings.end;
    if findings.found.len() > page.limit {
        findings.found.truncate(page.limit);
        end = End::Cut;
    }
    number(query, source, &mut findings)?;
    let rows: Vec<Row> = findings.found.into_iter().map(|found| found.row).collect();
    let next = next(page, &rows, end);
    let (stats, warnings) = findings.reader.finish();
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

/// Which lines are the first of their kind is known only to who begins at the beginning: the lines of earlier
/// pages are found again and left out.
fn distinct(
    query: &LogQuery,
    source: &impl Source,
    page: &Page,
    budget: &Budget<'_>,
) -> Result<Rows, EvalError> {
    if page.limit == 0 || page.range.start >= page.range.end {
        return Ok(Rows::default());
    }
    let given = page.after.map_or(0, |cursor| cursor.given as usize);
    let whole = Page { after: None, ..*page };
    let room = given.saturating_add(page.limit).saturating_add(1);
    let mut findings = search(query, source, &whole, (page.range, room), budget)?;
    findings.found.drain(..given.min(findings.found.len()));
    let more = findings.found.len() > page.limit || findings.end != End::All;
    findings.found.truncate(page.limit);
    number(query, source, &mut findings)?;
    let rows: Vec<Row> = findings.found.into_iter().map(|found| found.row).collect();
    let at = rows.last().map_or(page.range.start, |row| row.timestamp);
    let next = (more && !rows.is_empty()).then(|| Cursor { at, given: (given + rows.len()) as u64 });
    let (stats, warnings) = findings.reader.finish();
    Ok(Rows { rows, next, stats, warnings })
}
