//! Sessions: who is signed in. A session lasts thirty days after its last use.

use api::SessionUser;
use rusqlite::{Connection, OptionalExtension, params};

use super::secret::{self, Secret};
use super::users::role_of;
use super::{AccountError, Accounts};

/// How long a session lasts after its last use.
const LIFE_MS: i64 = 30 * 86_400_000;
/// The expiry moves in steps of this, so that not every request writes.
const STEP_MS: i64 = 3_600_000;
/// A user's oldest sessions beyond this number end.
const PER_USER_MAX: i64 = 50;

/// A session just begun: who, and the secret for the cookie.
pub(crate) struct SignedIn {
    pub(crate) user: SessionUser,
    pub(crate) secret: String,
}

impl Accounts {
    /// Checks a name and a password; `None`: one of them is wrong.
    pub(crate) async fn sign_in(
        &self,
        name: &str,
        password: String,
    ) -> Result<Option<SignedIn>, AccountError> {
        let name = name.to_lowercase();
        let kept = self.kept_password(&name).await?;
        if !self.inner.passwords.verify(password, kept.clone()).await? {
            return Ok(None);
        }
        // Checked again with the hash that was verified: the password may have been changed meanwhile.
        self.off_thread(move |accounts| accounts.begin_session(&name, kept)).await
    }

    /// The user of a session, whose life begins anew; `None` if it has ended.
    pub(crate) fn session(&self, session_secret: &str) -> Result<Option<SessionUser>, AccountError> {
        let (hash, now) = (secret::hash(session_secret), self.now_ms());
        let connection = self.connection();
        let found = connection
            .prepare_cached(
                "SELECT users.name, users.role, sessions.expires FROM sessions
                 JOIN users ON users.name = sessions.user WHERE sessions.hash = ? AND sessions.expires > ?",
            )?
            .query_row(params![hash, now], |row| {
                let role: String = row.get(1)?;
                Ok((SessionUser { name: row.get(0)?, role: role_of(&role) }, row.get::<_, i64>(2)?))
            })
            .optional()?;
        let Some((user, expires)) = found else { return Ok(None) };
        if now + LIFE_MS - expires >= STEP_MS {
            // A disk that takes no more must not lock people out of the page that says so.
            if let Err(error) = prolong(&connection, &hash, &user.name, now) {
                tracing::warn!("a session's life could not be prolonged: {error}");
            }
        }
        Ok(Some(user))
    }

    /// A session without a password.
    #[cfg(test)]
    pub(crate) fn session_for_test(&self, name: &str) -> String {
        insert(&self.connection(), name, self.now_ms()).expect("a session")
    }

    /// Ends a session.
    pub(crate) fn sign_out(&self, session_secret: &str) -> Result<(), AccountError> {
        self.connection().execute("DELETE FROM sessions WHERE hash = ?", [secret::hash(session_secret)])?;
        Ok(())
    }

    fn begin_session(&self, name: &str, kept: Option<String>) -> Result<Option<SignedIn>, AccountError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let role: Option<String> = transaction
            .query_row("SELECT role FROM users WHERE name = ? AND password = ?", params![name, kept], |row| {
                row.get(0)
            })
            .optional()?;
        let Some(role) = role else { return Ok(None) };
        let secret = insert(&transaction, name, self.now_ms())?;
        transaction.commit()?;
        let user = SessionUser { name: name.to_owned(), role: role_of(&role) };
        Ok(Some(SignedIn { user, secret }))
    }
}

fn prolong(connection: &Connection, hash: &[u8; 32], user: &str, now_ms: i64) -> rusqlite::Result<()> {
    connection.execute("UPDATE sessions SET expires = ? WHERE hash = ?", params![now_ms + LIFE_MS, hash])?;
    connection.execute("UPDATE users SET last_seen = ? WHERE name = ?", params![now_ms, user])?;
    Ok(())
}

/// Adds a session; ends those that expired and the user's oldest beyond the bound.
pub(super) fn insert(connection: &Connection, user: &str, now_ms: i64) -> Result<String, AccountError> {
    connection.execute("DELETE FROM sessions WHERE expires <= ?", [now_ms])?;
    connection.execute(
        "DELETE FROM sessions WHERE hash IN
         (SELECT hash FROM sessions WHERE user = ? ORDER BY created DESC LIMIT -1 OFFSET ?)",
        params![user, PER_USER_MAX - 1],
    )?;
    let secret = Secret::new("");
    connection.execute(
        "INSERT INTO sessions (hash, user, created, expires) VALUES (?, ?, ?, ?)",
        params![secret.hash(), user, now_ms, now_ms + LIFE_MS],
    )?;
    connection.execute("UPDATE users SET last_seen = ? WHERE name = ?", params![now_ms, user])?;
    Ok(secret.into_text())
}
