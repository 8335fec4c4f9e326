//! Stored events and what the page shows of them.

use expect_test::{Expect, expect};

use super::*;

fn read(json: &str) -> Event {
    let usual = r#"{"id":"9ec79c33ec9942ab8353589fcb2e04dc","received":0,"timestamp":0,"level":"error","platform":"python"}"#;
    let mut whole: serde_json::Value = serde_json::from_str(usual).expect("JSON");
    let given: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let members = given.as_object().expect("an object").clone();
    whole.as_object_mut().expect("an object").extend(members);
    serde_json::from_value(whole).expect("an event")
}

#[test]
fn stacks_are_printed_as_their_language_does() {
    let check = |json: &str, expected: Expect| expected.assert_eq(&raw::text(&read(json)));
    let chain = r#""exceptions":[
        {"ty":"KeyError","value":"'a'","module":"builtins","mechanism":{"ty":"chained","source":"__cause__"},
         "frames":[{"function":"get","filename":"shop/a.py","abs_path":"/app/shop/a.py","lineno":3,"context_line":"  return d[k]"}]},
        {"ty":"Failed","value":"no a","module":"shop.errors",
         "frames":[{"function":"view","filename":"shop/v.py","lineno":9},{"function":"pay","filename":"shop/v.py","lineno":5}]}]"#;
    check(
        &format!("{{{chain}}}"),
        expect![[r#"
            Traceback (most recent call last):
              File "/app/shop/a.py", line 3, in get
                return d[k]
            KeyError: 'a'

            The above exception was the direct cause of the following exception:

            Traceback (most recent call last):
              File "shop/v.py", line 9, in view
              File "shop/v.py", line 5, in pay
            shop.errors.Failed: no a
        "#]],
    );
    check(
        &format!("{{\"platform\":\"javascript\",{chain}}}"),
        expect![[r#"
            Failed: no a
                at pay (shop/v.py:5:0)
                at view (shop/v.py:9:0)

            caused by: KeyError: 'a'
                at get (/app/shop/a.py:3:0)
        "#]],
    );
    check(
        &format!("{{\"platform\":\"go\",{chain}}}"),
        expect![[r#"
            Failed: no a
            pay(...)
            	shop/v.py:5
            view(...)
            	shop/v.py:9

            caused by: KeyError: 'a'
            get(...)
            	/app/shop/a.py:3
        "#]],
    );
    check(r#"{"message":{"formatted":"hello"}}"#, expect![""]);
}

#[test]
fn request_ids() {
    let check = |json: &str, expected: Option<&str>| assert_eq!(request_id(&read(json)), expected, "{json}");
    check(r#"{"request":{"headers":[["X-Request-Id","abc-1"]]}}"#, Some("abc-1"));
    check(r#"{"tags":[["request_id","abc-2"]],"request":{"headers":[["Host","x"]]}}"#, Some("abc-2"));
    check(r#"{"tags":[["request_id","two words"]]}"#, None);
    check(r#"{"tags":[["request_id",""]]}"#, None);
    check("{}", None);
}

#[test]
fn a_whole_event() {
    let event = read(
        r#"{"server_name":"3f2a1c9d8e7b","message":{"formatted":"order 5 failed","template":"order %s failed"},
            "stacktrace":[{"function":"f","abs_path":"/a/b.py","lineno":2,"pre_context":["one"],"context_line":"two",
                           "post_context":["three"],"in_app":true,"vars":[["x",{"y":[1,null]}],["z","text"]]},
                          {"function":"g","filename":"lib.py"}],
            "request":{"method":"POST","url":"http://x/y","data":{"a":1},"cookies":[["session","[Filtered]"]]},
            "user":{"id":"7","email":"a@b.c","data":[["plan","pro"]]},
            "contexts":[["trace",{"trace_id":"0123456789abcdef0123456789abcdef"}],["odd","text"]],
            "faults":[{"path":"user.id","what":"a list"}],"masked":["request.cookies.session"]}"#,
    );
    let page = page(&event, Place { number: 3, of: 9, ..Place::default() });
    assert_eq!((page.text.as_str(), page.template.as_str()), ("order 5 failed", "order %s failed"));
    let source = vec![(1, "one".to_owned()), (2, "two".to_owned()), (3, "three".to_owned())];
    assert_eq!((&page.frames[0].source, page.frames[0].file.as_str()), (&source, "/a/b.py"));
    assert_eq!((page.frames[0].in_app, page.frames[1].in_app), (true, false));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(page.frames[0].locals, [pair("x", r#"{"y":[1,null]}"#), pair("z", "text")]);
    assert_eq!(page.request.as_ref().map(|request| request.body.as_str()), Some("{\n  \"a\": 1\n}"));
    assert_eq!(page.user, [pair("id", "7"), pair("email", "a@b.c"), pair("plan", "pro")]);
    assert_eq!(page.trace_id, "0123456789abcdef0123456789abcdef");
    assert_eq!(page.contexts[1].values, [pair("", "text")]);
    assert_eq!((page.faults[0].path.as_str(), page.masked.len()), ("user.id", 1));
    assert_eq!((page.number, page.of), (3, 9));
}
