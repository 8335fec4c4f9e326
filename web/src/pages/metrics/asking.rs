//! What the page asks: each of its queries, as a chart over its range or as a table of the range's end.

use std::time::Duration;

use crate::prelude::*;
use api::{MetricsRequest, Numbers};
use web_logic::explore::{Explore, QUERIES_MAX, Query, letter};
use web_logic::plot::Named;
use web_logic::promql;
use web_logic::route::Page;

use crate::client::Failure;
use crate::reactive::{Derived, derived, effect};
use crate::state::{Fetched, Shared, View, shared};

/// About how many points a series gets.
const POINTS: u32 = 300;

/// A query that stays so long is worth remembering.
const SETTLED: Duration = Duration::from_secs(4);

/// The queries and their answers.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    /// What stands in the address.
    pub(super) explore: Derived<Explore>,
    /// Over the range.
    charts: [Fetched<Numbers>; QUERIES_MAX],
    /// At its end.
    tables: [Fetched<Numbers>; QUERIES_MAX],
    view: View,
}

impl Asking {
    /// Asks whenever the address changes.
    pub(super) fn new() -> Self {
        let Shared { view, .. } = shared();
        let explore = derived(move || view.state.with(|state| state.explore.clone()));
        let (charts, tables) =
            ([(); QUERIES_MAX].map(|()| Fetched::new()), [(); QUERIES_MAX].map(|()| Fetched::new()));
        let asking = Self { explore, charts, tables, view };
        (0..QUERIES_MAX).for_each(|index| asking.follow(index));
        asking
    }

    fn follow(self, index: usize) {
        let Shared { client, reach, preferences, .. } = shared();
        let query = derived(move || self.explore.with(|explore| explore.active(index).map(str::to_owned)));
        let is_table = derived(move || self.is_table());
        effect(move || {
            let Some(settled) = query.get() else { return };
            let remember = move || {
                if query.with_untracked(|query| query.as_ref() == Some(&settled)) {
                    preferences.remember_query(Page::Metrics, &settled);
                }
            };
            set_timeout(remember, SETTLED);
        });
        effect(move || {
            reach.recovered.track();
            let Some(query) = query.get() else { return };
            let range = self.view.resolved.get();
            if is_table.get() {
                self.tables[index].ask(client.metric_table(&query, range.end));
            } else {
                let request = MetricsRequest { query, start: range.start, end: range.end, buckets: POINTS };
                self.charts[index].ask(client.metric_numbers(request));
            }
        });
    }

    /// Whether values of one instant are asked.
    pub(super) fn is_table(self) -> bool {
        self.explore.with(|explore| explore.is_table)
    }

    /// The answer to a query, as it is shown now.
    pub(super) fn answer(self, index: usize) -> Fetched<Numbers> {
        if self.is_table() { self.tables[index] } else { self.charts[index] }
    }

    /// Which queries are asked.
    pub(super) fn asked(self) -> Vec<usize> {
        self.explore
            .with(|explore| (0..explore.queries.len()).filter(|at| explore.active(*at).is_some()).collect())
    }

    /// The series of all charts; with several queries each begins with its query's letter.
    pub(super) fn named(self) -> Named {
        let asked = self.asked();
        let several = asked.len() > 1;
        let answers = asked.into_iter().filter_map(|at| {
            let name = if several { letter(at) } else { String::new() };
            Some((name, self.charts[at].get()?))
        });
        let answers: Vec<_> = answers.collect();
        let borrowed: Vec<(&str, &Numbers)> =
            answers.iter().map(|(name, numbers)| (name.as_str(), &**numbers)).collect();
        Named::new(&borrowed, None)
    }

    /// The unit that was chosen, or the one that the first query's names tell.
    pub(super) fn unit(self) -> String {
        self.explore.with(|explore| match explore.unit.as_str() {
            "" => {
                let first = (0..explore.queries.len()).find_map(|at| explore.active(at));
                first.map(promql::unit).unwrap_or_default().to_owned()
            }
            "none" => String::new(),
            chosen => chosen.to_owned(),
        })
    }

    /// Why a query was not answered, where that is not its own fault.
    pub(super) fn failure(self) -> Option<Failure> {
        let failures = self.asked().into_iter().filter_map(|at| self.answer(at).failure());
        failures.into_iter().find(|failure| !matches!(failure, Failure::Refused(fault) if fault.at.is_some()))
    }

    /// Changes the queries without a step for Back.
    pub(super) fn adjust(self, change: impl FnOnce(&mut Explore)) {
        self.view.adjust(|state| change(&mut state.explore));
    }

    /// Changes the queries; Back returns.
    pub(super) fn change(self, change: impl FnOnce(&mut Explore)) {
        self.view.change(|state| change(&mut state.explore));
    }

    /// Puts a text in the place of a query; a query that is not there yet is added.
    pub(super) fn put(self, index: usize, text: &str) {
        let same = self
            .explore
            .with_untracked(|explore| explore.queries.get(index).is_some_and(|at| at.text == text));
        if !same {
            self.adjust(|explore| {
                while explore.queries.len() <= index {
                    explore.queries.push(Query::default());
                }
                text.clone_into(&mut explore.queries[index].text);
                explore.only.clear();
            });
        }
    }
}
