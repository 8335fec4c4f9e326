//! The live tail: shows lines as they come, or holds them back while someone reads further up.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::line::Line;

/// Lines that came while the list was paused.
#[derive(Debug)]
pub struct Tail {
    held: VecDeque<Arc<Line>>,
    capacity: usize,
    paused: bool,
    let_go: u64,
}

/// What comes back when the list goes on.
#[derive(Debug, PartialEq, Eq)]
pub struct Resumed {
    /// The lines held, oldest first.
    pub lines: Vec<Arc<Line>>,
    /// Whether lines before them were let go: then the list must begin anew with these.
    pub gap: bool,
}

impl Tail {
    /// Holds at most `capacity` lines; the oldest are let go first, for they are stored.
    pub fn new(capacity: usize) -> Self {
        Self { held: VecDeque::new(), capacity, paused: false, let_go: 0 }
    }

    /// Takes lines that came; gives those to show now.
    pub fn arrive(&mut self, lines: Vec<Arc<Line>>) -> Vec<Arc<Line>> {
        if !self.paused {
            return lines;
        }
        self.held.extend(lines);
        while self.held.len() > self.capacity {
            self.held.pop_front();
            self.let_go += 1;
        }
        Vec::new()
    }

    /// Holds lines back from now on.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// Shows lines again.
    pub fn resume(&mut self) -> Resumed {
        self.paused = false;
        let gap = std::mem::take(&mut self.let_go) > 0;
        Resumed { lines: std::mem::take(&mut self.held).into(), gap }
    }

    /// Whether lines are held back.
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// How many lines came since the pause.
    pub fn waiting(&self) -> u64 {
        self.held.len() as u64 + self.let_go
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::tests::lines;

    #[test]
    fn a_paused_tail_holds_and_counts() {
        let mut tail = Tail::new(3);
        assert_eq!(tail.arrive(lines(0..2)).len(), 2);
        tail.pause();
        assert_eq!(tail.arrive(lines(2..4)), vec![]);
        assert_eq!(tail.waiting(), 2);
        assert_eq!(tail.resume(), Resumed { lines: lines(2..4), gap: false });
        tail.pause();
        assert_eq!(tail.arrive(lines(4..10)), vec![]);
        assert_eq!(tail.waiting(), 6);
        assert_eq!(tail.resume(), Resumed { lines: lines(7..10), gap: true });
        assert_eq!((tail.waiting(), tail.is_paused()), (0, false));
    }
}
