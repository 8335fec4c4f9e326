//! What happened to a service, in lanes over one time: deploys, restarts and alerts as marks, incidents as bars, and
//! below them its numbers, all under one cursor.

use api::{Incident, Lane, LaneMark, Lanes, Millis};
use web_logic::plot::Named;
use web_logic::rows::services::Which;
use web_logic::time::{Resolved, time_of_day};
use web_logic::{query_string, told};

use super::super::things::follow;
use crate::charts::{Company, Lines, legend_list, line_chart};
use crate::components::notice;
use crate::dom::{El, Keyed, el, when};
use crate::reactive::{Derived, derived};
use crate::state::{Fetched, Shared, shared};

/// The lanes.
pub(super) fn lanes(which: &Which, company: Company) -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<Lanes> = Fetched::new();
    let which = which.clone();
    follow(move || {
        let range = view.resolved.get();
        answer.ask(client.get(which.asks("lanes", range.start, range.end)));
    });
    let failures = move || {
        answer.failure().map(|failure| notice("critical", &failure.to_string())).into_iter().collect()
    };
    let rows = move || -> Vec<Keyed> {
        let titles = answer.get().map(|lanes| lanes.lanes.iter().map(heading).collect::<Vec<_>>());
        let one = |(title, href): (String, String)| -> Keyed {
            (format!("{title} {href}"), Box::new(move || lane(title, &href, answer, company)))
        };
        titles.unwrap_or_default().into_iter().map(one).collect()
    };
    let is_empty = move || answer.get().is_some_and(|lanes| lanes.lanes.is_empty() && lanes.marks.is_empty());
    el("section", "lanes")
        .attr("id", "timeline")
        .attr("aria-label", "Timeline")
        .add(el("div", "host").children_of(failures))
        .add(events(answer))
        .add(el("div", "host").keyed(rows))
        .add(when(is_empty, || el("p", "hint").text("Nothing was measured of it in this time.")))
        .add(when(
            move || !answer.is_known() && answer.failure().is_none(),
            || el("div", "host").attr("aria-hidden", "true").each((0..4).map(|_| el("div", "lane-waiting"))),
        ))
}

fn heading(lane: &Lane) -> (String, String) {
    (lane.title.clone(), lane.href.clone())
}

fn lane(title: String, href: &str, answer: Fetched<Lanes>, company: Company) -> El {
    let words = match href {
        "" => el("span", "").text(&title),
        href => el("a", "").attr("href", href).text(&title),
    };
    let name = title.clone();
    let own: Derived<Lane> = derived(move || {
        let lanes = answer.get();
        lanes
            .iter()
            .flat_map(|lanes| &lanes.lanes)
            .find(|lane| lane.title == title)
            .cloned()
            .unwrap_or_default()
    });
    let named = move || {
        own.with(|lane| {
            // One line without a name of its own is what the lane is called.
            let is_plain = lane.numbers.series.len() == 1 && lane.numbers.series[0].labels.is_empty();
            let name = if is_plain { lane.title.as_str() } else { "" };
            Named::new(&[(name, &lane.numbers)], None)
        })
    };
    let lines = Lines::new(named, move || own.with(|lane| lane.unit.clone()));
    el("section", "lane")
        .attr("aria-label", &name)
        .add(el("h3", "lane-title").add(words))
        .add(el("div", "lane-body").add(line_chart(lines, company)).add(legend_list(lines)))
}

/// The strip of what happened.
fn events(answer: Fetched<Lanes>) -> El {
    let Shared { view, .. } = shared();
    let drawn = move || {
        let Some(lanes) = answer.get() else { return Vec::new() };
        let range = Resolved { start: lanes.start, end: lanes.end };
        let bars = lanes.incidents.iter().map(|incident| bar(incident, range));
        let marks = lanes.marks.iter().map(|one| mark(one, range));
        bars.chain(marks).collect()
    };
    let told = move || {
        let Some(lanes) = answer.get() else { return Vec::new() };
        let zone = view.clock().zone;
        let one = |mark: &LaneMark| {
            let words = told::times(&mark.text, view.clock());
            let words = match mark.href.as_str() {
                "" => el("span", "").text(&words),
                href => el("a", "").attr("href", href).text(&words),
            };
            el("li", "change")
                .add(el("time", "change-time").text(&time_of_day(mark.at, zone, false)))
                .add(el("span", "tag").text(&mark.kind))
                .add(words)
        };
        lanes.marks.iter().rev().map(one).collect()
    };
    let count = move || answer.get().map_or(0, |lanes| lanes.marks.len());
    let summary = el("summary", "").text_of(move || format!("All {} in words", count()));
    let list = el("details", "lane-told").add(summary).add(el("ul", "changes").children_of(told));
    el("section", "lane lane-events")
        .attr("aria-label", "What happened")
        .add(el("h3", "lane-title").text("What happened"))
        .add(
            el("div", "lane-body")
                .add(el("div", "lane-strip").children_of(drawn))
                .add(list.class_of("gone", move || count() == 0)),
        )
}

/// Where in the strip a moment lies.
fn share(at: Millis, range: Resolved) -> String {
    let length = (range.end - range.start).max(1);
    let thousandths = ((at - range.start) * 1_000 / length).clamp(0, 1_000);
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

fn placed(element: El, name: &str, at: String) -> El {
    let _ = element.html().style().set_property(name, &at);
    element
}

fn bar(incident: &Incident, range: Resolved) -> El {
    let Shared { view, .. } = shared();
    let words = format!(
        "Incident: {}, {}",
        told::times(&incident.what, view.clock()),
        told::lasting(incident, view.clock())
    );
    let tone = told::tone(incident.severity).class();
    let bar = el("a", &format!("lane-incident lane-{tone}"))
        .attr("href", &format!("/incidents/{}", incident.id))
        .attr("aria-label", &words)
        .attr("title", &words);
    let end = incident.ended.unwrap_or(range.end).min(range.end);
    let bar = placed(bar, "left", share(incident.since, range));
    placed(bar, "right", share(range.end - (end - range.start), range))
}

fn mark(mark: &LaneMark, range: Resolved) -> El {
    let Shared { view, .. } = shared();
    let clock = view.clock();
    let (glyph, tone) = match mark.kind.as_str() {
        "deploy" => ("▲", "info"),
        "alert" => ("!", "critical"),
        "oom" | "exit" => ("✕", "critical"),
        "issue" => ("◆", "critical"),
        "restart" => ("↻", "warning"),
        "health" => ("◐", "warning"),
        _ => ("•", "muted"),
    };
    let words = format!(
        "{} {}: {}",
        time_of_day(mark.at, clock.zone, true),
        mark.kind,
        told::times(&mark.text, clock)
    );
    let class = format!("lane-mark state-{tone}");
    let one = match mark.href.as_str() {
        "" => el("span", &class).attr("role", "img"),
        href => el("a", &class).attr("href", href),
    };
    placed(one.attr("aria-label", &words).attr("title", &words).text(glyph), "left", share(mark.at, range))
}

/// Asks below a service's path.
pub(super) trait Asks {
    /// `services/web/lanes?project=…`
    fn asks(&self, what: &str, start: Millis, end: Millis) -> String;
}

impl Asks for Which {
    fn asks(&self, what: &str, start: Millis, end: Millis) -> String {
        let name = String::from(js_sys::encode_uri_component(&self.service));
        let pairs = [
            ("project", self.project.clone()),
            ("environment", self.environment.clone()),
            ("start", start.to_string()),
            ("end", end.to_string()),
        ];
        format!("services/{name}/{what}?{}", query_string::write(&pairs))
    }
}
