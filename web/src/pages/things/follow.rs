//! Asking again: when what is looked at changes, when the server answers again, and every quarter of a minute
//! while somebody looks.

use std::time::Duration;

use crate::prelude::*;
use web_sys::VisibilityState;

use crate::reactive::{Ask, effect};
use crate::state::{Shared, shared};

/// How often numbers of scrapes and probes are asked anew: they come no faster.
const AGAIN: Duration = Duration::from_secs(15);

/// Calls `ask` now and again, until the part of the page that asks is gone. Whatever `ask` reads is followed too;
/// a range that moves with the clock has moved.
pub(crate) fn follow(ask: impl Fn() + 'static) {
    again_and_again(Box::new(ask));
}

fn again_and_again(ask: Box<dyn Ask<()>>) {
    let Shared { view, reach, .. } = shared();
    let turn = RwSignal::new(0_u32);
    let again = move || {
        if document().visibility_state() == VisibilityState::Hidden {
            return;
        }
        if view.state.with_untracked(|state| state.range.is_relative()) {
            view.refresh();
        }
        turn.update(|turn| *turn += 1);
    };
    set_interval(again, AGAIN);
    effect(move || {
        turn.track();
        reach.recovered.track();
        view.resolved.track();
        ask.ask();
    });
}
