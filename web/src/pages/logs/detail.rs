//! A line unfolded: its fields, labels and metadata, and what to do with it.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;
use web_logic::level;
use web_logic::line::{Line, fields, parse_json, plain, shown};
use web_logic::logql::with_label;
use web_logic::number::bytes;
use web_logic::time::{self, NANOS_PER_MILLI};

use super::context::Around;
use super::feed::Feed;
use super::fields::FieldTable;
use super::json_tree::JsonTree;
use crate::components::{Sign, draw, icon};
use crate::reactive::{When, each, on, on_resize};
use crate::state::{Shared, shared};

/// More of a line is only copied.
const TEXT_MAX: usize = 64 * 1024;

/// The details of a line.
#[component]
pub(super) fn Detail(feed: Feed, line: Arc<Line>) -> impl IntoView {
    let root = NodeRef::<Div>::new();
    let around = RwSignal::new(false);
    report_height(feed, root, line.id.clone());
    let body = Arc::clone(&line);
    let id = line.id.clone();
    view! {
        <div class="detail" role="row" node_ref=root>
            <div class="detail-body" role="cell">
                <Actions feed line=Arc::clone(&line) around />
                <When when=move || around.get() fallback=move || view! { <Content line=Arc::clone(&body) /> }>
                    <Around id=id.clone() />
                </When>
                <Labels line />
            </div>
        </div>
    }
}

/// The list must know how much room the details take.
fn report_height(feed: Feed, root: NodeRef<Div>, id: String) {
    on_resize(
        move || root.get().map(Into::into),
        move || {
            if let Some(root) = root.get_untracked() {
                feed.measured(&id, Some(f64::from(root.offset_height())));
            }
        },
    );
}

#[component]
fn Actions(feed: Feed, line: Arc<Line>, around: RwSignal<bool>) -> impl IntoView {
    let Shared { view, toast, .. } = shared();
    let at = line.time.div_euclid(NANOS_PER_MILLI);
    let (text, id, close) = (line.text.clone(), line.id.clone(), line.id.clone());
    view! {
        <div class="detail-actions">
            <time class="detail-time">{move || time::full(at, view.clock().zone)}</time>
            <span class=format!("level-word level-{}", level::TIERS[level::tier(line.level)].name)>{level::name(line.level)}</span>
            <button type="button" class="button" on:click=on(move |_| toast.copy(text.clone(), "Line"))>
                {icon(Sign::Copy)}
                "Copy line"
            </button>
            <button
                type="button"
                class="button"
                on:click=on(move |_| toast.copy(view.frozen_link(Some(id.clone())), "Link to this line"))
            >
                {icon(Sign::Link)}
                "Link to this line"
            </button>
            <button
                type="button"
                class="button"
                aria-pressed=move || around.get().to_string()
                on:click=on(move |_| around.update(|around| *around = !*around))
            >
                {icon(Sign::Around)}
                "Context around this line"
            </button>
            <button
                type="button"
                class="button-icon"
                aria-label="Fold"
                title="Fold (x)"
                on:click=on(move |_| feed.toggle(&close))
            >
                {icon(Sign::Close)}
            </button>
        </div>
    }
}

/// JSON as a tree, logfmt as a table, anything else as it is.
#[component]
fn Content(line: Arc<Line>) -> impl IntoView {
    if let Some(json) = parse_json(&line.text) {
        return view! { <JsonTree json line /> }.into_any();
    }
    let (pieces, left_out) = shown(&line.text, &line.marks, TEXT_MAX);
    let rest = each((left_out > 0).then_some(left_out), |left_out| {
        view! { <p class="hint">{format!("{} more are not shown; Copy line takes all.", bytes(left_out as u64))}</p> }
    });
    let table = fields(&plain(&line.text));
    view! {
        <pre class="detail-text">{draw(pieces)}</pre>
        {rest}
        <FieldTable fields=table />
    }
    .into_any()
}

/// Labels narrow the view down; metadata is only shown.
#[component]
fn Labels(line: Arc<Line>) -> impl IntoView {
    let labels: Vec<(String, String)> =
        line.labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let metadata: Vec<(String, String)> =
        line.metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    view! {
        <dl class="labels">
            {each(labels, |(name, value)| view! { <Label name value narrows=true /> })}
            {each(metadata, |(name, value)| view! { <Label name value narrows=false /> })}
        </dl>
    }
}

#[component]
fn Label(name: String, value: String, narrows: bool) -> impl IntoView {
    let Shared { view, .. } = shared();
    let pair = StoredValue::new((name.clone(), value.clone()));
    let narrow = move |exclude: bool| {
        view.change(|state| {
            *state = pair.with_value(|(name, value)| with_label(state, name, value, exclude));
            state.selected = None;
        });
    };
    let buttons = each(narrows.then_some(()), |()| {
        view! {
            <button
                type="button"
                class="button-icon"
                aria-label="Only this"
                title="Only lines with this label"
                on:click=on(move |_| narrow(false))
            >
                {icon(Sign::Plus)}
            </button>
            <button
                type="button"
                class="button-icon"
                aria-label="Leave out"
                title="Leave lines with this label out"
                on:click=on(move |_| narrow(true))
            >
                {icon(Sign::Minus)}
            </button>
        }
    });
    view! {
        <div class="label">
            <dt>{name}</dt>
            <dd>{value} {buttons}</dd>
        </div>
    }
}
