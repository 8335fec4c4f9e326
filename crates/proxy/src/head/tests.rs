use proptest::prelude::*;

use super::*;

/// What a connection's bytes lead to: the fault, or how it stands after them.
fn told(text: &[u8], piece: usize) -> String {
    let (mut watch, mut bytes) = (Watch::default(), text.to_vec());
    for part in bytes.chunks_mut(piece) {
        if let Some(fault) = watch.pass(part) {
            return fault.told().to_owned();
        }
    }
    assert_eq!(bytes, text, "nothing may be changed without a fault");
    match (watch.is_blind(), watch.is_in_head()) {
        (true, _) => "blind",
        (_, true) => "in a head",
        _ if watch.state == State::Head => "between requests",
        _ => "in a body",
    }
    .to_owned()
}

fn check(text: &str, expected: &str) {
    for piece in [1, 2, 3, 7, text.len().max(1)] {
        assert_eq!(told(text.as_bytes(), piece), expected, "{text:?} in pieces of {piece}");
    }
}

#[test]
fn plain_requests_pass() {
    check("", "between requests");
    check("GET / HTTP/1.1\r\nHost: a\r\n", "in a head");
    check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "between requests");
    check("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "between requests");
    check("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n", "between requests");
    check("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\na\nb#", "in a body");
    check("POST / HTTP/1.1\r\ncontent-LENGTH:5\r\n\r\na\nb#cGET / HTTP/1.1\r\n", "in a head");
    check("POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", "between requests");
}

#[test]
fn bodies_of_chunks_pass() {
    let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    check(&format!("{head}3\r\na\nb\r\n0\r\n\r\n"), "between requests");
    check(&format!("{head}3;x=#\r\na\nb\r\n0\r\nTrailer: x\r\n\r\n"), "between requests");
    check(&format!("{head}1A\r\n{}\r\n", "\n".repeat(26)), "in a body");
    check(&format!("{head}x\r\n"), "blind");
    check(&format!("{head}ffffffffffffffffff\r\n"), "blind");
}

#[test]
fn what_parsers_read_differently_is_not_forgiven() {
    let bare = "a line of the head ends in a bare line feed";
    check("GET / HTTP/1.1\nHost: a\r\n\r\n", bare);
    check("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", bare);
    check("GET / HTTP/1.1\r\nHost: a\r\n\n", bare);
    check("\nGET / HTTP/1.1\r\n", bare);
    check("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\na\nGET / HTTP/1.1\r\n\r\n", bare);
    check("GET /#a HTTP/1.1\r\n\r\n", "the target has a fragment");
    check("GET / HTTP/1.1\r\nReferer: #a\r\n\r\n", "between requests");
}

#[test]
fn what_has_no_plain_framing_is_the_last_on_its_connection() {
    check("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\na\nb", "blind");
    check("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "blind");
    check("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "blind");
    check("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "blind");
    check("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "blind");
    check("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", "blind");
    check(&format!("POST / HTTP/1.1\r\nContent-Length: {}1\r\n\r\n", "0".repeat(80)), "blind");
}

proptest! {
    #[test]
    fn pieces_make_no_difference(text in "(GET|POST) /[a#]{0,3} HTTP/1.1(\r?\n)(Content-Length: [0-9]\r\n|Transfer-Encoding: chunked\r\n|A: b\r?\n){0,3}\r\n[0-9a-f;\r\n]{0,20}", piece in 1usize..40) {
        let whole = told(text.as_bytes(), text.len().max(1));
        prop_assert_eq!(told(text.as_bytes(), piece), whole);
    }
}
