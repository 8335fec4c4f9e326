-- Jobs that report when they run.
CREATE TABLE monitor (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    slug TEXT NOT NULL,
    config TEXT,                 -- JSON of `event::items::MonitorConfig`; none was told: nothing is ever missed
    UNIQUE (project, slug)
) STRICT;
CREATE TABLE monitor_place (
    monitor INTEGER NOT NULL,
    environment TEXT NOT NULL,
    state TEXT NOT NULL,         -- of the last run that ended or is missing: unknown, ok, missed, timeout, error
    since_ms INTEGER NOT NULL,   -- since when it has this state
    last_ms INTEGER NOT NULL,    -- the last check-in
    next_ms INTEGER,             -- when the next run is due
    missed_ms INTEGER,           -- when it counts as missed
    duration_ms INTEGER,         -- of the last run that ended
    bad INTEGER NOT NULL,        -- bad runs in a row
    good INTEGER NOT NULL,       -- good ones
    fails INTEGER NOT NULL,      -- whether it is held to be failing
    issue INTEGER,               -- its issue while it does
    PRIMARY KEY (monitor, environment)
) STRICT, WITHOUT ROWID;
CREATE INDEX monitor_place_missed ON monitor_place (missed_ms);
CREATE TABLE check_in (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    monitor INTEGER NOT NULL,
    environment TEXT NOT NULL,
    id BLOB,
    state TEXT NOT NULL,         -- ok, in_progress, missed, timeout, error
    at_ms INTEGER NOT NULL,      -- when it began, or should have
    timeout_ms INTEGER,          -- when it counts as timed out, while it is in progress
    duration_ms INTEGER,
    release TEXT NOT NULL
) STRICT;
CREATE INDEX check_in_of_monitor ON check_in (monitor, environment, at_ms);
CREATE INDEX check_in_of_id ON check_in (id);
CREATE INDEX check_in_timeout ON check_in (timeout_ms) WHERE timeout_ms IS NOT NULL;
CREATE INDEX check_in_at ON check_in (at_ms);
-- When it was last looked for what is missing.
CREATE TABLE monitor_look (at_ms INTEGER NOT NULL) STRICT;
