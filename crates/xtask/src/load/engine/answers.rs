//! What the engine answers: the shop's containers, which all run and never change.

use std::io::Write;

use anyhow::Result;
use serde_json::{Value, json};

use super::super::lines::WRITERS;

const STARTED: &str = "2026-01-01T00:00:00.000000000Z";

/// The id of a container, as long as Docker's.
fn id(container: usize) -> String {
    format!("{:064x}", 0xabc0_0000_0000_u64 + container as u64)
}

/// Which container an id or a name means.
pub(super) fn container_of(text: &str) -> Option<usize> {
    (0..WRITERS.len()).find(|&container| text == id(container) || text == WRITERS[container].container)
}

/// Everything that is answered at once.
pub(super) fn answer(segments: &[&str], output: &mut impl Write) -> Result<()> {
    let body = match segments {
        ["_ping"] => return send(output, "200 OK", "text/plain", "OK"),
        ["version"] => {
            json!({"Version": "28.2.2", "ApiVersion": "1.50", "MinAPIVersion": "1.24", "Os": "linux"})
        }
        ["info"] => {
            json!({"ID": "LOAD", "Name": "load", "ServerVersion": "28.2.2", "NCPU": 2, "MemTotal": 1})
        }
        ["containers", "json"] => Value::Array((0..WRITERS.len()).map(listed).collect()),
        ["containers", container, "json"] => match container_of(container) {
            Some(container) => inspected(container),
            None => return not_found(output),
        },
        ["images", image, "json"] => json!({"Id": image, "RepoTags": [], "RepoDigests": []}),
        _ => return not_found(output),
    };
    send(output, "200 OK", "application/json", &body.to_string())
}

/// What an engine says of what it does not have.
pub(super) fn not_found(output: &mut impl Write) -> Result<()> {
    send(output, "404 Not Found", "application/json", "{\"message\":\"page not found\"}")
}

fn send(output: &mut impl Write, status: &str, content_type: &str, body: &str) -> Result<()> {
    let length = body.len();
    let head = "Api-Version: 1.50\r\nServer: Docker/28.2.2 (linux)\r\n";
    let answer = format!(
        "HTTP/1.1 {status}\r\n{head}Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    output.write_all(answer.as_bytes())?;
    Ok(())
}

/// Begins an answer that comes in pieces.
pub(super) fn begin_stream(output: &mut impl Write, content_type: &str) -> Result<()> {
    write!(output, "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    Ok(())
}

/// Sends the next piece.
pub(super) fn send_piece(output: &mut impl Write, piece: &[u8]) -> Result<()> {
    let mut chunk = format!("{:x}\r\n", piece.len()).into_bytes();
    chunk.extend_from_slice(piece);
    chunk.extend_from_slice(b"\r\n");
    output.write_all(&chunk)?;
    Ok(())
}

/// Ends an answer that came in pieces.
pub(super) fn end_stream(output: &mut impl Write) -> Result<()> {
    output.write_all(b"0\r\n\r\n")?;
    Ok(())
}

fn labels(container: usize) -> Value {
    json!({
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": WRITERS[container].service,
        "com.docker.compose.container-number": "1",
    })
}

fn networks(container: usize) -> Value {
    json!({"shop_default": {"IPAddress": format!("172.18.0.{}", container + 2), "Aliases": [WRITERS[container].service]}})
}

fn image(container: usize) -> String {
    format!("sha256:{:064x}", 1 + container)
}

fn listed(container: usize) -> Value {
    json!({
        "Id": id(container),
        "Names": [format!("/{}", WRITERS[container].container)],
        "Image": format!("shop/{}:1", WRITERS[container].service),
        "ImageID": image(container),
        "Command": "run", "Created": 1_767_225_600, "Ports": [], "Labels": labels(container),
        "State": "running", "Status": "Up 3 days",
        "HostConfig": {"NetworkMode": "shop_default"},
        "NetworkSettings": {"Networks": networks(container)}, "Mounts": [],
    })
}

fn inspected(container: usize) -> Value {
    let writer = &WRITERS[container];
    json!({
        "Id": id(container), "Name": format!("/{}", writer.container), "Created": STARTED, "Image": image(container),
        "State": {
            "Status": "running", "Running": true, "Paused": false, "Restarting": false, "OOMKilled": false,
            "Dead": false, "Pid": 100 + container, "ExitCode": 0, "Error": "",
            "StartedAt": STARTED, "FinishedAt": "0001-01-01T00:00:00Z",
        },
        "RestartCount": 0,
        "HostConfig": {
            "LogConfig": {"Type": "json-file", "Config": {}}, "NetworkMode": "shop_default",
            "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
        },
        "Config": {
            "Hostname": &id(container)[..12], "Tty": false, "Env": [], "Labels": labels(container),
            "Image": format!("shop/{}:1", writer.service),
        },
        "NetworkSettings": {"Networks": networks(container), "Ports": {}}, "Mounts": [],
    })
}
