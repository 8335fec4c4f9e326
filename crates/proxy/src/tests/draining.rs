use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use http::Response;
use model::State;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;

use super::scene::{Scene, container, http_server_at, rest, until};
use crate::body::Body;

const WEB: &str = "[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n";
const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn a_container_that_is_told_to_stop_gets_nothing_new_and_ends_what_it_has() {
    let [first, second] = [2, 3].map(|last| ([127, 0, 14, last], 18_201).into());
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let signals = (begun.clone(), go_on.clone());
    http_server_at(first, move |request| {
        let (begun, go_on) = signals.clone();
        async move {
            if request.uri().path() == "/slow" {
                begun.notify_one();
                go_on.notified().await;
            }
            Response::new(Body::full("first"))
        }
    })
    .await;
    http_server_at(second, |_| async { Response::new(Body::full("second")) }).await;
    let workload = container("a", first, &[]);
    let scene = Scene::with(WEB, std::slice::from_ref(&workload)).await;
    let mut slow = scene.connect().await;
    slow.write_all(GET.replace("/ ", "/slow ").as_bytes()).await.unwrap();
    begun.notified().await;

    let mut stopping = workload.clone();
    stopping.stopping = true;
    scene.set(vec![stopping, container("b", second, &[])]).await;
    for _ in 0..5 {
        assert!(scene.ask(GET).await.ends_with("second"));
    }
    go_on.notify_one();
    assert!(rest(&mut slow).await.ends_with("first"), "what was begun is ended");
}

#[tokio::test]
async fn a_service_without_a_server_is_503_and_says_why() {
    let address = ([127, 0, 14, 4], 18_202).into();
    let mut workload = container("shop-web-1", address, &[]);
    workload.state = State::Exited;
    workload.exit_code = Some(1);
    let scene = Scene::with(WEB, &[workload]).await;
    let answer = scene.ask(GET).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("no available server"), "{answer}");
    let [entry] = &scene.entries().await[..] else { panic!("one entry") };
    assert_eq!(entry["why"], "no_server");
    assert!(entry["detail"].as_str().unwrap().contains("shop-web-1"), "{entry}");
}

/// Replicas come and go while clients ask without a pause: nobody notices.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_are_swapped_without_a_failed_request() {
    const PORT: u16 = 18_203;
    let address = |number: u8| ([127, 0, 15, number], PORT).into();
    for number in 1..=20 {
        http_server_at(address(number), |_| async { Response::new(Body::full("ok")) }).await;
    }
    let at = |number: u8| container(&format!("web-{number}"), address(number), &[]);
    let scene = Arc::new(Scene::with(WEB, &[at(1), at(2)]).await);
    let (over, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (scene, over, asked) = (scene.clone(), over.clone(), asked.clone());
            tokio::spawn(async move {
                let mut client = scene.connect().await;
                while !over.load(Ordering::Relaxed) {
                    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
                    let answer = until(&mut client, "ok").await;
                    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for swap in 0..100_u8 {
        let (old, new) = (1 + swap % 20, 1 + (swap + 2) % 20);
        let mut leaving = at(old);
        leaving.stopping = true;
        scene.set(vec![leaving, at(1 + (swap + 1) % 20), at(new)]).await;
        scene.set(vec![at(1 + (swap + 1) % 20), at(new)]).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    assert!(asked.load(Ordering::Relaxed) > 100);
}

#[tokio::test]
async fn the_end_lets_requests_end() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let signals = (begun.clone(), go_on.clone());
    let server = http_server_at(([127, 0, 0, 1], 0).into(), move |_| {
        let (begun, go_on) = signals.clone();
        async move {
            begun.notify_one();
            go_on.notified().await;
            Response::new(Body::full("late"))
        }
    })
    .await;
    let scene = Scene::new(&super::scene::route_to(server)).await;
    let mut client = scene.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    begun.notified().await;
    scene.stop();
    go_on.notify_one();
    let answer = rest(&mut client).await;
    assert!(answer.ends_with("late"), "{answer}");
}

#[tokio::test]
async fn a_server_that_fails_its_check_is_left_out_until_it_passes() {
    let well = Arc::new(AtomicBool::new(true));
    let answer = well.clone();
    let [first, second] = [2, 3].map(|last| ([127, 0, 16, last], 18_204).into());
    http_server_at(first, move |request| {
        let well = answer.load(Ordering::Relaxed);
        async move {
            let mut response = Response::new(Body::full("first"));
            if request.uri().path() == "/health" && !well {
                *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
            }
            response
        }
    })
    .await;
    http_server_at(second, |_| async { Response::new(Body::full("second")) }).await;
    let check = [
        ("traefik.http.services.web.loadbalancer.healthcheck.path", "/health"),
        ("traefik.http.services.web.loadbalancer.healthcheck.interval", "100ms"),
    ];
    let scene = Scene::with(WEB, &[container("a", first, &check), container("b", second, &check)]).await;
    let answers = |scene: &Scene| {
        let address = scene.web();
        async move {
            let mut all = std::collections::BTreeSet::new();
            for _ in 0..6 {
                all.insert(super::scene::ask(address, GET).await.rsplit("\r\n").next().unwrap().to_owned());
            }
            all.len()
        }
    };
    assert_eq!(answers(&scene).await, 2);
    for (state, expected) in [(false, 1), (true, 2)] {
        well.store(state, Ordering::Relaxed);
        let turned = async {
            while answers(&scene).await != expected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(super::scene::PATIENCE, turned).await.expect("the check to be noticed");
    }
    let begun = std::time::Instant::now();
    scene.entries().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "checks keep nobody from ending");
}
