-- issues.db. Times are milliseconds since the epoch; words are those of the API. What one group of events (same hashes)
-- has in numbers hangs on its `fingerprint`; an issue is one or several of these, so that merging and unmerging only
-- change to which issue a fingerprint belongs.

-- Single values: up to which row of spool.db everything is worked in, until when the clock is believed.
CREATE TABLE state (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE project (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    service TEXT,
    made TEXT NOT NULL,          -- default, file, page
    is_active INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    issues INTEGER NOT NULL DEFAULT 0    -- the last number of a short id
) STRICT;
CREATE TABLE project_key (
    key TEXT PRIMARY KEY,
    project INTEGER NOT NULL,
    made TEXT NOT NULL,          -- as above
    created_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE issue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    number INTEGER NOT NULL,     -- of the short id
    title TEXT NOT NULL,         -- ValueError; the first line of a message
    message TEXT NOT NULL,       -- the exception's value
    culprit TEXT NOT NULL,
    level TEXT NOT NULL,
    platform TEXT NOT NULL,
    unhandled INTEGER NOT NULL,  -- of the last event
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,    -- when its last event was received
    count INTEGER NOT NULL,
    users INTEGER NOT NULL,
    sketch BLOB NOT NULL,        -- of its users, see sketch.rs
    status TEXT NOT NULL,        -- unresolved, resolved, archived, deleted
    substatus TEXT NOT NULL,     -- new, ongoing, escalating, regressed; of unresolved ones
    condition TEXT,              -- JSON: how it was resolved, until when it is archived; see life.rs
    since_ms INTEGER NOT NULL,   -- since when it has this status
    assignee TEXT,
    first_release TEXT,
    last_release TEXT,
    quarter INTEGER NOT NULL,        -- the quarter of an hour of its last event
    comments INTEGER NOT NULL DEFAULT 0,
    quarter_count INTEGER NOT NULL   -- and its events in there
) STRICT;
CREATE UNIQUE INDEX issue_of_number ON issue (project, number);
CREATE INDEX issue_of_last ON issue (last_ms);
CREATE INDEX issue_of_seen ON issue (seen_ms);
CREATE INDEX issue_of_status ON issue (status, substatus);

CREATE TABLE fingerprint (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    issue INTEGER NOT NULL,
    title TEXT NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    count INTEGER NOT NULL,
    sketch BLOB NOT NULL,
    keys INTEGER NOT NULL        -- how many tags it has facets of
) STRICT;
CREATE INDEX fingerprint_of_issue ON fingerprint (issue);
CREATE TABLE hash (
    project INTEGER NOT NULL,
    hash BLOB NOT NULL,
    fingerprint INTEGER NOT NULL,
    PRIMARY KEY (project, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX hash_of_fingerprint ON hash (fingerprint);

CREATE TABLE event (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    id BLOB NOT NULL,
    fingerprint INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,      -- when it happened
    received_ms INTEGER NOT NULL,
    environment TEXT,
    base INTEGER,                -- what its data is told by, see body.rs
    data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_of_id ON event (id, project);
CREATE INDEX event_of_fingerprint ON event (fingerprint, at_ms);
CREATE TABLE base (
    id INTEGER PRIMARY KEY,
    uses INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX base_unused ON base (id) WHERE uses <= 0;
-- Ids that were counted and of which no event is kept, for a while.
CREATE TABLE seen (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,     -- id and project
    received_ms INTEGER NOT NULL
) STRICT;

-- Events by the hour in which they happened.
CREATE TABLE bucket (
    fingerprint INTEGER NOT NULL,
    hour INTEGER NOT NULL,       -- since the epoch
    count INTEGER NOT NULL,
    sketch BLOB NOT NULL,
    newest INTEGER,              -- the row of an event that is kept only until a newer one comes
    PRIMARY KEY (fingerprint, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE facet (
    fingerprint INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,         -- empty: all that are not kept apart
    count INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, key, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX facet_of_value ON facet (key, value);

CREATE TABLE activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issue INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    by TEXT,                     -- nobody: Porthole itself
    what TEXT NOT NULL           -- JSON, see activity.rs
) STRICT;
CREATE INDEX activity_of_issue ON activity (issue);

-- What became of everything that came, by hour.
CREATE TABLE outcome (
    project INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    category TEXT NOT NULL,
    outcome TEXT NOT NULL,       -- accepted, or why not
    quantity INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (project, hour, category, outcome)
) STRICT, WITHOUT ROWID;
CREATE TABLE refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    client TEXT NOT NULL
) STRICT;
CREATE INDEX refused_of_project ON refused (project);

CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    event BLOB,
    at_ms INTEGER NOT NULL,
    data TEXT NOT NULL           -- JSON
) STRICT;
CREATE INDEX feedback_of_event ON feedback (event);
CREATE TABLE attachment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    event BLOB NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    file TEXT NOT NULL,          -- below artifacts/
    received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_of_event ON attachment (event);
