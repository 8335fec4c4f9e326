//! Names and values of a read: in the query string and in a POST form alike.

use axum::extract::Request;
use http::header::CONTENT_TYPE;

use crate::body;
use crate::fault::Fault;

/// Queries may be long; more than this is none.
const FORM_BYTES_MAX: usize = 1 << 20;

/// Names and values in the order in which they were sent; a form's come before the query string's.
#[derive(Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body, if it is a form, and the query string.
    pub(crate) async fn read(request: Request) -> Result<Self, Fault> {
        let (head, body) = request.into_parts();
        let mut pairs = Vec::new();
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            let form = body::read(&head.headers, body, FORM_BYTES_MAX).await?;
            pairs.extend(decode(&form));
        }
        pairs.extend(decode(head.uri.query().unwrap_or_default().as_bytes()));
        Ok(Self(pairs))
    }

    /// From the text of a query string.
    #[cfg(test)]
    pub(crate) fn parse(query: &str) -> Self {
        Self(decode(query.as_bytes()).collect())
    }

    /// The first value of `name`; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of `name` that are not empty.
    pub(crate) fn all<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        self.0
            .iter()
            .filter(move |(other, value)| other == name && !value.is_empty())
            .map(|(_, value)| &**value)
    }
}

fn decode(text: &[u8]) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned()))
}
