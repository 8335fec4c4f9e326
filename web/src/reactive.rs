//! Thin fronts for the framework's generic parts. The compiler makes each of those anew for every closure and
//! every type it is given, at some kilobytes each; what is boxed shares one, and a page of hundreds of closures
//! must be loaded before it can be read.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::{Effect, Get, GetUntracked, Memo, Track};

use crate::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// A closure that is asked again and again. The library's own `dyn Fn` also carries, for every closure, the code to
/// call it once and throw it away, which is never used here; all of them together are a twentieth of the page.
pub(crate) trait Ask<T> {
    /// Calls it.
    fn ask(&self) -> T;
}

impl<T, F: Fn() -> T> Ask<T> for F {
    fn ask(&self) -> T {
        self()
    }
}

/// Likewise a closure that does something with what it is told.
pub(crate) trait Hear<E> {
    /// Calls it.
    fn hear(&mut self, told: E);
}

impl<E, F: FnMut(E)> Hear<E> for F {
    fn hear(&mut self, told: E) {
        self(told);
    }
}

/// A closure that needs not be told anything.
pub(crate) struct Deaf<F>(pub(crate) F);

impl<E, F: FnMut()> Hear<E> for Deaf<F> {
    fn hear(&mut self, _: E) {
        self.0();
    }
}

/// [`Effect::new`] with a boxed closure.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    run_on_change(Box::new(Deaf(run)));
}

fn run_on_change(mut run: Box<dyn Hear<()>>) {
    Effect::new(move |_| run.hear(()));
}

/// A value that follows from others; whoever reads it hears of it only when it changes.
pub(crate) struct Derived<T> {
    memo: Memo<Value>,
    kind: PhantomData<fn() -> T>,
}

/// Follows what `compute` reads.
pub(crate) fn derived<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn() -> T + Send + Sync + 'static,
) -> Derived<T> {
    let compute = move || Value { value: Arc::new(compute()), same: same::<T> };
    Derived { memo: memo(Box::new(compute)), kind: PhantomData }
}

fn memo(compute: Box<dyn Ask<Value> + Send + Sync>) -> Memo<Value> {
    Memo::new(move |_| compute.ask())
}

/// A value of any type that can still be compared.
#[derive(Clone)]
struct Value {
    value: Arc<dyn Any + Send + Sync>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}

fn same<T: PartialEq + 'static>(one: &dyn Any, other: &dyn Any) -> bool {
    one.downcast_ref::<T>() == other.downcast_ref::<T>()
}

impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Derived<T> {}

impl<T: Send + Sync + 'static> Derived<T> {
    /// Reads it.
    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.take(true))
    }

    /// Reads it without following it.
    pub(crate) fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.take(false))
    }

    /// A copy of it.
    pub(crate) fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// A copy of it, without following it.
    pub(crate) fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// Follows it without reading it.
    pub(crate) fn track(self) {
        self.memo.track();
    }

    fn take(self, tracked: bool) -> Arc<T> {
        let Value { value, .. } = if tracked { self.memo.get() } else { self.memo.get_untracked() };
        value.downcast().unwrap_or_else(|_| unreachable!("only `derived` makes one, and of this type"))
    }
}

/// Whether something has been going on for so long that it should be told: what is over at once only flickers.
pub(crate) fn lingering(goes_on: impl Fn() -> bool + 'static) -> RwSignal<bool> {
    let (lingers, turn) = (RwSignal::new(false), StoredValue::new(0_u32));
    effect(move || {
        turn.update_value(|turn| *turn += 1);
        let now = turn.get_value();
        if !goes_on() {
            lingers.maybe_update(std::mem::take);
            return;
        }
        let later = move || {
            if turn.try_get_value() == Some(now) {
                lingers.set(true);
            }
        };
        set_timeout(later, LINGERING);
    });
    lingers
}

/// What takes less is not told.
const LINGERING: Duration = Duration::from_millis(150);

/// Calls `changed` when an element's size is known, and whenever it changes.
pub(crate) fn observe_size(element: &Element, changed: impl Fn() + 'static) {
    observe(element, Box::new(changed));
}

fn observe(element: &Element, changed: Box<dyn FnMut()>) {
    let changed = Closure::wrap(changed);
    let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) else { return };
    observer.observe(element);
    let kept = StoredValue::new((observer, changed));
    on_cleanup(move || kept.with_value(|(observer, _)| observer.disconnect()));
}
