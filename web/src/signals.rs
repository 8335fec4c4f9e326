//! Leptos' signals and stored values with their types taken out of them: each handle here knows its type, and the one
//! below it is of one type for all. Leptos owns the values, tracks who reads them and tells them. The compiler makes
//! the library's own anew for each of hundreds of types, and together they are an eighth of the page.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use leptos::prelude::{self, GetUntracked, GetValue, LocalStorage, Notify, Track};

/// A value of any type.
type Erased = Rc<dyn Any>;

/// A value that whoever reads it follows.
pub(crate) struct RwSignal<T> {
    core: prelude::RwSignal<Erased, LocalStorage>,
    kind: PhantomData<fn() -> T>,
}

/// A value that nobody follows.
pub(crate) struct StoredValue<T> {
    core: prelude::StoredValue<Erased, LocalStorage>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoredValue<T> {}

fn new_signal(value: Erased) -> prelude::RwSignal<Erased, LocalStorage> {
    prelude::RwSignal::new_local(value)
}

fn new_stored(value: Erased) -> prelude::StoredValue<Erased, LocalStorage> {
    prelude::StoredValue::new_local(value)
}

fn of_signal(core: prelude::RwSignal<Erased, LocalStorage>) -> Option<Erased> {
    core.try_get_untracked()
}

fn of_stored(core: prelude::StoredValue<Erased, LocalStorage>) -> Option<Erased> {
    core.try_get_value()
}

/// The value behind a handle, if the part of the page that made it is there.
fn cell<T: 'static>(value: Option<Erased>) -> Option<Rc<RefCell<T>>> {
    value?.downcast().ok()
}

fn there<T: 'static>(value: Option<Erased>) -> Rc<RefCell<T>> {
    match cell(value) {
        Some(cell) => cell,
        None => gone(),
    }
}

#[cold]
fn gone() -> ! {
    unreachable!("a value was read after the part of the page that made it was gone");
}

impl<T: 'static> RwSignal<T> {
    /// A new one, which belongs to the part of the page that is being built.
    pub(crate) fn new(value: T) -> Self {
        Self { core: new_signal(Rc::new(RefCell::new(value))), kind: PhantomData }
    }

    /// Follows it without reading it.
    pub(crate) fn track(self) {
        self.core.track();
    }

    /// Whoever follows it runs again.
    fn changed(self) {
        self.core.notify();
    }

    /// Reads it.
    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.with_untracked(read)
    }

    /// Reads it without following it.
    pub(crate) fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&there(of_signal(self.core)).borrow())
    }

    /// Reads it without following it, if it is there.
    pub(crate) fn try_with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        Some(read(&cell(of_signal(self.core))?.borrow()))
    }

    /// Another value. Nothing happens if it is gone.
    pub(crate) fn set(self, value: T) {
        if let Some(cell) = cell(of_signal(self.core)) {
            let before = cell.replace(value);
            self.changed();
            drop(before);
        }
    }

    /// Changes it.
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// Changes it, if it is there.
    pub(crate) fn try_update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let result = change(&mut cell(of_signal(self.core))?.borrow_mut());
        self.changed();
        Some(result)
    }

    /// Changes it; `change` says whether it did.
    pub(crate) fn maybe_update(self, change: impl FnOnce(&mut T) -> bool) {
        if cell(of_signal(self.core)).is_some_and(|cell| change(&mut cell.borrow_mut())) {
            self.changed();
        }
    }
}

impl<T: Clone + 'static> RwSignal<T> {
    /// A copy of it.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    /// A copy of it, without following it.
    pub(crate) fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }

    /// A copy of it, without following it, if it is there.
    pub(crate) fn try_get_untracked(self) -> Option<T> {
        self.try_with_untracked(T::clone)
    }
}

impl<T: 'static> StoredValue<T> {
    /// A new one, which belongs to the part of the page that is being built.
    pub(crate) fn new(value: T) -> Self {
        Self { core: new_stored(Rc::new(RefCell::new(value))), kind: PhantomData }
    }

    /// Reads it.
    pub(crate) fn with_value<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&there(of_stored(self.core)).borrow())
    }

    /// Reads it, if it is there.
    pub(crate) fn try_with_value<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        Some(read(&cell(of_stored(self.core))?.borrow()))
    }

    /// Another value. Nothing happens if it is gone.
    pub(crate) fn set_value(self, value: T) {
        drop(cell(of_stored(self.core)).map(|cell| cell.replace(value)));
    }

    /// Changes it.
    pub(crate) fn update_value(self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// Changes it, if it is there.
    pub(crate) fn try_update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(change(&mut cell(of_stored(self.core))?.borrow_mut()))
    }
}

impl<T: Clone + 'static> StoredValue<T> {
    /// A copy of it.
    pub(crate) fn get_value(self) -> T {
        self.with_value(T::clone)
    }

    /// A copy of it, if it is there.
    pub(crate) fn try_get_value(self) -> Option<T> {
        self.try_with_value(T::clone)
    }
}
