//! The format of `state.db`.

use store::Schema;

/// Times are milliseconds since the epoch, `hash` is the SHA-256 of a secret, `password` a PHC string of
/// argon2id, `scopes` words with spaces between them, `panels` and `incident` JSON as the page
/// sends and gets it.
pub(super) const SCHEMA: Schema = Schema {
    name: "accounts and page settings",
    application_id: 0x5048_5354,
    versions: &[
        "
        CREATE TABLE users (
            name TEXT PRIMARY KEY,
            role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
            password TEXT NOT NULL,
            created INTEGER NOT NULL,
            last_seen INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sessions (
            hash BLOB PRIMARY KEY,
            user TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessions_of_user ON sessions (user, created);
        CREATE TABLE tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created INTEGER NOT NULL,
            last_used INTEGER
        ) STRICT;
        CREATE TABLE setup (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            hash BLOB NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT;
    ",
        "
        CREATE TABLE views (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            page TEXT NOT NULL,
            name TEXT NOT NULL,
            state TEXT NOT NULL,
            made_by TEXT NOT NULL,
            made INTEGER NOT NULL,
            UNIQUE (page, name)
        ) STRICT;
    ",
        "
        CREATE TABLE dashboards (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL,
            panels TEXT NOT NULL,
            changed_by TEXT NOT NULL,
            changed INTEGER NOT NULL
        ) STRICT;
    ",
        "
        CREATE TABLE incidents (
            id TEXT PRIMARY KEY,
            since INTEGER NOT NULL,
            ended INTEGER,
            incident TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX incidents_by_end ON incidents (ended);
    ",
    ],
};
