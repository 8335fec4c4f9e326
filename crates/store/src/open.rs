//! Opening: the checks before the first use, and the upgrade from older formats.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, Transaction, TransactionBehavior};

use crate::Schema;

/// How long a statement waits for another connection's write. Each file has one writer, so this is met only by
/// checkpoints and by commands that run beside the appliance.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A file's write-ahead log is cut back to this once it was larger: it would stay as large as it ever was.
const LOG_BYTES_KEPT: i64 = 8 << 20;

/// Why a file cannot be opened. Every variant is one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A later version of Porthole has upgraded the file.
    #[error("{path} was written by a newer Porthole (format {found}; this one knows {known}); start that version or restore a backup", path = path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: usize,
        /// The latest format that this version knows.
        known: usize,
    },
    /// Another program's database, or another kind of ours.
    #[error("{path} is not a file of Porthole's ({name} was expected there); move it away or choose another data directory", path = path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        name: &'static str,
    },
    /// No database at all, or one whose pages do not hold together.
    #[error("{path} is damaged and cannot be read as {name} ({reason}); restore it from a backup or move it away", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        name: &'static str,
        /// SQLite's words.
        reason: String,
    },
    /// The place cannot be written: a missing directory, missing rights, a read-only file system, a full disk.
    #[error("{path} cannot be written ({reason}); check that the directory exists, is writable and has free space", path = path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's or SQLite's words.
        reason: String,
    },
    /// There is no such file; only [`open_reader`] says this.
    #[error("{path} does not exist", path = path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Another process holds the file.
    #[error("{path} is in use by another process; stop it and try again", path = path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// An upgrade's SQL failed; the file keeps its old format.
    #[error("{path} could not be brought from format {from} to format {to} ({reason}); it is unchanged", path = path.display(), to = from + 1)]
    Upgrade {
        /// The file.
        path: PathBuf,
        /// The format that it has.
        from: usize,
        /// SQLite's words.
        reason: String,
    },
}

/// Opens the file for writing; makes it if there is none, and brings an older format up to this version's.
/// Commits survive power loss (`synchronous = FULL`) unless the caller chooses otherwise.
pub fn open(path: &Path, schema: &Schema) -> Result<Connection, OpenError> {
    open_as(path, schema, "")
}

/// Likewise; a file that is made here gives back what is free in it when it is asked to: `PRAGMA incremental_vacuum`.
pub fn open_shrinking(path: &Path, schema: &Schema) -> Result<Connection, OpenError> {
    open_as(path, schema, "PRAGMA auto_vacuum = INCREMENTAL;")
}

fn open_as(path: &Path, schema: &Schema, when_new: &str) -> Result<Connection, OpenError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let told = |error: rusqlite::Error| told(path, schema, &error);
    whole(path, schema)?;
    let mut connection = Connection::open_with_flags(path, flags).map_err(told)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(told)?;
    keep_plans(&connection).map_err(told)?;
    let found = format_of(&connection, path, schema)?;
    if connection.is_readonly(MAIN_DB).map_err(told)? {
        return Err(OpenError::Unwritable { path: path.into(), reason: "it is read-only".into() });
    }
    connection.execute_batch(&settings(found, when_new)).map_err(told)?;
    upgrade(&mut connection, path, schema, found)?;
    Ok(connection)
}

/// Opens an existing file for reading, beside its writer. Its format may be older than this version's: the
/// writer brings it up to date when it opens the file the next time.
pub fn open_reader(path: &Path, schema: &Schema) -> Result<Connection, OpenError> {
    if !crate::exists(path) {
        return Err(OpenError::Missing { path: path.into() });
    }
    // Not opened read-only: a crash may have left a journal behind, which has to be played back before anybody
    // can read. `query_only` keeps this connection's statements from writing, and its end leaves the log to the
    // writer: by then another file may have taken the place of the one that it reads.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let told = |error: rusqlite::Error| told(path, schema, &error);
    whole(path, schema)?;
    let connection = Connection::open_with_flags(path, flags).map_err(told)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(told)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(told)?;
    keep_plans(&connection).map_err(told)?;
    connection.execute_batch("PRAGMA query_only = ON").map_err(told)?;
    let found = format_of(&connection, path, schema)?;
    if found == 0 {
        // Its making was never finished: it holds nothing.
        return Err(OpenError::Missing { path: path.into() });
    }
    Ok(connection)
}

/// SQLite else looks at the values that are bound (to a `LIMIT` for one), and prepares such statements anew for each.
fn keep_plans(connection: &Connection) -> rusqlite::Result<bool> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
}

/// Refuses a file that is shorter than its header says, which SQLite itself finds only when a query meets the
/// missing pages. While there is a log, the file may lag behind its header: the missing pages are in there.
fn whole(path: &Path, schema: &Schema) -> Result<(), OpenError> {
    let Ok(mut file) = File::open(path) else { return Ok(()) };
    let mut header = [0; 32];
    if crate::files::has_log(path) || file.read_exact(&mut header).is_err() {
        return Ok(());
    }
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let pages = u32::from_be_bytes([header[28], header[29], header[30], header[31]]);
    let expected = u64::from(pages) * page_size;
    let length = file.metadata().map_or(0, |meta| meta.len());
    if header.starts_with(b"SQLite format 3\0") && length < expected {
        let reason = format!("it has {length} bytes of {expected}");
        return Err(OpenError::Damaged { path: path.into(), name: schema.name, reason });
    }
    Ok(())
}

/// The format of the file, once it is sure that it is one of ours and none from the future.
fn format_of(connection: &Connection, path: &Path, schema: &Schema) -> Result<usize, OpenError> {
    let told = |error: rusqlite::Error| told(path, schema, &error);
    // One statement reads one state of the file, which another connection may just be making.
    let (marked, version, objects) = connection
        .query_row(
            "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
             FROM pragma_application_id, pragma_user_version",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)),
        )
        .map_err(told)?;
    let is_empty = marked == 0 && version == 0 && objects == 0;
    if !is_empty && marked != i64::from(schema.application_id) {
        return Err(OpenError::Foreign { path: path.into(), name: schema.name });
    }
    let known = schema.versions.len();
    let Ok(found) = usize::try_from(version) else {
        return Err(OpenError::Foreign { path: path.into(), name: schema.name });
    };
    if found > known {
        return Err(OpenError::Newer { path: path.into(), found, known });
    }
    Ok(found)
}

fn settings(found: usize, when_new: &str) -> String {
    // Pages of 4 KiB: larger ones waste the ends of overflow chains and gain nothing when blobs are read. The
    // size can be chosen only before the first page is written.
    let (page_size, when_new) = if found == 0 { ("PRAGMA page_size = 4096;", when_new) } else { ("", "") };
    format!(
        "{page_size} {when_new} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = {LOG_BYTES_KEPT};"
    )
}

fn upgrade(connection: &mut Connection, path: &Path, schema: &Schema, found: usize) -> Result<(), OpenError> {
    for (from, sql) in schema.versions.iter().enumerate().skip(found) {
        upgrade_once(connection, schema, from, sql).map_err(|error| match told(path, schema, &error) {
            OpenError::Damaged { path, reason, .. } => OpenError::Upgrade { path, from, reason },
            other => other,
        })?;
        if found > 0 {
            tracing::info!(path = %path.display(), format = from + 1, "upgraded {}", schema.name);
        }
    }
    Ok(())
}

fn upgrade_once(
    connection: &mut Connection,
    schema: &Schema,
    from: usize,
    sql: &str,
) -> rusqlite::Result<()> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    // Another process may have done it while this one waited for the lock.
    let current: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if current > from as i64 {
        return transaction.commit();
    }
    transaction.execute_batch(sql)?;
    let (id, version) = (schema.application_id, from + 1);
    transaction.execute_batch(&format!("PRAGMA application_id = {id}; PRAGMA user_version = {version};"))?;
    transaction.commit()
}

/// Translates SQLite's error into the sentence for the operator.
fn told(path: &Path, schema: &Schema, error: &rusqlite::Error) -> OpenError {
    let path = path.to_path_buf();
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Busy { path },
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure,
        ) => OpenError::Unwritable { path, reason },
        _ => OpenError::Damaged { path, name: schema.name, reason },
    }
}
