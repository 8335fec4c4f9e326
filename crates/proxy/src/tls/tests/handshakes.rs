//! Handshakes with a client of rustls.

use std::io;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{file, pair};
use crate::tls::OptionsError;
use crate::tls::{
    AcceptError, Accepted, Certificates, ClientAuth, Files, Front, HostOptions, Options, Pem, Session,
    Version, challenge_key,
};

struct Client {
    trusts: &'static str,
    name: &'static str,
    alpn: &'static [&'static str],
    versions: &'static [&'static SupportedProtocolVersion],
    identity: Option<(&'static str, &'static str)>,
}

static OLD: [&SupportedProtocolVersion; 1] = [&rustls::version::TLS12];

const USUAL: Client = Client {
    trusts: "rsa.pem",
    name: "shop.example",
    alpn: &["h2", "http/1.1"],
    versions: rustls::ALL_VERSIONS,
    identity: None,
};

impl Client {
    async fn connect(&self, stream: DuplexStream) -> io::Result<TlsStream<DuplexStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(file(self.trusts)).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::clone(&crate::tls::served::PROVIDER))
            .with_protocol_versions(self.versions)
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match self.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => builder
                .with_client_auth_cert(
                    vec![CertificateDer::from_pem_file(file(certificate)).unwrap()],
                    PrivateKeyDer::from_pem_file(file(key)).unwrap(),
                )
                .unwrap(),
        };
        config.alpn_protocols = self.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let name = ServerName::try_from(self.name).unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }
}

fn front() -> Front {
    let certificates = Certificates::new().unwrap();
    let mut files = Files::new(certificates.clone());
    files.load(&[pair("rsa.pem", "rsa.key"), pair("api.pem", "api.sec1.key")]);
    Front::new(certificates).unwrap()
}

/// A handshake, and one byte each way: a client of TLS 1.3 learns only then that its certificate was refused.
async fn shake(front: &Front, client: &Client) -> Result<Session, String> {
    let (ours, theirs) = tokio::io::duplex(64 << 10);
    let server = async {
        match front.accept(ours).await {
            Ok(Accepted::Session(mut stream, session)) => {
                stream.write_all(b"!").await.map_err(|error| error.to_string())?;
                stream.flush().await.map_err(|error| error.to_string())?;
                Ok(session)
            }
            Ok(Accepted::Challenge) => Err("challenge".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    };
    let client = async {
        let mut stream = client.connect(theirs).await.map_err(|error| error.to_string())?;
        stream.read_u8().await.map_err(|error| error.to_string())
    };
    let (session, read) = tokio::join!(server, client);
    let session = session?;
    read.map(|_| session)
}

fn host(host: &str, name: &str, options: Option<Options>) -> HostOptions {
    HostOptions { host: host.to_owned(), name: name.into(), options }
}

#[tokio::test]
async fn what_is_agreed_on_is_told() {
    let front = front();
    let session = shake(&front, &USUAL).await.unwrap();
    assert_eq!(session.name.as_deref(), Some("shop.example"));
    assert_eq!((session.version, session.http2), ("1.3", true));
    assert!(session.cipher.starts_with("TLS_"), "{}", session.cipher);
    let old = Client { versions: &OLD, alpn: &["http/1.1"], ..USUAL };
    let session = shake(&front, &old).await.unwrap();
    assert_eq!((session.version, session.http2), ("1.2", false));
    let chain = Client { trusts: "ca.pem", name: "api.example", ..USUAL };
    assert!(shake(&front, &chain).await.is_ok());
    let stranger = Client { name: "other.example", ..USUAL };
    let refused = shake(&front, &stranger).await.unwrap_err();
    assert!(refused.contains("UnknownCA"), "{refused}");
    let foreign = Client { alpn: &["foo"], ..USUAL };
    assert!(shake(&front, &foreign).await.is_err(), "no protocol in common");
}

#[tokio::test]
async fn options_hold_for_their_hosts_alone() {
    let front = front();
    let newest = Options { min_version: Version::Tls13, ..Options::default() };
    assert_eq!(front.set(&Options::default(), &[host("shop.example", "newest@file", Some(newest))]), []);
    let old = Client { versions: &OLD, ..USUAL };
    assert!(shake(&front, &old).await.is_err());
    let other = Client { trusts: "ca.pem", name: "api.example", ..old };
    assert!(shake(&front, &other).await.is_ok());
    let suites = Options {
        cipher_suites: vec!["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384".to_owned()],
        ..Options::default()
    };
    front.set(&suites, &[]);
    assert_eq!(shake(&front, &other).await.unwrap().cipher, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
}

/// What cannot be used is not replaced by something less strict.
#[tokio::test]
async fn options_that_cannot_be_used_shut_the_door() {
    let front = front();
    let auth = ClientAuth {
        authorities: vec![Pem::File("/no/such/file".into())],
        required: true,
        unverified: false,
    };
    let broken = Options { client_auth: Some(auth), ..Options::default() };
    let faults = front.set(
        &Options::default(),
        &[host("shop.example", "broken@file", Some(broken)), host("api.example", "missing@file", None)],
    );
    assert!(
        matches!(&faults[..], [(name, OptionsError::File { .. })] if &**name == "broken@file"),
        "{faults:?}"
    );
    for name in ["shop.example", "api.example"] {
        let refused = shake(&front, &Client { name, ..USUAL }).await.unwrap_err();
        assert!(refused.contains("cannot be used"), "{refused}");
    }
}

#[tokio::test]
async fn strict_names_are_refused_without_a_certificate() {
    let front = front();
    front.set(&Options { sni_strict: true, ..Options::default() }, &[]);
    assert!(shake(&front, &USUAL).await.is_ok());
    let stranger = Client { name: "other.example", ..USUAL };
    assert!(shake(&front, &stranger).await.unwrap_err().contains("no server certificate"), "refused by us");
}

#[tokio::test]
async fn clients_show_certificates_where_they_must() {
    let front = front();
    let auth = |required, unverified| {
        let authorities = vec![Pem::File(file("ca.pem"))];
        Options { client_auth: Some(ClientAuth { authorities, required, unverified }), ..Options::default() }
    };
    let none = USUAL;
    let alice = Client { identity: Some(("client.pem", "client.key")), ..USUAL };
    let stranger = Client { identity: Some(("ed.pem", "ed.key")), ..USUAL };
    // Options, and whether a client without, with a good, and with a strange certificate is let in.
    let rows = [
        (Options::default(), [true, true, true]),
        (auth(true, false), [false, true, false]),
        (auth(false, false), [true, true, false]),
        (auth(true, true), [false, true, true]),
        (auth(false, true), [true, true, true]),
    ];
    for (options, expected) in rows {
        front.set(&options, &[]);
        for (client, let_in) in [&none, &alice, &stranger].into_iter().zip(expected) {
            let shaken = shake(&front, client).await;
            assert_eq!(shaken.is_ok(), let_in, "{options:?}: {shaken:?}");
        }
    }
    front.set(&auth(true, false), &[]);
    assert_eq!(shake(&front, &alice).await.unwrap().client.as_deref(), Some("alice"));
}

#[tokio::test]
async fn a_ca_sees_its_challenge_and_nobody_else_does() {
    let certificates = Certificates::new().unwrap();
    let front = Front::new(certificates.clone()).unwrap();
    let now = model::Timestamp::from(std::time::SystemTime::now());
    certificates.set_challenge("shop.example", challenge_key("shop.example", &[7; 32], now).unwrap());
    let ca = Client { alpn: &["acme-tls/1"], ..USUAL };
    // The client here trusts no such certificate; what counts is that it was shown one, and what it says.
    let (ours, theirs) = tokio::io::duplex(64 << 10);
    let (accepted, seen) = tokio::join!(front.accept(ours), ca.connect(theirs));
    assert!(accepted.is_err() && seen.unwrap_err().to_string().contains("certificate"));
    certificates.drop_challenge("shop.example");
    let refused = shake(&front, &ca).await.unwrap_err();
    assert!(refused.contains("no server certificate"), "{refused}");
}

#[tokio::test]
async fn garbage_is_refused() {
    let front = front();
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0x16, 3, 1, 0xff, 0xff], &[0; 400], b""] {
        let (ours, mut theirs) = tokio::io::duplex(4096);
        theirs.write_all(garbage).await.unwrap();
        theirs.shutdown().await.unwrap();
        let refused = front.accept(ours).await;
        assert!(matches!(refused, Err(AcceptError::Hello(_))), "{garbage:?}");
    }
}

#[tokio::test]
async fn a_request_for_another_host_suits_or_not() {
    let front = front();
    let strict = Options { min_version: Version::Tls13, ..Options::default() };
    front.set(&Options::default(), &[host("admin.shop.example", "strict@file", Some(strict))]);
    let shop = shake(&front, &USUAL).await.unwrap();
    let rows = [
        ("shop.example", true),
        ("www.shop.example", true),
        ("admin.shop.example", false), // Other options.
        ("api.example", false),        // Another certificate.
        ("unknown.example", false),
    ];
    for (name, suits) in rows {
        assert_eq!(front.suits(&shop, name), suits, "{name}");
    }
}

#[tokio::test]
async fn sessions_are_resumed_only_with_tickets() {
    for (tickets, expected) in [(true, true), (false, false)] {
        let front = front();
        front.set(&Options { tickets, ..Options::default() }, &[]);
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(file("rsa.pem")).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::clone(&crate::tls::served::PROVIDER))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = TlsConnector::from(Arc::new(config));
        let mut resumed = false;
        for _ in 0..2 {
            let (ours, theirs) = tokio::io::duplex(64 << 10);
            let name = ServerName::try_from("shop.example").unwrap();
            let server = async {
                let Accepted::Session(mut stream, _) = front.accept(ours).await.unwrap() else { panic!() };
                stream.write_all(b"!").await.unwrap();
                stream.shutdown().await.unwrap();
            };
            let client = async {
                let mut stream = connector.connect(name, theirs).await.unwrap();
                stream.read_u8().await.unwrap();
                stream.get_ref().1.handshake_kind()
            };
            let (_, kind) = tokio::join!(server, client);
            resumed = kind == Some(rustls::HandshakeKind::Resumed);
        }
        assert_eq!(resumed, expected, "tickets: {tickets}");
    }
}
