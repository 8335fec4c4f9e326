//! Who may pass.

use super::Middleware;
use crate::declared::fields::Fields;
use crate::declared::values::Pattern;

/// Asks for a name and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicAuth {
    /// `name:hash` with a hash of bcrypt, apr1 or `{SHA}`.
    pub users: Vec<String>,
    /// A file of such lines, read in addition.
    pub users_file: Option<String>,
    /// What the browser shows.
    pub realm: String,
    /// The header in which the service gets the name.
    pub header_field: Option<String>,
    /// Whether the service does not get the `Authorization` header.
    pub remove_header: bool,
}

impl BasicAuth {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let auth = Self {
            users: fields.list("users"),
            users_file: fields.text("usersFile"),
            realm: fields.text("realm").unwrap_or_else(|| "traefik".to_owned()),
            header_field: fields.text("headerField"),
            remove_header: fields.flag("removeHeader").unwrap_or_default(),
        };
        auth.check_users(fields);
        if auth.users.is_empty() && auth.users_file.is_none() {
            return Some(Middleware::broken("basicAuth", "it names no users; write users=name:hash"));
        }
        Some(Middleware::BasicAuth(auth))
    }

    fn check_users(&self, fields: &mut Fields<'_, '_>) {
        let name = |user: &str| user.split(':').next().unwrap_or_default().to_owned();
        if self
            .users
            .iter()
            .any(|user| user.split_once(':').is_none_or(|(name, hash)| name.is_empty() || hash.is_empty()))
        {
            fields.error(
                "users",
                "a user is not written as name:hash",
                "write what `htpasswd -nB name` prints",
            );
        }
        if let Some(user) = self.users.iter().find(|user| user.contains("$$")) {
            let what = format!("the hash of `{}` holds $$, so no password fits", name(user));
            fields.warning("users", what, "write a single $: only compose files double it");
        }
    }
}

/// Asks another service whether a request may pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardAuth {
    /// The address that is asked.
    pub address: String,
    /// Headers of its answer that the service gets.
    pub response_headers: Vec<String>,
    /// Likewise, by an expression over their names.
    pub response_headers_pattern: Option<Pattern>,
    /// Headers of the request that it gets; none means all.
    pub request_headers: Vec<String>,
    /// Whether `X-Forwarded-*` of the client are believed.
    pub trust_forward_header: bool,
    /// Cookies of its answer that the client gets.
    pub cookies_to_response: Vec<String>,
    /// Whether it gets the body.
    pub forward_body: bool,
    /// A larger body is refused; none means no limit.
    pub body_bytes_max: Option<u64>,
    /// A larger answer of its is a failure; none means no limit.
    pub response_body_bytes_max: Option<u64>,
    /// The header of its answer that holds the user's name, for the access entry.
    pub header_field: Option<String>,
    /// Whether its `Location` goes to the client as it is.
    pub preserve_location: bool,
    /// Whether it is asked with the request's method instead of GET.
    pub preserve_method: bool,
    /// Where the client is sent when it answers 401.
    pub sign_in_url: Option<String>,
    /// How it is reached over TLS.
    pub tls: ClientTls,
}

/// How a server is reached over TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTls {
    /// A file, or the PEM itself, with the authorities to trust instead of the usual ones.
    pub ca: Option<String>,
    /// A file, or the PEM itself, with our certificate.
    pub certificate: Option<String>,
    /// A file, or the PEM itself, with our key.
    pub key: Option<String>,
    /// Whether its certificate is not checked.
    pub insecure_skip_verify: bool,
}

impl ForwardAuth {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let Some(address) = fields.text("address") else {
            let _ = Self::options(fields, String::new());
            return Some(Middleware::broken("forwardAuth", "it has no address; write address=http://…"));
        };
        let auth = Self::options(fields, address);
        if auth.tls.ca.is_some() || auth.tls.certificate.is_some() || auth.tls.key.is_some() {
            let why = "certificates of its own (tls.ca, tls.cert, tls.key) are not supported; reach it with \
                       insecureskipverify=true or over http within the network";
            return Some(Middleware::broken("forwardAuth", why));
        }
        Some(Middleware::ForwardAuth(Box::new(auth)))
    }

    fn options(fields: &mut Fields<'_, '_>, address: String) -> Self {
        Self {
            address,
            response_headers: fields.list("authResponseHeaders"),
            response_headers_pattern: fields.pattern("authResponseHeadersRegex"),
            request_headers: fields.list("authRequestHeaders"),
            trust_forward_header: fields.flag("trustForwardHeader").unwrap_or_default(),
            cookies_to_response: fields.list("addAuthCookiesToResponse"),
            forward_body: fields.flag("forwardBody").unwrap_or_default(),
            body_bytes_max: fields.limit_bytes("maxBodySize"),
            response_body_bytes_max: fields.limit_bytes("maxResponseBodySize"),
            header_field: fields.text("headerField"),
            preserve_location: fields.flag("preserveLocationHeader").unwrap_or_default(),
            preserve_method: fields.flag("preserveRequestMethod").unwrap_or_default(),
            sign_in_url: fields.text("authSigninURL"),
            tls: fields.object("tls", ClientTls::read).unwrap_or_default(),
        }
    }
}

impl ClientTls {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        fields.unsupported("caOptional", "`caOptional` does nothing", "leave it out");
        Self {
            ca: fields.text("ca"),
            certificate: fields.text("cert"),
            key: fields.text("key"),
            insecure_skip_verify: fields.flag("insecureSkipVerify").unwrap_or_default(),
        }
    }
}
