//! One service: its containers, what they use, its probes, queues and targets, and what it tells of itself.

use api::ServicePage;
use web_logic::rows::services::{Which, page_sections};
use web_logic::time::DAY;

use super::super::things::{Tables, arranged_as_wanted, follow, name_window, tables};
use super::charts::charts;
use super::lanes::lanes;
use super::own::own_metrics;
use super::summary::{head, stats};
use crate::browser;
use crate::charts::Company;
use crate::components::notice;
use crate::dom::{El, el, when};
use crate::reactive::{derived, effect};
use crate::state::{Fetched, Shared, shared};

/// A probe's strip has so many bars; here they cover a day.
const STRIP_BARS: i64 = 90;

/// The page of one service.
pub(super) fn service(which: Which) -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<ServicePage> = Fetched::new();
    let asked = which.clone();
    name_window(&which.service);
    follow(move || answer.ask(client.service(&asked)));
    let company = Company::new();
    let selector =
        derived(move || answer.get().map(|page| page.log_selector.clone()).filter(|query| !query.is_empty()));
    effect(move || {
        if let Some(selector) = selector.get() {
            company.ask_marks(selector);
        }
    });
    let sections = derived(move || {
        ticker.now();
        let sections =
            answer.get().map(|page| view.state.with(|state| page_sections(&page, state, view.clock())));
        arranged_as_wanted(&sections.unwrap_or_default())
    });
    let strips = derived(move || {
        answer.get();
        (browser::now() - DAY, DAY / STRIP_BARS)
    });
    let all = Tables { sections, strips };
    all.listen();
    let failures = move || {
        let failure = answer.failure().map(|failure| notice("critical", &failure.to_string()));
        failure.into_iter().collect()
    };
    let ready = derived(move || answer.get().map(|page| page.charts.clone()).unwrap_or_default());
    let body = move || {
        el("div", "service-body")
            .add(charts(ready, company).attr("id", "use"))
            .add(tables(all).attr("id", "containers"))
            .add(own_metrics(answer, company).attr("id", "metrics"))
    };
    el("div", "things service")
        .add(head(&which, answer))
        .add(el("div", "host").children_of(failures))
        .add(stats(answer))
        .add(lanes(&which, company))
        .add(when(move || answer.is_known(), body))
}
