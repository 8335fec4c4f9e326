//! The pages of issues: from the list to an issue to its events, with the mouse and with keys alone.

use serde_json::{Value, json};

use super::open;
use crate::harness::browser::{Held, Page};
use crate::harness::{Appliance, Home, eventually, loki};

tests! {
    [Chromium, Page]:
        an_error_is_followed_from_the_list_to_its_frames,
        keys_choose_resolve_and_take_back,
        what_a_program_sent_is_only_ever_text,
        a_faulty_query_of_issues_is_told_where_it_is,
        before_the_first_event_it_says_what_to_paste;
}

const KEY: &str = "4f2a9c0d1e3b5a7788990011223344ff";

fn shop() -> Appliance {
    Home::new().with(&format!("[[issues.project]]\nname = \"shop\"\nid = 1\nkey = \"{KEY}\"\n")).start()
}

/// An event as Python's SDK sends it: a library's frame around one of the program's own.
fn event(kind: &str, value: &str) -> Value {
    json!({
        "timestamp": loki::now() as f64 / 1e9,
        "platform": "python",
        "level": "error",
        "release": "shop@2.14.0",
        "environment": "production",
        "user": { "id": "8812", "email": "mira@example.com" },
        "tags": { "browser": "Chrome 130" },
        "breadcrumbs": { "values": [{ "category": "query", "message": "SELECT 1", "type": "query" }] },
        "exception": { "values": [{
            "type": kind,
            "value": value,
            "mechanism": { "type": "django", "handled": false },
            "stacktrace": { "frames": [
                { "function": "dispatch", "module": "rest_framework.views", "filename": "rest_framework/views.py",
                  "lineno": 512, "in_app": false },
                { "function": "get_response", "module": "django.core", "filename": "django/core.py", "lineno": 9,
                  "in_app": false },
                { "function": format!("charge_{kind}"), "module": "shop.payments", "filename": "shop/payments.py",
                  "lineno": 42, "in_app": true, "pre_context": ["def charge(order):"],
                  "context_line": "    raise Declined(order.number)", "post_context": ["    return order"],
                  "vars": { "order": "<Order 118822>" } },
            ] },
        }] },
    })
}

fn send(appliance: &Appliance, event: &Value) {
    let path = format!("/api/1/store/?sentry_version=7&sentry_client=test/1&sentry_key={KEY}");
    appliance.anonymous().post_json(&path, event).expect(200);
}

/// Opens the list, once it holds so many issues.
fn list(appliance: &Appliance, count: u64) -> Page {
    let client = appliance.admin();
    eventually("the issues can be read", || {
        let page = client.get("/app/v1/issues?query=").expect(200).json();
        (page["rows"].as_array().map_or(0, Vec::len) as u64 >= count).then_some(())
    });
    let mut page = open(appliance, "/issues");
    page.await_true("all are listed", &format!("document.querySelectorAll('.issue-row').length === {count}"));
    page
}

/// Expression for the titles that are listed.
const TITLES: &str = "[...document.querySelectorAll('.issue-link > b')].map(title => title.innerText).sort()";

fn await_titles(page: &mut Page, wanted: &[&str]) {
    let expression = format!("{TITLES}.join() === {}", json!(wanted.join(",")));
    page.await_true(&format!("the issues are {wanted:?}"), &expression);
}

fn an_error_is_followed_from_the_list_to_its_frames() {
    let appliance = shop();
    for number in 0..3 {
        send(&appliance, &event("CardDeclined", &format!("card of order {number}")));
    }
    send(&appliance, &event("KeyError", "'address'"));
    let mut page = list(&appliance, 2);
    page.screenshots("issues");
    page.click("CardDeclined");
    page.await_true("its page is open", "/^\\/issues\\/\\d+$/.test(location.pathname)");
    page.await_text("charge_CardDeclined");
    // The program's own frame is open, the libraries' are folded.
    page.await_true(
        "the faulty line is marked",
        "document.querySelector('.source-it')?.innerText.includes('raise Declined(order.number)')",
    );
    assert!(!page.text().contains("get_response"), "{}", page.text());
    page.click("2 library frames");
    page.await_text("get_response");
    page.click("Locals");
    page.await_text("<Order 118822>");
    page.await_text("Chrome 130");
    page.await_text("SELECT 1");
    page.press("r", Held::Nothing);
    page.await_true("the raw stack is shown", "!!document.querySelector('.event-raw')");
    page.press("r", Held::Nothing);
    page.await_true("the frames are shown", "!!document.querySelector('.frames')");

    page.await_text("Event 3 of 3");
    page.press("[", Held::Nothing);
    page.await_text("Event 2 of 3");
    page.await_true("the event is in the address", "/\\/events\\/[0-9a-f]{32}$/.test(location.pathname)");
    let url = page.url();
    page.reload();
    page.await_text("Event 2 of 3");
    assert_eq!(page.url(), url);
    page.screenshots("issue");
    page.click("Chrome 130");
    await_titles(&mut page, &["CardDeclined", "KeyError"]);
    page.await_true("the tag is in the query", "location.search.includes('browser')");
    page.expect_no_complaints();
}

fn keys_choose_resolve_and_take_back() {
    let appliance = shop();
    for kind in ["Alpha", "Beta", "Gamma"] {
        send(&appliance, &event(kind, "boom"));
    }
    let mut page = list(&appliance, 3);
    for key in ["j", "x", "j", "x"] {
        page.press(key, Held::Nothing);
    }
    page.await_text("2 chosen");
    page.press("e", Held::Nothing);
    page.await_text("2 issues resolved.");
    page.await_true("one is left", &format!("{TITLES}.length === 1"));
    page.click("Undo");
    await_titles(&mut page, &["Alpha", "Beta", "Gamma"]);

    page.click_on("document.querySelector('.issue-bar input')");
    page.await_text("3 chosen");
    page.click("Archive: Archive");
    page.click("For a week");
    page.await_text("3 issues archived.");
    page.await_text("Nothing unresolved");
    page.click("Archived");
    await_titles(&mut page, &["Alpha", "Beta", "Gamma"]);
    page.await_true(
        "it is written in the query",
        "document.querySelector('.query-input').value === 'is:archived'",
    );
    page.press("j", Held::Nothing);
    page.press("Enter", Held::Nothing);
    page.await_true("an issue is open", "location.pathname.startsWith('/issues/')");
    page.fill("Comment", "the gateway is slow");
    page.click("Comment");
    page.await_text("the gateway is slow");
    page.click("Unresolve");
    page.await_text("1 issue unresolved again.");
    page.expect_no_complaints();
}

fn what_a_program_sent_is_only_ever_text() {
    const MARKUP: &str =
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
    let appliance = shop();
    let mut hostile = event("Hostile", MARKUP);
    hostile["exception"]["values"][0]["type"] = json!(format!("<b>Hostile</b>{MARKUP}"));
    hostile["transaction"] = json!("javascript:document.title='owned'");
    hostile["tags"] = json!({ "evil": MARKUP });
    hostile["extra"] = json!({ MARKUP: MARKUP });
    hostile["request"] = json!({ "url": "javascript:document.title='owned'", "method": MARKUP });
    hostile["breadcrumbs"]["values"][0]["message"] = json!(MARKUP);
    hostile["exception"]["values"][0]["stacktrace"]["frames"][2]["context_line"] = json!(MARKUP);
    hostile["exception"]["values"][0]["stacktrace"]["frames"][2]["vars"] = json!({ "a": MARKUP });
    send(&appliance, &hostile);
    let mut page = list(&appliance, 1);
    page.await_text("<b>Hostile</b>");
    page.press("j", Held::Nothing);
    page.press("Enter", Held::Nothing);
    page.await_true("the event is shown", "!!document.querySelector('.source-it')");
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)");
    assert!(page.text().contains("<script>"), "{}", page.text());
    assert_eq!(
        page.evaluate("document.querySelectorAll('main img, main script, main b b').length"),
        json!(0)
    );
    let links =
        page.evaluate("[...document.querySelectorAll('a')].filter(a => a.protocol === 'javascript:').length");
    assert_eq!(links, json!(0));
    let title = page.evaluate("document.title");
    assert!(title.as_str().is_some_and(|title| title.contains("Hostile") && title != "owned"), "{title}");
    page.expect_no_complaints();
}

fn a_faulty_query_of_issues_is_told_where_it_is() {
    let appliance = shop();
    send(&appliance, &event("KeyError", "'address'"));
    let mut page = list(&appliance, 1);
    page.fill("Query", "is:nonsense");
    page.press("Enter", Held::Nothing);
    page.press("Enter", Held::Nothing);
    page.await_true("the fault is told", "!!document.querySelector('#issue-query-fault')?.innerText.trim()");
    await_titles(&mut page, &["KeyError"]);
    page.fill("Query", "nothing like this");
    page.press("Enter", Held::Nothing);
    page.click("Show all issues");
    await_titles(&mut page, &["KeyError"]);
}

fn before_the_first_event_it_says_what_to_paste() {
    let appliance = shop();
    let mut page = open(&appliance, "/");
    page.press("g", Held::Nothing);
    page.press("i", Held::Nothing);
    page.await_text("No error has come yet");
    page.await_text(KEY);
    page.screenshots("issues-first");
    page.expect_no_complaints();
}
