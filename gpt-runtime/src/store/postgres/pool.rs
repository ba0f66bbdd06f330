//! Connections to the database, made when they are needed and used again.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_postgres::{
    Client, Error, Row,
    error::SqlState,
    types::{ToSql, Type},
};

use super::address::Address;
use crate::store::Failure;

/// How many connections a process has at most.
const CONNECTIONS: usize = 10;
/// How long an answer may take, waiting for a connection and making it included.
const LIMIT: Duration = Duration::from_secs(15);
/// How long a server that does not answer, or that starts, is tried again.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);
/// A connection that rested so long may have been forgotten on its way.
const REST: Duration = Duration::from_secs(30);
/// How long a connection may take to show that it lives.
const PULSE: Duration = Duration::from_secs(2);

type Values<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

pub(super) struct Pool {
    address: Address,
    places: Semaphore,
    resting: Mutex<Vec<(Client, Instant)>>,
    swept: Mutex<Option<Instant>>,
}

impl Pool {
    pub(super) fn new(address: Address) -> Self {
        Self {
            address,
            places: Semaphore::new(CONNECTIONS),
            resting: Mutex::default(),
            swept: Mutex::default(),
        }
    }

    /// The rows of one statement that changes nothing, which may be asked twice.
    pub(super) async fn read(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Failure> {
        self.ask(sql, values, true).await
    }

    /// The rows of one statement.
    pub(super) async fn write(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Failure> {
        self.ask(sql, values, false).await
    }

    async fn ask(
        &self,
        sql: &str,
        values: Values<'_>,
        is_repeatable: bool,
    ) -> Result<Vec<Row>, Failure> {
        let answer = timeout(LIMIT, self.answer(sql, values, is_repeatable)).await;
        answer.unwrap_or_else(|_| {
            Err(format!("the database did not answer within {} s", LIMIT.as_secs()).into())
        })
    }

    async fn answer(
        &self,
        sql: &str,
        values: Values<'_>,
        is_repeatable: bool,
    ) -> Result<Vec<Row>, Failure> {
        let _place = self.places.acquire().await?;
        loop {
            let client = self.client().await?;
            // A client that is dropped while it waits is not used again.
            let answer = client.query_typed(sql, values).await;
            let is_lost = client.is_closed();
            if !is_lost {
                self.rest(client);
            }
            match answer {
                Ok(rows) => return Ok(rows),
                Err(error) if was_undone(&error) || (is_repeatable && is_lost) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A connection that lives: one that rested, else a new one.
    async fn client(&self) -> Result<Client, Failure> {
        while let Some((client, since)) = self.wake() {
            if client.is_closed() {
                continue;
            }
            if since.elapsed() < REST {
                return Ok(client);
            }
            if let Ok(Ok(())) = timeout(PULSE, client.check_connection()).await {
                return Ok(client);
            }
        }
        self.connect().await
    }

    /// A new connection, which whoever asks for may keep.
    pub(super) async fn connect(&self) -> Result<Client, Failure> {
        let start = Instant::now();
        loop {
            match self.address.connect().await {
                Err(error) if is_passing(&error) && start.elapsed() < PATIENCE => {
                    sleep(PAUSE).await;
                }
                answer => return Ok(answer?),
            }
        }
    }

    fn wake(&self) -> Option<(Client, Instant)> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.pop()
    }

    fn rest(&self, client: Client) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.push((client, Instant::now()));
    }

    /// Whether something is to be done that was done last a pause ago; then it is done now.
    pub(super) fn is_due(&self, now: Instant, pause: Duration) -> bool {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = swept.is_none_or(|last| now.duration_since(last) >= pause);
        if is_due {
            *swept = Some(now);
        }
        is_due
    }
}

/// Whether the statement had no effect and may have one when it is asked again.
fn was_undone(error: &Error) -> bool {
    const UNDONE: [SqlState; 4] = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::IDLE_SESSION_TIMEOUT,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
    ];
    error.code().is_some_and(|code| UNDONE.contains(code))
}

/// Whether a server that was not reached may be reached soon.
fn is_passing(error: &Error) -> bool {
    const PASSING: [SqlState; 4] = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::CRASH_SHUTDOWN,
        SqlState::TOO_MANY_CONNECTIONS,
    ];
    if let Some(code) = error.code() {
        return PASSING.contains(code);
    }
    let cause = std::error::Error::source(error);
    error.is_closed() || cause.is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}
