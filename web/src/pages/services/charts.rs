//! What a service uses over time: the charts that the server has ready for it.

use api::{Chart, PanelQuery, QueryLanguage};

use crate::charts::{Charted, Company, charted};
use crate::dom::{El, Keyed, el};
use crate::reactive::Derived;

/// About how many points a chart has.
pub(super) const POINTS: u32 = 120;

/// The charts, each beside the others: one cursor, one range, the same marks.
pub(in super::super) fn charts(all: Derived<Vec<Chart>>, company: Company) -> El {
    let items = move || -> Vec<Keyed> {
        let one = |chart: Chart| -> Keyed {
            let key = format!("{} {} {}", chart.title, chart.query, chart.limit);
            (key, Box::new(move || ready(chart, company)))
        };
        all.get().into_iter().map(one).collect()
    };
    el("section", "charts").attr("aria-label", "What it uses").keyed(items)
}

fn ready(chart: Chart, company: Company) -> El {
    let Chart { title, unit, query, legend, limit } = chart;
    let limit = (!limit.is_empty()).then_some(limit);
    panel(title, &unit, PanelQuery { query, legend }, limit, company)
}

/// A chart of one query; `limit`: the query of the line that it should stay below.
pub(super) fn panel(
    title: String,
    unit: &str,
    query: PanelQuery,
    limit: Option<String>,
    company: Company,
) -> El {
    let unit = unit.to_owned();
    let language = QueryLanguage::Promql;
    charted(Charted { title, unit, language, queries: vec![query], limit, link: true }, company)
}
