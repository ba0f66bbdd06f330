//! What is known of the sessions of clients of earlier revisions, so that they go on after a pause,
//! after a restart, and in other processes.

use std::{pin::Pin, sync::Arc, time::Duration};

use rmcp::transport::streamable_http_server::session::{
    SessionState, SessionStore, SessionStoreError,
};

use crate::{
    secret::fingerprint,
    store::{Change, Store},
};

/// How long a session is remembered that nobody uses.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// The most bytes that are remembered of one: names and capabilities of a client are far less.
const LONGEST: usize = 4_096;

/// The sessions in the store.
pub(super) struct Sessions {
    store: Arc<dyn Store>,
}

impl Sessions {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

/// What the trait answers, spelled out.
type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SessionStoreError>> + Send + 'a>>;

impl SessionStore for Sessions {
    fn load<'a, 'b, 'c>(&'a self, session: &'b str) -> Answer<'c, Option<SessionState>>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(async move {
            let key = key(session);
            let Some(text) = self.store.record(&key).await? else {
                return Ok(None);
            };
            // It is in use, and lives on.
            let change = Change::for_a_time(&text, LIFETIME);
            self.store.put(&key, change).await?;
            Ok(Some(serde_json::from_str(&text)?))
        })
    }

    fn store<'a, 'b, 'c, 'd>(&'a self, session: &'b str, state: &'c SessionState) -> Answer<'d, ()>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        Box::pin(async move {
            let text = serde_json::to_string(state)?;
            if text.len() > LONGEST {
                return Err(format!("a client says over {LONGEST} bytes of itself").into());
            }
            let change = Change::for_a_time(&text, LIFETIME);
            Ok(self.store.put(&key(session), change).await?)
        })
    }

    fn delete<'a, 'b, 'c>(&'a self, session: &'b str) -> Answer<'c, ()>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(async move { Ok(self.store.put(&key(session), Change::remove()).await?) })
    }
}

fn key(session: &str) -> String {
    format!("mcp/session/{}", fingerprint(session))
}
