//! The handshake: options by host, then the certificate, then what was agreed on.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificates::ACME_ALPN;
use super::served::Served;
use super::{Certificates, Facts, Options, OptionsError, server_config, suites};

/// The options that a host asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostOptions {
    /// In lower case; `*.` in front covers one label.
    pub host: String,
    /// What the options are called, as `strict@file`.
    pub name: Arc<str>,
    /// The options; `None` where nobody has declared them: the host's handshakes are refused.
    pub options: Option<Options>,
}

/// What a handshake came to.
pub enum Accepted<S> {
    /// A connection to speak over.
    Session(Box<TlsStream<S>>, Session),
    /// A CA looked at its challenge; there is nothing more to say.
    Challenge,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// What came is no TLS, is of a version that is not spoken, or ended early.
    #[error("no TLS handshake: {0}")]
    Hello(#[source] io::Error),
    /// The options of this host cannot be used, so nobody is let in.
    #[error("the TLS options `{0}` cannot be used")]
    Options(Arc<str>),
    /// The two sides could not agree, or the client shows no certificate that is asked for.
    #[error("the TLS handshake with {name} failed: {error}", name = name.as_deref().unwrap_or("no name"))]
    Handshake {
        /// The name that the client asked for.
        name: Option<Box<str>>,
        /// What failed.
        #[source]
        error: io::Error,
    },
}

/// What was agreed on.
#[derive(Clone, Debug)]
pub struct Session {
    /// The name that the client asked for, in lower case.
    pub name: Option<Box<str>>,
    /// `1.2` or `1.3`.
    pub version: &'static str,
    /// The suite's name.
    pub cipher: &'static str,
    /// Whether HTTP/2 is spoken.
    pub http2: bool,
    /// The common name of the client's certificate, where it showed one.
    pub client: Option<Box<str>>,
    choice: Arc<Choice>,
    served: Option<Arc<Served>>,
}

/// Shakes hands for an entrypoint.
pub struct Front {
    certificates: Certificates,
    table: ArcSwap<Table>,
    /// Held by whoever changes the table.
    changing: Mutex<()>,
}

struct Table {
    default: Arc<Choice>,
    exact: HashMap<Box<str>, Arc<Choice>>,
    wildcard: HashMap<Box<str>, Arc<Choice>>,
}

#[derive(Debug)]
struct Choice {
    name: Arc<str>,
    options: Option<Options>,
    config: Option<Arc<ServerConfig>>,
}

impl Front {
    /// With the default options for every host.
    pub fn new(certificates: Certificates) -> Result<Self, OptionsError> {
        let config = server_config(&Options::default(), &certificates)?;
        let choice =
            Choice { name: "default".into(), options: Some(Options::default()), config: Some(config) };
        let table = Table { default: Arc::new(choice), exact: HashMap::new(), wildcard: HashMap::new() };
        Ok(Self { certificates, table: ArcSwap::from_pointee(table), changing: Mutex::new(()) })
    }

    /// The certificates that it chooses from.
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// Sets the options of all hosts. What is unchanged keeps its session tickets; connections stay. Options that cannot
    /// be used are told, and their hosts' handshakes refused: less strict ones would be wrong. Blocks on reading the files
    /// of client authorities.
    pub fn set(&self, default: &Options, hosts: &[HostOptions]) -> Vec<(Arc<str>, OptionsError)> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.table.load_full();
        let mut building =
            Building { certificates: &self.certificates, made: old.choices(), faults: Vec::new() };
        let mut table = Table {
            default: building.choice("default".into(), Some(default)),
            exact: HashMap::new(),
            wildcard: HashMap::new(),
        };
        for host in hosts {
            let choice = building.choice(Arc::clone(&host.name), host.options.as_ref());
            match host.host.strip_prefix("*.") {
                Some(parent) => table.wildcard.insert(parent.into(), choice),
                None => table.exact.insert(host.host.as_str().into(), choice),
            };
        }
        self.table.store(Arc::new(table));
        building.faults
    }

    /// Shakes hands. Has no time limit of its own.
    pub async fn accept<S>(&self, stream: S) -> Result<Accepted<S>, AcceptError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await.map_err(AcceptError::Hello)?;
        let name = start.client_hello().server_name().map(|name| name.to_ascii_lowercase().into_boxed_str());
        let choice = Arc::clone(self.table.load().find(name.as_deref()));
        let Some(config) = &choice.config else {
            return Err(AcceptError::Options(Arc::clone(&choice.name)));
        };
        let mut stream = match start.into_stream(Arc::clone(config)).await {
            Ok(stream) => stream,
            Err(error) => return Err(AcceptError::Handshake { name, error }),
        };
        if stream.get_ref().1.alpn_protocol() == Some(ACME_ALPN) {
            let _ = stream.shutdown().await; // The CA may have gone: it has seen all it wanted.
            return Ok(Accepted::Challenge);
        }
        let session = self.session(&stream, name, choice);
        Ok(Accepted::Session(Box::new(stream), session))
    }

    /// Whether a request for `host` (in lower case, no port) may come over a connection like this: the host asks for the
    /// same options, and the certificate that the client has seen is for it. Otherwise the answer is 421.
    pub fn suits(&self, session: &Session, host: &str) -> bool {
        if session.name.as_deref() == Some(host) {
            return true;
        }
        let table = self.table.load();
        let wanted = table.find(Some(host));
        if wanted.options != session.choice.options || wanted.config.is_none() {
            return false;
        }
        // A client that took the default certificate looks at no names.
        session.name.is_none() || session.served.as_ref().is_none_or(|served| served.facts.covers(host))
    }

    fn session<S>(&self, stream: &TlsStream<S>, name: Option<Box<str>>, choice: Arc<Choice>) -> Session {
        let connection = stream.get_ref().1;
        let client = connection.peer_certificates().and_then(<[_]>::first);
        Session {
            version: match connection.protocol_version() {
                Some(rustls::ProtocolVersion::TLSv1_2) => "1.2",
                _ => "1.3",
            },
            cipher: connection
                .negotiated_cipher_suite()
                .map_or("", |suite| suites::agreed_name(suite.suite())),
            http2: connection.alpn_protocol() == Some(b"h2"),
            client: client.and_then(|client| Facts::read(client)).map(|facts| facts.common_name.into()),
            served: name.as_deref().and_then(|name| self.certificates.find(name)),
            name,
            choice,
        }
    }
}

impl Session {
    /// Whether the connection was made with the options of this name (`strict` of the provider `file`, say). Those called
    /// `default` are everybody's who has no others.
    pub fn has_options(&self, name: &str, provider: &str) -> bool {
        let own = &*self.choice.name;
        let same = || own.strip_prefix(name)?.strip_prefix('@').map(|rest| rest == provider);
        (own == "default" && name == "default") || same() == Some(true)
    }
}

impl Table {
    fn find(&self, host: Option<&str>) -> &Arc<Choice> {
        let Some(host) = host else { return &self.default };
        let wildcard = || self.wildcard.get(host.split_once('.')?.1);
        self.exact.get(host).or_else(wildcard).unwrap_or(&self.default)
    }

    fn choices(&self) -> Vec<Arc<Choice>> {
        let named = self.exact.values().chain(self.wildcard.values());
        named.chain([&self.default]).cloned().collect()
    }
}

/// Makes each set of options once.
struct Building<'a> {
    certificates: &'a Certificates,
    made: Vec<Arc<Choice>>,
    faults: Vec<(Arc<str>, OptionsError)>,
}

impl Building<'_> {
    fn choice(&mut self, name: Arc<str>, options: Option<&Options>) -> Arc<Choice> {
        let same = |made: &&Arc<Choice>| made.name == name && made.options.as_ref() == options;
        if let Some(made) = self.made.iter().find(same) {
            return Arc::clone(made);
        }
        let config = options.and_then(|options| match server_config(options, self.certificates) {
            Ok(config) => Some(config),
            Err(error) => {
                self.faults.push((Arc::clone(&name), error));
                None
            }
        });
        let choice = Arc::new(Choice { name, options: options.cloned(), config });
        self.made.push(Arc::clone(&choice));
        choice
    }
}
