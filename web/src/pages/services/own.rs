//! What a service tells of itself: its metrics in groups, each with a chart that is opened when it is wanted.

use api::{JobMetrics, PanelQuery, ServicePage};
use web_logic::families::{Family, Group, Shape, groups, query};

use super::charts::{POINTS, panel};
use crate::charts::Company;
use crate::components::Sign;
use crate::dom::{El, Keyed, el, sign, when};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

/// The metrics of each of the service's jobs.
pub(super) fn own_metrics(answer: Fetched<ServicePage>, company: Company) -> El {
    let jobs = derived(move || answer.get().map(|page| page.jobs.clone()).unwrap_or_default());
    let items = move || -> Vec<Keyed> {
        let one = |job: JobMetrics| -> Keyed {
            let key = format!("{} {} {}", job.job, job.matchers, job.names.len());
            (key, Box::new(move || job_metrics(&job, company)))
        };
        jobs.get().into_iter().map(one).collect()
    };
    el("div", "host").keyed(items)
}

fn job_metrics(job: &JobMetrics, company: Company) -> El {
    let group = |group: Group| {
        let metric = |family: Family| metric(family, job.matchers.clone(), company);
        el("div", "own-group")
            .add(el("h3", "own-title").text(&group.title))
            .add(el("ul", "own-list").add_all(group.metrics.into_iter().map(metric).collect()))
    };
    let groups = groups(job);
    let count: usize = groups.iter().map(|group| group.metrics.len()).sum();
    let heading = format!("Its own metrics · {} · {count}", job.job);
    el("section", "things-section")
        .add(el("h2", "things-title").text(&heading))
        .add_all(groups.into_iter().map(group).collect())
}

fn metric(family: Family, matchers: String, company: Company) -> El {
    let Shared { view, .. } = shared();
    let (wanted, clicked) = (family.name.clone(), family.name.clone());
    let is_open = derived(move || view.state.with(|state| state.charts.contains(&wanted)));
    let toggle = move || {
        view.adjust(|state| match state.charts.iter().position(|known| *known == clicked) {
            Some(at) => drop(state.charts.remove(at)),
            None => state.charts.push(clicked.clone()),
        });
    };
    let button = el("button", "own-button")
        .attr("type", "button")
        .attr_of("aria-expanded", move || Some(is_open.get().to_string()))
        .attr("title", &family.help)
        .add(sign(Sign::Right))
        .add(el("code", "").text(&family.name))
        .add(el("span", "hint own-help").text(&told(&family)))
        .click(toggle);
    let chart = move || {
        let (family, matchers) = (family.clone(), matchers.clone());
        if family.shape == Shape::Labels {
            return el("p", "hint").text("It is always 1; what it tells stands in its labels.");
        }
        let unit = family.unit;
        // The window of a rate grows with the range.
        let asked = derived(move || query(&family, &matchers, view.resolved.get().millis(), POINTS));
        let one = move || -> Vec<Keyed> {
            let query = asked.get();
            let asked = PanelQuery { query: query.clone(), legend: String::new() };
            vec![(query.clone(), Box::new(move || panel(query, unit, asked, None, company)))]
        };
        el("div", "host").keyed(one)
    };
    el("li", "own-metric").add(button).add(when(move || is_open.get(), chart))
}

/// How it is shown, and what it measures.
fn told(family: &Family) -> String {
    let parts = [family.shape.words(), family.help.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
