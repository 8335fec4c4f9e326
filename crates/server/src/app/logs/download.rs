//! `GET logs/download`: lines as a file, however many. They are found page by page while the client takes them:
//! memory stays flat, and when the client leaves nothing more is read.

mod form;

use std::io;

use api::{DownloadForm, LogRequest};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, stream};
use http::header;
use logql::{Direction, LogQuery, Page, Rows, Seen};
use model::label::SERVICE;
use model::{Selector, TimeRange};

use super::request::Asked;
use crate::app::refusal::QueryRefusal;
use crate::app::{App, extract};
use form::Form;

/// Lines found at a time, and bytes of them.
const PAGE_LINES: usize = 2000;
const PAGE_BYTES: usize = 4 << 20;

/// The handler.
pub(in crate::app) async fn download(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<LogRequest>,
    extract::Asked(DownloadForm { format }): extract::Asked<DownloadForm>,
) -> Result<Response, QueryRefusal> {
    let asked = Asked::read(&request)?;
    let form = Form(format);
    let direction = if request.forward { Direction::Forward } else { Direction::Backward };
    let left = if request.limit == 0 { usize::MAX } else { request.limit as usize };
    let page = Page { range: asked.range, direction, limit: PAGE_LINES, after: None };
    let disposition =
        format!("attachment; filename=\"{}\"", file_name(&asked.log.selector.node, asked.range, form));
    let query = asked.query()?;
    let seen = query.seen();
    let mut pages = Pages { query, page, left, form, seen, ended: false, app };
    // A fault of the query is told before the file begins.
    let first = pages.next().await?;
    let head =
        [(header::CONTENT_TYPE, form.content_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((head, Body::from_stream(pages.stream(first))).into_response())
}

/// `porthole-web-20260102T030405Z.txt`: the service, if the query names one, and the end of the range.
fn file_name(Selector(matchers): &Selector, range: TimeRange, form: Form) -> String {
    let is_service = |name: &str| name == SERVICE || name == model::label::SERVICE_NAME;
    let service = matchers.iter().find(|matcher| is_service(matcher.name())).map(model::Matcher::value);
    let safe = |text: &str| -> String {
        let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        kept.take(60).collect()
    };
    let service = Some(safe(service.unwrap_or_default())).filter(|name| !name.is_empty());
    let time: String = range.end.to_string().split('.').next().unwrap_or_default().replace(['-', ':'], "");
    let (service, time) =
        (service.unwrap_or_else(|| "logs".to_owned()), time.trim_end_matches('Z').to_owned());
    format!("porthole-{service}-{time}Z.{}", form.extension())
}

/// The pages of a download.
struct Pages {
    app: App,
    query: LogQuery,
    page: Page,
    /// Lines that may still come.
    left: usize,
    form: Form,
    /// Tells lines that are the first of their kind, for `distinct`.
    seen: Seen,
    ended: bool,
}

impl Pages {
    /// The next part of the file; `None`: it is whole.
    async fn next(&mut self) -> Result<Option<Bytes>, QueryRefusal> {
        let began = self.page.after.is_some();
        while !self.ended {
            let mut found = self.find().await?;
            found.rows.retain(|row| self.seen.is_first(row));
            self.ended = found.next.is_none() || self.left <= found.rows.len();
            if !self.ended && found.next == self.page.after {
                return Err(crate::queries::timed_out().into());
            }
            self.page.after = found.next;
            self.left -= found.rows.len().min(self.left);
            if !began || !found.rows.is_empty() {
                return Ok(Some(self.form.write(&found.rows, !began)));
            }
        }
        Ok(None)
    }

    async fn find(&self) -> Result<Rows, QueryRefusal> {
        let (logs, query) = (self.app.logs.clone(), self.query.clone());
        let page = Page { limit: PAGE_LINES.min(self.left), ..self.page };
        let found = self
            .app
            .queries
            .run(move |a| a.spend_up_to(PAGE_BYTES, |budget| query.rows(&logs, &page, budget)))
            .await??;
        Ok(found)
    }

    /// All parts. A fault in the middle breaks the answer off, so that nobody takes it for the whole.
    fn stream(self, first: Option<Bytes>) -> impl Stream<Item = io::Result<Bytes>> {
        let rest = stream::unfold(Some(self), async |pages| {
            let mut pages = pages?;
            match pages.next().await {
                Ok(Some(part)) => Some((Ok(part), Some(pages))),
                Ok(None) => None,
                Err(refusal) => Some((Err(io::Error::other(refusal.into_message())), None)),
            }
        });
        stream::StreamExt::chain(stream::iter(first.map(Ok)), rest)
    }
}
