//! Static files: a directory served as a web server would, so that Django's `/static/` and `/media/` need none beside it.
//!
//! `GET` and `HEAD`; `index.html` of a directory, never a listing; entity tags, dates and ranges; a compressed twin
//! beside the file (`app.css.br`, `.zst`, `.gz`), or text compressed on the fly and kept; names that carry a hash are
//! kept by clients for ever. No path leads out of the directory: not by `..`, not by an escape, not by a symbolic link;
//! hidden files are not there (but `.well-known`).
//!
//! Everything that blocks runs off the runtime's threads; of a large file one piece per answer is in memory.

mod lookup;
mod path;
mod pieces;
mod pressed;
mod range;
#[cfg(test)]
mod tests;
mod types;
mod version;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, HeaderValue, LAST_MODIFIED, LOCATION, RANGE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, Response, StatusCode, Uri, request};

pub(crate) use self::pieces::body;

use self::lookup::{Found, Lookup};
use self::path::Wanted;
use self::pressed::Pressed;
use self::range::Part;
use self::types::Kind;
use self::version::Version;
use crate::body::Body;
use crate::encoding::{Coding, accepted, choose};

/// A directory that is served.
pub struct Files {
    root: Arc<PathBuf>,
    prefix: String,
    pressed: Pressed,
}

impl Files {
    /// Serves what lies below `root` to paths below `prefix` (`/static/`; empty: all of the path counts). The directory
    /// need not be there yet.
    pub fn new(root: impl Into<PathBuf>, prefix: &str) -> Self {
        Self { root: Arc::new(root.into()), prefix: prefix.to_owned(), pressed: Pressed::new() }
    }

    /// The directory.
    pub fn root(&self) -> &std::path::Path {
        &self.root
    }

    /// Answers a request by its head; a body of it is nobody's business.
    pub async fn answer(&self, asked: &request::Parts) -> Response<Body> {
        let (method, headers) = (&asked.method, &asked.headers);
        if !matches!(*method, Method::GET | Method::HEAD) {
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED);
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        let Some(wanted) = path::wanted(below(asked.uri.path(), &self.prefix)) else {
            return plain(StatusCode::NOT_FOUND);
        };
        match self.look(wanted, twins(headers)).await {
            Ok(Lookup::Found(found)) => {
                let mut answer = self.serve(found, method, headers).await.unwrap_or_else(failed);
                if *method == Method::HEAD {
                    *answer.body_mut() = Body::empty();
                }
                answer
            }
            Ok(Lookup::WithoutSlash) => with_slash(&asked.uri),
            Ok(Lookup::Missing) => plain(StatusCode::NOT_FOUND),
            Err(error) => failed(error),
        }
    }

    async fn look(&self, wanted: Wanted, codings: Vec<Coding>) -> io::Result<Lookup> {
        let root = self.root.clone();
        off_runtime(move || lookup::look(&root, &wanted, &codings)).await
    }

    async fn serve(&self, found: Found, method: &Method, headers: &HeaderMap) -> io::Result<Response<Body>> {
        let kind = types::kind_of(&found.name);
        let pressed_as = on_the_fly(&found, kind, headers);
        let coding = found.coding.or(pressed_as);
        let version = Version::of(found.modified, found.length, coding);

        let mut answer = Response::new(Body::empty());
        describe(answer.headers_mut(), &version, kind, &found.name, coding);
        if let Some(status) = version.refused(method, headers) {
            *answer.status_mut() = status;
            if status == StatusCode::NOT_MODIFIED {
                answer.headers_mut().remove(CONTENT_TYPE);
                answer.headers_mut().remove(CONTENT_ENCODING);
            }
            return Ok(answer);
        }
        if let Some(coding) = pressed_as {
            let bytes = self.pressed.get(&found, coding).await?;
            answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            *answer.body_mut() = Body::full(bytes);
            return Ok(answer);
        }
        answer.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let part = version.range(headers).map_or(Part::Whole, |range| range::part(range, found.length));
        send(answer, found, part, *method == Method::HEAD).await
    }
}

/// Puts the part of the file into the answer that was asked for.
async fn send(
    mut answer: Response<Body>,
    found: Found,
    part: Part,
    is_head: bool,
) -> io::Result<Response<Body>> {
    let (first, count) = match part {
        Part::Whole => (0, found.length),
        Part::Bytes { first, last } => {
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            answer
                .headers_mut()
                .insert(CONTENT_RANGE, text(format!("bytes {first}-{last}/{}", found.length)));
            (first, last - first + 1)
        }
        Part::Unsatisfiable => {
            let mut refusal = plain(StatusCode::RANGE_NOT_SATISFIABLE);
            refusal.headers_mut().insert(CONTENT_RANGE, text(format!("bytes */{}", found.length)));
            return Ok(refusal);
        }
    };
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(count));
    if is_head || count == 0 {
        return Ok(answer);
    }
    *answer.body_mut() = if pieces::is_small(count) {
        Body::full(off_runtime(move || pieces::read(&found.file, first, count)).await?)
    } else {
        pieces::body(found.file, first, count)
    };
    Ok(answer)
}

fn describe(headers: &mut HeaderMap, version: &Version, kind: Kind, name: &str, coding: Option<Coding>) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind.content_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(ETAG, text(version.etag.clone()));
    headers.insert(LAST_MODIFIED, text(httpdate::fmt_http_date(version.modified)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(version::cache_control(name)));
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.token()));
    }
    if kind.is_text || coding.is_some() {
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
}

/// The codings whose twins are looked for, smallest first.
fn twins(headers: &HeaderMap) -> Vec<Coding> {
    if !headers.contains_key(ACCEPT_ENCODING) {
        return Vec::new();
    }
    let all = [Coding::Brotli, Coding::Zstd, Coding::Gzip];
    all.into_iter().filter(|coding| accepted(headers, *coding)).collect()
}

/// The coding to compress this file in now. A part of a file is a part of it as it is.
fn on_the_fly(found: &Found, kind: Kind, headers: &HeaderMap) -> Option<Coding> {
    let worth_it = found.coding.is_none() && kind.is_text && Pressed::takes(found.length);
    if !worth_it || headers.contains_key(RANGE) {
        return None;
    }
    choose(headers, &[Coding::Zstd, Coding::Gzip], None)
}

/// The path below the prefix, with its slash; all of it if a middleware has taken the prefix off already.
fn below<'p>(path: &'p str, prefix: &str) -> &'p str {
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    match path.strip_prefix(prefix) {
        Some(rest) if rest.starts_with('/') => rest,
        Some("") => "/",
        _ => path,
    }
}

/// To the same path with a slash behind it; relative, for a prefix may have been taken off.
fn with_slash(uri: &Uri) -> Response<Body> {
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let mut answer = plain(StatusCode::MOVED_PERMANENTLY);
    answer.headers_mut().insert(LOCATION, text(format!("./{last}/{query}")));
    answer
}

fn failed(error: io::Error) -> Response<Body> {
    tracing::warn!(%error, "a static file cannot be read");
    plain(StatusCode::INTERNAL_SERVER_ERROR)
}

fn plain(status: StatusCode) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or("error");
    let mut answer = Response::new(Body::full(format!("{reason}\n")));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

fn text(value: String) -> HeaderValue {
    HeaderValue::from_maybe_shared(bytes::Bytes::from(value))
        .expect("made of digits, names of codings and checked parts")
}

/// Runs what blocks on a thread of its own.
pub(crate) async fn off_runtime<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
