//! Users and their passwords.

use api::{NewUser, Role, User};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{AccountError, Accounts};

/// A team of fifteen needs fifteen; a bound all the same.
const USERS_MAX: usize = 1000;

impl Accounts {
    /// All users, by name.
    pub fn users(&self) -> Result<Vec<User>, AccountError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT name, role, created, last_seen FROM users ORDER BY name")?;
        let rows = statement.query_map([], |row| {
            let role: String = row.get(1)?;
            Ok(User { name: row.get(0)?, role: role_of(&role), created: row.get(2)?, last_seen: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Makes a user. The name is kept in lower case.
    pub async fn add_user(&self, new: NewUser) -> Result<User, AccountError> {
        let name = user_name(&new.name)?;
        let password = self.inner.passwords.hash(new.password).await?;
        self.off_thread(move |accounts| {
            let mut connection = accounts.connection();
            let transaction = connection.transaction()?;
            let user = insert(&transaction, name, new.role, &password, accounts.now_ms())?;
            transaction.commit()?;
            Ok(user)
        })
        .await
    }

    /// Sets a user's password and ends the user's sessions.
    pub async fn set_password(&self, name: &str, password: String) -> Result<(), AccountError> {
        let name = user_name(name)?;
        let password = self.inner.passwords.hash(password).await?;
        self.off_thread(move |accounts| {
            let mut connection = accounts.connection();
            let transaction = connection.transaction()?;
            replace_password(&transaction, &name, &password)?;
            transaction.commit()?;
            Ok(())
        })
        .await
    }

    /// Sets the password of one who knows the old one; `false`: the old one is wrong.
    pub(crate) async fn change_password(
        &self,
        name: &str,
        current: String,
        new: String,
    ) -> Result<bool, AccountError> {
        let kept = self.kept_password(name).await?;
        if !self.inner.passwords.verify(current, kept).await? {
            return Ok(false);
        }
        self.set_password(name, new).await.map(|()| true)
    }

    /// Removes a user and the user's sessions; never the last admin.
    pub fn remove_user(&self, name: &str) -> Result<(), AccountError> {
        let name = user_name(name)?;
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let role = role(&transaction, &name)?.ok_or_else(|| AccountError::Unknown(name.clone()))?;
        let admins: i64 =
            transaction.query_row("SELECT count(*) FROM users WHERE role = 'admin'", [], |row| row.get(0))?;
        if role == Role::Admin && admins == 1 {
            return Err(AccountError::LastAdmin(name));
        }
        transaction.execute("DELETE FROM sessions WHERE user = ?", [&name])?;
        transaction.execute("DELETE FROM users WHERE name = ?", [&name])?;
        transaction.commit()?;
        Ok(())
    }

    /// Whether there is any user.
    pub fn has_users(&self) -> Result<bool, AccountError> {
        Ok(count(&self.connection())? > 0)
    }

    /// The user `admin`, with role admin and this password: made, or set when the password is another one.
    pub async fn ensure_admin(&self, password: String) -> Result<(), AccountError> {
        let name = "admin";
        let kept = self.kept_password(name).await?;
        if kept.is_none() {
            let new = NewUser { name: name.into(), role: Role::Admin, password };
            return self.add_user(new).await.map(|_| ());
        }
        self.off_thread(move |accounts| {
            accounts.connection().execute("UPDATE users SET role = 'admin' WHERE name = ?", [name])
        })
        .await?;
        if self.inner.passwords.verify(password.clone(), kept).await? {
            return Ok(());
        }
        self.set_password(name, password).await
    }

    /// The hash of a user's password, if there is such a user.
    pub(super) async fn kept_password(&self, name: &str) -> Result<Option<String>, AccountError> {
        let name = name.to_owned();
        self.off_thread(move |accounts| {
            let connection = accounts.connection();
            let found = connection
                .query_row("SELECT password FROM users WHERE name = ?", [name], |row| row.get(0))
                .optional()?;
            Ok(found)
        })
        .await
    }
}

/// Checks a name and brings it to lower case.
pub(super) fn user_name(text: &str) -> Result<String, AccountError> {
    let is_good = |character: char| character.is_alphanumeric() || "._-@".contains(character);
    let length = text.chars().count();
    if !(1..=64).contains(&length) || !text.chars().all(is_good) {
        return Err(AccountError::BadName(text.chars().take(80).collect()));
    }
    Ok(text.to_lowercase())
}

/// Adds a row, if the name is free and there is room.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    name: String,
    role: Role,
    password: &str,
    now_ms: i64,
) -> Result<User, AccountError> {
    if count(transaction)? >= USERS_MAX {
        return Err(AccountError::Full(USERS_MAX));
    }
    let added = transaction.execute(
        "INSERT INTO users (name, role, password, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        params![name, role_word(role), password, now_ms],
    )?;
    if added == 0 {
        return Err(AccountError::Taken(name));
    }
    // Whoever held a set-up link has come too late.
    transaction.execute("DELETE FROM setup", [])?;
    Ok(User { name, role, created: now_ms, last_seen: None })
}

pub(super) fn count(connection: &Connection) -> Result<usize, AccountError> {
    let users: i64 = connection.query_row("SELECT count(*) FROM users", [], |row| row.get(0))?;
    Ok(users as usize)
}

pub(super) fn role(connection: &Connection, name: &str) -> Result<Option<Role>, AccountError> {
    let role: Option<String> =
        connection.query_row("SELECT role FROM users WHERE name = ?", [name], |row| row.get(0)).optional()?;
    Ok(role.map(|word| role_of(&word)))
}

/// The table admits no other words; should one be there all the same, it gives the least rights.
pub(super) fn role_of(word: &str) -> Role {
    match word {
        "admin" => Role::Admin,
        "editor" => Role::Editor,
        _ => Role::Viewer,
    }
}

const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Editor => "editor",
        Role::Viewer => "viewer",
    }
}

fn replace_password(transaction: &Transaction<'_>, name: &str, password: &str) -> Result<(), AccountError> {
    let changed =
        transaction.execute("UPDATE users SET password = ? WHERE name = ?", params![password, name])?;
    if changed == 0 {
        return Err(AccountError::Unknown(name.into()));
    }
    transaction.execute("DELETE FROM sessions WHERE user = ?", [name])?;
    Ok(())
}
