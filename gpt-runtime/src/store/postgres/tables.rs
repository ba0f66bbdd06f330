//! Which tables are in the database.

use tokio_postgres::Client;

use crate::store::{Failure, table};

/// Whoever changes tables holds this lock of the database: `gpt` and a version of the lock.
const LOCK: i64 = 0x0067_7074_0001;

/// Each entry changes tables of the version before it, and is never changed itself.
const CHANGES: &[&str] = &[
    "
    CREATE SEQUENCE gpt_changes;
    CREATE TABLE gpt_conversations (
        id bytea PRIMARY KEY,
        person bytea NOT NULL,
        length bigint NOT NULL, -- how many messages it has
        changed timestamptz NOT NULL,
        rank bigint NOT NULL    -- its last change among all changes
    );
    CREATE INDEX gpt_conversations_of_person ON gpt_conversations (person, rank);
    CREATE TABLE gpt_messages (
        conversation bytea NOT NULL REFERENCES gpt_conversations ON DELETE CASCADE,
        position bigint NOT NULL,
        message json NOT NULL,
        PRIMARY KEY (conversation, position)
    );
    CREATE TABLE gpt_records (
        key bytea PRIMARY KEY,
        value bytea NOT NULL,
        expires timestamptz
    );
    CREATE INDEX gpt_records_expires ON gpt_records (expires) WHERE expires IS NOT NULL;
",
    "
    -- How many bytes the files of a conversation have together.
    ALTER TABLE gpt_conversations ADD COLUMN files_size bigint NOT NULL DEFAULT 0;
    CREATE TABLE gpt_files (
        conversation bytea NOT NULL REFERENCES gpt_conversations ON DELETE CASCADE,
        id bytea NOT NULL,
        rank bigint NOT NULL DEFAULT nextval('gpt_changes'),
        name bytea NOT NULL,
        media_type bytea NOT NULL,
        size bigint NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (conversation, id)
    );
",
];

/// Brings the tables to the newest version, one process at a time.
pub(super) async fn migrate(client: &mut Client) -> Result<(), Failure> {
    let transaction = client.transaction().await?;
    let lock = format!("SELECT pg_advisory_xact_lock({LOCK})");
    transaction.batch_execute(&lock).await?;
    let sql = "SELECT to_regclass('gpt_schema') IS NOT NULL";
    let found: bool = transaction.query_typed_one(sql, &[]).await?.try_get(0)?;
    if !found {
        check_encoding(&transaction).await?;
        // Only now: whoever may not create tables may still use them.
        let sql = "CREATE TABLE gpt_schema (
            version bigint PRIMARY KEY,
            applied timestamptz NOT NULL DEFAULT now()
        )";
        transaction.batch_execute(sql).await?;
    }
    let sql = "SELECT coalesce(max(version), 0) FROM gpt_schema";
    let found = transaction.query_typed_one(sql, &[]).await?.try_get(0)?;
    for (version, change) in table::changes_since(found, CHANGES)? {
        transaction.batch_execute(change).await?;
        let sql = format!("INSERT INTO gpt_schema (version) VALUES ({version})");
        transaction.batch_execute(&sql).await?;
    }
    Ok(transaction.commit().await?)
}

/// Messages are texts of the database, which must know all characters.
async fn check_encoding(transaction: &tokio_postgres::Transaction<'_>) -> Result<(), Failure> {
    let sql = "SELECT current_setting('server_encoding')";
    let encoding: String = transaction.query_typed_one(sql, &[]).await?.try_get(0)?;
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(format!(
        "the database is encoded in {encoding}: create it with `ENCODING 'UTF8' TEMPLATE template0`"
    )
    .into())
}
