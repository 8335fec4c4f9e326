//! Redirects.

use super::servers::{by_path, http};
use super::{failure, probe};

#[tokio::test]
async fn redirects_are_followed_and_counted() {
    let (address, requests) = by_path(|path| match path {
        "/a/old" => http("301 Moved Permanently", "location: new\r\n", ""),
        "/a/new" => http("302 Found", "location: /end?x#y\r\n", ""),
        "/end?x" => http("200 OK", "", "the end"),
        _ => http("404 Not Found", "", ""),
    })
    .await;
    let url = format!("http://{address}/a/old");
    let outcome = probe(&url, "expect_body = 'the end'\nauthorization = \"Bearer t\"").await;
    assert_eq!((failure(&outcome), outcome.redirects), ("it passed", 2));
    assert_eq!(outcome.answer.map(|answer| answer.body_length), Some(7));
    // One origin: all are told.
    let asked = requests.lock().unwrap().clone();
    assert!(asked.iter().all(|request| request.contains("authorization: Bearer t")), "{asked:?}");
    let outcome = probe(&url, "follow_redirects = false").await;
    assert_eq!(failure(&outcome), "it answered 301 Moved Permanently (to new) instead of 2xx");
    let outcome = probe(&url, "follow_redirects = false\nexpect_status = \"3xx\"").await;
    assert_eq!((failure(&outcome), outcome.redirects), ("it passed", 0));
}

#[tokio::test]
async fn a_loop_ends() {
    let (address, requests) = by_path(|_| http("302 Found", "location: /again\r\n", "")).await;
    let outcome = probe(&format!("http://{address}/again"), "").await;
    let expected = format!("it redirects more than 10 times, at last to http://{address}/again");
    assert_eq!((failure(&outcome), outcome.redirects), (expected.as_str(), 10));
    assert_eq!(requests.lock().unwrap().len(), 11);
    // The answers are told even so.
    assert_eq!(outcome.answer.map(|answer| answer.status), Some(302));
}

#[tokio::test]
async fn nothing_is_told_to_another_host() {
    let (other, told) = by_path(|_| http("200 OK", "", "")).await;
    let (address, _) =
        by_path(move |_| http("307 Temporary Redirect", &format!("location: http://{other}/x\r\n"), ""))
            .await;
    let lines = "authorization = \"Bearer secret\"\nheaders = { cookie = \"secret\" }\nmethod = \"POST\"\nbody = \"b\"";
    let outcome = probe(&format!("http://{address}/"), lines).await;
    assert_eq!((failure(&outcome), outcome.redirects), ("it passed", 1));
    let request = told.lock().unwrap()[0].clone();
    assert!(!request.contains("secret"), "{request}");
    assert!(request.starts_with("POST /x "), "{request}");
}

#[tokio::test]
async fn a_redirect_may_change_the_method() {
    let check = async |status: &str, method: &str, expected: &str| {
        let answer = http(status, "location: /next\r\n", "");
        let (address, requests) =
            by_path(move |path| if path == "/next" { http("200 OK", "", "") } else { answer.clone() }).await;
        let lines = format!("method = \"{method}\"\nbody = \"b\"");
        assert_eq!(failure(&probe(&format!("http://{address}/"), &lines).await), "it passed");
        let request = requests.lock().unwrap()[1].clone();
        assert!(request.starts_with(&format!("{expected} /next ")), "{status}: {request}");
        assert_eq!(request.ends_with("\r\n\r\nb"), expected == "POST", "{status}: {request}");
    };
    check("301 Moved Permanently", "POST", "GET").await;
    check("302 Found", "POST", "GET").await;
    check("303 See Other", "POST", "GET").await;
    check("303 See Other", "HEAD", "HEAD").await;
    check("307 Temporary Redirect", "POST", "POST").await;
    check("308 Permanent Redirect", "POST", "POST").await;
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_told() {
    let (address, _) = by_path(|_| http("302 Found", "location: ftp://files/\r\n", "")).await;
    let outcome = probe(&format!("http://{address}/"), "").await;
    assert_eq!(failure(&outcome), "it redirects to \"ftp://files/\", which is no address");
}
