CREATE TABLE release (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    version TEXT NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    released_ms INTEGER,
    about TEXT NOT NULL DEFAULT '{}',    -- JSON: what its maker told
    UNIQUE (project, version)
) STRICT;
CREATE INDEX release_of_first ON release (project, first_ms);
CREATE TABLE release_hour (
    release INTEGER NOT NULL,
    environment TEXT NOT NULL,
    hour INTEGER NOT NULL,       -- since the epoch
    events INTEGER NOT NULL,
    PRIMARY KEY (release, hour, environment)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_hour_of_hour ON release_hour (hour);
CREATE TABLE release_regression (
    release INTEGER NOT NULL,
    issue INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (release, issue)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_of_first_release ON issue (project, first_release);
CREATE TABLE session_hour (
    release INTEGER NOT NULL,
    environment TEXT NOT NULL,
    hour INTEGER NOT NULL,       -- in which they began
    sessions INTEGER NOT NULL,
    errored INTEGER NOT NULL,
    crashed INTEGER NOT NULL,
    abnormal INTEGER NOT NULL,
    users BLOB NOT NULL,         -- see sketch.rs
    crashed_users BLOB NOT NULL,
    PRIMARY KEY (release, hour, environment)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_hour_of_hour ON session_hour (hour);
CREATE TABLE deploy (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    version TEXT NOT NULL,
    environment TEXT NOT NULL,
    at_ms INTEGER NOT NULL,      -- when it was done
    started_ms INTEGER,
    name TEXT NOT NULL,
    url TEXT NOT NULL
) STRICT;
CREATE INDEX deploy_of_version ON deploy (project, version);
