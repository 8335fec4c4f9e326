-- What the index of words needs to know. `search_mark` tells this database from one that was restored: an index that
-- was made from another is made anew.
CREATE TABLE search_mark (mark BLOB NOT NULL) STRICT;
INSERT INTO search_mark VALUES (randomblob(16));
-- Events that are gone and still in the index.
CREATE TABLE search_stale (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER NOT NULL
) STRICT;
CREATE TRIGGER search_forgets AFTER DELETE ON event BEGIN
    INSERT INTO search_stale (event) VALUES (old.row);
END;
