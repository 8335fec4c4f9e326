//! Where one is in the list: what must stay stays, whatever is added, unfolded or resized.

use web_logic::decimal::within;
use web_logic::list::{Metrics, Sheet};

use super::{Feed, METRICS};
use crate::state::View;

/// The end of the list is near enough to count as reached.
const EDGE: f64 = 6.0;

/// What must not move when the list changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stay {
    Bottom,
    Anchor,
}

impl Feed {
    /// Changes the list and scrolls so that what must stay stays.
    pub(super) fn change(self, stay: Stay, change: impl FnOnce(&mut Sheet)) {
        let (top, viewport) = (self.scroll_top.get_untracked(), self.viewport.get_untracked());
        let centred = self.centred.get_value();
        let mut next = top;
        self.sheet.update(|sheet| {
            let anchor = sheet.anchor(top);
            change(sheet);
            let middle = centred.and_then(|id| sheet.top_of(&id)).map(|top| top - viewport / 2.0);
            next = match (middle, stay) {
                (Some(middle), _) => middle,
                (None, Stay::Bottom) => sheet.height(),
                (None, Stay::Anchor) => {
                    anchor.and_then(|anchor| Some(sheet.top_of(&anchor.id)? + anchor.below)).unwrap_or(top)
                }
            };
            next = within(next, 0.0, (sheet.height() - viewport).max(0.0));
        });
        self.scroll_to(next);
    }

    pub(super) fn scroll_to(self, top: f64) {
        self.scroll_top.set(top);
        self.target.update(|target| *target = (target.0.wrapping_add(1), top));
    }

    /// Somebody scrolled, or the list was.
    pub(in crate::pages::logs) fn scrolled(self, top: f64, at_edge: bool) {
        // What the page itself scrolled to is no wish of anybody to look elsewhere.
        if (top - self.target.get_untracked().1).abs() > 1.0 {
            self.centred.set_value(None);
        }
        self.at_edge.set_value(at_edge);
        self.scroll_top.set(top);
        if self.is_live() {
            match (at_edge, self.is_paused()) {
                (false, false) => self.pause(),
                (true, true) => self.resume(),
                _ => {}
            }
        }
        self.fetch();
    }

    /// Whether the end of the list is seen.
    pub(in crate::pages::logs) fn is_edge(top: f64, viewport: f64, height: f64) -> bool {
        top + viewport >= height - EDGE
    }

    /// The list has another size.
    pub(in crate::pages::logs) fn resized(self, viewport: f64, metrics: Metrics) {
        self.viewport.set(viewport);
        let stay = if self.at_edge.get_value() { Stay::Bottom } else { Stay::Anchor };
        self.change(stay, |sheet| sheet.set_metrics(metrics));
        self.fetch();
    }

    /// A line's details have another height; `None`: they are gone.
    pub(in crate::pages::logs) fn measured(self, id: &str, height: Option<f64>) {
        self.change(Stay::Anchor, |sheet| sheet.set_details(id, height));
    }

    /// Shows the details of a line, or hides them. Whoever reads details does not want the list to run on.
    pub(in crate::pages::logs) fn toggle(self, id: &str) {
        self.centred.set_value(None);
        let shown = self.unfolded.try_update(|unfolded| {
            let is_new = unfolded.insert(id.to_owned());
            if !is_new {
                unfolded.remove(id);
            }
            is_new
        });
        if shown == Some(true) {
            self.at_edge.set_value(false);
            if self.is_live() {
                self.pause();
            }
        } else {
            self.measured(id, None);
        }
    }

    /// Hides the details of all lines.
    pub(in crate::pages::logs) fn fold_all(self) {
        for id in self.unfolded.get_untracked() {
            self.toggle(&id);
        }
    }

    /// Marks the next or the previous line, and scrolls to it.
    pub(in crate::pages::logs) fn step(self, view: View, down: bool) {
        let selected = view.state.with_untracked(|state| state.selected.clone());
        let next = self.sheet.with_untracked(|sheet| {
            let neighbour = selected.and_then(|id| sheet.neighbour(&id, down));
            neighbour.or_else(|| sheet.last()).map(|line| line.id.clone())
        });
        let Some(id) = next else { return };
        let (top, viewport) = (self.scroll_top.get_untracked(), self.viewport.get_untracked());
        let place = self.sheet.with_untracked(|sheet| sheet.top_of(&id)).unwrap_or(top);
        if place < top || place > top + viewport - 2.0 * METRICS.row {
            self.centred.set_value(None);
            self.scroll_to((place - viewport / 2.0).max(0.0));
        }
        view.adjust(|state| state.selected = Some(id));
    }
}
