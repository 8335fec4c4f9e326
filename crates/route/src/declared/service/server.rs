//! One server, and how to speak to it.

use crate::declared::fields::Fields;

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its whole address; excludes scheme and port.
    pub url: Option<String>,
    /// How to speak to it.
    pub scheme: Scheme,
    /// Its port; in labels the container's lowest one where none is given.
    pub port: Option<u16>,
    /// Its share.
    pub weight: u32,
    /// Whether the path of `url` is left as it is instead of replaced by the request's.
    pub preserve_path: bool,
}

/// How to speak to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// HTTP/1.1 in clear text.
    #[default]
    Http,
    /// TLS; HTTP/2 where the server offers it.
    Https,
    /// HTTP/2 in clear text.
    H2c,
}

impl Scheme {
    pub(super) const WORDS: [(&'static str, Self); 3] =
        [("http", Self::Http), ("https", Self::Https), ("h2c", Self::H2c)];

    /// `http`, `https` or `h2c`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, scheme)| *scheme)
    }

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::H2c => "h2c",
        }
    }
}

impl Server {
    /// Labels describe the one server that the container is; files list them all.
    pub(super) fn read_all(fields: &mut Fields<'_, '_>) -> Vec<Self> {
        if fields.in_labels() {
            return fields.object("server", Self::read).into_iter().collect();
        }
        fields.objects("servers", Self::read)
    }

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let server = Self {
            url: fields.text("url"),
            scheme: fields.choice("scheme", &Scheme::WORDS).unwrap_or_default(),
            port: fields.parsed("port", port, "a port from 1 to 65535"),
            weight: fields.number("weight").unwrap_or(1),
            preserve_path: fields.flag("preservePath").unwrap_or_default(),
        };
        let beside_url = server.port.is_some() || fields.node.child("scheme").is_some();
        if fields.in_labels() && server.url.is_some() && beside_url {
            fields.error("url", "`url` says scheme and port itself", "write url alone, or scheme and port");
        }
        server
    }
}

impl Default for Server {
    fn default() -> Self {
        Self { url: None, scheme: Scheme::Http, port: None, weight: 1, preserve_path: false }
    }
}

pub(in crate::declared) fn port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port != 0)
}
