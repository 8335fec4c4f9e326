-- The second version of issues.db: what it has beside the tables of schema.sql and those of the folders.

-- Events of a project, newest first.
CREATE INDEX event_of_project ON event (project);

-- Items of the spool that could not be worked in: the last of them, as they were.
CREATE TABLE aside (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    meta BLOB NOT NULL,
    data BLOB NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Spans that came without their root.
CREATE TABLE performance_orphan (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    trace BLOB NOT NULL,
    segment BLOB NOT NULL,       -- the id of their root
    received_ms INTEGER NOT NULL,
    spans INTEGER NOT NULL,
    bytes INTEGER NOT NULL,      -- of the JSON
    cut INTEGER NOT NULL,        -- spans of the root that there was no room for
    data BLOB NOT NULL           -- JSON of a list of `event::items::Span`, compressed
) STRICT;
CREATE INDEX performance_orphan_of_root ON performance_orphan (segment, project, trace);
CREATE INDEX performance_orphan_of_bytes ON performance_orphan (bytes);
