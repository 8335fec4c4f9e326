//! A small HTTP client for the appliance: every answer is a value, whatever its status.

use std::io::Read;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Method, Request};

/// Longer than any answer takes.
const LIMIT: Duration = Duration::from_secs(120);

/// Speaks to one appliance, as one user or token.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    /// `http://127.0.0.1:<port>`
    base: String,
    headers: Vec<(&'static str, String)>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Of what, for messages: `GET /ready`.
    request: String,
}

impl Client {
    /// A client without any credentials.
    pub(crate) fn new(base: String) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(LIMIT))
            .build();
        Self { agent: config.new_agent(), base, headers: Vec::new() }
    }

    /// The same client with one more header on every request.
    #[must_use]
    pub(crate) fn with_header(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut changed = self.clone();
        changed.headers.push((name, value.into()));
        changed
    }

    /// The same client with a bearer token.
    #[must_use]
    pub(crate) fn with_token(&self, token: &str) -> Self {
        self.with_header("authorization", format!("Bearer {token}"))
    }

    /// `http://127.0.0.1:<port>`
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// `127.0.0.1:<port>`
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The headers that every request carries.
    pub(crate) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new())
    }

    /// GET with parameters, encoded here.
    pub(crate) fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.get(&format!("{path}?{}", form(parameters)))
    }

    pub(crate) fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[("content-type", "application/json")], body.to_string().into_bytes())
    }

    /// A body of any kind.
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        self.send(Method::POST, path, headers, body)
    }

    /// Any request. A connection that fails ends the test.
    pub(crate) fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let request = format!("{method} {path}");
        self.try_send(method, path, headers, body).unwrap_or_else(|error| panic!("{request}: {error}"))
    }

    /// Any request, where the appliance may be away.
    pub(crate) fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ureq::Error> {
        let request = format!("{method} {path}");
        let mut builder = Request::builder().method(method).uri(format!("{}{path}", self.base));
        let own = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in own.chain(headers.iter().copied()) {
            builder = builder.header(name, value);
        }
        let response = if body.is_empty() {
            self.agent.run(builder.body(())?)?
        } else {
            self.agent.run(builder.body(body)?)?
        };
        let (parts, body) = response.into_parts();
        let mut bytes = Vec::new();
        body.into_reader().read_to_end(&mut bytes)?;
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: bytes, request })
    }

    /// Opens an answer that never ends, as server-sent events are.
    pub(crate) fn stream(&self, path: &str) -> Box<dyn Read + Send> {
        let mut builder = Request::builder().uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            builder = builder.header(*name, value.as_str());
        }
        let response =
            self.agent.run(builder.body(()).unwrap()).unwrap_or_else(|e| panic!("GET {path}: {e}"));
        assert_eq!(response.status().as_u16(), 200, "GET {path}");
        Box::new(response.into_body().into_reader())
    }
}

impl Answer {
    /// The body as text; what is no UTF-8 is replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{}: {e}: {}", self.request, self.text()))
    }

    /// Ends the test with the answer's text unless the status is `status`.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered {}: {}", self.request, self.status, self.text());
        self
    }
}

/// `a=b&c=d`, percent-encoded.
pub(crate) fn form(parameters: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}
