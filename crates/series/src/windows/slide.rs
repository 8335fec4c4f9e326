//! Puts panes together to windows, looking at each pane a bounded number of times.

use super::Panes;

/// What is known of the numbers in a pane, or in several that follow one another.
pub trait Partial: Clone {
    /// Adds what is known of the time right after.
    fn merge(&mut self, later: &Self);
}

/// Gives `take` what is known of each window: its instant, and its panes put together, `None` for a window
/// without panes. Every pane is merged at most three times, however many windows it is in.
///
/// The panes that have left the window and those that will leave it later are kept as two stacks: of the older ones
/// every suffix is put together in advance, of the newer ones the whole.
pub fn slide<P: Partial>(panes: Panes, partials: &[P], mut take: impl FnMut(usize, Option<&P>)) {
    // Suffixes of the older panes, the shortest first; they end where the newer ones start.
    let mut older: Vec<P> = Vec::new();
    let mut newer: Option<P> = None;
    let (mut boundary, mut end) = (0, 0);
    for index in 0..panes.len {
        let window = panes.of_window(index);
        if window.is_empty() {
            take(index, None);
            continue;
        }
        if window.start >= end {
            // Nothing of the last window is left.
            older.clear();
            newer = None;
            (boundary, end) = (window.start, window.start);
        }
        for partial in &partials[end..window.end] {
            match &mut newer {
                Some(newer) => newer.merge(partial),
                None => newer = Some(partial.clone()),
            }
        }
        end = window.end;
        if window.start > boundary {
            older = suffixes(&partials[window.start..end]);
            boundary = end;
            newer = None;
        }
        let older_left = boundary.saturating_sub(window.start);
        older.truncate(older_left);
        match (older.last(), &newer) {
            (Some(older), Some(newer)) => {
                let mut whole = older.clone();
                whole.merge(newer);
                take(index, Some(&whole));
            }
            (whole, None) => take(index, whole),
            (None, whole) => take(index, whole.as_ref()),
        }
    }
}

/// The last of them alone, the last two together, and so on up to all of them.
fn suffixes<P: Partial>(partials: &[P]) -> Vec<P> {
    let mut suffixes: Vec<P> = Vec::with_capacity(partials.len());
    for partial in partials.iter().rev() {
        let mut suffix = partial.clone();
        if let Some(shorter) = suffixes.last() {
            suffix.merge(shorter);
        }
        suffixes.push(suffix);
    }
    suffixes
}

/// How many there are.
impl Partial for u64 {
    fn merge(&mut self, later: &Self) {
        *self += later;
    }
}

impl Partial for crate::Mean {
    fn merge(&mut self, later: &Self) {
        Self::merge(self, later);
    }
}

impl Partial for crate::Variance {
    fn merge(&mut self, later: &Self) {
        Self::merge(self, later);
    }
}
