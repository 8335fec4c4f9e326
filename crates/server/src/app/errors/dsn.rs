//! DSNs: under which address programs find us.

use std::convert::Infallible;

use ::event::{Dsn, Key, ProjectId};
use ::issues::Project;
use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;

use crate::app::App;

/// The address of this server as DSNs have it: that of the settings, else the one by which the page was opened.
pub(super) struct Base {
    host: String,
    is_secure: bool,
}

impl Base {
    /// The DSN of a key.
    pub(super) fn dsn(&self, project: ProjectId, key: Key) -> String {
        Dsn { key, host: self.host.clone(), project, is_secure: self.is_secure }.to_string()
    }

    /// The DSN of a project's newest key; empty: it has none.
    pub(super) fn of(&self, project: &Project) -> String {
        project.keys.first().map(|key| self.dsn(project.id, key.key)).unwrap_or_default()
    }
}

impl FromRequestParts<App> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        if let Some((is_secure, host)) = &app.public {
            return Ok(Self { host: host.clone(), is_secure: *is_secure });
        }
        let named = parts.uri.authority().map(|authority| authority.as_str());
        let told = || parts.headers.get(header::HOST)?.to_str().ok();
        let host = named.or_else(told).unwrap_or("localhost:4100").to_ascii_lowercase();
        Ok(Self { host, is_secure: false })
    }
}
