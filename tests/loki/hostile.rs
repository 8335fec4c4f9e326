//! Bodies that no honest client sends: nothing but a 4xx with a reason comes of them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use crate::harness::http::Client;
use crate::harness::loki::Body;
use crate::harness::mutation::Random;
use crate::harness::{Home, eventually, loki};

tests! {
    []:
        ten_thousand_malformed_pushes_do_no_harm,
        a_body_of_two_gigabytes_ends_with_one_sentence,
        a_body_that_inflates_without_end_is_refused;
}

const PUSHES: u64 = 10_000;

/// How much more memory than before is no leak.
const GROWTH_MAX: u64 = 64 << 20;

/// Good bodies of every form, with their headers.
fn good_bodies() -> Vec<Body> {
    let now = loki::now();
    let lines: Vec<(i64, String)> =
        (0..20).map(|at| (now + at, format!("mutant {at} {}", "ab".repeat(20)))).collect();
    let json_body =
        loki::json_body(&json!({ "job": "mutant", "env": "test" }), &lines).to_string().into_bytes();
    let json_type = ("content-type", "application/json");
    let packed = vec![json_type, ("content-encoding", "gzip")];
    let protobuf = vec![("content-type", "application/x-protobuf")];
    let snappy = loki::snappy_body(r#"{job="mutant", env="test"}"#, &lines, &[("trace", "1")]);
    vec![
        Body { headers: packed, bytes: loki::gzip(&json_body) },
        Body { headers: vec![json_type], bytes: json_body },
        Body { headers: protobuf, bytes: snappy },
    ]
}

fn ten_thousand_malformed_pushes_do_no_harm() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let good = good_bodies();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut refused = 0;
    let mut before = 0;
    for number in 0..PUSHES {
        let mut body = good[random.below(good.len())].clone();
        random.mutate(&mut body.bytes);
        if random.below(20) == 0 {
            // What is said about the body is wrong as well.
            body.headers = [vec![("content-type", "text/plain")], vec![("content-encoding", "br")], vec![]]
                [random.below(3)]
            .clone();
        }
        let answer = loki::push_body(client, body);
        match answer.status {
            // Some bytes of a body may be others and it is still a push.
            204 => {}
            400..=499 => {
                refused += 1;
                assert!(
                    !answer.text().trim().is_empty(),
                    "push {number}: {} without a reason",
                    answer.status
                );
            }
            other => panic!("push {number} answered {other}: {}", answer.text()),
        }
        if number == PUSHES / 5 {
            before = appliance.resident_bytes();
        }
    }
    assert!(refused > PUSHES * 6 / 10, "only {refused} of {PUSHES} were refused: the mutations are too weak");
    let after = appliance.resident_bytes();
    assert!(after < before + GROWTH_MAX, "memory grew from {before} to {after} bytes");
    loki::push(client, &json!({ "job": "survivor" }), &[(loki::now(), "still here".to_owned())]);
    assert_eq!(loki::texts(client, r#"{job="survivor"}"#), ["still here"]);
    let (home, status) = appliance.stop();
    assert!(status.success(), "{status}");
    let log = std::fs::read_to_string(home.log()).unwrap();
    assert!(!log.contains("panicked"), "{log}");
    assert!(log.len() < 1 << 20, "{} bytes of log for {PUSHES} bad pushes", log.len());
}

fn a_body_of_two_gigabytes_ends_with_one_sentence() {
    let appliance = Home::new().start();
    let before = appliance.resident_bytes();
    let length = 2_u64 << 30;
    for framing in [format!("content-length: {length}"), "transfer-encoding: chunked".to_owned()] {
        let (status, body) = pour_zeros(appliance.client(), &framing, length);
        assert_eq!(status, 413, "{framing}: {body}");
        assert!(body.trim().lines().count() == 1 && body.contains("MiB"), "{framing}: {body}");
    }
    let after = appliance.resident_bytes();
    assert!(after < before + GROWTH_MAX, "memory grew from {before} to {after} bytes");
    appliance.anonymous().get("/ready").expect(200);
}

/// Sends zeros until the appliance has answered or all are sent; the status and the body of the answer.
fn pour_zeros(client: &Client, framing: &str, length: u64) -> (u16, String) {
    let mut stream = TcpStream::connect(client.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    let credentials: String =
        client.headers().iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "POST /loki/api/v1/push HTTP/1.1\r\nhost: {}\r\n{credentials}content-type: application/json\r\n{framing}\r\n\r\n",
        client.address()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The answer may come long before the end of the body, and the connection may be closed after it.
    let mut reader = stream.try_clone().unwrap();
    let answer = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        while !is_whole(&bytes) {
            match reader.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let zeros = vec![0; 64 << 10];
    let chunked = framing.contains("chunked");
    let mut sent = 0;
    while sent < length && !answer.is_finished() {
        let framed =
            if chunked { [b"10000\r\n".as_slice(), &zeros, b"\r\n"].concat() } else { zeros.clone() };
        if stream.write_all(&framed).is_err() {
            break;
        }
        sent += zeros.len() as u64;
    }
    let answer = answer.join().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
    (status, body.to_owned())
}

/// Whether an answer with a length is all there.
fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}

fn a_body_that_inflates_without_end_is_refused() {
    let appliance = Home::new().start();
    let before = appliance.resident_bytes();
    let bomb = loki::gzip(&vec![b' '; 256 << 20]);
    let headers = vec![("content-type", "application/json"), ("content-encoding", "gzip")];
    let answer = loki::push_body(appliance.client(), Body { headers, bytes: bomb }).expect(413).text();
    assert!(answer.contains("MiB"), "{answer}");
    // A snappy block that claims four gigabytes.
    let mut claim = vec![0xff, 0xff, 0xff, 0xff, 0x0f];
    claim.extend_from_slice(&[0; 64]);
    let headers = vec![("content-type", "application/x-protobuf")];
    let answer = loki::push_body(appliance.client(), Body { headers, bytes: claim });
    assert!(matches!(answer.status, 400 | 413), "{}: {}", answer.status, answer.text());
    eventually("the memory is given back", || {
        (appliance.resident_bytes() < before + GROWTH_MAX).then_some(())
    });
}
