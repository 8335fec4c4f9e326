//! Tables of things: services, probes, queues, targets. One row is one thing; what is down stands on top; a row
//! unfolds, or leads to a page of its own. Filter, order, the marked and the unfolded row stand in the address.
//!
//! A page says what it asks and how the answer becomes rows (`web_logic::rows`); all else is here:
//!
//! ```ignore
//! let answer: Fetched<Targets> = Fetched::new();
//! follow(move || answer.ask(client.targets()));
//! let known = Known::of(answer, |targets| sections(targets, …), |targets| …, |targets| targets.faults.clone());
//! things_page(About { name: "Targets", … }, known)
//! ```

mod cell;
mod details;
mod empty;
mod follow;
mod head;
mod keys;
mod narrow;
mod one;
mod row;
mod table;
mod window;

use std::sync::Arc;

use api::{Fault, Millis};
use web_logic::rows::{Order, Section, Tone, Wish, arranged, sentence};

use crate::components::notice;
use crate::dom::{El, el, switch};
use crate::reactive::{Derived, derived};
use crate::state::{Fetched, Shared, shared};

pub(crate) use details::details;
pub(crate) use empty::{first_steps, snippet};
pub(crate) use follow::follow;
pub(crate) use narrow::Choices;
pub(crate) use one::{Figure, Heading, always, figures, one_page, one_tables};
pub(crate) use table::{Tables, tables};
pub(crate) use window::name_window;

/// What a page of things is about.
pub(crate) struct About {
    /// Its heading.
    pub(crate) name: &'static str,
    /// One of them, and several: `target`, `targets`.
    pub(crate) things: (&'static str, &'static str),
    /// What those are that do not work: `down`.
    pub(crate) trouble: &'static str,
    /// What feeds the page, for whoever sees it empty.
    pub(crate) empty: fn() -> El,
}

/// What is known of the page's things.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    /// The page's tables; `None`: nothing was answered yet.
    pub(crate) sections: Derived<Option<Arc<Vec<Section>>>>,
    /// How many things there are, whatever the page is narrowed to.
    pub(crate) count: Derived<usize>,
    /// What is wrong with collecting itself.
    pub(crate) faults: Derived<Vec<Fault>>,
    /// Why the last question was not answered.
    pub(crate) failure: Derived<Option<String>>,
    /// Where the strips of probes begin, and how long each of their bars is.
    pub(crate) strips: Derived<(Millis, Millis)>,
    /// The projects and environments that the page can be narrowed to.
    pub(crate) choices: Option<Derived<Choices>>,
    /// Where those are that this page of an answer has no room for.
    pub(crate) more: Derived<Option<String>>,
    /// How the things do, where the first table's rows do not tell it.
    pub(crate) told: Option<Derived<Option<(Tone, String)>>>,
}

impl Known {
    /// From the page's answer: its tables, how many things it has, and its faults.
    pub(crate) fn of<T: Send + Sync + 'static>(
        answer: Fetched<T>,
        sections: impl Fn(&T) -> Vec<Section> + Send + Sync + 'static,
        count: fn(&T) -> usize,
        faults: fn(&T) -> Vec<Fault>,
    ) -> Self {
        Self {
            sections: derived(move || answer.get().map(|answer| Arc::new(sections(&answer)))),
            count: derived(move || answer.get().map_or(0, |answer| count(&answer))),
            faults: derived(move || answer.get().map(|answer| faults(&answer)).unwrap_or_default()),
            failure: derived(move || answer.failure().map(|failure| failure.to_string())),
            strips: derived(|| (0, 0)),
            choices: None,
            more: derived(|| None),
            told: None,
        }
    }

    /// With the choice of a project and an environment.
    pub(crate) fn narrowed<T: Send + Sync + 'static>(
        self,
        answer: Fetched<T>,
        choices: fn(&T) -> Choices,
    ) -> Self {
        let choices = derived(move || answer.get().map(|answer| choices(&answer)).unwrap_or_default());
        Self { choices: Some(choices), ..self }
    }
}

/// What stands below the head: nothing is known yet, there are no things, none is left by what was chosen or
/// typed, or the tables.
const WAITING: usize = 0;
const EMPTY: usize = 1;
const NONE_LEFT: usize = 2;
const FILLED: usize = 3;

/// The page.
pub(crate) fn things_page(about: About, known: Known) -> El {
    let Known { sections, count, faults, failure, strips, choices, more, told } = known;
    let is_known = derived(move || sections.with(Option::is_some));
    let shown = derived(move || arranged_as_wanted(&sections.get().unwrap_or_default()));
    let tables = Tables { sections: shown, strips };
    tables.listen();
    let verdict = move || {
        if let Some(told) = told {
            return told.get();
        }
        let sections = sections.get()?;
        let rows = sections.first().map(|section| &section.rows).filter(|rows| !rows.is_empty())?;
        Some(sentence(rows, about.things, about.trouble))
    };
    let fault = |fault: Fault| notice("warning", &format!("{}: {}", fault.subject, fault.message));
    let case = move || match (is_known.get(), count.get(), shown.with(|shown| is_empty(shown))) {
        (false, ..) => WAITING,
        (true, 0, true) => EMPTY,
        (true, _, true) => NONE_LEFT,
        (true, _, false) => FILLED,
    };
    let (things, empty) = (about.things.1, about.empty);
    let draw = move |case: usize| match case {
        EMPTY => empty(),
        NONE_LEFT => empty::none_left(things),
        FILLED => table::tables(tables),
        _ => empty::waiting(failure),
    };
    el("div", "things")
        .add(head::head(about.name, verdict, things, choices))
        .add(el("div", "host").children_of(move || failures(failure.get(), is_known.get())))
        .add(el("div", "host").children_of(move || faults.get().into_iter().map(fault).collect()))
        .add(
            el("div", "things-body")
                .class_of("stale", move || failure.with(Option::is_some) && is_known.get())
                .add(switch(case, Box::new(draw), usize::MAX)),
        )
        .add(el("p", "host").children_of(move || more.get().map(|href| rest(&href)).into_iter().collect()))
}

fn rest(href: &str) -> El {
    el("a", "button").attr("href", href).text("Older ones")
}

fn failures(failure: Option<String>, is_known: bool) -> Vec<El> {
    let words = |failure| {
        let rest = if is_known { " What is shown is from before; it is asked again by itself." } else { "" };
        notice("critical", &format!("{failure}{rest}"))
    };
    failure.map(words).into_iter().collect()
}

/// What is left by the filter, in the order that is wanted.
pub(crate) fn arranged_as_wanted(sections: &[Section]) -> Vec<Section> {
    let Shared { view, .. } = shared();
    view.state.with(|state| {
        let one = |section: &Section| {
            let order = [state.sort.as_str(), section.order].into_iter();
            let order = order.filter_map(|order| Order::from_text(order, section.columns)).next();
            let rows = arranged(section.rows.clone(), Wish { filter: &state.query, order });
            Section { rows, ..section.clone() }
        };
        sections.iter().map(one).collect()
    })
}

fn is_empty(sections: &[Section]) -> bool {
    sections.iter().all(|section| section.rows.is_empty())
}
