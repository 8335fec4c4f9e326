//! Envelopes and other bodies as SDKs make them.

use std::io::Write;
use std::path::{Path, PathBuf};

use axum::body::Body;
use http::{Request, header};
use serde_json::Value;

use crate::testing::Fixture;

/// The default project, and how it is written to.
pub(crate) struct Sender {
    pub(crate) project: u64,
    pub(crate) key: String,
}

impl Sender {
    pub(crate) fn new(fixture: &Fixture) -> Self {
        let projects = fixture.issues.projects();
        let project = projects.first().expect("the default project");
        Self { project: project.id.0, key: project.keys[0].key.to_string() }
    }

    pub(crate) fn post(&self, path: &str, body: Body) -> Request<Body> {
        Request::builder()
            .method("POST")
            .uri(path)
            .header(header::HOST, "localhost:4100")
            .header("x-sentry-auth", format!("Sentry sentry_key={}, sentry_client=test/1", self.key))
            .body(body)
            .expect("a request")
    }

    /// Sends an event and gives its id.
    pub(crate) async fn event(&self, fixture: &Fixture, event: &Value) -> String {
        let body = envelope(&serde_json::json!({}), &[("event", &event.to_string())]);
        let path = format!("/api/{}/envelope/", self.project);
        let answer = fixture.send(self.post(&path, body.into())).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        answer.json()["id"].as_str().expect("an id").to_owned()
    }
}

/// A header and items with their lengths.
pub(crate) fn envelope(header: &Value, items: &[(&str, &str)]) -> String {
    let item = |(kind, payload): &(&str, &str)| {
        format!("{{\"type\":\"{kind}\",\"length\":{}}}\n{payload}\n", payload.len())
    };
    format!("{header}\n{}", items.iter().map(item).collect::<String>())
}

pub(crate) fn gzipped(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).expect("memory");
    encoder.finish().expect("memory")
}

/// With the header of zlib, or without as some send it.
pub(crate) fn deflated(plain: &[u8], header: bool) -> Vec<u8> {
    if header {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(plain).expect("memory");
        return encoder.finish().expect("memory");
    }
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).expect("memory");
    encoder.finish().expect("memory")
}

/// Names and texts of the sample events; none, said so, where they are not there.
pub(crate) fn samples() -> Vec<(String, String)> {
    let root = std::env::var_os("PORTHOLE_CONFORMANCE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
        PathBuf::from,
    );
    let mut samples = Vec::new();
    for folder in ["sentry", "bugsink", "glitchtip"] {
        let Ok(files) = std::fs::read_dir(root.join("issues").join(folder)) else {
            eprintln!("skipped: no samples at {}", root.display());
            return Vec::new();
        };
        for file in files {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let text = std::fs::read(&path).expect("a sample");
                samples.push((path.display().to_string(), String::from_utf8_lossy(&text).into_owned()));
            }
        }
    }
    samples
}
