//! The part of `headers` about requests of other origins (CORS): preflight requests are answered here, answers get who
//! may read them.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_LENGTH, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use route::declared::{Headers, Pattern};

use super::answer::{Answered, with};
use super::target::header_value;
use crate::body::Body;

/// Who may, and what they are told.
#[derive(Debug)]
pub(super) struct CrossOrigin {
    origins: Vec<String>,
    patterns: Vec<Pattern>,
    credentials: bool,
    /// `None`: whatever the browser asks for.
    headers: Option<HeaderValue>,
    methods: Option<HeaderValue>,
    any_headers: bool,
    any_methods: bool,
    expose: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
    add_vary: bool,
}

const TRUE: HeaderValue = HeaderValue::from_static("true");

impl CrossOrigin {
    /// `None` if the options say nothing about other origins.
    pub(super) fn new(options: &Headers) -> Option<Self> {
        let credentials = options.allow_credentials;
        // With credentials a browser takes `*` for a name, so that what was asked for is named instead.
        let wild = |list: &[String]| credentials && list.iter().any(|item| item == "*");
        let joined =
            |list: &[String]| (!list.is_empty() && !wild(list)).then(|| header_value(&list.join(",")));
        let cross_origin = Self {
            origins: options.allow_origins.clone(),
            patterns: options.allow_origin_patterns.clone(),
            credentials,
            headers: joined(&options.allow_headers),
            methods: joined(&options.allow_methods),
            any_headers: wild(&options.allow_headers),
            any_methods: wild(&options.allow_methods),
            expose: joined(&options.expose_headers),
            max_age: options.max_age_seconds.map(HeaderValue::from),
            add_vary: options.add_vary,
        };
        cross_origin.says_something(options).then_some(cross_origin)
    }

    fn says_something(&self, options: &Headers) -> bool {
        let lists = [&options.allow_headers, &options.allow_methods, &options.expose_headers, &self.origins];
        self.credentials
            || self.add_vary
            || self.max_age.is_some()
            || !self.patterns.is_empty()
            || lists.iter().any(|list| !list.is_empty())
    }

    /// Answers a browser that asks before it sends the request itself.
    pub(super) fn preflight<B>(&self, request: &Request<B>) -> Result<(), Box<Answered>> {
        let asked = request.headers();
        let method = asked.get(ACCESS_CONTROL_REQUEST_METHOD).filter(|method| !method.is_empty());
        let origin = asked.get(ORIGIN).filter(|origin| !origin.is_empty());
        let (Some(method), Some(origin), &Method::OPTIONS) = (method, origin, request.method()) else {
            return Ok(());
        };

        let mut answer = Response::new(Body::empty());
        let headers = answer.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        let allowed = match asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            Some(asked) if self.any_headers => Some(asked),
            _ => self.headers.as_ref(),
        };
        set(headers, ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        set(
            headers,
            ACCESS_CONTROL_ALLOW_METHODS,
            if self.any_methods { Some(method) } else { self.methods.as_ref() },
        );
        set(headers, ACCESS_CONTROL_MAX_AGE, self.max_age.as_ref());
        self.name_origin(headers, Some(origin));
        Err(with(answer, "answered what a browser may send from another origin"))
    }

    /// Says who may read the answer. `origin` is that of the request.
    pub(super) fn after(&self, headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
        self.name_origin(headers, origin);
        if self.add_vary {
            add_vary(headers);
        }
    }

    fn name_origin(&self, headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
        set(headers, ACCESS_CONTROL_ALLOW_ORIGIN, self.allowed(origin).as_ref());
        set(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, self.credentials.then_some(&TRUE));
        set(headers, ACCESS_CONTROL_EXPOSE_HEADERS, self.expose.as_ref());
    }

    /// What `Access-Control-Allow-Origin` says to this origin.
    fn allowed(&self, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
        let text = origin.map_or(Some(""), |origin| origin.to_str().ok())?;
        for allowed in &self.origins {
            if allowed == "*" && !self.credentials {
                return Some(HeaderValue::from_static("*"));
            }
            if allowed == "*" || allowed == text {
                return origin.cloned();
            }
        }
        let matches = self.patterns.iter().any(|pattern| pattern.regex().is_match(text));
        origin.filter(|_| matches).cloned()
    }
}

fn set(headers: &mut HeaderMap, name: http::HeaderName, value: Option<&HeaderValue>) {
    if let Some(value) = value {
        headers.insert(name, value.clone());
    }
}

fn add_vary(headers: &mut HeaderMap) {
    let has_it = |value: &HeaderValue| {
        value
            .to_str()
            .is_ok_and(|line| line.split(',').any(|name| name.trim().eq_ignore_ascii_case("origin")))
    };
    if !headers.get_all(VARY).iter().any(has_it) {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
}
