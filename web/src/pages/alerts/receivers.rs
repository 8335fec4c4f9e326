//! Where messages go, how the last one did, and trying it.

use api::{ReceiverRow, Receivers, Told};
use web_logic::number::count;
use web_logic::query_string::segment;
use web_logic::rows::Tone;
use web_logic::rows::alerts::tier;
use web_logic::time;

use super::super::things::follow;
use super::head;
use super::list::nobody_is_told;
use crate::client::{Ask, Client};
use crate::components::notice;
use crate::dom::{El, careful_button, el, table, when};
use crate::prelude::*;
use crate::state::{Fetched, Shared, shared};

impl Client {
    fn receivers(self) -> Ask<Receivers> {
        self.get("receivers".to_owned())
    }

    fn test_receiver(self, name: &str) -> Ask<Told> {
        self.post(format!("receivers/{}/test", segment(name)), None)
    }
}

pub(super) fn receivers() -> El {
    let Shared { client, ticker, .. } = shared();
    let answer: Fetched<Receivers> = Fetched::new();
    let tested: RwSignal<Option<Told>> = RwSignal::new(None);
    follow(move || answer.ask(client.receivers()));
    let told = move || {
        let receivers = answer.get()?;
        let bad = receivers.rows.iter().filter(|row| !row.ok).count();
        match (receivers.rows.len(), bad) {
            (0, _) => None,
            (_, 0) => Some((Tone::Good, "Every last message arrived.".to_owned())),
            (all, bad) => {
                let verb = if bad == 1 { "does" } else { "do" };
                Some((Tone::Critical, format!("{bad} of {all} {verb} not take messages.")))
            }
        }
    };
    let notes = move || {
        let failure = answer.failure().map(|failure| notice("critical", &failure.to_string()));
        let test = tested.get().map(|told| notice(if told.ok { "info" } else { "critical" }, &told.message));
        failure.into_iter().chain(test).collect()
    };
    let rows = move || {
        let now = ticker.now();
        let receivers = answer.get();
        let rows = receivers.iter().flat_map(|receivers| &receivers.rows);
        rows.map(|row| receiver(row, now, answer, tested)).collect()
    };
    let beat = move || {
        let receivers = answer.get();
        let words = receivers.and_then(|receivers| receivers.heartbeat).map(|at| {
            format!("That Porthole lives was last told to the outside {}.", time::ago(at, ticker.now()))
        });
        words.unwrap_or_default()
    };
    let heads = ["State", "Receiver", "Hears of", "Last message", "Sent", "Waiting", "Given up", "Try it"];
    let is_empty = move || answer.get().is_some_and(|receivers| receivers.rows.is_empty());
    el("div", "things")
        .add(head("Receivers", told))
        .add(el("div", "host").attr("role", "status").children_of(notes))
        .add(table(&heads, rows).class_of("gone", move || answer.get().is_none_or(|all| all.rows.is_empty())))
        .add(el("p", "hint").text_of(beat))
        .add(when(is_empty, nobody_is_told))
}

fn receiver(row: &ReceiverRow, now: i64, answer: Fetched<Receivers>, tested: RwSignal<Option<Told>>) -> El {
    let Shared { client, session, toast, .. } = shared();
    let (tone, word) = match (row.ok, row.last) {
        (false, _) => (Tone::Critical, "fails"),
        (true, None) => (Tone::Waiting, "not used yet"),
        (true, Some(_)) => (Tone::Good, "works"),
    };
    let mark = el("span", "").attr("aria-hidden", "true").text(tone.mark());
    let name = row.name.clone();
    let test = careful_button(("Test", "Really send a test"), move || {
        let asked = client.test_receiver(&name);
        spawn_local(async move {
            match asked.await {
                Ok(told) => tested.set(Some(told)),
                Err(failure) => toast.show(failure.to_string()),
            }
            answer.ask(client.receivers());
        });
    });
    let tiers: Vec<&str> = row.tiers.iter().map(|of| tier(*of)).collect();
    let last = match row.last {
        Some(at) => format!("{}: {}", time::ago(at, now), row.message),
        None => "none yet".to_owned(),
    };
    let number = |number: u64| {
        el("td", "things-figure").text(&if number == 0 { "–".to_owned() } else { count(number) })
    };
    el("tr", "")
        .add(el("td", "").add(el("span", &format!("state state-{}", tone.class())).add(mark).text(word)))
        .add(
            el("td", "")
                .text(&row.name)
                .add(el("span", "things-note").text(&format!("{} · {}", row.kind, row.place))),
        )
        .add(el("td", "").text(&tiers.join(", ")))
        .add(el("td", "").text(&last))
        .add(number(row.sent))
        .add(number(row.waiting))
        .add(number(row.dead))
        .add(el("td", "table-end").add(test.class_of("gone", move || !session.is_admin())))
}
