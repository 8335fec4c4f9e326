use expect_test::{Expect, expect};
use model::{Health, Timestamp};

use super::*;
use crate::cursor::LogLine;

#[test]
fn events_are_read() {
    let check = |line: &str, expected: Option<(Action, &str, bool)>| {
        let event = Event::parse(line.as_bytes());
        let got = event.as_ref().map(|event| (event.action.clone(), event.id.as_str(), event.is_told()));
        assert_eq!(got, expected, "{line}");
    };
    let of = |action: &str, attributes: &str| {
        format!(
            r#"{{"status":"x","Type":"container","Action":"{action}","Actor":{{"ID":"0a","Attributes":{{"name":"web"{attributes}}}}},"time":1,"timeNano":1000000007}}"#
        )
    };
    check(&of("create", ""), Some((Action::Change, "0a", false)));
    check(&of("start", ""), Some((Action::Start, "0a", true)));
    check(&of("die", r#","exitCode":"137""#), Some((Action::Die { exit_code: Some(137) }, "0a", true)));
    check(&of("die", ""), Some((Action::Die { exit_code: None }, "0a", true)));
    check(&of("oom", ""), Some((Action::OutOfMemory, "0a", true)));
    check(&of("kill", r#","signal":"15""#), Some((Action::Stop, "0a", false)));
    check(&of("kill", r#","signal":"1""#), None);
    check(&of("health_status: unhealthy", ""), Some((Action::Health(Health::Unhealthy), "0a", true)));
    check(&of("health_status: healthy", ""), Some((Action::Health(Health::Healthy), "0a", true)));
    check(&of("health_status: odd", ""), None);
    check(&of("rename", ""), Some((Action::Change, "0a", false)));
    check(&of("destroy", ""), Some((Action::Destroy, "0a", false)));
    check(&of("exec_start: sh", ""), None);
    check(&of("top", ""), None);
    let network =
        r#"{"Type":"network","Action":"connect","Actor":{"ID":"net","Attributes":{"container":"0b"}}}"#;
    check(network, Some((Action::Change, "0b", false)));
    check(r#"{"Type":"network","Action":"create","Actor":{"ID":"net","Attributes":{}}}"#, None);
    check(r#"{"Type":"image","Action":"pull","Actor":{"ID":"busybox"}}"#, None);
    check(r#"{"Type":"container","Action":"start","Actor":{"ID":""}}"#, None);
    check("not json", None);

    let event = Event::parse(of("start", r#","image":"shop/web:1""#).as_bytes()).unwrap();
    assert_eq!((event.name(), event.image(), event.at.nanos()), ("web", "shop/web:1", 1_000_000_007));
    let other = Event::parse(of("die", "").as_bytes()).unwrap();
    assert_ne!(event.text(), other.text());
}

#[test]
fn the_filter_asks_for_every_event_that_is_read() {
    let decoded = PATH_FILTER
        .replace("%22", "\"")
        .replace("%5B", "[")
        .replace("%5D", "]")
        .replace("%7B", "{")
        .replace("%7D", "}");
    let filter: serde_json::Value = serde_json::from_str(decoded.strip_prefix("filters=").unwrap()).unwrap();
    assert_eq!(filter["type"], serde_json::json!(["container", "network"]));
    for action in ["create", "start", "die", "oom", "kill", "health_status", "destroy", "rename", "connect"] {
        assert!(filter["event"].as_array().unwrap().iter().any(|asked| asked == action), "{action}");
    }
}

#[test]
fn happenings_become_entries() {
    let check = |happening: Happening, expected: Expect| {
        let entry = happening.entry(Timestamp::from_nanos(7), "shop-web-1", "0a");
        assert_eq!(entry.timestamp.nanos(), 7);
        assert_eq!(entry.metadata, [("container_id".into(), "0a".into())]);
        let json: serde_json::Value = serde_json::from_str(&entry.line).unwrap();
        assert_eq!(json["container_id"], "0a");
        expected.assert_eq(&entry.line.replace(r#","container_id":"0a""#, ""));
    };
    let started = |again, restarts| {
        let (image, image_id) = ("shop/web:1".to_owned(), "sha256:1".to_owned());
        Happening::Started { image, image_id, again, restarts }
    };
    check(
        started(false, 0),
        expect![[
            r#"{"message":"shop-web-1 started (shop/web:1)","level":"info","event":"start","image":"shop/web:1","image_id":"sha256:1"}"#
        ]],
    );
    check(
        started(true, 0),
        expect![[
            r#"{"message":"shop-web-1 was started again","level":"info","event":"restart","restarts":0,"image":"shop/web:1","image_id":"sha256:1"}"#
        ]],
    );
    check(
        started(true, 3),
        expect![[
            r#"{"message":"shop-web-1 was started again by its restart policy (3 times by now)","level":"warn","event":"restart","restarts":3,"image":"shop/web:1","image_id":"sha256:1"}"#
        ]],
    );
    let died = |exit_code, asked, oom_killed| Happening::Died { exit_code, asked, oom_killed };
    check(
        died(Some(0), false, false),
        expect![[
            r#"{"message":"shop-web-1 ended (exit code 0)","level":"info","event":"die","exit_code":0}"#
        ]],
    );
    check(
        died(Some(1), false, false),
        expect![[
            r#"{"message":"shop-web-1 died (exit code 1)","level":"error","event":"die","exit_code":1}"#
        ]],
    );
    check(
        died(Some(139), false, false),
        expect![[
            r#"{"message":"shop-web-1 died (exit code 139, SIGSEGV: it crashed)","level":"error","event":"die","exit_code":139}"#
        ]],
    );
    check(
        died(Some(143), true, false),
        expect![[
            r#"{"message":"shop-web-1 was stopped (exit code 143)","level":"info","event":"die","exit_code":143}"#
        ]],
    );
    check(
        died(Some(137), true, false),
        expect![[
            r#"{"message":"shop-web-1 was killed (exit code 137, SIGKILL): by force, or for not ending in time","level":"warn","event":"die","exit_code":137}"#
        ]],
    );
    check(
        died(Some(137), false, true),
        expect![[
            r#"{"message":"shop-web-1 ran out of memory and was killed (exit code 137)","level":"error","event":"die","exit_code":137,"oom_killed":true}"#
        ]],
    );
    check(
        died(None, false, false),
        expect![[r#"{"message":"shop-web-1 died (unknown exit code)","level":"error","event":"die"}"#]],
    );
    check(
        Happening::OutOfMemory,
        expect![[
            r#"{"message":"shop-web-1 ran out of memory: the kernel killed a process in it","level":"error","event":"oom"}"#
        ]],
    );
    check(
        Happening::Health(Health::Unhealthy),
        expect![[
            r#"{"message":"shop-web-1 is unhealthy: its health check fails","level":"error","event":"health"}"#
        ]],
    );
    check(
        Happening::Health(Health::Healthy),
        expect![[r#"{"message":"shop-web-1 is healthy","level":"info","event":"health"}"#]],
    );
    let deployed = |image: &str| Happening::Deployed {
        service: "web".to_owned(),
        image: image.to_owned(),
        image_id: "sha256:2".to_owned(),
        previous_image: "shop/web:1".to_owned(),
        previous_image_id: "sha256:1".to_owned(),
    };
    check(
        deployed("shop/web:2"),
        expect![[
            r#"{"message":"web was deployed: shop/web:2 in place of shop/web:1","level":"info","event":"deploy","image":"shop/web:2","image_id":"sha256:2","previous_image":"shop/web:1","previous_image_id":"sha256:1"}"#
        ]],
    );
    check(
        deployed("shop/web:1"),
        expect![[
            r#"{"message":"web was deployed: a new build of shop/web:1","level":"info","event":"deploy","image":"shop/web:1","image_id":"sha256:2","previous_image":"shop/web:1","previous_image_id":"sha256:1"}"#
        ]],
    );
    let (from, to) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
    check(
        Happening::Gap { stream: "stderr", from, to },
        expect![[
            r#"{"message":"lines of shop-web-1 (stderr) between 1970-01-01T00:00:01.000000000Z and 1970-01-01T00:00:02.000000000Z may be missing: Docker had thrown them away before they were read (max-size of its log driver)","level":"warn","event":"gap","stream":"stderr","from":"1970-01-01T00:00:01.000000000Z","to":"1970-01-01T00:00:02.000000000Z"}"#
        ]],
    );
    check(
        Happening::Unread,
        expect![[
            r#"{"message":"shop-web-1 was removed before its log could be read; its lines are lost","level":"warn","event":"gap"}"#
        ]],
    );
}
