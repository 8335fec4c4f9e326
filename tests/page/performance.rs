//! The pages of transactions, releases, monitors and projects.

use serde_json::{Value, json};

use super::open;
use crate::harness::browser::{Held, Page};
use crate::harness::{Appliance, Home, eventually, loki};

tests! {
    [Chromium, Page]:
        a_transaction_is_followed_to_what_took_its_time,
        a_release_tells_what_it_brought,
        a_job_that_fails_says_so,
        a_test_event_is_seen_to_arrive,
        before_the_first_transaction_it_says_what_to_paste;
}

const KEY: &str = "4f2a9c0d1e3b5a7788990011223344ff";
const VERSION: &str = "shop@1.4.2";

fn shop() -> Appliance {
    Home::new().with(&format!("[[issues.project]]\nname = \"shop\"\nid = 1\nkey = \"{KEY}\"\n")).start()
}

/// Sends an item of an envelope.
fn send(appliance: &Appliance, kind: &str, payload: &Value) {
    let envelope = format!("{{}}\n{}\n{payload}\n", json!({ "type": kind }));
    let path = format!("/api/1/envelope/?sentry_version=7&sentry_client=test/1&sentry_key={KEY}");
    appliance.anonymous().post(&path, &[], envelope.into_bytes()).expect(200);
}

/// A request of a second, most of it spent in one query.
fn transaction(number: u32) -> Value {
    let start = loki::now() as f64 / 1e9 - 60.0;
    let trace = format!("{number:032x}");
    json!({
        "type": "transaction",
        "event_id": format!("{:032x}", number + 0xabc),
        "transaction": "/checkout/{order}",
        "start_timestamp": start,
        "timestamp": start + 1.0,
        "release": VERSION,
        "environment": "production",
        "contexts": { "trace": { "trace_id": trace, "span_id": "00000000000000aa", "op": "http.server", "status": "ok" } },
        "spans": [{
            "trace_id": trace, "span_id": "00000000000000bb", "parent_span_id": "00000000000000aa", "op": "db",
            "description": "SELECT stock FROM shop", "start_timestamp": start + 0.1, "timestamp": start + 0.9,
        }],
    })
}

/// Waits until the server answers with so many rows.
fn await_rows(appliance: &Appliance, path: &str, count: usize) {
    let client = appliance.admin();
    eventually(&format!("{path} has {count} rows"), || {
        let answer = client.get(&format!("/app/v1/{path}")).expect(200).json();
        (answer["rows"].as_array().map_or(0, Vec::len) >= count).then_some(())
    });
}

/// Waits until a row says so.
fn await_row(page: &mut Page, name: &str, words: &str) {
    let expression = format!(
        "[...document.querySelectorAll('.thing')].some(row => \
         row.querySelector('.thing-name').innerText === {} && row.innerText.replace(/\\s+/g, ' ').includes({}))",
        json!(name),
        json!(words),
    );
    page.await_true(&format!("{name} is told with {words:?}"), &expression);
}

fn a_transaction_is_followed_to_what_took_its_time() {
    let appliance = shop();
    (0..3).for_each(|number| send(&appliance, "transaction", &transaction(number)));
    await_rows(&appliance, "performance", 1);
    let mut page = open(&appliance, "/performance");
    await_row(&mut page, "/checkout/{order}", "works");
    page.await_true("its time is drawn", "!!document.querySelector('.things-parts > .part.series-0')");
    page.screenshots("performance");

    page.press("j", Held::Nothing);
    page.press("Enter", Held::Nothing);
    page.await_text("Where the time goes");
    page.await_text("Examples");
    page.screenshots("transaction");

    // The first example; the link is the page's, and so is what a reload shows.
    page.click_on("document.querySelector('.thing a[href^=\"/performance/example\"]')");
    page.await_text("What took the time");
    page.reload();
    page.await_text("What took the time");
    page.await_text("SELECT stock FROM shop");
    page.await_true("the query is a bar", "document.querySelectorAll('.span-fill').length === 2");
    page.screenshots("example");
    page.expect_no_complaints();
}

fn a_release_tells_what_it_brought() {
    let appliance = shop();
    let event = json!({
        "event_id": format!("{:032x}", 7), "timestamp": loki::now() as f64 / 1e9, "platform": "python", "level": "error",
        "release": VERSION, "exception": { "values": [{ "type": "Declined", "value": "no funds" }] },
    });
    send(&appliance, "event", &event);
    await_rows(&appliance, "releases", 1);
    await_rows(&appliance, "issues", 1);
    let mut page = open(&appliance, "/releases");
    await_row(&mut page, VERSION, "new issues");
    page.click(VERSION);
    page.await_text("New issues · 1");
    page.reload();
    page.await_text("Declined");
    page.screenshots("release");
    page.expect_no_complaints();
}

fn a_job_that_fails_says_so() {
    let appliance = shop();
    let config = json!({ "schedule": { "type": "crontab", "value": "0 3 * * *" }, "timezone": "UTC" });
    for (number, status) in [(1, "ok"), (2, "error")] {
        let check_in = json!({
            "check_in_id": format!("{number:032x}"), "monitor_slug": "nightly-backup", "status": status,
            "environment": "production", "duration": 4.2, "monitor_config": config,
        });
        send(&appliance, "check_in", &check_in);
    }
    await_rows(&appliance, "monitors", 1);
    let mut page = open(&appliance, "/monitors");
    await_row(&mut page, "nightly-backup", "failed");
    await_row(&mut page, "nightly-backup", "daily at 03:00");
    page.await_text("1 of 1 monitor is in trouble.");
    page.click("nightly-backup");
    page.await_text("Runs · 2");
    page.screenshots("monitor");
    page.expect_no_complaints();
}

fn a_test_event_is_seen_to_arrive() {
    let appliance = shop();
    let mut page = open(&appliance, "/projects");
    await_row(&mut page, "shop", "no event yet");
    page.click("shop");
    page.await_text(&format!("{KEY}@"));
    page.click("Node");
    page.await_true(
        "it stands in the address",
        "new URLSearchParams(location.search).get('open') === 'Node'",
    );
    page.click("Send a test event");
    page.await_text("It arrived.");
    page.screenshots("project");
    page.click("Look at it");
    page.await_true("the event is shown", "location.pathname.startsWith('/issues/')");
    page.expect_no_complaints();
}

fn before_the_first_transaction_it_says_what_to_paste() {
    let appliance = shop();
    let mut page = open(&appliance, "/performance");
    page.await_text("traces_sample_rate=0.1");
    for (tab, words) in [("Releases", "SENTRY_RELEASE"), ("Monitors", "monitor_beat_tasks=True")] {
        page.click(tab);
        page.await_text(words);
    }
    page.expect_no_complaints();
}
