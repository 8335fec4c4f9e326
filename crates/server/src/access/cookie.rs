//! The session's cookie.

use http::{HeaderMap, HeaderValue, header};

const NAME: &str = "porthole_session";
/// As long as the session itself.
const LIFE_S: u32 = 30 * 86_400;

/// Writes the cookie as the page's address demands it.
#[derive(Clone, Copy)]
pub(crate) struct SessionCookie {
    /// The page is reached by https: the cookie must never travel without.
    pub(crate) secure: bool,
}

impl SessionCookie {
    /// `Set-Cookie` for a session.
    pub(crate) fn set(self, secret: &str) -> HeaderValue {
        self.header(secret, LIFE_S)
    }

    /// `Set-Cookie` that takes the cookie away.
    pub(crate) fn clear(self) -> HeaderValue {
        self.header("", 0)
    }

    /// The session's secret, if the request carries one.
    pub(crate) fn secret(headers: &HeaderMap) -> Option<String> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == NAME)
            .map(|(_, value)| value.to_owned())
    }

    fn header(self, secret: &str, max_age_s: u32) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{NAME}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
        HeaderValue::from_str(&text).expect("secrets are letters, digits, - and _")
    }
}
