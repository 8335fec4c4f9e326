//! Incidents: those that are open and those that were; one of them with all that is known of it.

mod evidence;
mod list;
mod one;

use crate::dom::{El, Keyed, el};
use crate::reactive::derived;
use crate::state::{Shared, shared};

pub(super) use evidence::evidence;

/// The page: all incidents, or the one that the address names.
pub(crate) fn incidents_page() -> El {
    let Shared { history, .. } = shared();
    let one = derived(move || history.rest().into_iter().next());
    let shown = move || -> Vec<Keyed> {
        let one = one.get();
        vec![(one.clone().unwrap_or_default(), Box::new(move || one.map_or_else(list::list, one::incident)))]
    };
    el("div", "host").keyed(shown)
}
