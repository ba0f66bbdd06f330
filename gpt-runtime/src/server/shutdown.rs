//! When to stop, and how open streams learn of it.

use tokio::sync::watch;

use crate::error::Error;

/// Ready on Ctrl-C and, where there is such a thing, on SIGTERM.
///
/// The handlers are in place when this returns.
pub(super) fn signal() -> Result<impl Future<Output = ()> + Send + 'static, Error> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::Serve)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(Error::Serve)?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler there is no Ctrl-C to wait for; the process can still be ended.
            std::future::pending::<()>().await;
        }
    })
}

/// A switch, and what everyone who must stop listens to.
pub(super) fn stopping() -> (Stop, Stopping) {
    let (sender, receiver) = watch::channel(false);
    (Stop(sender), Stopping(receiver))
}

/// Tells open streams to end.
pub(super) struct Stop(watch::Sender<bool>);

impl Stop {
    pub(super) fn stop(&self) {
        // No listener means no open stream.
        let _ = self.0.send(true);
    }
}

/// Knows when open streams must end.
#[derive(Clone)]
pub(super) struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Whether the time has come.
    pub(super) fn is_now(&self) -> bool {
        *self.0.borrow()
    }

    /// Ready when the stream must end; also when the server is gone without a word.
    pub(super) async fn wait(mut self) {
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
