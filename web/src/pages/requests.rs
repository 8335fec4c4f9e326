//! Requests: those that failed, the slow, the refused. `/requests` is the list, `/requests/<id>/<when>` one of them, in
//! one timeline with everything that is known of it.

use api::{Moment, MomentKind, RequestPage, Requests};
use web_logic::decimal::{percent, within};
use web_logic::number::{compact, count};
use web_logic::query_string::{of_segment, segment, write};
use web_logic::route::Page;
use web_logic::rows::performance::took;
use web_logic::rows::requests::{sections, standing, why};
use web_logic::rows::routes::href as route_href;
use web_logic::rows::services::Which;
use web_logic::rows::{Detail, Tone};
use web_logic::time::{MINUTE, Resolved, day_and_time};
use web_logic::view::ViewState;

use super::things::{
    About, Figure, Heading, Known, always, details, figures, first_steps, follow, one_page, things_page,
};
use crate::client::{Ask, Client};
use crate::components::Sign;
use crate::dom::{El, Keyed, el, sign};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

impl Client {
    fn requests(self, view: &ViewState, range: Resolved) -> Ask<Requests> {
        let pairs = [
            ("services", view.services.to_text()),
            ("environment", view.environment.clone().unwrap_or_default()),
            ("start", range.start.to_string()),
            ("end", range.end.to_string()),
        ];
        self.get(format!("requests?{}", write(&pairs)))
    }

    fn request(self, id: &str, at: &str) -> Ask<RequestPage> {
        self.get(format!("requests/{}?at={}", segment(id), at.parse::<i64>().unwrap_or_default()))
    }
}

/// The page.
pub(crate) fn requests_page() -> El {
    let Shared { history, .. } = shared();
    let shown = move || -> Vec<Keyed> {
        let mut rest = history.rest().into_iter();
        let (id, at) = (rest.next(), rest.next().unwrap_or_default());
        let key = id.clone().unwrap_or_default();
        vec![(key, Box::new(move || id.map_or_else(list, |id| one(&of_segment(&id), at))))]
    };
    el("div", "host").keyed(shown)
}

fn list() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Requests> = Fetched::new();
    follow(move || {
        let range = view.resolved.get();
        answer.ask(view.state.with(|state| client.requests(state, range)));
    });
    let known = Known::of(
        answer,
        move |requests| {
            ticker.now();
            view.state.with(|state| sections(requests, state, view.clock()))
        },
        |requests| requests.slowest.len() + requests.failing.len(),
        |_| Vec::new(),
    );
    let told = derived(move || {
        let known = answer.get().filter(|known| known.total > 0)?;
        let tone = if known.failed > 0 { Tone::Warning } else { Tone::Good };
        Some((tone, format!("{} of {} requests failed.", count(known.failed), count(known.total))))
    });
    let about = About { name: "Requests", things: ("request", "requests"), trouble: "failed", empty };
    things_page(about, Known { told: Some(told), ..known })
}

fn one(id: &str, at: String) -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<RequestPage> = Fetched::new();
    let asked = id.to_owned();
    follow(move || answer.ask(client.request(&asked, &at)));
    let way = |picture: Sign, words: &str, href: fn(&RequestPage, &ViewState) -> String| {
        el("a", "button").add(sign(picture)).text(words).attr_of("href", move || {
            let page = answer.get()?;
            let near = Resolved { start: page.row.time - MINUTE, end: page.row.time + MINUTE }.frozen();
            Some(view.state.with(|state| href(&page, &ViewState { range: near, ..state.clone() })))
        })
    };
    let links = vec![
        way(Sign::Logs, "Its lines", |page, state| {
            let query = page.lines_query.clone();
            ViewState { query, ..state.carried_to(Page::Logs) }.on(Page::Logs.path())
        }),
        way(Sign::Routes, "Its route", |page, state| route_href(state, &page.row.router)),
        way(Sign::Services, "Its service", |page, state| {
            Which::of("", &page.row.project, &page.row.service).href(state)
        }),
    ];
    let heading = Heading { back: Page::Requests, name: always(id), place: String::new(), links };
    one_page(heading, answer, |page| (standing(page.row.status), word(page)), move || body(answer))
}

fn word(page: &RequestPage) -> &'static str {
    match page.row.status {
        500.. => "failed",
        400..=499 => "refused",
        _ => "answered",
    }
}

fn body(answer: Fetched<RequestPage>) -> El {
    let numbers = move || answer.get().map(|page| numbers(&page)).unwrap_or_default();
    let parts = move || answer.get().map(|page| parts(&page)).unwrap_or_default();
    el("div", "service-body").add(figures(numbers)).add(el("div", "host").children_of(parts))
}

fn numbers(page: &RequestPage) -> Vec<Figure> {
    let Shared { view, .. } = shared();
    let row = &page.row;
    let plain = |name, figure: String| (name, figure, String::new(), Tone::Idle);
    let mut all = vec![
        ("Status", row.status.to_string(), why(row), standing(row.status)),
        plain("Took", took(row.duration_ms)),
        plain("When", day_and_time(row.time, view.clock())),
        plain("Answer", format!("{} B", compact(row.bytes_out))),
        plain("Client", row.client.clone()),
    ];
    if let Some(upstream) = row.upstream_ms {
        all.insert(2, ("Application", took(upstream), "until it began to answer".to_owned(), Tone::Idle));
    }
    all
}

fn parts(page: &RequestPage) -> Vec<El> {
    let row = &page.row;
    let what = format!("{} {}{}", row.method, row.domain, row.path);
    let mut parts = vec![el("p", "example-what").add(el("b", "").text(&what))];
    let tone = if row.status < 400 { Tone::Waiting } else { standing(row.status) };
    let advice = page.advice.iter().map(|words| el("li", "").text(words)).collect();
    parts.extend(details(&[Detail::Reason(tone, page.what.clone())]));
    parts.push(el("ul", "advice").add_all(advice));
    let facts = [
        ("Router", &row.router),
        ("Goes to", &row.target),
        ("Container", &row.container),
        ("Server", &row.server),
        ("Entrypoint", &row.entrypoint),
        ("Trace", &row.trace_id),
        ("User agent", &row.user_agent),
    ];
    let told = facts.into_iter().filter(|(_, text)| !text.is_empty());
    let about: Vec<Detail> = told.map(|(name, text)| Detail::Fact(name, text.clone())).collect();
    parts.push(timeline(page));
    parts.extend(page.missing.iter().map(|words| el("p", "hint").text(words)));
    parts.extend(details(&about));
    parts
}

/// Everything in its order, each with its place in the time that the request took.
fn timeline(page: &RequestPage) -> El {
    let rows = page.moments.iter().map(|moment| row(moment, page.row.duration_ms)).collect();
    el("section", "things-section")
        .add(el("h2", "things-title").text("What happened"))
        .add(el("div", "waterfall moments").add_all(rows))
}

/// A moment; it unfolds to its whole text.
fn row(moment: &Moment, whole: f64) -> El {
    let words = match moment.href.as_str() {
        "" => el("span", "").text(&moment.text),
        href => el("a", "").attr("href", href).text(&moment.text),
    };
    let place = el("span", "span-op").text(kind(moment.kind)).text(" ").text(&moment.place).text(" ");
    let summary = el("summary", "span-row")
        .add(el("span", "span-words").add(place).add(words))
        .add(bar(moment, whole))
        .add(el("span", "span-took").text(&told(moment)));
    el("details", "span").add(summary).add(el("pre", "moment-text").text(&moment.text))
}

/// Where it stands in the time that the request took.
fn bar(moment: &Moment, whole: f64) -> El {
    let share = |ms: f64| within(if whole > 0.0 { ms / whole } else { 0.0 }, 0.0, 1.0);
    let left = share(moment.offset_ms);
    let right = share(moment.offset_ms + moment.duration_ms.unwrap_or_default());
    let look = format!("span-fill series-{}", moment.kind as u8);
    let fill = el("span", &look).class_if("span-failed", moment.failed);
    let style = fill.html().style();
    let _ = style.set_property("left", &percent(left));
    let _ = style.set_property("width", &percent(right - left));
    el("span", "span-bar").attr("aria-hidden", "true").add(fill)
}

/// How long it took, else when it was, after the request's head.
fn told(moment: &Moment) -> String {
    let words = match (moment.duration_ms, moment.offset_ms) {
        (Some(ms), _) => took(ms),
        (None, before) if before < 0.0 => format!("−{}", took(-before)),
        (None, after) => format!("+{}", took(after)),
    };
    if moment.failed { format!("{words} ✕") } else { words }
}

fn kind(kind: MomentKind) -> &'static str {
    match kind {
        MomentKind::Proxy => "proxy",
        MomentKind::Line => "line",
        MomentKind::Nearby => "meanwhile",
        MomentKind::Error => "error",
        MomentKind::Transaction => "transaction",
        MomentKind::Span => "step",
        MomentKind::Event => "container",
    }
}

fn empty() -> El {
    first_steps(
        "No request came through the proxy in this time",
        "Every request leaves an entry with its id, which stands in the header X-Request-ID of the answer: log that \
         header in your application, and its lines are found here.",
        &[],
    )
}
