//! The lines around a line: of its container, or of all containers of its service.

use std::sync::Arc;

use api::ContextRequest;
use leptos::prelude::*;
use web_logic::level;
use web_logic::line::{Line, summary};
use web_logic::time;

use crate::components::{Notice, draw};
use crate::reactive::{each, effect, on};
use crate::state::{Fetched, Shared, shared};

/// So many lines before and after, and after each "More".
const LINES: [u32; 4] = [10, 30, 100, 500];

/// The lines around a line.
#[component]
pub(super) fn Around(id: String) -> impl IntoView {
    let Shared { client, .. } = shared();
    let (step, service) = (RwSignal::new(0_usize), RwSignal::new(false));
    let fetched: Fetched<Vec<Arc<Line>>> = Fetched::new();
    let wanted = id.clone();
    effect(move || {
        let request = ContextRequest { id: wanted.clone(), lines: LINES[step.get()], service: service.get() };
        fetched.ask(async move { client.context(request).await.map(Line::of_page) });
    });
    let can_more = move || step.get() + 1 < LINES.len();
    let choice = move |all: bool, words: &'static str| {
        view! {
            <button
                type="button"
                class="segment"
                aria-pressed=move || (service.get() == all).to_string()
                on:click=on(move |_| service.set(all))
            >
                {words}
            </button>
        }
    };
    let lines = move || {
        each(fetched.get().iter().flat_map(|lines| lines.iter()), |line| around_row(line, line.id == id))
    };
    view! {
        <section class="around" aria-label="Context around this line" class:stale=move || fetched.is_busy()>
            <div class="around-head">
                <div class="segments" role="group" aria-label="Whose lines">
                    {choice(false, "This container")}
                    {choice(true, "The whole service")}
                </div>
                <button
                    type="button"
                    class="button"
                    disabled=move || !can_more()
                    on:click=on(move |_| step.update(|step| *step += 1))
                >
                    "More lines"
                </button>
            </div>
            {move || each(fetched.failure(), |failure| view! { <Notice tone="warning">{failure.to_string()}</Notice> })}
            <ol class="around-lines" tabindex="0" aria-label="Lines around this line">
                {lines}
            </ol>
        </section>
    }
}

fn around_row(line: &Line, is_it: bool) -> AnyView {
    let Shared { view, .. } = shared();
    let tier = level::TIERS[level::tier(line.level)].name;
    let at = line.time;
    view! {
        <li
            class=format!("around-row level-{tier}")
            class:around-it=is_it
            aria-current=is_it.then_some("true")
        >
            <span class="row-time">{move || time::row_time(at, view.clock().zone, false)}</span>
            <span class="row-level">{level::glyph(line.level)}</span>
            <span class="row-text">{draw(summary(&line.text, &line.marks))}</span>
        </li>
    }
    .into_any()
}
