//! What a client hears while a call runs, and what becomes of a call that it cancels.

use std::{pin::pin, time::Duration};

use rmcp::{
    Peer, RoleServer,
    model::{ProgressNotificationParam, ProgressToken},
    service::RequestContext,
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at},
};

use crate::tool::{Listener, Progress};

/// How often a client hears that a call still runs, unless the tool says more.
const INTERVAL: Duration = Duration::from_secs(5);
/// How many reports may wait for a client that reads slowly; those beyond are left out.
const WAITING: usize = 64;

/// What a tool tells of its progress.
pub(super) struct Told(mpsc::Sender<Progress>);

impl Told {
    pub(super) fn channel() -> (Self, mpsc::Receiver<Progress>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }
}

impl Listener for Told {
    fn hear(&self, progress: Progress) {
        let _ = self.0.try_send(progress);
    }
}

/// Does some work for a client, which hears how far it is where it asks for that; `None` once the
/// client cancels it.
pub(super) async fn watch<T>(
    context: &RequestContext<RoleServer>,
    name: &str,
    mut heard: mpsc::Receiver<Progress>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut reports = Reports::new(context);
    let begun = Instant::now();
    let mut ticks = interval_at(begun + INTERVAL, INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut says_more = false;
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            () = context.ct.cancelled() => return None,
            Some(progress) = heard.recv() => {
                says_more = true;
                reports.send(progress).await;
            }
            done = &mut work => {
                // The last that the tool said comes before what it answers.
                while let Ok(progress) = heard.try_recv() {
                    reports.send(progress).await;
                }
                return Some(done);
            }
            _ = ticks.tick(), if !says_more => {
                let seconds = begun.elapsed().as_secs();
                let progress = Progress {
                    done: begun.elapsed().as_secs_f64(),
                    total: None,
                    message: format!("`{name}` has been running for {seconds} s"),
                };
                reports.send(progress).await;
            }
        }
    }
}

/// Reports to a client.
struct Reports<'a> {
    peer: &'a Peer<RoleServer>,
    /// `None` where it wants none.
    token: Option<ProgressToken>,
    last: f64,
}

impl<'a> Reports<'a> {
    fn new(context: &'a RequestContext<RoleServer>) -> Self {
        Self {
            peer: &context.peer,
            token: context.meta.get_progress_token(),
            last: f64::NEG_INFINITY,
        }
    }

    async fn send(&mut self, progress: Progress) {
        let Some(token) = self.token.clone() else {
            return;
        };
        // It must grow; what is no number does not.
        if !progress.done.is_finite() || progress.done <= self.last {
            return;
        }
        self.last = progress.done;
        let mut told = ProgressNotificationParam::new(token, progress.done);
        told.total = progress.total.filter(|it| it.is_finite());
        told.message = Some(progress.message).filter(|it| !it.is_empty());
        if self.peer.notify_progress(told).await.is_err() {
            // Nobody listens; whether the call goes on is for who cancels it.
            self.token = None;
        }
    }
}
