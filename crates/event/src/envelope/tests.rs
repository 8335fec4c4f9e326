use proptest::prelude::*;

use super::*;

const ID: &str = "9ec79c33ec9942ab8353589fcb2e04dc";

/// Reads an envelope and writes it down in short: its event id, then its items as `kind payload`, then what was
/// skipped as `-name reason`.
fn read_short(text: &[u8]) -> String {
    let envelope = match read(&Bytes::copy_from_slice(text), &Limits::default()) {
        Ok(envelope) => envelope,
        Err(error) => return format!("error: {error}"),
    };
    let mut short = envelope.header.event_id.map_or("no id".to_owned(), |id| id.to_string());
    for item in &envelope.items {
        short += &format!("; {} {:?}", item.kind.name(), String::from_utf8_lossy(&item.payload));
    }
    for skipped in &envelope.skipped {
        short += &format!("; -{} {}", skipped.name, skipped.reason.name());
    }
    short
}

fn check(text: impl AsRef<[u8]>, expected: &str) {
    let text = text.as_ref();
    assert_eq!(read_short(text), expected, "{}", String::from_utf8_lossy(text));
}

#[test]
fn headers_alone() {
    check("{}", "no id");
    check("{}\n", "no id");
    check("\n \r\n{}\n\n", "no id");
    check(format!("{{\"event_id\":\"{ID}\"}}"), ID);
    check(format!("{{\"event_id\":\"{ID}\"}}\n"), ID);
    check("", "error: the envelope is empty");
    check("\n\n", "error: the envelope is empty");
    check("[]", "error: the envelope's header, its first line, is no object of JSON");
    check("{\n}", "error: the envelope's header, its first line, is no object of JSON");
    let long = format!("{{\"a\":\"{}\"}}\n", "x".repeat(8 << 10));
    check(long, "error: the envelope's header, its first line, is longer than 8192 bytes");
}

#[test]
fn payloads_without_a_length_end_with_their_line() {
    check("{}\n{\"type\":\"event\"}\n{\"a\":1}", r#"no id; event "{\"a\":1}""#);
    check(
        "{}\n{\"type\":\"log\",\"item_count\":2}\n{}\n{\"type\":\"event\"}\n[]\n",
        r#"no id; log "{}"; event "[]""#,
    );
    // The carriage return belongs to the payload.
    check(
        "{}\n{\"type\":\"event\"}\r\n{}\r\n{\"type\":\"session\"}\n{}",
        r#"no id; event "{}\r"; session "{}""#,
    );
    check("{}\n{\"type\":\"event\"}", r#"no id; event """#);
    check("{}\n{\"type\":\"event\",\"length\":null}\nx", r#"no id; event "x""#);
}

#[test]
fn payloads_with_a_length_are_taken_by_it() {
    check("{}\n{\"type\":\"attachment\",\"length\":0}\n", r#"no id; attachment """#);
    check("{}\n{\"type\":\"attachment\",\"length\":0}", r#"no id; attachment """#);
    check(
        "{}\n{\"type\":\"attachment\",\"length\":0}\n\n{\"type\":\"event\"}\n{}",
        r#"no id; attachment ""; event "{}""#,
    );
    check("{}\n{\"type\":\"attachment\",\"length\":5}\na\r\n\nb", r#"no id; attachment "a\r\n\nb""#);
    check(
        "{}\n{\"type\":\"attachment\",\"length\":3}\na\r\n\n{\"type\":\"event\",\"length\":2}\n{}\n",
        r#"no id; attachment "a\r\n"; event "{}""#,
    );
    check("{}\n{\"type\":\"event\",\"length\":\"2\"}\n{}", r#"no id; event "{}""#);
}

#[test]
fn what_is_framed_wrong_leaves_what_came_before() {
    let event = "{}\n{\"type\":\"event\",\"length\":2}\n{}\n";
    check(
        format!("{event}{{\"type\":\"session\",\"length\":3}}\n{{}}"),
        r#"no id; event "{}"; -session bad_length"#,
    );
    check(
        format!("{event}{{\"type\":\"session\",\"length\":1}}\n{{}}\n"),
        r#"no id; event "{}"; -session bad_length"#,
    );
    check(
        format!("{event}{{\"type\":\"session\",\"length\":-1}}\n{{}}\n"),
        r#"no id; event "{}"; -session bad_length"#,
    );
    check(
        format!("{event}{{\"type\":\"session\",\"length\":\"x\"}}\n{{}}\n"),
        r#"no id; event "{}"; -session bad_length"#,
    );
    check(format!("{event}no json\n{{}}\n"), r#"no id; event "{}"; - bad_header"#);
    check(format!("{event}{{\"type\":\"{}\"}}\n", "x".repeat(9000)), r#"no id; event "{}"; - bad_header"#);
}

#[test]
fn blank_lines_and_unknown_things_are_passed_over() {
    check("{}\n\n\n{\"type\":\"event\"}\n{}\n\n \n", r#"no id; event "{}""#);
    check(
        "{\"later\":[1]}\n{\"type\":\"replay_video\",\"length\":1}\nx\n{\"type\":\"event\",\"new\":true}\n{}",
        r#"no id; event "{}"; -replay_video not_taken"#,
    );
    check("{}\n{\"length\":2}\n{}\n{\"type\":7}\n{}\n", "no id; - not_taken; - not_taken");
    check("{}\n{\"type\":\"a<b>\\u0007\"}\n{}\n", "no id; -ab not_taken");
    check("{}\n{\"type\":\"event\"}\n{}\n{\"type\":\"event\"}\n[]\n", r#"no id; event "{}"; event "[]""#);
}

#[test]
fn bad_headers_count_as_missing() {
    let check = |field: &str, expected: Header| {
        let envelope = read(&format!("{{{field}}}\n").into(), &Limits::default()).expect(field);
        assert_eq!(envelope.header, expected, "{field}");
    };
    let at =
        |text| Header { sent_at: Some(Timestamp::parse_rfc3339(text).expect(text)), ..Header::default() };
    use model::Timestamp;
    check(r#""sent_at":"2026-11-23T10:00:00Z""#, at("2026-11-23T10:00:00Z"));
    check(r#""sent_at":"2026-11-23T10:00:00.123456789+00:00""#, at("2026-11-23T10:00:00.123456789Z"));
    check(r#""sent_at":"2026-11-23T10:00:00""#, at("2026-11-23T10:00:00Z"));
    check(r#""sent_at":1795428000.5"#, at("2026-11-23T10:00:00.5Z"));
    for bad in [
        r#""sent_at":"yesterday""#,
        r#""sent_at":[]"#,
        r#""event_id":"none""#,
        r#""event_id":12"#,
        r#""dsn":"https://host""#,
        r#""sdk":"python""#,
        r#""trace":[]"#,
        r#""trace":{"sample_rate":"2","trace_id":"x"}"#,
    ] {
        check(bad, Header::default());
    }
    let trace = Trace { sample_rate: Some(0.25), environment: Some("test".into()), ..Trace::default() };
    check(r#""trace":{"sample_rate":"0.25","environment":"test"}"#, Header { trace, ..Header::default() });
    check(
        r#""sdk":{"name":"sentry.go","version":"0.47.0"}"#,
        Header { sdk: Some("sentry.go/0.47.0".into()), ..Header::default() },
    );
}

#[test]
fn too_much_is_counted() {
    let limits = Limits { items_max: 3, event_bytes_max: 4, ..Limits::default() };
    let text = format!("{{}}\n{}", "{\"type\":\"event\"}\n{}\n".repeat(2));
    let envelope =
        read(&format!("{text}{{\"type\":\"event\"}}\n12345\n{text}").into(), &limits).expect("an envelope");
    assert_eq!(envelope.items.len(), 2);
    let reasons: Vec<_> = envelope.skipped.iter().map(|skipped| skipped.reason).collect();
    assert_eq!(reasons, [SkipReason::TooLarge, SkipReason::TooMany]);
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..60)
    ]
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes.into(), &Limits::default());
    }

    /// Items written with their length come back as they were, whatever is in them.
    #[test]
    fn items_come_back(payloads in proptest::collection::vec(payload(), 0..8), blank in "[\n ]{0,3}", last in any::<bool>()) {
        let mut text = b"{}\n".to_vec();
        for payload in &payloads {
            text.extend_from_slice(format!("{blank}{{\"type\":\"attachment\",\"length\":{}}}\n", payload.len()).as_bytes());
            text.extend_from_slice(payload);
            text.push(b'\n');
        }
        if last {
            text.pop();
        }
        let envelope = read(&text.into(), &Limits::default()).expect("an envelope");
        prop_assert!(envelope.skipped.is_empty());
        let read: Vec<_> = envelope.items.iter().map(|item| item.payload.to_vec()).collect();
        prop_assert_eq!(read, payloads);
    }

    /// Cut anywhere, an envelope gives the items before the cut.
    #[test]
    fn a_cut_envelope_keeps_its_first_items(cut in 4_usize..90) {
        let text = "{}\n{\"type\":\"event\",\"length\":2}\n{}\n{\"type\":\"session\",\"length\":2}\n{}\n";
        let whole = text.len();
        let envelope = read(&text.as_bytes()[..cut.min(whole)].to_vec().into(), &Limits::default()).expect("a header");
        let expected = usize::from(cut >= 33) + usize::from(cut >= 66);
        prop_assert_eq!(envelope.items.len(), expected, "{}", cut);
    }
}
