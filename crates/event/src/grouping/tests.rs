//! Grouping: tables, the two corpora, and what must hold for any event.

mod corpora;
mod events;
mod properties;
mod values;

use super::{Grouping, Rules, group};
use crate::{Arrival, Event, Scrubber, normalise};

/// The event that the JSON makes, unmasked.
fn event(raw: &str) -> Event {
    normalise(raw.as_bytes(), &Arrival::default(), &Scrubber::off()).expect(raw)
}

fn grouped(raw: &str) -> Grouping {
    group(&event(raw), &Rules::none())
}

/// Whether they are one issue: whoever owns one of the hashes gets the event.
fn are_one(one: &Grouping, other: &Grouping) -> bool {
    one.hashes.iter().any(|hash| other.hashes.contains(hash))
}
