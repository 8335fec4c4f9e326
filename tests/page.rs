//! The page, as a person meets it: in a browser, by its words.

pub(crate) mod alerts;
pub(crate) mod issues;
pub(crate) mod logs;
pub(crate) mod metrics;
pub(crate) mod performance;
pub(crate) mod proxy;
pub(crate) mod services;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::appliance::setup_path;
use crate::harness::browser::{Held, Page};
use crate::harness::home::PASSWORD;
use crate::harness::{Appliance, Engine, Home, loki};

tests! {
    [ShippedPage]:
        its_files_are_compressed_cached_and_strict;
    [Chromium, Page]:
        wrong_credentials_are_told,
        keys_open_what_they_say,
        a_filter_narrows_and_its_link_gives_the_same_rows,
        a_line_of_json_is_unfolded_with_its_surroundings,
        a_faulty_query_is_told_where_it_is,
        a_long_list_keeps_the_document_small,
        an_appliance_that_goes_away_is_told_and_found_again,
        the_settings_fit_every_width_and_theme;
    [Chromium, Page, Docker]:
        alone from_the_setup_link_to_a_live_line;
}

fn its_files_are_compressed_cached_and_strict() {
    let appliance = Home::new().start();
    let browser = appliance.anonymous().with_header("accept", "text/html,*/*");
    let index = browser.get("/").expect(200);
    let policy = index.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval'"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("http:"), "{policy}");
    assert_eq!(index.headers["cache-control"], "no-cache");
    // Every view of the page is the page.
    assert_eq!(browser.get("/logs?q=a").expect(200).body, index.body);
    let text = index.text();
    let wasm =
        text.split(['"', '\'']).find(|word| word.ends_with(".wasm")).expect("index.html names the program");
    for encoding in ["br", "gzip"] {
        let answer = browser.with_header("accept-encoding", encoding).get(wasm).expect(200);
        assert_eq!(answer.headers["content-encoding"], encoding);
        assert_eq!(answer.headers["content-type"], "application/wasm");
        assert!(answer.headers["cache-control"].to_str().unwrap().contains("immutable"));
    }
    assert!(
        browser.get(wasm).expect(200).body.starts_with(b"\0asm"),
        "whoever takes neither gets it as it is"
    );
}

fn sign_in(page: &mut Page) {
    page.fill("Name", "admin");
    page.fill("Password", PASSWORD);
    page.click("Sign in");
    page.await_true("signed in", "!!document.querySelector('nav')");
}

/// A page of an appliance, signed in.
pub(crate) fn open(appliance: &Appliance, path: &str) -> Page {
    let mut page = Page::open(&format!("{}{path}", appliance.anonymous().base()));
    sign_in(&mut page);
    page
}

/// Expression for the texts of the lines that are shown.
const ROWS: &str = "[...document.querySelectorAll('.row:not(.probe) .row-text')].map(e => e.innerText)";

/// The texts of the lines that are shown, once there are `count`.
fn rows(page: &mut Page, count: usize) -> Vec<String> {
    page.await_true(&format!("{count} lines are shown"), &format!("{ROWS}.length === {count}"));
    serde_json::from_value(page.evaluate(ROWS)).expect("a list of texts")
}

/// Pushes `count` lines of a service, one a second until now: the last one is the newest.
fn push_rows(appliance: &Appliance, service: &str, count: i64, line: impl Fn(i64) -> String) {
    let now = loki::now();
    let lines: Vec<(i64, String)> =
        (0..count).map(|at| (now - (count - at) * 1_000_000_000, line(at))).collect();
    for some in lines.chunks(5000) {
        loki::push(appliance.client(), &json!({ "service": service, "environment": "production" }), some);
    }
}

fn from_the_setup_link_to_a_live_line() {
    let engine = Engine::start();
    let script = "i=0; while :; do until test -e /tmp/say; do usleep 5000; done; rm /tmp/say; i=$((i+1)); echo word $i; done";
    engine.run("speaker", &[], script);
    let appliance = Home::new().docker(&engine).fresh().start();
    let mut page = Page::open(&format!("{}{}", appliance.anonymous().base(), setup_path(&appliance)));
    page.fill("Name", "ada");
    page.fill("Password", PASSWORD);
    page.fill("The same password again", PASSWORD);
    page.click("Make the account");
    page.await_text("speaker");
    page.screenshot("first-look");

    page.click("Logs");
    page.click("Live");
    engine.touch("speaker", "/tmp/say");
    page.await_text("word 1");
    let mut waits: Vec<Duration> = (2..=6)
        .map(|number| {
            engine.touch("speaker", "/tmp/say");
            let start = Instant::now();
            page.await_text(&format!("word {number}"));
            start.elapsed()
        })
        .collect();
    waits.sort();
    assert!(waits[2] < Duration::from_secs(1), "{waits:?}");
    page.screenshot("live");

    page.press("k", Held::Control);
    page.await_true("the palette is open", "!!document.querySelector('dialog[open] input')");
    page.type_text("sign out");
    page.press("Enter", Held::Nothing);
    page.await_true("signed out", "!!document.querySelector('input[type=password]')");
    page.expect_no_complaints();
}

fn wrong_credentials_are_told() {
    let appliance = Home::new().start();
    let mut page = Page::open(appliance.anonymous().base());
    page.fill("Name", "admin");
    page.fill("Password", "not the password");
    page.click("Sign in");
    page.await_text("is wrong");
    sign_in(&mut page);
}

fn keys_open_what_they_say() {
    let appliance = Home::new().start();
    push_rows(&appliance, "web", 3, |number| format!("row {number}"));
    let mut page = open(&appliance, "/");
    page.press("?", Held::Nothing);
    page.await_true(
        "the keys are told",
        "document.querySelector('dialog[open]')?.innerText.includes('Go to Logs')",
    );
    page.press("Escape", Held::Nothing);
    // The dialog closes before the page hears of it; its content goes after that.
    page.await_true("they are gone", "!document.querySelector('.modal-body')");
    page.press("g", Held::Nothing);
    page.press("l", Held::Nothing);
    page.await_true("the logs are open", "location.pathname === '/logs'");
    rows(&mut page, 3);
    page.press("j", Held::Nothing);
    page.press("Enter", Held::Nothing);
    page.await_true("a line is unfolded", "!!document.querySelector('.row-open')");
    page.press("/", Held::Nothing);
    page.await_true("the query has the focus", "document.activeElement?.matches('.query-input')");
    page.press("k", Held::Control);
    page.await_true("the palette is open", "!!document.querySelector('dialog[open] input')");
    page.type_text("settings");
    page.press("Enter", Held::Nothing);
    page.await_true("it went there", "location.pathname === '/settings'");
    page.expect_no_complaints();
}

fn a_filter_narrows_and_its_link_gives_the_same_rows() {
    let appliance = Home::new().start();
    let level = |number: i64| if number % 5 == 0 { "ERROR" } else { "INFO" };
    push_rows(&appliance, "web", 30, |number| format!("level={} msg=\"row {number:02}\"", level(number)));
    push_rows(&appliance, "worker", 4, |number| format!("level=INFO msg=\"job {number}\""));
    let mut page = open(&appliance, "/logs");
    rows(&mut page, 34);
    page.click("web");
    rows(&mut page, 30);
    page.fill("Query", "row 1");
    rows(&mut page, 10);
    page.click("error");
    let shown = rows(&mut page, 2);
    assert!(shown.iter().all(|line| line.contains("ERROR") && line.contains("row 1")), "{shown:?}");

    let url = page.url();
    page.reload();
    assert_eq!(rows(&mut page, 2), shown, "{url}");
    page.press("t", Held::Nothing);
    page.press("a", Held::Nothing);
    page.await_true("the range is fixed", "!location.search.includes('now')");
    let url = page.url();
    let mut other = open(&appliance, "/");
    other.go(&url);
    assert_eq!(rows(&mut other, 2), shown, "{url}");
    page.expect_no_complaints();
    other.expect_no_complaints();
}

fn a_line_of_json_is_unfolded_with_its_surroundings() {
    let appliance = Home::new().start();
    push_rows(&appliance, "web", 41, |number| {
        json!({ "level": "info", "message": format!("request {number}"), "user": { "id": number } })
            .to_string()
    });
    let mut page = open(&appliance, "/logs");
    page.fill("Query", "request 20");
    rows(&mut page, 1);
    page.click_on("document.querySelector('.row:not(.probe)')");
    page.await_true("it is unfolded", "!!document.querySelector('.row-open')");
    page.screenshot("unfolded");
    page.click("Context around this line");
    page.await_text("request 19");
    page.await_text("request 21");
    page.screenshot("context");
    page.expect_no_complaints();
}

fn a_faulty_query_is_told_where_it_is() {
    let appliance = Home::new().start();
    push_rows(&appliance, "web", 3, |number| format!("row {number}"));
    let mut page = open(&appliance, "/logs");
    rows(&mut page, 3);
    page.fill("Query", "{service=\"web\"} |= ");
    page.await_true("the fault is told", "!!document.querySelector('[role=alert]')?.innerText.trim()");
    page.screenshot("fault");
    page.fill("Query", "{service=\"web\"} |= \"row\"");
    page.await_true("it is gone", "!document.querySelector('#query-fault')?.innerText.trim()");
    rows(&mut page, 3);
}

fn a_long_list_keeps_the_document_small() {
    let appliance = Home::new().start();
    push_rows(&appliance, "web", 3000, |number| format!("row {number:05}"));
    let mut page = open(&appliance, "/logs");
    page.await_true("lines are shown", &format!("{ROWS}.length > 10"));
    for _ in 0..20 {
        page.evaluate(
            "(() => { const e = document.querySelector('[role=log]'); e.scrollTop = e.scrollHeight; })()",
        );
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))");
        let elements = page.evaluate("document.querySelectorAll('.row').length").as_u64().unwrap_or(u64::MAX);
        assert!(elements < 150, "{elements} rows stand in the document");
    }
    page.await_true(
        "the end is reached",
        &format!("{ROWS}.some(text => text.includes('row 00000') || text.includes('row 02999'))"),
    );
    page.expect_no_complaints();
}

fn an_appliance_that_goes_away_is_told_and_found_again() {
    let appliance = Home::new().start();
    push_rows(&appliance, "web", 3, |number| format!("row {number}"));
    let mut page = open(&appliance, "/");
    page.await_true("it is live", "!!document.querySelector('.status-on')");
    let home = appliance.kill();
    page.await_text("Reconnecting");
    let appliance = home.start();
    page.await_true("it is live", "!!document.querySelector('.status-on')");
    page.click("Logs");
    rows(&mut page, 3);
    drop(appliance);
}

fn the_settings_fit_every_width_and_theme() {
    let appliance = Home::new().start();
    let mut page = open(&appliance, "/settings");
    page.await_text("admin");
    page.screenshots("settings");
    page.expect_no_complaints();
}
