//! What a client hears while a call runs, and what becomes of a call that it cancels.

use std::time::Duration;

use rmcp::{RoleServer, model::ProgressNotificationParam, service::RequestContext};
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often a client that asks for it hears that a call still runs.
const INTERVAL: Duration = Duration::from_secs(5);

/// Does some work for a client; `None` once it is cancelled. The work ends with the result.
pub(super) async fn watch<T>(
    context: &RequestContext<RoleServer>,
    name: &str,
    work: impl Future<Output = T>,
) -> Option<T> {
    let progress = report(context, name);
    tokio::select! {
        biased;
        () = context.ct.cancelled() => None,
        done = work => Some(done),
        () = progress => None,
    }
}

/// Tells how long the work takes, where the client wants to hear that; never ready.
async fn report(context: &RequestContext<RoleServer>, name: &str) {
    if let Some(token) = context.meta.get_progress_token() {
        let begun = Instant::now();
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let seconds = begun.elapsed().as_secs();
            let message = match seconds {
                0 => format!("`{name}` is called"),
                _ => format!("`{name}` has been running for {seconds} s"),
            };
            let progress = begun.elapsed().as_secs_f64();
            let progress = ProgressNotificationParam::new(token.clone(), progress);
            let told = context.peer.notify_progress(progress.with_message(message));
            if told.await.is_err() {
                // Nobody listens; whether the call goes on is for who cancels it.
                break;
            }
        }
    }
    std::future::pending::<()>().await;
}
