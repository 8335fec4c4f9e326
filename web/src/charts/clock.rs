//! Following the clock: while a page is live, its range moves on.

use std::time::Duration;

use crate::prelude::*;

use crate::reactive::{derived, effect};
use crate::state::{Shared, shared};

/// Scrapes are rarer than that.
const EVERY: Duration = Duration::from_secs(10);

/// Takes a new look every few seconds while the view is live, for as long as the page that asks is there.
pub(crate) fn follow_clock() {
    let Shared { view, .. } = shared();
    let is_live = derived(move || view.state.with(|state| state.live && state.range.is_relative()));
    effect(move || {
        if is_live.get() {
            set_interval(move || view.refresh(), EVERY);
        }
    });
}
