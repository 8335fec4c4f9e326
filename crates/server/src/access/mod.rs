//! Who may do what: every request passes here before its handler.
//!
//! ```text
//! request ─► origin  (is it sent by a page of ours, or by a program?)
//!         ─► who     (a token, a session, nobody)
//!         ─► table   (what the route asks for) ─► handler, which finds `Who` in the request
//! ```

mod attempts;
mod cookie;
mod origin;
mod table;
mod who;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use crate::accounts::Accounts;
use crate::config::{AuthMode, Config};
use crate::fault::Fault;
use crate::sentry::{SentryFault, is_intake};

pub(crate) use attempts::Attempts;
pub(crate) use cookie::SessionCookie;
pub(crate) use table::Permission;
#[cfg(test)]
pub(crate) use table::TABLE;
pub(crate) use who::Who;

use origin::{Hosts, Origin};

/// What is needed to decide.
#[derive(Clone)]
pub(crate) struct Access {
    accounts: Accounts,
    auth: AuthMode,
    hosts: Hosts,
}

impl Access {
    pub(crate) fn new(config: &Config, accounts: Accounts) -> Self {
        Self { accounts, auth: config.auth, hosts: Hosts::new(config.public_url.as_ref()) }
    }
}

/// On everything, the page included: without passwords, only a browser that really is on this machine's own
/// name may come in. Another name is a rebound DNS entry, another origin a foreign page.
pub(crate) async fn guard_open_mode(State(access): State<Access>, request: Request, next: Next) -> Response {
    // Programs in containers and pages under development send errors by other names of this machine, and may.
    if access.auth == AuthMode::Open && !is_intake(request.uri().path()) {
        let headers = request.headers();
        let is_ours = access.hosts.is_local(headers, request.uri());
        if !is_ours || access.hosts.origin(headers, request.uri()) == Origin::Foreign {
            let message = "auth.mode is none: only http://localhost and http://127.0.0.1 are answered here";
            return refuse(request.uri().path(), Fault::new(StatusCode::FORBIDDEN, message));
        }
    }
    next.run(request).await
}

/// On every route: finds out who asks and looks the route up in the table.
pub(crate) async fn guard_routes(
    State(access): State<Access>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    // What is not in the table is not answered, even if it has a handler.
    let Some(permission) = table::permission(request.method(), path.as_str()) else {
        let allowed = table::methods(path.as_str());
        let message = format!("{} is not answered here; send {allowed}", request.method());
        let mut response = refuse(request.uri().path(), Fault::new(StatusCode::METHOD_NOT_ALLOWED, message));
        if let Ok(allowed) = HeaderValue::from_str(&allowed) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        return response;
    };
    let (mut head, body) = request.into_parts();
    match access.admit(permission, &head).await {
        Ok(who) => {
            head.extensions.insert(who);
            next.run(Request::from_parts(head, body)).await
        }
        Err(fault) => refuse(head.uri.path(), fault),
    }
}

impl Access {
    async fn admit(&self, permission: Permission, request: &Parts) -> Result<Who, Fault> {
        if permission == Permission::Dsn {
            return Ok(Who::Nobody);
        }
        let origin = self.hosts.origin(&request.headers, &request.uri);
        let who = match self.auth {
            AuthMode::Open => Who::Anyone,
            AuthMode::Password => who::identify(&self.accounts, &request.headers).await?,
        };
        if origin::changes_something(request) && !origin_is_fine(&who, origin) {
            let message = "this request was sent by a page of another site; open Porthole's own address";
            return Err(Fault::new(StatusCode::FORBIDDEN, message));
        }
        who.require(permission)?;
        Ok(who)
    }
}

/// A browser adds the cookie to requests of any page, so such a request must prove that it comes from ours.
/// Programs with a token send no origin; a page of another site is refused whatever it sends.
fn origin_is_fine(who: &Who, origin: Origin) -> bool {
    match origin {
        Origin::Ours => true,
        Origin::Foreign => false,
        Origin::Untold => !matches!(who, Who::User { .. }),
    }
}

/// Loki's clients show the body as it is, Sentry's read `detail`; everybody else reads our own JSON.
fn refuse(path: &str, fault: Fault) -> Response {
    let asks_for_credentials = fault.status == StatusCode::UNAUTHORIZED;
    let is_ours = path.starts_with("/app/");
    let speaks_loki = ["/loki/", "/api/prom/", "/otlp/"].iter().any(|prefix| path.starts_with(prefix));
    let speaks_sentry = is_intake(path) || path.starts_with("/api/0");
    let mut response = match () {
        () if speaks_loki => fault.into_text_response(),
        () if speaks_sentry => SentryFault::from(fault).into_response(),
        () => fault.into_response(),
    };
    // The page has its own sign-in; a challenge would make the browser ask as well.
    if asks_for_credentials && !is_ours {
        let challenge = HeaderValue::from_static("Bearer realm=\"porthole\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

#[cfg(test)]
mod tests;
