//! One turn at a time, whichever process runs it, and what other processes tell it.
//!
//! A turn holds a lease in the store and renews it while it runs. When its process dies, the lease
//! ends by itself, and the conversation goes on elsewhere.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{Control, Decision};
use crate::store::{Change, Store, StoreError};

/// How long a conversation waits for a process that died.
const LIFETIME: Duration = Duration::from_secs(15);
/// How often a turn renews its lease, and hears that it is to stop.
const RENEWAL: Duration = Duration::from_secs(2);
/// How often a turn that waits for a person looks whether another process was told something.
const POLL: Duration = Duration::from_secs(1);
/// How long a decision waits for the turn that asked.
const DECISION: Duration = Duration::from_secs(60);

/// The right to run a conversation's turn.
pub(crate) struct Lease {
    store: Arc<dyn Store>,
    key: String,
    holder: String,
}

impl Lease {
    /// Takes the lease of a conversation; `None` while another turn has it.
    pub(crate) async fn take(
        store: &Arc<dyn Store>,
        conversation: &str,
    ) -> Result<Option<Self>, StoreError> {
        let lease = Self {
            store: Arc::clone(store),
            key: key(conversation),
            holder: Uuid::new_v4().to_string(),
        };
        let taken = store.swap(&lease.key, None, lease.change()).await?;
        Ok(taken.then_some(lease))
    }

    fn change(&self) -> Change<'_> {
        Change::for_a_time(&self.holder, LIFETIME)
    }

    /// Renews the lease as long as this is polled; returns when the turn must stop.
    pub(crate) async fn lost(&self) {
        let mut renewed = Instant::now();
        while renewed.elapsed() < LIFETIME {
            sleep(RENEWAL).await;
            match self
                .store
                .swap(&self.key, Some(&self.holder), self.change())
                .await
            {
                Ok(true) => renewed = Instant::now(),
                Ok(false) => return,
                // The store may be back before the lease is over.
                Err(_) => {}
            }
        }
    }

    /// Lets others speak.
    pub(crate) async fn release(self) {
        for value in [self.holder.clone(), cancelled(&self.holder)] {
            let released = self.store.swap(&self.key, Some(&value), Change::remove());
            // If the store fails, the lease ends by itself.
            if released.await.unwrap_or(true) {
                return;
            }
        }
    }
}

/// Tells the turn that another process runs to stop; `false` when there is none.
pub(crate) async fn cancel(store: &dyn Store, conversation: &str) -> Result<bool, StoreError> {
    let key = key(conversation);
    let Some(holder) = store.record(&key).await? else {
        return Ok(false);
    };
    if holder.ends_with(CANCELLED) {
        return Ok(false);
    }
    let value = cancelled(&holder);
    let change = Change::for_a_time(&value, LIFETIME);
    store.swap(&key, Some(&holder), change).await
}

/// Whether a turn runs somewhere.
pub(crate) async fn is_running(store: &dyn Store, conversation: &str) -> Result<bool, StoreError> {
    Ok(store.record(&key(conversation)).await?.is_some())
}

/// Leaves a decision for the turn that another process runs.
pub(crate) async fn decide(
    store: &dyn Store,
    conversation: &str,
    call_id: &str,
    decision: Decision,
) -> Result<bool, StoreError> {
    let question = question(conversation, call_id);
    let change = Change::for_a_time(decision.name(), DECISION);
    store.swap(&question, Some(OPEN), change).await
}

/// Asks a person, through this process or another one.
pub(super) async fn ask(
    store: &dyn Store,
    control: &Control,
    conversation: &str,
    call_id: &str,
    limit: Duration,
    asked: impl FnOnce(),
) -> Option<Decision> {
    let question = question(conversation, call_id);
    let here = control.ask(call_id);
    // If the store fails, the question can still be answered here.
    let _ = store.put(&question, Change::for_a_time(OPEN, limit)).await;
    asked();
    let elsewhere = async {
        loop {
            sleep(POLL).await;
            if let Ok(Some(text)) = store.record(&question).await
                && let Some(decision) = Decision::named(&text)
            {
                return decision;
            }
        }
    };
    let decision = tokio::select! {
        decision = here => decision.ok(),
        decision = elsewhere => Some(decision),
        () = sleep(limit) => None,
    };
    let _ = store.put(&question, Change::remove()).await;
    decision
}

/// What stands in the record of a question without an answer.
const OPEN: &str = "open";
const CANCELLED: &str = " cancelled";

fn key(conversation: &str) -> String {
    format!("turn/{conversation}")
}

fn cancelled(holder: &str) -> String {
    format!("{holder}{CANCELLED}")
}

fn question(conversation: &str, call_id: &str) -> String {
    format!("question/{conversation}/{call_id}")
}
