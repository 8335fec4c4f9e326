//! A service on loopback that answers as a test tells it, and keeps what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// A value of the body as a form.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()?;
        let mut bytes = Vec::new();
        let mut rest = found.as_bytes();
        while let Some((first, others)) = rest.split_first() {
            let hex = (*first == b'%')
                .then(|| u8::from_str_radix(std::str::from_utf8(&others[..2]).unwrap(), 16).unwrap());
            bytes.push(hex.unwrap_or(*first));
            rest = if hex.is_some() { &others[2..] } else { others };
        }
        Some(String::from_utf8(bytes).unwrap())
    }
}

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Status, headers as they are written, body.
    Say(u16, &'static str, String),
    /// Takes the request, and hangs up.
    Lose,
    /// Takes the request, and says nothing.
    Hang,
}

impl Reply {
    pub(crate) fn ok(body: impl ToString) -> Self {
        Self::Say(200, "", body.to_string())
    }
}

type Script = dyn Fn(&Got, usize) -> Reply + Send + Sync;

/// The service.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) url: String,
    got: Arc<Mutex<Vec<Got>>>,
    count: watch::Sender<usize>,
}

impl Service {
    /// Answers by `script`, which is told how many requests came before.
    pub(crate) async fn start(script: impl Fn(&Got, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = Self { url, got: Arc::default(), count: watch::Sender::new(0) };
        let (own, script): (_, Arc<Script>) = (service.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (own, script) = (own.clone(), script.clone());
                tokio::spawn(async move { own.serve(connection, &*script).await });
            }
        });
        service
    }

    /// What came so far.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// Waits until so many requests came.
    pub(crate) async fn wait(&self, count: usize) -> Vec<Got> {
        let mut counted = self.count.subscribe();
        let waited =
            tokio::time::timeout(std::time::Duration::from_secs(30), counted.wait_for(|now| *now >= count));
        waited.await.unwrap_or_else(|_| panic!("{count} requests, got {:#?}", self.got())).unwrap();
        self.got()
    }

    async fn serve(&self, connection: TcpStream, script: &Script) {
        let mut connection = BufReader::new(connection);
        while let Some(got) = read(&mut connection).await {
            let before = {
                let mut all = self.got.lock().unwrap();
                all.push(got.clone());
                all.len() - 1
            };
            let reply = script(&got, before);
            self.count.send_modify(|count| *count += 1);
            match reply {
                Reply::Lose => return,
                Reply::Hang => std::future::pending().await,
                Reply::Say(status, headers, body) => {
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n{body}",
                        body.len()
                    );
                    if connection.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

async fn read(connection: &mut BufReader<TcpStream>) -> Option<Got> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut first = lines.first()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let pairs = lines[1..].iter().filter_map(|line| line.split_once(": "));
    let headers: BTreeMap<String, String> =
        pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    Some(Got { method, path, headers, body: String::from_utf8(body).unwrap(), at: Instant::now() })
}
