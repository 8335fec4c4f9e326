//! Why a call on the accounts is refused: each variant is one sentence for the one who asked.

/// What the file says when it cannot be read or written.
const STORE: &str = "the accounts cannot be read or written";

/// Why a call on users, passwords or the set-up link is refused.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name has characters or a length that names may not have.
    #[error("`{0}` is no user name; write 1 to 64 letters, digits or . _ - @")]
    BadName(String),
    /// The password is shorter than ten or longer than 1000 characters.
    #[error("a password has 10 to 1000 characters")]
    BadPassword,
    /// There is a user of this name.
    #[error("there is a user `{0}` already; choose another name, or set that user's password")]
    Taken(String),
    /// There is no user of this name.
    #[error("there is no user `{0}`")]
    Unknown(String),
    /// Without its last admin nobody could manage the appliance.
    #[error("`{0}` is the last admin; make another user admin first")]
    LastAdmin(String),
    /// There are as many users as may be.
    #[error("there are {0} users, as many as there may be; remove one first")]
    Full(usize),
    /// Wrong, spent or older than an hour, or a user exists already.
    #[error("this set-up link is spent or wrong; restart porthole to get a new one while no user exists")]
    SpentLink,
    /// More sign-ins wait than are worth waiting for.
    #[error("too many passwords are being checked; try again in a few seconds")]
    Busy,
    /// The hash could not be computed.
    #[error("the password could not be hashed: {0}")]
    Hashing(String),
    /// The file.
    #[error("{STORE}: {0}")]
    Store(#[from] rusqlite::Error),
}

/// Why a call on tokens is refused.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// A token needs a name by which its maker knows it again.
    #[error("a token's name has 1 to 100 characters; write what the token is for")]
    BadName,
    /// A token without a scope could do nothing.
    #[error("a token needs at least one scope: ingest, read or release")]
    NoScope,
    /// There is no token of this id.
    #[error("there is no token {0}")]
    Unknown(i64),
    /// There are as many tokens as may be.
    #[error("there are {0} tokens, as many as there may be; revoke one first")]
    Full(usize),
    /// The file.
    #[error("{STORE}: {0}")]
    Store(#[from] rusqlite::Error),
}

/// Why a call on saved views is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ViewError {
    /// A view needs a name by which people know it again.
    #[error("a view's name has 1 to 100 characters")]
    BadName,
    /// Not a page of ours.
    #[error("a view's page is the first part of its path, such as logs")]
    BadPage,
    /// The state does not fit into an address.
    #[error("a view's state has at most {0} bytes")]
    TooLong(usize),
    /// There is no view of this id.
    #[error("there is no view {0}")]
    Unknown(i64),
    /// There are as many views as may be.
    #[error("there are {0} views, as many as there may be; remove one first")]
    Full(usize),
    /// The file.
    #[error("{STORE}: {0}")]
    Store(#[from] rusqlite::Error),
}

/// Why a call on dashboards is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DashboardError {
    /// A dashboard needs a title by which people know it again.
    #[error("a dashboard's title has 1 to 100 characters")]
    BadTitle,
    /// Too many panels.
    #[error("a dashboard has at most {0} panels")]
    TooManyPanels(usize),
    /// A panel that cannot be shown.
    #[error("panel {number}, `{title}`: {why}")]
    BadPanel {
        /// Counted from 1.
        number: usize,
        /// Its title.
        title: String,
        /// What is wrong and what to write instead.
        why: String,
    },
    /// It comes with Porthole.
    #[error("`{0}` comes with Porthole and stays as it is; make a copy and change that")]
    ReadyMade(String),
    /// There is no dashboard of this id.
    #[error("there is no dashboard `{0}`")]
    Unknown(String),
    /// There are as many dashboards as may be.
    #[error("there are {0} dashboards, as many as there may be; remove one first")]
    Full(usize),
    /// The file.
    #[error("{STORE}: {0}")]
    Store(#[from] rusqlite::Error),
}
