//! Query parameters, read as dockerd reads them.

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use model::Timestamp;

use super::fault::Fault;

/// The parameters of one request.
pub(super) struct Parameters(HashMap<String, String>);

impl Parameters {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Whatever is not plainly no is yes.
    pub(super) fn flag(&self, name: &str) -> bool {
        let text = self.text(name).unwrap_or_default().trim().to_lowercase();
        !matches!(text.as_str(), "" | "0" | "no" | "false" | "none")
    }

    /// Seconds since the epoch with up to nine digits after the point.
    pub(super) fn instant(&self, name: &str) -> Result<Option<Timestamp>, Fault> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let instant = instant(text);
        instant.map(Some).ok_or_else(|| Fault::bad(format!("invalid value for {name:?}: {text:?}")))
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos: u64 = format!("{fraction:0<9}").parse().ok()?;
    Some(Timestamp::from_seconds(seconds.parse().ok()?).plus(Duration::from_nanos(nanos)))
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(parameters)| Self(parameters)).map_err(|error| Fault::bad(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_up_to_nine_digits() {
        let check = |text: &str, nanos: Option<i64>| {
            assert_eq!(instant(text).map(Timestamp::nanos), nanos, "{text}");
        };
        check("0", Some(0));
        check("1763820000", Some(1_763_820_000_000_000_000));
        check("1763820000.5", Some(1_763_820_000_500_000_000));
        check("1763820000.000000001", Some(1_763_820_000_000_000_001));
        check("1763820000.0000000001", None);
        check("yesterday", None);
        check("1.x", None);
    }

    #[test]
    fn flags_are_dockers() {
        let check = |text: &str, expected: bool| {
            let parameters = Parameters(HashMap::from([("follow".to_owned(), text.to_owned())]));
            assert_eq!(parameters.flag("follow"), expected, "{text}");
        };
        ["1", "true", "yes", "x"].into_iter().for_each(|text| check(text, true));
        ["", "0", "no", "False", "none"].into_iter().for_each(|text| check(text, false));
    }
}
