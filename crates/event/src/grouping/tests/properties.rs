//! What must hold for any event.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::grouping::{Hash, Rules, group};
use crate::{Event, Exception, Frame, Level, Mechanism, Message, Thread, User, Value, parameterise};

fn name() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(prop_oneof![
        "[a-c]{0,3}",
        "\\PC{0,20}",
        Just("Foo.bar/<".to_owned()),
        Just("a<b(c)>".to_owned())
    ])
}

fn frame() -> impl Strategy<Value = Frame> {
    (name(), name(), name(), name(), proptest::option::of(any::<bool>())).prop_map(
        |(function, module, filename, context_line, in_app)| Frame {
            function,
            module,
            filename,
            context_line,
            in_app,
            ..Frame::default()
        },
    )
}

fn exception() -> impl Strategy<Value = Exception> {
    let mechanism =
        (any::<bool>(), proptest::option::of(0..6_u32), proptest::option::of(0..6_u32), any::<bool>());
    (name(), name(), vec(frame(), 0..30), proptest::option::of(mechanism)).prop_map(
        |(ty, value, frames, mechanism)| {
            let mechanism = mechanism.map(|(synthetic, exception_id, parent_id, is_exception_group)| {
                Mechanism { synthetic, exception_id, parent_id, is_exception_group, ..Mechanism::default() }
            });
            Exception { ty, value, frames, mechanism, ..Exception::default() }
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let platform = prop_oneof!["python", "javascript", "node", "java", "native", "php", "ruby", "go", ""];
    let message = proptest::option::of(("\\PC{0,60}", name()));
    let thread = (vec(frame(), 0..5), any::<bool>());
    let fingerprint =
        vec(prop_oneof!["[a-b]", Just("{{ default }}".to_owned()), Just("{{ type }}".to_owned())], 0..3);
    (platform, vec(exception(), 0..6), message, vec(thread, 0..3), fingerprint).prop_map(
        |(platform, exceptions, message, threads, fingerprint)| Event {
            platform,
            exceptions,
            message: message.map(|(formatted, template)| Message {
                formatted,
                template,
                params: vec![Value::Null],
            }),
            threads: threads
                .into_iter()
                .map(|(frames, crashed)| Thread { frames, crashed, ..Thread::default() })
                .collect(),
            fingerprint,
            ..Event::default()
        },
    )
}

/// The same event at another time and place: nothing of this may count.
fn elsewhere(mut event: Event) -> Event {
    event.id = crate::EventId([7; 16]);
    event.received = model::Timestamp::from_nanos(1);
    event.level = Level::Fatal;
    event.transaction = Some("/elsewhere".into());
    event.server_name = Some("other".into());
    event.release = Some("2.0".into());
    event.user = Some(User { id: Some("7".into()), ..User::default() });
    event.tags = vec![("a".into(), "b".into())];
    let frames = event.exceptions.iter_mut().flat_map(|exception| &mut exception.frames);
    for (at, frame) in frames.enumerate() {
        frame.lineno = Some(at as u32);
        frame.colno = Some(1);
        frame.vars = vec![("order".into(), Value::Text(at.to_string()))];
        frame.pre_context = vec!["# moved".into()];
    }
    event
}

proptest! {
    #[test]
    fn any_event_has_one_or_two_hashes_and_a_reason(event in event()) {
        let grouping = group(&event, &Rules::none());
        prop_assert!((1..=2).contains(&grouping.hashes.len()));
        prop_assert!(grouping.hashes.len() == 1 || grouping.hashes[0] != grouping.hashes[1]);
        prop_assert!(grouping.why.iter().any(|part| part.used), "{:?}", grouping.why);
        prop_assert_eq!(&grouping, &group(&event, &Rules::none()));
    }

    #[test]
    fn time_place_and_person_do_not_count(event in event()) {
        let there = elsewhere(event.clone());
        prop_assert_eq!(group(&event, &Rules::none()), group(&there, &Rules::none()));
    }

    #[test]
    fn storing_an_event_changes_nothing(event in event()) {
        let stored = serde_json::to_string(&event).expect("JSON");
        let read: Event = serde_json::from_str(&stored).expect("an event");
        prop_assert_eq!(group(&event, &Rules::none()).hashes, group(&read, &Rules::none()).hashes);
    }

    #[test]
    fn any_rules_are_read_or_refused(text in "\\PC{0,200}", event in event()) {
        if let Ok(rules) = Rules::parse(&text) {
            group(&event, &rules);
        }
    }

    #[test]
    fn parameterising_settles(text in "[ a-f0-9x:.@=_'\"/T-]{0,80}|\\PC{0,80}") {
        let once = parameterise(&text).into_owned();
        prop_assert_eq!(parameterise(&once), once.as_str(), "{}", text);
    }

    #[test]
    fn hashes_are_read_as_written(bytes in any::<[u8; 16]>()) {
        let hash = Hash(bytes);
        prop_assert_eq!(hash.to_string().parse(), Ok(hash));
        prop_assert_eq!(serde_json::from_str::<Hash>(&serde_json::to_string(&hash).expect("JSON")).expect("a hash"), hash);
    }
}
