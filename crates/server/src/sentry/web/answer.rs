//! Answers of the web API: JSON, pages with the link to the next one, and work in the pool of queries.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::LINK;
use issues::Issues;
use model::Timestamp;
use serde_json::Value;

use super::Web;
use super::asked::Asked;
use crate::fault::Fault;
use crate::sentry::SentryFault;

pub(super) type Answer = Result<Response, SentryFault>;

impl Web {
    /// Reads from the store, off the runtime's threads.
    pub(super) async fn ask<T, F>(&self, work: F) -> Result<T, SentryFault>
    where
        T: Send + 'static,
        F: FnOnce(&Issues) -> Result<T, Fault> + Send + 'static,
    {
        let issues = self.issues.clone();
        Ok(self.queries.run(move |_| work(&issues)).await??)
    }

    /// A page of a list. Clients follow the link while it says that there are results.
    pub(super) fn page(&self, asked: &Asked, rows: Vec<Value>, next: Option<&str>) -> Response {
        let mut response = Json(rows).into_response();
        let link = |cursor: &str, rel: &str, results: bool| {
            format!(
                "<{}{}?{}>; rel=\"{rel}\"; results=\"{results}\"; cursor=\"{cursor}\"",
                self.base,
                asked.path,
                asked.with_cursor(cursor)
            )
        };
        let text = format!(
            "{}, {}",
            link("", "previous", false),
            link(next.unwrap_or_default(), "next", next.is_some())
        );
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(LINK, value);
        }
        response
    }
}

/// An instant as Sentry writes it: to the microsecond.
pub(super) fn iso(millis: i64) -> String {
    instant(Timestamp::from_millis(millis))
}

/// The same, of an instant.
pub(super) fn instant(at: Timestamp) -> String {
    let text = at.to_string();
    text.strip_suffix("Z")
        .and_then(|text| text.get(..text.len() - 3))
        .map_or(text.clone(), |text| format!("{text}Z"))
}
