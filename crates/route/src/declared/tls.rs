//! TLS: options, stores and certificates of files, and how servers are reached.

use std::time::Duration;

use super::fields::Fields;
use super::router::Domain;

/// What is demanded of clients' connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsOptions {
    /// The oldest version; none means TLS 1.2.
    pub version_min: Option<TlsVersion>,
    /// The newest version.
    pub version_max: Option<TlsVersion>,
    /// Go's names of cipher suites; none means all that are safe.
    pub cipher_suites: Vec<String>,
    /// Go's names of curves, most wanted first; none means all.
    pub curves: Vec<String>,
    /// Whether clients must have certificates.
    pub client_auth: ClientAuth,
    /// Files, or the PEM itself, with the authorities of clients' certificates.
    pub client_authorities: Vec<String>,
    /// Whether a connection for a name that no certificate has is refused.
    pub sni_strict: bool,
    /// The protocols that are offered; none means `h2` and `http/1.1`.
    pub alpn: Vec<String>,
    /// Whether sessions cannot be resumed by tickets.
    pub disable_session_tickets: bool,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// 1.0 and 1.1 are understood, and raised to 1.2.
    Tls12,
    /// 1.3
    Tls13,
}

/// Whether clients must have certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuth {
    /// They are not asked.
    #[default]
    None,
    /// They are asked, and whatever they have is taken.
    Request,
    /// They must have one, whatever it is.
    RequireAny,
    /// What they have must be good.
    VerifyIfGiven,
    /// They must have a good one.
    RequireAndVerify,
}

/// A certificate with its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateFiles {
    /// A file, or the PEM itself.
    pub certificate: String,
    /// A file, or the PEM itself.
    pub key: String,
}

/// What is served where no certificate has the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsStore {
    /// The default certificate.
    pub default_certificate: Option<CertificateFiles>,
    /// Who is to get the default certificate, and for which names.
    pub default_generated: Option<GeneratedCertificate>,
}

/// A certificate that is to be had from a CA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeneratedCertificate {
    /// The resolver.
    pub resolver: String,
    /// The names.
    pub domain: Domain,
}

/// How servers are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServersTransport {
    /// The name that their certificates must have; none means the host.
    pub server_name: Option<String>,
    /// Whether their certificates are not checked.
    pub insecure_skip_verify: bool,
    /// Files, or the PEM itself, with the authorities to trust instead of the usual ones.
    pub authorities: Vec<String>,
    /// Our certificates, for servers that ask.
    pub certificates: Vec<CertificateFiles>,
    /// The oldest version of TLS.
    pub version_min: Option<TlsVersion>,
    /// The newest version of TLS.
    pub version_max: Option<TlsVersion>,
    /// How many idle connections are kept for each server; 0 means none.
    pub idle_connections_max: usize,
    /// Whether HTTP/2 is not used over TLS.
    pub disable_http2: bool,
    /// How long connecting may take; none means for ever.
    pub dial_timeout: Option<Duration>,
    /// How long a server may take until its answer begins; none means for ever.
    pub response_header_timeout: Option<Duration>,
    /// How long an idle connection is kept; none means for ever.
    pub idle_timeout: Option<Duration>,
}

impl TlsOptions {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let (client_auth, client_authorities) =
            fields.object("clientAuth", ClientAuth::read).unwrap_or_default();
        fields.unsupported(
            "preferServerCipherSuites",
            "`preferServerCipherSuites` does nothing",
            "leave it out",
        );
        Self {
            version_min: version(fields, "minVersion"),
            version_max: version(fields, "maxVersion"),
            cipher_suites: fields.list("cipherSuites"),
            curves: fields.list("curvePreferences"),
            client_auth,
            client_authorities,
            sni_strict: fields.flag("sniStrict").unwrap_or_default(),
            alpn: fields.list("alpnProtocols"),
            disable_session_tickets: fields.flag("disableSessionTickets").unwrap_or_default(),
        }
    }
}

fn version(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<TlsVersion> {
    let versions = [
        ("VersionTLS12", Ok(TlsVersion::Tls12)),
        ("VersionTLS13", Ok(TlsVersion::Tls13)),
        ("VersionTLS10", Err(())),
        ("VersionTLS11", Err(())),
    ];
    let version = fields.choice(key, &versions)?;
    if version.is_err() {
        fields.warning(key, "TLS 1.0 and 1.1 are not spoken; 1.2 is taken", "write VersionTLS12");
    }
    Some(version.unwrap_or(TlsVersion::Tls12))
}

impl ClientAuth {
    fn read(fields: &mut Fields<'_, '_>) -> (Self, Vec<String>) {
        let words = [
            ("NoClientCert", Self::None),
            ("RequestClientCert", Self::Request),
            ("RequireAnyClientCert", Self::RequireAny),
            ("VerifyClientCertIfGiven", Self::VerifyIfGiven),
            ("RequireAndVerifyClientCert", Self::RequireAndVerify),
        ];
        // What cannot be read must not open a door that was meant to be shut.
        let written = fields.node.child("clientAuthType").is_some();
        let unread = if written { Self::RequireAndVerify } else { Self::None };
        (fields.choice("clientAuthType", &words).unwrap_or(unread), fields.list("caFiles"))
    }
}

impl CertificateFiles {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            certificate: fields.text("certFile").unwrap_or_default(),
            key: fields.text("keyFile").unwrap_or_default(),
        }
    }

    /// One of `tls.certificates`; there is one store, so its name matters little.
    pub(super) fn read_stored(fields: &mut Fields<'_, '_>) -> Self {
        if fields.list("stores").iter().any(|store| store != "default") {
            fields.warning(
                "stores",
                "there is one store of certificates, called `default`",
                "leave `stores` out",
            );
        }
        Self::read(fields)
    }
}

impl TlsStore {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let in_labels = fields.in_labels();
        Self {
            default_certificate: if in_labels {
                None
            } else {
                fields.object("defaultCertificate", CertificateFiles::read)
            },
            default_generated: fields.object("defaultGeneratedCert", GeneratedCertificate::read),
        }
    }
}

impl GeneratedCertificate {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            resolver: fields.text("resolver").unwrap_or_default(),
            domain: fields.object("domain", Domain::read).unwrap_or_default(),
        }
    }
}

impl ServersTransport {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        for key in ["peerCertURI", "peerCertSANs", "spiffe", "cipherSuites"] {
            fields.unsupported(key, &format!("`{key}` is not supported"), "use rootCAs and serverName");
        }
        let mut transport = Self {
            server_name: fields.text("serverName"),
            insecure_skip_verify: fields.flag("insecureSkipVerify").unwrap_or_default(),
            authorities: fields.list("rootCAs"),
            certificates: fields.objects("certificates", CertificateFiles::read),
            version_min: version(fields, "minVersion"),
            version_max: version(fields, "maxVersion"),
            disable_http2: fields.flag("disableHTTP2").unwrap_or_default(),
            ..Self::default()
        };
        match fields.number::<i64>("maxIdleConnsPerHost") {
            None | Some(0) => {}
            Some(many) => transport.idle_connections_max = usize::try_from(many).unwrap_or(0),
        }
        fields.object("forwardingTimeouts", |timeouts| transport.read_timeouts(timeouts));
        transport
    }

    fn read_timeouts(&mut self, fields: &mut Fields<'_, '_>) {
        for key in ["readIdleTimeout", "pingTimeout", "readTimeout", "writeTimeout"] {
            fields.unsupported(
                key,
                &format!("`{key}` does nothing; [proxy] has time-outs for idle bodies"),
                "leave it out",
            );
        }
        let mut read = |key, default| fields.duration(key).or(default).filter(|time| !time.is_zero());
        self.dial_timeout = read("dialTimeout", self.dial_timeout);
        self.response_header_timeout = read("responseHeaderTimeout", self.response_header_timeout);
        self.idle_timeout = read("idleConnTimeout", self.idle_timeout);
    }
}

impl Default for ServersTransport {
    fn default() -> Self {
        Self {
            server_name: None,
            insecure_skip_verify: false,
            authorities: Vec::new(),
            certificates: Vec::new(),
            version_min: None,
            version_max: None,
            idle_connections_max: 200,
            disable_http2: false,
            dial_timeout: Some(Duration::from_secs(30)),
            response_header_timeout: None,
            idle_timeout: Some(Duration::from_secs(90)),
        }
    }
}
