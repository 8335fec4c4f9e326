//! Nothing asked yet: where one can begin.

use crate::prelude::*;
use api::MetricName;
use wasm_bindgen::JsCast;
use web_logic::number::plural;
use web_sys::HtmlInputElement;

use super::super::things::first_steps;
use super::asking::Asking;
use crate::dom::{El, button, el, switch};
use crate::reactive::{derived, effect};
use crate::state::{Fetched, shared};

/// Queries that most installations can answer.
const EXAMPLES: [(&str, &str); 6] = [
    ("What answers", "up"),
    ("CPU of containers, in cores", "sum by (service) (rate(container_cpu_usage_seconds_total[5m]))"),
    ("Memory of containers", "sum by (service) (container_memory_working_set_bytes)"),
    ("CPU of the host, in cores", "sum by (mode) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m]))"),
    ("Room left on disks", "node_filesystem_avail_bytes / node_filesystem_size_bytes"),
    ("Tasks that wait", "sum by (queue_name) (celery_queue_length)"),
];

const SCRAPE: &str = "[[metrics.scrape]]\njob = \"web\"\ntargets = [\"web:8000\"]\npath = \"/metrics\"";
const LABEL: &str = "labels:\n  porthole.metrics.port: \"8000\"\n  porthole.metrics.path: \"/metrics\"";
const WRITE: &str = "remote_write:\n  - url: http://porthole:4100/api/v1/write\n    authorization: { credentials: <token with the scope ingest> }";

/// Examples, and every metric there is.
pub(super) fn start(asking: Asking) -> El {
    let names: Fetched<Vec<MetricName>> = Fetched::new();
    let search = RwSignal::new(String::new());
    effect(move || names.ask(shared().client.metric_names(&search.get())));
    let case = derived(move || match names.get() {
        None => 0,
        Some(names) if names.is_empty() && search.with(String::is_empty) => 1,
        Some(_) => 2,
    });
    let draw = move |case| if case == 1 { nothing() } else { browser(asking, names, search) };
    switch(move || case.get(), Box::new(draw), 0)
}

fn nothing() -> El {
    first_steps(
        "No metrics yet",
        "Porthole measures the host and the containers by itself; the first numbers come within seconds. What programs \
         tell of themselves is scraped, or sent by a Prometheus:",
        &[
            ("In porthole.toml", SCRAPE, "Section"),
            ("Or on the container, in your compose file", LABEL, "Labels"),
            ("Or from a Prometheus", WRITE, "Section"),
        ],
    )
}

fn browser(asking: Asking, names: Fetched<Vec<MetricName>>, search: RwSignal<String>) -> El {
    let example = move |(words, query): (&'static str, &'static str)| {
        let ask = button("example", "")
            .add(el("span", "").text(words))
            .add(el("code", "").text(query))
            .click(move || asking.put(0, query));
        el("li", "").add(ask)
    };
    let field = el("input", "input")
        .attr("type", "search")
        .attr("placeholder", "Find a metric by the beginning of its name")
        .attr("aria-label", "Find a metric by the beginning of its name");
    let input: HtmlInputElement = field.element().clone().unchecked_into();
    let field = field.on("input", move |_| search.set(input.value()));
    let metric = move |metric: &MetricName| {
        let name = metric.name.clone();
        let ask = button("metric-name", "")
            .add(el("code", "").text(&metric.name))
            .add(el("span", "tag").text(&metric.kind))
            .add(el("span", "hint").text(&metric.help))
            .click(move || asking.put(0, &query_for(&name)));
        el("li", "").add(ask)
    };
    let list = move || names.get().map(|names| names.iter().map(metric).collect()).unwrap_or_default();
    let count = move || names.get().map(|names| plural(names.len() as u64, "metric")).unwrap_or_default();
    el("div", "metric-start")
        .add(el("h2", "").text("To begin with"))
        .add(el("ul", "examples").add_all(EXAMPLES.map(example).into()))
        .add(el("h2", "").text("Or any metric"))
        .add(
            el("div", "metric-search")
                .add(field)
                .add(el("span", "hint").attr("role", "status").text_of(count)),
        )
        .add(el("ul", "metric-names").children_of(list))
}

/// What is most likely wanted of a metric.
fn query_for(name: &str) -> String {
    if let Some(base) = name.strip_suffix("_bucket") {
        return format!("histogram_quantile(0.95, sum by (le) (rate({base}_bucket[5m])))");
    }
    let grows = ["_total", "_count", "_sum"].iter().any(|end| name.ends_with(end));
    if grows { format!("rate({name}[5m])") } else { name.to_owned() }
}
