use proptest::prelude::*;

use super::*;

fn envelope(body: &str) -> Vec<u8> {
    let body = STANDARD.encode(body);
    let text = serde_json::json!({
        "body": body, "content-encoding": "utf-8", "content-type": "application/json",
        "headers": {"hostname": "gen1@vm"},
        "properties": {"delivery_mode": 1, "priority": 0, "body_encoding": "base64", "delivery_tag": "b9cf"},
    });
    text.to_string().into_bytes()
}

fn check(body: &str, expected: &[&str]) {
    let found: Vec<String> = read(&envelope(body)).expect("events").iter().map(shown).collect();
    assert_eq!(found, expected, "{body}");
}

fn shown(event: &Event) -> String {
    match event {
        Event::Worker(WorkerEvent { is_leaving, node, pause_seconds, active, processed }) => {
            format!("{node} leaves={is_leaving} {pause_seconds:?} {active:?} {processed:?}")
        }
        Event::Task(task) => {
            let TaskEvent { step, uuid, node, at, name, queue, eta, runtime, exception } = task;
            let word = step.word();
            let name = name.as_deref().unwrap_or("-");
            let queue = queue.as_deref().unwrap_or("-");
            let exception = exception.as_deref().unwrap_or("-");
            format!("{word} {uuid} {node} {at} {name} {queue} {eta:?} {runtime:?} {exception}")
        }
    }
}

#[test]
fn tasks() {
    check(
        r#"{"hostname":"gen19@vm","utcoffset":0.0,"pid":19,"clock":1,"uuid":"u1","root_id":"u1","parent_id":null,
            "name":"shop.add","args":"(1,)","kwargs":"{}","retries":0,"eta":"2026-11-23T07:15:34.500000+00:00",
            "expires":null,"queue":"celery","exchange":"","routing_key":"celery","timestamp":1795418034.25,
            "type":"task-sent"}"#,
        &["sent u1 gen19@vm 1795418034.25 shop.add celery Some(1795418134.5) None -"],
    );
    check(
        r#"[{"hostname":"w1@vm","uuid":"u1","timestamp":5.5,"type":"task-started"},
            {"hostname":"w1@vm","uuid":"u1","result":"3","runtime":0.25,"timestamp":5.75,"type":"task-succeeded"},
            {"hostname":"w1@vm","uuid":"u2","exception":"KeyError(\"broken 'thing'\")","traceback":"…","timestamp":6,
             "type":"task-failed"}]"#,
        &[
            "started u1 w1@vm 5.5 - - None None -",
            "succeeded u1 w1@vm 5.75 - - None Some(0.25) -",
            "failed u2 w1@vm 6 - - None None KeyError",
        ],
    );
}

#[test]
fn workers() {
    check(
        r#"{"hostname":"w1@vm","utcoffset":0.0,"pid":1,"clock":18,"freq":2.0,"active":1,"processed":5,
            "loadavg":[0.65,0.84,1.68],"sw_ident":"py-celery","timestamp":1.5,"type":"worker-heartbeat"}"#,
        &["w1@vm leaves=false Some(2.0) Some(1) Some(5)"],
    );
    check(r#"{"hostname":"w1@vm","type":"worker-offline"}"#, &["w1@vm leaves=true None None None"]);
}

#[test]
fn what_one_writes_wrongly_costs_nothing_else() {
    check(
        r#"[{"type":"task-started","uuid":"u","hostname":"h@x","timestamp":"soon"}, 7, {"type":"task-eaten"},
            {"type":"task-custom","uuid":"u","hostname":"h"}, {"type":"task-started","hostname":"no uuid"},
            {"type":"task-rejected","uuid":"u","hostname":"h@x"}]"#,
        &["rejected u h@x 0 - - None None -"],
    );
}

#[test]
fn messages_that_are_no_events() {
    let refuse = |message: &str, expected: &str| {
        let told = read(message.as_bytes()).expect_err("no events").to_string();
        assert!(told.contains(expected), "{message}: {told}");
    };
    refuse("", "no envelope of Celery's");
    refuse("{}", "no envelope of Celery's");
    refuse(r#"{"body":"%%","properties":{"body_encoding":"base64"}}"#, "no envelope of Celery's");
    refuse(r#"{"body":"7"}"#, "no envelope of Celery's");
    refuse(r#"{"body":"gA==","content-type":"application/x-python-serialize"}"#, "set event_serializer");
    refuse(r#"{"body":"eJw=","headers":{"compression":"application/x-gzip"}}"#, "compressed");
    let plain = read(br#"{"body":"{\"type\":\"worker-offline\",\"hostname\":\"a\"}"}"#);
    assert_eq!(plain.map(|events| events.len()), Ok(1));
}

#[test]
fn names_are_cut_and_exceptions_are_their_classes() {
    let long = "ü".repeat(500);
    let body = format!(r#"{{"type":"task-sent","uuid":"u","hostname":"h@x","name":"{long}","queue":""}}"#);
    let events = read(&envelope(&body)).expect("events");
    let [Event::Task(task)] = events.as_slice() else { panic!("one task") };
    assert_eq!((task.name.as_ref().map(String::len), task.queue.as_ref()), (Some(NAME_BYTES_MAX), None));
    for (text, expected) in [
        ("ValueError('no')", "ValueError"),
        ("shop.errors.Late(3)", "shop.errors.Late"),
        ("Terminated", "Terminated"),
        ("<unprintable>", "UnknownException"),
        ("", "UnknownException"),
    ] {
        assert_eq!(class(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), body in ".*") {
        let _ = read(&bytes);
        let _ = read(&envelope(&body));
    }
}
