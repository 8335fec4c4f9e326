//! The list of issues: a query, what is chosen above it, and a row for each issue.

mod bar;
mod empty;
mod head;
mod keys;
mod row;

use crate::prelude::*;
use api::{IssuePage, IssueRequest, IssueRow, IssueSort};
use web_logic::issues::query::asked;
use web_logic::view::ViewState;

use super::asks::{Which, sort_word};
use super::deeds::{Deeds, Meant};
use crate::components::notice;
use crate::dom::{El, Keyed, button, el, switch};
use crate::reactive::{Derived, derived, lingering};
use crate::state::{Fetched, Shared, shared};

use super::super::things::follow;

/// The order of the rows; the first is the one that is not written in the address.
const SORTS: [(IssueSort, &str); 5] = [
    (IssueSort::LastSeen, "Last seen"),
    (IssueSort::FirstSeen, "First seen"),
    (IssueSort::Events, "Events"),
    (IssueSort::Users, "Users"),
    (IssueSort::Trend, "Growing most"),
];

/// What stands below the head.
const WAITING: usize = 0;
const EMPTY: usize = 1;
const FILLED: usize = 2;

/// What is asked, what was answered, and what is chosen of it.
#[derive(Clone, Copy)]
struct List {
    request: Derived<IssueRequest>,
    answer: Fetched<IssuePage>,
    chosen: RwSignal<Vec<i64>>,
    /// Everything that the query finds is chosen, whatever page it stands on.
    all: RwSignal<bool>,
    again: RwSignal<u32>,
}

/// The list.
pub(super) fn list() -> El {
    let list = List::new();
    let deeds = Deeds::new(
        move || list.meant(),
        move || {
            list.choose_none();
            list.again.update(|again| *again += 1);
        },
    );
    list.ask();
    keys::listen(list, deeds);
    let busy = lingering(move || list.answer.is_busy());
    let case = move || match list.answer.get() {
        None => WAITING,
        Some(page) if page.rows.is_empty() => EMPTY,
        Some(_) => FILLED,
    };
    let draw = move |case| match case {
        EMPTY => empty::empty(list),
        FILLED => rows(list, deeds),
        _ => empty::waiting(list),
    };
    let warnings = move || {
        let page = list.answer.get();
        page.iter().flat_map(|page| &page.warnings).map(|words| notice("warning", words)).collect()
    };
    el("div", "things issues")
        .add(head::head(list))
        .add(el("div", "host").children_of(move || list.failures()))
        .add(el("div", "host").children_of(warnings))
        .add(el("div", "host").class_of("stale", move || busy.get()).add(switch(
            case,
            Box::new(draw),
            usize::MAX,
        )))
        .add(deeds.told())
}

impl List {
    fn new() -> Self {
        let Shared { view, .. } = shared();
        let request = derived(move || {
            let range = view.resolved.get();
            view.state.with(|state| IssueRequest {
                query: asked(state).to_owned(),
                project: state.project.clone().unwrap_or_default(),
                environment: state.environment.clone().unwrap_or_default(),
                start: range.start,
                end: range.end,
                sort: sort(&state.sort),
                cursor: state.cursor.clone(),
                limit: 0,
            })
        });
        Self {
            request,
            answer: Fetched::new(),
            chosen: RwSignal::new(Vec::new()),
            all: RwSignal::new(false),
            again: RwSignal::new(0),
        }
    }

    fn ask(self) {
        let Shared { client, view, .. } = shared();
        // The same but for the clock.
        let what = derived(move || view.state.with(|state| ViewState { selected: None, ..state.clone() }));
        let asked = StoredValue::new(None);
        follow(move || {
            let what = Some((what.get(), self.again.get()));
            let is_same = asked.with_value(|asked| *asked == what);
            // Rows must not change places while somebody chooses.
            if is_same && !self.chosen.with_untracked(Vec::is_empty) {
                self.request.track();
                return;
            }
            if !is_same {
                self.choose_none();
                asked.set_value(what);
            }
            self.request.with(|request| self.answer.ask(client.issues(request)));
        });
    }

    fn choose_none(self) {
        self.chosen.set(Vec::new());
        self.all.set(false);
    }

    fn toggle(self, id: i64) {
        self.all.set(false);
        self.chosen.update(|chosen| match chosen.iter().position(|known| *known == id) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(id),
        });
    }

    fn rows(self) -> Vec<IssueRow> {
        self.answer.get().map(|page| page.rows.clone()).unwrap_or_default()
    }

    /// What is chosen, or else the row that is marked.
    fn meant(self) -> Meant {
        let Shared { view, .. } = shared();
        if self.all.get() {
            return Meant { which: Which::All(self.request.get()), rows: Vec::new() };
        }
        let (mut ids, rows) = (self.chosen.get(), self.rows());
        if ids.is_empty() {
            let marked =
                view.state.with(|state| state.selected.as_deref().and_then(|id| id.parse::<i64>().ok()));
            // Nothing is done with a row that is not there to be seen.
            ids.extend(marked.filter(|id| rows.iter().any(|row| row.id == *id)));
        }
        let rows = rows.into_iter().filter(|row| ids.contains(&row.id)).collect();
        Meant { which: Which::Ids(ids), rows }
    }

    /// A fault of the query stands below its field.
    fn failures(self) -> Vec<El> {
        let failure = self.answer.failure().filter(|_| head::fault(self).is_none());
        failure.map(|failure| notice("critical", &failure.to_string())).into_iter().collect()
    }
}

fn sort(word: &str) -> IssueSort {
    SORTS.iter().map(|(sort, _)| *sort).find(|sort| sort_word(*sort) == word).unwrap_or_default()
}

fn rows(list: List, deeds: Deeds) -> El {
    let Shared { view, .. } = shared();
    let items = move || -> Vec<Keyed> {
        let one = |row: IssueRow| -> Keyed {
            // What stays the same stays in the document.
            let key =
                format!("{} {} {} {:?}", row.id, row.last_seen, row.events, (row.status, row.substatus));
            (format!("{key} {} {:?}", row.assignee, row.spark), Box::new(move || row::row(list, &row)))
        };
        list.rows().into_iter().map(one).collect()
    };
    let next = derived(move || list.answer.get().and_then(|page| page.next.clone()));
    let pages = move || {
        let first = view.state.with(|state| !state.cursor.is_empty());
        let first = first.then(|| button("button", "First page").click(|| go(String::new())));
        let next = next.get().map(|next| button("button", "Next page").click(move || go(next.clone())));
        first.into_iter().chain(next).collect()
    };
    el("section", "issue-list")
        .attr("aria-label", "Issues")
        .add(bar::bar(list, deeds))
        .add(el("ol", "").keyed(items))
        .add(el("div", "issue-pages").children_of(pages))
}

/// Another page of the list; Back returns.
fn go(cursor: String) {
    shared().view.change(|state| {
        state.cursor = cursor;
        state.selected = None;
    });
    crate::browser::focus("#main");
}
