//! The week: what was worth it, and what only made noise.

use api::AlertReport;
use web_logic::number::count;
use web_logic::rows::Tone;
use web_logic::rows::alerts::{lasted, report as sections};
use web_logic::time;

use super::super::things::{Figure, figures, first_steps, follow, one_tables};
use super::head;
use crate::client::{Ask, Client};
use crate::components::notice;
use crate::dom::{El, el, when};
use crate::state::{Fetched, Shared, shared};

impl Client {
    fn report(self) -> Ask<AlertReport> {
        self.get("report".to_owned())
    }
}

pub(super) fn report() -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<AlertReport> = Fetched::new();
    follow(move || answer.ask(client.report()));
    let told = move || {
        let report = answer.get()?;
        let clock = view.clock();
        let span =
            format!("{} to {}", time::day(report.start, clock.zone), time::day(report.end, clock.zone));
        Some((Tone::Idle, span))
    };
    let failures = move || {
        answer.failure().map(|failure| notice("critical", &failure.to_string())).into_iter().collect()
    };
    let numbers = move || answer.get().map(|report| numbers(&report)).unwrap_or_default();
    let is_empty = move || answer.get().is_some_and(|report| report.rules.is_empty());
    let tables =
        one_tables(answer, move |report| view.state.with(|state| sections(report, state)), |_| (0, 0));
    el("div", "things")
        .add(head("The week", told))
        .add(el("div", "host").children_of(failures))
        .add(figures(numbers))
        .add(tables)
        .add(when(is_empty, empty))
}

fn numbers(report: &AlertReport) -> Vec<Figure> {
    let plain = |name, figure, note: &str| (name, figure, note.to_owned(), Tone::Idle);
    let ignored = if report.ignored * 2 > report.fired { Tone::Warning } else { Tone::Idle };
    vec![
        plain("Fired", count(report.fired), "in seven days"),
        ("Nobody acted", count(report.ignored), "of these".to_owned(), ignored),
        plain("Acknowledged within", lasted(report.acknowledged_ms), "half of them"),
        plain("Over within", lasted(report.recovered_ms), "half of them"),
    ]
}

fn empty() -> El {
    first_steps(
        "Nothing fired this week",
        "Here stands how often each rule fired, and how often nobody did anything about it: those are to be tuned. It is \
         sent as a mail too where [alerts.report] says so.",
        &[],
    )
}
