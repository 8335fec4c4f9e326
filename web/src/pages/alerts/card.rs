//! An alert in whole: the three answers, and what can be done about it here.

use std::rc::Rc;

use api::AlertRow;
use web_logic::number::plural;
use web_logic::query_string::segment;
use web_logic::rows::alerts::{href, matchers, notes, rule_href, standing, tier};
use web_logic::time;
use web_logic::wire::Object;

use super::act;
use crate::client::{Client, Method};
use crate::components::{Opener, Sign, popover};
use crate::dom::{El, Keyed, button, el};
use crate::prelude::*;
use crate::state::{Shared, shared};

/// For how long an alert can be acknowledged or silenced with a click, in minutes.
const SPANS: [(&str, u64); 4] = [("1 hour", 60), ("4 hours", 240), ("8 hours", 480), ("A day", 1440)];

impl Client {
    fn acknowledge(self, id: &str, minutes: u64) -> crate::client::Ask<()> {
        let body = Object::default().raw("minutes", &minutes.to_string());
        self.tell(Method::POST, format!("alerts/{}/acknowledge", segment(id)), Some(body))
    }

    fn give_back(self, id: &str) -> crate::client::Ask<()> {
        self.tell(Method::DELETE, format!("alerts/{}/acknowledge", segment(id)), None)
    }

    /// Keeps quiet what the matchers fit.
    pub(super) fn silence(self, matchers: &str, reason: &str, minutes: u64) -> crate::client::Ask<()> {
        let body = Object::default()
            .text("matchers", matchers)
            .text("reason", reason)
            .raw("minutes", &minutes.to_string());
        self.tell(Method::POST, "silences".to_owned(), Some(body))
    }
}

/// What is called when something was done.
type Again = Rc<dyn Fn()>;

/// The alert, drawn anew when anything about it is another.
pub(super) fn keyed(row: &AlertRow, in_list: bool, again: impl Fn() + 'static) -> Keyed {
    let row = row.clone();
    let key = format!("{} {} {:?} {} {}", row.id, row.changed, row.state, row.owner, row.how_bad);
    (key, Box::new(move || card(&row, in_list, Rc::new(again))))
}

/// In a list its name leads to its page.
fn card(row: &AlertRow, in_list: bool, again: Again) -> El {
    let Shared { view, session, ticker, .. } = shared();
    let (tone, word) = standing(row);
    let since = row.since;
    let mark = el("span", "").attr("aria-hidden", "true").text(tone.mark());
    let clock = untrack(|| view.clock());
    let line = el("p", "alert-line")
        .add(el("span", &format!("state state-{}", tone.class())).add(mark).text(word))
        .add(el("span", "tag").text(tier(row.tier)))
        .add(el("span", "hint").text(&time::since(row.since, clock)))
        .add(el("span", "hint").text_of(move || time::ago(since, ticker.now())));
    let name = if in_list {
        let link = view.state.with(|state| href(&row.id, state));
        el("h2", "alert-name").add(el("a", "").attr("href", &link).text(&row.what))
    } else {
        el("h2", "alert-name").text(&row.what)
    };
    let said = notes(row, clock).join(" ");
    let may = session.may_edit();
    el("article", "alert")
        .attr("data-tone", tone.class())
        .add(line)
        .add(name)
        .add(answers(row))
        .add(labels(row))
        .add(el("p", "hint").text(&said))
        .each(may.then(|| deeds(row, again)))
}

fn answers(row: &AlertRow) -> El {
    let Shared { view, .. } = shared();
    let fact =
        |name: &str, text: &str| el("div", "").add(el("dt", "").text(name)).add(el("dd", "").text(text));
    let mut all = el("dl", "facts");
    if !row.how_bad.is_empty() {
        all = all.add(fact("How bad", &row.how_bad));
    }
    if !row.do_now.is_empty() {
        all = all.add(fact("Do now", &row.do_now));
    }
    let mut ways = el("dd", "details-links");
    if !row.runbook.is_empty() {
        let link = el("a", "").attr("href", &row.runbook).attr("rel", "noreferrer").attr("target", "_blank");
        ways = ways.add(link.text("Runbook"));
    }
    if !row.external {
        let link = view.state.with(|state| rule_href(&row.rule, state));
        ways = ways.add(el("a", "").attr("href", &link).text(&row.rule));
    }
    all.add(el("div", "").add(el("dt", "").text("More")).add(ways))
}

fn labels(row: &AlertRow) -> El {
    let one = |(name, value): (&String, &String)| {
        el("span", "tag").text(name).text("=").add(el("b", "").text(value))
    };
    let shown = row.labels.iter().filter(|(name, _)| *name != "alertname");
    el("p", "label-list").add_all(shown.map(one).collect())
}

/// Acknowledging, giving back, silencing.
fn deeds(row: &AlertRow, again: Again) -> El {
    let Shared { client, .. } = shared();
    let id = row.id.clone();
    let line = el("p", "alert-deeds");
    let owned = row.owner.is_empty();
    let line = if owned {
        let (id, again) = (id.clone(), again.clone());
        let mine = button("button button-main", "Acknowledge").attr("title", "It is yours for four hours");
        line.add(mine.click(move || done(client.acknowledge(&id, 0), "It is yours for four hours.", &again)))
    } else {
        let (id, again) = (id.clone(), again.clone());
        let back = button("button", "Give back").attr("title", "Reminders begin again");
        line.add(back.click(move || done(client.give_back(&id), "It is nobody’s again.", &again)))
    };
    let (matchers, what) = (matchers(row), row.what.clone());
    let silence = {
        let again = again.clone();
        move |minutes| {
            let asked = client.silence(&matchers, &format!("from the alert: {what}"), minutes);
            done(asked, "It is kept quiet.", &again);
        }
    };
    let own = move |minutes| done(client.acknowledge(&id, minutes), "It is yours.", &again);
    line.add(menu("Acknowledge for", Sign::User, Rc::new(own))).add(menu(
        "Silence for",
        Sign::Archive,
        Rc::new(silence),
    ))
}

fn done(deed: crate::client::Ask<()>, words: &'static str, again: &Again) {
    let again = again.clone();
    act(deed, words, move || again());
}

fn menu(label: &'static str, sign: Sign, chosen: Rc<dyn Fn(u64)>) -> El {
    let open = RwSignal::new(false);
    let item = move |(words, minutes): (&str, u64)| {
        let chosen = chosen.clone();
        button("preset", words).click(move || {
            open.set(false);
            chosen(minutes);
        })
    };
    let item = Rc::new(item);
    let draw = move || {
        let item = item.clone();
        el("div", "host").each(SPANS.into_iter().map(move |span| item(span)))
    };
    popover(Opener { label, sign, class: "menu" }, move || label.to_owned(), open, draw)
}

/// `3 alerts of it`
pub(super) fn alerts_of(count: usize) -> String {
    plural(count as u64, "alert")
}
