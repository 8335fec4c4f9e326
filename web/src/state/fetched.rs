//! Something that is asked of the server again and again. What is known stays on the page while the next answer
//! is on its way; only the answer to the last question counts.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::prelude::*;

use crate::client::{Answer, Ask, Failure};

/// The last answer, and how the next one does.
pub(crate) struct Fetched<T> {
    core: Core,
    kind: PhantomData<fn() -> T>,
}

/// The part that does not know the answer's type, so that it is compiled once.
#[derive(Clone, Copy)]
struct Core {
    value: RwSignal<Option<Known>>,
    failure: RwSignal<Option<Failure>>,
    busy: RwSignal<bool>,
    turn: StoredValue<u32>,
}

type Known = Arc<dyn Any + Send + Sync>;
/// Reads an answer's text.
type Reading = Box<dyn Fn(&str) -> Answer<Known>>;

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T: Send + Sync + 'static> Fetched<T> {
    /// Nothing asked yet.
    pub(crate) fn new() -> Self {
        Self { core: Core::new(), kind: PhantomData }
    }

    /// The last answer.
    pub(crate) fn get(self) -> Option<Arc<T>> {
        self.core.value.get().and_then(|known| known.downcast().ok())
    }

    /// Whether there was an answer.
    pub(crate) fn is_known(self) -> bool {
        self.core.value.with(Option::is_some)
    }

    /// What is known from elsewhere.
    pub(crate) fn put(self, value: T) {
        self.core.value.set(Some(Arc::new(value)));
    }

    /// Why the last question was not answered.
    pub(crate) fn failure(self) -> Option<Failure> {
        self.core.failure.get()
    }

    /// Whether an answer is on its way.
    pub(crate) fn is_busy(self) -> bool {
        self.core.busy.get()
    }

    /// Asks; an earlier question that is not answered yet no longer counts.
    pub(crate) fn ask(self, question: Ask<T>) {
        self.ask_as(question, |answer| answer);
    }

    /// Asks, and makes what is wanted of the answer.
    pub(crate) fn ask_as<A: 'static>(self, question: Ask<A>, make: fn(A) -> T) {
        let Ask { text, read } = question;
        let known = move |text: &str| read(text).map(|answer| Arc::new(make(answer)) as Known);
        self.core.ask(text, Box::new(known));
    }
}

impl Core {
    fn new() -> Self {
        Self {
            value: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            turn: StoredValue::new(0),
        }
    }

    fn ask(self, text: impl Future<Output = Answer<String>> + 'static, read: Reading) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.busy.set(true);
        spawn_local(async move {
            let answer = text.await.and_then(|text| read(&text));
            // The part of the page that asked may be gone.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(value) => {
                    self.failure.set(None);
                    self.value.set(Some(value));
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
            self.busy.set(false);
        });
    }
}
