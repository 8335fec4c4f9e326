//! What is kept quiet, and making it so.

use api::{SilenceRow, SilenceState, Silences};
use wasm_bindgen::JsCast;
use web_logic::number::plural;
use web_logic::query_string::segment;
use web_logic::rows::Tone;
use web_logic::rows::alerts::silence_standing;
use web_logic::time;
use web_sys::{Event, HtmlSelectElement};

use super::super::things::{first_steps, follow};
use super::card::alerts_of;
use super::{act, head};
use crate::client::{Ask, Client, Method};
use crate::components::notice;
use crate::dom::{El, button, careful_button, el, table, text_field, when};
use crate::prelude::*;
use crate::state::{Fetched, Shared, shared};

/// For how long, in minutes.
const SPANS: [(&str, &str); 6] = [
    ("60", "1 hour"),
    ("240", "4 hours"),
    ("480", "8 hours"),
    ("1440", "a day"),
    ("10080", "a week"),
    ("43200", "30 days"),
];

impl Client {
    fn silences(self) -> Ask<Silences> {
        self.get("silences".to_owned())
    }

    fn expire(self, id: &str) -> Ask<()> {
        self.tell(Method::DELETE, format!("silences/{}", segment(id)), None)
    }
}

pub(super) fn silences() -> El {
    let Shared { client, session, ticker, .. } = shared();
    let answer: Fetched<Silences> = Fetched::new();
    follow(move || answer.ask(client.silences()));
    let told = move || {
        let silences = answer.get()?;
        let active = silences.rows.iter().filter(|row| row.state == SilenceState::Active).count();
        (!silences.rows.is_empty())
            .then(|| (Tone::Idle, format!("{} in force.", plural(active as u64, "silence"))))
    };
    let rows = move || {
        ticker.now();
        let silences = answer.get();
        let rows = silences.iter().flat_map(|silences| &silences.rows);
        rows.map(|row| silence(row, answer)).collect()
    };
    let failures = move || {
        answer.failure().map(|failure| notice("critical", &failure.to_string())).into_iter().collect()
    };
    let is_empty = move || answer.get().is_some_and(|silences| silences.rows.is_empty());
    let heads = ["State", "What is quiet", "Why", "By", "Until", "Quiet now", "End it"];
    el("div", "things")
        .add(head("Silences", told))
        .add(el("div", "host").children_of(failures))
        .add(form(answer).class_of("gone", move || !session.may_edit()))
        .add(table(&heads, rows).class_of("gone", move || answer.get().is_none_or(|all| all.rows.is_empty())))
        .add(when(is_empty, empty))
}

fn silence(row: &SilenceRow, answer: Fetched<Silences>) -> El {
    let Shared { client, view, session, .. } = shared();
    let (tone, word) = silence_standing(row.state);
    let mark = el("span", "").attr("aria-hidden", "true").text(tone.mark());
    let (id, over) = (row.id.clone(), row.state == SilenceState::Expired);
    let end = careful_button(("End", "Really end it"), move || {
        act(client.expire(&id), "It is over.", move || answer.ask(client.silences()));
    });
    let until = untrack(|| time::day_and_time(row.end, view.clock()));
    let quiet = if row.alerts == 0 { String::new() } else { alerts_of(row.alerts as usize) };
    el("tr", "")
        .add(el("td", "").add(el("span", &format!("state state-{}", tone.class())).add(mark).text(word)))
        .add(el("td", "").add(el("code", "").text(&row.matchers)))
        .add(el("td", "").text(&row.reason))
        .add(el("td", "").text(&row.by))
        .add(el("td", "").text(&until))
        .add(el("td", "").text(&quiet))
        .add(el("td", "table-end").add(end.class_of("gone", move || over || !session.may_edit())))
}

fn form(answer: Fetched<Silences>) -> El {
    let Shared { client, view, .. } = shared();
    let fault = RwSignal::new(String::new());
    let (what_field, what) = text_field(
        "What is quiet",
        &[("autocomplete", "off"), ("placeholder", "{alertname=\"…\", service=\"web\"}")],
    );
    let (why_field, why) =
        text_field("Why", &[("autocomplete", "off"), ("placeholder", "we move the database")]);
    // A link may bring it along.
    what.set_value(&view.state.with_untracked(|state| state.query.clone()));
    let option = |(minutes, words): &(&str, &str)| el("option", "").attr("value", minutes).text(words);
    let select = el("select", "input").add_all(SPANS.iter().map(option).collect());
    let span: HtmlSelectElement = select.element().clone().unchecked_into();
    let submit = move |event: Event| {
        event.prevent_default();
        fault.set(String::new());
        let asked =
            client.silence(what.value().trim(), why.value().trim(), span.value().parse().unwrap_or(60));
        spawn_local(async move {
            match asked.await {
                Ok(()) => answer.ask(client.silences()),
                Err(failure) => fault.set(failure.to_string()),
            }
        });
    };
    let form = el("form", "form-row")
        .add(what_field)
        .add(why_field)
        .add(el("label", "field").text("For").add(select))
        .add(button("button button-main", "Silence").attr("type", "submit"))
        .on("submit", submit);
    el("div", "host").add(form).add(el("p", "fault").attr("role", "alert").text_of(move || fault.get()))
}

const AMTOOL: &str = "\
amtool --alertmanager.url=https://ops.example.com silence add service=web --comment='deploy' --duration=15m
";

fn empty() -> El {
    first_steps(
        "Nothing is silenced",
        "A silence keeps alerts from telling anybody until it ends; they go on standing on the page. Make one of an \
         alert, above, or from a script with a token of scope release.",
        &[("amtool", AMTOOL, "Command")],
    )
}
