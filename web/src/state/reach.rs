//! Whether the server answers, and whether it is still the build that this page came from.

use std::time::Duration;

use crate::prelude::*;

/// Why answers are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The browser has no network.
    Offline,
    /// The server does not answer.
    Away,
    /// It answers that it cannot.
    Failing(u16),
}

/// What is known about the way to the server.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    /// What is wrong with it.
    pub(crate) trouble: RwSignal<Option<Trouble>>,
    /// The server was replaced by another build since the page was loaded.
    pub(crate) outdated: RwSignal<bool>,
    /// Goes up each time the server answers again; whoever missed something asks anew.
    pub(crate) recovered: RwSignal<u32>,
    build: StoredValue<Option<String>>,
}

impl Reach {
    pub(super) fn new() -> Self {
        let reach = Self {
            trouble: RwSignal::new(None),
            outdated: RwSignal::new(false),
            recovered: RwSignal::new(0),
            build: StoredValue::new(None),
        };
        listen("offline", move |_| reach.trouble.set(Some(Trouble::Offline)));
        listen("online", move |_| reach.trouble.set(Some(Trouble::Away)));
        reach
    }

    /// How soon a server in trouble is asked again.
    pub(crate) const RETRY: Duration = Duration::from_secs(4);

    /// There was no connection.
    pub(crate) fn lost(self) {
        let online = window().navigator().on_line();
        self.set(Some(if online { Trouble::Away } else { Trouble::Offline }));
    }

    /// There was an answer.
    pub(crate) fn answered(self, status: u16, build: Option<String>) {
        self.set(if status >= 500 { Some(Trouble::Failing(status)) } else { None });
        let Some(build) = build else { return };
        match self.build.get_value() {
            None => self.build.set_value(Some(build)),
            Some(known) if known != build => self.outdated.set(true),
            Some(_) => {}
        }
    }

    fn set(self, trouble: Option<Trouble>) {
        let before = self.trouble.get_untracked();
        if before == trouble {
            return;
        }
        self.trouble.set(trouble);
        if before.is_some() && trouble.is_none() {
            self.recovered.update(|times| *times += 1);
        }
    }
}
