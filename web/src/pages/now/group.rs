//! The tiles, grouped by environment and project where there is more than one.

use std::sync::Arc;

use api::{Now, ServiceTile};
use leptos::prelude::*;
use web_logic::choice::Choice;
use web_logic::view::ViewState;

use super::tile::Tile;
use crate::reactive::{Derived, Item, When, derived, keyed, on};
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
#[component]
pub(super) fn Groups(now: Derived<Arc<Now>>) -> impl IntoView {
    let Shared { view, .. } = shared();
    let keys = derived(move || view.state.with(|state| now.with(|now| admitted(state, now))));
    let titles = move || {
        let mut titles: Vec<String> = keys.with(|keys| keys.iter().map(TileKey::group).collect());
        titles.dedup();
        titles
    };
    let group =
        move |title: String| Item::new(title.clone(), move || view! { <Group title keys now /> }.into_any());
    view! {
        <When when=move || keys.with(Vec::is_empty)>
            <NoneLeft />
        </When>
        {keyed(move || titles().into_iter().map(group).collect())}
    }
}

fn admitted(state: &ViewState, now: &Now) -> Vec<TileKey> {
    now.services.iter().filter(|tile| admits(state, tile)).map(TileKey::of).collect()
}

fn admits(state: &ViewState, tile: &ServiceTile) -> bool {
    let environment = state.environment.as_ref().is_none_or(|environment| *environment == tile.environment);
    environment && state.services.admits(&tile.service)
}

#[component]
fn NoneLeft() -> impl IntoView {
    let Shared { view, .. } = shared();
    let show_all = move |_| {
        view.change(|state| {
            state.environment = None;
            state.services = Choice::default();
        });
    };
    view! {
        <section class="empty">
            <p>"No service is left by what is chosen above."</p>
            <button type="button" class="button" on:click=on(show_all)>
                "Show all services"
            </button>
        </section>
    }
}

#[component]
fn Group(title: String, keys: Derived<Vec<TileKey>>, now: Derived<Arc<Now>>) -> impl IntoView {
    let several = move || keys.with(|keys| keys.iter().any(|key| key.group() != keys[0].group()));
    let heading = title.clone();
    let tiles = move || {
        let of_group = |key: &&TileKey| key.group() == title;
        keys.with(|keys| keys.iter().filter(of_group).map(|key| tile_item(key.clone(), now)).collect())
    };
    view! {
        <section class="group">
            <h2 class="group-title" class:visually-hidden=move || !several()>
                {heading}
            </h2>
            <div class="tiles">{keyed(tiles)}</div>
        </section>
    }
}

fn tile_item(which: TileKey, now: Derived<Arc<Now>>) -> Item {
    Item::new(which.service.clone(), move || view! { <Tile which now /> }.into_any())
}
