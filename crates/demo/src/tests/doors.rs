//! What the shop's programs tell of themselves.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::client::json as ask;
use super::*;

/// Sends a request of HTTP to a container's door and gives the whole answer.
async fn get(shop: &Shop, container: &str, path: &str) -> String {
    let details = ask(shop, &format!("/containers/{container}/json")).await;
    let address =
        details["NetworkSettings"]["Networks"]["shop_default"]["IPAddress"].as_str().expect("an address");
    let port = details["Config"]["Labels"]["porthole.metrics.port"].as_str().expect("a port");
    let mut stream = TcpStream::connect(format!("{address}:{port}")).await.expect("an open door");
    let request = format!("GET {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("a listener");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("text");
    answer
}

/// The samples of a page, by series.
async fn samples(shop: &Shop, container: &str) -> BTreeMap<String, f64> {
    let page = get(shop, container, "/metrics").await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let body = page.split("\r\n\r\n").nth(1).expect("a body");
    let lines = body.lines().filter(|line| !line.starts_with('#') && line.contains(' '));
    let split = |line: &str| {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        (series.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
    };
    lines.map(split).collect()
}

/// Connects to the Redis that the workers' environment names.
async fn redis(shop: &Shop) -> TcpStream {
    let redis = ask(shop, "/containers/shop-redis-1/json").await;
    let address =
        redis["NetworkSettings"]["Networks"]["shop_default"]["IPAddress"].as_str().expect("an address");
    let worker = ask(shop, "/containers/shop-worker-1/json").await;
    let variables = worker["Config"]["Env"].as_array().expect("variables");
    let url =
        variables.iter().filter_map(|one| one.as_str()?.strip_prefix("CELERY_BROKER_URL=redis://redis:"));
    let port = url.map(|rest| rest.trim_end_matches("/0")).next().expect("a broker");
    TcpStream::connect(format!("{address}:{port}")).await.expect("a Redis")
}

async fn say(stream: &mut TcpStream, words: &[&str]) -> String {
    let words: String = words.iter().map(|word| crate::redis::text(word)).collect();
    let count = words.matches("\r\n").count() / 2;
    stream.write_all(format!("*{count}\r\n{words}").as_bytes()).await.expect("a listener");
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[tokio::test]
async fn programs_count_what_happens() {
    let (shop, _dir) = open(minutes(10)).await;
    let before = samples(&shop, "shop-web-1").await;
    shop.advance(minutes(5)).await;
    let after = samples(&shop, "shop-web-1").await;
    let count =
        "django_http_requests_latency_seconds_by_view_method_count{method=\"GET\",view=\"shop.views.home\"}";
    assert!(after[count] > before[count], "{} {}", before[count], after[count]);
    let bucket = count.replace("_count{", "_bucket{le=\"+Inf\",");
    assert_eq!(after[&bucket], after[count]);
    assert!(samples(&shop, "shop-edge-1").await["nginx_http_requests_total"] > 100.0);
    assert_eq!(samples(&shop, "shop-redis-1").await["redis_up"], 1.0);
    assert_eq!(samples(&shop, "shop-db-1").await["pg_settings_max_connections"], 40.0);
    assert!(get(&shop, "shop-edge-1", "/up").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn containers_use_processor_and_memory() {
    let (shop, _dir) = open(minutes(1)).await;
    let cpu = async || {
        let stats = ask(&shop, "/v1.41/containers/shop-web-1/stats?stream=false&one-shot=true").await;
        assert_eq!(stats["memory_stats"]["limit"], 512 << 20);
        stats["cpu_stats"]["cpu_usage"]["total_usage"].as_u64().expect("nanoseconds")
    };
    let before = cpu().await;
    shop.advance(minutes(1)).await;
    let used = cpu().await - before;
    assert!((1_000_000..60_000_000_000).contains(&used), "{used}");
    let ended = ask(&shop, "/containers/shop-cleanup-1/stats?stream=false").await;
    assert!(ended["cpu_stats"].is_null() || ended["read"] != "0001-01-01T00:00:00Z");
}

#[tokio::test]
async fn the_queue_grows_and_workers_tell() {
    let (shop, _dir) = open(Duration::ZERO).await;
    let mut asking = redis(&shop).await;
    let members = say(&mut asking, &["SMEMBERS", "_kombu.binding.celery"]).await;
    assert!(members.ends_with("celery\u{6}\u{16}\u{6}\u{16}celery\r\n"), "{members:?}");
    assert_eq!(say(&mut asking, &["LLEN", "celery\u{6}\u{16}9"]).await, ":0\r\n");
    assert!(say(&mut asking, &["SET", "a", "b"]).await.starts_with("-ERR unknown command 'SET'"));
    let mut longest = 0;
    for _ in 0..240 {
        shop.advance(Duration::from_secs(30)).await;
        let length = say(&mut asking, &["LLEN", "celery"]).await;
        longest = longest.max(length[1..].trim_end().parse::<u32>().expect("a number"));
        if longest > 5 {
            break;
        }
    }
    assert!(longest > 5, "two hours, and never more than {longest}");

    let mut listening = redis(&shop).await;
    assert!(say(&mut listening, &["PSUBSCRIBE", "/0.celeryev/*"]).await.contains("psubscribe"));
    shop.advance(minutes(1)).await;
    let mut heard = String::new();
    let mut part = vec![0; 64 << 10];
    for kind in ["task.sent", "task.received", "task.succeeded", "worker.heartbeat"] {
        while !heard.contains(kind) {
            let length = listening.read(&mut part).await.expect("messages");
            assert!(length > 0, "it ended before {kind}");
            heard.push_str(&String::from_utf8_lossy(&part[..length]));
        }
    }
}

#[tokio::test]
async fn visitors_come_through_the_proxy() {
    let dir = tempfile::tempdir().expect("a directory");
    let shop = Shop::start(dir.path(), 5).await.expect("a shop");
    // Stands in for the proxy: tells what it is asked.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (told, mut asked) = tokio::sync::mpsc::channel(16);
    let address = listener.local_addr().expect("an address");
    let ask = axum::Router::new().fallback(move |headers: axum::http::HeaderMap| {
        let told = told.clone();
        async move {
            let _ = told.send(headers.clone()).await;
            crate::visits::answer(headers).await
        }
    });
    let serving = tokio::spawn(async move { axum::serve(listener, ask).await });
    shop.visit_through(address);
    let headers = asked.recv().await.expect("a visitor");
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    let id = header("x-request-id");
    assert!(id.len() == 32 && header("sentry-trace").starts_with(&id), "{headers:?}");
    assert!(
        header("host").ends_with(".localhost") || header("host") == crate::visits::STRANGE_HOST,
        "{headers:?}"
    );
    serving.abort();
    shop.stop().await;
}
