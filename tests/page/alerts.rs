//! The pages of alerts: what fires and what is done about it, rules and their test on the past, receivers, the week.

use super::open;
use crate::harness::{Appliance, Home};

tests! {
    [Chromium, Page]:
        an_alert_is_seen_acknowledged_and_silenced,
        a_rule_is_tried_on_the_past_and_saved,
        nobody_is_told_and_the_page_says_how_to_change_that;
}

/// Something is broken from the first look on; messages go where nobody listens.
fn alarmed() -> Appliance {
    Home::new()
        .with(
            "[alerts]\nbuiltin_rules = false\n\n\
             [alerts.receivers.hook]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:1/hook\"\n\n\
             [alerts.tiers]\nmedium = [\"hook\"]\nhigh = [\"hook\"]\ncritical = [\"hook\"]\n\n\
             [[alerts.rule]]\nname = \"CheckoutDown\"\nexpr = \"vector(0.42) > 0.05\"\ntier = \"critical\"\n\
             interval = \"1s\"\nlabels = { service = \"web\" }\nwhat = \"Checkout fails\"\n\
             how_bad = \"{{ $value | humanizePercentage }} of requests end in 5xx\"\n\
             do_now = \"See the newest issue of web; roll back if it was just deployed.\"\n\
             runbook = \"https://example.com/runbooks/checkout\"\n\n\
             [[alerts.rule]]\nname = \"QueueGrows\"\nexpr = \"vector(1200) > 1000\"\ntier = \"medium\"\n\
             interval = \"1s\"\nlabels = { service = \"worker\" }\nwhat = \"The queue of worker grows\"\n\
             how_bad = \"{{ value }} tasks wait\"\ndo_now = \"Start another worker.\"\n",
        )
        .start()
}

fn an_alert_is_seen_acknowledged_and_silenced() {
    let appliance = alarmed();
    let mut page = open(&appliance, "/logs");
    page.await_text("Checkout fails (since");
    page.await_text("nobody has it");
    page.click("What to do");
    page.await_text("42% of requests end in 5xx");
    page.await_text("roll back if it was just deployed");
    page.await_text("What happened");
    page.screenshots("alert");
    page.click("Acknowledge");
    page.await_text("admin has it until");
    page.await_text("Give back");

    page.click("Alerts");
    page.await_text("2 alerts fire");
    page.await_text("The queue of worker grows");
    page.screenshots("alerts");
    page.click("Silence for");
    page.click("4 hours");
    page.await_text("Kept quiet");
    page.await_text("silenced");
    page.screenshots("alerts-quiet");

    page.click("Silences");
    page.await_text("1 silence in force");
    page.await_text("from the alert:");
    page.fill("Why", "because");
    page.fill("What is quiet", "{service=\"db\"}");
    page.click("Silence");
    page.await_text("2 silences in force");
    page.screenshots("silences");
    page.click("End");
    page.click("Really end it");
    page.await_text("1 silence in force");

    page.click("History");
    page.await_text("acknowledged");
    page.await_text("fired");
    page.screenshots("alert-history");
    page.click("Report");
    page.await_text("in seven days");
    page.screenshots("alert-report");
    page.click("Receivers");
    page.await_text("webhook");
    page.screenshots("receivers");
    page.expect_no_complaints();

    // What is refused is a complaint of the browser's too.
    page.click("Silences");
    page.fill("What is quiet", "nonsense");
    page.fill("Why", "because");
    page.click("Silence");
    page.await_text("Bad matcher format: nonsense");
}

const RULE: &str = "[[alerts.rule]]\nname = \"Mine\"\nexpr = \"vector(time() % 86400) > 43200\"\ntier = \"high\"\n\
                    what = \"It is afternoon\"\nhow_bad = \"{{ value }} seconds\"\n";

fn a_rule_is_tried_on_the_past_and_saved() {
    let appliance = alarmed();
    let mut page = open(&appliance, "/rules");
    page.await_text("CheckoutDown");
    page.screenshots("rules");
    page.click("CheckoutDown");
    page.await_text("It is written in");
    page.await_text("expr = ");
    page.screenshots("rule");

    page.go(&format!("{}/rules", appliance.anonymous().base()));
    page.click("New rule");
    page.fill("The rule in TOML", &format!("{RULE}do_now = \"Have tea.\"\n"));
    page.click("Try it on the last 7 days");
    page.await_text("Would have fired");
    page.await_true("there is a chart", "!!document.querySelector('.backtest-chart path.fired[d^=M]')");
    page.screenshots("backtest");
    page.click("Save");
    page.await_text("It was made on this page.");
    page.await_true("its address is the rule's", "location.pathname === '/rules/Mine'");
    page.click("Remove");
    page.click("Really remove it");
    page.await_true("the list is back", "location.pathname === '/rules'");
    page.expect_no_complaints();

    // What is refused is a complaint of the browser's too.
    page.click("New rule");
    page.fill("The rule in TOML", RULE);
    page.click("Save");
    page.await_text("do_now");
}

fn nobody_is_told_and_the_page_says_how_to_change_that() {
    let appliance = Home::new().start();
    let mut page = open(&appliance, "/alerts");
    page.await_text("Nothing fires.");
    page.await_text("Nobody is told");
    page.await_text("[alerts.receivers.slack]");
    page.screenshots("alerts-nobody");
    page.click("Rules");
    page.await_text("Written in");
    page.screenshots("rules-builtin");
    page.expect_no_complaints();
}
