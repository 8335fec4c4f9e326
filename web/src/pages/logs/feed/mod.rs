//! The lines of the page: asked for page by page, added as they come, placed so that nothing jumps.

mod live;
mod place;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::prelude::*;
use web_logic::line::{Line, time_of_id};
use web_logic::list::{Metrics, Sheet, Step, Want};
use web_logic::tail::Tail;

use super::Question;
use crate::client::{Client, Failure};
use crate::live::Live;
use crate::state::{Shared, shared};

use place::Stay;

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
    /// The question was answered, so that no lines means none. Until then the lines of the one before are
    /// shown.
    pub(super) answered: RwSignal<bool>,
    /// Why lines are missing.
    pub(super) failure: RwSignal<Option<Failure>>,
    /// What the server left out, in its words.
    pub(super) warnings: RwSignal<BTreeSet<String>>,
    /// How the live tail does.
    pub(super) flow: RwSignal<Flow>,
    tail: StoredValue<Tail>,
    question: StoredValue<Option<Question>>,
    /// Where the list of the present question begins, until its first lines are there.
    beginning: StoredValue<Option<(Step, Step)>>,
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

/// What the rows measure until the list has been.
const METRICS: Metrics = Metrics { row: 22.0, line: 17.0, columns: None };

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
            beginning: StoredValue::new(None),
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
        self.beginning.set_value(Some((older, newer)));
        self.failure.set(None);
        self.warnings.set(BTreeSet::new());
        self.flow.set(Flow::default());
        self.answered.set(false);
        self.busy.set(false);
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
        let at_rest = self.busy.get_untracked() || self.failure.with_untracked(Option::is_some);
        if at_rest || self.want().is_none() {
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
            }
            if self.is_turn(turn) {
                self.busy.set(false);
            }
        });
    }

    /// Makes room for the first lines of the present question.
    fn begin(self) {
        let Some(Some((older, newer))) = self.beginning.try_update_value(Option::take) else { return };
        let metrics = self.sheet.with_untracked(Sheet::metrics);
        self.unfolded.set(BTreeSet::new());
        self.sheet.set(Sheet::new(metrics, older, newer));
        self.scroll_top.set(0.0);
        self.answered.set(true);
    }

    /// Whether the question that was asked then is still the one. The page may be gone altogether.
    fn is_turn(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    fn want(self) -> Option<Want> {
        if let Some((Step::More(first), _)) = self.beginning.try_get_value()? {
            return Some(Want::Older(first));
        }
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
        self.begin();
        let stay = if self.at_edge.get_value() { Stay::Bottom } else { Stay::Anchor };
        match want {
            Want::Older(key) => self.change(stay, |sheet| sheet.prepend(lines, key, beyond)),
            Want::Newer(key) => self.change(Stay::Anchor, |sheet| sheet.append(lines, key, beyond)),
            Want::Again(serial, _) => self.change(Stay::Anchor, |sheet| sheet.refill(serial, lines)),
        }
        let top = self.scroll_top.get_untracked();
        self.sheet.update(|sheet| sheet.let_go(top));
    }
}
