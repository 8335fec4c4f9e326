//! Tokens: what programs sign in with.

use api::{NewToken, Token, TokenScope, TokenSecret};
use rusqlite::{OptionalExtension, params};

use super::secret::{self, Secret};
use super::{Accounts, TokenError};

const TOKENS_MAX: usize = 1000;
/// `last_used` is kept to the minute: one write a minute and token, however often it is used.
const MINUTE_MS: i64 = 60_000;

impl Accounts {
    /// All tokens, oldest first.
    pub fn tokens(&self) -> Result<Vec<Token>, TokenError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT id, name, scopes, created, last_used FROM tokens ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            let scopes: String = row.get(2)?;
            Ok(Token {
                id: row.get(0)?,
                name: row.get(1)?,
                scopes: scopes_of(&scopes),
                created: row.get(3)?,
                last_used: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Makes a token. Its secret is in the answer and nowhere else.
    pub fn create_token(&self, new: NewToken) -> Result<TokenSecret, TokenError> {
        let name = new.name.trim().to_owned();
        if !(1..=100).contains(&name.chars().count()) {
            return Err(TokenError::BadName);
        }
        let scopes: Vec<TokenScope> = ALL.into_iter().filter(|scope| new.scopes.contains(scope)).collect();
        if scopes.is_empty() {
            return Err(TokenError::NoScope);
        }
        let (secret, created) = (Secret::new("porthole_"), self.now_ms());
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let count: i64 = transaction.query_row("SELECT count(*) FROM tokens", [], |row| row.get(0))?;
        if count as usize >= TOKENS_MAX {
            return Err(TokenError::Full(TOKENS_MAX));
        }
        transaction.execute(
            "INSERT INTO tokens (name, hash, scopes, created) VALUES (?, ?, ?, ?)",
            params![name, secret.hash(), words(&scopes), created],
        )?;
        let id = transaction.last_insert_rowid();
        transaction.commit()?;
        let token = Token { id, name, scopes, created, last_used: None };
        Ok(TokenSecret { token, secret: secret.into_text() })
    }

    /// Ends a token.
    pub fn revoke_token(&self, id: i64) -> Result<(), TokenError> {
        let revoked = self.connection().execute("DELETE FROM tokens WHERE id = ?", [id])?;
        if revoked == 0 { Err(TokenError::Unknown(id)) } else { Ok(()) }
    }

    /// What a token may do; `None` if there is no such token. Notes that it was used.
    pub(crate) fn token_scopes(&self, token_secret: &str) -> Result<Option<Vec<TokenScope>>, TokenError> {
        let connection = self.connection();
        let found: Option<(i64, String, Option<i64>)> = connection
            .prepare_cached("SELECT id, scopes, last_used FROM tokens WHERE hash = ?")?
            .query_row([secret::hash(token_secret)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((id, scopes, last_used)) = found else { return Ok(None) };
        let minute = self.now_ms().div_euclid(MINUTE_MS) * MINUTE_MS;
        if last_used.is_none_or(|last| last < minute) {
            let noted =
                connection.execute("UPDATE tokens SET last_used = ? WHERE id = ?", params![minute, id]);
            // As with sessions: a full disk must not turn programs away.
            if let Err(error) = noted {
                tracing::warn!("the use of token {id} could not be noted: {error}");
            }
        }
        Ok(Some(scopes_of(&scopes)))
    }
}

const ALL: [TokenScope; 3] = [TokenScope::Ingest, TokenScope::Read, TokenScope::Release];

const fn word(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Ingest => "ingest",
        TokenScope::Read => "read",
        TokenScope::Release => "release",
    }
}

fn words(scopes: &[TokenScope]) -> String {
    scopes.iter().map(|scope| word(*scope)).collect::<Vec<_>>().join(" ")
}

fn scopes_of(words: &str) -> Vec<TokenScope> {
    ALL.into_iter().filter(|scope| words.split(' ').any(|other| other == word(*scope))).collect()
}
