//! A small Redis: the keys that Celery keeps there, for those who only ask, and the channels of its events.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::meters::Meters;

/// Longer commands come from nobody who only asks.
const WORDS_MAX: usize = 64;
const WORD_BYTES_MAX: usize = 16 << 10;

/// The queue and its binding, as Celery writes them.
const QUEUE: &str = "celery";
const BINDING: &str = "celery\u{6}\u{16}\u{6}\u{16}celery";
const EXCHANGES: [&str; 3] =
    ["_kombu.binding.celery", "_kombu.binding.celeryev", "_kombu.binding.celery.pidbox"];

/// Answers until `shutdown`.
pub(crate) async fn serve(listener: TcpListener, meters: Meters, shutdown: CancellationToken) {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    clients.spawn(client(BufReader::new(stream), meters.clone()));
                }
            }
            Some(_) = clients.join_next() => {}
        }
    }
}

/// One client, until it goes or says what is no command.
async fn client(mut stream: BufReader<TcpStream>, meters: Meters) -> std::io::Result<()> {
    let mut listening: Option<Receiver<Arc<str>>> = None;
    loop {
        let answer = tokio::select! {
            // What is given up here has read nothing.
            ready = stream.fill_buf() => {
                if ready?.is_empty() {
                    return Ok(());
                }
                let Some(words) = command(&mut stream).await? else { return Ok(()) };
                if words.first().is_some_and(|word| word == "PSUBSCRIBE") {
                    listening = Some(meters.listen());
                }
                answer(&words, &meters)
            }
            message = next(&mut listening) => match message {
                Some(message) => message.to_string(),
                // It is too slow.
                None => return Ok(()),
            }
        };
        stream.get_mut().write_all(answer.as_bytes()).await?;
    }
}

/// The next message, for those who listen; others wait for ever.
async fn next(listening: &mut Option<Receiver<Arc<str>>>) -> Option<Arc<str>> {
    match listening {
        Some(receiver) => receiver.recv().await.ok(),
        None => std::future::pending().await,
    }
}

/// The words of a command; `None`: it is none.
async fn command(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Vec<String>>> {
    let Some(count) = number(stream, '*').await?.filter(|count| (1..=WORDS_MAX).contains(count)) else {
        return Ok(None);
    };
    let mut words = Vec::with_capacity(count);
    for _ in 0..count {
        let Some(length) = number(stream, '$').await?.filter(|length| *length <= WORD_BYTES_MAX) else {
            return Ok(None);
        };
        let mut word = vec![0; length + 2];
        stream.read_exact(&mut word).await?;
        words.push(String::from_utf8_lossy(&word[..length]).into_owned());
    }
    words[0].make_ascii_uppercase();
    Ok(Some(words))
}

async fn number(stream: &mut BufReader<TcpStream>, mark: char) -> std::io::Result<Option<usize>> {
    let mut line = Vec::new();
    stream.take(32).read_until(b'\n', &mut line).await?;
    let line = String::from_utf8_lossy(&line);
    Ok(line.trim_end().strip_prefix(mark).and_then(|number| number.parse().ok()))
}

fn answer(words: &[String], meters: &Meters) -> String {
    let key = words.get(1).map(String::as_str).unwrap_or_default();
    let queue = meters.read(|counts| counts.queue);
    match words[0].as_str() {
        "PING" => "+PONG\r\n".to_owned(),
        "SELECT" | "CLIENT" => "+OK\r\n".to_owned(),
        "LLEN" => format!(":{}\r\n", if key == QUEUE { queue.waiting } else { 0 }),
        "HLEN" => format!(":{}\r\n", if key == "unacked" { queue.running } else { 0 }),
        "ZCARD" | "PUBLISH" => ":0\r\n".to_owned(),
        "ZRANGE" => match queue.oldest.filter(|_| key == "unacked_index") {
            Some(at) => list(&["oldest", &format!("{:.3}", at.millis() as f64 / 1000.0)]),
            None => list(&[]),
        },
        "SMEMBERS" => list(if key == EXCHANGES[0] { &[BINDING] } else { &[] }),
        "SCAN" => format!("*2\r\n{}{}", text("0"), list(&EXCHANGES)),
        "PSUBSCRIBE" => format!("*3\r\n{}{}:1\r\n", text("psubscribe"), text(key)),
        other => format!("-ERR unknown command '{}'\r\n", other.chars().take(32).collect::<String>()),
    }
}

fn list(items: &[&str]) -> String {
    let texts: String = items.iter().map(|item| text(item)).collect();
    format!("*{}\r\n{texts}", items.len())
}

/// A text as Redis writes it.
pub(crate) fn text(text: &str) -> String {
    format!("${}\r\n{text}\r\n", text.len())
}
