//! A directory served over a real connection.

use std::convert::Infallible;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What is answered: status, headers, body.
type Answer = Response<Bytes>;

/// A server of a directory, and what lies around it.
struct Served {
    /// The directory's parent: nothing of it may ever be answered.
    around: TempDir,
    address: std::net::SocketAddr,
}

impl Served {
    async fn new(prefix: &str) -> Self {
        let around = tempfile::tempdir().expect("a directory");
        lay_out(around.path());
        let files = Arc::new(Files::new(around.path().join("static"), prefix));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let files = files.clone();
                let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                    let files = files.clone();
                    async move { Ok::<_, Infallible>(files.answer(&request.into_parts().0).await) }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { around, address }
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        fs::write(self.around.path().join("static").join(path), bytes).expect("a file");
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let stream = TcpStream::connect(self.address).await.expect("a connection");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header("host", "example.com");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Empty::<Bytes>::new()).expect("a request");
        let (head, body) = sender.send_request(request).await.expect("an answer").into_parts();
        Response::from_parts(head, body.collect().await.expect("a whole body").to_bytes())
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }
}

fn head(target: &str) -> Option<request::Parts> {
    Some(Request::builder().uri(target).body(()).ok()?.into_parts().0)
}

const CSS: &str = "body { color: black }\n";

fn long_text() -> String {
    "var answer = 42; // and so on\n".repeat(400)
}

fn lay_out(around: &Path) {
    let root = around.join("static");
    for directory in ["css", "docs", "empty", ".git", ".well-known"] {
        fs::create_dir_all(root.join(directory)).expect("a directory");
    }
    for (path, text) in [
        ("app.css", CSS),
        ("app.js", long_text().as_str()),
        ("app.27e20196a850.css", CSS),
        ("index.html", "<h1>home</h1>"),
        ("docs/index.html", "<h1>docs</h1>"),
        ("css/a b.css", CSS),
        ("empty.txt", ""),
        (".env", "SECRET=1"),
        (".git/config", "secret"),
        (".well-known/security.txt", "Contact: a@b"),
        ("twin.js", long_text().as_str()),
        ("twin.js.br", "brotli, they say"),
        ("twin.js.gz", "gzip, they say"),
        ("b", CSS),
        ("z", "gzip, they say"),
        ("only.css", CSS),
        ("only.css.gz", "gzip, they say"),
    ] {
        fs::write(root.join(path), text).expect("a file");
    }
    fs::write(around.join("secret.txt"), "secret").expect("a file");
    fs::create_dir_all(around.join("static-too")).expect("a directory");
    fs::write(around.join("static-too/secret.txt"), "secret").expect("a file");
    for (target, link) in [
        ("../secret.txt", "out.txt"),
        ("..", "up"),
        ("app.css", "same.css"),
        ("docs", "manual"),
        (".env", "settings.txt"),
        ("loop-b", "loop-a"),
        ("loop-a", "loop-b"),
        ("nowhere", "dangling"),
        ("/etc/passwd", "passwd"),
        ("b", "linked.css"),
        ("z", "linked.css.gz"),
    ] {
        symlink(target, root.join(link)).expect("a link");
    }
    symlink(root.join("app.css"), root.join("absolute.css")).expect("a link");
    rustix::fs::mkfifoat(rustix::fs::CWD, root.join("pipe.txt"), rustix::fs::Mode::RUSR).expect("a pipe");
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_lead_to_files() {
    let served = Served::new("").await;
    for (method, path, status, body) in [
        ("GET", "/app.css", 200, CSS),
        ("HEAD", "/app.css", 200, ""),
        ("GET", "/css/a%20b.css", 200, CSS),
        ("GET", "/app.css?v=2", 200, CSS),
        ("GET", "/empty.txt", 200, ""),
        ("GET", "/", 200, "<h1>home</h1>"),
        ("GET", "/docs/", 200, "<h1>docs</h1>"),
        ("GET", "/docs", 301, "Moved Permanently\n"),
        ("GET", "/empty", 404, "Not Found\n"),
        ("GET", "/empty/", 404, "Not Found\n"),
        ("GET", "/css/", 404, "Not Found\n"),
        ("GET", "/app.css/", 404, "Not Found\n"),
        ("GET", "/app.css/x", 404, "Not Found\n"),
        ("GET", "/nothing", 404, "Not Found\n"),
        ("HEAD", "/nothing", 404, ""),
        ("GET", "/.well-known/security.txt", 200, "Contact: a@b"),
        ("GET", "/.env", 404, "Not Found\n"),
        ("GET", "/%2eenv", 404, "Not Found\n"),
        ("GET", "/.git/config", 404, "Not Found\n"),
        ("GET", "/same.css", 200, CSS),
        ("GET", "/absolute.css", 200, CSS),
        ("GET", "/manual/", 200, "<h1>docs</h1>"),
        ("GET", "/settings.txt", 404, "Not Found\n"),
        ("GET", "/out.txt", 404, "Not Found\n"),
        ("GET", "/up/secret.txt", 404, "Not Found\n"),
        ("GET", "/up/static-too/secret.txt", 404, "Not Found\n"),
        ("GET", "/up/static/app.css", 200, CSS),
        ("GET", "/passwd", 404, "Not Found\n"),
        ("GET", "/loop-a", 404, "Not Found\n"),
        ("GET", "/dangling", 404, "Not Found\n"),
        ("GET", "/pipe.txt", 404, "Not Found\n"),
        ("GET", "/..%2fsecret.txt", 404, "Not Found\n"),
        ("GET", "/../secret.txt", 404, "Not Found\n"),
        ("POST", "/app.css", 405, "Method Not Allowed\n"),
        ("DELETE", "/nothing", 405, "Method Not Allowed\n"),
    ] {
        let answer = served.ask(method, path, &[]).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.body()[..]),
            (status, body.as_bytes()),
            "{method} {path}"
        );
    }
    let long = format!("/{}", "x".repeat(5000));
    assert_eq!(served.get(&long).await.status(), 404);
    assert_eq!(served.ask("POST", "/", &[]).await.headers()["allow"], "GET, HEAD");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_below_the_prefix_is_served() {
    for prefix in ["/static/", "/static"] {
        let served = Served::new(prefix).await;
        for (path, status) in [
            ("/static/app.css", 200),
            ("/static/", 200),
            ("/static", 200),
            ("/app.css", 200),
            ("/staticapp.css", 404),
        ] {
            assert_eq!(served.get(path).await.status(), status, "{path} below {prefix}");
        }
        let answer = served.get("/static/docs?page=1").await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (301, &"./docs/?page=1".parse().unwrap())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_say_what_the_file_is() {
    let served = Served::new("").await;
    let answer = served.get("/app.css").await;
    for (name, expected) in [
        ("content-type", "text/css; charset=utf-8"),
        ("content-length", "22"),
        ("cache-control", "max-age=60"),
        ("accept-ranges", "bytes"),
        ("vary", "Accept-Encoding"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.headers()[name], expected, "{name}");
    }
    assert!(!answer.headers().contains_key("content-encoding"));
    let head = served.ask("HEAD", "/app.css", &[]).await;
    let without_date = |answer: &Answer| {
        let mut headers = answer.headers().clone();
        headers.remove("date");
        headers
    };
    assert_eq!(without_date(&head), without_date(&answer));
    let linked = served.get("/linked.css").await;
    assert_eq!(
        linked.headers()["content-type"],
        "text/css; charset=utf-8",
        "the name that was asked for counts"
    );
    let twin = served.ask("GET", "/linked.css", &[("accept-encoding", "gzip")]).await;
    assert_eq!(
        (&twin.headers()["content-type"], &twin.body()[..]),
        (&linked.headers()["content-type"], &b"gzip, they say"[..])
    );
    let hashed = served.get("/app.27e20196a850.css").await;
    assert_eq!(hashed.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(served.get("/").await.headers()["cache-control"], "no-cache");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_it_gets_304() {
    let served = Served::new("").await;
    let first = served.get("/app.css").await;
    let (tag, date) =
        (first.headers()["etag"].to_str().unwrap(), first.headers()["last-modified"].to_str().unwrap());
    for condition in [("if-none-match", tag), ("if-modified-since", date)] {
        let answer = served.ask("GET", "/app.css", &[condition]).await;
        assert_eq!((answer.status().as_u16(), answer.body().len()), (304, 0), "{condition:?}");
        assert_eq!(answer.headers()["etag"], tag);
        assert_eq!(answer.headers()["cache-control"], "max-age=60");
        assert!(!answer.headers().contains_key("content-type"));
    }
    assert_eq!(served.ask("GET", "/app.css", &[("if-match", "\"other\"")]).await.status(), 412);
    served.write("app.css", b"body { color: white }\n");
    assert_eq!(served.ask("GET", "/app.css", &[("if-none-match", tag)]).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_served() {
    let served = Served::new("").await;
    let tag = served.get("/app.css").await.headers()["etag"].to_str().unwrap().to_owned();
    for (range, if_range, status, body, content_range) in [
        ("bytes=0-3", None, 206, "body", Some("bytes 0-3/22")),
        ("bytes=-2", None, 206, "}\n", Some("bytes 20-21/22")),
        ("bytes=20-", None, 206, "}\n", Some("bytes 20-21/22")),
        ("bytes=20-99", None, 206, "}\n", Some("bytes 20-21/22")),
        ("bytes=22-", None, 416, "Range Not Satisfiable\n", Some("bytes */22")),
        ("bytes=0-1,3-4", None, 200, CSS, None),
        ("rubbish", None, 200, CSS, None),
        ("bytes=0-3", Some(tag.as_str()), 206, "body", Some("bytes 0-3/22")),
        ("bytes=0-3", Some("\"other\""), 200, CSS, None),
    ] {
        let mut headers = vec![("range", range), ("accept-encoding", "gzip, zstd")];
        headers.extend(if_range.map(|tag| ("if-range", tag)));
        let answer = served.ask("GET", "/app.css", &headers).await;
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (status, body.as_bytes()), "{range}");
        let told = answer.headers().get("content-range").map(|value| value.to_str().unwrap());
        assert_eq!(told, content_range, "{range}");
    }
    let answer = served.ask("HEAD", "/app.css", &[("range", "bytes=0-3")]).await;
    assert_eq!((answer.status().as_u16(), answer.body().len()), (206, 0));
    assert_eq!(answer.headers()["content-length"], "4");
    assert_eq!(served.ask("GET", "/empty.txt", &[("range", "bytes=0-")]).await.status(), 416);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_comes_in_pieces() {
    let served = Served::new("").await;
    let large: Vec<u8> = (0..1_000_003u32).map(|at| (at % 251) as u8).collect();
    served.write("large.bin", &large);
    assert_eq!(served.get("/large.bin").await.body(), &large);
    let part = served.ask("GET", "/large.bin", &[("range", "bytes=100000-900000")]).await;
    assert_eq!(part.body(), &large[100_000..=900_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_smallest_that_the_client_takes_is_served() {
    let served = Served::new("").await;
    let twin = b"brotli, they say".len();
    for (path, accept, coding, length) in [
        ("/twin.js", None, None, Some(long_text().len())),
        ("/twin.js", Some("br, gzip"), Some("br"), Some(twin)),
        ("/twin.js", Some("gzip"), Some("gzip"), Some("gzip, they say".len())),
        ("/twin.js", Some("zstd"), Some("zstd"), None),
        ("/twin.js", Some("br;q=0, gzip"), Some("gzip"), Some("gzip, they say".len())),
        ("/twin.js", Some("identity"), None, Some(long_text().len())),
        ("/twin.js", Some("*"), Some("br"), Some(twin)),
        ("/app.js", Some("br"), None, Some(long_text().len())),
        ("/app.js", Some("gzip, br"), Some("gzip"), None),
        ("/app.js", Some("gzip, br, zstd"), Some("zstd"), None),
        ("/only.css", Some("gzip"), Some("gzip"), Some("gzip, they say".len())),
        ("/app.css", Some("gzip"), None, Some(CSS.len())),
    ] {
        let headers: Vec<_> = accept.map(|accept| ("accept-encoding", accept)).into_iter().collect();
        for _ in 0..2 {
            let answer = served.ask("GET", path, &headers).await;
            let told = answer.headers().get("content-encoding").map(|value| value.to_str().unwrap());
            assert_eq!(told, coding, "{path} for {accept:?}");
            assert_eq!(
                answer.headers()["content-type"].to_str().unwrap().split(';').next(),
                Some(if path.ends_with("js") { "text/javascript" } else { "text/css" })
            );
            assert_eq!(answer.headers()["vary"], "Accept-Encoding");
            match length {
                Some(length) => assert_eq!(answer.body().len(), length, "{path} for {accept:?}"),
                None => {
                    let pressed = if coding == Some("gzip") { Coding::Gzip } else { Coding::Zstd };
                    let plain = crate::encoding::decoded(Some(pressed), answer.body());
                    assert_eq!(plain, long_text().as_bytes());
                }
            }
        }
    }
    let tags: std::collections::HashSet<String> = {
        let mut tags = std::collections::HashSet::new();
        for accept in ["", "br", "gzip", "zstd"] {
            let answer = served.ask("GET", "/twin.js", &[("accept-encoding", accept)]).await;
            tags.insert(answer.headers()["etag"].to_str().unwrap().to_owned());
        }
        tags
    };
    assert_eq!(tags.len(), 4, "each coding has its own tag");
    let part = served.ask("GET", "/app.js", &[("accept-encoding", "gzip"), ("range", "bytes=0-2")]).await;
    assert_eq!(
        (part.status().as_u16(), &part.body()[..]),
        (206, &b"var"[..]),
        "a part is one of the file as it is"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_compressed_anew() {
    let served = Served::new("").await;
    let gzip = [("accept-encoding", "gzip")];
    let before = served.ask("GET", "/app.js", &gzip).await;
    let changed = long_text().replace("42", "43");
    served.write("app.js", changed.as_bytes());
    let after = served.ask("GET", "/app.js", &gzip).await;
    assert_ne!(before.headers()["etag"], after.headers()["etag"]);
    assert_eq!(crate::encoding::decoded(Some(Coding::Gzip), after.body()), changed.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_may_come_later_and_be_turned() {
    let around = tempfile::tempdir().expect("a directory");
    let files = Files::new(around.path().join("current"), "");
    let ask = async || files.answer(&head("/app.css").expect("a request")).await;
    assert_eq!(ask().await.status(), 404);
    for release in ["one", "two"] {
        fs::create_dir(around.path().join(release)).expect("a directory");
        fs::write(around.path().join(release).join("app.css"), release).expect("a file");
        let _ = fs::remove_file(around.path().join("current"));
        symlink(release, around.path().join("current")).expect("a link");
        let body = ask().await.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(body, release);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever path is asked for, nothing of what lies around comes back.
    #[test]
    fn nothing_around_is_ever_served(path in "(/|up|secret\\.txt|static-too|static|\\.\\.|\\.|%2e|%2f|out\\.txt|passwd|%00|\\.env){1,10}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let around = tempfile::tempdir().expect("a directory");
            lay_out(around.path());
            let files = Files::new(around.path().join("static"), "");
            let Some(asked) = head(&format!("/{path}")) else { return };
            let body = files.answer(&asked).await.into_body().collect().await.expect("a body").to_bytes();
            let text = String::from_utf8_lossy(&body).to_lowercase();
            assert!(!text.contains("secret") && !text.contains("root:"), "{path} gave {text}");
        });
    }
}
