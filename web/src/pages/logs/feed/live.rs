//! Lines that come live: added at the end, or held back while somebody reads further up.

use std::sync::Arc;

use crate::prelude::*;
use api::Nanos;
use web_logic::line::Line;
use web_logic::list::{PageKey, Step, Want};
use web_logic::tail::Tail;

use super::place::Stay;
use super::{Feed, TAIL_MAX};
use crate::live::Heard;

/// After an interruption at most so many pages are caught up on; beyond, the list begins anew.
const CAUGHT_UP_PAGES_MAX: usize = 5;
const DAY_NANOS: Nanos = 86_400_000_000_000;

impl Feed {
    pub(super) fn is_live(self) -> bool {
        self.question.with_value(|question| question.as_ref().is_some_and(|question| question.live))
    }

    /// Whether new lines are held back.
    pub(in crate::pages::logs) fn is_paused(self) -> bool {
        self.flow.with_untracked(|flow| flow.paused)
    }

    pub(super) fn pause(self) {
        self.tail.update_value(Tail::pause);
        self.flow.update(|flow| flow.paused = true);
    }

    /// Shows the lines that were held back, and goes on at the end.
    pub(in crate::pages::logs) fn resume(self) {
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

    pub(super) fn begin_anew(self) {
        if let Some(mut question) = self.question.get_value() {
            let length = question.range.millis();
            question.range.end = crate::browser::now();
            question.range.start = question.range.end - length;
            self.ask(question, None);
        }
    }

    pub(super) fn hear(self, turn: u32, heard: Heard) {
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

    pub(super) fn add(self, lines: Vec<Arc<Line>>) {
        if lines.is_empty() {
            return;
        }
        self.begin();
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
