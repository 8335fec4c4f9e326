//! Thin fronts for the framework's generic parts. The compiler makes each of those anew for every closure it is
//! given, at some kilobytes each; boxed closures share one, and a page of hundreds of closures must be loaded
//! before it can be read.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// [`Effect::new`] with a boxed closure.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    let mut run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(move |_| run());
}

/// [`Memo::new`] with a boxed closure.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    let compute: Box<dyn Fn() -> T + Send + Sync> = Box::new(compute);
    Memo::new(move |_| compute())
}

/// Shows its children while a condition holds, and `fallback` while it does not.
#[component]
pub(crate) fn When(
    when: impl Fn() -> bool + Send + Sync + 'static,
    children: ChildrenFn,
    #[prop(optional, into)] fallback: ViewFn,
) -> impl IntoView {
    let holds = memo(when);
    (move || if holds.get() { children() } else { fallback.run() }).into_any()
}

/// An item of [`keyed`]: what names it, and how it is drawn.
pub(crate) struct Item {
    key: String,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

impl Item {
    /// An item; it is drawn only when no item of this key is there already.
    pub(crate) fn new(key: String, draw: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self { key, draw: Box::new(draw) }
    }
}

/// A list whose elements stay in the document for as long as their key is in it.
pub(crate) fn keyed(items: impl Fn() -> Vec<Item> + Send + Sync + 'static) -> AnyView {
    let items: Box<dyn Fn() -> Vec<Item> + Send + Sync> = Box::new(items);
    view! { <For each=items key=|item| item.key.clone() children=|item| (item.draw)() /> }.into_any()
}

/// Calls `changed` when the element is there, and whenever its size changes.
pub(crate) fn on_resize(
    element: impl Fn() -> Option<Element> + 'static,
    changed: impl Fn() + Clone + 'static,
) {
    effect(move || {
        let Some(element) = element() else { return };
        let changed: Box<dyn FnMut()> = Box::new(changed.clone());
        let changed = Closure::wrap(changed);
        let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let kept = StoredValue::new_local((observer, changed));
        on_cleanup(move || kept.with_value(|(observer, _)| observer.disconnect()));
    });
}
