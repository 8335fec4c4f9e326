//! A small instrumented program, and a store that remembers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::metric::{About, Exemplar};
use model::{Labels, Timestamp};
use outbound::Names;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::appender::{Appender, STALE};
use crate::scrape::asker::Asker;
use crate::scrape::worker::Worker;
use crate::scrape::{Job, Origin, Source, Target};

/// Keeps what is appended, as text, and what is said of metrics.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    samples: BTreeMap<(i64, Labels), f64>,
    said: Vec<String>,
    exemplars: Vec<String>,
}

impl Appender for Memory {
    type Series = Labels;

    fn series(&self, labels: &Labels) -> Labels {
        labels.clone()
    }

    async fn append(&self, _: &Arc<str>, at: Timestamp, samples: Vec<(Labels, f64)>) {
        let mut kept = self.0.lock().unwrap();
        for (labels, value) in samples {
            let before = kept.samples.insert((at.millis(), labels.clone()), value);
            assert!(before.is_none(), "{labels} is appended twice at {}", at.millis());
        }
    }

    fn describe(&self, target: &Arc<str>, family: &str, about: &About) {
        let About { kind, help, unit } = about;
        self.0.lock().unwrap().said.push(format!("{target} {family}: {} {help:?} {unit:?}", kind.text()));
    }

    fn exemplar(&self, series: &Labels, exemplar: Exemplar) {
        let Exemplar { labels, value, at } = exemplar;
        let at = at.map(|at| at.millis());
        let name = series.get("__name__").unwrap_or_default();
        self.0.lock().unwrap().exemplars.push(format!("{name} {labels} {value} {at:?}"));
    }
}

/// Whether a series is told of the scrape itself.
fn is_own(labels: &Labels) -> bool {
    labels.get("__name__").is_some_and(|name| name == "up" || name.starts_with("scrape_"))
}

/// `1`, or `ends`.
fn written(value: f64) -> String {
    if value.to_bits() == STALE.to_bits() { "ends".to_owned() } else { value.to_string() }
}

impl Memory {
    /// What was appended at an instant, without what is told of the scrape itself and without the labels `job` and
    /// `instance`: `a{x="y"} 1`.
    pub(super) fn at(&self, at_ms: i64) -> Vec<String> {
        let kept = self.0.lock().unwrap();
        let here = kept.samples.iter().filter(|((at, labels), _)| *at == at_ms && !is_own(labels));
        here.map(|((_, labels), value)| {
            let name = labels.get("__name__").unwrap_or_default();
            let rest = labels.filter(|name| !matches!(name, "__name__" | "job" | "instance")).to_string();
            let rest = if rest == "{}" { String::new() } else { rest };
            format!("{name}{rest} {}", written(*value))
        })
        .collect()
    }

    /// What is told of a scrape itself.
    pub(super) fn own(&self, at_ms: i64, name: &str) -> String {
        let kept = self.0.lock().unwrap();
        let found = kept
            .samples
            .iter()
            .find(|((at, labels), _)| *at == at_ms && labels.get("__name__") == Some(name));
        found.map(|(_, value)| written(*value)).unwrap_or_default()
    }

    /// The numbers of every series with these labels, in the order of time.
    pub(super) fn of(&self, labels: &[(&str, &str)]) -> Vec<String> {
        let kept = self.0.lock().unwrap();
        let fits = |other: &Labels| labels.iter().all(|(name, value)| other.get(name) == Some(value));
        kept.samples.iter().filter(|((_, other), _)| fits(other)).map(|(_, value)| written(*value)).collect()
    }

    pub(super) fn said(&self) -> Vec<String> {
        self.0.lock().unwrap().said.clone()
    }

    pub(super) fn exemplars(&self) -> Vec<String> {
        self.0.lock().unwrap().exemplars.clone()
    }
}

/// What a program answers to its next request.
pub(super) struct Reply {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    /// The body goes on for ever.
    pub(super) endless: bool,
    /// The connection stays open and says nothing more.
    pub(super) stalls: bool,
}

/// An answer with these lines in its head.
pub(super) fn reply(status: &str, headers: &[&str], body: impl Into<Vec<u8>>) -> Reply {
    let body = body.into();
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    Reply { head: head + "\r\n", body, endless: false, stalls: false }
}

/// An answer in the text format.
pub(super) fn text(body: impl Into<Vec<u8>>) -> Reply {
    reply("200 OK", &["content-type: text/plain; version=0.0.4"], body)
}

/// A program that listens.
pub(super) struct Program {
    pub(super) address: String,
    /// The heads of the requests that came.
    pub(super) asked: Arc<Mutex<Vec<String>>>,
}

/// Answers each request with the next of these; after the last one it is gone.
pub(super) async fn program(replies: Vec<Reply>) -> Program {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let heads = asked.clone();
    tokio::spawn(async move {
        for reply in replies {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if connection.read(&mut byte).await.unwrap_or(0) == 0 {
                    break;
                }
                head.push(byte[0]);
                // No HTTP, but a client that speaks TLS.
                if !head[0].is_ascii_alphabetic() {
                    break;
                }
            }
            heads.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
            let _ = connection.write_all(reply.head.as_bytes()).await;
            let _ = connection.write_all(&reply.body).await;
            if reply.stalls {
                std::future::pending::<()>().await;
            }
            while reply.endless && connection.write_all(&[b'#'; 4096]).await.is_ok() {}
        }
    });
    Program { address, asked }
}

/// A job of which nothing is written.
pub(super) fn job() -> Job {
    Job::new("j", Duration::from_secs(15))
}

/// The target at an address, with the labels `job="j"` and `instance="i"`.
pub(super) fn target(address: &str, job: Job) -> Target {
    Target {
        name: "j/i".into(),
        url: format!("http://{address}/metrics").parse().unwrap(),
        source: Source::Address,
        labels: Labels::from_pairs([("job", "j"), ("instance", "i")]),
        identity: Labels::default(),
        discovered: Labels::default(),
        origin: Origin::File { line: None },
        interval: job.interval,
        timeout: job.timeout,
        hint: None,
        job: Arc::new(job),
    }
}

pub(super) fn worker(target: Target) -> (Worker<Memory>, Memory) {
    let memory = Memory::default();
    let asker = Asker::new(target.job.clone(), Names::default());
    (Worker::new(Arc::new(target), Arc::new(asker), memory.clone()), memory)
}

pub(super) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}
