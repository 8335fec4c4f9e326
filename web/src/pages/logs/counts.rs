//! What there is besides the lines themselves: how many over time, by level, service and container, which fields
//! and patterns, what happened to containers, and the numbers of a query that asks for them. Asked apart from the
//! lines, so that none waits for another.

use std::time::Duration;

use crate::prelude::*;
use api::{FacetValue, Facets, FieldStats, Histogram, LogRequest, Mark, Numbers, Patterns};
use web_logic::logql::{Asked, Dimension, compose};
use web_logic::time::Resolved;
use web_logic::view::{Show, ViewState};

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
    /// What happened to containers.
    pub(super) marks: Fetched<Vec<Mark>>,
    /// What the lines are made of.
    pub(super) fields: Fetched<FieldStats>,
    /// What they look like; asked only while that is shown.
    pub(super) patterns: Fetched<Patterns>,
    /// What a query for numbers answers.
    pub(super) numbers: Fetched<Numbers>,
    /// By level, service and container, as far as nothing of them is chosen.
    shared: Fetched<Facets>,
    /// By each of [`DIMENSIONS`] of which something is chosen.
    own: [Fetched<Facets>; 3],
    chosen: RwSignal<[bool; 3]>,
    client: Client,
}

const DIMENSIONS: [Dimension; 3] = [Dimension::Level, Dimension::Service, Dimension::Container];

/// While lines come live, they are counted anew so often.
const RECOUNT: Duration = Duration::from_secs(10);
const BUCKETS_WIDE: u32 = 120;
const BUCKETS_NARROW: u32 = 60;
/// Of a chart of numbers.
const POINTS: u32 = 240;
/// Of a pattern's small chart.
const PATTERN_BUCKETS: u32 = 30;

impl Counts {
    pub(super) fn new() -> Self {
        Self {
            histogram: Fetched::new(),
            marks: Fetched::new(),
            fields: Fetched::new(),
            patterns: Fetched::new(),
            numbers: Fetched::new(),
            shared: Fetched::new(),
            own: [Fetched::new(), Fetched::new(), Fetched::new()],
            chosen: RwSignal::new([false; 3]),
            client: shared().client,
        }
    }

    /// Counts whenever the question changes, and while lines come live.
    pub(super) fn follow(self, view: View, question: Derived<Question>) {
        let Shared { reach, .. } = shared();
        let recount = RwSignal::new(0_u32);
        let is_live = derived(move || question.with(|question| question.live));
        effect(move || {
            if is_live.get() {
                set_interval(move || recount.update(|times| *times += 1), RECOUNT);
            }
        });
        let asked_now = move || {
            recount.track();
            reach.recovered.track();
            let question = question.get();
            let range = if question.live { until_now(question.range) } else { question.range };
            (question.asked, range)
        };
        effect(move || {
            let (asked, range) = asked_now();
            if asked.is_numbers {
                self.numbers.ask(self.client.numbers(request(asked, range, POINTS)));
                return;
            }
            let state = view.state.get_untracked();
            self.fields.ask(self.client.fields(request(asked.clone(), range, 0)));
            self.marks.ask(self.client.marks(request(asked.clone(), range, 0)));
            self.ask(&state, asked, range);
        });
        let shows_patterns = derived(move || view.state.with(|state| state.show == Show::Patterns));
        effect(move || {
            if !shows_patterns.get() {
                return;
            }
            let (asked, range) = asked_now();
            if !asked.is_numbers {
                self.patterns.ask(self.client.patterns(request(asked, range, PATTERN_BUCKETS)));
            }
        });
    }

    /// Each value's count must not be narrowed by the choice of values itself: what is not chosen is counted too.
    /// One answer serves all dimensions of which nothing is chosen.
    fn ask(self, state: &ViewState, asked: Asked, range: Resolved) {
        let client = self.client;
        let buckets = if browser::matches("(max-width: 720px)") { BUCKETS_NARROW } else { BUCKETS_WIDE };
        let whole = request(asked, range, buckets);
        self.histogram.ask(client.histogram(whole.clone()));
        self.shared.ask(client.facets(whole));
        let chosen = [!state.levels.is_empty(), !state.services.is_empty(), !state.containers.is_empty()];
        for (at, dimension) in DIMENSIONS.into_iter().enumerate().filter(|(at, _)| chosen[*at]) {
            self.own[at].ask(client.facets(request(compose(state, Some(dimension)), range, 0)));
        }
        self.chosen.set(chosen);
    }

    fn of(self, dimension: Dimension) -> Fetched<Facets> {
        let at = DIMENSIONS.iter().position(|known| *known == dimension).unwrap_or(0);
        let own = self.own[at];
        if self.chosen.get()[at] && own.is_known() { own } else { self.shared }
    }

    /// Whether the values of a label were ever counted.
    pub(super) fn is_known(self, dimension: Dimension) -> bool {
        self.of(dimension).is_known()
    }

    /// The values of a label and their lines, most lines first.
    pub(super) fn values(self, dimension: Dimension) -> Vec<FacetValue> {
        let name = match dimension {
            Dimension::Level => "level",
            Dimension::Service => "service",
            Dimension::Container => "container",
        };
        let facets = self.of(dimension).get();
        let facet = facets.as_ref().and_then(|facets| facets.facets.iter().find(|facet| facet.name == name));
        facet.map(|facet| facet.values.clone()).unwrap_or_default()
    }
}

fn until_now(range: Resolved) -> Resolved {
    let end = browser::now();
    Resolved { start: end - range.millis(), end }
}

/// What is asked, over a range.
pub(super) fn request(asked: Asked, range: Resolved, buckets: u32) -> LogRequest {
    let (start, end) = range.nanos();
    LogRequest { query: asked.query, levels: asked.levels, start, end, buckets, ..LogRequest::default() }
}
