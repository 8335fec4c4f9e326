//! Every shape that programs are known to send, the limits, and the samples of others.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::envelope;

fn arrival() -> Arrival {
    Arrival {
        received: Timestamp::parse_rfc3339("2026-11-23T10:00:00Z").expect("a time"),
        spare_id: EventId([0xaa; 16]),
        ..Arrival::default()
    }
}

fn event(raw: &str) -> Event {
    event_of(raw, &arrival())
}

fn event_of(raw: &str, arrival: &Arrival) -> Event {
    normalise(raw.as_bytes(), arrival, &Scrubber::new(Default::default()))
        .unwrap_or_else(|error| panic!("{raw}: {error}"))
}

/// Checks one field of the event's JSON, and the places of its faults.
fn check(raw: &str, field: &str, expected: &str, faults: &[&str]) {
    let event = event(raw);
    let json = serde_json::to_value(&event).expect("an event is JSON");
    let found = json.pointer(field).map_or("nothing".to_owned(), |value| value.to_string());
    assert_eq!(found, expected, "{field} of {raw}");
    let places: Vec<_> = event.faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(places, faults, "{raw}: {:?}", event.faults);
}

#[test]
fn exceptions_in_every_shape() {
    let expected = r#"[{"ty":"E","value":"v"}]"#;
    check(r#"{"exception":{"values":[{"type":"E","value":"v"}]}}"#, "/exceptions", expected, &[]);
    check(r#"{"exception":[{"type":"E","value":"v"}]}"#, "/exceptions", expected, &[]);
    check(r#"{"exception":{"type":"E","value":"v"}}"#, "/exceptions", expected, &[]);
    check(r#"{"exception":{"values":[null,{"type":"E","value":"v"},{}]}}"#, "/exceptions", expected, &[]);
    check(r#"{"sentry.interfaces.Exception":[{"type":"E","value":"v"}]}"#, "/exceptions", expected, &[]);
    check(r#"{"exception":null}"#, "/exceptions", "nothing", &[]);
    check(r#"{"exception":{"values":null}}"#, "/exceptions", "nothing", &[]);
    check(r#"{"exception":"E"}"#, "/exceptions", "nothing", &["exception"]);
    check(r#"{"exception":[{"value":"v"},7]}"#, "/exceptions", r#"[{"value":"v"}]"#, &["exception.1"]);
    check(r#"{"exception":[{"type":"E","value":{"a":1}}]}"#, "/exceptions/0/value", r#""{\"a\":1}""#, &[]);
}

#[test]
fn stacks_in_every_shape() {
    let with = |trace: &str| format!(r#"{{"exception":[{{"type":"E","stacktrace":{trace}}}]}}"#);
    let frames = "/exceptions/0/frames";
    check(
        &with(r#"{"frames":[{"function":"f","lineno":3}]}"#),
        frames,
        r#"[{"function":"f","lineno":3}]"#,
        &[],
    );
    check(&with(r#"[{"function":"f","lineno":"3"}]"#), frames, r#"[{"function":"f","lineno":3}]"#, &[]);
    check(&with(r#"{"frames":[null,{"function":"f","lineno":0}]}"#), frames, r#"[{"function":"f"}]"#, &[]);
    check(&with(r#"{"frames":null}"#), frames, "nothing", &[]);
    check(&with("null"), frames, "nothing", &[]);
    check(&with("{}"), frames, "nothing", &[]);
    check(&with("7"), frames, "nothing", &["exception.0.stacktrace"]);
    let bad = with(r#"{"frames":[{"function":[1],"lineno":-1,"in_app":null,"pre_context":null,"vars":[]}]}"#);
    let places = ["exception.0.stacktrace.0.function", "exception.0.stacktrace.0.lineno"];
    check(&bad, frames, "[{}]", &places);
    let thread = r#"{"exception":[{"type":"E","thread_id":7}],
        "threads":{"values":[{"id":1},{"id":"7","stacktrace":{"frames":[{"function":"f"}]}}]}}"#;
    check(thread, frames, r#"[{"function":"f"}]"#, &[]);
    let current = r#"{"exception":[{"type":"E"}],"threads":[{"current":true,"stacktrace":{"frames":[{"function":"f"}]}}]}"#;
    check(current, frames, r#"[{"function":"f"}]"#, &[]);
}

#[test]
fn long_stacks_keep_both_ends() {
    let frames: Vec<String> = (1..=973).map(|line| format!(r#"{{"lineno":{line}}}"#)).collect();
    let raw = format!(
        r#"{{"exception":[{{"type":"RecursionError","stacktrace":{{"frames":[{}]}}}}]}}"#,
        frames.join(",")
    );
    let exception = event(&raw).exceptions.remove(0);
    let lines: Vec<u32> = exception.frames.iter().filter_map(|frame| frame.lineno).collect();
    assert_eq!((lines.len(), exception.frames_cut), (250, 723));
    assert_eq!((lines[0], lines[124], lines[125], lines[249]), (1, 125, 849, 973));
}

#[test]
fn messages_in_every_shape() {
    let check = |raw: &str, expected: &str| self::check(raw, "/message", expected, &[]);
    check(r#"{"message":"hi"}"#, r#"{"formatted":"hi"}"#);
    check(
        r#"{"message":{"formatted":"hi 1","message":"hi %s","params":[1]}}"#,
        r#"{"formatted":"hi 1","params":[1],"template":"hi %s"}"#,
    );
    check(r#"{"logentry":"hi"}"#, r#"{"formatted":"hi"}"#);
    check(
        r#"{"logentry":{"message":"hi %s","params":["you"]}}"#,
        r#"{"formatted":"hi you","params":["you"],"template":"hi %s"}"#,
    );
    check(
        r#"{"logentry":{"message":"hi %(a)s","params":{"a":2}}}"#,
        r#"{"formatted":"hi 2","params":[2],"template":"hi %(a)s"}"#,
    );
    check(r#"{"logentry":{"message":"hi 7","formatted":"hi 7","params":[]}}"#, r#"{"formatted":"hi 7"}"#);
    check(
        r#"{"logentry":{"message":"hi {id}","formatted":"hi 7"}}"#,
        r#"{"formatted":"hi 7","template":"hi {id}"}"#,
    );
    check(r#"{"logentry":null,"message":null}"#, "nothing");
    check(r#"{"message":7}"#, r#"{"formatted":"7"}"#);
    check(r#"{"message":"a\u0000b\ud800"}"#, "{\"formatted\":\"ab\u{fffd}\"}");
}

#[test]
fn tags_users_and_fingerprints_in_every_shape() {
    let tags = r#"[["a","1"],["b","true"]]"#;
    check(r#"{"tags":{"a":1,"b":true,"c":null}}"#, "/tags", tags, &[]);
    check(r#"{"tags":[["a","1"],["b",true],["c",null]]}"#, "/tags", tags, &[]);
    check(r#"{"tags":[{"key":"a","value":1},{"key":"b","value":"true"}]}"#, "/tags", tags, &[]);
    check(r#"{"tags":[["a","1"],["b"],7]}"#, "/tags", r#"[["a","1"]]"#, &["tags.1", "tags.2"]);
    check(r#"{"tags":"a"}"#, "/tags", "nothing", &["tags"]);
    check(
        r#"{"user":{"id":7,"email":"a@b.c","plan":"pro","data":{"age":3}}}"#,
        "/user",
        r#"{"data":[["plan","pro"],["age","3"]],"email":"a@b.c","id":"7"}"#,
        &[],
    );
    check(r#"{"user":{"id":null}}"#, "/user", "nothing", &[]);
    check(r#"{"user":"me"}"#, "/user", "nothing", &["user"]);
    check(r#"{"fingerprint":["a",1,2.5,true,null]}"#, "/fingerprint", r#"["a","1","2.5","true"]"#, &[]);
    check(r#"{"fingerprint":"a"}"#, "/fingerprint", r#"["a"]"#, &[]);
    check(r#"{"checksum":"abc"}"#, "/fingerprint", r#"["abc"]"#, &[]);
    check(r#"{"release":12,"environment":"","dist":["x"]}"#, "/release", r#""12""#, &["dist"]);
    check(r#"{"level":"WARN"}"#, "/level", r#""warning""#, &[]);
    check(r#"{"level":40}"#, "/level", r#""error""#, &[]);
    check(r#"{"level":"loud"}"#, "/level", r#""error""#, &["level"]);
    check(r#"{"contexts":{"a":{"b":1},"c":7,"d":null}}"#, "/contexts", r#"[["a",{"b":1}]]"#, &["contexts.c"]);
    check(r#"{"modules":{"django":"5.1","x":null}}"#, "/modules", r#"[["django","5.1"],["x",""]]"#, &[]);
}

#[test]
fn requests_in_every_shape() {
    check(
        r#"{"request":{"url":"http://h/p?a=1&b=%20#x","method":"GET"}}"#,
        "/request",
        r#"{"fragment":"x","method":"GET","query":[["a","1"],["b"," "]],"url":"http://h/p"}"#,
        &[],
    );
    let query = r#"[["a","1"],["a","2"]]"#;
    check(r#"{"request":{"query_string":"a=1&a=2"}}"#, "/request/query", query, &[]);
    check(r#"{"request":{"query_string":{"a":["1","2"]}}}"#, "/request/query", query, &[]);
    check(r#"{"request":{"query_string":[["a","1"],["a",2]]}}"#, "/request/query", query, &[]);
    let headers = r#"[["Accept","x"],["Host","h"]]"#;
    check(r#"{"request":{"headers":{"Accept":["x"],"Host":"h"}}}"#, "/request/headers", headers, &[]);
    check(r#"{"request":{"headers":[["Accept","x"],["Host","h"]]}}"#, "/request/headers", headers, &[]);
    check(
        r#"{"request":{"headers":{"User-Agent":["a","b"]}}}"#,
        "/request/headers",
        r#"[["User-Agent","a"],["User-Agent","b"]]"#,
        &[],
    );
    check(r#"{"request":{"data":"{\"a\":[1]}"}}"#, "/request/data", r#"{"a":[1]}"#, &[]);
    check(
        r#"{"request":{"data":"a=1&b=2","headers":{"content-type":"application/x-www-form-urlencoded"}}}"#,
        "/request/data",
        r#"{"a":"1","b":"2"}"#,
        &[],
    );
    check(r#"{"request":{"data":"{broken"}}"#, "/request/data", r#""{broken""#, &[]);
    check(r#"{"request":[]}"#, "/request", "nothing", &["request"]);
}

#[test]
fn ids_and_times_are_settled() {
    let check = |raw: &str, arrival: &Arrival, expected: (&str, &str)| {
        let event = event_of(raw, arrival);
        assert_eq!((event.id.to_string().as_str(), event.timestamp.to_string().as_str()), expected, "{raw}");
    };
    let (own, head, spare) = ("11".repeat(16), "22".repeat(16), "aa".repeat(16));
    let plain = arrival();
    let with_id = Arrival { event_id: head.parse().ok(), ..arrival() };
    let now = "2026-11-23T10:00:00.000000000Z";
    check("{}", &plain, (&spare, now));
    check(&format!(r#"{{"event_id":"{own}"}}"#), &plain, (&own, now));
    check(&format!(r#"{{"event_id":"{own}"}}"#), &with_id, (&head, now));
    check(r#"{"event_id":"x","timestamp":"x"}"#, &plain, (&spare, now));
    check(r#"{"timestamp":"2026-11-23T09:59:00Z"}"#, &plain, (&spare, "2026-11-23T09:59:00.000000000Z"));
    check(r#"{"timestamp":"2026-11-23T10:00:09Z"}"#, &plain, (&spare, now));
    check(r#"{"timestamp":"2016-11-23T10:00:09Z"}"#, &plain, (&spare, now));
    // The sender's clock is two hours ahead, or a few seconds, which may be the way.
    let at = |text| Some(Timestamp::parse_rfc3339(text).expect("a time"));
    let ahead = Arrival { sent_at: at("2026-11-23T12:00:00Z"), ..arrival() };
    check(r#"{"timestamp":"2026-11-23T11:59:58Z"}"#, &ahead, (&spare, "2026-11-23T09:59:58.000000000Z"));
    let slow = Arrival { sent_at: at("2026-11-23T09:59:50Z"), ..arrival() };
    check(r#"{"timestamp":"2026-11-23T09:59:45Z"}"#, &slow, (&spare, "2026-11-23T09:59:45.000000000Z"));
}

#[test]
fn the_address_is_taken_only_where_it_is_asked_for() {
    let check = |raw: &str, scrubber: &Scrubber, expected: Option<&str>| {
        let arrival = Arrival { remote: "203.0.113.7".parse().ok(), ..arrival() };
        let event = normalise(raw.as_bytes(), &arrival, scrubber).expect("an event");
        assert_eq!(event.user.and_then(|user| user.ip_address).as_deref(), expected, "{raw}");
    };
    let scrubber = Scrubber::new(Default::default());
    let auto = r#"{"user":{"ip_address":"{{auto}}"}}"#;
    check("{}", &scrubber, None);
    check(auto, &scrubber, Some("203.0.113.7"));
    check(r#"{"sdk":{"name":"a","settings":{"infer_ip":"auto"}}}"#, &scrubber, Some("203.0.113.7"));
    check(r#"{"sdk":{"name":"a","settings":{"infer_ip":"never"}}}"#, &scrubber, None);
    check(r#"{"user":{"ip_address":"10.0.0.1"}}"#, &scrubber, Some("10.0.0.1"));
    let hiding = Scrubber::new(crate::ScrubConfig { addresses: true, ..Default::default() });
    check(auto, &hiding, None);
}

#[test]
fn secrets_are_masked_wherever_they_stand() {
    let raw = r#"{"message":"login with password=hunter2 failed","transaction":"/reset?token=hunter2hunter2",
        "exception":[{"type":"E","value":"redis://app:hunter2@cache:6379/0","mechanism":{"type":"x","data":{"secret":"hunter2"}},
          "stacktrace":{"frames":[{"vars":{"password":"'hunter2'","user":{"auth":{"pin":"hunter2"}},"n":1,"kw":"{'api_key': 'hunter2'}"},
            "pre_context":["ok","PASSWORD = \"hunter2\""],"context_line":"f()","filename":"/home/alice/token.py"}]}}],
        "breadcrumbs":[{"message":"Authorization: Bearer hunter2hunter2hunter2","data":{"access_token":"hunter2","card":4111111111111111}}],
        "request":{"url":"https://u:hunter2@h/?csrf=hunter2","cookies":"sessionid=hunter2; theme=hunter2","headers":{"Cookie":"a=hunter2","X-Api-Key":"hunter2"},
          "data":"{\"user\":{\"password\":\"hunter2\"},\"otp\":[1,2]}","env":{"AWS_SECRET_ACCESS_KEY":"hunter2"}},
        "user":{"id":"1","auth_token":"hunter2"},"tags":{"session_token":"hunter2"},"extra":{"passwords":["x"],"deep":{"a":[{"client_secret":"hunter2"}]}},
        "contexts":{"x":{"credentials":{"name":"hunter2"}}}}"#;
    let event = event(raw);
    let written = serde_json::to_string(&event).expect("JSON");
    assert!(!written.contains("hunter2"), "{written}");
    assert!(!written.contains("4111111111111111"), "{written}");
    assert!(written.contains("/home/alice/token.py") && written.contains("theme"));
    assert_eq!(
        event.masked.join(" "),
        "message transaction exception.0.value exception.0.mechanism.data.secret \
         exception.0.stacktrace.0.vars.password exception.0.stacktrace.0.vars.user.auth \
         exception.0.stacktrace.0.vars.kw exception.0.stacktrace.0.context_line breadcrumbs.0.message \
         breadcrumbs.0.data.access_token breadcrumbs.0.data.card request.cookies.sessionid request.cookies.theme \
         request.headers.Cookie request.headers.X-Api-Key request.env.AWS_SECRET_ACCESS_KEY request.query_string.csrf \
         request.url request.data.user.password request.data.otp user.auth_token tags.session_token \
         extra.deep.a.0.client_secret contexts.x.credentials"
    );
    assert!(event.faults.is_empty(), "{:?}", event.faults);
}

#[test]
fn everything_is_bounded() {
    let many = |one: &str, count| format!("[{}]", vec![one; count].join(","));
    let nested = format!("{}1{}", r#"{"a":"#.repeat(40), "}".repeat(40));
    let raw = format!(
        r#"{{"message":"{}","tags":{},"breadcrumbs":{},"extra":{{"deep":{nested},"wide":{}}},"fingerprint":{},"exception":{}}}"#,
        "x".repeat(20_000),
        many(r#"["k","v"]"#, 500),
        many("{}", 300),
        many("1", 5_000),
        many("1", 99),
        many(r#"{"type":"E"}"#, 80),
    );
    let event = event(&raw);
    assert_eq!(event.message.map(|message| message.formatted.len()), Some(8 << 10));
    assert_eq!((event.tags.len(), event.breadcrumbs.len(), event.fingerprint.len()), (100, 100, 32));
    assert_eq!(event.exceptions.len(), 50);
    let extra = serde_json::to_string(&event.extra).expect("JSON");
    assert!(extra.contains(r#"{"a":"{…}"}"#) && extra.contains("… 4900 more"), "{extra}");
    let places: Vec<_> = event.faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(places, ["message", "tags", "exception"]);
}

/// The samples of others, with the bytes of each.
fn samples() -> Vec<(PathBuf, Vec<u8>)> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance");
    let root = std::env::var_os("PORTHOLE_CONFORMANCE").map_or_else(|| beside.into(), PathBuf::from);
    let mut samples = Vec::new();
    for folder in ["sentry", "bugsink", "glitchtip"] {
        let Ok(files) = std::fs::read_dir(root.join("issues").join(folder)) else { continue };
        let paths = files.filter_map(|file| Some(file.ok()?.path()));
        for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            let bytes = std::fs::read(&path).expect("a sample is readable");
            samples.push((path, bytes));
        }
    }
    samples
}

#[test]
fn every_sample_of_others_is_taken() {
    let samples = samples();
    if samples.is_empty() {
        eprintln!("skipped: no samples; say where they are with PORTHOLE_CONFORMANCE");
        return;
    }
    assert!(samples.len() >= 190, "only {} samples", samples.len());
    let scrubber = Scrubber::new(Default::default());
    for (path, bytes) in samples {
        let event = normalise(&bytes, &arrival(), &scrubber)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let title = crate::title(&event);
        assert_ne!(title.title, "", "{}", path.display());
        let stored = serde_json::to_string(&event).expect("an event is JSON");
        let read: Event = serde_json::from_str(&stored).expect("what is stored can be read");
        assert_eq!(read, event, "{}", path.display());
    }
}

/// Prints what a sample of 30 KB costs. A look by hand: `cargo test -p event --release -- --nocapture cost`.
#[test]
fn cost_of_a_large_sample_is_told() {
    let Some((path, bytes)) = samples().into_iter().min_by_key(|(_, bytes)| bytes.len().abs_diff(30_000))
    else {
        return;
    };
    let scrubber = Scrubber::new(Default::default());
    let rounds = 200;
    let began = std::time::Instant::now();
    for _ in 0..rounds {
        normalise(&bytes, &arrival(), &scrubber).expect("an event");
    }
    let each = began.elapsed() / rounds;
    println!("{}: {} bytes, {each:?} each", path.display(), bytes.len());
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("-1.5".to_owned()),
        Just("4111111111111111".to_owned()),
        "[a-zA-Z=:/@ ]{0,12}".prop_map(|text| format!("\"{text}\"")),
    ];
    let name = prop_oneof![
        Just("values"),
        Just("frames"),
        Just("type"),
        Just("value"),
        Just("stacktrace"),
        Just("data"),
        Just("password"),
        Just("timestamp"),
        Just("id"),
        Just("key"),
        Just("url"),
        Just("message"),
        Just("vars"),
        Just("lineno"),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(|list| format!("[{}]", list.join(","))),
            proptest::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| {
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

const FIELDS: [&str; 24] = [
    "event_id",
    "timestamp",
    "level",
    "platform",
    "logger",
    "transaction",
    "release",
    "message",
    "logentry",
    "exception",
    "threads",
    "stacktrace",
    "template",
    "breadcrumbs",
    "request",
    "user",
    "tags",
    "contexts",
    "extra",
    "modules",
    "sdk",
    "fingerprint",
    "debug_meta",
    "csp",
];

proptest! {
    /// Whatever a field is, the event is taken, and stored as it is read again.
    #[test]
    fn no_shape_of_a_field_refuses_the_event(field in proptest::sample::select(&FIELDS[..]), value in json()) {
        let event = event(&format!("{{\"{field}\":{value},\"server_name\":\"web\"}}"));
        prop_assert_eq!(event.server_name.as_deref(), Some("web"));
        let stored = serde_json::to_string(&event).expect("JSON");
        let read: Event = serde_json::from_str(&stored).expect("what is stored can be read");
        prop_assert_eq!(read, event);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = normalise(&bytes, &arrival(), &Scrubber::off());
        let _ = envelope::read(&bytes.into(), &Default::default());
    }
}
