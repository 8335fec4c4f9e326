use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt as _;

use super::scene::{Scene, container, http_server_at, rest, server_at, until};
use crate::body::Body;

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

/// Two containers: one does as told, the other answers well.
async fn scene(port: u16, settings: &str, bad: &'static [u8]) -> Scene {
    let [first, second] = [2, 3].map(|last| ([127, 0, 10, last], port).into());
    server_at(first, move |mut socket| async move {
        until(&mut socket, "\r\n\r\n").await;
        let _ = socket.write_all(bad).await;
    })
    .await;
    server_at(second, |mut socket| async move {
        until(&mut socket, "\r\n\r\n").await;
        let _ = socket.write_all(GOOD).await;
        let _ = socket.shutdown().await;
    })
    .await;
    let settings = format!("[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n{settings}");
    Scene::with(&settings, &[container("a", first, &[]), container("b", second, &[])]).await
}

fn request(method: &str) -> String {
    format!("{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_request_without_an_answer_goes_to_another_replica_if_that_is_safe() {
    let scene = scene(18_101, "", b"").await;
    for _ in 0..4 {
        let answer = scene.ask(request("GET")).await;
        assert!(answer.ends_with("good"), "{answer}");
    }
    let posted: Vec<bool> = [scene.ask(request("POST")).await, scene.ask(request("POST")).await]
        .map(|answer| answer.ends_with("good"))
        .into();
    assert!(posted.contains(&false), "what may have been done is not done again: {posted:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_passed_over_whatever_is_asked() {
    let [gone, there] = [2, 3].map(|last| ([127, 0, 11, last], 18_102).into());
    http_server_at(there, |_| async { http::Response::new(Body::full("good")) }).await;
    let settings = "[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n";
    let scene = Scene::with(settings, &[container("a", gone, &[]), container("b", there, &[])]).await;
    for _ in 0..4 {
        let answer = scene.ask(request("POST")).await;
        assert!(answer.ends_with("good"), "{answer}");
    }
    let entries = scene.entries().await;
    assert!(entries.iter().all(|entry| entry["status"] == 200), "{entries:?}");
    let retried = entries.iter().filter(|entry| entry["retries"] != 0 && !entry["retries"].is_null()).count();
    assert!(retried <= 2, "it is left alone for a while after it failed: {entries:?}");
}

#[tokio::test]
async fn a_connection_that_was_closed_while_it_waited_harms_nobody() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let server = super::scene::server(move |mut socket| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            until(&mut socket, "\r\n\r\n").await;
            // The answer says that the connection stays open, and then it does not.
            let _ = socket.write_all(GOOD).await;
        }
    })
    .await;
    let scene = Scene::new(&super::scene::route_to(server)).await;
    for _ in 0..20 {
        let mut client = scene.connect().await;
        client.write_all(request("GET").as_bytes()).await.unwrap();
        let answer = rest(&mut client).await;
        assert!(answer.ends_with("good"), "{answer}");
    }
    assert!(count.load(Ordering::Relaxed) >= 20);
}

#[tokio::test]
async fn sticky_clients_stay_with_their_server_while_it_is_there() {
    let [first, second] = [2, 3].map(|last| ([127, 0, 12, last], 18_103).into());
    for (address, name) in [(first, "first"), (second, "second")] {
        http_server_at(address, move |_| async move { http::Response::new(Body::full(name)) }).await;
    }
    let sticky = [("traefik.http.services.web.loadbalancer.sticky.cookie.name", "stay")];
    let workloads = [container("a", first, &sticky), container("b", second, &sticky)];
    let scene = Scene::with("[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n", &workloads).await;
    let answer = scene.ask(request("GET")).await;
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect(&answer);
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let name = answer.rsplit("\r\n").next().unwrap().to_owned();
    let with_cookie = format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    for _ in 0..6 {
        let answer = scene.ask(&with_cookie).await;
        assert!(answer.ends_with(&name) && !answer.contains("set-cookie"), "{answer}");
    }
    let rest =
        workloads.into_iter().filter(|workload| (workload.identity.container == "a") != (name == "first"));
    scene.set(rest.collect()).await;
    let answer = scene.ask(&with_cookie).await;
    assert!(!answer.ends_with(&name) && answer.contains("set-cookie: stay="), "{answer}");
}
