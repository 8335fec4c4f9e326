use super::scene::{Scene, echo, route_to};

/// What the server sees of a request: the lines of it that `names` begin, without those that differ each time.
async fn check(settings: &str, request: &str, expected: &[&str]) {
    let server = echo().await;
    let scene = Scene::new(&format!("{settings}\n{}", route_to(server))).await;
    let answer = scene.ask(request.replace('\n', "\r\n")).await;
    let (_, body) = answer.split_once("\r\n\r\n").expect(&answer);
    let port = scene.web().port().to_string();
    let own = ["x-request-id", "traceparent", "sentry-trace"];
    let seen: Vec<String> = body
        .lines()
        .filter(|line| !own.iter().any(|name| line.starts_with(name)))
        .map(|line| line.replace(&port, "PORT"))
        .collect();
    assert_eq!(seen, expected, "{request}");
}

const INTRODUCED: [&str; 5] = [
    "x-forwarded-for: 127.0.0.1",
    "x-forwarded-host: a.example",
    "x-forwarded-port: PORT",
    "x-forwarded-proto: http",
    "x-real-ip: 127.0.0.1",
];

fn with_introduction(lines: &[&'static str]) -> Vec<&'static str> {
    let (body, head) = lines.split_last().unwrap();
    let mut all: Vec<&str> = head.to_vec();
    all.extend(INTRODUCED);
    all.push(body);
    all
}

#[tokio::test]
async fn what_is_for_one_hop_stays_there() {
    check(
        "",
        "GET /a?b=c HTTP/1.1\nHost: a.example\nConnection: close, X-Hop, X-Forwarded-For, X-Request-ID\nX-Hop: 1\n\
         Keep-Alive: 5\nProxy-Authorization: x\nProxy-Connection: y\nTE: gzip, trailers\nX-Kept: 1\n\n",
        &["GET /a?b=c", "host: a.example", "te: trailers", INTRODUCED[0], INTRODUCED[1], INTRODUCED[2],
          INTRODUCED[3], "x-kept: 1", INTRODUCED[4], "body: 0"],
    )
    .await;
}

#[tokio::test]
async fn strangers_say_nothing_of_who_they_are() {
    check(
        "",
        "GET / HTTP/1.1\nHost: a.example\nConnection: close\nX-Forwarded-For: 1.2.3.4\nX_Forwarded_For: 1.2.3.4\n\
         X-Forwarded-Prefix: /x\nX-Real-Ip: 1.2.3.4\nX_Auth_User: root\nForwarded: for=1.2.3.4\nX-Scheme: https\n\n",
        &with_introduction(&["GET /", "host: a.example", "body: 0"]),
    )
    .await;
}

#[tokio::test]
async fn trusted_proxies_are_believed() {
    check(
        "trusted_ips = [\"127.0.0.0/8\"]",
        "GET / HTTP/1.1\nHost: a.example\nConnection: close\nX-Forwarded-For: 1.2.3.4\nX-Forwarded-For: 5.6.7.8\n\
         X-Forwarded-Proto: https\nX-Real-Ip: 1.2.3.4\n\n",
        &["GET /", "host: a.example", "x-forwarded-for: 1.2.3.4, 5.6.7.8, 127.0.0.1", "x-forwarded-host: a.example",
          "x-forwarded-port: 443", "x-forwarded-proto: https", "x-real-ip: 1.2.3.4", "body: 0"],
    )
    .await;
}

#[tokio::test]
async fn underscores_pass_where_they_are_wanted() {
    check(
        "underscore_headers = \"keep\"",
        "GET / HTTP/1.1\nHost: a.example\nConnection: close\nX_Kept: 1\nX_Forwarded_For: 1.2.3.4\n\n",
        &[
            "GET /",
            "host: a.example",
            INTRODUCED[0],
            INTRODUCED[1],
            INTRODUCED[2],
            INTRODUCED[3],
            INTRODUCED[4],
            "x_kept: 1",
            "body: 0",
        ],
    )
    .await;
}

#[tokio::test]
async fn paths_go_on_as_they_are_routed() {
    for (path, expected) in [("/a/%2e%2e/b", "GET /b"), ("//a/./c%2fd?x=%2e", "GET /a/c%2Fd?x=%2e")] {
        let request = format!("GET {path} HTTP/1.1\nHost: a.example\nConnection: close\n\n");
        check("", &request, &with_introduction(&[expected, "host: a.example", "body: 0"])).await;
    }
}

#[tokio::test]
async fn an_absolute_target_says_the_host() {
    check(
        "",
        "GET http://a.example/x HTTP/1.1\nHost: other.example\nConnection: close\n\n",
        &with_introduction(&["GET /x", "host: a.example", "body: 0"]),
    )
    .await;
}

#[tokio::test]
async fn bodies_of_both_framings_arrive() {
    check(
        "",
        "POST / HTTP/1.1\nHost: a.example\nConnection: close\nContent-Length: 5\n\nabc\n",
        &with_introduction(&["POST /", "content-length: 5", "host: a.example", "body: 5"]),
    )
    .await;
    check(
        "",
        "POST / HTTP/1.1\nHost: a.example\nConnection: close\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n",
        &with_introduction(&["POST /", "host: a.example", "transfer-encoding: chunked", "body: 3"]),
    )
    .await;
}

#[tokio::test]
async fn the_answer_says_which_request_it_is_for() {
    let server = echo().await;
    let scene = Scene::new(&route_to(server)).await;
    let answer =
        scene.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-ID: mine-1\r\n\r\n").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("x-request-id: mine-1"), "{head}");
    assert!(body.contains("x-request-id: mine-1") && body.contains("traceparent: 00-"), "{body}");
    let [entry] = &scene.entries().await[..] else { panic!("one entry") };
    assert_eq!((&entry["request_id"], &entry["status"]), (&"mine-1".into(), &200.into()));
}

#[tokio::test]
async fn a_connection_never_becomes_one_that_carries_requests_past_the_routers() {
    check(
        "",
        "GET / HTTP/1.1\nHost: a.example\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\n\
         HTTP2-Settings: AAMAAABkAAQAAP__\n\n",
        &with_introduction(&["GET /", "host: a.example", "body: 0"]),
    )
    .await;
}

#[tokio::test]
async fn a_client_does_not_take_away_what_a_middleware_sets() {
    let server = echo().await;
    let scene = Scene::new(&format!(
        "[proxy.middlewares.role.headers.customrequestheaders]\nX-Role = \"guest\"\n{}middlewares = [\"role\"]\n",
        route_to(server)
    ))
    .await;
    let answer =
        scene.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Role\r\nX-Role: root\r\n\r\n").await;
    assert!(answer.contains("x-role: guest\n"), "{answer}");
}

#[tokio::test]
async fn methods_that_have_no_body_as_a_rule_may_have_one() {
    check(
        "",
        "GET / HTTP/1.1\nHost: a.example\nConnection: close\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n",
        &with_introduction(&["GET /", "host: a.example", "transfer-encoding: chunked", "body: 3"]),
    )
    .await;
}
