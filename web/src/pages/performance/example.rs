//! A transaction that was kept whole: what took the time, every step, and what else is known of the same trace.

use api::Example;
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::performance::took;
use web_logic::time::{MINUTE, Resolved, day_and_time};
use web_logic::view::ViewState;

use super::super::things::{Figure, Heading, always, figures, follow, one_page};
use super::waterfall::{slowest_list, waterfall};
use crate::components::{Sign, notice};
use crate::dom::{El, el, sign};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

pub(super) fn example(id: &str) -> El {
    let Shared { client, .. } = shared();
    let answer: Fetched<Example> = Fetched::new();
    let asked = id.to_owned();
    follow(move || {
        // What was kept does not change.
        if !answer.is_known() {
            answer.ask(client.example(&asked));
        }
    });
    let lines =
        el("a", "button").add(sign(Sign::Logs)).text("Lines of this trace").attr_of("href", move || {
            let one = answer.get()?;
            Some(lines_href(&one))
        });
    let links = vec![lines];
    let heading = Heading { back: Page::Performance, name: always("Example"), place: String::new(), links };
    let standing = |one: &Example| {
        if one.row.failed { (Tone::Critical, "failed") } else { (Tone::Good, "ended well") }
    };
    one_page(heading, answer, standing, move || body(answer))
}

/// The lines that carry the trace's id, around the time when it ran.
fn lines_href(one: &Example) -> String {
    let Shared { view, .. } = shared();
    let end = one.row.time + one.row.duration_ms as i64 + MINUTE;
    let range = Resolved { start: one.row.time - MINUTE, end }.frozen();
    let query = one.row.trace_id.clone();
    let there = view.state.with(|state| ViewState { query, range, ..state.carried_to(Page::Logs) });
    there.on(Page::Logs.path())
}

fn body(answer: Fetched<Example>) -> El {
    let told = derived(move || answer.get().map(|one| numbers(&one)).unwrap_or_default());
    let parts = move || answer.get().map(|one| parts(&one)).unwrap_or_default();
    el("div", "service-body").add(figures(move || told.get())).add(el("div", "host").children_of(parts))
}

fn numbers(one: &Example) -> Vec<Figure> {
    let Shared { view, .. } = shared();
    let row = &one.row;
    let plain = |name, figure: &str| (name, figure.to_owned(), String::new(), Tone::Idle);
    let mut all = vec![
        plain("Took", &took(row.duration_ms)),
        plain("When", &day_and_time(row.time, view.clock())),
        plain("Steps", &row.spans.to_string()),
    ];
    let told = [("Status", &row.status), ("Environment", &row.environment), ("Release", &row.release)];
    all.extend(told.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| plain(name, text)));
    if !one.server_name.is_empty() {
        all.push(plain("Where", &one.server_name));
    }
    all
}

fn parts(one: &Example) -> Vec<El> {
    let place: Vec<&str> =
        [one.project.as_str(), one.op.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    let what = el("p", "example-what").add(el("b", "").text(&one.name)).text(" ");
    let mut parts: Vec<El> = one.warnings.iter().map(|words| notice("info", words)).collect();
    parts.push(what.add(el("span", "hint").text(&place.join(" · "))));
    parts.extend(errors(one));
    parts.push(slowest_list(&one.spans));
    parts.push(waterfall(&one.spans));
    if !one.tags.is_empty() {
        let tag = |(name, value): &(String, String)| {
            el("span", "tag").text(name).text("=").add(el("b", "").text(value))
        };
        let tags = el("div", "label-list").add_all(one.tags.iter().map(tag).collect());
        parts.push(section("Tags").add(tags));
    }
    parts
}

pub(super) fn section(title: &str) -> El {
    el("section", "things-section").add(el("h2", "things-title").text(title))
}

fn errors(one: &Example) -> Option<El> {
    let Shared { view, .. } = shared();
    let link = |event: &api::EventRow| {
        let path = format!("{}/{}/events/{}", Page::Issues.path(), event.issue, event.id);
        let there = view.state.with(|state| state.carried_to(Page::Issues).on(&path));
        let link = el("a", "").attr("href", &there).text(&event.title);
        el("li", "").add(link).add(el("span", "hint").text(" ").text(&event.message))
    };
    let list = || el("ul", "example-errors").add_all(one.events.iter().map(link).collect());
    (!one.events.is_empty()).then(|| section("Errors of this trace").add(list()))
}
