//! Django behind gunicorn and uvicorn: what it sees, uploads, streams, websockets.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::parts::{Browser, python, with_entrypoint};
use crate::harness::home::free_port;
use crate::harness::process::Process;
use crate::harness::{Appliance, Home, checkout, until};

tests! {
    [Django]:
        gunicorn_and_uvicorn_see_the_client_and_take_uploads,
        answers_stream_through,
        a_websocket_speaks_through;
}

const LIMIT: Duration = Duration::from_secs(60);
const HOST: &str = "site.example";
/// As much as CI has the time for; more with `PORTHOLE_UPLOAD_MIB=1024`.
fn upload_mib() -> usize {
    let wanted = std::env::var("PORTHOLE_UPLOAD_MIB").ok();
    wanted.map_or(64, |wanted| wanted.parse().expect("a number of MiB"))
}

/// A server of the site behind an appliance.
struct Site {
    _server: Process,
    _appliance: Appliance,
    address: SocketAddr,
}

/// Whose name is that of the program.
fn site(server: &str) -> Site {
    let port = free_port();
    let mut command = Command::new(python().expect("it is a part").join(server));
    match server {
        "gunicorn" => command.args([
            "--bind",
            &format!("127.0.0.1:{port}"),
            "--threads",
            "4",
            "--no-control-socket",
            "pages:wsgi",
        ]),
        _ => command.args(["--port", &port.to_string(), "--no-proxy-headers", "pages:asgi"]),
    };
    command.current_dir(checkout().join("tests/proxy")).env("PYTHONDONTWRITEBYTECODE", "1");
    let process = Process::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
    let route = format!("[[proxy.route]]\nrule = \"Host(`{HOST}`)\"\nto = \"http://127.0.0.1:{port}\"\n");
    let (appliance, address) = with_entrypoint(Home::new(), &route);
    until(&format!("{server} answers"), LIMIT, || {
        (Browser::connect(address).get(HOST, "/facts").status == 200).then_some(())
    });
    Site { _server: process, _appliance: appliance, address }
}

fn gunicorn_and_uvicorn_see_the_client_and_take_uploads() {
    for server in ["gunicorn", "uvicorn"] {
        let site = site(server);
        let mut browser = Browser::connect(site.address);
        browser.write(format!(
            "GET //a/../facts HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n\
             X_Auth_User: root\r\nX-Request-ID: it-is-me\r\n\r\n"
        ));
        let answer = browser.answer();
        assert!(answer.head.contains("x-request-id: it-is-me\r\n"), "{}", answer.head);
        let facts: Value = serde_json::from_slice(&answer.body).expect(&answer.head);
        let expected = json!({
            "host": HOST, "secure": false, "client": "127.0.0.1", "request_id": "it-is-me", "user": null,
            "path": "/facts",
        });
        assert_eq!(facts, expected, "{server}");

        let (piece, bytes) = (vec![b'a'; 1 << 20], upload_mib() << 20);
        browser.write(format!("POST /upload HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {bytes}\r\n\r\n"));
        for _ in 0..upload_mib() {
            browser.write(&piece);
        }
        let answer = browser.answer();
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.starts_with(&format!("{bytes} ")), "{server}: {} {text}", answer.status);
    }
}

fn answers_stream_through() {
    for server in ["gunicorn", "uvicorn"] {
        let site = site(server);
        let mut browser = Browser::connect(site.address);
        browser.write(format!("GET /stream HTTP/1.1\r\nHost: {HOST}\r\n\r\n"));
        browser.until(b"\r\n\r\n");
        let begun = Instant::now();
        assert_eq!(browser.chunk(), b"0\n", "{server}");
        let first = begun.elapsed();
        assert_eq!((browser.chunk(), browser.chunk()), (b"1\n".to_vec(), b"2\n".to_vec()), "{server}");
        assert!(begun.elapsed() - first > Duration::from_millis(300), "{server}: it came in one piece");
        assert!(browser.chunk().is_empty());
    }
}

fn a_websocket_speaks_through() {
    let site = site("uvicorn");
    let mut command = Command::new(python().expect("it is a part").join("python"));
    command.arg(checkout().join("tests/proxy/talk.py")).arg(site.address.port().to_string());
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "well 1000\n", "{output:?}");
}
