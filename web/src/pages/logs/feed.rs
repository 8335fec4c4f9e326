//! The lines of the page: asked for page by page, added as they come, placed so that nothing jumps.

use std::collections::BTreeSet;
use std::sync::Arc;

use api::Nanos;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_logic::line::{Line, time_of_id};
use web_logic::list::{Metrics, PageKey, Sheet, Step, Want};
use web_logic::tail::Tail;

use super::Question;
use crate::client::{Client, Failure};
use crate::live::{Heard, Live};
use crate::state::{Shared, View, shared};

/// The lines and where one is in them.
#[derive(Clone, Copy)]
pub(super) struct Feed {
    /// The lines.
    pub(super) sheet: RwSignal<Sheet>,
    /// Where the list is to be scrolled to; the number tells two wishes for one place apart.
    pub(super) target: RwSignal<(u32, f64)>,
    /// How far it is scrolled.
    pub(super) scroll_top: RwSignal<f64>,
    /// How much of it is seen at once.
    pub(super) viewport: RwSignal<f64>,
    /// Lines whose details are shown.
    pub(super) unfolded: RwSignal<BTreeSet<String>>,
    /// An answer is on its way.
    pub(super) busy: RwSignal<bool>,
    /// The question was answered, so that no lines means none.
    pub(super) answered: RwSignal<bool>,
    /// Why lines are missing.
    pub(super) failure: RwSignal<Option<Failure>>,
    /// What the server left out, in its words.
    pub(super) warnings: RwSignal<BTreeSet<String>>,
    /// How the live tail does.
    pub(super) flow: RwSignal<Flow>,
    tail: StoredValue<Tail>,
    question: StoredValue<Option<Question>>,
    /// Must be in the middle until somebody scrolls.
    centred: StoredValue<Option<String>>,
    at_edge: StoredValue<bool>,
    turn: StoredValue<u32>,
    client: Client,
    live: Live,
}

/// How the live tail does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flow {
    /// Lines are held back.
    pub(super) paused: bool,
    /// How many came meanwhile.
    pub(super) waiting: u64,
    /// Of so many lines one is shown; 0 or 1: all are.
    pub(super) one_in: u32,
    /// Lines that were left out because they came too fast.
    pub(super) skipped: u64,
}

/// Lines of the first page: soon there, more than a screenful.
const FIRST_PAGE: u32 = 300;
/// Lines of each further page.
const NEXT_PAGE: u32 = 1_000;
/// Lines that a live tail keeps.
const TAIL_MAX: usize = 10_000;
/// After an interruption at most so many pages are caught up on; beyond, the list begins anew.
const CAUGHT_UP_PAGES_MAX: usize = 5;
/// The end of the list is near enough to count as reached.
const EDGE: f64 = 6.0;
const DAY_NANOS: Nanos = 86_400_000_000_000;

/// What the rows measure until the list has been.
const METRICS: Metrics = Metrics { row: 22.0, line: 17.0, columns: None };

/// What must not move when the list changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stay {
    Bottom,
    Anchor,
}

impl Feed {
    pub(super) fn new() -> Self {
        let Shared { client, live, .. } = shared();
        Self {
            sheet: RwSignal::new(Sheet::new(METRICS, Step::End, Step::End)),
            target: RwSignal::new((0, 0.0)),
            scroll_top: RwSignal::new(0.0),
            viewport: RwSignal::new(600.0),
            unfolded: RwSignal::new(BTreeSet::new()),
            busy: RwSignal::new(false),
            answered: RwSignal::new(false),
            failure: RwSignal::new(None),
            warnings: RwSignal::new(BTreeSet::new()),
            flow: RwSignal::new(Flow::default()),
            tail: StoredValue::new(Tail::new(TAIL_MAX)),
            question: StoredValue::new(None),
            centred: StoredValue::new(None),
            at_edge: StoredValue::new(true),
            turn: StoredValue::new(0),
            client,
            live,
        }
    }

    /// Begins anew with another question; `selected` is put in the middle.
    pub(super) fn ask(self, question: Question, selected: Option<String>) {
        let instant = selected.as_deref().and_then(time_of_id);
        let (older, newer) = Sheet::around(question.range.nanos(), instant);
        let is_around = newer != Step::End;
        self.turn.update_value(|turn| *turn += 1);
        self.centred.set_value(selected.filter(|_| is_around));
        self.at_edge.set_value(!is_around);
        self.tail.set_value(Tail::new(TAIL_MAX));
        self.unfolded.set(BTreeSet::new());
        self.failure.set(None);
        self.warnings.set(BTreeSet::new());
        self.flow.set(Flow::default());
        self.answered.set(false);
        self.busy.set(false);
        let metrics = self.sheet.with_untracked(Sheet::metrics);
        self.sheet.set(Sheet::new(metrics, older, newer));
        self.scroll_top.set(0.0);
        if question.live {
            let turn = self.turn.get_value();
            self.live.follow(question.asked.clone(), move |heard| self.hear(turn, heard));
        } else {
            self.live.unfollow();
        }
        self.question.set_value(Some(question));
        self.fetch();
    }

    /// The page is left.
    pub(super) fn stop(self) {
        self.live.unfollow();
    }

    /// Asks for what is wanted next, and goes on until nothing is.
    pub(super) fn fetch(self) {
        if self.busy.get_untracked() || self.failure.with_untracked(Option::is_some) {
            return;
        }
        let turn = self.turn.get_value();
        self.busy.set(true);
        spawn_local(async move {
            while let Some(want) = self.want() {
                let Some(answer) = self.load(&want).await else { break };
                if !self.is_turn(turn) {
                    return;
                }
                self.take(want, answer);
                self.answered.set(true);
            }
            if self.is_turn(turn) {
                self.busy.set(false);
                self.answered.set(true);
            }
        });
    }

    /// Whether the question that was asked then is still the one. The page may be gone altogether.
    fn is_turn(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    fn want(self) -> Option<Want> {
        let (top, viewport) = (self.scroll_top.try_get_untracked()?, self.viewport.try_get_untracked()?);
        self.sheet.try_with_untracked(|sheet| sheet.want(top, viewport)).flatten()
    }

    async fn load(self, want: &Want) -> Option<(Vec<Arc<Line>>, Step)> {
        let turn = self.turn.try_get_value()?;
        let (Want::Older(key) | Want::Newer(key) | Want::Again(_, key)) = want;
        let asked =
            self.question.with_value(|question| question.as_ref().map(|question| question.asked.clone()))?;
        let first = key.cursor.is_empty() && !matches!(want, Want::Again(..));
        let limit = if first { FIRST_PAGE } else { NEXT_PAGE };
        let answer = self.client.log_page(key.request(&asked, limit)).await;
        if !self.is_turn(turn) {
            return None;
        }
        match answer {
            Ok(mut page) => {
                let new: Vec<String> = std::mem::take(&mut page.warnings);
                if !new.is_empty() {
                    self.warnings.update(|warnings| warnings.extend(new));
                }
                let beyond = key.next(page.next.take());
                Some((Line::of_page(page), beyond))
            }
            Err(failure) => {
                self.failure.set(Some(failure));
                None
            }
        }
    }

    fn take(self, want: Want, (lines, beyond): (Vec<Arc<Line>>, Step)) {
        let stay = if self.at_edge.get_value() { Stay::Bottom } else { Stay::Anchor };
        match want {
            Want::Older(key) => self.change(stay, |sheet| sheet.prepend(lines, key, beyond)),
            Want::Newer(key) => self.change(Stay::Anchor, |sheet| sheet.append(lines, key, beyond)),
            Want::Again(serial, _) => self.change(Stay::Anchor, |sheet| sheet.refill(serial, lines)),
        }
        let top = self.scroll_top.get_untracked();
        self.sheet.update(|sheet| sheet.let_go(top));
    }

    /// Changes the list and scrolls so that what must stay stays.
    fn change(self, stay: Stay, change: impl FnOnce(&mut Sheet)) {
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
            next = next.clamp(0.0, (sheet.height() - viewport).max(0.0));
        });
        self.scroll_to(next);
    }

    fn scroll_to(self, top: f64) {
        self.scroll_top.set(top);
        self.target.update(|target| *target = (target.0.wrapping_add(1), top));
    }

    /// Somebody scrolled, or the list was.
    pub(super) fn scrolled(self, top: f64, at_edge: bool) {
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
    pub(super) fn is_edge(top: f64, viewport: f64, height: f64) -> bool {
        top + viewport >= height - EDGE
    }

    /// The list has another size.
    pub(super) fn resized(self, viewport: f64, metrics: Metrics) {
        self.viewport.set(viewport);
        let stay = if self.at_edge.get_value() { Stay::Bottom } else { Stay::Anchor };
        self.change(stay, |sheet| sheet.set_metrics(metrics));
        self.fetch();
    }

    /// A line's details have another height; `None`: they are gone.
    pub(super) fn measured(self, id: &str, height: Option<f64>) {
        self.change(Stay::Anchor, |sheet| sheet.set_details(id, height));
    }

    /// Shows the details of a line, or hides them. Whoever reads details does not want the list to run on.
    pub(super) fn toggle(self, id: &str) {
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
    pub(super) fn fold_all(self) {
        for id in self.unfolded.get_untracked() {
            self.toggle(&id);
        }
    }

    /// Marks the next or the previous line, and scrolls to it.
    pub(super) fn step(self, view: View, down: bool) {
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

    fn is_live(self) -> bool {
        self.question.with_value(|question| question.as_ref().is_some_and(|question| question.live))
    }

    /// Whether new lines are held back.
    pub(super) fn is_paused(self) -> bool {
        self.flow.with_untracked(|flow| flow.paused)
    }

    fn pause(self) {
        self.tail.update_value(Tail::pause);
        self.flow.update(|flow| flow.paused = true);
    }

    /// Shows the lines that were held back, and goes on at the end.
    pub(super) fn resume(self) {
        let Some(resumed) = self.tail.try_update_value(Tail::resume) else { return };
        self.flow.update(|flow| (flow.paused, flow.waiting) = (false, 0));
        self.centred.set_value(None);
        self.at_edge.set_value(true);
        if resumed.gap {
            self.begin_anew();
        } else {
            self.add(resumed.lines);
        }
    }

    fn begin_anew(self) {
        if let Some(mut question) = self.question.get_value() {
            let length = question.range.millis();
            question.range.end = crate::browser::now();
            question.range.start = question.range.end - length;
            self.ask(question, None);
        }
    }

    fn hear(self, turn: u32, heard: Heard) {
        if !self.is_turn(turn) {
            return;
        }
        match heard {
            Heard::Opened => self.catch_up(turn),
            Heard::Lines(lines) => {
                let one_in = lines.one_in;
                let shown = self.tail.try_update_value(|tail| tail.arrive(Line::of_page(lines.page)));
                let waiting = self.tail.with_value(Tail::waiting);
                self.flow.update(|flow| (flow.one_in, flow.waiting) = (one_in, waiting));
                self.add(shown.unwrap_or_default());
            }
            Heard::Skipped(lines) => self.flow.update(|flow| flow.skipped += lines),
        }
    }

    fn add(self, lines: Vec<Arc<Line>>) {
        if lines.is_empty() {
            return;
        }
        let start = self
            .question
            .with_value(|question| question.as_ref().map_or(0, |question| question.range.nanos().0));
        self.change(Stay::Bottom, |sheet| {
            sheet.push_live(lines);
            sheet.shorten(TAIL_MAX, start);
        });
    }

    /// Lines may have come between the last answer and the opening of the stream: they are asked for.
    fn catch_up(self, turn: u32) {
        spawn_local(async move {
            let Some(question) = self.question.get_value() else { return };
            let last = self.sheet.with_untracked(|sheet| sheet.last().map(|line| line.time));
            let (_, end) = question.range.nanos();
            let start = last.unwrap_or(end);
            let mut key =
                PageKey { start, end: start.max(end) + DAY_NANOS, forward: true, cursor: String::new() };
            for _ in 0..CAUGHT_UP_PAGES_MAX {
                let Some((lines, beyond)) = self.load(&Want::Newer(key.clone())).await else { return };
                if !self.is_turn(turn) {
                    return;
                }
                let shown = self.tail.try_update_value(|tail| tail.arrive(lines)).unwrap_or_default();
                self.add(shown);
                match beyond {
                    Step::More(next) => key = next,
                    Step::End => return,
                }
            }
            self.begin_anew();
        });
    }
}
