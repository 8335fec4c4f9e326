//! One rule: how it does, how it is written, what it would have done, and what it did.

use api::{AlertRow, RuleOrigin, RulePage, RuleSaved, Told};
use wasm_bindgen::JsCast;
use web_logic::query_string::segment;
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::alerts::{changes, one_standing, origin_words, query_href, rule_href, tier};
use web_logic::time::{self, length};
use web_logic::wire::Object;
use web_sys::HtmlTextAreaElement;

use super::super::things::{Figure, Heading, always, figures, follow, one_page, one_tables, snippet};
use super::act;
use super::backtest::backtest;
use super::card::keyed;
use super::rules::RULE;
use crate::client::{Ask, Client, Method};
use crate::components::{Sign, notice};
use crate::dom::{El, Keyed, button, careful_button, el, sign, when};
use crate::history::Visit;
use crate::prelude::*;
use crate::state::{Fetched, Shared, shared};

/// What stands in the address where a rule is to be made. No rule can be called so.
pub(super) const NEW: &str = "+";

impl Client {
    fn rule(self, name: &str) -> Ask<RulePage> {
        self.get(format!("rules/{}", segment(name)))
    }

    fn save_rule(self, toml: &str) -> Ask<RuleSaved> {
        self.post("rules".to_owned(), Some(Object::default().text("toml", toml)))
    }

    fn remove_rule(self, name: &str) -> Ask<()> {
        self.tell(Method::DELETE, format!("rules/{}", segment(name)), None)
    }

    fn drill(self, name: &str) -> Ask<Told> {
        self.post(format!("rules/{}/drill", segment(name)), None)
    }
}

pub(super) fn rule(name: String) -> El {
    let Shared { client, .. } = shared();
    if name == NEW {
        return new();
    }
    let answer: Fetched<RulePage> = Fetched::new();
    let asked = name.clone();
    follow(move || answer.ask(client.rule(&asked)));
    let heading =
        Heading { back: Page::Rules, name: always(&name), place: String::new(), links: ways(&name, answer) };
    one_page(heading, answer, |page| one_standing(&page.row), move || body(name.clone(), answer))
}

fn ways(name: &str, answer: Fetched<RulePage>) -> Vec<El> {
    let Shared { client, view, session, toast, .. } = shared();
    let query = el("a", "button").text("Its query").attr_of("href", move || {
        let page = answer.get()?;
        view.state.with(|state| query_href(&page.row.query, &page.row.language, state))
    });
    let name = name.to_owned();
    let drill = careful_button(("Fire drill", "Really send it, marked as a drill"), move || {
        let asked = client.drill(&name);
        spawn_local(async move {
            match asked.await {
                Ok(told) => toast.show(told.message),
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    });
    vec![query, drill.class_of("gone", move || !session.is_admin())]
}

fn body(name: String, answer: Fetched<RulePage>) -> El {
    let Shared { view, ticker, .. } = shared();
    let numbers = move || answer.get().map(|page| numbers(&page, ticker.now())).unwrap_or_default();
    let fault = move || {
        let page = answer.get();
        let fault = page.iter().map(|page| page.row.fault.clone()).filter(|fault| !fault.is_empty());
        fault.map(|fault| notice("critical", &format!("It cannot be evaluated: {fault}"))).collect()
    };
    let firing = move || -> Vec<Keyed> {
        let page = answer.get();
        page.iter().flat_map(|page| &page.alerts).map(|row| firing(row, &name, answer)).collect()
    };
    let tables = one_tables(
        answer,
        move |page| {
            view.state.with(|state| vec![changes("In the last 14 days", &page.changes, state, view.clock())])
        },
        |_| (0, 0),
    );
    el("div", "service-body")
        .add(el("div", "host").children_of(fault))
        .add(figures(numbers))
        .add(el("div", "alerts").keyed(firing))
        .add(when(move || answer.is_known(), move || written(answer)))
        .add(tables)
}

fn firing(row: &AlertRow, name: &str, answer: Fetched<RulePage>) -> Keyed {
    let Shared { client, .. } = shared();
    let name = name.to_owned();
    keyed(row, true, move || answer.ask(client.rule(&name)))
}

fn numbers(page: &RulePage, now: api::Millis) -> Vec<Figure> {
    let row = &page.row;
    let plain = |name, figure: String, note: String| (name, figure, note, Tone::Idle);
    let evaluated = row.evaluated.map_or_else(|| "not yet".to_owned(), |at| time::ago(at, now));
    let took = row.took_ms.map(|took| format!("in {}", length(took as i64))).unwrap_or_default();
    vec![
        plain("Tier", tier(row.tier).to_owned(), String::new()),
        plain("Has to hold for", length(row.for_ms), String::new()),
        plain("Evaluated", evaluated, took),
        plain("Every", length(row.interval_ms), String::new()),
        plain("Fires", row.firing.to_string(), "now".to_owned()),
    ]
}

/// How it is written: to change where it was made on the page, else to copy; and to try.
fn written(answer: Fetched<RulePage>) -> El {
    let Shared { session, .. } = shared();
    let Some(page) = untrack(|| answer.get()) else { return el("div", "host") };
    let own = page.row.origin == RuleOrigin::Page && session.is_admin();
    let held = if own { editor(&page.toml, Some(page.row.name.clone())) } else { fixed(&page.toml) };
    el("section", "project-part")
        .add(el("h2", "things-title").text("How it is written"))
        .add(el("p", "hint").text(&origin_words(&page.row)))
        .add(held)
}

fn fixed(toml: &str) -> El {
    let text = toml.to_owned();
    el("div", "host").add(snippet(toml, "TOML snippet")).add(backtest(move || text.clone()))
}

fn new() -> El {
    let Shared { view, .. } = shared();
    let back = el("a", "service-back")
        .attr_of("href", move || Some(view.href(Page::Rules)))
        .add(sign(Sign::Left))
        .text(Page::Rules.name());
    el("div", "things service")
        .add(
            el("header", "things-head")
                .add(back)
                .add(el("h1", "").attr("tabindex", "-1").text("New rule")),
        )
        .add(el("p", "hint").text(
            "Write it as it would stand in porthole.toml: one of expr (PromQL), logql, issue or probe; what broke, how bad \
             it is, and what to do now. Try it on the past before you save it.",
        ))
        .add(editor(RULE, None))
}

/// The text, trying it, saving it. `of`: the rule that is there already.
fn editor(toml: &str, of: Option<String>) -> El {
    let Shared { client, session, toast, view, history, .. } = shared();
    let faults = RwSignal::new(String::new());
    let rows = (toml.lines().count() + 2).to_string();
    let text = el("textarea", "input rule-text")
        .attr("rows", &rows)
        .attr("spellcheck", "false")
        .attr("aria-label", "The rule in TOML")
        .text(toml);
    let field: HtmlTextAreaElement = text.element().clone().unchecked_into();
    let tried = field.clone();
    let save =
        button("button button-main", "Save").class_of("gone", move || !session.is_admin()).click(move || {
            faults.set(String::new());
            let asked = client.save_rule(&field.value());
            spawn_local(async move {
                match asked.await {
                    Ok(saved) => {
                        toast.show(
                            std::iter::once("Saved.".to_owned())
                                .chain(saved.warnings)
                                .collect::<Vec<_>>()
                                .join(" "),
                        );
                        history.go(
                            &view.state.with_untracked(|state| rule_href(&saved.name, state)),
                            Visit::New,
                        );
                    }
                    Err(failure) => faults.set(failure.to_string()),
                }
            });
        });
    let remove = of.map(|name| {
        careful_button(("Remove", "Really remove it"), move || {
            act(client.remove_rule(&name), "It is removed.", move || {
                history.go(&view.state.with_untracked(|state| state.on(Page::Rules.path())), Visit::New);
            });
        })
    });
    el("div", "host")
        .add(text)
        .add(el("p", "fault rule-faults").attr("role", "alert").text_of(move || faults.get()))
        .add(backtest(move || tried.value()))
        .add(el("p", "alert-deeds").add(save).each(remove))
}
