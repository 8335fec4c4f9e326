//! Who sends: the project's key, in the places where SDKs write it.

use std::borrow::Cow;

use crate::id::{Key, ParseIdError};

/// What a request says about its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// The project's public key.
    pub key: Key,
    /// The SDK and its version, such as `sentry.python/2.75.0`. At most [`CLIENT_CHARS_MAX`] characters.
    pub client: Option<String>,
}

/// Longer names of SDKs are cut.
pub const CLIENT_CHARS_MAX: usize = 80;

/// What was found in the place of the key is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sentry_key: {0}")]
pub struct AuthError(#[from] ParseIdError);

/// Looks for the key in the query, in `X-Sentry-Auth` and in `Authorization`, in this order: the first that has a
/// good one wins, so that what a proxy or a login adds does no harm. An error is the first bad one if none is good.
/// Where there is none at all, the envelope's header may have it.
pub fn find(
    query: &str,
    x_sentry_auth: Option<&str>,
    authorization: Option<&str>,
) -> Result<Option<Auth>, AuthError> {
    let found = [of_query(query), x_sentry_auth.and_then(of_header), authorization.and_then(of_header)];
    let mut fault = None;
    for said in found.into_iter().flatten() {
        match said.key.parse() {
            Ok(key) => return Ok(Some(Auth { key, client: said.client.map(shortened) })),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(None), |error| Err(error.into()))
}

/// What one place says.
struct Said<'t> {
    key: Cow<'t, str>,
    client: Option<Cow<'t, str>>,
}

impl<'t> Said<'t> {
    fn of(pairs: impl Iterator<Item = (Cow<'t, str>, Cow<'t, str>)>) -> Option<Self> {
        let (mut key, mut client) = (None, None);
        for (name, value) in pairs {
            match name.as_ref() {
                "sentry_key" if key.is_none() => key = Some(value),
                "sentry_client" if client.is_none() => client = Some(value),
                _ => {}
            }
        }
        key.map(|key| Self { key, client })
    }
}

fn of_query(query: &str) -> Option<Said<'_>> {
    Said::of(form_urlencoded::parse(query.as_bytes()))
}

/// `Sentry sentry_key=…, sentry_version=7, sentry_client=…`; some write no comma, some quote.
fn of_header(header: &str) -> Option<Said<'_>> {
    let scheme = header.trim_start();
    let rest = scheme.get(..6).filter(|word| word.eq_ignore_ascii_case("sentry")).map(|_| &scheme[6..])?;
    let fields = rest.split([',', ' ', '\t']).filter_map(|field| field.split_once('='));
    Said::of(fields.map(|(name, value)| (name.trim().into(), value.trim().trim_matches('"').into())))
}

fn shortened(client: Cow<'_, str>) -> String {
    client.chars().filter(|sign| !sign.is_control()).take(CLIENT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn keys_are_found_where_sdks_write_them() {
        let check = |query: &str, x: Option<&str>, authorization: Option<&str>, client: Option<&str>| {
            let expected = Auth { key: KEY.parse().expect("a key"), client: client.map(str::to_owned) };
            assert_eq!(find(query, x, authorization), Ok(Some(expected)), "{query} {x:?} {authorization:?}");
        };
        let query =
            format!("sentry_version=7&sentry_key={KEY}&sentry_client=sentry.javascript.node%2F11.12.0");
        check(&query, None, None, Some("sentry.javascript.node/11.12.0"));
        let python = format!(
            "Sentry sentry_key={KEY}, sentry_version=7, sentry_client=sentry.python/2.75.0, sentry_secret=x"
        );
        check("", Some(&python), None, Some("sentry.python/2.75.0"));
        check("", Some(&format!("sentry sentry_version=7,sentry_key={KEY}")), None, None);
        check("", None, Some(&format!("Sentry sentry_key=\"{KEY}\"")), None);
        // The first good one wins; others do no harm.
        check(
            &query,
            Some("Sentry sentry_key=other"),
            Some("Bearer x"),
            Some("sentry.javascript.node/11.12.0"),
        );
        check("sentry_key=bad", Some(&python), None, Some("sentry.python/2.75.0"));
    }

    #[test]
    fn none_and_bad_keys_are_told_apart() {
        assert_eq!(find("", None, None), Ok(None));
        assert_eq!(find("a=b", Some("Bearer abc"), Some("Basic c2VudHJ5OnNlbnRyeQ==")), Ok(None));
        assert_eq!(find("", Some("Sentry sentry_version=7"), None), Ok(None));
        for bad in ["", "abc", &KEY.to_uppercase(), &format!("{KEY}0"), &KEY.replace('0', "g"), "é"] {
            assert!(find(&format!("sentry_key={bad}"), None, None).is_err(), "{bad}");
        }
        let error = find("sentry_key=abc", None, None).expect_err("a short key");
        assert_eq!(
            error.to_string(),
            "sentry_key: `abc` is no key: write the 32 lower-case hexadecimal digits of the DSN"
        );
    }

    #[test]
    fn names_of_clients_are_cut() {
        let long = format!("sentry_key={KEY}&sentry_client={}%0a", "é".repeat(200));
        let auth = find(&long, None, None).expect("a good key").expect("a key");
        assert_eq!(auth.client, Some("é".repeat(CLIENT_CHARS_MAX)));
    }
}
