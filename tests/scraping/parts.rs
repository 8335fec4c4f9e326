//! Programs to scrape, and what the appliance says of them.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use serde_json::Value;

use crate::harness::eventually;
use crate::harness::home::free_port;
use crate::harness::http::Client;
use crate::harness::process::Process;

/// A real node_exporter, and its address.
pub(super) fn node_exporter() -> (Process, String) {
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = Command::new("prometheus-node-exporter");
    command.arg(format!("--web.listen-address={address}"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let process = Process::start(&mut command);
    eventually("node_exporter listens", || TcpStream::connect(&address).ok());
    (process, address)
}

/// Answers every request as `answer` says, until the test ends. Its address.
pub(super) fn program(
    answer: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        while let Ok((mut connection, _)) = listener.accept() {
            let answer = answer.clone();
            thread::spawn(move || {
                let _ = connection.read(&mut [0; 8192]);
                // Whoever asks may go away in the middle.
                let _ = answer(&mut connection);
            });
        }
    });
    address
}

/// An answer of this text.
pub(super) fn text(connection: &mut TcpStream, body: &str) -> std::io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\nconnection: close\r\n";
    connection.write_all(format!("{head}content-length: {}\r\n\r\n", body.len()).as_bytes())?;
    connection.write_all(body.as_bytes())
}

/// A job of the settings.
pub(super) fn job(name: &str, address: &str, more: &str) -> String {
    format!("[[metrics.scrape]]\njob = \"{name}\"\ntargets = [\"{address}\"]\ninterval = \"1s\"\n{more}\n")
}

/// What a query gives: values by labels.
pub(super) fn values(client: &Client, query: &str) -> BTreeMap<String, f64> {
    let answer = client.ask("/api/v1/query", &[("query", query)]).expect(200).json();
    let result = answer["data"]["result"].as_array().expect("a vector").clone();
    let pair = |one: &Value| {
        let value = one["value"][1].as_str().and_then(|text| text.parse().ok()).expect("a number");
        (one["metric"].to_string(), value)
    };
    result.iter().map(pair).collect()
}

/// The value of the one series that a query gives.
pub(super) fn value(client: &Client, query: &str) -> Option<f64> {
    let found = values(client, query);
    assert!(found.len() <= 1, "{query}: {found:?}");
    found.into_values().next()
}

/// Waits until a query gives a value.
pub(super) fn await_value(client: &Client, query: &str, expected: f64) {
    eventually(&format!("{query} is {expected}"), || (value(client, query) == Some(expected)).then_some(()));
}

/// Timestamps and values of the one series of a selector with a range.
pub(super) fn samples(client: &Client, query: &str) -> Vec<(f64, String)> {
    let answer = client.ask("/api/v1/query", &[("query", query)]).expect(200).json();
    let result = answer["data"]["result"].as_array().expect("a matrix");
    assert!(result.len() <= 1, "{query}: {answer}");
    let Some(first) = result.first() else { return Vec::new() };
    let pair = |pair: &Value| (pair[0].as_f64().unwrap(), pair[1].as_str().unwrap().to_owned());
    first["values"].as_array().unwrap().iter().map(pair).collect()
}

/// A target of the API, by its job.
pub(super) fn target(client: &Client, job: &str) -> Option<Value> {
    let answer = client.get("/api/v1/targets").expect(200).json();
    let targets = answer["data"]["activeTargets"].as_array().expect("a list").clone();
    targets.into_iter().find(|target| target["labels"]["job"] == job)
}

/// The dropped targets, as one text.
pub(super) fn dropped(client: &Client) -> String {
    client.get("/api/v1/targets").expect(200).json()["data"]["droppedTargets"].to_string()
}
