//! A short message at the edge of the page: "Link copied".

use std::time::Duration;

use crate::prelude::*;

use crate::browser;

/// The message that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Toast {
    /// Empty: none.
    pub(crate) message: RwSignal<String>,
    turn: StoredValue<u32>,
}

const SHOWN: Duration = Duration::from_secs(4);

impl Toast {
    pub(super) fn new() -> Self {
        Self { message: RwSignal::new(String::new()), turn: StoredValue::new(0) }
    }

    /// Shows a message for a few seconds.
    pub(crate) fn show(self, message: impl Into<String>) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.message.set(message.into());
        let hide = move || {
            if self.turn.get_value() == turn {
                self.message.set(String::new());
            }
        };
        set_timeout(hide, SHOWN);
    }

    /// Copies a text and says so: `what` was copied.
    pub(crate) fn copy(self, text: String, what: &'static str) {
        spawn_local(async move {
            if browser::copy(text).await {
                self.show(format!("{what} copied"));
            } else {
                self.show("The browser did not let the page copy; select the text and copy it yourself");
            }
        });
    }
}
