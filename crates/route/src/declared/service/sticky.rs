//! The cookie that keeps a client with its server.

use crate::declared::fields::Fields;

/// The cookie that keeps a client with its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name; none means one made from the service's name.
    pub name: Option<String>,
    /// Only sent over TLS.
    pub secure: bool,
    /// Hidden from scripts.
    pub http_only: bool,
    /// Whether it is sent from other sites.
    pub same_site: Option<SameSite>,
    /// How long it is kept, in seconds; 0 means as long as the browser runs, less means it is deleted at once.
    pub max_age_seconds: i64,
    /// The paths it is sent to.
    pub path: String,
    /// The domain it is sent to.
    pub domain: Option<String>,
}

/// A cookie's `SameSite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// `None`
    None,
    /// `Lax`
    Lax,
    /// `Strict`
    Strict,
}

impl Cookie {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let same_site = [
            ("none", Some(SameSite::None)),
            ("lax", Some(SameSite::Lax)),
            ("strict", Some(SameSite::Strict)),
            ("default", None),
        ];
        Self {
            name: fields.text("name"),
            secure: fields.flag("secure").unwrap_or_default(),
            http_only: fields.flag("httpOnly").unwrap_or_default(),
            same_site: fields.choice("sameSite", &same_site).flatten(),
            max_age_seconds: fields.number("maxAge").unwrap_or_default(),
            path: fields.text("path").unwrap_or_else(|| "/".to_owned()),
            domain: fields.text("domain"),
        }
    }
}

/// What `sticky` says.
pub(super) fn sticky(fields: &mut Fields<'_, '_>) -> Option<Cookie> {
    fields.switch("sticky", |sticky| sticky.switch("cookie", Cookie::read)).flatten()
}
