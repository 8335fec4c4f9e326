//! The set-up secret: makes the first user, once, within an hour, and only while there is none.

use api::{Role, SessionUser};
use rusqlite::{Connection, OptionalExtension, params};
use subtle::ConstantTimeEq;

use super::secret::{self, Secret};
use super::{AccountError, Accounts, SignedIn, sessions, users};

/// How long the secret is good.
const LIFE_MS: i64 = 3_600_000;

impl Accounts {
    /// A new secret, which replaces the one before; `None` once a user exists.
    pub fn issue_setup_secret(&self) -> Result<Option<String>, AccountError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        if users::count(&transaction)? > 0 {
            return Ok(None);
        }
        let secret = Secret::new("");
        transaction.execute(
            "INSERT INTO setup (one, hash, expires) VALUES (1, ?, ?)
             ON CONFLICT DO UPDATE SET hash = excluded.hash, expires = excluded.expires",
            params![secret.hash(), self.now_ms() + LIFE_MS],
        )?;
        transaction.commit()?;
        Ok(Some(secret.into_text()))
    }

    /// Makes the first user, an admin, and signs the user in. A name or password that will not do leaves the
    /// secret good for another try.
    pub(crate) async fn set_up(
        &self,
        setup_secret: &str,
        name: &str,
        password: String,
    ) -> Result<SignedIn, AccountError> {
        let hash = secret::hash(setup_secret);
        // First, so that a wrong secret costs no password hash.
        self.off_thread(move |accounts| check(&accounts.connection(), &hash, accounts.now_ms())).await?;
        let name = users::user_name(name)?;
        let password = self.inner.passwords.hash(password).await?;
        self.off_thread(move |accounts| {
            let now = accounts.now_ms();
            let mut connection = accounts.connection();
            let transaction = connection.transaction()?;
            check(&transaction, &hash, now)?;
            let user = users::insert(&transaction, name, Role::Admin, &password, now)?;
            let secret = sessions::insert(&transaction, &user.name, now)?;
            transaction.commit()?;
            Ok(SignedIn { user: SessionUser { name: user.name, role: user.role }, secret })
        })
        .await
    }
}

fn check(connection: &Connection, hash: &[u8; 32], now_ms: i64) -> Result<(), AccountError> {
    let kept: Option<[u8; 32]> = connection
        .query_row("SELECT hash FROM setup WHERE expires > ?", [now_ms], |row| row.get(0))
        .optional()?;
    let is_good = kept.is_some_and(|kept| kept.ct_eq(hash).into());
    if is_good && users::count(connection)? == 0 { Ok(()) } else { Err(AccountError::SpentLink) }
}
