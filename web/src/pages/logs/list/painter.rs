//! Puts the rows that are seen into the document, and takes out those that are not.
//!
//! By hand and without signals for each row: a list that is scrolled or that lines pour into changes dozens of
//! rows a frame. Every row stands where it belongs in the list, so that one that stays is neither laid out nor
//! painted again; one that leaves is used again for another line.

use std::collections::BTreeSet;

use crate::prelude::*;
use web_logic::list::Placed;
use web_sys::{Element, HtmlElement};

use super::super::feed::Feed;
use super::row::{Look, Row, template};
use crate::dom::in_order;

/// So many rows that left are kept for others.
const SPARE_MAX: usize = 120;

/// What decides how the rows look, besides their lines.
pub(super) struct Marked<'a> {
    pub(super) selected: Option<&'a str>,
    pub(super) unfolded: &'a BTreeSet<String>,
}

/// The rows in the document.
pub(super) struct Painter {
    feed: Feed,
    /// Details live as long as the list, not as long as the effect that unfolds them.
    owner: Owner,
    template: Option<Element>,
    rows: Vec<Row>,
    spare: Vec<Row>,
    look: Look,
}

impl Painter {
    /// Nothing drawn yet; called while the list is made.
    pub(super) fn new(feed: Feed) -> Self {
        let owner = Owner::current().unwrap_or_default();
        Self { feed, owner, template: None, rows: Vec::new(), spare: Vec::new(), look: Look::default() }
    }

    /// Brings the document up to date.
    pub(super) fn paint(
        &mut self,
        parent: &HtmlElement,
        wanted: &[Placed],
        look: &Look,
        marked: &Marked<'_>,
    ) {
        if self.look != *look {
            self.look = look.clone();
            self.clear();
        }
        let mut before = std::mem::take(&mut self.rows);
        let mut kept: Vec<Option<Row>> = Vec::with_capacity(wanted.len());
        for placed in wanted {
            let at = before.iter().position(|row| row.id() == placed.line.id);
            kept.push(at.map(|at| before.remove(at)));
        }
        for row in before {
            self.spare(row);
        }
        for (placed, kept) in wanted.iter().zip(kept) {
            let is_new = kept.is_none();
            let Some(mut row) = kept.or_else(|| self.fresh()) else { continue };
            if is_new {
                row.fill(&placed.line, &self.look);
            }
            let is_open = marked.unfolded.contains(&placed.line.id);
            row.place(placed, self.look.wrap);
            row.mark(marked.selected == Some(placed.line.id.as_str()), is_open);
            row.unfold(is_open, || (self.feed, self.owner.clone(), placed.line.clone()));
            self.rows.push(row);
        }
        in_order(parent, self.rows.iter().map(Row::root));
    }

    fn fresh(&mut self) -> Option<Row> {
        self.spare.pop().or_else(|| {
            if self.template.is_none() {
                self.template = template();
            }
            Row::of(self.template.as_ref()?)
        })
    }

    fn spare(&mut self, mut row: Row) {
        row.unfold(false, || unreachable!("folding needs no line"));
        row.root().remove();
        if self.spare.len() < SPARE_MAX {
            self.spare.push(row);
        }
    }

    fn clear(&mut self) {
        for row in std::mem::take(&mut self.rows) {
            self.spare(row);
        }
    }
}
