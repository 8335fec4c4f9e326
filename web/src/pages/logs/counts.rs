//! How many lines there are: over time, and by level, service and container. Asked apart from the lines, so that
//! neither waits for the other.

use std::time::Duration;

use api::{FacetValue, Facets, Histogram, LogRequest};
use leptos::prelude::*;
use web_logic::logql::{Asked, Dimension, compose};
use web_logic::time::Resolved;
use web_logic::view::ViewState;

use super::Question;
use crate::browser;
use crate::client::Client;
use crate::reactive::{Derived, derived, effect};
use crate::state::{Fetched, Shared, View, shared};

/// The counts of the page.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    /// Lines per level over time.
    pub(super) histogram: Fetched<Histogram>,
    /// By level.
    pub(super) levels: Fetched<Facets>,
    /// By service.
    pub(super) services: Fetched<Facets>,
    /// By container.
    pub(super) containers: Fetched<Facets>,
    client: Client,
}

/// While lines come live, they are counted anew so often.
const RECOUNT: Duration = Duration::from_secs(10);
const BUCKETS_WIDE: u32 = 120;
const BUCKETS_NARROW: u32 = 60;

impl Counts {
    pub(super) fn new() -> Self {
        Self {
            histogram: Fetched::new(),
            levels: Fetched::new(),
            services: Fetched::new(),
            containers: Fetched::new(),
            client: shared().client,
        }
    }

    /// Counts whenever the question changes, and while lines come live.
    pub(super) fn follow(self, view: View, question: Derived<Question>) {
        let Shared { reach, .. } = shared();
        let recount = RwSignal::new(0_u32);
        let is_live = derived(move || question.with(|question| question.live));
        effect(move || {
            if is_live.get()
                && let Ok(handle) =
                    set_interval_with_handle(move || recount.update(|times| *times += 1), RECOUNT)
            {
                on_cleanup(move || handle.clear());
            }
        });
        effect(move || {
            recount.track();
            reach.recovered.track();
            let question = question.get();
            let range = if question.live { until_now(question.range) } else { question.range };
            let state = view.state.get_untracked();
            self.ask(&state, question.asked, range);
        });
    }

    /// Each value's count must not be narrowed by the choice of values itself: what is not chosen is counted too.
    fn ask(self, state: &ViewState, asked: Asked, range: Resolved) {
        let client = self.client;
        let buckets = if browser::matches("(max-width: 720px)") { BUCKETS_NARROW } else { BUCKETS_WIDE };
        let whole = request(asked, range, buckets);
        self.histogram.ask(client.histogram(whole.clone()));
        let parts = [
            (self.levels, Dimension::Level, state.levels.is_empty()),
            (self.services, Dimension::Service, state.services.is_empty()),
            (self.containers, Dimension::Container, state.containers.is_empty()),
        ];
        let is_free =
            |parts: &[(Fetched<Facets>, Dimension, bool)]| parts.iter().any(|(_, _, is_free)| *is_free);
        // One answer serves all dimensions of which nothing is chosen.
        let shared_by: Vec<Fetched<Facets>> = parts.iter().filter(|part| part.2).map(|part| part.0).collect();
        if is_free(&parts) {
            let first = shared_by[0];
            let others = shared_by[1..].to_vec();
            first.ask(async move {
                let facets = client.facets(whole).await;
                if let Ok(facets) = &facets {
                    for other in others {
                        other.ask(std::future::ready(Ok(facets.clone())));
                    }
                }
                facets
            });
        }
        for (fetched, dimension, is_free) in parts {
            if !is_free {
                let wider = compose(state, Some(dimension));
                fetched.ask(client.facets(request(wider, range, 0)));
            }
        }
    }

    fn of(self, dimension: Dimension) -> (Fetched<Facets>, &'static str) {
        match dimension {
            Dimension::Level => (self.levels, "level"),
            Dimension::Service => (self.services, "service"),
            Dimension::Container => (self.containers, "container"),
        }
    }

    /// Whether the values of a label were ever counted.
    pub(super) fn is_known(self, dimension: Dimension) -> bool {
        self.of(dimension).0.is_known()
    }

    /// The values of a label and their lines, most lines first.
    pub(super) fn values(self, dimension: Dimension) -> Vec<FacetValue> {
        let (fetched, name) = self.of(dimension);
        let facets = fetched.get();
        let facet = facets.as_ref().and_then(|facets| facets.facets.iter().find(|facet| facet.name == name));
        facet.map(|facet| facet.values.clone()).unwrap_or_default()
    }
}

fn until_now(range: Resolved) -> Resolved {
    let end = browser::now();
    Resolved { start: end - range.millis(), end }
}

fn request(asked: Asked, range: Resolved, buckets: u32) -> LogRequest {
    let (start, end) = range.nanos();
    LogRequest { query: asked.query, levels: asked.levels, start, end, buckets, ..LogRequest::default() }
}
