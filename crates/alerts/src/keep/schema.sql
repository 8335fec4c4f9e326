-- alerts.db, format 1. Times are milliseconds since 1970. What has a body is read back as it was; its other columns
-- are there to be searched by.

-- Single values: the key of signed links, what waits for the morning, cursors of rules.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

-- Alerts that are pending, on, or over for less than half an hour.
CREATE TABLE alert (
    fingerprint INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE incident (
    id TEXT PRIMARY KEY,
    opened_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    body TEXT NOT NULL
);
CREATE INDEX incident_closed ON incident (closed_ms);
CREATE INDEX incident_opened ON incident (opened_ms);

CREATE TABLE silence (
    id TEXT PRIMARY KEY,
    matchers TEXT NOT NULL,
    starts_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL
);

-- Messages. state: waiting, sent, dead, superseded; of what was sent or superseded only the row is kept.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    incident TEXT NOT NULL,
    receiver TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    tier TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,
    in_doubt INTEGER NOT NULL,
    is_first INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    ended_ms INTEGER,
    UNIQUE (incident, receiver, sequence)
);
CREATE INDEX outbox_state ON outbox (state, receiver, ended_ms);

-- What happened: turns of alerts, and what people did about them.
CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    incident TEXT,
    rule TEXT NOT NULL,
    tier TEXT NOT NULL,
    state TEXT NOT NULL,
    labels TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    value REAL,
    author TEXT NOT NULL,
    lasted_ms INTEGER,
    is_drill INTEGER NOT NULL
);
CREATE INDEX history_at ON history (at_ms);

-- What receivers remember of an incident: the message to be changed, the call that was made.
CREATE TABLE memory (
    receiver TEXT NOT NULL,
    incident TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (receiver, incident, key)
);

-- Rules made on the page, as they were written.
CREATE TABLE rule (
    name TEXT PRIMARY KEY,
    toml TEXT NOT NULL,
    author TEXT NOT NULL,
    saved_ms INTEGER NOT NULL
);
