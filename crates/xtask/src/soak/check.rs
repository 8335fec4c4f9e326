//! Reading everything back: each container's lines in order, each number once.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use api::LogPage;
use serde_json::Value;

use crate::load::engine::Feed;
use crate::load::http::{Client, encode};
use crate::load::lines::WRITERS;

/// Lines in one page.
const PAGE: u32 = 5000;

/// Reads every container's lines and gives how many there are in all.
pub(super) fn every_line_once(address: SocketAddr, feed: &Feed) -> Result<u64> {
    let mut client = Client::connect(address)?;
    for writer in &WRITERS {
        let numbers = numbers_of(&mut client, writer.container, feed)?;
        in_sequence(&numbers, feed.lines).with_context(|| writer.container.to_owned())?;
    }
    Ok(feed.lines * WRITERS.len() as u64)
}

/// The numbers in a container's lines, oldest first.
fn numbers_of(client: &mut Client, container: &str, feed: &Feed) -> Result<Vec<u64>> {
    let mut numbers = Vec::new();
    let mut cursor = String::new();
    loop {
        let query = encode(&format!("{{container=\"{container}\",stream=\"stdout\"}}"));
        let (start, end) = (feed.begin.nanos(), feed.last().nanos() + 1);
        let path = format!(
            "/app/v1/logs/query?query={query}&start={start}&end={end}&limit={PAGE}&forward=true&cursor={}",
            encode(&cursor)
        );
        let answer = client.get(&path)?;
        if answer.status != 200 {
            bail!("`GET {path}` was answered {}: {}", answer.status, answer.text());
        }
        let page: LogPage = serde_json::from_slice(&answer.body)?;
        for row in &page.rows {
            numbers.push(number_in(&row.line).with_context(|| format!("no line of ours: {}", row.line))?);
        }
        match page.next {
            Some(next) => cursor = next,
            None => return Ok(numbers),
        }
    }
}

fn number_in(line: &str) -> Option<u64> {
    serde_json::from_str::<Value>(line).ok()?.get("n")?.as_u64()
}

/// Fails at the first number that is missing, doubled or out of order.
fn in_sequence(numbers: &[u64], count: u64) -> Result<()> {
    for (expected, &number) in (0..).zip(numbers) {
        if number != expected {
            bail!("line {number} stands where line {expected} should");
        }
    }
    if numbers.len() as u64 != count {
        bail!("{} lines are there, {count} were written", numbers.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_line_is_named() {
        let check = |numbers: &[u64], count| in_sequence(numbers, count).map_err(|error| error.to_string());
        assert_eq!(check(&[0, 1, 2], 3), Ok(()));
        assert_eq!(check(&[0, 2], 3), Err("line 2 stands where line 1 should".to_owned()));
        assert_eq!(check(&[0, 0, 1], 3), Err("line 0 stands where line 1 should".to_owned()));
        assert_eq!(check(&[0, 1], 3), Err("2 lines are there, 3 were written".to_owned()));
    }
}
