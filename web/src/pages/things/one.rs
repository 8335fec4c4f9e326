//! The page of one thing: the way back, its name and how it does, a few numbers, and whatever else it has.

use std::sync::Arc;

use web_logic::route::Page;
use web_logic::rows::{Section, Tone};

use super::table::{Tables, tables};
use super::{arranged_as_wanted, name_window};
use crate::components::{Sign, notice};
use crate::dom::{El, el, sign, when};
use crate::reactive::{Ask, Derived, derived, effect};
use crate::state::{Fetched, Shared, shared};

/// What the page is called, and where it belongs.
pub(crate) struct Heading {
    /// The page of all of them.
    pub(crate) back: Page,
    /// Its name.
    pub(crate) name: Derived<String>,
    /// Where it is, less loudly.
    pub(crate) place: String,
    /// Ways on.
    pub(crate) links: Vec<El>,
}

/// A name that is known from the start.
pub(crate) fn always(name: &str) -> Derived<String> {
    let name = name.to_owned();
    derived(move || name.clone())
}

/// A number of a thing: what it is, as it is written, what it is measured against, and how it looks.
pub(crate) type Figure = (&'static str, String, String, Tone);

/// The page; `body` is drawn as soon as there is an answer.
pub(crate) fn one_page<T: Send + Sync + 'static>(
    heading: Heading,
    answer: Fetched<T>,
    standing: fn(&T) -> (Tone, &'static str),
    body: impl Fn() -> El + 'static,
) -> El {
    let state = derived(move || answer.get().map(|known| standing(&known)));
    let failure = derived(move || answer.failure().map(|failure| failure.to_string()));
    framed(heading, state, failure).add(when(move || state.with(Option::is_some), body))
}

fn framed(
    heading: Heading,
    state: Derived<Option<(Tone, &'static str)>>,
    failure: Derived<Option<String>>,
) -> El {
    let Shared { view, .. } = shared();
    let Heading { back, name, place, links } = heading;
    effect(move || {
        if let Some(name) = Some(name.get()).filter(|name| !name.is_empty()) {
            name_window(&name);
        }
    });
    let way_back = el("a", "service-back")
        .attr_of("href", move || Some(view.href(back)))
        .add(sign(Sign::Left))
        .text(back.name());
    let mark = move || {
        let Some((tone, word)) = state.get().filter(|(_, word)| !word.is_empty()) else { return Vec::new() };
        let mark = el("span", "").attr("aria-hidden", "true").text(tone.mark());
        vec![el("span", &format!("state state-{}", tone.class())).add(mark).text(word)]
    };
    let links = el("nav", "service-links").attr("aria-label", "More of it").add_all(links);
    let head = el("header", "things-head")
        .add(way_back)
        .add(el("h1", "one-name").attr("tabindex", "-1").text_of(move || name.get()))
        .add(el("p", "host").attr("role", "status").children_of(mark))
        .add(el("span", "hint").text(&place))
        .add(links);
    let failures = move || failure.get().map(|words| notice("critical", &words)).into_iter().collect();
    el("div", "things service").add(head).add(el("div", "host").children_of(failures))
}

/// The numbers.
pub(crate) fn figures(all: impl Fn() -> Vec<Figure> + 'static) -> El {
    drawn(Box::new(all))
}

fn drawn(all: Box<dyn Ask<Vec<Figure>>>) -> El {
    let one = |(name, figure, note, tone): &Figure| {
        let class = match tone {
            Tone::Critical | Tone::Warning => format!("state-{}", tone.class()),
            _ => String::new(),
        };
        el("div", "stat")
            .add(el("dt", "").text(name))
            .add(el("dd", &class).add(el("b", "").text(figure)).add(el("span", "hint").text(note)))
    };
    el("dl", "stats").children_of(move || all.ask().iter().map(one).collect())
}

/// Its tables, sorted as the address says.
pub(crate) fn one_tables<T: Send + Sync + 'static>(
    answer: Fetched<T>,
    sections: impl Fn(&T) -> Vec<Section> + Send + Sync + 'static,
    strips: impl Fn(&T) -> (api::Millis, api::Millis) + Send + Sync + 'static,
) -> El {
    let strips = derived(move || answer.get().map(|known| strips(&known)).unwrap_or_default());
    let found = derived(move || answer.get().map(|known| Arc::new(sections(&known))).unwrap_or_default());
    sorted_tables(found, strips)
}

fn sorted_tables(found: Derived<Arc<Vec<Section>>>, strips: Derived<(api::Millis, api::Millis)>) -> El {
    let sections = derived(move || arranged_as_wanted(&found.get()));
    let all = Tables { sections, strips };
    all.listen();
    tables(all)
}
