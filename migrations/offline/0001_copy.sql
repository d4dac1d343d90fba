-- The copy of the schedule on this computer. It is never migrated: what is in it is the server's, and a copy with another
-- layout is made anew. A change here raises LAYOUT in src-tauri/crates/offline/src/connection.rs.

-- Whose copy this is, and how far it has got: one row, written in the same transaction as what it describes.
CREATE TABLE state (
    singleton  INTEGER PRIMARY KEY CHECK (singleton = 1),
    connection BLOB NOT NULL,
    person     BLOB NOT NULL,
    schema     INTEGER NOT NULL,                          -- of the bodies; the caller's
    feed       BLOB NOT NULL,                             -- the change feed's identity
    snapshot   TEXT NOT NULL,                             -- the server's snapshot as text
    xmin       INTEGER NOT NULL,                          -- unsigned 64 bits, stored as signed
    last_id    INTEGER NOT NULL,
    as_of      INTEGER NOT NULL,                          -- server's clock; instants are microseconds since 1970, UTC
    full_pass  INTEGER NOT NULL,                          -- server's clock
    window_from  INTEGER NOT NULL,
    window_until INTEGER NOT NULL,
    seen       INTEGER NOT NULL,                          -- the latest this computer's clock has shown since `as_of`
    refused    INTEGER                                    -- since when the server does not accept the login, by that clock
) STRICT;

-- What the columns beside the body are for: finding it. The body is the caller's JSON.
CREATE TABLE record (
    key    INTEGER PRIMARY KEY,
    kind   INTEGER NOT NULL,
    id     BLOB NOT NULL,
    begins INTEGER,
    ends   INTEGER,
    body   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX record_id ON record (kind, id);
CREATE INDEX record_time ON record (kind, begins, ends);

-- Apart from the bodies, so that a search reads (and decrypts) a tenth of them.
CREATE TABLE words (
    key    INTEGER PRIMARY KEY REFERENCES record (key) ON DELETE CASCADE,
    kind   INTEGER NOT NULL,
    begins INTEGER,
    folded TEXT NOT NULL
) STRICT;
