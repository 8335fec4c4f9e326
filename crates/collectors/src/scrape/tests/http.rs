//! What goes over the wire, and what can go wrong there.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use settings::{ByteSize, Secret};

use super::program::{Program, Reply, at, job, program, reply, target, text, worker};
use crate::scrape::{Authorization, Health, Job};

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// How a job fares with a program; `Ok` with what it stored.
async fn scraped(job: Job, replies: Vec<Reply>) -> (Result<Vec<String>, String>, Program) {
    let program = program(replies).await;
    let (mut worker, memory) = worker(target(&program.address, job));
    let report = worker.scrape(at(1000)).await;
    let found = match report.health {
        Health::Down(why) => {
            assert_eq!(memory.own(1000, "up"), "0");
            Err(why)
        }
        _ => {
            assert_eq!(memory.own(1000, "up"), "1");
            Ok(memory.at(1000))
        }
    };
    (found, program)
}

#[tokio::test]
async fn a_scrape_says_what_it_reads() {
    let mut told = job();
    told.headers.insert("x-scope", "team".parse().unwrap());
    told.authorization = Some(Authorization::Basic { name: "me".to_owned(), password: Secret::new("it") });
    let (found, program) = scraped(told, vec![text("a 1\n")]).await;
    assert_eq!(found, Ok(vec!["a 1".to_owned()]));
    let asked = program.asked.lock().unwrap()[0].clone();
    for part in [
        "GET /metrics HTTP/1.1",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5",
        "accept-encoding: gzip",
        "x-prometheus-scrape-timeout-seconds: 10",
        "x-scope: team",
        "authorization: Basic bWU6aXQ=",
    ] {
        assert!(asked.contains(part), "{part} not in\n{asked}");
    }
    let (_, program) = scraped(Job { gzip: false, ..job() }, vec![text("a 1\n")]).await;
    assert!(!program.asked.lock().unwrap()[0].contains("gzip"));
}

#[tokio::test]
async fn packed_answers_are_unpacked_up_to_the_limit() {
    let headers = ["content-encoding: gzip", "content-type: text/plain"];
    let (found, _) = scraped(job(), vec![reply("200 OK", &headers, packed(b"a 1\n"))]).await;
    assert_eq!(found, Ok(vec!["a 1".to_owned()]));
    let bomb = packed(&vec![b'#'; 64 << 20]);
    assert!(bomb.len() < 100 << 10, "{}", bomb.len());
    let mut limited = job();
    limited.limits.body = ByteSize(1 << 20);
    let (found, _) = scraped(limited, vec![reply("200 OK", &headers, bomb)]).await;
    assert_eq!(found, Err("the answer unpacks to more than body_size_limit = 1MiB".to_owned()));
    let (found, _) = scraped(job(), vec![reply("200 OK", &headers, b"no gzip".to_vec())]).await;
    assert!(found.unwrap_err().starts_with("its gzip is broken"));
    let (found, _) = scraped(job(), vec![reply("200 OK", &["content-encoding: br"], "a 1\n")]).await;
    assert_eq!(found, Err("it answered in the encoding br, which nobody asked for".to_owned()));
}

#[tokio::test]
async fn what_never_ends_is_ended() {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_owned();
    let mut limited = job();
    limited.limits.body = ByteSize(100 << 10);
    let endless = Reply { head: head.clone(), body: b"a 1\n".to_vec(), endless: true, stalls: false };
    let (found, _) = scraped(limited, vec![endless]).await;
    assert_eq!(found, Err("the answer is longer than 102400 bytes: body_size_limit".to_owned()));
    let stalls = Reply { head, body: b"a 1\n".to_vec(), endless: false, stalls: true };
    let (found, _) = scraped(Job { timeout: Duration::from_millis(200), ..job() }, vec![stalls]).await;
    assert_eq!(found, Err("no answer within the timeout of 200ms".to_owned()));
    let cut = || {
        let mut cut = text("a 1\nb 2\n");
        cut.body.truncate(4);
        cut
    };
    let (found, _) = scraped(job(), vec![cut(), cut()]).await;
    assert!(found.unwrap_err().starts_with("the connection broke"));
    // Once is no failure.
    let (found, _) = scraped(job(), vec![cut(), text("a 1\n")]).await;
    assert_eq!(found, Ok(vec!["a 1".to_owned()]));
}

#[tokio::test]
async fn answers_that_are_no_metrics() {
    let check = async |reply: Reply, expected: &str| {
        let (found, _) = scraped(job(), vec![reply]).await;
        let found = found.unwrap_err();
        assert!(found.starts_with(expected), "{found}");
    };
    check(reply("404 Not Found", &[], "no"), "it answered 404 Not Found; is the path right?").await;
    check(reply("401 Unauthorized", &[], "no"), "it answered 401 Unauthorized; write username and password")
        .await;
    check(reply("200 OK", &["content-type: text/html; charset=utf-8"], "<html>"), "it answered a web page")
        .await;
    check(reply("200 OK", &["content-type: application/json"], "{}"), "it answered application/json").await;
    check(text("<html>\n"), "the answer holds no sample that can be read; line 1: a metric's name").await;
    // Nothing at all is an answer, and so is one that is partly bad.
    assert_eq!(scraped(job(), vec![text("")]).await.0, Ok(Vec::new()));
    assert_eq!(scraped(job(), vec![text("a 1\n<html>\n")]).await.0, Ok(vec!["a 1".to_owned()]));
    assert_eq!(
        scraped(job(), vec![text(b"a{b=\"\xff\"} 1\n".to_vec())]).await.0,
        Ok(vec!["a{b=\"\u{fffd}\"} 1".to_owned()])
    );
}

#[tokio::test]
async fn redirects_are_followed_and_secrets_stay() {
    let token = || Job { authorization: Some(Authorization::Bearer(Secret::new("mine"))), ..job() };
    let (found, asked) =
        scraped(token(), vec![reply("302 Found", &["location: /other"], ""), text("a 1\n")]).await;
    assert_eq!(found, Ok(vec!["a 1".to_owned()]));
    let second = asked.asked.lock().unwrap()[1].clone();
    assert!(second.starts_with("GET /other") && second.contains("authorization: Bearer mine"), "{second}");

    let elsewhere = program(vec![text("a 2\n")]).await;
    let location = format!("location: http://{}/m", elsewhere.address);
    let (found, asked) = scraped(token(), vec![reply("301 Moved Permanently", &[&location], "")]).await;
    assert_eq!(found, Ok(vec!["a 2".to_owned()]));
    assert!(asked.asked.lock().unwrap()[0].contains("Bearer mine"));
    assert!(!elsewhere.asked.lock().unwrap()[0].contains("authorization"));

    let again = || reply("302 Found", &["location: /metrics"], "");
    let (found, _) = scraped(job(), (0..20).map(|_| again()).collect()).await;
    assert_eq!(found, Err("it leads on more than 10 times".to_owned()));
    let (found, _) = scraped(Job { follow_redirects: false, ..job() }, vec![again()]).await;
    assert_eq!(found, Err("it leads to `/metrics`, and follow_redirects is false".to_owned()));
}

#[tokio::test]
async fn a_target_that_cannot_be_reached() {
    let gone = program(Vec::new()).await;
    tokio::task::yield_now().await;
    let check = async |url: &str, hint: Option<&str>, expected: &str| {
        let mut target = target("nowhere:1", job());
        target.url = url.parse().unwrap();
        target.hint = hint.map(Into::into);
        let report = worker(target).0.scrape(at(1000)).await;
        let Health::Down(why) = report.health else { panic!("{url}") };
        assert!(why.contains(expected), "{why}");
    };
    check(&format!("http://{}/", gone.address), None, "cannot connect: nobody listens there").await;
    check(&format!("http://{}/", gone.address), Some("share a network"), "; share a network").await;
    check("http://no-such-name.invalid/", None, "the name no-such-name.invalid is not known").await;
    let plain = program(vec![text("a 1\n")]).await;
    check(&format!("https://{}/", plain.address), None, "it does not speak TLS; try http instead of https")
        .await;
}
