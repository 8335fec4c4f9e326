//! What the pages of metrics and of dashboards do. Porthole scrapes itself, so there is something to ask from the
//! first moment.

use super::open;
use crate::harness::browser::{Held, Page};
use crate::harness::{Appliance, Home};

tests! {
    [Chromium, Page]:
        a_series_appears_and_a_drag_zooms_into_the_address,
        a_fault_stands_at_its_place_and_what_fits_is_offered,
        queries_are_added_switched_off_and_shown_as_a_table,
        a_dashboard_is_made_changed_and_handed_on;
}

const UP: &str = "up{job=\"porthole\"}";

/// Expression for the names in the legend.
const NAMES: &str = "[...document.querySelectorAll('.series-name')].map(e => e.innerText.trim())";

fn shop() -> Appliance {
    Home::new().start()
}

/// Types a query into the field of a letter.
fn ask(page: &mut Page, index: usize, query: &str) {
    page.await_true("the field is there", &format!("!!document.querySelector('#query-{index}')"));
    page.evaluate(&format!("document.querySelector('#query-{index}').focus()"));
    page.type_text(query);
    page.press("Enter", Held::Nothing);
}

/// Asks until there are samples: the first scrape is at start, and this test may be sooner.
fn await_series(page: &mut Page, count: usize) {
    page.await_true(
        &format!("{count} series are there"),
        &format!(
            "{NAMES}.length === {count} || (document.querySelector('[aria-label=Refresh]').click(), false)"
        ),
    );
}

fn a_series_appears_and_a_drag_zooms_into_the_address() {
    let appliance = shop();
    let mut page = open(&appliance, "/explore?from=now-5m&to=now");
    page.await_text("To begin with");
    ask(&mut page, 0, UP);
    await_series(&mut page, 1);
    page.await_true(
        "the query stands in the address",
        "new URL(location).searchParams.get('m').startsWith('up{')",
    );
    page.evaluate(
        "{ const canvas = document.querySelector('.plot-overlay'), box = canvas.getBoundingClientRect();
           const at = (type, part) => canvas.dispatchEvent(new PointerEvent(type, { bubbles: true,
             clientX: box.left + box.width * part, clientY: box.top + 50 }));
           at('pointerdown', 0.4); at('pointermove', 0.6); at('pointerup', 0.8); }",
    );
    page.await_true("the range is fixed", "/^[0-9]/.test(new URL(location).searchParams.get('from') ?? '')");
    let url = page.url();
    page.go(&url);
    page.await_true(
        "the query is still there",
        "document.querySelector('#query-0')?.value.startsWith('up{')",
    );
    page.evaluate("history.back()");
    page.await_true("Back returns to the range", "new URL(location).searchParams.get('from') === 'now-5m'");
    page.screenshots("metrics");
    page.expect_no_complaints();
}

fn a_fault_stands_at_its_place_and_what_fits_is_offered() {
    let appliance = shop();
    let mut page = open(&appliance, "/explore");
    page.await_text("To begin with");
    page.await_true("the field is there", "!!document.querySelector('#query-0')");
    page.evaluate("document.querySelector('#query-0').focus()");
    page.type_text("sum(rate(up[5m]) b");
    page.await_true(
        "by is offered",
        "!![...document.querySelectorAll('.offer-word')].find(e => e.innerText === 'by')",
    );
    page.press("Escape", Held::Nothing);
    page.await_true("the fault is told", "document.querySelector('.query-fault').innerText.length > 10");
    page.await_true("and its place is marked", "!!document.querySelector('.fault-place')");
    page.await_true("nothing was asked", "!location.search.includes('m=')");
    page.expect_no_complaints();
}

fn queries_are_added_switched_off_and_shown_as_a_table() {
    let appliance = shop();
    let mut page = open(&appliance, "/explore?from=now-5m&to=now");
    ask(&mut page, 0, UP);
    page.click("Query");
    ask(&mut page, 1, "vector(7)");
    page.await_true("both have their letters", &format!("{NAMES}.some(name => name.startsWith('B'))"));
    page.click("Query A is asked");
    page.await_true("one is left", &format!("{NAMES}.length === 1"));
    page.await_true(
        "that stands in the address",
        "new URL(location).searchParams.getAll('m')[0].startsWith('!up')",
    );
    page.click("Table");
    page.await_true("its value is in a row", "document.querySelector('.series-table td')?.innerText === '7'");
    page.click("Remove query A");
    page.await_true("B is A now", "document.querySelector('#query-0').value === 'vector(7)'");
    page.expect_no_complaints();
}

fn a_dashboard_is_made_changed_and_handed_on() {
    let appliance = shop();
    let mut page = open(&appliance, "/dashboards");
    page.await_text("Containers");
    page.click("New dashboard");
    page.await_text("No panels yet");
    page.click("Add a panel");
    page.fill("Title", "Answers");
    page.press("Enter", Held::Nothing);
    page.await_true(
        "the panel is called so",
        "document.querySelector('.chart-title')?.innerText === 'Answers'",
    );
    page.click("Keep");
    page.await_true("it is kept", "!document.querySelector('.panel-tools')");
    let url = page.url();
    page.go(&url);
    page.await_text("Answers");
    page.await_true(
        "its series are drawn",
        &format!("{NAMES}.length > 0 || (document.querySelector('[aria-label=Refresh]').click(), false)"),
    );
    page.click("This dashboard as JSON");
    page.await_true(
        "its JSON is there",
        "JSON.parse(document.querySelector('.json-out').innerText).panels[0].title === 'Answers'",
    );
    page.screenshots("dashboard");
    page.expect_no_complaints();
}
