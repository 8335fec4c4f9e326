//! A connection that is timed: finding the address, connecting, the handshake of TLS.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use outbound::Tls;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::super::spec::Place;
use super::trust::Witness;
use super::{Outcome, Step, TlsShown};

/// Where a connection leads.
pub(super) struct Destination<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) place: &'a Place,
    /// When the check ends.
    pub(super) deadline: Instant,
}

/// What is spoken over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// Either kind of connection.
pub(super) type Stream = Box<dyn ReadWrite>;

pub(super) trait ReadWrite: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ReadWrite for T {}

/// Opens a connection, with TLS if `tls` is there; `protocols` are offered to the other side then.
pub(super) async fn open(
    destination: &Destination<'_>,
    tls: Option<&Tls>,
    protocols: &[&[u8]],
    outcome: &mut Outcome,
) -> Result<(Stream, Protocol), String> {
    let addresses = addresses(destination, outcome).await?;
    let stream = connect(&addresses, destination.deadline, outcome).await?;
    match tls {
        None => Ok((Box::new(stream), Protocol::Http1)),
        Some(tls) => shake_hands(stream, destination, tls, protocols, outcome).await,
    }
}

async fn addresses(destination: &Destination<'_>, outcome: &mut Outcome) -> Result<Vec<SocketAddr>, String> {
    let host = destination.host;
    let of_containers = match destination.place {
        Place::Nowhere(why) => return Err(why.clone()),
        Place::At(addresses) => return Ok(addresses.clone()),
        Place::Named(addresses) => addresses,
    };
    if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Ok(vec![(address, destination.port).into()]);
    }
    outcome.step = Step::Resolve(host.to_owned());
    let begin = Instant::now();
    let found = tokio::net::lookup_host((host, destination.port)).await;
    outcome.phases.resolve += begin.elapsed();
    let (mut addresses, why): (Vec<SocketAddr>, _) = match found {
        Ok(found) => (found.collect(), None),
        Err(error) => (Vec::new(), Some(error)),
    };
    for address in of_containers {
        let address = SocketAddr::new(*address, destination.port);
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    match (addresses.is_empty(), why) {
        (false, _) => Ok(addresses),
        (true, Some(error)) => Err(format!("no address is known for {host}: {}", words(&error))),
        (true, None) => Err(format!("no address is known for {host}")),
    }
}

/// Connects to the first address that takes the connection; each has an equal share of the time that is left.
async fn connect(
    addresses: &[SocketAddr],
    deadline: Instant,
    outcome: &mut Outcome,
) -> Result<TcpStream, String> {
    let begin = Instant::now();
    let mut failure = "no address is known".to_owned();
    for (index, address) in addresses.iter().enumerate() {
        outcome.step = Step::Connect(address.to_string());
        outcome.address = Some(address.ip());
        let left = deadline.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(addresses.len() - index).unwrap_or(1);
        match timeout_at(Instant::now() + share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                outcome.phases.connect += begin.elapsed();
                // A check is one small question: it shall not wait for more of it.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => failure = refused(*address, &error),
            Err(_) => failure = format!("{address} did not take the connection within {share:.0?}"),
        }
    }
    Err(failure)
}

async fn shake_hands(
    stream: TcpStream,
    destination: &Destination<'_>,
    tls: &Tls,
    protocols: &[&[u8]],
    outcome: &mut Outcome,
) -> Result<(Stream, Protocol), String> {
    let host = destination.host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|_| format!("{host} is no name that a certificate can be for"))?;
    let witness = Witness::new(tls).map_err(|error| error.to_string())?;
    let mut config = witness.config()?;
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    outcome.step = Step::Handshake(format!("{host}:{}", destination.port));
    let begin = Instant::now();
    // Even a handshake that fails or never ends has shown its certificates by then.
    outcome.tls = Some(TlsShown::default());
    let connecting = TlsConnector::from(Arc::new(config)).connect(name.clone(), stream);
    let connected = connecting.await;
    let (earliest_expiry, chain_expiry) = witness.expiries();
    let shown = outcome.tls.insert(TlsShown { earliest_expiry, ..TlsShown::default() });
    let connected = connected.map_err(|error| super::trust::words(&error, host))?;
    outcome.phases.tls += begin.elapsed();
    shown.chain_expiry = chain_expiry;
    let (_, session) = connected.get_ref();
    shown.version = session.protocol_version().map(version).unwrap_or_default();
    shown.cipher = session.negotiated_cipher_suite().map(cipher).unwrap_or_default();
    let is_http2 = session.alpn_protocol() == Some(b"h2");
    let protocol = if is_http2 { Protocol::Http2 } else { Protocol::Http1 };
    Ok((Box::new(connected), protocol))
}

fn refused(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("nobody listens at {address}: connection refused"),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            format!("there is no way to {address}: {}", words(error))
        }
        _ => format!("cannot connect to {address}: {}", words(error)),
    }
}

/// What the system says, without the words around it.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
    text.split(" (os error").next().unwrap_or(text).to_owned()
}

/// `TLS 1.3`, as Go has it.
fn version(version: rustls::ProtocolVersion) -> String {
    match version {
        rustls::ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
        rustls::ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
        other => format!("{other:?}"),
    }
}

/// `TLS_AES_128_GCM_SHA256`, as the registry has it.
fn cipher(suite: rustls::SupportedCipherSuite) -> String {
    let name = suite.suite().as_str().unwrap_or_default();
    name.replacen("TLS13_", "TLS_", 1)
}
