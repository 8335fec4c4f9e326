//! What the page of the logs does with fields, patterns, queries for numbers, and what it remembers.

use serde_json::json;

use super::{ROWS, open, push_rows, rows};
use crate::harness::Home;
use crate::harness::browser::{Held, Page};

tests! {
    [Chromium, Page]:
        a_click_on_a_value_asks_for_it_and_another_takes_it_back,
        patterns_are_shown_and_left_out,
        what_fits_is_offered_and_enter_asks,
        fields_have_columns_and_lines_a_file,
        numbers_have_a_chart_and_a_table,
        a_saved_view_is_found_in_the_palette;
}

/// Expression for the text in the query box.
const QUERY: &str = "document.querySelector('.query-input').value";

/// Thirty lines of JSON of `web`, few enough for all of them to be in the document; every fifth has status 500.
fn shop(home: Home) -> crate::harness::Appliance {
    let appliance = home.start();
    push_rows(&appliance, "web", 30, |number| {
        let status = if number % 5 == 0 { 500 } else { 200 };
        json!({ "level": "info", "message": format!("request {number} done"), "status": status }).to_string()
    });
    appliance
}

fn await_query(page: &mut Page, wanted: &str) {
    page.await_true(&format!("the query is {wanted:?}"), &format!("{QUERY} === {}", json!(wanted)));
}

fn a_click_on_a_value_asks_for_it_and_another_takes_it_back() {
    let appliance = shop(Home::new());
    let mut page = open(&appliance, "/logs");
    rows(&mut page, 30);
    page.click("status");
    page.click("500");
    await_query(&mut page, r#"| json | status="500""#);
    rows(&mut page, 6);
    page.click("Leave 500 out");
    await_query(&mut page, r#"| json | status!="500""#);
    rows(&mut page, 24);
    let url = page.url();
    page.go(&url);
    rows(&mut page, 24);
    page.expect_no_complaints();
}

fn patterns_are_shown_and_left_out() {
    let appliance = Home::new().start();
    push_rows(&appliance, "web", 20, |number| format!("served request {number} in {} ms", number * 7));
    push_rows(&appliance, "worker", 12, |number| format!("task {number} failed after {} tries", number % 4));
    let mut page = open(&appliance, "/logs");
    rows(&mut page, 32);
    page.click("Patterns");
    page.await_text("served request");
    page.click("Leave lines of this pattern out");
    page.await_true("it is left out", &format!("{QUERY}.startsWith('!> ')"));
    page.press("p", Held::Nothing);
    let shown = rows(&mut page, 12);
    assert!(shown.iter().all(|line| line.contains("task")), "{shown:?}");
    page.expect_no_complaints();
}

fn what_fits_is_offered_and_enter_asks() {
    let appliance = shop(Home::new());
    let mut page = open(&appliance, "/logs");
    rows(&mut page, 30);
    page.press("/", Held::Nothing);
    page.type_text("{ser");
    page.await_true("labels are offered", "!!document.querySelector('.offer')");
    page.press("Tab", Held::Nothing);
    await_query(&mut page, "{service=");
    page.await_true(
        "values are offered",
        "[...document.querySelectorAll('.offer-word')].some(word => word.innerText === 'web')",
    );
    page.press("ArrowDown", Held::Nothing);
    page.press("Enter", Held::Nothing);
    await_query(&mut page, r#"{service="web""#);
    page.type_text("} |= \"request 7 \"");
    page.press("Enter", Held::Nothing);
    rows(&mut page, 1);
    page.expect_no_complaints();
}

fn fields_have_columns_and_lines_a_file() {
    let appliance = shop(Home::new());
    let mut page = open(&appliance, "/logs?cols=status,message:300");
    rows(&mut page, 30);
    let cells = "[...document.querySelectorAll('.row-cell')].map(cell => cell.innerText)";
    page.await_true("cells hold the fields", &format!("{cells}.includes('request 7 done')"));
    page.click("Take the column status away");
    page.await_true("it is gone", "!location.search.includes('status')");
    page.click("Download the lines");
    page.await_true("files are offered", "document.querySelectorAll('.download-kind').length === 3");
    let lines = page.evaluate(
        "fetch(document.querySelector('.download-kind').href).then(answer => answer.text()).then(text => text.trim().split('\\n').length)",
    );
    assert_eq!(lines, 30);
    page.expect_no_complaints();
}

fn numbers_have_a_chart_and_a_table() {
    let appliance = shop(Home::new());
    let mut page = open(&appliance, "/logs");
    rows(&mut page, 30);
    page.fill("Query", r#"sum by (status) (count_over_time({service="web"} | json [1h]))"#);
    page.await_true("there is a chart", "!!document.querySelector('.plot canvas')");
    page.await_true(
        "and a row for each series",
        "document.querySelectorAll('.numbers tbody tr').length === 2",
    );
    page.fill("Query", "request 7 ");
    rows(&mut page, 1);
    page.expect_no_complaints();
}

fn a_saved_view_is_found_in_the_palette() {
    let appliance = shop(Home::new());
    let mut page = open(&appliance, "/logs?q=request+7+");
    rows(&mut page, 1);
    page.click("Saved views and recent queries");
    page.fill("Name of this view", "Number seven");
    page.click("Save");
    page.await_text("Saved as");
    page.go(&format!("{}/", appliance.anonymous().base()));
    page.await_true("it is live", "!!document.querySelector('.status-on')");
    page.press("k", Held::Control);
    page.await_true("the palette is open", "!!document.querySelector('dialog[open] input')");
    page.type_text("number sev");
    page.await_text("Saved view");
    page.press("Enter", Held::Nothing);
    page.await_true("it is shown", &format!("{ROWS}.length === 1"));
    page.expect_no_complaints();
}
