//! Something that is asked of the server again and again. What is known stays on the page while the next answer
//! is on its way; only the answer to the last question counts.

use std::future::Future;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::client::Failure;

/// The last answer, and how the next one does.
pub(crate) struct Fetched<T: Send + Sync + 'static> {
    /// The last answer.
    pub(crate) value: RwSignal<Option<Arc<T>>>,
    /// Why the last question was not answered.
    pub(crate) failure: RwSignal<Option<Failure>>,
    /// An answer is on its way.
    pub(crate) busy: RwSignal<bool>,
    turn: StoredValue<u64>,
}

impl<T: Send + Sync + 'static> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fetched<T> {}

impl<T: Send + Sync + 'static> Fetched<T> {
    /// Nothing asked yet.
    pub(crate) fn new() -> Self {
        Self {
            value: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            turn: StoredValue::new(0),
        }
    }

    /// Asks; an earlier question that is not answered yet no longer counts.
    pub(crate) fn ask(self, question: impl Future<Output = Result<T, Failure>> + 'static) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.busy.set(true);
        spawn_local(async move {
            let answer = question.await;
            // The part of the page that asked may be gone.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(value) => {
                    self.failure.set(None);
                    self.value.set(Some(Arc::new(value)));
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
            self.busy.set(false);
        });
    }
}
