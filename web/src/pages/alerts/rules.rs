//! What is watched.

use api::AlertRules;
use web_logic::rows::alerts::rule_sections;

use super::super::things::{About, Known, first_steps, follow, things_page};
use super::rule::NEW;
use crate::client::{Ask, Client};
use crate::components::Sign;
use crate::dom::{El, el, sign};
use crate::state::{Fetched, Shared, shared};

impl Client {
    fn rules(self) -> Ask<AlertRules> {
        self.get("rules".to_owned())
    }
}

pub(super) fn rules() -> El {
    let Shared { client, view, ticker, session, .. } = shared();
    let answer: Fetched<AlertRules> = Fetched::new();
    follow(move || answer.ask(client.rules()));
    let known = Known::of(
        answer,
        move |rules| {
            ticker.now();
            view.state.with(|state| rule_sections(rules, state, view.clock()))
        },
        |rules| rules.rows.len(),
        |rules| rules.faults.clone(),
    );
    let about = About { name: "Rules", things: ("rule", "rules"), trouble: "failing", empty };
    let new = el("a", "button")
        .attr("href", &format!("/rules/{NEW}"))
        .class_of("gone", move || !session.may_edit())
        .add(sign(Sign::Plus))
        .text("New rule");
    let page = things_page(about, known);
    // It stands in the line above the table.
    if let Some(head) = page.element().first_element_child() {
        let _ = head.append_child(new.element());
    }
    page
}

pub(super) const RULE: &str = "\
[[alerts.rule]]
name = \"CheckoutErrors\"
expr = '''
sum(rate(http_requests_total{service=\"web\", status=~\"5..\"}[5m]))
  / sum(rate(http_requests_total{service=\"web\"}[5m])) > 0.05
'''
for = \"2m\"
tier = \"high\"
what = \"Checkout fails\"
how_bad = \"{{ $value | humanizePercentage }} of requests end in 5xx\"
do_now = \"See the newest issue of web; roll back if it was just deployed.\"
";

fn empty() -> El {
    first_steps(
        "Nothing is watched",
        "All built-in rules are turned off. A rule says what broke, how bad it is and what to do now.",
        &[("A rule in porthole.toml", RULE, "TOML snippet")],
    )
}
