//! Who is signed in, and who may: sessions, users, tokens.
//!
//! | call | body → answer | who |
//! |---|---|---|
//! | `GET session` | → [`Session`] | anyone |
//! | `POST session` | [`Credentials`] → [`Session`] and a cookie; 401 | anyone |
//! | `DELETE session` | → 204 | signed in |
//! | `POST setup` | [`Setup`] → [`Session`] and a cookie; 403 for a spent or wrong link | anyone, while no user exists |
//! | `PUT password` | [`PasswordChange`] → 204 | signed in, for oneself |
//! | `GET users`, `POST users`, `DELETE users/{name}` | → `[`[`User`]`]`, [`NewUser`] → 201, → 204 | admin |
//! | `GET tokens`, `POST tokens`, `DELETE tokens/{id}` | → `[`[`Token`]`]`, [`NewToken`] → [`TokenSecret`], → 204 | admin |

use serde::{Deserialize, Serialize};

use crate::Millis;

/// What a user may do. Each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything.
    Viewer,
    /// Changes what is made on the page: views, silences, dashboards.
    Editor,
    /// Manages users and tokens.
    Admin,
}

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenScope {
    /// Loki push, remote_write, OTLP, `POST /api/v2/alerts`.
    Ingest,
    /// Every query.
    Read,
    /// What sentry-cli does.
    Release,
}

/// Who is looking, and at what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `None`: nobody is signed in.
    pub user: Option<SessionUser>,
    /// No user exists yet: the page asks for the set-up link.
    pub setup_needed: bool,
    /// `[auth] mode = "none"`: everybody on this machine is admin.
    pub open: bool,
    /// The server's version and build.
    pub build: String,
}

/// The user who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionUser {
    /// The name typed at sign-in.
    pub name: String,
    /// What the user may do.
    pub role: Role,
}

/// A name and its password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// The user's name.
    pub name: String,
    /// In clear, over the connection that the page came by.
    pub password: String,
}

/// Makes the first user, an admin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setup {
    /// The secret of the set-up link `/setup#<secret>`, which the first start prints.
    pub secret: String,
    /// The first user's name.
    pub name: String,
    /// The first user's password.
    pub password: String,
}

/// A new password for the one who is signed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasswordChange {
    /// The password until now.
    pub current: String,
    /// The password from now on.
    pub new: String,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Unique, in lower case.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// When it was made.
    pub created: Millis,
    /// When it last signed in.
    pub last_seen: Option<Millis>,
}

/// An account to make.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewUser {
    /// Letters, digits, `.`, `_`, `-`, `@`; 1 to 64 of them.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// At least ten characters.
    pub password: String,
}

/// A token as it is listed; its secret is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Names the token in `DELETE`.
    pub id: i64,
    /// What it is for, in its maker's words.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// When it was made.
    pub created: Millis,
    /// When it was last used, to the minute.
    pub last_used: Option<Millis>,
}

/// A token to make.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do; at least one.
    pub scopes: Vec<TokenScope>,
}

/// A token just made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenSecret {
    /// As it is listed from now on.
    pub token: Token,
    /// The bearer token itself. It is kept only as a hash: this is the one time it is shown.
    pub secret: String,
}
