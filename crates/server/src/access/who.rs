//! Who sends a request: found once, then carried in the request for its handler.

use api::{Role, SessionUser, TokenScope};
use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};

use super::Permission;
use super::cookie::SessionCookie;
use crate::accounts::Accounts;
use crate::fault::Fault;

/// Longer credentials than any of ours.
const SECRET_BYTES_MAX: usize = 200;

/// The sender of a request.
#[derive(Clone)]
pub(crate) enum Who {
    /// Neither session nor token.
    Nobody,
    /// Somebody signed in, by the session's cookie.
    User {
        user: SessionUser,
        /// The session's secret, to end it with.
        session: String,
    },
    /// A program.
    Token(Vec<TokenScope>),
    /// `[auth] mode = "none"`: somebody on this machine.
    Anyone,
}

impl Who {
    /// Who somebody signed in is; others have no name.
    pub(crate) fn name(&self) -> Option<String> {
        match self {
            Self::User { user, .. } => Some(user.name.clone()),
            _ => None,
        }
    }

    /// Refuses with 401 whom signing in would help, with 403 whom it would not.
    pub(super) fn require(&self, permission: Permission) -> Result<(), Fault> {
        let may = match (permission, self) {
            (Permission::Public | Permission::Dsn, _) | (_, Self::Anyone) => true,
            (_, Self::Nobody) => {
                let message = "sign in, or send a token (Authorization: Bearer <token>)";
                return Err(Fault::new(StatusCode::UNAUTHORIZED, message));
            }
            (Permission::SignedIn | Permission::Read | Permission::Browse, Self::User { .. }) => true,
            (Permission::Ingest | Permission::Edit | Permission::Release, Self::User { user, .. }) => {
                user.role >= Role::Editor
            }
            (Permission::Admin, Self::User { user, .. }) => user.role == Role::Admin,
            (Permission::Read, Self::Token(scopes)) => scopes.contains(&TokenScope::Read),
            (Permission::Ingest, Self::Token(scopes)) => scopes.contains(&TokenScope::Ingest),
            (Permission::Release, Self::Token(scopes)) => scopes.contains(&TokenScope::Release),
            (Permission::Browse, Self::Token(scopes)) => {
                scopes.contains(&TokenScope::Read) || scopes.contains(&TokenScope::Release)
            }
            (Permission::SignedIn | Permission::Edit | Permission::Admin, Self::Token(_)) => false,
        };
        if may { Ok(()) } else { Err(Fault::new(StatusCode::FORBIDDEN, self.lack(permission))) }
    }

    fn lack(&self, permission: Permission) -> &'static str {
        match (self, permission) {
            (Self::Token(_), Permission::Read) => "this token may not read; make one of scope read",
            (Self::Token(_), Permission::Ingest) => "this token may not bring data; make one of scope ingest",
            (Self::Token(_), Permission::Browse) => {
                "this token may not read; make one of scope read or release"
            }
            (Self::Token(_), Permission::Release) => {
                "this token may not change this; make one of scope release"
            }
            (Self::Token(_), _) => "tokens may not do this; sign in on the page",
            (_, Permission::Edit | Permission::Release) => "this takes the role editor",
            (_, Permission::Ingest) => "this takes the role editor, or a token of scope ingest",
            _ => "this takes the role admin",
        }
    }
}

/// Handlers take `Who` as an argument; the guard has put it there.
impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self::Nobody))
    }
}

/// A token where one is sent (a session beside it does not count), else a session.
pub(super) async fn identify(accounts: &Accounts, headers: &HeaderMap) -> Result<Who, Fault> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let Some(secret) = authorization.to_str().ok().and_then(token_secret) else { return Ok(Who::Nobody) };
        let scopes = accounts.off_thread(move |accounts| accounts.token_scopes(&secret)).await?;
        return Ok(scopes.map_or(Who::Nobody, Who::Token));
    }
    let Some(session) = SessionCookie::secret(headers).filter(|secret| secret.len() <= SECRET_BYTES_MAX)
    else {
        return Ok(Who::Nobody);
    };
    accounts
        .off_thread(move |accounts| {
            let user = accounts.session(&session)?;
            Ok(user.map_or(Who::Nobody, |user| Who::User { user, session }))
        })
        .await
}

/// `Bearer <token>`, or `Basic` with the token as the password and any name.
fn token_secret(authorization: &str) -> Option<String> {
    let (scheme, rest) = authorization.split_once(' ')?;
    if rest.len() > 2 * SECRET_BYTES_MAX {
        return None;
    }
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    Some(decoded.split_once(':')?.1.to_owned())
}
