//! A client for one connection that is kept: enough of HTTP/1.1 for an appliance of ours on loopback.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

const TIMEOUT: Duration = Duration::from_secs(60);

/// One kept connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

/// What came back.
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The whole body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body for a person.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Client {
    /// Connects.
    pub(crate) fn connect(to: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&to, TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// `GET path`
    pub(crate) fn get(&mut self, path: &str) -> Result<Answer> {
        self.get_with(path, "")
    }

    /// The same with more headers, each of them a line that ends in `\r\n`.
    pub(crate) fn get_with(&mut self, path: &str, headers: &str) -> Result<Answer> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"), &[])
    }

    /// `POST path`
    pub(crate) fn post(&mut self, path: &str, content_type: &str, body: &[u8]) -> Result<Answer> {
        self.post_with(path, &format!("Content-Type: {content_type}\r\n"), body)
    }

    /// The same with headers of its own, each of them a line that ends in `\r\n`.
    pub(crate) fn post_with(&mut self, path: &str, headers: &str, body: &[u8]) -> Result<Answer> {
        let length = body.len();
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n");
        self.exchange(&head, body)
    }

    fn exchange(&mut self, head: &str, body: &[u8]) -> Result<Answer> {
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("`{line}` is no answer of HTTP"))?;
        let body = self.body(status)?;
        Ok(Answer { status, body })
    }

    fn body(&mut self, status: u16) -> Result<Vec<u8>> {
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                Some(("content-length", value)) => length = value.trim().parse()?,
                Some(("transfer-encoding", value)) => chunked = value.trim() == "chunked",
                Some(_) => {}
                None => break,
            }
        }
        match (status, chunked) {
            (204 | 304, _) => Ok(vec![]),
            (_, false) => self.bytes(length),
            (_, true) => self.chunks(),
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16)?;
            body.append(&mut self.bytes(length)?);
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The next line of a head, without its end.
    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            bail!("the connection was closed in the middle of an answer");
        }
        Ok(line.trim_end().to_owned())
    }
}

/// The text as a value of a query string.
pub(crate) fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// What the client makes of these bytes.
    fn answered(bytes: &'static str) -> Result<Answer> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).unwrap();
            stream.write_all(bytes.as_bytes()).unwrap();
        });
        let answer = Client::connect(address).unwrap().get("/ready");
        server.join().unwrap();
        answer
    }

    #[test]
    fn answers_of_every_framing_are_read() {
        let check = |bytes, status, body: &str| {
            let answer = answered(bytes).unwrap();
            assert_eq!((answer.status, answer.text().as_str()), (status, body));
        };
        check("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready", 200, "ready");
        check("HTTP/1.1 204 No Content\r\n\r\n", 204, "");
        check(
            "HTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
            400,
            "abc0123456789",
        );
        assert!(answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nre").is_err());
        assert!(answered("").is_err());
    }

    #[test]
    fn queries_are_safe_in_an_address() {
        assert_eq!(encode("{a=\"b c\"}"), "%7Ba%3D%22b%20c%22%7D");
    }
}
