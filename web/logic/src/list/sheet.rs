//! All lines of a view: those kept, those let go, those still to come.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use api::Nanos;

use crate::line::Line;

use super::page::{Metrics, Page, PageKey, Step, row_height};

/// Browsers know no taller elements than some 17 million pixels, and nobody scrolls that far.
const LINES_MAX: usize = 500_000;
/// Beyond so many kept lines the pages farthest from what is seen are let go.
const KEPT_MAX: usize = 40_000;
/// More is asked for when what is seen comes so near to an end.
const NEAR: f64 = 3_000.0;
/// Lines that come live are put into pages of this many.
const LIVE_PAGE: usize = 500;

/// The list.
pub struct Sheet {
    pages: VecDeque<Page>,
    /// What lies before the first line.
    pub older: Step,
    /// What lies behind the last line.
    pub newer: Step,
    metrics: Metrics,
    unfolded: BTreeMap<String, f64>,
    serial: i64,
}

/// A line that is drawn, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The line.
    pub line: Arc<Line>,
    /// Its place in the list, from 0.
    pub index: usize,
    /// How far below the list's beginning it stands.
    pub top: f64,
    /// How tall its row is, without details.
    pub height: f64,
}

/// A line and how far below its upper edge the view begins: what must not move when something above changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    /// The line's id.
    pub id: String,
    /// The distance.
    pub below: f64,
}

/// What to fetch next.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// The page before the first line.
    Older(PageKey),
    /// The page behind the last line.
    Newer(PageKey),
    /// A page that was let go.
    Again(i64, PageKey),
}

impl Sheet {
    /// An empty list with something to fetch at either end.
    pub fn new(metrics: Metrics, older: Step, newer: Step) -> Self {
        Self { pages: VecDeque::new(), older, newer, metrics, unfolded: BTreeMap::new(), serial: 0 }
    }

    /// What to fetch for a range: its newest lines, or those around an instant within it.
    pub fn around((start, end): (Nanos, Nanos), instant: Option<Nanos>) -> (Step, Step) {
        let key = |start, end, forward| Step::More(PageKey { start, end, forward, cursor: String::new() });
        match instant.filter(|instant| (start..end).contains(instant)) {
            None => (key(start, end, false), Step::End),
            Some(instant) => (key(start, instant + 1, false), key(instant + 1, end, true)),
        }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.pages.iter().map(|page| page.count).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pages.iter().all(|page| page.count == 0)
    }

    /// How tall the list is.
    pub fn height(&self) -> f64 {
        self.pages.iter().map(|page| page.height).sum()
    }

    /// The first line, if it is kept.
    pub fn first(&self) -> Option<&Arc<Line>> {
        self.pages.front()?.lines().first()
    }

    /// The last line, if it is kept.
    pub fn last(&self) -> Option<&Arc<Line>> {
        self.pages.back()?.lines().last()
    }

    /// Puts a page before the first line; `lines` oldest first.
    pub fn prepend(&mut self, mut lines: Vec<Arc<Line>>, key: PageKey, beyond: Step) {
        if let Some(page) = self.pages.front() {
            lines.retain(|line| {
                !page
                    .lines()
                    .iter()
                    .take_while(|other| other.time <= line.time)
                    .any(|other| other.id == line.id)
            });
        }
        self.older = if self.len() + lines.len() > LINES_MAX { Step::End } else { beyond };
        let page = self.page(lines, Some(key));
        if page.count > 0 {
            self.pages.push_front(page);
        }
    }

    /// Puts a page behind the last line; `lines` oldest first.
    pub fn append(&mut self, lines: Vec<Arc<Line>>, key: PageKey, beyond: Step) {
        self.newer = if self.len() + lines.len() > LINES_MAX { Step::End } else { beyond };
        let page = self.page(lines, Some(key));
        if page.count > 0 {
            self.pages.push_back(page);
        }
    }

    fn page(&mut self, lines: Vec<Arc<Line>>, key: Option<PageKey>) -> Page {
        self.serial += 1;
        let mut page = Page { serial: self.serial, key, lines: Some(lines), count: 0, height: 0.0 };
        page.measure(self.metrics, &self.unfolded);
        page
    }

    /// Adds lines that came live. They are put where their time belongs among the last ones; those that are
    /// there already are left out.
    pub fn push_live(&mut self, lines: Vec<Arc<Line>>) {
        for line in lines {
            let full = self.pages.back().is_none_or(|page| page.key.is_some() || page.count >= LIVE_PAGE);
            if full && self.last().is_none_or(|last| last.time < line.time) {
                let page = self.page(Vec::new(), None);
                self.pages.push_back(page);
            }
            self.put(line);
        }
    }

    fn put(&mut self, line: Arc<Line>) {
        let Some(page) = self.pages.back_mut() else { return };
        let height = row_height(&line, self.metrics, &self.unfolded);
        let Some(lines) = &mut page.lines else { return };
        let after = lines.iter().rposition(|other| other.time <= line.time).map_or(0, |at| at + 1);
        let there = lines[..after]
            .iter()
            .rev()
            .take_while(|other| other.time == line.time)
            .any(|other| other.id == line.id);
        if there {
            return;
        }
        lines.insert(after, line);
        page.count += 1;
        page.height += height;
    }

    /// Lets the oldest pages go for good while there are more than `count_max` lines, and tells where they can
    /// be had from again: everything from `start` on.
    pub fn shorten(&mut self, count_max: usize, start: Nanos) {
        let mut dropped = false;
        while self.pages.len() > 1 && self.len() - self.pages[0].count >= count_max {
            self.pages.pop_front();
            dropped = true;
        }
        if let (true, Some(first)) = (dropped, self.first()) {
            self.older =
                Step::More(PageKey { start, end: first.time + 1, forward: false, cursor: String::new() });
        }
    }

    /// Puts back a page that was let go.
    pub fn refill(&mut self, serial: i64, lines: Vec<Arc<Line>>) {
        let Some(page) = self.pages.iter_mut().find(|page| page.serial == serial) else { return };
        page.lines = Some(lines);
        page.measure(self.metrics, &self.unfolded);
    }

    /// Lets pages go that are far from what is seen, as long as too many lines are kept.
    pub fn let_go(&mut self, scroll_top: f64) {
        let mut kept: usize = self.pages.iter().map(|page| page.lines().len()).sum();
        while kept > KEPT_MAX {
            let mut top = 0.0;
            let mut farthest: Option<(f64, usize)> = None;
            for (index, page) in self.pages.iter().enumerate() {
                let distance = (top + page.height / 2.0 - scroll_top).abs();
                top += page.height;
                let can_go = page.key.is_some() && page.lines.is_some();
                if can_go && farthest.is_none_or(|(most, _)| distance > most) {
                    farthest = Some((distance, index));
                }
            }
            let Some((_, index)) = farthest else { return };
            kept -= self.pages[index].count;
            self.pages[index].lines = None;
        }
    }

    /// How tall rows are.
    pub fn metrics(&self) -> Metrics {
        self.metrics
    }

    /// Changes the heights of rows.
    pub fn set_metrics(&mut self, metrics: Metrics) {
        self.metrics = metrics;
        for page in &mut self.pages {
            page.measure(metrics, &self.unfolded);
        }
    }

    /// Tells how tall a line's details are; `None`: they are folded.
    pub fn set_details(&mut self, id: &str, height: Option<f64>) {
        match height {
            Some(height) => self.unfolded.insert(id.to_owned(), height),
            None => self.unfolded.remove(id),
        };
        for page in &mut self.pages {
            if page.lines().iter().any(|line| line.id == id) {
                page.measure(self.metrics, &self.unfolded);
            }
        }
    }

    /// What is seen from `scroll_top` on over `height`, and half as much again on both sides, oldest first.
    /// Lines of pages that were let go are left out.
    pub fn window(&self, scroll_top: f64, height: f64) -> Vec<Placed> {
        let (from, to) = (scroll_top - height / 2.0, scroll_top + height * 1.5);
        let mut placed = Vec::new();
        let (mut top, mut first) = (0.0, 0);
        for page in &self.pages {
            if top + page.height >= from && top <= to {
                self.place(page, (top, first), (from, to), &mut placed);
            }
            top += page.height;
            first += page.count;
        }
        placed
    }

    fn place(
        &self,
        page: &Page,
        (mut top, first): (f64, usize),
        (from, to): (f64, f64),
        into: &mut Vec<Placed>,
    ) {
        for (index, line) in page.lines().iter().enumerate() {
            let whole = row_height(line, self.metrics, &self.unfolded);
            if top + whole >= from && top <= to {
                let details = self.unfolded.get(&line.id).copied().unwrap_or(0.0);
                into.push(Placed {
                    line: Arc::clone(line),
                    index: first + index,
                    top,
                    height: whole - details,
                });
            }
            top += whole;
        }
    }

    /// What to fetch next, seen from `scroll_top`.
    pub fn want(&self, scroll_top: f64, height: f64) -> Option<Want> {
        let mut top = 0.0;
        for page in &self.pages {
            let seen = top + page.height > scroll_top - height && top < scroll_top + 2.0 * height;
            if let (true, None, Some(key)) = (seen, &page.lines, &page.key) {
                return Some(Want::Again(page.serial, key.clone()));
            }
            top += page.height;
        }
        match (&self.older, &self.newer) {
            (Step::More(key), _) if scroll_top < NEAR => Some(Want::Older(key.clone())),
            (_, Step::More(key)) if scroll_top + height > top - NEAR => Some(Want::Newer(key.clone())),
            _ => None,
        }
    }

    /// What must stay where it is.
    pub fn anchor(&self, scroll_top: f64) -> Option<Anchor> {
        let mut top = 0.0;
        for page in &self.pages {
            if top + page.height <= scroll_top {
                top += page.height;
                continue;
            }
            for line in page.lines() {
                let row = row_height(line, self.metrics, &self.unfolded);
                if top + row > scroll_top {
                    return Some(Anchor { id: line.id.clone(), below: scroll_top - top });
                }
                top += row;
            }
            top += if page.lines.is_some() { 0.0 } else { page.height };
        }
        None
    }

    /// How far below the list's beginning a line stands.
    pub fn top_of(&self, id: &str) -> Option<f64> {
        let mut top = 0.0;
        for page in &self.pages {
            let Some(index) = page.lines().iter().position(|line| line.id == id) else {
                top += page.height;
                continue;
            };
            let above = page.lines()[..index].iter();
            return Some(top + above.map(|line| row_height(line, self.metrics, &self.unfolded)).sum::<f64>());
        }
        None
    }

    /// A kept line.
    pub fn line(&self, id: &str) -> Option<&Arc<Line>> {
        self.pages.iter().flat_map(Page::lines).find(|line| line.id == id)
    }

    /// The line before or behind one.
    pub fn neighbour(&self, id: &str, after: bool) -> Option<&Arc<Line>> {
        let mut lines = self.pages.iter().flat_map(Page::lines);
        if after {
            lines.find(|line| line.id == id)?;
            return lines.next();
        }
        let mut before = None;
        for line in lines {
            if line.id == id {
                return before;
            }
            before = Some(line);
        }
        None
    }
}
