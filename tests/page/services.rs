//! The pages of services, probes, queues and targets.

use serde_json::json;

use super::open;
use crate::harness::browser::{Held, Page};
use crate::harness::home::free_port;
use crate::harness::{Appliance, Engine, Home, eventually};

tests! {
    [Chromium, Page]:
        targets_say_which_is_down_and_why,
        probes_have_a_strip_and_a_reason,
        what_is_empty_says_what_feeds_it;
    [Chromium, Page, Docker]:
        a_service_has_containers_and_charts;
}

/// It scrapes itself, and a job `omega` that does not answer; it probes itself, and an address where nobody is.
fn watching() -> Appliance {
    let (home, nobody) = (Home::new(), free_port());
    let own = home.port();
    home.with(&format!(
        "[[metrics.scrape]]\njob = \"omega\"\ntargets = [\"127.0.0.1:{nobody}\"]\ninterval = \"1s\"\n\n\
         [[probe]]\nname = \"shop\"\nurl = \"http://localhost:{own}/ready\"\ninterval = \"1s\"\n\n\
         [[probe]]\nname = \"tills\"\nurl = \"http://127.0.0.1:{nobody}/\"\ninterval = \"1s\"\n",
    ))
    .start()
}

/// Expression for the names of the rows that are shown, from the top.
const NAMES: &str = "[...document.querySelectorAll('.thing .thing-name')].map(name => name.innerText)";

fn await_names(page: &mut Page, wanted: &[&str]) {
    let what = format!("the rows are {wanted:?}");
    page.await_true(&what, &format!("{NAMES}.join() === {}", json!(wanted.join(","))));
}

/// Waits until a row says so; a row's cells stand behind each other, a space between them.
fn await_row(page: &mut Page, name: &str, words: &str) {
    let expression = format!(
        "[...document.querySelectorAll('.thing')].some(row => \
         row.querySelector('.thing-name').innerText === {} && row.innerText.replace(/\\s+/g, ' ').includes({}))",
        json!(name),
        json!(words),
    );
    page.await_true(&format!("{name} is told with {words:?}"), &expression);
}

fn targets_say_which_is_down_and_why() {
    let appliance = watching();
    let mut page = open(&appliance, "/targets");
    await_row(&mut page, "omega", "down");
    await_row(&mut page, "porthole", "up");
    page.await_true("what is down stands on top", &format!("{NAMES}[0] === 'omega'"));
    page.await_text("targets is down");

    page.press("j", Held::Nothing);
    page.press("Enter", Held::Nothing);
    page.await_text("every 1 s, for");
    assert!(page.text().contains("refused"), "{}", page.text());
    page.screenshots("targets");

    page.click("Target");
    page.click("Target");
    page.await_true("the names go down", &format!("{NAMES}.indexOf('porthole') < {NAMES}.indexOf('omega')"));
    page.fill("Filter targets", "o");
    let url = page.url();
    page.go(&url);
    page.await_text("every 1 s, for");
    page.await_true("the names go down", &format!("{NAMES}.indexOf('porthole') < {NAMES}.indexOf('omega')"));
    page.fill("Filter targets", "omega");
    await_names(&mut page, &["omega"]);
    page.fill("Filter targets", "nothing like this");
    page.click("Show all targets");
    page.await_true("all are shown", &format!("{NAMES}.includes('porthole')"));
    page.expect_no_complaints();
}

fn probes_have_a_strip_and_a_reason() {
    let appliance = watching();
    let mut page = open(&appliance, "/uptime");
    await_row(&mut page, "tills", "down");
    await_row(&mut page, "shop", "100 %");
    await_names(&mut page, &["tills", "shop"]);
    let drawn = |look: &str| {
        format!("[...document.querySelectorAll('.{look} path')].some(bars => !!bars.getAttribute('d'))")
    };
    page.await_true("bars are drawn", &format!("{} && {}", drawn("strip-up"), drawn("strip-down")));
    page.click("tills");
    page.await_text("every 1 s");
    page.await_true(
        "it is in the address",
        "new URLSearchParams(location.search).get('open')?.includes('tills')",
    );
    page.screenshots("uptime");
    page.expect_no_complaints();
}

fn what_is_empty_says_what_feeds_it() {
    let appliance = Home::new().start();
    let mut page = open(&appliance, "/uptime");
    page.await_text("[[probe]]");
    page.press("g", Held::Nothing);
    page.press("q", Held::Nothing);
    page.await_text("[[queue]]");
    page.press("g", Held::Nothing);
    page.press("s", Held::Nothing);
    page.await_text("Nothing to watch yet");
    page.expect_no_complaints();
}

fn a_service_has_containers_and_charts() {
    let engine = Engine::start();
    engine.run("speaker", &[], "while :; do echo word; sleep 1; done");
    let appliance = Home::new().docker(&engine).with("[metrics]\nscrape_interval = \"1s\"\n").start();
    let mut page = open(&appliance, "/services");
    await_row(&mut page, "speaker", "running");
    page.press("j", Held::Nothing);
    page.press("Enter", Held::Nothing);
    page.await_true(
        "its page is open",
        "new URLSearchParams(location.search).get('one')?.endsWith('/speaker')",
    );
    page.await_text("Containers");
    page.await_true("there are charts", "document.querySelectorAll('.charts canvas').length >= 4");
    eventually("memory is drawn", || {
        page.press("r", Held::Nothing);
        let legends = page.evaluate("document.querySelector('.charts').innerText");
        legends.as_str().is_some_and(|legends| legends.contains("speaker")).then_some(())
    });
    page.screenshots("service");
    page.click("Lines");
    page.await_true(
        "its lines are shown",
        "location.pathname === '/logs' && location.search.includes('svc=speaker')",
    );
    page.expect_no_complaints();
}
