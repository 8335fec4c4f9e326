//! Where a broker is: the addresses that Celery and RQ are given, of Redis on TCP, with TLS, and on a Unix socket.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use settings::Secret;

const PORT: u16 = 6379;

/// Where a Redis is, and who asks. Neither [`fmt::Display`] nor [`fmt::Debug`] shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Where it listens.
    pub place: Place,
    /// The number of the database.
    pub db: u32,
    /// The name of an ACL user, if there is one.
    pub user: Option<String>,
    /// The password, if there is one.
    pub password: Option<Secret>,
    /// `ssl_cert_reqs=none` in the address: whoever answers is trusted.
    pub trusts_anybody: bool,
}

/// Where a Redis listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A port of a machine.
    Port {
        /// Its name or address.
        host: String,
        /// The port.
        port: u16,
        /// `rediss://`
        tls: bool,
    },
    /// A Unix socket.
    Socket(PathBuf),
}

impl Address {
    /// Reads `redis://`, `rediss://`, `unix://` or `redis+socket://`. The error says what to write instead and
    /// repeats nothing of the text, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        // Of several that stand for each other, as Celery takes them, the first.
        let text = text.split(';').next().unwrap_or_default();
        let (scheme, rest) = text.split_once("://").ok_or(
            "is no address of a broker; write one such as redis://redis:6379/0 or unix:///run/redis.sock",
        )?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (credentials, rest) = match rest.rsplit_once('@') {
            Some((credentials, rest)) => (Some(credentials), rest),
            None => (None, rest),
        };
        let mut address = match scheme {
            "redis" | "redis+tcp" => Self::at_port(rest, false)?,
            "rediss" => Self::at_port(rest, true)?,
            "unix" | "redis+socket" | "socket" => Self::at_socket(rest)?,
            "sentinel" => return Err(NO_SENTINEL.to_owned()),
            "amqp" | "amqps" | "pyamqp" => return Err(NO_RABBIT.to_owned()),
            other => return Err(format!("{other}:// is no broker that is read; write redis://host:6379/0")),
        };
        address.take_credentials(credentials);
        address.take_query(query)?;
        Ok(address)
    }

    fn new(place: Place, db: u32) -> Self {
        Self { place, db, user: None, password: None, trusts_anybody: false }
    }

    fn at_port(rest: &str, tls: bool) -> Result<Self, String> {
        let (server, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match server.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (server, None),
        };
        let port = match port {
            None | Some("") => PORT,
            Some(port) => {
                port.parse().map_err(|_| "has a port that is no number; write redis://host:6379/0")?
            }
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let host = if host.is_empty() { "localhost" } else { host }.to_owned();
        Ok(Self::new(Place::Port { host, port, tls }, number_of_db(path.trim_matches('/'))?))
    }

    fn at_socket(rest: &str) -> Result<Self, String> {
        if !rest.starts_with('/') {
            return Err("names no socket; write its whole path: unix:///run/redis.sock".to_owned());
        }
        Ok(Self::new(Place::Socket(decoded(rest).into()), 0))
    }

    /// `user:password@`, and `:password@` or `password@`, which is written as often.
    fn take_credentials(&mut self, credentials: Option<&str>) {
        let Some(credentials) = credentials else { return };
        let (user, password) = match credentials.split_once(':') {
            Some((user, password)) => (user, password),
            None if matches!(self.place, Place::Port { .. }) => ("", credentials),
            None => return,
        };
        self.user = Some(decoded(user)).filter(|user| !user.is_empty());
        self.password = Some(decoded(password)).filter(|text| !text.is_empty()).map(Secret::new);
    }

    fn take_query(&mut self, query: &str) -> Result<(), String> {
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "db" | "virtual_host" => self.db = number_of_db(value)?,
                "password" => self.password = Some(Secret::new(decoded(value))),
                "username" => self.user = Some(decoded(value)),
                "ssl_cert_reqs" => self.trusts_anybody = value.to_ascii_lowercase().ends_with("none"),
                _ => {}
            }
        }
        Ok(())
    }

    /// The host's name, where there is one.
    pub fn host(&self) -> Option<&str> {
        match &self.place {
            Place::Port { host, .. } => Some(host),
            Place::Socket(_) => None,
        }
    }
}

const NO_SENTINEL: &str =
    "is a Sentinel, which is not asked yet; write the address of the Redis itself, redis://host:6379/0";
const NO_RABBIT: &str = "is RabbitMQ, whose queues are not read here; \
    scrape its plug-in rabbitmq_prometheus on port 15692 by [[metrics.scrape]]";

fn number_of_db(text: &str) -> Result<u32, String> {
    match text {
        "" => Ok(0),
        text => {
            text.parse().map_err(|_| "has a database that is no number; write redis://host:6379/0".to_owned())
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// `redis://redis:6379/0`
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Port { host, port, tls } => {
                let scheme = if *tls { "rediss" } else { "redis" };
                let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
                write!(f, "{scheme}://{open}{host}{close}:{port}/{}", self.db)
            }
            Place::Socket(path) if self.db == 0 => write!(f, "unix://{}", path.display()),
            Place::Socket(path) => write!(f, "unix://{}?db={}", path.display(), self.db),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address as it is shown, then user and password.
    fn check(text: &str, expected: &str) {
        let found = match Address::parse(text) {
            Err(error) => format!("error: {error}"),
            Ok(address) => {
                let user = address.user.as_deref().unwrap_or("-");
                let password = address.password.as_ref().map_or("-", Secret::expose);
                let anybody = if address.trusts_anybody { " anybody" } else { "" };
                assert!(password == "-" || !format!("{address}{address:?}").contains(password), "{text}");
                format!("{address} {user} {password}{anybody}")
            }
        };
        assert!(found.starts_with(expected), "{text}: {found}");
    }

    #[test]
    fn addresses_that_celery_and_rq_are_given() {
        check("redis://redis", "redis://redis:6379/0 - -");
        check("redis://", "redis://localhost:6379/0 - -");
        check("redis://redis:6380/3", "redis://redis:6380/3 - -");
        check("redis://:s%40cret@redis/1", "redis://redis:6379/1 - s@cret");
        check("redis://sEcret@redis/1", "redis://redis:6379/1 - sEcret");
        check("redis://app:p@ss:w@10.0.0.2:6379/", "redis://10.0.0.2:6379/0 app p@ss:w");
        check("rediss://u:p9@[::1]:6390/2?ssl_cert_reqs=CERT_NONE", "rediss://[::1]:6390/2 u p9 anybody");
        check("redis://[fd00::7]/2", "redis://[fd00::7]:6379/2 - -");
        check("redis://h/0?db=7&password=p%2B", "redis://h:6379/7 - p+");
        check("redis://:a@one:6379/0;redis://:b@two:6379/0", "redis://one:6379/0 - a");
        check("unix:///run/redis.sock?db=4", "unix:///run/redis.sock?db=4 - -");
        check("unix://u:hush@/run/r.sock", "unix:///run/r.sock u hush");
        check("redis+socket:///run/redis.sock?virtual_host=2", "unix:///run/redis.sock?db=2 - -");
    }

    #[test]
    fn what_is_no_address_of_a_redis_says_what_to_write() {
        check("redis", "error: is no address of a broker; write one such as redis://redis:6379/0");
        check("redis://h:port/0", "error: has a port that is no number");
        check("redis://h/shop", "error: has a database that is no number");
        check("unix://run/redis.sock", "error: names no socket");
        check("amqp://guest:guest@rabbit//", "error: is RabbitMQ");
        check("sentinel://a:26379;sentinel://b:26379", "error: is a Sentinel");
        check("sqs://key:secret@", "error: sqs:// is no broker that is read");
    }
}
