use super::scene::{Scene, answering, ask, rest, route_to, server, until};
use tokio::io::AsyncWriteExt as _;

/// A server that nobody listens at.
const NOBODY: &str = "[[proxy.route]]\nrule = \"PathPrefix(`/`)\"\nto = \"http://127.0.0.1:1\"\n";

/// The status of the answer, and the reason of its access entry.
async fn check(settings: &str, request: &str, status: &str, why: &str) {
    let scene = Scene::new(settings).await;
    let answer = scene.ask(request).await;
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}\n{answer}");
    let entries = scene.entries().await;
    let told: Vec<(String, String)> =
        entries.iter().map(|entry| (entry["status"].to_string(), entry["why"].to_string())).collect();
    assert_eq!(told, [(status.to_owned(), format!("{why:?}"))], "{request:?}\n{entries:?}");
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn each_refusal_has_one_clear_status_and_one_entry() {
    let other = "[[proxy.route]]\nrule = \"Host(`b.example`)\"\nto = \"http://127.0.0.1:1\"\n";
    check(other, &get("/"), "404", "no_router").await;
    check(NOBODY, &get("/"), "502", "connect_refused").await;
    check(NOBODY, &get(&format!("/{}", "a".repeat(17_000))), "414", "address_too_long").await;
    check(
        NOBODY,
        "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nConnection: close\r\n\r\n",
        "501",
        "method",
    )
    .await;
    check(NOBODY, &get("/%zz"), "400", "malformed").await;
    check(NOBODY, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400", "malformed").await;
    check(NOBODY, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", "400", "malformed")
        .await;
    check(NOBODY, "GET / HTTP/1.1\r\nHost: a@b\r\nConnection: close\r\n\r\n", "400", "malformed").await;
}

#[tokio::test]
async fn what_is_no_request_is_answered_and_told() {
    check(NOBODY, "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", "400", "malformed").await;
    check(NOBODY, "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", "400", "malformed").await;
    check(NOBODY, "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400", "malformed").await;
    check(NOBODY, "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400", "malformed").await;
    check(NOBODY, "\0\u{1}\u{2}\u{3}\r\n\r\n", "400", "malformed").await;
    check(
        NOBODY,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "400",
        "malformed",
    )
    .await;
    check(
        NOBODY,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        "400",
        "malformed",
    )
    .await;
}

#[tokio::test]
async fn heads_have_a_size() {
    let many: String = (0..120).map(|number| format!("X-{number}: a\r\n")).collect();
    check(NOBODY, &format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"), "431", "head_too_large").await;
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(70_000));
    check(NOBODY, &long, "431", "head_too_large").await;
}

#[tokio::test]
async fn underscores_are_refused_where_that_is_wanted() {
    let settings = format!("underscore_headers = \"reject\"\n{NOBODY}");
    let request = "GET / HTTP/1.1\r\nHost: a\r\nX_A: b\r\nConnection: close\r\n\r\n";
    check(&settings, request, "400", "malformed").await;
}

#[tokio::test]
async fn servers_that_do_not_answer_are_told_apart() {
    let silent = server(|mut socket| async move {
        until(&mut socket, "\r\n\r\n").await;
    })
    .await;
    check(&route_to(silent), &get("/"), "502", "upstream_closed").await;
    let garbage = answering(b"HELLO\r\n\r\n").await;
    check(&route_to(garbage), &get("/"), "502", "upstream_malformed").await;
    let switching = answering(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n").await;
    check(&route_to(switching), &get("/"), "502", "upstream_malformed").await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_seen_to_break_off() {
    let dying = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await;
    let scene = Scene::new(&route_to(dying)).await;
    let answer = scene.ask(get("/")).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\nabc"), "{answer}");
    let [entry] = &scene.entries().await[..] else { panic!("one entry") };
    assert_eq!((&entry["status"], &entry["why"]), (&200.into(), &"upstream_cut".into()));
}

#[tokio::test]
async fn a_client_that_goes_away_is_told_as_499() {
    let (arrived, mut has_arrived) = tokio::sync::mpsc::channel(1);
    let slow = server(move |mut socket| {
        let arrived = arrived.clone();
        async move {
            until(&mut socket, "\r\n\r\n").await;
            arrived.send(()).await.unwrap();
            rest(&mut socket).await;
        }
    })
    .await;
    let scene = Scene::new(&route_to(slow)).await;
    let mut client = scene.connect().await;
    client.write_all(get("/").as_bytes()).await.unwrap();
    has_arrived.recv().await.unwrap();
    drop(client);
    let entries = scene.entries().await;
    let [entry] = &entries[..] else { panic!("one entry: {entries:?}") };
    assert_eq!((&entry["status"], &entry["why"]), (&499.into(), &"client_gone".into()));
}

#[tokio::test]
async fn browsers_get_a_page_and_programs_a_line() {
    let scene = Scene::new(NOBODY).await;
    let line = scene.ask(get("/")).await;
    assert!(
        line.contains("content-type: text/plain") && line.contains("502 the application cannot"),
        "{line}"
    );
    let page = scene
        .ask("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*\r\nX-Request-ID: r1\r\nConnection: close\r\n\r\n")
        .await;
    assert!(page.contains("<h1>502 Bad Gateway</h1>") && page.contains("<code>r1</code>"), "{page}");
    assert!(!page.contains("127.0.0.1"), "nothing of the inside is told: {page}");
}

#[tokio::test]
async fn one_entrypoint_leads_to_another() {
    let settings = "[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\nredirect_to = \"secure\"\n\
                    [proxy.entrypoints.secure]\naddress = \"127.0.0.1:0\"\n";
    let scene = Scene::with(&format!("{settings}{NOBODY}"), &[]).await;
    let port = scene.addresses["secure"].port();
    let answer = ask(scene.web(), get("/a?b")).await;
    assert!(answer.starts_with("HTTP/1.1 301 "), "{answer}");
    assert!(answer.contains(&format!("location: https://a.example:{port}/a?b\r\n")), "{answer}");
    let posted = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert!(ask(scene.web(), posted).await.starts_with("HTTP/1.1 308 "));
}

#[tokio::test]
async fn tls_that_is_none_is_told_and_counted() {
    let scene = Scene::new(NOBODY).await;
    // A record that is too long, and a client that says hello and goes.
    scene.ask(&[0x16, 3, 1, 0xff, 0xff, 1, 2, 3][..]).await;
    let mut gone = scene.connect().await;
    gone.write_all(&[0x16, 3, 1]).await.unwrap();
    gone.shutdown().await.unwrap();
    rest(&mut gone).await;
    let text = scene.proxy.meter().exposition();
    for reason in ["garbage", "client_gone"] {
        let line = format!(
            "porthole_proxy_tls_handshake_failures_total{{entrypoint=\"web\",reason=\"{reason}\"}} 1\n"
        );
        assert!(text.contains(&line), "{line}\n{text}");
    }
    let [entry] = &scene.entries().await[..] else { panic!("one entry") };
    assert_eq!((&entry["status"], &entry["why"]), (&400.into(), &"handshake".into()));
}
