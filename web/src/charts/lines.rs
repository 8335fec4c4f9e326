//! What a chart and its legend show.

use std::sync::Arc;

use crate::prelude::*;
use api::Numbers;
use web_logic::plot::{COLOURS, Named, colours};

use crate::dom::{El, el};
use crate::reactive::{Derived, derived};

/// Series with their names and colours, and which of them are drawn.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    /// The series, greatest first.
    pub(crate) named: Derived<Arc<Named>>,
    /// The unit of their numbers.
    pub(crate) unit: Derived<String>,
    /// Names that were clicked: those alone are drawn, or, with none, the first few.
    pub(crate) chosen: RwSignal<Vec<String>>,
    colours: Derived<Vec<Option<usize>>>,
}

impl Lines {
    /// Of what was answered.
    pub(crate) fn new(
        named: impl Fn() -> Named + Send + Sync + 'static,
        unit: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        let named = derived(move || Arc::new(named()));
        let colours = derived(move || named.with(|named| colours(&named.names)));
        Self { named, unit: derived(unit), chosen: RwSignal::new(Vec::new()), colours }
    }

    /// Of one answer.
    pub(crate) fn of_answer(answer: impl Fn() -> Option<Arc<Numbers>> + Send + Sync + 'static) -> Self {
        let named = move || answer().map(|numbers| Named::new(&[("", &numbers)], None)).unwrap_or_default();
        Self::new(named, String::new)
    }

    /// Whether a series is drawn.
    pub(crate) fn is_shown(self, index: usize) -> bool {
        self.named.with(|named| {
            self.chosen.with(|chosen| match named.names.get(index) {
                _ if named.is_limit(index) => true,
                Some(name) if !chosen.is_empty() => chosen.contains(name),
                _ => index < COLOURS,
            })
        })
    }

    /// A click shows only this one, with Ctrl it comes and goes beside the others.
    pub(super) fn click(self, index: usize, beside: bool) {
        let Some(name) = self.named.with_untracked(|named| named.names.get(index).cloned()) else { return };
        self.chosen.update(|chosen| match chosen.iter().position(|known| *known == name) {
            Some(at) if beside || chosen.len() == 1 => drop(chosen.remove(at)),
            None if beside => chosen.push(name),
            _ => *chosen = vec![name],
        });
    }

    /// The colour of a series: a property of the theme.
    pub(super) fn colour(self, index: usize) -> String {
        if self.named.with(|named| named.is_limit(index)) {
            return "--warning".to_owned();
        }
        if self.named.with(|named| named.bars) {
            return "--level-info".to_owned();
        }
        let colour = self.colours.with(|colours| colours.get(index).copied().flatten());
        colour.map_or_else(|| "--muted".to_owned(), |colour| format!("--series-{colour}"))
    }

    /// The mark in a series' colour.
    pub(super) fn key(self, index: usize) -> El {
        let is_limit = self.named.with(|named| named.is_limit(index));
        let colour = self.colours.with(|colours| colours.get(index).copied().flatten());
        let class = match colour {
            _ if is_limit => "key key-limit".to_owned(),
            Some(colour) => format!("key series-{colour}"),
            None => "key".to_owned(),
        };
        el("span", &class).attr("aria-hidden", "true")
    }
}
