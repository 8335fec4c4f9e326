//! A clock for what is written as "3 min ago".

use std::time::Duration;

use crate::prelude::*;
use api::Millis;

use crate::browser;

/// Goes on every few seconds.
#[derive(Clone, Copy)]
pub(crate) struct Ticker(RwSignal<Millis>);

const STEP: Duration = Duration::from_secs(5);

impl Ticker {
    pub(super) fn new() -> Self {
        let now = RwSignal::new(browser::now());
        set_interval(move || now.set(browser::now()), STEP);
        Self(now)
    }

    /// Now, a few seconds coarse.
    pub(crate) fn now(self) -> Millis {
        self.0.get()
    }
}
