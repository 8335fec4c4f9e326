//! Pairs of events: one issue or two.

use std::slice::from_ref;

use serde_json::{Value, json};

use super::{are_one, event, grouped};
use crate::grouping::{Rules, Variant, group};

fn frame(module: &str, function: &str, line: &str) -> Value {
    json!({"module": module, "function": function, "context_line": line, "in_app": true, "lineno": 7})
}

fn foreign(module: &str, function: &str) -> Value {
    json!({"module": module, "function": function, "in_app": false})
}

fn raised(ty: &str, value: &str, frames: &[Value]) -> Value {
    json!({"type": ty, "value": value, "stacktrace": {"frames": frames}})
}

fn python(exceptions: &[Value]) -> Value {
    json!({"platform": "python", "exception": {"values": exceptions}})
}

/// An event of a browser: functions at an address.
fn browser(ty: Option<&str>, value: &str, functions: &[&str]) -> Value {
    let frame = |function: &&str| json!({"function": function, "abs_path": "https://x/a.js", "filename": "https://x/a.js", "in_app": true});
    let frames: Vec<Value> = functions.iter().map(frame).collect();
    let mechanism = json!({"type": "generic", "synthetic": ty.is_none()});
    json!({"platform": "javascript", "exception": {"values": [
        {"type": ty, "value": value, "mechanism": mechanism, "stacktrace": {"frames": frames}}
    ]}})
}

fn native(functions: &[(&str, &str)]) -> Value {
    let frame = |(function, package): &(&str, &str)| json!({"function": function, "package": package});
    let frames: Vec<Value> = functions.iter().map(frame).collect();
    json!({"platform": "native", "exception": {"values": [
        {"type": "SIGSEGV", "value": "Segfault", "mechanism": {"type": "x", "synthetic": true}, "stacktrace": {"frames": frames}}
    ]}})
}

fn in_file(platform: &str, filename: &str, function: &str) -> Value {
    json!({"platform": platform, "exception": {"values": [
        {"type": "E", "value": "v", "stacktrace": {"frames": [{"filename": filename, "function": function, "in_app": true}]}}
    ]}})
}

fn message(text: Value, logger: &str) -> Value {
    json!({"platform": "python", "logger": logger, "logentry": text})
}

fn csp(directive: &str, blocked: &str, page: &str) -> Value {
    json!({"platform": "javascript", "csp": {"effective_directive": directive, "blocked_uri": blocked, "document_uri": page}})
}

#[track_caller]
fn check(cases: &[(&str, Value, Value)], expected: bool) {
    for (name, one, other) in cases {
        let (one, other) = (grouped(&one.to_string()), grouped(&other.to_string()));
        assert_eq!(are_one(&one, &other), expected, "{name}: {one:#?} {other:#?}");
    }
}

#[test]
fn one_issue() {
    let view = frame("shop.views", "pay", "charge(order)");
    let at = |line: u32| {
        let mut view = view.clone();
        view["lineno"] = json!(line);
        view
    };
    let long = format!("x = '{}'", "y".repeat(120));
    let longer = format!("x = '{}'", "z".repeat(200));
    let own = |flag: bool| json!({"module": "lib.a", "function": "f", "in_app": flag});
    check(
        &[
            (
                "other text",
                python(&[raised("E", "a", from_ref(&view))]),
                python(&[raised("E", "b", from_ref(&view))]),
            ),
            (
                "another line number",
                python(&[raised("E", "a", &[at(1)])]),
                python(&[raised("E", "a", &[at(99)])]),
            ),
            (
                "indented anew",
                python(&[raised("E", "a", &[frame("m", "f", "  a =  1")])]),
                python(&[raised("E", "a", &[frame("m", "f", "a = 1\t")])]),
            ),
            (
                "a line too long to matter",
                python(&[raised("E", "a", &[frame("m", "f", &long)])]),
                python(&[raised("E", "a", &[frame("m", "f", &longer)])]),
            ),
            (
                "another version of a library",
                python(&[raised("E", "a", &[foreign("lib", "old"), view.clone(), foreign("lib", "x")])]),
                python(&[raised("E", "a", &[foreign("lib", "new"), view.clone()])]),
            ),
            (
                "another idea of what is the program's own",
                python(&[raised("E", "a", &[own(true), view.clone()])]),
                python(&[raised("E", "a", &[own(false), view.clone()])]),
            ),
            (
                "recursion of another depth",
                python(&[raised("E", "a", &[view.clone(), frame("m", "f", "f()"), frame("m", "f", "f()")])]),
                python(&[raised("E", "a", &[view.clone(), frame("m", "f", "f()")])]),
            ),
            ("no frames", python(&[raised("E", "order 17", &[])]), python(&[raised("E", "order 2042", &[])])),
            (
                "other browsers",
                browser(Some("E"), "a", &["Object.f", "?"]),
                browser(Some("E"), "b", &["f", "f/<"]),
            ),
            (
                "methods",
                browser(Some("E"), "a", &["Foo.prototype.f", "async g"]),
                browser(Some("E"), "a", &["f", "new g [as h]"]),
            ),
            ("a message with a stack", browser(None, "order 17", &["f"]), browser(None, "order 18", &["f"])),
            (
                "template arguments, plumbing",
                native(&[("start", "/usr/lib/libdyld.dylib"), ("a::b<int>(char)", "app"), ("std::f", "app")]),
                native(&[("a::b<long>(int)", "app"), ("abort", "/usr/lib/system/libsystem_c.dylib")]),
            ),
            (
                "Java's lambdas",
                in_file("java", "A.java", "lambda$run$17"),
                in_file("java", "A.java", "lambda$run$3"),
            ),
            (
                "Java's proxies",
                in_file("java", "A.java", "Shop$$EnhancerBySpringCGLIB$$1ab2c3.pay"),
                in_file("java", "A.java", "Shop$$EnhancerBySpringCGLIB$$9f8e7d.pay"),
            ),
            (
                "PHP's classes without a name",
                in_file("php", "a.php", "class@anonymous\u{0}/srv/a.php0x7190ad::run"),
                in_file("php", "a.php", "class@anonymous\u{0}/srv/a.php0x71ffff::run"),
            ),
            (
                "Ruby's templates",
                in_file("ruby", "a.erb", "_app_views_a_erb__3141592653_70311"),
                in_file("ruby", "a.erb", "_app_views_a_erb__2718281828_41322"),
            ),
            (
                "a hashed file",
                in_file("node", "app://main.3f2a9c81.js", "f"),
                in_file("node", "app://main.00aa11bb.js", "f"),
            ),
            (
                "a template",
                message(json!({"message": "order %s", "formatted": "order A", "params": ["A"]}), "a"),
                message(json!({"message": "order %s", "formatted": "order B", "params": ["B"]}), "b"),
            ),
            (
                "a text",
                message(json!({"formatted": "order 17"}), "a"),
                message(json!({"formatted": "order 18"}), "a"),
            ),
            (
                "an f-string",
                message(json!({"message": "order 17", "formatted": "order 17", "params": []}), "a"),
                message(json!({"message": "order 18", "formatted": "order 18", "params": []}), "a"),
            ),
            (
                "further lines",
                message(json!({"formatted": "a\n\nb\nc"}), "a"),
                message(json!({"formatted": "\n a\nb\nd"}), "a"),
            ),
            (
                "a policy on another page",
                csp("script-src", "https://evil.example/a.js", "https://shop.example/a"),
                csp("script-src", "https://evil.example/b.js", "https://shop.example/b"),
            ),
        ],
        true,
    );
}

#[test]
fn two_issues() {
    let view = frame("shop.views", "pay", "charge(order)");
    let one = |frames: &[Value]| python(&[raised("E", "a", frames)]);
    check(
        &[
            ("another class", one(from_ref(&view)), python(&[raised("F", "a", from_ref(&view))])),
            (
                "another function",
                one(from_ref(&view)),
                one(&[frame("shop.views", "refund", "charge(order)")]),
            ),
            ("another module", one(from_ref(&view)), one(&[frame("shop.rest", "pay", "charge(order)")])),
            (
                "another line of code",
                one(from_ref(&view)),
                one(&[frame("shop.views", "pay", "refund(order)")]),
            ),
            ("another caller", one(from_ref(&view)), one(&[frame("a", "b", "c()"), view.clone()])),
            (
                "another cause",
                python(&[raised("A", "a", from_ref(&view)), raised("E", "a", from_ref(&view))]),
                python(&[raised("B", "a", from_ref(&view)), raised("E", "a", from_ref(&view))]),
            ),
            ("another text, no frames", python(&[raised("E", "a", &[])]), python(&[raised("E", "b", &[])])),
            (
                "the library's frames only",
                python(&[raised("E", "no table a", &[foreign("lib", "f")])]),
                python(&[raised("E", "too many connections", &[foreign("lib", "f")])]),
            ),
            ("another message with a stack", browser(None, "a", &["f"]), browser(None, "b", &["f"])),
            (
                "another template",
                message(json!({"message": "order %s", "params": [1]}), "a"),
                message(json!({"message": "refund %s", "params": [1]}), "a"),
            ),
            (
                "another logger",
                message(json!({"formatted": "x"}), "a"),
                message(json!({"formatted": "x"}), "b"),
            ),
            (
                "another directive",
                csp("img-src", "https://x.example/", "p"),
                csp("script-src", "https://x.example/", "p"),
            ),
            (
                "another host",
                csp("img-src", "https://x.example/", "p"),
                csp("img-src", "https://y.example/", "p"),
            ),
            ("nothing said", json!({"platform": "python"}), json!({"platform": "go"})),
        ],
        false,
    );
}

#[test]
fn what_decided() {
    let view = frame("shop.views", "pay", "charge(order)");
    let cases = [
        (python(&[raised("E", "a", from_ref(&view))]), Variant::App, 1),
        (python(&[raised("E", "a", &[view.clone(), foreign("lib", "f")])]), Variant::App, 2),
        (python(&[raised("E", "a", &[foreign("lib", "f")])]), Variant::AllFrames, 1),
        (python(&[raised("E", "a", &[])]), Variant::Exception, 1),
        (message(json!({"formatted": "x"}), "a"), Variant::Message, 1),
        (csp("img-src", "https://x.example/", "p"), Variant::Csp, 1),
        (json!({"platform": "go"}), Variant::Nothing, 1),
        (json!({"message": "m", "exception": {"values": [{"type": null}]}}), Variant::Message, 1),
        (
            json!({"message": "m", "threads": [{"id": 1, "crashed": true, "stacktrace": {"frames": [view]}}]}),
            Variant::App,
            1,
        ),
    ];
    for (raw, variant, hashes) in cases {
        let grouping = grouped(&raw.to_string());
        assert_eq!((grouping.variant, grouping.hashes.len()), (variant, hashes), "{raw}");
    }
}

#[test]
fn fingerprints() {
    let view = frame("shop.views", "pay", "charge(order)");
    let with = |ty: &str, fingerprint: Value| {
        let mut raw = python(&[raised(ty, "a", &[foreign("lib", "f"), view.clone()])]);
        raw["fingerprint"] = fingerprint;
        raw["transaction"] = json!("/pay");
        raw["tags"] = json!({"tenant": "acme"});
        raw
    };
    let cases = [
        (with("E", json!(["x"])), with("F", json!(["x"])), true),
        (with("E", json!(["x", 17])), with("F", json!(["x", "17"])), true),
        (with("E", json!(["x"])), with("E", json!(["y"])), false),
        (with("E", json!(["ab", "c"])), with("E", json!(["a", "bc"])), false),
        (with("E", json!(["{{ default }}"])), with("E", json!(["{{default}}"])), true),
        (with("E", json!(["{{ default }}"])), with("E", Value::Null), true),
        (with("E", json!(["{{ default }}", "x"])), with("E", json!(["{{ default }}", "x"])), true),
        (with("E", json!(["{{ default }}", "x"])), with("F", json!(["{{ default }}", "x"])), false),
        (with("E", json!(["{{ default }}", "x"])), with("E", json!(["{{ default }}", "y"])), false),
        (with("E", json!(["{{ default }}", "x"])), with("E", Value::Null), false),
        (with("E", json!(["{{ type }}"])), with("E", json!(["E"])), true),
        (
            with("E", json!(["on {{ transaction }} of {{ tags.tenant }}"])),
            with("F", json!(["on /pay of acme"])),
            true,
        ),
        (with("E", json!(["{{ function }}/{{ module }}"])), with("F", json!(["pay/shop.views"])), true),
        (with("E", json!(["{{ tags.none }}"])), with("F", json!(["<no-value>"])), true),
        (with("E", json!(["{{ unheard }} {{"])), with("F", json!(["{{ unheard }} {{"])), true),
    ];
    for (one, other, expected) in cases {
        let (left, right) = (grouped(&one.to_string()), grouped(&other.to_string()));
        assert_eq!(are_one(&left, &right), expected, "{} {}", one["fingerprint"], other["fingerprint"]);
    }
}

#[test]
fn rules_come_before_the_programs_fingerprint() {
    let mut raw =
        python(&[raised("KeyError", "a", &[frame("shop.views", "pay", "a"), frame("vendor.x", "f", "b")])]);
    let plain = grouped(&raw.to_string());
    let ruled =
        |raw: &Value, rules: &str| group(&event(&raw.to_string()), &Rules::parse(rules).expect(rules));

    let without_vendor = ruled(&raw, "module:vendor.* -app");
    assert_eq!(without_vendor.hashes.len(), 2);
    assert!(are_one(&plain, &without_vendor), "the hash of all frames stays");

    raw["fingerprint"] = json!(["own"]);
    let by_rule = ruled(&raw, "type:KeyError -> x");
    assert_eq!((by_rule.variant, by_rule.hashes.len()), (Variant::Rule, 1));
    assert_eq!(ruled(&raw, "type:Other -> x").variant, Variant::Fingerprint);
    // A rule can undo what the program says.
    assert_eq!(ruled(&raw, "type:KeyError -> {{ default }}").hashes, plain.hashes);
}

#[test]
fn groups_of_exceptions() {
    let view = |line: &str| frame("shop.tasks", "fetch", line);
    let member = |id: u32, parent: u32, ty: &str, line: &str| {
        let mut one = raised(ty, "x", &[view(line)]);
        one["mechanism"] = json!({"type": "chained", "exception_id": id, "parent_id": parent, "source": format!("exceptions[{id}]")});
        one
    };
    let holder = |id: u32, parent: Option<u32>| {
        let mut one = raised("ExceptionGroup", "several", &[frame("shop.tasks", "all", "group()")]);
        one["mechanism"] = json!({"type": "generic", "exception_id": id, "parent_id": parent, "is_exception_group": true, "source": "exceptions[0]"});
        one
    };
    let alone = python(&[raised("A", "x", &[view("a")])]);
    let ten: Vec<Value> = (1..=10).rev().map(|id| member(id, 0, "A", "a")).chain([holder(0, None)]).collect();
    let two = python(&[member(2, 0, "B", "b"), member(1, 0, "A", "a"), holder(0, None)]);
    let turned =
        python(&[member(3, 0, "A", "a"), member(2, 0, "A", "a"), member(1, 0, "B", "b"), holder(0, None)]);
    let nested = python(&[member(2, 1, "A", "a"), holder(1, Some(0)), holder(0, None)]);
    // Numbers that do not fit together: a plain chain.
    let circular = python(&[member(1, 2, "A", "a"), member(2, 1, "A", "a"), holder(0, None)]);
    check(
        &[
            ("ten alike are one", alone.clone(), python(&ten)),
            ("in any order", two.clone(), turned),
            ("nested", alone.clone(), nested),
        ],
        true,
    );
    check(&[("two kinds", alone.clone(), two), ("circular", alone, circular)], false);
}

#[test]
fn why_names_what_counts() {
    let raw = python(&[raised(
        "KeyError",
        "order 17",
        &[foreign("django.core", "inner"), frame("shop.views", "pay", "charge(order)")],
    )]);
    let why = grouped(&raw.to_string()).why;
    let lines: Vec<String> = why
        .iter()
        .map(|part| format!("{} {} ({})", if part.used { "+" } else { "-" }, part.what, part.hint))
        .collect();
    let expected = [
        "+ class KeyError ()",
        "- frame django.core, inner (not the program's own)",
        "+ frame shop.views, pay: charge(order) ()",
        "- text order <int> (the frames say enough)",
    ];
    assert_eq!(lines, expected);
}
