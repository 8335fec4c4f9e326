//! The tiles, grouped by environment and project where there is more than one.

use std::sync::Arc;

use api::{Now, ServiceTile};
use leptos::prelude::*;
use web_logic::view::ViewState;

use super::tile::Tile;
use crate::state::{View, shared};

/// What names a tile: environment, project, service.
pub(super) type TileKey = (String, String, String);

pub(super) fn key_of(tile: &ServiceTile) -> TileKey {
    (tile.environment.clone(), tile.project.clone(), tile.service.clone())
}

/// All tiles that the context bar lets through.
#[component]
pub(super) fn Groups(now: Memo<Arc<Now>>) -> impl IntoView {
    let view: View = shared();
    let keys = Memo::new(move |_| {
        view.state.with(|state| {
            now.with(|now| {
                now.services.iter().filter(|tile| admits(state, tile)).map(key_of).collect::<Vec<_>>()
            })
        })
    });
    let groups = Memo::new(move |_| {
        let mut groups: Vec<(String, String)> = keys.with(|keys| {
            keys.iter().map(|(environment, project, _)| (environment.clone(), project.clone())).collect()
        });
        groups.dedup();
        groups
    });
    view! {
        <Show when=move || keys.with(Vec::is_empty)>
            <section class="empty">
                <p>"No service is left by what is chosen above."</p>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        view.change(|state| {
                            state.environment = None;
                            state.services = Default::default();
                        });
                    }
                >
                    "Show all services"
                </button>
            </section>
        </Show>
        <For each=move || groups.get() key=|group| group.clone() let:group>
            <Group group=group.clone() several=Signal::derive(move || groups.with(|groups| groups.len() > 1)) keys now />
        </For>
    }
}

fn admits(state: &ViewState, tile: &ServiceTile) -> bool {
    let environment = state.environment.as_ref().is_none_or(|environment| *environment == tile.environment);
    environment && state.services.admits(&tile.service)
}

#[component]
fn Group(
    group: (String, String),
    several: Signal<bool>,
    keys: Memo<Vec<TileKey>>,
    now: Memo<Arc<Now>>,
) -> impl IntoView {
    let title = match (group.0.as_str(), group.1.as_str()) {
        (environment, "") => environment.to_owned(),
        (environment, project) => format!("{project} · {environment}"),
    };
    let own = Memo::new(move |_| {
        keys.with(|keys| {
            keys.iter().filter(|key| key.0 == group.0 && key.1 == group.1).cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <section class="group">
            <Show when=move || several.get()>
                <h2 class="group-title">{title.clone()}</h2>
            </Show>
            <div class="tiles">
                <For each=move || own.get() key=|key| key.clone() let:key>
                    <Tile which=key now />
                </For>
            </div>
        </section>
    }
}
