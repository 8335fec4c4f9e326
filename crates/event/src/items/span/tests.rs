use super::*;
use crate::items::transaction;

fn arrival() -> Arrival {
    Arrival {
        received: Timestamp::from_seconds(1_795_428_000),
        spare_id: crate::EventId([1; 16]),
        ..Arrival::default()
    }
}

fn check<T: Serialize>(read: Result<T, Unreadable>, expected: &str) {
    let short = match read {
        Ok(read) => serde_json::to_string(&read).expect("JSON"),
        Err(error) => error.to_string(),
    };
    assert_eq!(short, expected);
}

#[test]
fn containers_and_single_spans_are_read() {
    let scrubber = Scrubber::new(Default::default());
    let container = br#"{"version":2,"items":[
        {"trace_id":"11111111111111111111111111111111","span_id":"2222222222222222","name":"GET /orders/:id","status":"ok","is_segment":true,
         "start_timestamp":1795427998.5,"end_timestamp":1795427999,"attributes":{"sentry.op":{"type":"string","value":"http.server"},
         "sentry.release":{"type":"string","value":"shop@1"},"http.request.method":{"type":"string","value":"get"},"sentry.segment.name":{"type":"string","value":"GET /orders/:id"}}},
        {"trace_id":"11111111111111111111111111111111","span_id":"3333333333333333","parent_span_id":"2222222222222222","name":"SELECT 1","status":"error","is_segment":false,
         "start_timestamp":1795427998.6,"end_timestamp":1795427998.7,"attributes":{"sentry.op":{"type":"string","value":"db"},"sentry.segment.id":{"type":"string","value":"2222222222222222"},
         "password":{"type":"string","value":"hunter2"}}},
        {"name":"no times"},7]}"#;
    check(
        read(container, &arrival(), &scrubber),
        r#"{"spans":[{"span":{"id":"2222222222222222","op":"http.server","description":"GET /orders/:id","start":1795427998500000000,"end":1795427999000000000,"status":"ok","data":[["http.request.method","get"]]},"trace":"11111111111111111111111111111111","is_segment":true,"segment":"2222222222222222","transaction":"GET /orders/:id","release":"shop@1","method":"GET"},{"span":{"id":"3333333333333333","parent":"2222222222222222","op":"db","description":"SELECT 1","start":1795427998600000000,"end":1795427998700000000,"status":"error","data":[["password","[masked:secret]"]]},"trace":"11111111111111111111111111111111","is_segment":false,"segment":"2222222222222222"}],"faulty":2}"#,
    );
    let single = br#"{"trace_id":"11111111111111111111111111111111","span_id":"2222222222222222","op":"ui.interaction.click","description":"button","start_timestamp":1795427998,"timestamp":1795427999,"data":{"release":"1","transaction":"/cart"}}"#;
    check(
        read(single, &arrival(), &scrubber),
        r#"{"spans":[{"span":{"id":"2222222222222222","op":"ui.interaction.click","description":"button","start":1795427998000000000,"end":1795427999000000000},"trace":"11111111111111111111111111111111","is_segment":false,"transaction":"/cart","release":"1"}],"faulty":0}"#,
    );
}

#[test]
fn transactions_are_read() {
    let scrubber = Scrubber::new(Default::default());
    let raw = br#"{"type":"transaction","transaction":"/orders/{id}/","start_timestamp":"2026-11-23T09:59:58Z","timestamp":"2026-11-23T09:59:59Z","platform":"python",
        "contexts":{"trace":{"trace_id":"11111111111111111111111111111111","span_id":"2222222222222222","op":"http.server","status":"internal_error","data":{"token":"x1"}},"runtime":{"name":"CPython"}},
        "request":{"method":"get","url":"https://h/orders/7/"},"measurements":{"lcp":{"value":2500,"unit":"millisecond"},"bad":"x"},
        "spans":[{"span_id":"3333333333333333","op":"db","description":"SELECT * FROM u WHERE password='hunter2'","start_timestamp":1795427998.1,"timestamp":1795427998.2},{"op":"none"}]}"#;
    let sampled = Arrival { sample_rate: Some(0.1), ..arrival() };
    check(
        transaction::read(raw, &sampled, &scrubber),
        r#"{"id":"01010101010101010101010101010101","name":"/orders/{id}/","op":"http.server","method":"GET","status":"internal_error","received":1795428000000000000,"start":1795427998000000000,"end":1795427999000000000,"trace":"11111111111111111111111111111111","span":"2222222222222222","sample_rate":0.1,"platform":"python","request":{"method":"get","url":"https://h/orders/7/"},"data":[["token","[masked:token]"]],"measurements":[["lcp",2500.0]],"spans":[{"id":"3333333333333333","op":"db","description":"SELECT * FROM u WHERE password='[masked:password]'","start":1795427998100000000,"end":1795427998200000000}],"spans_cut":1,"masked":["contexts.trace.data.token","spans.0.description"]}"#,
    );
    check(transaction::read(b"{}", &arrival(), &scrubber), "timestamp is missing");
    let failed = transaction::read(raw, &arrival(), &scrubber).expect("a transaction");
    assert!(failed.is_failed() && failed.duration().as_secs() == 1);
}

#[test]
fn a_wrong_clock_moves_both_ends() {
    let ahead = Arrival { sent_at: Some(Timestamp::from_seconds(1_795_428_000 + 7200)), ..arrival() };
    let raw = br#"{"transaction":"a","start_timestamp":1795435197,"timestamp":1795435199,"spans":[{"start_timestamp":1795435197,"timestamp":1795435198}]}"#;
    let read = transaction::read(raw, &ahead, &Scrubber::off()).expect("a transaction");
    let ends =
        [read.start, read.end, read.spans[0].start, read.spans[0].end].map(|at| at.seconds() - 1_795_428_000);
    assert_eq!(ends, [-3, -1, -3, -2]);
}
