//! A mail server on loopback that answers as a test tells it, and keeps what it took.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail that it took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) text: String,
}

impl Mail {
    /// A header's value, its lines as one.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        head.lines().find_map(|line| Some(line.strip_prefix(&format!("{name}: "))?.to_owned()))
    }
}

type Script = dyn Fn(&str, usize) -> Option<String> + Send + Sync;

/// The server. A script sees each command (`DATA` and `.` among them) and how many were said before, and gives the answer;
/// an empty one hangs up.
#[derive(Clone)]
pub(crate) struct Mailbox {
    pub(crate) address: String,
    mails: Arc<Mutex<Vec<Mail>>>,
    said: Arc<Mutex<Vec<String>>>,
}

impl Mailbox {
    pub(crate) async fn start(
        script: impl Fn(&str, usize) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mailbox = Self { address, mails: Arc::default(), said: Arc::default() };
        let (own, script): (_, Arc<Script>) = (mailbox.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (own, script) = (own.clone(), script.clone());
                tokio::spawn(async move { own.serve(connection, &*script).await });
            }
        });
        mailbox
    }

    /// What it took.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    async fn serve(&self, connection: TcpStream, script: &Script) -> Option<()> {
        let mut connection = BufReader::new(connection);
        connection.write_all(b"220 mail.example ESMTP\r\n").await.ok()?;
        let mut mail = Mail::default();
        loop {
            let line = line(&mut connection).await?;
            let before = {
                let mut said = self.said.lock().unwrap();
                said.push(line.clone());
                said.len() - 1
            };
            let answer = script(&line, before).unwrap_or_else(|| usual(&line).to_owned());
            if line == "DATA" && answer.starts_with('3') {
                connection.write_all(b"354 go on\r\n").await.ok()?;
                mail.text = data(&mut connection).await?;
                let end = script(".", before).unwrap_or_else(|| "250 taken".to_owned());
                // Even if the answer gets lost, the mail is there.
                if !end.starts_with(['4', '5']) {
                    self.mails.lock().unwrap().push(std::mem::take(&mut mail));
                }
                if end.is_empty() {
                    return None;
                }
                connection.write_all(format!("{end}\r\n").as_bytes()).await.ok()?;
                continue;
            }
            if answer.is_empty() {
                return None;
            }
            if answer.starts_with('2') {
                match line.split_once(':') {
                    Some(("MAIL FROM", from)) => mail.from = from.to_owned(),
                    Some(("RCPT TO", to)) => mail.to.push(to.trim_matches(['<', '>']).to_owned()),
                    _ => {}
                }
            }
            connection.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
    }
}

fn usual(line: &str) -> &'static str {
    match line.split(' ').next().unwrap_or_default() {
        "EHLO" => "250-mail.example\r\n250 8BITMIME",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 OK",
    }
}

async fn line(connection: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    (connection.read_line(&mut line).await.ok()? > 0).then(|| line.trim_end().to_owned())
}

async fn data(connection: &mut BufReader<TcpStream>) -> Option<String> {
    let mut text = String::new();
    loop {
        let line = line(connection).await?;
        if line == "." {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push_str("\r\n");
    }
}
