//! The choice of the environment.

use std::collections::BTreeSet;

use super::select::{all_or_one, select};
use crate::dom::El;
use crate::state::{Shared, shared};

/// One environment, or all.
pub(crate) fn environment_picker() -> El {
    let Shared { view, live, .. } = shared();
    let options = move || {
        let mut known = BTreeSet::new();
        live.now.with(|now| {
            let services = now.iter().flat_map(|now| &now.services);
            known.extend(services.map(|tile| tile.environment.clone()));
        });
        known.remove("");
        let chosen = view.state.with(|state| state.environment.clone());
        all_or_one("All environments", known.into_iter().collect(), chosen)
    };
    select("Environment", options, |value| {
        shared().view.change(|state| state.environment = (!value.is_empty()).then_some(value));
    })
}
