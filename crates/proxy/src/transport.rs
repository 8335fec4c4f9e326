//! How servers are connected to: TLS, times and limits, as one `serversTransport` says or nobody does.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::names::Names;
use route::declared::{Scheme, ServersTransport};
use route::plan::Host;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::measure::Why;

/// What is so where no transport says otherwise.
const IDLE: Duration = Duration::from_secs(90);
const IDLE_CONNECTIONS_MAX: usize = 200;

/// How servers are connected to.
pub(crate) struct Transport {
    /// What it was made of.
    pub(crate) declared: Option<ServersTransport>,
    pub(crate) connect_timeout: Option<Duration>,
    /// How long the head of an answer may take.
    pub(crate) answer_timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) idle_max: usize,
    server_name: Option<String>,
    tls: Result<TlsConnector, String>,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) struct ConnectError {
    pub(crate) why: Why,
    pub(crate) detail: String,
}

impl Transport {
    /// The one that is so by default, or as declared.
    pub(crate) fn new(declared: Option<&ServersTransport>, connect_timeout: Duration) -> Self {
        let usual = Self {
            declared: declared.cloned(),
            connect_timeout: Some(connect_timeout),
            answer_timeout: None,
            idle_timeout: Some(IDLE),
            idle_max: IDLE_CONNECTIONS_MAX,
            server_name: None,
            tls: crate::upstream_tls::connector(declared),
        };
        let Some(declared) = declared else { return usual };
        Self {
            connect_timeout: declared.dial_timeout,
            answer_timeout: declared.response_header_timeout,
            idle_timeout: declared.idle_timeout,
            idle_max: declared.idle_connections_max,
            server_name: declared.server_name.clone(),
            ..usual
        }
    }

    /// A connection, and whether HTTP/2 is spoken over it.
    pub(crate) async fn connect(
        &self,
        names: &Names,
        host: &Host,
        port: u16,
        scheme: Scheme,
    ) -> Result<(Upstream, bool), ConnectError> {
        let connecting = self.connect_at_last(names, host, port, scheme);
        let Some(timeout) = self.connect_timeout else { return connecting.await };
        tokio::time::timeout(timeout, connecting).await.unwrap_or_else(|_| {
            let detail = format!("no connection within {timeout:?}; is it in a network that Porthole is in?");
            Err(ConnectError { why: Why::ConnectTimeout, detail })
        })
    }

    async fn connect_at_last(
        &self,
        names: &Names,
        host: &Host,
        port: u16,
        scheme: Scheme,
    ) -> Result<(Upstream, bool), ConnectError> {
        let socket = dial(names, host, port).await.map_err(refused)?;
        // Small answers must not wait for more.
        let _ = socket.set_nodelay(true);
        if scheme != Scheme::Https {
            return Ok((Upstream::Plain(socket), scheme == Scheme::H2c));
        }
        let stream = self
            .shake_hands(host, socket)
            .await
            .map_err(|detail| ConnectError { why: Why::UpstreamTls, detail })?;
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok((Upstream::Tls(Box::new(stream)), http2))
    }

    async fn shake_hands(&self, host: &Host, socket: TcpStream) -> Result<TlsStream<TcpStream>, String> {
        let connector = self.tls.as_ref().map_err(Clone::clone)?;
        let name = match (&self.server_name, host) {
            (Some(name), _) | (None, Host::Name(name)) => {
                ServerName::try_from(name.clone()).map_err(|_| format!("{name:?} is no name of a server"))?
            }
            (None, Host::Address(address)) => ServerName::IpAddress((*address).into()),
            (None, Host::Nowhere) => return Err("it has no address".to_owned()),
        };
        connector.connect(name, socket).await.map_err(|error| error.to_string())
    }
}

/// Connects to the first address that accepts.
async fn dial(names: &Names, host: &Host, port: u16) -> io::Result<TcpStream> {
    let addresses: Vec<IpAddr> = match host {
        Host::Address(address) => return TcpStream::connect(SocketAddr::new(*address, port)).await,
        Host::Name(name) => names.look_up(name).await?,
        Host::Nowhere => return Err(io::Error::other("it has no address")),
    };
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect(SocketAddr::new(address, port)).await {
            Ok(socket) => return Ok(socket),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn refused(error: io::Error) -> ConnectError {
    let why = match error.kind() {
        io::ErrorKind::ConnectionRefused => Why::ConnectRefused,
        io::ErrorKind::TimedOut => Why::ConnectTimeout,
        _ => Why::ConnectFailed,
    };
    ConnectError { why, detail: error.to_string() }
}

/// A connection to a server.
#[derive(Debug)]
pub(crate) enum Upstream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Upstream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Upstream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut *self {
            Self::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut *self {
            Self::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, bytes),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_write_vectored(cx, bytes),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_shutdown(cx),
        }
    }
}
