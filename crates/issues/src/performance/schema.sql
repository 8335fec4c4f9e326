-- Transactions. What is counted stands for all of them: scaled by the SDK's sample rate.
CREATE TABLE performance_name (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    name TEXT NOT NULL,
    op TEXT NOT NULL,
    method TEXT NOT NULL,
    environment TEXT NOT NULL,
    UNIQUE (project, name, op, method, environment)
) STRICT;
CREATE TABLE performance_hour (
    name INTEGER NOT NULL,
    hour INTEGER NOT NULL,       -- since the epoch, in which they ended
    count REAL NOT NULL,
    failed REAL NOT NULL,
    time_ms REAL NOT NULL,       -- all together
    histogram BLOB NOT NULL,     -- of their durations, see histogram.rs
    operations BLOB NOT NULL,    -- of their spans, see operations.rs
    PRIMARY KEY (name, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX performance_hour_of_hour ON performance_hour (hour);
CREATE TABLE performance_example (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    status TEXT NOT NULL,
    trace BLOB NOT NULL,
    release TEXT NOT NULL,
    spans INTEGER NOT NULL,
    data BLOB NOT NULL           -- JSON of `event::items::Transaction`, compressed
) STRICT;
CREATE INDEX performance_example_of_name ON performance_example (name, hour);
