//! Lines sent as Promtail sends them: `POST /loki/api/v1/push`, snappy-compressed protobuf, a MiB of lines at a time,
//! over several connections.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use model::Timestamp;

use super::http::Client;
use super::lines::{self, Random, WRITERS};
use super::wire;

/// Bytes of lines in one request.
const BATCH_BYTES: usize = 1 << 20;

/// How often a request that the appliance has no room for is sent again.
const TRIES_MAX: u32 = 100;

/// Requests that are ready to be sent: making them must not take the CPU while they are measured.
pub(crate) struct Load {
    bodies: Vec<Vec<u8>>,
    /// Lines in all requests.
    pub(crate) lines: u64,
    /// Their bytes, without labels and times.
    pub(crate) bytes: u64,
}

impl Load {
    /// `lines` lines whose times end now and begin `span` ago.
    pub(crate) fn make(seed: u64, lines: u64, span: Duration) -> Result<Self> {
        let mut random = Random::new(seed);
        let begin = Timestamp::from(std::time::SystemTime::now()).minus(span);
        let step = span / u32::try_from(lines.max(1)).context("no more than 4 billion lines")?;
        let mut load = Self { bodies: vec![], lines, bytes: 0 };
        let mut batch = Batch::default();
        let mut line = String::new();
        for number in 0..lines {
            let at = begin.plus(step * number as u32);
            let writer = lines::any_writer(&mut random);
            line.clear();
            lines::write(&mut line, writer, number, at, &mut random);
            batch.add(writer, at, &line);
            load.bytes += line.len() as u64;
            if batch.bytes >= BATCH_BYTES {
                load.bodies.push(batch.encode()?);
            }
        }
        load.bodies.push(batch.encode()?);
        Ok(load)
    }

    /// Requests that are made already, of so many lines.
    pub(crate) fn of(bodies: Vec<Vec<u8>>, lines: u64, bytes: u64) -> Self {
        Self { bodies, lines, bytes }
    }

    /// The requests, compressed.
    pub(crate) fn bodies(&self) -> &[Vec<u8>] {
        &self.bodies
    }

    /// Sends everything; returns when all of it was acknowledged.
    pub(crate) fn push(&self, to: SocketAddr, connections: usize) -> Result<()> {
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            let senders: Vec<_> = (0..connections).map(|_| scope.spawn(|| self.send(to, &next))).collect();
            senders.into_iter().try_for_each(|sender| sender.join().expect("a sender does not panic"))
        })
    }

    fn send(&self, to: SocketAddr, next: &AtomicUsize) -> Result<()> {
        let mut client = Client::connect(to)?;
        while let Some(body) = self.bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
            send_until_taken(&mut client, body)?;
        }
        Ok(())
    }
}

fn send_until_taken(client: &mut Client, body: &[u8]) -> Result<()> {
    for attempt in 1..=TRIES_MAX {
        let answer = client.post("/loki/api/v1/push", "application/x-protobuf", body)?;
        match answer.status {
            200 | 204 => return Ok(()),
            429 => thread::sleep(Duration::from_millis(20) * attempt.min(10)),
            status => bail!("the push was answered {status}: {}", answer.text()),
        }
    }
    bail!("the appliance had no room for a push in {TRIES_MAX} tries")
}

/// The lines of one request, by stream.
#[derive(Default)]
struct Batch {
    streams: [Vec<u8>; WRITERS.len()],
    bytes: usize,
}

impl Batch {
    fn add(&mut self, writer: usize, at: Timestamp, line: &str) {
        wire::entry(&mut self.streams[writer], at.nanos() as u64, line.as_bytes());
        self.bytes += line.len();
    }

    /// Loki's `PushRequest` of what was added, and an empty batch again.
    fn encode(&mut self) -> Result<Vec<u8>> {
        let mut request = Vec::with_capacity(self.bytes * 5 / 4);
        for (writer, entries) in WRITERS.iter().zip(&mut self.streams) {
            if entries.is_empty() {
                continue;
            }
            let labels = format!(
                "{{project=\"shop\", service=\"{}\", container=\"{}\"}}",
                writer.service, writer.container
            );
            let mut stream = Vec::with_capacity(entries.len() + labels.len() + 8);
            wire::bytes_field(&mut stream, 1, labels.as_bytes());
            stream.append(entries);
            wire::bytes_field(&mut request, 1, &stream);
        }
        self.bytes = 0;
        Ok(snap::raw::Encoder::new().compress_vec(&request)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_what_protobuf_says() {
        let mut batch = Batch::default();
        batch.add(0, Timestamp::from_nanos(300_000_000_007), "hello");
        let request = snap::raw::Decoder::new().decompress_vec(&batch.encode().unwrap()).unwrap();
        let labels = b"{project=\"shop\", service=\"edge\", container=\"shop-edge-1\"}";
        let entry = b"\x12\x0e\x0a\x05\x08\xac\x02\x10\x07\x12\x05hello";
        let mut expected = vec![0x0a, (2 + labels.len() + entry.len()) as u8, 0x0a, labels.len() as u8];
        expected.extend_from_slice(labels);
        expected.extend_from_slice(entry);
        assert_eq!(request, expected);
        assert!(batch.streams.iter().all(Vec::is_empty));
    }

    #[test]
    fn all_lines_are_in_the_requests() {
        let load = Load::make(1, 10_000, Duration::from_secs(60)).unwrap();
        let decoded = load.bodies.iter().map(|body| snap::raw::decompress_len(body).unwrap() as u64);
        assert!(load.bodies.len() > 2);
        assert!(decoded.sum::<u64>() > load.bytes);
    }
}
