use std::time::Duration;

use model::Timestamp;
use serde_json::Value;

use super::envelope::envelope;
use super::*;
use crate::engine::Engine;
use crate::shop::Simulation;
use crate::visits::Visits;

const NOON: Timestamp = Timestamp::from_seconds(1_795_353_600);

/// What an hour of the shop reports.
fn an_hour() -> Vec<Report> {
    let (outbox, mut receiver) = Outbox::new();
    let begun = NOON.minus(Duration::from_secs(3600));
    let mut shop =
        Simulation::new(Engine::new(begun), Default::default(), (outbox, Visits::new().0), 7, begun, NOON);
    shop.advance(NOON);
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

/// The parts of an envelope with one item.
fn parts(envelope: &[u8]) -> [Value; 3] {
    let text = std::str::from_utf8(envelope).expect("UTF-8");
    let mut lines = text.split('\n');
    [0; 3].map(|_| serde_json::from_str(lines.next().expect("three lines")).expect("JSON"))
}

#[test]
fn an_hour_has_errors_of_several_kinds_and_fits_the_outbox() {
    let reports = an_hour();
    assert!(reports.len() < WAITING_MAX, "{} reports", reports.len());
    let mut kinds: Vec<&str> = reports
        .iter()
        .filter_map(|report| match &report.what {
            What::Error(raised) => raised.traceback.lines().last(),
            _ => None,
        })
        .collect();
    assert!(kinds.len() < 3_000, "{} errors", kinds.len());
    kinds.sort_unstable();
    kinds.dedup();
    assert!(kinds.len() >= 4, "{kinds:?}");
    let transactions = reports.iter().filter(|report| matches!(report.what, What::Transaction(_))).count();
    assert!((200..5_000).contains(&transactions), "{transactions} transactions");
    let ended = |report: &&Report| matches!(&report.what, What::CheckIn(check_in) if check_in.status == "ok");
    assert!(reports.iter().filter(ended).count() > 60);
}

#[test]
fn envelopes_say_what_was_logged() {
    let reports = an_hour();
    let error = reports.iter().find(|report| matches!(report.what, What::Error(_))).expect("an error");
    let [header, item, event] = parts(&envelope(error, NOON));
    assert_eq!(header["event_id"], event["event_id"]);
    assert_eq!(item["type"], "event");
    assert_eq!(event["server_name"].as_str().map(str::len), Some(12));
    let What::Error(raised) = &error.what else { panic!("an error") };
    let exception = &event["exception"]["values"][0];
    let class = exception["type"].as_str().expect("a class");
    let last = raised.traceback.lines().last().expect("a traceback has lines");
    assert!(last.contains(class), "{last}: {class}");
    let frames = exception["stacktrace"]["frames"].as_array().expect("frames");
    assert_eq!(frames.len(), raised.traceback.matches("  File \"").count());
    assert!(
        frames.iter().all(|frame| frame["context_line"].as_str().is_some_and(|line| !line.trim().is_empty()))
    );
    assert_eq!(event["contexts"]["trace"]["trace_id"].as_str().map(str::len), Some(32));
}

#[test]
fn tracebacks_are_taken_apart() {
    let exception = python::exception(
        "Traceback (most recent call last):\n  File \"/usr/local/lib/python3.12/site-packages/celery/app/trace.py\", line 453, in trace_task\n    R = fun()\n        ^^^^\n  File \"/app/shop/tasks.py\", line 27, in capture\n    billing.capture(order)\nrequests.exceptions.ReadTimeout: no: answer",
        "celery",
        &[("order", "<Order: 7>".to_owned())],
    );
    let frame = |index: usize| {
        let frame = &exception["stacktrace"]["frames"][index];
        let text = |name: &str| frame[name].to_string().replace('"', "");
        format!(
            "{} {} {} {} {} {}",
            text("module"),
            text("function"),
            text("lineno"),
            text("in_app"),
            text("context_line").trim(),
            frame["vars"]
        )
    };
    assert_eq!(frame(0), "celery.app.trace trace_task 453 false R = fun() {}");
    assert_eq!(frame(1), "shop.tasks capture 27 true billing.capture(order) {\"order\":\"<Order: 7>\"}");
    let head = format!("{} {} {}", exception["module"], exception["type"], exception["value"]);
    assert_eq!(head, r#""requests.exceptions" "ReadTimeout" "no: answer""#);
}
