//! Conversations, their files and records in a database of PostgreSQL.

mod address;
mod pool;
mod tables;
mod tls;

use std::{
    fmt, thread,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use tokio_postgres::{Row, types::Type};

use super::{
    Added, Answer, Appended, Change, Conversation, Failure, Store, StoreError, Summary, table,
};
use crate::message::{File, Message};
use address::Address;
use pool::Pool;

/// Lifetimes beyond it are for ever, because the database knows no such times.
const LONGEST_LIFETIME: Duration = Duration::from_secs(1000 * 365 * 24 * 60 * 60);

/// Keeps conversations and records in a database that several processes and machines share.
///
/// Connections that broke are made anew when they are needed, and what cannot be reached within 15
/// seconds is an error. Lifetimes of records are by the clock of the database.
///
/// # URL
///
/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`; what is no letter or digit in user and
/// password is percent-encoded. The parameters are those of libpq, and `sslmode` means what it means
/// there: `disable`, `prefer` (the default: encrypted where the server offers it), `require`
/// (encrypted, to whomever), `verify-ca` (with a certificate that `sslrootcert` vouches for) and
/// `verify-full` (and of this very host). Certificates are checked against those of the file
/// `sslrootcert`, or those the system trusts where there is none or it is `system`; with that file
/// `require` means `verify-ca`.
pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    /// Connects to a database and brings its tables to the newest version.
    ///
    /// # Errors
    /// The URL cannot be used, the database cannot be reached, or a newer version of this crate has
    /// used it. The password is not in the message.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Ok(Self::prepared(url).await?)
    }

    /// The same for those who cannot wait otherwise.
    pub(super) fn open(url: &str) -> Result<Self, StoreError> {
        // A runtime of its own in a thread of its own, because there may be one in this thread.
        let opened = thread::scope(|scope| {
            let work = scope.spawn(|| {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?
                    .block_on(Self::prepared(url))
            });
            work.join()
        });
        match opened {
            Ok(opened) => Ok(opened?),
            Err(_) => Err(Failure::from("the thread that was to connect has ended").into()),
        }
    }

    async fn prepared(url: &str) -> Result<Self, Failure> {
        let pool = Pool::new(Address::parse(url)?);
        // This connection is not kept: its runtime may end.
        let mut client = pool.connect().await?;
        tables::migrate(&mut client).await?;
        Ok(Self { pool })
    }

    async fn grow(&self, id: &str, position: usize, message: Message) -> Result<Appended, Failure> {
        let Ok(length) = i64::try_from(position) else {
            return Ok(Appended::Taken);
        };
        let text = table::to_text(&message)?;
        // Of several, one finds the length it expects: the others wait for it and look again.
        let sql = "
            WITH grown AS (
                UPDATE gpt_conversations
                SET length = length + 1, changed = clock_timestamp(), rank = nextval('gpt_changes')
                WHERE id = $1 AND length = $2 RETURNING id
            )
            INSERT INTO gpt_messages (conversation, position, message)
            SELECT id, $2, $3::json FROM grown RETURNING 1";
        let key = id.as_bytes();
        let values = [
            (&key as _, Type::BYTEA),
            (&length as _, Type::INT8),
            (&text as _, Type::TEXT),
        ];
        if !self.pool.write(sql, &values).await?.is_empty() {
            return Ok(Appended::Kept);
        }
        Ok(if self.is_there(id).await? {
            Appended::Taken
        } else {
            Appended::Unknown
        })
    }

    async fn read(&self, id: &str) -> Result<Option<Conversation>, Failure> {
        let sql = "
            SELECT person, message::text
            FROM gpt_conversations LEFT JOIN gpt_messages ON conversation = id
            WHERE id = $1 ORDER BY position";
        let rows = self
            .pool
            .read(sql, &[(&id.as_bytes(), Type::BYTEA)])
            .await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let person = text(first, 0)?;
        let mut messages = Vec::new();
        for row in &rows {
            // There is none in the one row of an empty conversation.
            if let Some(message) = row.try_get::<_, Option<&str>>(1)? {
                messages.push(table::from_text(message)?);
            }
        }
        Ok(Some(Conversation { person, messages }))
    }

    async fn grow_files(
        &self,
        conversation: &str,
        file: &File,
        content: &[u8],
        limit: u64,
    ) -> Result<Added, Failure> {
        let Ok(size) = i64::try_from(file.size) else {
            return Ok(Added::Full);
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Those that come at once wait for one another and see what the files then have together.
        let sql = "
            WITH grown AS (
                UPDATE gpt_conversations SET files_size = files_size + $5
                WHERE id = $1 AND files_size <= $6 - $5 RETURNING id
            )
            INSERT INTO gpt_files (conversation, id, name, media_type, size, content)
            SELECT id, $2, $3, $4, $5, $7 FROM grown RETURNING 1";
        let key = conversation.as_bytes();
        let (id, name) = (file.id.as_bytes(), file.name.as_bytes());
        let media_type = file.media_type.as_bytes();
        let values = [
            (&key as _, Type::BYTEA),
            (&id as _, Type::BYTEA),
            (&name as _, Type::BYTEA),
            (&media_type as _, Type::BYTEA),
            (&size as _, Type::INT8),
            (&limit as _, Type::INT8),
            (&content as _, Type::BYTEA),
        ];
        if !self.pool.write(sql, &values).await?.is_empty() {
            return Ok(Added::Kept);
        }
        Ok(if self.is_there(conversation).await? {
            Added::Full
        } else {
            Added::Unknown
        })
    }

    async fn read_file(
        &self,
        conversation: &str,
        id: &str,
    ) -> Result<Option<(File, Bytes)>, Failure> {
        let sql = "
            SELECT id, name, media_type, size, content FROM gpt_files
            WHERE conversation = $1 AND id = $2";
        let (conversation, id) = (conversation.as_bytes(), id.as_bytes());
        let values = [(&conversation as _, Type::BYTEA), (&id as _, Type::BYTEA)];
        let rows = self.pool.read(sql, &values).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let content: &[u8] = row.try_get(4)?;
        Ok(Some((file(row)?, Bytes::copy_from_slice(content))))
    }

    async fn list_files(&self, conversation: &str) -> Result<Vec<File>, Failure> {
        let sql = "
            SELECT id, name, media_type, size FROM gpt_files
            WHERE conversation = $1 ORDER BY rank";
        let conversation = conversation.as_bytes();
        let values = [(&conversation as _, Type::BYTEA)];
        let rows = self.pool.read(sql, &values).await?;
        rows.iter().map(file).collect()
    }

    /// Whether there is a conversation of this id.
    async fn is_there(&self, id: &str) -> Result<bool, Failure> {
        let sql = "SELECT 1 FROM gpt_conversations WHERE id = $1";
        let id = id.as_bytes();
        let found = self.pool.read(sql, &[(&id, Type::BYTEA)]).await?;
        Ok(!found.is_empty())
    }

    async fn list(&self, person: &str, limit: usize) -> Result<Vec<Summary>, Failure> {
        let sql = "
            SELECT id, message::text, changed
            FROM gpt_conversations JOIN gpt_messages ON conversation = id AND position = 0
            WHERE person = $1 ORDER BY rank DESC LIMIT $2";
        let person = person.as_bytes();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [(&person as _, Type::BYTEA), (&limit as _, Type::INT8)];
        let rows = self.pool.read(sql, &values).await?;
        rows.iter().map(summary).collect()
    }

    async fn lookup(&self, prefix: &str) -> Result<Vec<(String, String)>, Failure> {
        let sql = "
            SELECT key, value FROM gpt_records
            WHERE key >= $1 AND ($2::bytea IS NULL OR key < $2)
                AND (expires IS NULL OR expires > clock_timestamp())
            ORDER BY key";
        let (start, end) = (prefix.as_bytes(), after(prefix));
        let values = [(&start as _, Type::BYTEA), (&end as _, Type::BYTEA)];
        let rows = self.pool.read(sql, &values).await?;
        rows.iter()
            .map(|row| Ok((text(row, 0)?, text(row, 1)?)))
            .collect()
    }

    async fn value(&self, key: &str) -> Result<Option<String>, Failure> {
        let sql = "
            SELECT value FROM gpt_records
            WHERE key = $1 AND (expires IS NULL OR expires > clock_timestamp())";
        let rows = self
            .pool
            .read(sql, &[(&key.as_bytes(), Type::BYTEA)])
            .await?;
        rows.first().map(|row| text(row, 0)).transpose()
    }

    async fn exchange(
        &self,
        key: &str,
        expected: Option<&str>,
        change: Change<'_>,
    ) -> Result<bool, Failure> {
        let (Some(expected), Some(value)) = (expected, change.value) else {
            return match (expected, change.value) {
                (Some(expected), _) => self.remove(key, expected).await,
                (None, Some(value)) => self.insert(key, value, change.lifetime).await,
                (None, None) => Ok(self.value(key).await?.is_none()),
            };
        };
        let sql = "
            UPDATE gpt_records
            SET value = $3, expires = clock_timestamp() + $4 * interval '1 microsecond'
            WHERE key = $1 AND value = $2 AND (expires IS NULL OR expires > clock_timestamp())
            RETURNING 1";
        let (key, expected, value) = (key.as_bytes(), expected.as_bytes(), value.as_bytes());
        let micros = micros(change.lifetime);
        let values = [
            (&key as _, Type::BYTEA),
            (&expected as _, Type::BYTEA),
            (&value as _, Type::BYTEA),
            (&micros as _, Type::INT8),
        ];
        Ok(!self.pool.write(sql, &values).await?.is_empty())
    }

    /// Removes a record that has a value.
    async fn remove(&self, key: &str, expected: &str) -> Result<bool, Failure> {
        let sql = "
            DELETE FROM gpt_records
            WHERE key = $1 AND value = $2 AND (expires IS NULL OR expires > clock_timestamp())
            RETURNING 1";
        let (key, expected) = (key.as_bytes(), expected.as_bytes());
        let values = [(&key as _, Type::BYTEA), (&expected as _, Type::BYTEA)];
        Ok(!self.pool.write(sql, &values).await?.is_empty())
    }

    /// Writes a record where there is none, or one whose lifetime is over.
    async fn insert(
        &self,
        key: &str,
        value: &str,
        lifetime: Option<Duration>,
    ) -> Result<bool, Failure> {
        let sql = "
            INSERT INTO gpt_records AS old (key, value, expires)
            VALUES ($1, $2, clock_timestamp() + $3 * interval '1 microsecond')
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires
            WHERE old.expires <= clock_timestamp()
            RETURNING 1";
        let (key, value, micros) = (key.as_bytes(), value.as_bytes(), micros(lifetime));
        let values = [
            (&key as _, Type::BYTEA),
            (&value as _, Type::BYTEA),
            (&micros as _, Type::INT8),
        ];
        Ok(!self.pool.write(sql, &values).await?.is_empty())
    }

    async fn write(&self, key: &str, change: Change<'_>) -> Result<(), Failure> {
        let key = key.as_bytes();
        let Some(value) = change.value else {
            let sql = "DELETE FROM gpt_records WHERE key = $1";
            self.pool.write(sql, &[(&key, Type::BYTEA)]).await?;
            return Ok(());
        };
        let sql = "
            INSERT INTO gpt_records (key, value, expires)
            VALUES ($1, $2, clock_timestamp() + $3 * interval '1 microsecond')
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires";
        let (value, micros) = (value.as_bytes(), micros(change.lifetime));
        let values = [
            (&key as _, Type::BYTEA),
            (&value as _, Type::BYTEA),
            (&micros as _, Type::INT8),
        ];
        self.pool.write(sql, &values).await?;
        Ok(())
    }

    /// Removes some records whose lifetime is over, now and then.
    async fn sweep(&self) -> Result<(), Failure> {
        const PAUSE: Duration = Duration::from_secs(60);
        if !self.pool.is_due(Instant::now(), PAUSE) {
            return Ok(());
        }
        // Replicas that do this at once take different ones.
        let sql = "
            DELETE FROM gpt_records WHERE key IN (
                SELECT key FROM gpt_records WHERE expires <= now()
                LIMIT 1000 FOR UPDATE SKIP LOCKED
            )";
        self.pool.write(sql, &[]).await?;
        Ok(())
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

impl Store for Postgres {
    fn create<'a>(&'a self, id: &'a str, person: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let sql = "
                INSERT INTO gpt_conversations (id, person, length, changed, rank)
                VALUES ($1, $2, 0, clock_timestamp(), nextval('gpt_changes'))";
            let (id, person) = (id.as_bytes(), person.as_bytes());
            let values = [(&id as _, Type::BYTEA), (&person as _, Type::BYTEA)];
            self.pool.write(sql, &values).await?;
            Ok(())
        })
    }

    fn append<'a>(
        &'a self,
        id: &'a str,
        position: usize,
        message: Message,
    ) -> Answer<'a, Appended> {
        Box::pin(async move { Ok(self.grow(id, position, message).await?) })
    }

    fn conversation<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Conversation>> {
        Box::pin(async move { Ok(self.read(id).await?) })
    }

    fn conversations<'a>(&'a self, person: &'a str, limit: usize) -> Answer<'a, Vec<Summary>> {
        Box::pin(async move { Ok(self.list(person, limit).await?) })
    }

    fn add_file<'a>(
        &'a self,
        conversation: &'a str,
        file: &'a File,
        content: Bytes,
        limit: u64,
    ) -> Answer<'a, Added> {
        Box::pin(async move {
            let added = self.grow_files(conversation, file, &content, limit);
            Ok(added.await?)
        })
    }

    fn file<'a>(&'a self, conversation: &'a str, id: &'a str) -> Answer<'a, Option<(File, Bytes)>> {
        Box::pin(async move { Ok(self.read_file(conversation, id).await?) })
    }

    fn files<'a>(&'a self, conversation: &'a str) -> Answer<'a, Vec<File>> {
        Box::pin(async move { Ok(self.list_files(conversation).await?) })
    }

    fn delete<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        Box::pin(async move {
            let sql = "DELETE FROM gpt_conversations WHERE id = $1 RETURNING 1";
            let rows = self
                .pool
                .write(sql, &[(&id.as_bytes(), Type::BYTEA)])
                .await?;
            Ok(!rows.is_empty())
        })
    }

    fn record<'a>(&'a self, key: &'a str) -> Answer<'a, Option<String>> {
        Box::pin(async move { Ok(self.value(key).await?) })
    }

    fn records<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<(String, String)>> {
        Box::pin(async move { Ok(self.lookup(prefix).await?) })
    }

    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        change: Change<'a>,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            self.sweep().await?;
            Ok(self.exchange(key, expected, change).await?)
        })
    }

    fn put<'a>(&'a self, key: &'a str, change: Change<'a>) -> Answer<'a, ()> {
        Box::pin(async move {
            self.sweep().await?;
            Ok(self.write(key, change).await?)
        })
    }
}

/// Texts are kept as bytes: those of PostgreSQL cannot hold U+0000, and are ordered by its locale.
fn text(row: &Row, column: usize) -> Result<String, Failure> {
    Ok(String::from_utf8(row.try_get(column)?)?)
}

fn file(row: &Row) -> Result<File, Failure> {
    Ok(File {
        id: text(row, 0)?,
        name: text(row, 1)?,
        media_type: text(row, 2)?,
        size: u64::try_from(row.try_get::<_, i64>(3)?)?,
    })
}

fn summary(row: &Row) -> Result<Summary, Failure> {
    Ok(Summary {
        id: text(row, 0)?,
        first: table::from_text(row.try_get(1)?)?,
        changed: row.try_get::<_, SystemTime>(2)?,
    })
}

/// The least bytes after all texts that begin with a prefix; `None` where it is empty.
fn after(prefix: &str) -> Option<Vec<u8>> {
    let mut end = prefix.as_bytes().to_vec();
    // No byte of UTF-8 is 255.
    *end.last_mut()? += 1;
    Some(end)
}

fn micros(lifetime: Option<Duration>) -> Option<i64> {
    let lifetime = lifetime.filter(|it| *it <= LONGEST_LIFETIME)?;
    i64::try_from(lifetime.as_micros()).ok()
}
