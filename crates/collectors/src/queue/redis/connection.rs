//! A connection: by TCP, with TLS, or over a Unix socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::command::Command;
use super::error::RedisError;
use super::protocol::{Reader, Reply};
use crate::queue::address::{Address, Place};

/// For connecting, and for each pipeline.
const TIME_MAX: Duration = Duration::from_secs(5);
/// A subscription that hears nothing for so long asks whether anybody is there.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How many commands go in one pipeline.
const PIPELINE_MAX: usize = 1000;

/// How `rediss://` is spoken, made once for each broker.
pub(crate) type Tls = Arc<ClientConfig>;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection that answers.
pub(crate) struct Connection {
    reader: Reader<Box<dyn Stream>>,
}

impl Connection {
    /// Connects to the first of `candidates` that takes it (a socket needs none), says who asks, and chooses the
    /// database.
    pub(crate) async fn open(
        address: &Address,
        candidates: &[SocketAddr],
        tls: Option<&Tls>,
    ) -> Result<Self, RedisError> {
        let stream = timeout(TIME_MAX, stream(address, candidates, tls));
        let stream = stream.await.unwrap_or(Err(RedisError::TimedOut(TIME_MAX)))?;
        let mut connection = Self { reader: Reader::new(stream) };
        let mut hello = Vec::new();
        if let Some(password) = &address.password {
            hello.push(Command::auth(address.user.as_deref(), password.expose()));
        }
        match address.db {
            0 => hello.push(Command::ping()),
            db => hello.push(Command::select(db)),
        }
        for reply in connection.ask(&hello).await? {
            reply.accepted()?;
        }
        Ok(connection)
    }

    /// Sends all commands at once and waits for their answers, which are as many. An error of a single command is
    /// an answer.
    pub(crate) async fn ask(&mut self, commands: &[Command]) -> Result<Vec<Reply>, RedisError> {
        let mut replies = Vec::with_capacity(commands.len());
        for some in commands.chunks(PIPELINE_MAX) {
            let answered = timeout(TIME_MAX, self.pipeline(some, &mut replies)).await;
            answered.unwrap_or(Err(RedisError::TimedOut(TIME_MAX)))?;
        }
        Ok(replies)
    }

    /// One command's answer.
    pub(crate) async fn ask_one(&mut self, command: Command) -> Result<Reply, RedisError> {
        let replies = self.ask(&[command]).await?;
        replies.into_iter().next().unwrap_or(Reply::Nothing).accepted()
    }

    async fn pipeline(&mut self, commands: &[Command], replies: &mut Vec<Reply>) -> Result<(), RedisError> {
        let mut bytes = Vec::new();
        commands.iter().for_each(|command| command.write(&mut bytes));
        let broken = |error: std::io::Error| RedisError::Broken(error.to_string());
        let stream = self.reader.get_mut();
        stream.write_all(&bytes).await.map_err(broken)?;
        stream.flush().await.map_err(broken)?;
        for _ in commands {
            replies.push(self.reader.reply().await?);
        }
        Ok(())
    }

    /// From now on the connection only hears what is published on channels that match.
    pub(crate) async fn subscribe(mut self, pattern: &str) -> Result<Subscription, RedisError> {
        self.ask_one(Command::psubscribe(pattern)).await?;
        Ok(Subscription { reader: self.reader })
    }
}

/// What is published.
pub(crate) struct Subscription {
    reader: Reader<Box<dyn Stream>>,
}

impl Subscription {
    /// The next message: `Err` of its length where it is too long. Waits for as long as nothing is published, and
    /// fails when the other side is no longer there.
    pub(crate) async fn next(&mut self) -> Result<Result<Vec<u8>, usize>, RedisError> {
        loop {
            self.hear().await?;
            let reply = timeout(SILENCE_MAX, self.reader.reply()).await;
            let reply = reply.unwrap_or(Err(RedisError::TimedOut(SILENCE_MAX)))?;
            let Reply::List(mut parts) = reply.accepted()? else { continue };
            // `pmessage`, pattern, channel, message
            let is_message = parts.len() == 4 && parts[0].text() == Some("pmessage");
            match parts.pop() {
                Some(Reply::Text(message)) if is_message => return Ok(Ok(message)),
                Some(Reply::TooLong(length)) if is_message => return Ok(Err(length)),
                _ => {}
            }
        }
    }

    /// Waits for the next bytes. In the silence it asks for a sign of life.
    async fn hear(&mut self) -> Result<(), RedisError> {
        if let Ok(heard) = timeout(SILENCE_MAX, self.reader.wait()).await {
            return heard;
        }
        let mut ping = Vec::new();
        Command::ping().write(&mut ping);
        let sent = timeout(TIME_MAX, self.reader.get_mut().write_all(&ping)).await;
        if let Ok(Err(error)) = sent {
            return Err(RedisError::Broken(error.to_string()));
        }
        timeout(TIME_MAX, self.reader.wait()).await.unwrap_or(Err(RedisError::TimedOut(TIME_MAX)))
    }
}

async fn stream(
    address: &Address,
    candidates: &[SocketAddr],
    tls: Option<&Tls>,
) -> Result<Box<dyn Stream>, RedisError> {
    let (host, is_tls) = match &address.place {
        Place::Socket(path) => {
            let connected = UnixStream::connect(path).await;
            let why =
                |error: std::io::Error| RedisError::Connect(path.display().to_string(), error.to_string());
            return Ok(Box::new(connected.map_err(why)?));
        }
        Place::Port { host, tls, .. } => (host, *tls),
    };
    let stream = connect(host, candidates).await?;
    // What is asked is small, and its answer is waited for.
    let _ = stream.set_nodelay(true);
    match tls.filter(|_| is_tls) {
        None if is_tls => Err(RedisError::Tls(host.clone(), "it is not set up".to_owned())),
        None => Ok(Box::new(stream)),
        Some(config) => {
            let failed = |why: String| RedisError::Tls(host.clone(), why);
            let name = ServerName::try_from(host.clone()).map_err(|error| failed(error.to_string()))?;
            let spoken = TlsConnector::from(config.clone()).connect(name, stream).await;
            Ok(Box::new(spoken.map_err(|error| failed(error.to_string()))?))
        }
    }
}

async fn connect(host: &str, candidates: &[SocketAddr]) -> Result<TcpStream, RedisError> {
    let mut last = RedisError::Unknown(host.to_owned());
    for candidate in candidates {
        // One that says nothing must not take the time of the others.
        match timeout(TIME_MAX / 2, TcpStream::connect(candidate)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = RedisError::Connect(format!("{host} ({candidate})"), error.to_string()),
            Err(_) => {
                last = RedisError::Connect(format!("{host} ({candidate})"), "nobody answers".to_owned());
            }
        }
    }
    Err(last)
}
