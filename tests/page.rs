//! The page, as a person meets it: in a browser, by its words.

use serde_json::json;

use crate::harness::browser::{Held, Page};
use crate::harness::home::PASSWORD;
use crate::harness::shared::rig;
use crate::harness::{Appliance, Engine, Home, appliance, loki};

tests! {
    [Chromium, Page, Docker]:
        alone from_the_setup_link_to_a_live_line,
        looks_right_in_every_width_and_theme;
    [Chromium, Page]:
        wrong_credentials_are_told,
        keys_open_what_they_say,
        a_link_gives_the_same_rows;
}

fn sign_in(page: &mut Page) {
    page.fill("Name", "admin");
    page.fill("Password", PASSWORD);
    page.click("Sign in");
    page.await_true("signed in", "!document.querySelector('input[type=password]')");
}

/// A page of an appliance, signed in.
fn open(appliance: &Appliance, path: &str) -> Page {
    let mut page = Page::open(&format!("{}{path}", appliance.anonymous().base()));
    sign_in(&mut page);
    page
}

fn from_the_setup_link_to_a_live_line() {
    let engine = Engine::start();
    engine.run("greeter", &[], "while :; do echo hello from the greeter; sleep 1; done");
    let appliance = Home::new().docker(&engine).fresh().start();
    let base = appliance.anonymous().base().to_owned();
    let mut page = Page::open(&format!("{base}{}", appliance::setup_path(&appliance)));
    page.fill("Name", "ada");
    page.fill("Password", PASSWORD);
    page.click("Create");
    page.await_text("greeter");
    page.screenshots("now-first");

    page.click("Logs");
    page.await_text("hello from the greeter");
    page.click("Live");
    engine.run("herald", &[], "sleep 2; echo the very first word; sleep 300");
    page.await_text("the very first word");

    page.click("Sign out");
    page.await_true("signed out", "!!document.querySelector('input[type=password]')");
    page.expect_no_complaints();
}

fn looks_right_in_every_width_and_theme() {
    let rig = rig();
    rig.engine.run("looks", &[], "while :; do echo a line to look at; sleep 1; done");
    let mut page = open(&rig.appliance, "/");
    page.await_text("looks");
    page.screenshots("now");
    page.click("Logs");
    page.await_text("a line to look at");
    page.screenshots("logs");
    page.expect_no_complaints();
    rig.engine.remove(&["looks"]);
}

fn wrong_credentials_are_told() {
    let appliance = Home::new().start();
    let mut page = Page::open(appliance.anonymous().base());
    page.fill("Name", "admin");
    page.fill("Password", "not the password");
    page.click("Sign in");
    page.await_true("it is told", "!!document.querySelector('[role=alert]')");
    sign_in(&mut page);
}

fn keys_open_what_they_say() {
    let appliance = Home::new().start();
    let mut page = open(&appliance, "/");
    page.press("?", Held::Nothing);
    page.await_true("the keys are told", "!!document.querySelector('dialog[open]')");
    page.press("Escape", Held::Nothing);
    page.await_true("they are gone", "!document.querySelector('dialog[open]')");
    page.press("k", Held::Control);
    page.await_true("the palette is open", "!!document.querySelector('dialog[open] input')");
    page.type_text("logs");
    page.press("Enter", Held::Nothing);
    page.await_true("it went to the logs", "location.pathname.startsWith('/logs')");
    page.expect_no_complaints();
}

fn a_link_gives_the_same_rows() {
    let appliance = Home::new().start();
    let now = loki::now();
    let lines: Vec<(i64, String)> =
        (0..50).map(|at| (now - at * 1_000_000_000, format!("row {at:02} of it"))).collect();
    loki::push(appliance.client(), &json!({ "service": "linked" }), &lines);
    let mut page = open(&appliance, "/logs");
    page.await_text("row 00 of it");
}
