//! What is asked of the tables.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use bytes::Bytes;

use crate::{
    message::File,
    store::{Added, Appended, Change, Conversation, Failure, Summary, table},
};

type Result<T> = core::result::Result<T, Failure>;

const NEXT_RANK: &str = "(SELECT coalesce(max(rank), 0) + 1 FROM gpt_conversations)";

pub(super) fn create(connection: &Connection, id: &str, person: &str) -> Result<()> {
    let sql = format!(
        "INSERT INTO gpt_conversations (id, person, length, changed, rank)
         VALUES (?1, ?2, 0, ?3, {NEXT_RANK})"
    );
    connection.execute(&sql, params![id, person, now()])?;
    Ok(())
}

pub(super) fn append(
    connection: &mut Connection,
    id: &str,
    position: usize,
    text: &str,
) -> Result<Appended> {
    let transaction = begin(connection)?;
    let length: Option<i64> = transaction
        .query_row(
            "SELECT length FROM gpt_conversations WHERE id = ?1",
            [id],
            |row| row.get(0),
        )
        .optional()?;
    let Some(length) = length else {
        return Ok(Appended::Unknown);
    };
    if usize::try_from(length) != Ok(position) {
        return Ok(Appended::Taken);
    }
    transaction.execute(
        "INSERT INTO gpt_messages (conversation, position, message) VALUES (?1, ?2, ?3)",
        params![id, length, text],
    )?;
    let sql = format!(
        "UPDATE gpt_conversations SET length = ?2 + 1, changed = ?3, rank = {NEXT_RANK}
         WHERE id = ?1"
    );
    transaction.execute(&sql, params![id, length, now()])?;
    transaction.commit()?;
    Ok(Appended::Kept)
}

pub(super) fn conversation(connection: &mut Connection, id: &str) -> Result<Option<Conversation>> {
    // One transaction: both statements see the same moment.
    let moment = connection.transaction()?;
    let person = moment
        .query_row(
            "SELECT person FROM gpt_conversations WHERE id = ?1",
            [id],
            |row| row.get(0),
        )
        .optional()?;
    let Some(person) = person else {
        return Ok(None);
    };
    let mut statement = moment
        .prepare("SELECT message FROM gpt_messages WHERE conversation = ?1 ORDER BY position")?;
    let mut rows = statement.query([id])?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(table::from_text(text(row, 0)?)?);
    }
    Ok(Some(Conversation { person, messages }))
}

pub(super) fn conversations(
    connection: &Connection,
    person: &str,
    limit: usize,
) -> Result<Vec<Summary>> {
    let mut statement = connection.prepare(
        "SELECT id, changed, message
         FROM gpt_conversations JOIN gpt_messages ON conversation = id AND position = 0
         WHERE person = ?1 ORDER BY rank DESC LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![person, limit])?;
    let mut summaries = Vec::new();
    while let Some(row) = rows.next()? {
        summaries.push(Summary {
            id: row.get(0)?,
            first: table::from_text(text(row, 2)?)?,
            changed: time(row.get(1)?),
        });
    }
    Ok(summaries)
}

pub(super) fn add_file(
    connection: &mut Connection,
    conversation: &str,
    file: &File,
    content: &[u8],
    limit: u64,
) -> Result<Added> {
    let transaction = begin(connection)?;
    let size: Option<i64> = transaction
        .query_row(
            "SELECT files_size FROM gpt_conversations WHERE id = ?1",
            [conversation],
            |row| row.get(0),
        )
        .optional()?;
    let Some(size) = size else {
        return Ok(Added::Unknown);
    };
    let grown = u64::try_from(size)?.saturating_add(file.size);
    let (true, Ok(grown)) = (grown <= limit, i64::try_from(grown)) else {
        return Ok(Added::Full);
    };
    transaction.execute(
        "UPDATE gpt_conversations SET files_size = ?2 WHERE id = ?1",
        params![conversation, grown],
    )?;
    transaction.execute(
        "INSERT INTO gpt_files (conversation, id, name, media_type, size, content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            conversation,
            file.id,
            file.name,
            file.media_type,
            grown - size,
            content
        ],
    )?;
    transaction.commit()?;
    Ok(Added::Kept)
}

pub(super) fn file(
    connection: &Connection,
    conversation: &str,
    id: &str,
) -> Result<Option<(File, Bytes)>> {
    let mut statement = connection.prepare(
        "SELECT id, name, media_type, size, content FROM gpt_files
         WHERE conversation = ?1 AND id = ?2",
    )?;
    let mut rows = statement.query([conversation, id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let content: Vec<u8> = row.get(4)?;
    Ok(Some((file_of(row)?, content.into())))
}

pub(super) fn files(connection: &Connection, conversation: &str) -> Result<Vec<File>> {
    let mut statement = connection.prepare(
        "SELECT id, name, media_type, size FROM gpt_files
         WHERE conversation = ?1 ORDER BY position",
    )?;
    let mut rows = statement.query([conversation])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        files.push(file_of(row)?);
    }
    Ok(files)
}

fn file_of(row: &rusqlite::Row<'_>) -> Result<File> {
    Ok(File {
        id: row.get(0)?,
        name: row.get(1)?,
        media_type: row.get(2)?,
        size: u64::try_from(row.get::<_, i64>(3)?)?,
    })
}

pub(super) fn delete(connection: &mut Connection, id: &str) -> Result<bool> {
    let transaction = begin(connection)?;
    transaction.execute("DELETE FROM gpt_files WHERE conversation = ?1", [id])?;
    transaction.execute("DELETE FROM gpt_messages WHERE conversation = ?1", [id])?;
    let deleted = transaction.execute("DELETE FROM gpt_conversations WHERE id = ?1", [id])?;
    transaction.commit()?;
    Ok(deleted > 0)
}

pub(super) fn record(connection: &Connection, key: &str) -> Result<Option<String>> {
    let sql = "SELECT value FROM gpt_records
               WHERE key = ?1 AND (expires IS NULL OR expires > ?2)";
    let value = connection.query_row(sql, params![key, now()], |row| row.get(0));
    Ok(value.optional()?)
}

pub(super) fn records(connection: &Connection, prefix: &str) -> Result<Vec<(String, String)>> {
    // Keys are ordered by their bytes, so those with the prefix stand together.
    let mut statement = connection.prepare(
        "SELECT key, value FROM gpt_records
         WHERE key >= ?1 AND (expires IS NULL OR expires > ?2) ORDER BY key",
    )?;
    let mut rows = statement.query(params![prefix, now()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        if !key.starts_with(prefix) {
            break;
        }
        found.push((key, row.get(1)?));
    }
    Ok(found)
}

pub(super) fn swap(
    connection: &mut Connection,
    key: &str,
    expected: Option<&str>,
    change: Change<'_>,
) -> Result<bool> {
    let transaction = begin(connection)?;
    let is_expected = record(&transaction, key)?.as_deref() == expected;
    if is_expected {
        write(&transaction, key, change)?;
    }
    transaction.commit()?;
    Ok(is_expected)
}

pub(super) fn put(connection: &mut Connection, key: &str, change: Change<'_>) -> Result<()> {
    let transaction = begin(connection)?;
    write(&transaction, key, change)?;
    transaction.commit()?;
    Ok(())
}

fn write(transaction: &Transaction<'_>, key: &str, change: Change<'_>) -> Result<()> {
    let now = now();
    transaction.execute("DELETE FROM gpt_records WHERE expires <= ?1", [now])?;
    match change.value {
        None => transaction.execute("DELETE FROM gpt_records WHERE key = ?1", [key])?,
        Some(value) => transaction.execute(
            "INSERT INTO gpt_records (key, value, expires) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires",
            params![key, value, change.lifetime.and_then(|it| end(now, it))],
        )?,
    };
    Ok(())
}

/// A transaction that writes: it waits for its turn at its beginning, where nothing is read yet.
fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn text<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> Result<&'a str> {
    Ok(row.get_ref(column)?.as_str()?)
}

/// Microseconds since 1970.
fn now() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.map_or(0, |it| i64::try_from(it.as_micros()).unwrap_or(i64::MAX))
}

fn time(micros: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// When a lifetime is over; `None` beyond all times.
fn end(now: i64, lifetime: Duration) -> Option<i64> {
    now.checked_add(i64::try_from(lifetime.as_micros()).ok()?)
}
