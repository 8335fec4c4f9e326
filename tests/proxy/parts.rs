//! What the tests of the proxy are made of: an appliance with an entrypoint, clients that write HTTP by hand, and an
//! environment of Python with Django and its servers.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use crate::harness::home::free_port;
use crate::harness::python::environment;
use crate::harness::{Appliance, Home};

const PACKAGES: [&str; 4] = ["django>=5,<6", "gunicorn>=25,<27", "uvicorn>=0.30,<1", "websockets>=13,<17"];

/// The folder with Python's programs; made once, and kept for the next run. `None`: it cannot be made here.
pub(crate) fn python() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| environment("test-proxy", &PACKAGES)).as_deref()
}

/// An appliance with an entrypoint `web`, and where that is.
pub(crate) fn with_entrypoint(home: Home, more: &str) -> (Appliance, SocketAddr) {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let entrypoint = format!("[proxy.entrypoints.web]\naddress = \"{address}\"\n");
    (home.with(&entrypoint).with(more).start(), address)
}

/// A connection of a client.
pub(crate) struct Browser {
    socket: TcpStream,
    /// Read and not yet taken.
    rest: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Browser {
    pub(crate) fn connect(to: SocketAddr) -> Self {
        Self::of(TcpStream::connect(to).unwrap())
    }

    /// The other end of a connection.
    pub(crate) fn of(socket: TcpStream) -> Self {
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { socket, rest: Vec::new() }
    }

    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.socket.write_all(bytes.as_ref()).unwrap();
    }

    /// A `GET`, and its answer.
    pub(crate) fn get(&mut self, host: &str, path: &str) -> Answer {
        self.write(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        self.answer()
    }

    /// An answer whose length is told, or that comes in chunks.
    pub(crate) fn answer(&mut self) -> Answer {
        let head = self.until(b"\r\n\r\n");
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect(&head);
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let body = match length {
            Some(length) => self.exactly(length),
            None if head.contains("transfer-encoding: chunked") => self.chunks(),
            None => Vec::new(),
        };
        Answer { status, head, body }
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let chunk = self.chunk();
            if chunk.is_empty() {
                self.until(b"\r\n");
                return body;
            }
            body.extend(chunk);
        }
    }

    /// One chunk; empty at the end.
    pub(crate) fn chunk(&mut self) -> Vec<u8> {
        let line = String::from_utf8(self.until(b"\r\n")).unwrap();
        let size = usize::from_str_radix(line.trim(), 16).expect(&line);
        if size == 0 {
            return Vec::new();
        }
        let mut chunk = self.exactly(size + 2);
        chunk.truncate(size);
        chunk
    }

    /// Everything up to `end`, with it.
    pub(crate) fn until(&mut self, end: &[u8]) -> Vec<u8> {
        loop {
            if let Some(at) = self.rest.windows(end.len()).position(|window| window == end) {
                return self.rest.drain(..at + end.len()).collect();
            }
            self.read();
        }
    }

    /// So many bytes.
    pub(crate) fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.rest.len() < length {
            self.read();
        }
        self.rest.drain(..length).collect()
    }

    fn read(&mut self) {
        let mut bytes = [0; 16 << 10];
        let read = self.socket.read(&mut bytes).unwrap();
        assert!(read > 0, "the connection ended after {:?}", String::from_utf8_lossy(&self.rest));
        self.rest.extend_from_slice(&bytes[..read]);
    }
}
