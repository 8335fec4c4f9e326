//! What is a value in a text, and what is not.

use std::borrow::Cow;

use crate::grouping::text::shape;
use crate::parameterise;

#[test]
fn values_are_taken_out() {
    let cases = [
        ("", ""),
        ("nothing to see", "nothing to see"),
        ("order 17 failed", "order <int> failed"),
        ("order -17 failed, 2042 to go", "order <int> failed, <int> to go"),
        ("123456789012345 rows", "<int> rows"),
        ("took 3.5 s of 12ms, 1.5h", "took <float> s of <duration>, <duration>"),
        ("mail to ann.b+c@example.co.uk failed", "mail to <email> failed"),
        ("user=ann@example.com", "user=<email>"),
        ("GET https://shop.example/a?b=c#d: 502", "GET <url>: <int>"),
        ("redis://10.0.0.1:6379/0 is away", "<url> is away"),
        ("cannot resolve db-1.internal", "cannot resolve <hostname>"),
        ("10.0.0.1:5432 refused", "<ip>:<int> refused"),
        ("from fe80::1 to 2001:db8::8a2e:370:7334", "from <ip> to <ip>"),
        ("id 3fa85f64-5717-4562-b3fc-2c963f66afa6", "id <uuid>"),
        ("at 0x7f3a9c81d04e", "at <hex>"),
        ("blob d41d8cd98f00b204e9800998ecf8427e", "blob <md5>"),
        ("commit da39a3ee5e6b4b0d3255bfef95601890afd80709", "commit <sha1>"),
        ("commit 1a2b3c4 of 12345678", "commit <git_sha> of <int>"),
        ("trace 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "trace <traceparent>"),
        ("container 3f2a9c81d04e", "container <hex>"),
        ("at 2026-11-23T10:39:55.123Z", "at <date>"),
        ("at 2026-11-23 10:39:55,123+01:00 today", "at <date> today"),
        ("on Mon, 23 Nov 2026 10:39:55 GMT", "on <date>"),
        ("on Mon Nov 23 10:39:55 UTC 2026", "on <date>"),
        ("[23/Nov/2026:10:39:55 +0000] x", "[<date>] x"),
        ("Nov 23 10:39:55 x", "<date> x"),
        ("11/23/2026 and 10:39:55", "<date> and <date>"),
        ("name='ann' retry=true", "name=<quoted_str> retry=<bool>"),
        ("key order_17 of table_2", "key order_<int> of table_<int>"),
        ("tx0123456789abcdef01234-00abcdef12", "<swift_txn_id>"),
        ("größe 17 µs ✓", "größe <int> µs ✓"),
        // Words stay, however much they look like something.
        ("deadbeef facade decade", "deadbeef facade decade"),
        ("KeyError in shop.views", "KeyError in shop.views"),
        ("std::string and Foo::bar", "std::string and Foo::bar"),
        ("HTTP2 over utf8", "HTTP2 over utf8"),
        ("payment of order %s by %(name)s failed", "payment of order %s by %(name)s failed"),
    ];
    for (text, expected) in cases {
        assert_eq!(parameterise(text), expected, "{text}");
        assert_eq!(parameterise(expected), expected, "again: {text}");
    }
    assert!(matches!(parameterise("nothing to see"), Cow::Borrowed(_)));
}

#[test]
fn shapes_leave_out_what_is_quoted() {
    let cases = [
        (
            "Invalid HTTP_HOST header: 'a.b'. You may need to add 'a.b'.",
            "Invalid HTTP_HOST header: <str>. You may need to add <str>.",
        ),
        ("can't decode byte 0xff, won't try 'utf-8'", "can't decode byte <hex>, won't try <str>"),
        ("Key (name)=(ann b) already exists.", "Key (name)=<str> already exists."),
        ("“foo” value must be an integer.", "<str> value must be an integer."),
        ("a \"b\nc\" d", "a \"b\nc\" d"),
    ];
    for (text, expected) in cases {
        assert_eq!(shape(text), expected, "{text}");
    }
}
