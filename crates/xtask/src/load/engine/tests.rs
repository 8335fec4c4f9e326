use std::io::Write as _;

use super::*;

/// The whole answer of the engine at the socket, as text.
fn ask(socket: &Path, path: &str) -> String {
    let mut stream = UnixStream::connect(socket).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: docker\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&String::from_utf8_lossy(&answer)) {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "closed after {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return false };
    match head.split_once("Content-Length: ") {
        Some((_, length)) => body.len() == length.parse::<usize>().unwrap(),
        None => body.ends_with("0\r\n\r\n"),
    }
}

fn past(lines: u64) -> Feed {
    let begin = Timestamp::from(SystemTime::now()).minus(Duration::from_secs(3600));
    Feed { begin, step: Duration::from_micros(500), lines }
}

#[test]
fn a_log_is_the_same_whenever_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("docker.sock");
    let feed = past(100);
    Engine::start(&socket, feed).unwrap();
    let logs = "/v1.41/containers/shop-web-1/logs?stdout=1&timestamps=1";
    let whole = ask(&socket, logs);
    assert!(whole.starts_with("HTTP/1.1 200 OK"));
    let from = feed.at(60);
    let (seconds, nanos) = (from.seconds(), from.nanos() % 1_000_000_000);
    let late = ask(&socket, &format!("{logs}&since={seconds}.{nanos:09}"));
    let line = |text: &str, number: u64| {
        let found = text.lines().find(|line| line.contains(&format!("\"n\":{number},")));
        found.map(|line| line[line.find("20").unwrap()..].to_owned())
    };
    assert_eq!(line(&late, 59), None);
    assert!(line(&late, 60).unwrap().starts_with(&from.to_string()));
    assert_eq!(line(&late, 60), line(&whole, 60));
    let last = ask(&socket, &format!("{logs}&tail=1"));
    assert_eq!((line(&last, 98), line(&last, 99)), (None, line(&whole, 99)));
}

#[test]
fn lines_are_counted_from_their_time() {
    let feed = Feed { begin: Timestamp::from_nanos(1000), step: Duration::from_nanos(10), lines: 5 };
    let check = |nanos, number| assert_eq!(feed.first_from(Timestamp::from_nanos(nanos)), number, "{nanos}");
    check(0, 0);
    check(1000, 0);
    check(1001, 1);
    check(1010, 1);
    check(1040, 4);
    check(5000, 5);
    assert_eq!(feed.at(4), Timestamp::from_nanos(1040));
}

#[test]
fn containers_are_listed_and_inspected() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("docker.sock");
    Engine::start(&socket, past(1)).unwrap();
    let body = |path: &str| {
        let answer = ask(&socket, path);
        serde_json::from_str::<serde_json::Value>(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    let listed = body("/containers/json?all=1");
    assert_eq!(listed.as_array().unwrap().len(), WRITERS.len());
    let id = listed[0]["Id"].as_str().unwrap();
    let inspected = body(&format!("/v1.50/containers/{id}/json"));
    assert_eq!(inspected["Name"], "/shop-edge-1");
    assert_eq!(body("/containers/other/json")["message"], "page not found");
}
