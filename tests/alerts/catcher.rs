//! A receiver of messages over HTTP: keeps every request, and answers as a test wants.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{home, until};

/// How it answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// With 200 and this body.
    Ok(&'static str),
    /// With this status and these headers.
    Status(u16, &'static str),
    /// Not at all: the connection stays open.
    Hang,
    /// It takes the request and closes the connection.
    LoseReply,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Caught {
    /// When all of it was there.
    pub(crate) at: Instant,
    /// `POST /hook`
    pub(crate) line: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Whether it was answered with 200.
    pub(crate) was_taken: bool,
}

impl Caught {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

#[derive(Debug)]
struct Shared {
    answer: Mutex<Answer>,
    caught: Mutex<Vec<Caught>>,
    ended: AtomicBool,
}

/// The receiver; it ends with this value.
pub(crate) struct Catcher {
    port: u16,
    shared: Arc<Shared>,
}

impl Catcher {
    /// One that takes everything.
    pub(crate) fn start() -> Self {
        let port = home::free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let shared = Arc::new(Shared {
            answer: Mutex::new(Answer::Ok("ok")),
            caught: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let of_thread = shared.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                if of_thread.ended.load(Ordering::Relaxed) {
                    return;
                }
                let shared = of_thread.clone();
                thread::spawn(move || connection.map(|connection| serve(connection, &shared)));
            }
        });
        Self { port, shared }
    }

    /// `http://127.0.0.1:<port>/<path>`
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// From now on.
    pub(crate) fn answer(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// All that came so far.
    pub(crate) fn all(&self) -> Vec<Caught> {
        self.shared.caught.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first that fits, when it has come.
    pub(crate) fn first(&self, what: &str, fits: impl Fn(&Caught) -> bool) -> Caught {
        until(what, Duration::from_secs(60), || self.all().into_iter().find(&fits))
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// One request of each connection.
fn serve(mut connection: TcpStream, shared: &Shared) {
    let Some((line, headers, body)) = read(&mut connection) else { return };
    let answer = shared.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let was_taken = matches!(answer, Answer::Ok(_));
    let caught = Caught { at: Instant::now(), line, headers, body, was_taken };
    shared.caught.lock().unwrap_or_else(PoisonError::into_inner).push(caught);
    let (status, headers, body) = match answer {
        Answer::Ok(body) => (200, "", body),
        Answer::Status(status, headers) => (status, headers, "no"),
        Answer::LoseReply => return drop(connection.shutdown(Shutdown::Both)),
        Answer::Hang => {
            // Until the other side gives up.
            let _ = connection.read(&mut [0; 1]);
            return;
        }
    };
    let length = body.len();
    let _ = write!(
        connection,
        "HTTP/1.1 {status} Told\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
}

type Request = (String, Vec<(String, String)>, String);

fn read(connection: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break end;
        }
        more(connection, &mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    while bytes.len() < head_end + 4 + length {
        more(connection, &mut bytes)?;
    }
    Some((line, headers, String::from_utf8_lossy(&bytes[head_end + 4..]).into_owned()))
}

fn more(connection: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 8192];
    let read = connection.read(&mut piece).ok().filter(|read| *read > 0)?;
    bytes.extend_from_slice(&piece[..read]);
    Some(())
}
