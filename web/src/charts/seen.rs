//! Noticing that a part of the page comes into view.

use crate::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Whether an element was ever in view, or nearly: what nobody has scrolled to need not be asked for.
pub(crate) fn when_seen(element: &Element) -> RwSignal<bool> {
    let seen = RwSignal::new(false);
    let told = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let entries = entries.iter().filter_map(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok());
        if entries.into_iter().any(|entry| entry.is_intersecting()) && !seen.get_untracked() {
            seen.set(true);
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin("200px");
    let observer = IntersectionObserver::new_with_options(told.as_ref().unchecked_ref(), &options);
    let Ok(observer) = observer else {
        seen.set(true);
        return seen;
    };
    observer.observe(element);
    let kept = StoredValue::new((observer, told));
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
    seen
}
