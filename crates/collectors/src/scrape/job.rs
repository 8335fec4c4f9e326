//! A job: what its targets have in common.

use std::time::Duration;

use http::HeaderMap;
use model::Labels;
use model::relabel::Rule;
use outbound::Tls;
use settings::{ByteSize, Secret};

/// What the targets of one job have in common: one `[[metrics.scrape]]`, or what holds for targets that containers name.
#[derive(Clone, Debug)]
pub struct Job {
    /// The label `job`, unless a target says another.
    pub name: String,
    /// Where its targets are, as they are written.
    pub targets: Vec<Address>,
    /// The path of targets that say none.
    pub path: String,
    /// Whether targets that do not say otherwise are asked by TLS.
    pub scheme: Scheme,
    /// What is asked for behind the path.
    pub params: Vec<(String, String)>,
    /// How often.
    pub interval: Duration,
    /// How long an answer may take; not longer than the interval.
    pub timeout: Duration,
    /// Labels of the program win over those of the target; otherwise they get `exported_` before their names.
    pub honor_labels: bool,
    /// Timestamps of the program count; otherwise all samples are of the scrape's instant.
    pub honor_timestamps: bool,
    /// An answer that leads elsewhere is followed.
    pub follow_redirects: bool,
    /// Answers may come compressed: less to carry, more to compute.
    pub gzip: bool,
    /// Who asks.
    pub authorization: Option<Authorization>,
    /// Sent with each request.
    pub headers: HeaderMap,
    /// Whom to trust, and who we are.
    pub tls: Tls,
    /// Given to each target.
    pub labels: Labels,
    /// What becomes of targets.
    pub relabel: Vec<Rule>,
    /// What becomes of the labels of each sample.
    pub metric_relabel: Vec<Rule>,
    /// What is too much.
    pub limits: Limits,
    /// The line of the settings where it stands.
    pub line: Option<u32>,
}

impl Job {
    /// A job of which nothing is written but its name.
    pub fn new(name: impl Into<String>, interval: Duration) -> Self {
        Self {
            name: name.into(),
            targets: Vec::new(),
            path: "/metrics".to_owned(),
            scheme: Scheme::Http,
            params: Vec::new(),
            interval,
            timeout: interval.min(Duration::from_secs(10)),
            honor_labels: false,
            honor_timestamps: true,
            follow_redirects: true,
            gzip: true,
            authorization: None,
            headers: HeaderMap::new(),
            tls: Tls::default(),
            labels: Labels::default(),
            relabel: Vec::new(),
            metric_relabel: Vec::new(),
            limits: Limits::default(),
            line: None,
        }
    }

    /// Whether a target of one is scraped as one of the other, wherever they stand and whatever other targets there are.
    pub(super) fn scrapes_as(&self, other: &Self) -> bool {
        // The text hides secrets, and is all there is to tell of rules.
        let shown = |job: &Self| format!("{:?}", Self { targets: Vec::new(), line: None, ..job.clone() });
        let hidden = |job: &Self| (job.authorization.clone(), job.headers.clone(), job.tls.clone());
        hidden(self) == hidden(other) && shown(self) == shown(other)
    }
}

/// How a target is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plainly.
    Http,
    /// By TLS.
    Https,
}

impl Scheme {
    /// The words that it is written with.
    pub const WORDS: [(&'static str, Self); 2] = [("http", Self::Http), ("https", Self::Https)];

    /// The word.
    pub fn text(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// Where a target is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where its address says so.
    pub scheme: Option<Scheme>,
    /// `web:8000`
    pub host: String,
    /// Where its address says so.
    pub path: Option<String>,
}

impl Address {
    /// Reads `web:8000` or `https://web:8000/metrics`. The error says what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A password may stand before the host: nothing of it is repeated.
        let shown = text.rsplit_once('@').map_or_else(|| text.to_owned(), |(_, rest)| format!("…@{rest}"));
        let wrong = || {
            format!("`{shown}` is no address; write one such as \"web:8000\" or \"https://web:8000/metrics\"")
        };
        let (scheme, rest) = match text.split_once("://") {
            None => (None, text),
            Some(("http", rest)) => (Some(Scheme::Http), rest),
            Some(("https", rest)) => (Some(Scheme::Https), rest),
            Some(_) => return Err(wrong()),
        };
        let (host, path) = match rest.find('/') {
            Some(at) => (&rest[..at], Some(rest[at..].to_owned())),
            None => (rest, None),
        };
        if host.contains('@') {
            return Err(format!("`{shown}` holds a user's name; write it as username and password"));
        }
        if path.as_ref().is_some_and(|path| path.contains('?')) {
            return Err(format!("`{shown}` has a question mark; write what follows it as params"));
        }
        let url = format!("http://{host}{}", path.as_deref().unwrap_or("/"));
        let is_url =
            url.parse::<http::Uri>().is_ok_and(|url| url.host().is_some_and(|host| !host.is_empty()));
        if !is_url || host.ends_with(':') {
            return Err(wrong());
        }
        Ok(Self { scheme, host: host.to_owned(), path: path.filter(|path| path != "/") })
    }

    /// The host without its port.
    pub(super) fn name(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => &self.host,
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// A name and a password.
    Basic {
        /// The name.
        name: String,
        /// The password.
        password: Secret,
    },
    /// A token.
    Bearer(Secret),
}

/// What is too much. A target that goes beyond is cut, with a reason that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an answer, also when it is unpacked; a longer one counts as none.
    pub body: ByteSize,
    /// Series of the target. Those that were there before stay, new ones beyond are left out.
    pub series: usize,
    /// Labels of a series.
    pub labels: usize,
    /// Bytes of a label's name.
    pub label_name: usize,
    /// Bytes of a label's value.
    pub label_value: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: ByteSize(32 << 20), series: 50_000, labels: 64, label_name: 512, label_value: 4096 }
    }
}
