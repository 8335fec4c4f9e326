//! Whom a scrape trusts, and how it says whom not.

use std::path::PathBuf;
use std::sync::Arc;

use outbound::Tls;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::program::{at, job, target, worker};
use crate::scrape::{Health, Job};

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata")).join(name)
}

/// A program that speaks TLS with this certificate, and may want one of whoever asks.
async fn program(certificate: &str, wants_one: bool) -> u16 {
    let certificates =
        CertificateDer::pem_file_iter(file(certificate)).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(file("probe/key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = match wants_one {
        false => builder.with_no_client_auth(),
        true => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_file(file("scrape/authority.pem")).unwrap()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_single_cert(certificates, key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let Ok(mut connection) = acceptor.accept(connection).await else { continue };
            let _ = connection.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\na 1\n";
            let _ = connection.write_all(answer).await;
            let _ = connection.shutdown().await;
        }
    });
    port
}

/// Why a scrape fails; empty where it does not.
async fn failure(certificate: &str, wants_one: bool, tls: Tls) -> String {
    let port = program(certificate, wants_one).await;
    let mut target = target("nowhere:1", Job { tls, ..job() });
    target.url = format!("https://localhost:{port}/metrics").parse().unwrap();
    match worker(target).0.scrape(at(1000)).await.health {
        Health::Down(why) => why,
        _ => String::new(),
    }
}

#[tokio::test]
async fn certificates_good_and_bad() {
    let check = async |certificate: &str, tls: Tls, expected: &str| {
        let why = failure(certificate, false, tls).await;
        assert!(why.contains(expected) && why.is_empty() == expected.is_empty(), "{certificate}: {why}");
    };
    let trusting = || Tls { ca_file: Some(file("probe/authority.pem")), ..Tls::default() };
    check("probe/localhost.pem", trusting(), "").await;
    check(
        "probe/localhost.pem",
        Tls::default(),
        "signed by nobody who is trusted; name the signer's certificate in ca_file",
    )
    .await;
    check("probe/localhost.pem", Tls { insecure_skip_verify: true, ..Tls::default() }, "").await;
    check("probe/expired.pem", trusting(), "its certificate has expired").await;
    check(
        "probe/other.pem",
        trusting(),
        "its certificate is for another name; write that name as server_name",
    )
    .await;
    check(
        "probe/localhost.pem",
        Tls { server_name: Some("elsewhere".to_owned()), ..trusting() },
        "is for another name",
    )
    .await;
}

#[tokio::test]
async fn who_we_are() {
    let trusting = || Tls { ca_file: Some(file("probe/authority.pem")), ..Tls::default() };
    let why = failure("probe/localhost.pem", true, trusting()).await;
    assert!(
        why.contains("it wants a certificate of ours that it trusts; name one in cert_file and key_file"),
        "{why}"
    );
    let identity = Some((file("scrape/client.pem"), file("scrape/client.key")));
    assert_eq!(failure("probe/localhost.pem", true, Tls { identity, ..trusting() }).await, "");
}
