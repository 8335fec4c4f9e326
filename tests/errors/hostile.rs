//! What must not hurt: an end in the middle, limits, bombs, floods, texts that want to be programs.

use std::io::Write;

use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Value, json};

use super::ask::{KEY, await_issue, dsn, home, issues, latest, refused, send};
use super::parts::{finish, node_program, python_program};
use crate::harness::browser::Page;
use crate::harness::{Appliance, eventually};
use crate::page::open;

tests! {
    []:
        what_was_answered_is_there_after_a_kill,
        bombs_are_refused_in_little_memory,
        a_flood_of_tags_leaves_the_event;
    [SentryPython]:
        the_sdk_of_python_keeps_to_limits;
    [SentryNode]:
        the_sdk_of_node_keeps_to_limits;
    [Chromium, Page]:
        texts_that_want_to_be_programs_are_texts;
}

fn message(number: u32, text: &str) -> Value {
    json!({ "event_id": format!("{number:032x}"), "platform": "python", "message": text })
}

fn what_was_answered_is_there_after_a_kill() {
    let appliance = home("").start();
    let client = appliance.anonymous().clone();
    for number in 1..=50 {
        let answer = send(&client, &message(number, "before the end")).expect(200).json();
        assert_eq!(answer["id"], format!("{number:032x}"));
    }
    let appliance = appliance.kill().start();
    let client = appliance.anonymous().clone();
    await_issue(appliance.client(), "before the end", 50);
    // A client that did not hear the answer sends it again: that changes nothing.
    for number in 1..=50 {
        send(&client, &message(number, "before the end")).expect(200);
    }
    send(&client, &message(51, "before the end")).expect(200);
    await_issue(appliance.client(), "before the end", 51);
}

/// 256 MiB of blanks.
fn blanks(mut into: impl Write) {
    let blank = vec![b' '; 1 << 20];
    for _ in 0..256 {
        into.write_all(&blank).unwrap();
    }
}

fn bombs_are_refused_in_little_memory() {
    let appliance = home("").start();
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::best());
    blanks(&mut gzip);
    let mut deflate = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    blanks(&mut deflate);
    let mut zstd = zstd::Encoder::new(Vec::new(), 1).unwrap();
    blanks(&mut zstd);
    let bombs = [
        ("gzip", gzip.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("zstd", zstd.finish().unwrap()),
    ];
    let before = appliance.resident_bytes();
    for (encoding, bomb) in bombs {
        assert!(bomb.len() < 1 << 20, "{encoding}: {}", bomb.len());
        let path = format!("/api/7/envelope/?sentry_key={KEY}");
        let answer = appliance.anonymous().post(&path, &[("content-encoding", encoding)], bomb).expect(413);
        assert_eq!(answer.headers["access-control-allow-origin"], "*", "{encoding}");
    }
    let grown = appliance.resident_bytes().saturating_sub(before);
    assert!(grown < 128 << 20, "{grown} bytes more");
    eventually("the project shows what was refused", || {
        (refused(appliance.client(), "too_large") == 3).then_some(())
    });
    send(appliance.anonymous(), &message(1, "still here")).expect(200);
    await_issue(appliance.client(), "still here", 1);
}

fn a_flood_of_tags_leaves_the_event() {
    let appliance = home("").start();
    for number in 1..=20 {
        let mut event = message(number, "many tags");
        let tags = (0..3000).map(|tag| (format!("tag-{number}-{tag}"), json!("x".repeat(3000))));
        event["tags"] = Value::Object(tags.take(300).collect());
        send(appliance.anonymous(), &event).expect(200);
    }
    let issue = await_issue(appliance.client(), "many tags", 20);
    let event = latest(appliance.client(), &issue);
    let tags = event["tags"].as_array().unwrap();
    assert!((50..=120).contains(&tags.len()), "{} tags", tags.len());
    assert!(tags.iter().all(|tag| tag[1].as_str().unwrap().len() <= 400), "values are cut");
    assert!(!event["faults"].as_array().unwrap().is_empty(), "it is said what is missing");
}

/// A project that takes one error a minute.
fn narrow() -> Appliance {
    home("errors_per_minute = 1").start()
}

fn the_sdk_of_python_keeps_to_limits() {
    let appliance = narrow();
    let mut command = python_program("python", &dsn(&appliance));
    command.args(["limited_shop.py", "8"]);
    let told = finish(command);
    assert!(told.starts_with("sent") && told.trim_end().ends_with("limited"), "{told}");
    limits_were_kept_to(&appliance);
}

fn the_sdk_of_node_keeps_to_limits() {
    let appliance = narrow();
    let mut command = node_program("limited_shop.cjs", &dsn(&appliance));
    command.arg("8");
    let told = finish(command);
    assert!(told.starts_with("200") && told.contains("429"), "{told}");
    limits_were_kept_to(&appliance);
}

/// Of eight messages the first few came; the SDK sent one too many, heard so, and kept the others to itself. A
/// minute may have begun in between.
fn limits_were_kept_to(appliance: &Appliance) {
    let client = appliance.client();
    let refused =
        eventually("a message is refused", || Some(refused(client, "rate_limit")).filter(|count| *count > 0));
    let taken: u64 = issues(client, "").iter().filter_map(|row| row["events"].as_u64()).sum();
    assert!(refused <= 2 && taken <= 3, "{taken} taken, {refused} refused");
}

/// What tells that a text was taken for a program.
const TRAP: &str = "<img src=x onerror=\"window.__taken=1\"><script>window.__taken=1</script>";

fn texts_that_want_to_be_programs_are_texts() {
    let appliance = home("").start();
    let frame = json!({ "function": TRAP, "filename": TRAP, "module": TRAP, "context_line": TRAP, "lineno": 1,
        "in_app": true, "vars": { TRAP: TRAP }, "abs_path": "javascript:window.__taken=1" });
    let event = json!({
        "event_id": format!("{:032x}", 1), "platform": "python", "logger": TRAP, "transaction": TRAP,
        "release": TRAP, "environment": "staging", "server_name": TRAP,
        "exception": { "values": [{ "type": TRAP, "value": TRAP, "stacktrace": { "frames": [frame] } }] },
        "breadcrumbs": [{ "message": TRAP, "category": TRAP, "data": { TRAP: TRAP } }],
        "user": { "id": TRAP, "email": TRAP, "username": TRAP },
        "request": { "url": "javascript:window.__taken=1", "headers": { "referer": "javascript:window.__taken=1" }, "data": TRAP },
        "tags": { "trap": TRAP }, "extra": { TRAP: TRAP }, "contexts": { TRAP: { TRAP: TRAP } },
    });
    send(appliance.anonymous(), &event).expect(200);
    let issue = await_issue(appliance.client(), "onerror", 1);
    let mut page = open(&appliance, "/issues");
    page.await_text("window.__taken=1");
    not_taken(&mut page);
    page.go(&format!("{}/issues/{}", appliance.anonymous().base(), issue["id"]));
    page.await_text("window.__taken=1");
    not_taken(&mut page);
    page.expect_no_complaints();
}

fn not_taken(page: &mut Page) {
    assert_eq!(page.evaluate("window.__taken === undefined"), true);
    let links = page.evaluate("[...document.links].filter(link => link.protocol === 'javascript:').length");
    assert_eq!(links, 0, "a link that is a program");
}
