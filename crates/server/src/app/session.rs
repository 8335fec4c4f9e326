//! Signing in and out, the set-up link, one's own password.

use std::net::IpAddr;
use std::time::Duration;

use api::{Credentials, PasswordChange, Session, SessionUser, Setup};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::{HeaderValue, StatusCode, header};

use super::App;
use super::extract::JsonBody;
use crate::access::Who;
use crate::accounts::SignedIn;
use crate::fault::Fault;
use crate::listen::Peer;

/// Where the request came from; unknown in tests that make requests without a connection.
type From = Option<Extension<Peer>>;

/// `GET session`. A session that is looked at lives on, and so must its cookie.
pub(super) async fn show(State(app): State<App>, who: Who) -> Result<Response, Fault> {
    let (user, session) = match who {
        Who::User { user, session } => (Some(user), Some(session)),
        _ => (None, None),
    };
    let cookie = session.map(|session| app.cookie.set(&session));
    app.session(user, cookie).await
}

/// `POST session`
pub(super) async fn sign_in(
    State(app): State<App>,
    who: Who,
    from: From,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Response, Fault> {
    let address = address(from);
    app.attempt(&credentials.name, address)?;
    let Some(signed_in) = app.accounts.sign_in(&credentials.name, credentials.password).await? else {
        return Err(Fault::new(StatusCode::UNAUTHORIZED, "the name or the password is wrong"));
    };
    app.attempts.forgive(&credentials.name, address);
    app.end(who).await?;
    app.begin(signed_in).await
}

/// `DELETE session`
pub(super) async fn sign_out(State(app): State<App>, who: Who) -> Result<Response, Fault> {
    app.end(who).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.cookie.clear())]).into_response())
}

/// `POST setup`. Tries are not counted: nobody guesses the secret, and a stranger must not be able to use up
/// the tries of the one who has it.
pub(super) async fn set_up(
    State(app): State<App>,
    JsonBody(setup): JsonBody<Setup>,
) -> Result<Response, Fault> {
    let signed_in = app.accounts.set_up(&setup.secret, &setup.name, setup.password).await?;
    tracing::info!("{} was made the first user by the set-up link", signed_in.user.name);
    app.begin(signed_in).await
}

/// `PUT password`. All sessions of the user end; this one goes on under a new secret.
pub(super) async fn change_password(
    State(app): State<App>,
    who: Who,
    from: From,
    JsonBody(change): JsonBody<PasswordChange>,
) -> Result<Response, Fault> {
    let Who::User { user, .. } = who else {
        return Err(Fault::new(StatusCode::FORBIDDEN, "nobody is signed in whose password could be changed"));
    };
    app.attempt(&user.name, address(from))?;
    let new = change.new.clone();
    if !app.accounts.change_password(&user.name, change.current, change.new).await? {
        return Err(Fault::new(StatusCode::FORBIDDEN, "the current password is wrong"));
    }
    let signed_in = app.accounts.sign_in(&user.name, new).await?;
    let cookie = signed_in.map_or_else(|| app.cookie.clear(), |signed_in| app.cookie.set(&signed_in.secret));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

fn address(from: From) -> Option<IpAddr> {
    from.map(|Extension(Peer(peer))| peer.ip())
}

impl App {
    fn attempt(&self, name: &str, address: Option<IpAddr>) -> Result<(), Fault> {
        self.attempts.take(name, address, self.clock.now()).map_err(|wait: Duration| {
            Fault::too_many("too many attempts; wait a little before the next", wait.as_secs() + 1)
        })
    }

    async fn begin(&self, SignedIn { user, secret }: SignedIn) -> Result<Response, Fault> {
        self.session(Some(user), Some(self.cookie.set(&secret))).await
    }

    async fn end(&self, who: Who) -> Result<(), Fault> {
        if let Who::User { session, .. } = who {
            self.accounts.off_thread(move |accounts| accounts.sign_out(&session)).await?;
        }
        Ok(())
    }

    async fn session(
        &self,
        user: Option<SessionUser>,
        cookie: Option<HeaderValue>,
    ) -> Result<Response, Fault> {
        let has_users = user.is_some() || self.accounts.off_thread(|accounts| accounts.has_users()).await?;
        let session = Session {
            user,
            setup_needed: !has_users && !self.open,
            open: self.open,
            build: self.build.into(),
        };
        let mut response = Json(session).into_response();
        if let Some(cookie) = cookie {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}
