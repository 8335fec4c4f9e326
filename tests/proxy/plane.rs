//! Requests on their way to real containers that come and go.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::parts::{Browser, with_entrypoint};
use crate::harness::{Engine, Home, images, loki, until};

tests! {
    [Docker]: replicas_are_swapped_under_load_and_nobody_notices, a_container_that_stops_is_503_with_its_reason;
}

const LIMIT: Duration = Duration::from_secs(60);
const NETWORK: &str = "shop";
/// Each round all replicas are replaced.
const ROUNDS: usize = 20;
const REPLICAS: usize = 5;

/// Starts a replica of the shop.
fn replica(engine: &Engine, name: &str) {
    let script = "mkdir /www && echo -n shop > /www/index.html && exec httpd -f -p 8000 -h /www";
    let options = [
        "run",
        "--detach",
        "--network",
        NETWORK,
        "--name",
        name,
        "--label",
        "traefik.enable=true",
        "--label",
        "traefik.http.routers.shop.rule=Host(`shop.example`)",
        "--label",
        "traefik.http.services.shop.loadbalancer.server.port=8000",
        "--label",
        "com.docker.compose.project=shop",
        "--label",
        "com.docker.compose.service=web",
        images::BUSYBOX,
        "sh",
        "-c",
        script,
    ];
    engine.docker(&options);
}

fn names(round: usize) -> Vec<String> {
    (0..REPLICAS).map(|number| format!("shop-web-{round}-{number}")).collect()
}

fn start_all(engine: &Engine, round: usize) {
    thread::scope(|scope| {
        for name in names(round) {
            scope.spawn(move || replica(engine, &name));
        }
    });
}

/// A program of ours that answers each connection by `serve`.
fn program(serve: impl Fn(Browser) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = std::sync::Arc::new(serve);
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            thread::spawn(move || serve(Browser::of(socket)));
        }
    });
    address
}

/// Sends back what comes after an upgrade.
fn parrot(mut client: Browser) {
    client.until(b"\r\n\r\n");
    client.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    loop {
        let word = client.until(b"\n");
        client.write(word);
    }
}

/// Reads a body of a thousand bytes, however long it takes.
fn patient(mut client: Browser) {
    client.until(b"\r\n\r\n");
    let body = client.exactly(1000);
    client.write(format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{:04}", body.len()));
}

fn replicas_are_swapped_under_load_and_nobody_notices() {
    let engine = Engine::start();
    engine.docker(&["network", "create", NETWORK]);
    let (talks, reads) = (program(parrot), program(patient));
    let routes = format!(
        "[[proxy.route]]\nrule = \"Host(`talk.example`)\"\nto = \"http://{talks}\"\n\
         [[proxy.route]]\nrule = \"Host(`read.example`)\"\nto = \"http://{reads}\"\n"
    );
    let (appliance, address) = with_entrypoint(Home::new().docker(&engine), &routes);
    start_all(&engine, 0);
    until("the shop answers", LIMIT, || {
        (Browser::connect(address).get("shop.example", "/").status == 200).then_some(())
    });

    let mut socket = Browser::connect(address);
    socket.write("GET / HTTP/1.1\r\nHost: talk.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert!(socket.until(b"\r\n\r\n").starts_with(b"HTTP/1.1 101 "));
    let mut upload = Browser::connect(address);
    upload.write("POST / HTTP/1.1\r\nHost: read.example\r\nContent-Length: 1000\r\n\r\n");

    let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| ask_on(address, &over, &asked));
        }
        let mut sent = 0;
        for round in 1..=ROUNDS {
            start_all(&engine, round);
            let before = names(round - 1);
            let mut stop = vec!["stop", "--time", "1"];
            stop.extend(before.iter().map(String::as_str));
            engine.docker(&stop);
            engine.remove(&before.iter().map(String::as_str).collect::<Vec<_>>());
            socket.write(format!("round {round}\n"));
            assert_eq!(socket.until(b"\n"), format!("round {round}\n").as_bytes());
            upload.write([b'a'; 1000 / ROUNDS]);
            sent += 1000 / ROUNDS;
        }
        over.store(true, Ordering::Relaxed);
        assert_eq!(sent, 1000);
    });
    assert_eq!(upload.answer().body, b"1000");
    assert!(asked.load(Ordering::Relaxed) > 500, "{asked:?} requests");
    assert!(!appliance.log().contains("panicked"), "{}", appliance.log());
}

/// Asks without a pause until it is over; every answer is the shop's.
fn ask_on(address: SocketAddr, over: &AtomicBool, asked: &AtomicUsize) {
    let mut browser = Browser::connect(address);
    while !over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let answer = browser.get("shop.example", "/");
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!((answer.status, &*body), (200, "shop"), "{}, after {:?}", answer.head, begun.elapsed());
        asked.fetch_add(1, Ordering::Relaxed);
    }
}

fn a_container_that_stops_is_503_with_its_reason() {
    let engine = Engine::start();
    engine.docker(&["network", "create", NETWORK]);
    let (appliance, address) = with_entrypoint(Home::new().docker(&engine), "");
    replica(&engine, "shop-web-1");
    until("the shop answers", LIMIT, || {
        (Browser::connect(address).get("shop.example", "/").status == 200).then_some(())
    });
    engine.docker(&["kill", "shop-web-1"]);
    let refused = until("the shop is known to be gone", LIMIT, || {
        let answer = Browser::connect(address).get("shop.example", "/");
        (answer.status == 503).then_some(answer)
    });
    assert!(String::from_utf8_lossy(&refused.body).contains("no available server"));
    let entry = until("its access entry", LIMIT, || {
        loki::texts(appliance.client(), "{stream=\"access\"} |= \"no_server\"").pop()
    });
    let entry: serde_json::Value = serde_json::from_str(&entry).unwrap();
    assert_eq!((&entry["status"], &entry["router"]), (&503.into(), &"shop@docker".into()), "{entry}");
    assert!(entry["detail"].as_str().unwrap().contains("shop-web-1"), "{entry}");
}
