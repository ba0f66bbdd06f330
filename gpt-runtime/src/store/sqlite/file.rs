//! The file, how it is opened, and which tables are in it.

use std::{
    fs::OpenOptions,
    io,
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::store::{Failure, table};

/// How long another process may write before this one gives up.
const PATIENCE: Duration = Duration::from_secs(15);

const PAUSE: Duration = Duration::from_millis(10);

/// Each entry changes tables of the version before it, and is never changed itself.
const CHANGES: &[&str] = &[
    "
    CREATE TABLE gpt_conversations (
        id TEXT NOT NULL PRIMARY KEY,
        person TEXT NOT NULL,
        length INTEGER NOT NULL,  -- how many messages it has
        changed INTEGER NOT NULL, -- microseconds since 1970
        rank INTEGER NOT NULL     -- its last change among all changes
    ) STRICT;
    CREATE INDEX gpt_conversations_of_person ON gpt_conversations (person, rank);
    CREATE INDEX gpt_conversations_rank ON gpt_conversations (rank);
    CREATE TABLE gpt_messages (
        conversation TEXT NOT NULL,
        position INTEGER NOT NULL,
        message TEXT NOT NULL,    -- JSON
        PRIMARY KEY (conversation, position)
    ) STRICT;
    CREATE TABLE gpt_records (
        key TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL,
        expires INTEGER           -- microseconds since 1970
    ) STRICT;
    CREATE INDEX gpt_records_expires ON gpt_records (expires) WHERE expires IS NOT NULL;
",
    "
    -- How many bytes the files of a conversation have together.
    ALTER TABLE gpt_conversations ADD COLUMN files_size INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE gpt_files (
        position INTEGER PRIMARY KEY, -- among all files
        conversation TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        content BLOB NOT NULL,
        UNIQUE (conversation, id)
    ) STRICT;
",
];

/// Creates the file where there is none, for its owner alone.
///
/// SQLite would let others read it, and say less about why it cannot be created.
pub(super) fn create(path: &Path) -> Result<(), Failure> {
    // Closing a file takes away the locks that other connections of this process have on it, so it
    // must be closed before any of them opens it.
    static ONE_BY_ONE: Mutex<()> = Mutex::new(());
    let _guard = ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => {
            Err(error(path, cause.into()))
        }
        _ => Ok(()),
    }
}

pub(super) fn open(path: &Path) -> Result<Connection, Failure> {
    connect(path).map_err(|cause| error(path, cause))
}

pub(super) fn error(path: &Path, cause: Failure) -> Failure {
    let path = path.display().to_string();
    CannotOpen {
        path,
        source: cause,
    }
    .into()
}

#[derive(Debug, thiserror::Error)]
#[error("cannot use the file `{path}`")]
struct CannotOpen {
    path: String,
    source: Failure,
}

fn connect(path: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    let mode = write_ahead(&connection)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err("a write-ahead log is not possible there".into());
    }
    // FULL: what was answered is on the disk, for which macOS must be asked in a way of its own.
    // What is deleted is overwritten.
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA secure_delete = ON;",
    )?;
    Ok(connection)
}

/// Turns the write-ahead log on, for which SQLite itself does not wait.
fn write_ahead(connection: &Connection) -> rusqlite::Result<String> {
    let start = Instant::now();
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
        match mode {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && start.elapsed() < PATIENCE =>
            {
                thread::sleep(PAUSE);
            }
            mode => return mode,
        }
    }
}

/// Brings the tables to the newest version, one process at a time.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction
        .execute_batch("CREATE TABLE IF NOT EXISTS gpt_schema (version INTEGER NOT NULL) STRICT")?;
    let found = transaction.query_row(
        "SELECT coalesce(max(version), 0) FROM gpt_schema",
        [],
        |row| row.get(0),
    )?;
    for (version, change) in table::changes_since(found, CHANGES)? {
        transaction.execute_batch(change)?;
        transaction.execute("INSERT INTO gpt_schema (version) VALUES (?1)", [version])?;
    }
    Ok(transaction.commit()?)
}
