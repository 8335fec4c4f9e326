//! TLS towards servers: whom to trust, and who we are.

use std::sync::Arc;

use outbound::Tls;
use route::declared::ServersTransport;
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsConnector;

/// As a transport says, or by the built-in roots. Blocks on reading files.
pub(crate) fn connector(declared: Option<&ServersTransport>) -> Result<TlsConnector, String> {
    let mut config = match declared {
        None => Tls::default().config().map_err(|error| error.to_string())?,
        Some(declared) => config(declared)?,
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if !declared.is_some_and(|declared| declared.disable_http2) {
        config.alpn_protocols.insert(0, b"h2".to_vec());
    }
    Ok(TlsConnector::from(Arc::new(config)))
}

fn config(declared: &ServersTransport) -> Result<ClientConfig, String> {
    let skip = declared.insecure_skip_verify;
    if skip || declared.authorities.is_empty() {
        let tls = Tls { insecure_skip_verify: skip, ..Tls::default() };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(tls.verifier().map_err(|error| error.to_string())?);
        return with_identity(builder, declared);
    }
    let mut roots = rustls::RootCertStore::empty();
    for authority in &declared.authorities {
        for certificate in certificates(authority)? {
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots);
    with_identity(builder, declared)
}

type Builder = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

fn with_identity(builder: Builder, declared: &ServersTransport) -> Result<ClientConfig, String> {
    let Some(own) = declared.certificates.first() else { return Ok(builder.with_no_client_auth()) };
    let key = PrivateKeyDer::from_pem_slice(pem(&own.key)?.as_bytes())
        .map_err(|error| format!("the key cannot be used: {error}"))?;
    builder.with_client_auth_cert(certificates(&own.certificate)?, key).map_err(|error| error.to_string())
}

fn certificates(source: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = pem(source)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err("a file of certificates holds none".to_owned()),
        Err(error) => Err(format!("a certificate cannot be used: {error}")),
    }
}

/// The text itself, or that of the file that it names.
fn pem(source: &str) -> Result<String, String> {
    if source.contains("-----BEGIN") {
        return Ok(source.to_owned());
    }
    std::fs::read_to_string(source).map_err(|error| format!("{source} cannot be read: {error}"))
}
