//! What keeping things costs: bytes a day, and how long the room lasts.

use api::{Configuration, DiskCost, StoreCost};
use web_logic::decimal::fixed;
use web_logic::number::bytes;
use web_logic::time;

use crate::dom::{El, el, table};
use crate::state::{Fetched, Shared, shared};

/// The stores and the disk.
pub(super) fn retention(answer: Fetched<Configuration>) -> El {
    let rows = move || answer.get().map(|known| known.stores.iter().map(store).collect()).unwrap_or_default();
    let told = move || answer.get().and_then(|known| known.disk.as_ref().map(disk)).into_iter().collect();
    el("section", "card")
        .add(el("h2", "").text("What is kept, and what it costs"))
        .add(el("div", "host").children_of(told))
        .add(table(&["What", "Kept for", "On disk", "A day", "Oldest", "What that means"], rows))
        .add(
            el("p", "hint")
                .text("Set by retention and max_size of [logs], [metrics] and [issues] in porthole.toml."),
        )
}

fn a_day(rate: Option<f64>) -> String {
    rate.map_or_else(|| "–".to_owned(), |rate| bytes(rate as u64))
}

fn store(store: &StoreCost) -> El {
    let Shared { view, .. } = shared();
    let limit = if store.max_bytes == 0 { String::new() } else { format!(" of {}", bytes(store.max_bytes)) };
    let oldest = store.oldest.map_or_else(|| "–".to_owned(), |at| time::day(at, view.clock().zone));
    let cell = |text: &str| el("td", "").text(text);
    el("tr", "")
        .add(el("th", "").attr("scope", "row").text(&store.store))
        .add(cell(&store.retention))
        .add(cell(&format!("{}{limit}", bytes(store.bytes))))
        .add(cell(&a_day(store.bytes_per_day)))
        .add(cell(&oldest))
        .add(el("td", "").class_if("setting-warning", store.full_in_days.is_some()).text(&store.note))
}

fn disk(disk: &DiskCost) -> El {
    let free = format!("{} of {} are free.", bytes(disk.free_bytes), bytes(disk.size_bytes));
    let lasts = match (disk.bytes_per_day, disk.full_in_days) {
        (_, Some(days)) => format!("At this rate the disk lasts {} days.", fixed(days, 0)),
        (Some(_), None) => "At this rate the stores are full before the disk is.".to_owned(),
        (None, None) => "After a day it can be told how long that lasts.".to_owned(),
    };
    let short = disk.full_in_days.is_some_and(|days| days < 14.0);
    el("p", "setting-disk")
        .class_if("setting-warning", short)
        .add(el("b", "").text(&lasts))
        .text(" ")
        .text(&free)
}
