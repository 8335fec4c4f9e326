//! The tiles, grouped by environment and project where there is more than one.

use api::{Now, ServiceTile};
use web_logic::choice::Choice;
use web_logic::view::ViewState;

use super::Known;
use super::tile::tile;
use crate::dom::{El, Keyed, button, el, when};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// What names a tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TileKey {
    pub(super) environment: String,
    pub(super) project: String,
    pub(super) service: String,
}

impl TileKey {
    pub(super) fn of(tile: &ServiceTile) -> Self {
        Self {
            environment: tile.environment.clone(),
            project: tile.project.clone(),
            service: tile.service.clone(),
        }
    }

    /// `shop · production`
    fn group(&self) -> String {
        if self.project.is_empty() {
            return self.environment.clone();
        }
        format!("{} · {}", self.project, self.environment)
    }
}

/// All tiles that the context bar lets through.
pub(super) fn groups(known: Known) -> El {
    let Shared { view, .. } = shared();
    let now = known.now;
    let keys = derived(move || view.state.with(|state| now.with(|now| admitted(state, now))));
    let titles = move || -> Vec<Keyed> {
        let mut titles: Vec<String> = keys.with(|keys| keys.iter().map(TileKey::group).collect());
        titles.dedup();
        let one = |title: String| -> Keyed { (title.clone(), Box::new(move || group(title, keys, known))) };
        titles.into_iter().map(one).collect()
    };
    el("div", "host")
        .add(when(move || keys.with(Vec::is_empty), none_left))
        .add(el("div", "host").keyed(titles))
}

fn admitted(state: &ViewState, now: &Now) -> Vec<TileKey> {
    now.services.iter().filter(|tile| admits(state, tile)).map(TileKey::of).collect()
}

fn admits(state: &ViewState, tile: &ServiceTile) -> bool {
    let environment = state.environment.as_ref().is_none_or(|environment| *environment == tile.environment);
    environment && state.services.admits(&tile.service)
}

fn none_left() -> El {
    let Shared { view, .. } = shared();
    let show_all = move || {
        view.change(|state| {
            state.environment = None;
            state.services = Choice::default();
        });
    };
    el("section", "empty")
        .add(el("p", "").text("No service is left by what is chosen above."))
        .add(button("button", "Show all services").click(show_all))
}

fn group(title: String, keys: Derived<Vec<TileKey>>, known: Known) -> El {
    let several = move || keys.with(|keys| keys.iter().any(|key| key.group() != keys[0].group()));
    let heading = el("h2", "group-title").text(&title).class_of("visually-hidden", move || !several());
    let tiles = move || -> Vec<Keyed> {
        let of_group = |key: &&TileKey| key.group() == title;
        let one = |key: &TileKey| -> Keyed {
            let which = key.clone();
            (key.service.clone(), Box::new(move || tile(which, known)))
        };
        keys.with(|keys| keys.iter().filter(of_group).map(one).collect())
    };
    el("section", "group").add(heading).add(el("div", "tiles").keyed(tiles))
}
