//! Rules: what they match, and what is said about wrong ones.

use super::Rules;
use super::glob::Glob;
use crate::event::{Event, Exception, Frame};

#[test]
fn globs() {
    let cases = [
        ("*", "", true),
        ("a", "A", true),
        ("a", "ab", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*refused*", "connection Refused by peer", true),
        ("**/plugins/**", "/app/plugins/x/y.py", true),
        ("*a*b*c", "xxaxxbxxbxxc", true),
        ("*a*b*c", "xxaxxcxxb", false),
        ("ä*", "Ährig", true),
        ("", "a", false),
    ];
    for (pattern, text, expected) in cases {
        assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} on {text}");
    }
}

fn event() -> Event {
    let frame = |module: &str, path: &str| Frame {
        module: Some(module.into()),
        abs_path: Some(path.into()),
        function: Some("run".into()),
        in_app: Some(true),
        ..Frame::default()
    };
    let exception = Exception {
        ty: Some("OperationalError".into()),
        value: Some("connection refused".into()),
        frames: vec![frame("shop.views", "/app/shop/views.py"), frame("vendor.pay", "/app/vendor/pay.py")],
        ..Exception::default()
    };
    Event {
        platform: "python".into(),
        exceptions: vec![exception],
        tags: vec![("tenant".into(), "acme-2".into())],
        transaction: Some("/pay".into()),
        ..Event::default()
    }
}

#[test]
fn fingerprints_by_rule() {
    let cases: &[(&str, Option<&[&str]>)] = &[
        ("type:OperationalError -> database-down", Some(&["database-down"])),
        ("error.type:operational* value:*refused -> a b", Some(&["a", "b"])),
        ("type:Other -> x\ntransaction:/pay -> y", Some(&["y"])),
        ("transaction:/p* -> first\ntransaction:/pay -> second", Some(&["first"])),
        ("!type:OperationalError -> x", None),
        ("!type:KeyError -> x", Some(&["x"])),
        (
            "tags.tenant:acme* -> {{ default }}, {{ tags.tenant }}",
            Some(&["{{ default }}", "{{ tags.tenant }}"]),
        ),
        ("stack.module:vendor.* -> x", Some(&["x"])),
        ("module:vendor.* function:stop -> x", None),
        ("module:shop.* path:/app/vendor/* -> x", None),
        ("value:\"connection refused\" -> \"two words\"", Some(&["two words"])),
        ("# nothing\n\n", None),
    ];
    for (text, expected) in cases {
        let rules = Rules::parse(text).expect(text);
        let found =
            rules.fingerprint(&event()).map(|parts| parts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found.as_deref(), *expected, "{text}");
    }
}

#[test]
fn marks_by_rule() {
    let cases = [
        ("module:vendor.* -app", [None, Some(false)]),
        ("module:* -app\nmodule:shop.* +app", [Some(true), Some(false)]),
        ("type:KeyError module:* -app", [None, None]),
        ("!path:/app/vendor/* app:yes -app", [Some(false), None]),
    ];
    for (text, expected) in cases {
        let (rules, event) = (Rules::parse(text).expect(text), event());
        let marks = rules.marks(&event);
        let found: Vec<_> = event.exceptions[0].frames.iter().map(|frame| marks.of(frame)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn wrong_rules_say_what_to_write() {
    let cases = [
        ("type:KeyError", "says what to match only"),
        ("-> x", "matches nothing in particular"),
        ("type:KeyError ->", "nothing follows ->"),
        ("type:KeyError -app", "are about frames"),
        ("path:x -app more", "nothing may follow"),
        ("KeyError -> x", "is no matcher"),
        ("kind:x -> y", "kind is not known"),
        ("type:\"x -> y", "a quote is not closed"),
        ("type:x -> {{ default", "a {{ is not closed"),
        ("type: -> y", "a pattern has 1 to 200 bytes"),
        ("type:x -> y title=\"z\"", "cannot set the title"),
    ];
    for (text, expected) in cases {
        let faults = Rules::parse(&format!("# fine\n{text}\n")).expect_err(text);
        assert_eq!(faults.len(), 1, "{text}");
        assert_eq!(faults[0].line, 2);
        assert!(faults[0].what.contains(expected), "{text}: {}", faults[0].what);
    }
    let many = "type:x -> y\n".repeat(201);
    assert_eq!(Rules::parse(&many).expect_err("too many").len(), 1);
}
