//! What the shop keeps: a SQLite database in memory, filled with what it sells and sold before.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, params};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

const TABLES: &str = "
    CREATE TABLE products (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        category TEXT NOT NULL,
        color TEXT NOT NULL,
        price INTEGER NOT NULL,
        stock INTEGER NOT NULL CHECK (stock >= 0)
    ) STRICT;
    CREATE TABLE cart_items (
        customer TEXT NOT NULL,
        product TEXT NOT NULL REFERENCES products (id),
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (customer, product)
    ) STRICT;
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        customer TEXT NOT NULL,
        state TEXT NOT NULL,
        placed_at TEXT NOT NULL,
        delivery TEXT NOT NULL,
        note TEXT
    ) STRICT;
    CREATE TABLE order_items (
        order_id INTEGER NOT NULL REFERENCES orders (id),
        product TEXT NOT NULL,
        name TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        price INTEGER NOT NULL,
        PRIMARY KEY (order_id, product)
    ) STRICT;
    CREATE TABLE returns (
        order_id INTEGER PRIMARY KEY REFERENCES orders (id),
        reason TEXT NOT NULL
    ) STRICT;
    CREATE TABLE photos (
        order_id INTEGER NOT NULL REFERENCES returns (order_id),
        name TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
    -- The first order is R-1001.
    INSERT INTO sqlite_sequence (name, seq) VALUES ('orders', 1000);
";

const PRODUCTS: [(&str, &str, &str, &str, i64, i64); 8] = [
    ("mug-blue", "Blue mug", "mugs", "blue", 950, 12),
    ("mug-green", "Green mug", "mugs", "green", 950, 5),
    (
        "mug-white",
        "White mug with stripes",
        "mugs",
        "white",
        1_150,
        8,
    ),
    ("plate-blue", "Blue plate", "plates", "blue", 1_400, 20),
    ("plate-white", "White plate", "plates", "white", 1_200, 24),
    ("teapot-blue", "Blue teapot", "teapots", "blue", 3_450, 3),
    ("teapot-green", "Green teapot", "teapots", "green", 3_450, 1),
    (
        "teapot-white",
        "White teapot with stripes",
        "teapots",
        "white",
        3_900,
        2,
    ),
];

/// The database. Nothing in it waits for a disk, so it is used where requests are answered.
pub(super) struct Database(Mutex<Connection>);

impl Database {
    /// A shop with full shelves, in which each demo customer has bought something a week before.
    pub(super) fn open(now: OffsetDateTime) -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch("PRAGMA foreign_keys = ON")?;
        connection.execute_batch(TABLES)?;
        let filling = connection.transaction()?;
        for (id, name, category, color, price, stock) in PRODUCTS {
            filling.execute(
                "INSERT INTO products VALUES (?, ?, ?, ?, ?, ?)",
                params![id, name, category, color, price, stock],
            )?;
        }
        let week_ago = timestamp(now - Duration::WEEK);
        for (customer, product, quantity) in
            [("ada", "teapot-blue", 1), ("grace", "plate-white", 6)]
        {
            filling.execute(
                "INSERT INTO orders (customer, state, placed_at, delivery)
                 VALUES (?, 'delivered', ?, 'post')",
                params![customer, week_ago],
            )?;
            filling.execute(
                "INSERT INTO order_items
                 SELECT ?, id, name, ?, price FROM products WHERE id = ?",
                params![filling.last_insert_rowid(), quantity, product],
            )?;
        }
        filling.commit()?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Reads and changes what belongs together; nothing is changed unless all of it is.
    pub(super) fn transact<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A transaction that a panic broke off was rolled back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment as the database and the API write it, to the second.
pub(super) fn timestamp(moment: OffsetDateTime) -> String {
    let second = moment.replace_nanosecond(0).unwrap_or(moment);
    // Only a year of five digits cannot be written, and no clock is there yet.
    second.format(&Rfc3339).unwrap_or_default()
}
