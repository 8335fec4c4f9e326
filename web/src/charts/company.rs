//! What the charts of one page share.

use crate::prelude::*;
use api::{LogRequest, Mark, Millis};
use web_logic::flags::telling;

use crate::reactive::effect;
use crate::state::{Fetched, Shared, shared};

/// The moment that is pointed at in one of the charts, and what happened to containers.
#[derive(Clone, Copy)]
pub(crate) struct Company {
    /// When, while something is pointed at.
    pub(crate) cursor: RwSignal<Option<Millis>>,
    /// What happened.
    pub(crate) marks: Fetched<Vec<Mark>>,
}

impl Company {
    /// Charts without marks.
    pub(crate) fn new() -> Self {
        Self { cursor: RwSignal::new(None), marks: Fetched::new() }
    }

    /// Asks what happened to the containers that a selector of log streams names, over the page's range and whenever
    /// that changes.
    pub(crate) fn ask_marks(self, selector: String) {
        let Shared { view, client, reach, .. } = shared();
        effect(move || {
            reach.recovered.track();
            let (start, end) = view.resolved.get().nanos();
            let query = selector.clone();
            let request = LogRequest { query, start, end, ..LogRequest::default() };
            self.marks.ask_as(client.marks(request), telling);
        });
    }
}
