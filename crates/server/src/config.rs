//! `[server]` and `[auth]`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::uri::{Scheme, Uri};
use settings::{Secret, Section};

use crate::InForce;

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 4100);
const PASSWORD_CHARACTERS_MIN: usize = 10;

/// How the page and the API are reached, and who may.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[server] listen`
    pub listen: SocketAddr,
    /// `[server] public_url`
    pub public_url: Option<PublicUrl>,
    /// `[auth] mode`
    pub auth: AuthMode,
    /// `[auth] admin_password` or `admin_password_file`: the user `admin` has this password from each start on.
    pub admin_password: Option<Secret>,
    /// All that is set, for the page.
    pub in_force: InForce,
}

/// Whether one signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// `password`: with a name and a password, programs with a token.
    Password,
    /// `none`: nobody does, everybody on this machine is admin.
    Open,
}

/// The address that people type: a scheme, a host and perhaps a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Whether it is reached by https, so that cookies are kept off plain http.
    pub https: bool,
    /// `ops.example.com`, `ops.example.com:8443`; in lower case.
    pub authority: String,
}

impl Config {
    /// Reads both sections of the tree whose root is given. Faults are recorded there.
    pub fn read(root: &Section<'_>) -> Self {
        let (server, auth) = (root.section("server"), root.section("auth"));
        let config = Self {
            listen: server.socket_address("listen").unwrap_or(LISTEN),
            public_url: server.with("public_url", PublicUrl::parse),
            auth: auth
                .choice("mode", &[("password", AuthMode::Password), ("none", AuthMode::Open)])
                .unwrap_or(AuthMode::Password),
            admin_password: auth.secret("admin_password"),
            in_force: InForce::read(root),
        };
        config.check(&auth);
        config
    }

    fn check(&self, auth: &Section<'_>) {
        if self.auth == AuthMode::Open && !self.listen.ip().is_loopback() {
            auth.fault(
                "mode",
                format!("\"none\" lets everybody in who reaches {}", self.listen),
                "set [server] listen = \"127.0.0.1:4100\", or write mode = \"password\"",
            );
        }
        let is_short = |password: &Secret| password.expose().chars().count() < PASSWORD_CHARACTERS_MIN;
        if self.admin_password.as_ref().is_some_and(is_short) {
            let key = if auth.is_set("admin_password") { "admin_password" } else { "admin_password_file" };
            auth.fault(
                key,
                "holds a password that is too short",
                format!("write one of at least {PASSWORD_CHARACTERS_MIN} characters"),
            );
        }
    }

    /// Where a person on this machine or, with `public_url`, anywhere opens the page.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => format!("{}://{}", if url.https { "https" } else { "http" }, url.authority),
            None if self.listen.ip().is_unspecified() => format!("http://localhost:{}", self.listen.port()),
            None => format!("http://{}", self.listen),
        }
    }

    /// Whether the page is reached by https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.https)
    }
}

impl PublicUrl {
    fn parse(text: &str) -> Result<Self, String> {
        let instead = || {
            format!("{text:?} is no address of a site; write it as https://ops.example.com, without a path")
        };
        let uri: Uri = text.parse().map_err(|_| instead())?;
        let https = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(instead()),
        };
        let authority = uri.authority().ok_or_else(instead)?.as_str().to_lowercase();
        let has_more = uri.path() != "/" || uri.query().is_some() || authority.contains('@');
        if has_more { Err(instead()) } else { Ok(Self { https, authority }) }
    }
}

#[cfg(test)]
mod tests;
