use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Response;

use super::scene::{PATIENCE, Scene, http_server, until};
use crate::body::Body;
use tokio::io::AsyncWriteExt as _;

fn get(host: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

/// A server that answers with a word, and counts.
async fn saying(word: &'static str) -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let address = http_server(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move { Response::new(Body::full(word)) }
    })
    .await;
    (address, count)
}

fn file(services: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traefik.yml");
    std::fs::write(&path, services).unwrap();
    let settings = format!("[proxy]\ntraefik_files = [\"{}\"]\n", path.display());
    (folder, settings)
}

#[tokio::test]
async fn a_file_that_served_traefik_for_everything_serves_alone() {
    let (first, _) = saying("first").await;
    let (second, _) = saying("second").await;
    let text = |server| {
        format!(
            "entryPoints:\n  web:\n    address: \"127.0.0.1:0\"\nhttp:\n  routers:\n    all:\n      \
             rule: \"PathPrefix(`/`)\"\n      service: app\n  services:\n    app:\n      loadBalancer:\n        \
             servers:\n          - url: \"http://{server}\"\n"
        )
    };
    let (folder, settings) = file(&text(first));
    let scene = Scene::with(&settings, &[]).await;
    assert!(scene.ask(get("a")).await.ends_with("first"));
    std::fs::write(folder.path().join("traefik.yml"), text(second) + "# longer\n").unwrap();
    let changed = async {
        while !scene.ask(get("a")).await.ends_with("second") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, changed).await.expect("the file to be read again");
}

#[tokio::test]
async fn services_lead_to_services() {
    let [(a, asked_a), (b, asked_b), (c, asked_c)] =
        [saying("a").await, saying("b").await, saying("c").await];
    let router =
        |name: &str| format!("    {name}:\n      rule: \"Host(`{name}.example`)\"\n      service: {name}\n");
    let one = |name: &str, address| {
        format!("    {name}:\n      loadBalancer:\n        servers:\n          - url: \"http://{address}\"\n")
    };
    let (_folder, settings) = file(&format!(
        "http:\n  routers:\n{}{}{}  services:\n{}{}{}\
         \x20   none:\n      loadBalancer:\n        servers: []\n\
         \x20   shares:\n      weighted:\n        services:\n          - {{name: a, weight: 3}}\n          - {{name: b, weight: 1}}\n\
         \x20   spare:\n      failover:\n        service: none\n        fallback: b\n\
         \x20   copied:\n      mirroring:\n        service: a\n        mirrors:\n          - {{name: c, percent: 50}}\n",
        router("shares"),
        router("spare"),
        router("copied"),
        one("a", a),
        one("b", b),
        one("c", c),
    ));
    let settings = format!("{settings}[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n");
    let scene = Scene::with(&settings, &[]).await;
    for _ in 0..8 {
        scene.ask(get("shares.example")).await;
    }
    let count = |asked: &AtomicUsize| asked.load(Ordering::Relaxed);
    assert_eq!((count(&asked_a), count(&asked_b)), (6, 2));
    assert!(scene.ask(get("spare.example")).await.ends_with('b'));
    for _ in 0..4 {
        assert!(scene.ask(get("copied.example")).await.ends_with('a'));
    }
    let copied = async {
        while count(&asked_c) != 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, copied).await.expect("half of them to be copied");

    let mut broken = scene.connect().await;
    let head = "POST / HTTP/1.1\r\nHost: copied.example\r\nContent-Length: 5\r\n\r\nab";
    for _ in 0..2 {
        broken.write_all(head.as_bytes()).await.unwrap();
        broken.shutdown().await.unwrap();
        broken = scene.connect().await;
    }
    for _ in 0..4 {
        assert!(
            scene.ask(get("copied.example")).await.ends_with('a'),
            "nobody's bytes are another's request"
        );
    }
}

#[tokio::test]
async fn clients_stay_with_the_service_that_they_were_given() {
    let [(a, _), (b, _)] = [saying("a").await, saying("b").await];
    let one = |name: &str, address| {
        format!("    {name}:\n      loadBalancer:\n        servers:\n          - url: \"http://{address}\"\n")
    };
    let (_folder, settings) = file(&format!(
        "http:\n  routers:\n    all:\n      rule: \"PathPrefix(`/`)\"\n      service: shares\n  services:\n{}{}\
         \x20   shares:\n      weighted:\n        sticky:\n          cookie: {{name: canary}}\n        services:\n\
         \x20         - {{name: a, weight: 1}}\n          - {{name: b, weight: 1}}\n",
        one("a", a),
        one("b", b),
    ));
    let settings = format!("{settings}[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n");
    let scene = Scene::with(&settings, &[]).await;
    let answer = scene.ask(get("x")).await;
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect(&answer);
    let cookie = cookie.split(';').next().unwrap();
    let with_cookie = get("x").replace("Connection", &format!("Cookie: {cookie}\r\nConnection"));
    for _ in 0..4 {
        let again = scene.ask(&with_cookie).await;
        assert_eq!(again.rsplit("\r\n").next(), answer.rsplit("\r\n").next());
    }
}

#[tokio::test]
async fn the_page_is_served_at_its_own_host() {
    let settings =
        "[server]\npublic_url = \"http://ops.example\"\n[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n";
    let scene = Scene::with(settings, &[]).await;
    let answer = scene.ask(get("ops.example")).await;
    assert!(answer.ends_with("inside: / false"), "{answer}");
    assert!(scene.ask(get("other.example")).await.starts_with("HTTP/1.1 404 "));
}

#[tokio::test]
async fn requests_one_after_the_other_on_one_connection_find_their_own_routes() {
    let (a, _) = saying("first").await;
    let (b, _) = saying("second").await;
    let settings: String = [("a", a), ("b", b)]
        .map(|(name, address)| {
            format!("[[proxy.route]]\nrule = \"Host(`{name}.example`)\"\nto = \"http://{address}\"\n")
        })
        .concat();
    let scene = Scene::new(&settings).await;
    let mut client = scene.connect().await;
    // Both at once, as clients may.
    let both = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\nGET / HTTP/1.1\r\nHost: b.example\r\n\r\n";
    client.write_all(both.as_bytes()).await.unwrap();
    let answers = until(&mut client, "second").await;
    assert!(answers.contains("first") && answers.matches("HTTP/1.1 200 OK").count() == 2, "{answers}");
}

#[tokio::test]
async fn rules_see_letters_and_servers_see_escapes() {
    let [(all, _), (own, _)] = [saying("all").await, saying("own").await];
    let settings: String = [("/", all), ("/geschäft", own)]
        .map(|(prefix, address)| {
            format!("[[proxy.route]]\nrule = \"PathPrefix(`{prefix}`)\"\nto = \"http://{address}\"\n")
        })
        .concat();
    let scene = Scene::new(&settings).await;
    let request = get("a").replace("GET / ", "GET /gesch%C3%A4ft/x ");
    assert!(scene.ask(request).await.ends_with("own"));
}
