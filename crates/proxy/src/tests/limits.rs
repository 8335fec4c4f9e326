use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use super::scene::{Scene, echo, rest, route_to, until};

#[tokio::test]
async fn slow_heads_and_idle_connections_end() {
    let limits = "header_timeout = \"200ms\"\nidle_timeout = \"600ms\"\n";
    let scene = Scene::new(&format!("{limits}{}", route_to(echo().await))).await;
    let mut silent = scene.connect().await;
    assert_eq!(rest(&mut silent).await, "");
    let mut slow = scene.connect().await;
    slow.write_all(b"GET / HT").await.unwrap();
    assert_eq!(rest(&mut slow).await, "");
    let mut kept = scene.connect().await;
    for _ in 0..2 {
        // Longer than a head may take, shorter than a connection may be idle.
        tokio::time::sleep(Duration::from_millis(100)).await;
        kept.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        until(&mut kept, "body: 0\n").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(rest(&mut kept).await, "");
    let entries = scene.entries().await;
    let told: Vec<String> =
        entries.iter().map(|entry| format!("{} {}", entry["status"], entry["why"])).collect();
    assert_eq!(
        told,
        ["408 \"client_timeout\"", "200 null", "200 null"],
        "a connection that said nothing is not told"
    );
}

#[tokio::test]
async fn a_body_that_stops_coming_is_a_time_out_and_a_slow_one_is_not() {
    let scene = Scene::new(&format!("body_timeout = \"300ms\"\n{}", route_to(echo().await))).await;
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 6\r\n\r\n";
    let mut slow = scene.connect().await;
    slow.write_all(head).await.unwrap();
    for piece in [b"a"; 6] {
        slow.write_all(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let answer = rest(&mut slow).await;
    assert!(answer.contains("body: 6"), "{answer}");
    let mut stopped = scene.connect().await;
    stopped.write_all(head).await.unwrap();
    let answer = rest(&mut stopped).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let entries = scene.entries().await;
    assert_eq!((&entries[1]["status"], &entries[1]["why"]), (&408.into(), &"client_timeout".into()));
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed() {
    let scene = Scene::new(&format!("connections_per_ip_max = 2\n{}", route_to(echo().await))).await;
    let (mut first, _second) = (scene.connect().await, scene.connect().await);
    first.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    until(&mut first, "body: 0\n").await;
    let mut third = scene.connect().await;
    assert_eq!(rest(&mut third).await, "");
}

#[tokio::test]
async fn a_balancer_tells_whose_connection_it_is() {
    let settings = format!("proxy_protocol = [\"127.0.0.0/8\"]\n{}", route_to(echo().await));
    let scene = Scene::new(&settings).await;
    let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = scene.ask(format!("PROXY TCP4 192.0.2.7 127.0.0.1 4000 80\r\n{request}")).await;
    assert!(answer.contains("x-real-ip: 192.0.2.7\n"), "{answer}");
    let mut binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c".to_vec();
    binary.extend([192, 0, 2, 8, 127, 0, 0, 1, 0x0f, 0xa0, 0, 80]);
    binary.extend(request.as_bytes());
    let answer = scene.ask(binary).await;
    assert!(answer.contains("x-real-ip: 192.0.2.8\n"), "{answer}");
    assert_eq!(scene.ask(request).await, "", "whoever should speak it and does not is not let in");
}

#[tokio::test]
async fn tunnels_are_counted_as_long_as_they_live() {
    let settings = format!("connections_per_ip_max = 1\n{}", route_to(super::streams::parrot().await));
    let scene = Scene::new(&settings).await;
    let mut tunnel = scene.connect().await;
    tunnel.write_all(super::streams::UPGRADE.as_bytes()).await.unwrap();
    until(&mut tunnel, "hello").await;
    let mut second = scene.connect().await;
    assert_eq!(rest(&mut second).await, "");
}

#[tokio::test]
async fn an_answer_that_nobody_takes_ends_its_connection_of_http2() {
    let server = super::scene::http_server(|_| async {
        http::Response::new(crate::body::Body::full(vec![b'a'; 8 << 20]))
    })
    .await;
    let scene = Scene::new(&format!("write_timeout = \"300ms\"\n{}", route_to(server))).await;
    let socket = tokio::net::TcpStream::connect(scene.web()).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(socket),
    )
    .await
    .unwrap();
    let connection = tokio::spawn(connection);
    let request = http::Request::get("http://a/").body(crate::body::Body::empty()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    let ended = tokio::time::timeout(super::scene::PATIENCE, connection).await.expect("its end").unwrap();
    drop((ended, response));
}
