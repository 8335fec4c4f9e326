//! `errors`: answers with certain statuses are replaced by pages of a service.

use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, IF_MATCH, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use route::declared::ErrorPages;
use route::name::Name;

use super::answer::short;
use super::target::{host, path_and_query};
use crate::body::Body;
use crate::exchange::Exchange;
use crate::tools::Tools;

/// The middleware.
#[derive(Debug)]
pub(super) struct Pages {
    options: ErrorPages,
    service: Name,
    /// Of the request; empty: all.
    headers: Vec<HeaderName>,
}

/// What a page is asked for with, kept until it is known whether one is needed.
#[derive(Debug)]
pub(super) struct Asked {
    headers: HeaderMap,
    address: String,
}

/// What speaks of the request's body, connection or version, which the request for the page has none of.
const NOT_OF_PAGES: [HeaderName; 15] = [
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    EXPECT,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    RANGE,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

impl Pages {
    pub(super) fn new(options: &ErrorPages, service: Name) -> Self {
        let names = options.request_headers.iter().filter_map(|name| name.parse().ok());
        let headers = names.filter(|name| !NOT_OF_PAGES.contains(name)).collect();
        Self { options: options.clone(), service, headers }
    }

    pub(super) fn before(&self, request: &Request<Body>, tls: bool) -> Box<Asked> {
        let mut headers = HeaderMap::new();
        if self.headers.is_empty() {
            headers.clone_from(request.headers());
            for name in NOT_OF_PAGES {
                headers.remove(name);
            }
        }
        for name in self.headers.iter().chain([&HOST]) {
            if let Some(value) = request.headers().get(name) {
                headers.insert(name, value.clone());
            }
        }
        let scheme = if tls { "https" } else { "http" };
        let address = format!("{scheme}://{}{}", host(request), path_and_query(request.uri()));
        Box::new(Asked { headers, address })
    }

    pub(super) async fn after(
        &self,
        answer: Response<Body>,
        asked: Asked,
        exchange: &mut Exchange,
        tools: &Tools<'_>,
    ) -> Response<Body> {
        let original = answer.status();
        if !self.options.statuses.iter().any(|range| range.contains(&original.as_u16())) {
            return answer;
        }
        drop(answer);
        let status = self.rewritten(original);
        let Some(request) = self.request(asked, original, status) else { return short(status) };
        let mut page = aside(&self.service, request, exchange, tools).await;
        *page.status_mut() = status;
        page
    }

    fn rewritten(&self, original: StatusCode) -> StatusCode {
        let rewrite = self.options.rewrites.iter().find(|(from, _)| from.contains(&original.as_u16()));
        rewrite.and_then(|(_, to)| StatusCode::from_u16(*to).ok()).unwrap_or(original)
    }

    fn request(&self, asked: Asked, original: StatusCode, status: StatusCode) -> Option<Request<Body>> {
        let query = self
            .options
            .query
            .replace("{status}", status.as_str())
            .replace("{originalStatus}", original.as_str())
            .replace("{url}", &utf8_percent_encode(&asked.address, NON_ALPHANUMERIC).to_string());
        let uri: Uri = format!("/{}", query.trim_start_matches('/')).parse().ok()?;
        let mut request = Request::new(Body::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = uri;
        *request.headers_mut() = asked.headers;
        Some(request)
    }
}

/// The answer of a service that nobody asked for: what is told and counted of the exchange stays what led to it.
async fn aside(
    service: &Name,
    request: Request<Body>,
    exchange: &mut Exchange,
    tools: &Tools<'_>,
) -> Response<Body> {
    let (why, detail) = (exchange.why, std::mem::take(&mut exchange.detail));
    let (server, attempts, upstream) = (exchange.server.clone(), exchange.attempts, exchange.upstream);
    exchange.attempts = 0;
    let was_aside = std::mem::replace(&mut exchange.aside, true);
    let answer = tools.service(service, request, exchange).await;
    exchange.aside = was_aside;
    (exchange.why, exchange.detail) = (why, detail);
    (exchange.server, exchange.attempts, exchange.upstream) = (server, attempts, upstream);
    answer
}
