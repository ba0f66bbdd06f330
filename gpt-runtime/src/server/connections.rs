//! Accepts connections and keeps each from taking more than its share: of time to say what it
//! wants, of patience until it reads, and of places.

use std::{
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use hyper::{body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{Instant, Sleep},
};

use crate::metrics::Metrics;

use super::{problem::Problem, shutdown::Stopping};

/// How long a client may take for the head of a request, and be silent between two.
pub(super) const HEAD_TIME_LIMIT: Duration = Duration::from_secs(30);
/// How long a client may leave an answer unread.
const UNREAD_TIME_LIMIT: Duration = Duration::from_secs(60);
/// The most bytes of a request's head, which is also what a connection buffers.
const HEAD_LIMIT: usize = 64 * 1024;
/// How many connections beyond the limit are told so; more than these are closed at once.
const TOLD: usize = 64;

/// Accepts connections until `draining`, and then for as long as any is open.
///
/// Those that come while others still finish are answered too: who asks whether the server is
/// ready must learn that it is not.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limit: usize,
    metrics: Arc<Metrics>,
    draining: Stopping,
) {
    let full = Router::new().fallback(async || {
        let detail = "the server has as many connections as it takes";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(Duration::from_secs(5))
    });
    let mut connections = JoinSet::new();
    let mut stopped = pin!(draining.clone().wait());
    let mut is_draining = false;
    loop {
        tokio::select! {
            () = &mut stopped, if !is_draining => is_draining = true,
            Some(_) = connections.join_next() => {}
            (stream, peer) = accept(&listener) => {
                let is_full = connections.len() >= limit;
                if is_full {
                    metrics.refused.count(&[("limit", "connections")]);
                }
                if connections.len() < limit.saturating_add(TOLD) {
                    let router = if is_full { full.clone() } else { router.clone() };
                    let answers = Answers { router: TowerToHyperService::new(router), peer };
                    let is_last = is_full || is_draining;
                    connections.spawn(converse(stream, answers, is_last, draining.clone()));
                }
            }
        }
        metrics.connections.set(connections.len());
        if is_draining && connections.is_empty() {
            return;
        }
    }
}

/// The next connection.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // A stream of small events must not wait for the reader's acknowledgements.
                // Without the option it is only slower.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            // The client was quicker to go than we to accept.
            Err(error) if is_of_client(&error) => {}
            Err(error) => {
                // Most often there are too many open files: some will be closed in a while.
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn is_of_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Answers the requests of a connection, or only the first of them.
async fn converse(stream: TcpStream, answers: Answers, is_last: bool, draining: Stopping) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_LIMIT)
        .max_buf_size(HEAD_LIMIT)
        .keep_alive(!is_last);
    let mut connection = pin!(http.serve_connection(TokioIo::new(Patient::new(stream)), answers));
    let ended = if is_last {
        connection.await
    } else {
        tokio::select! {
            ended = connection.as_mut() => ended,
            () = draining.wait() => {
                // A request that has begun is still answered.
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Answers requests, which learn where they come from.
struct Answers {
    router: TowerToHyperService<Router>,
    peer: SocketAddr,
}

impl Service<Request<Incoming>> for Answers {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future = <TowerToHyperService<Router> as Service<Request<Body>>>::Future;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        self.router.call(request)
    }
}

/// A connection that breaks off when the other side reads nothing for too long.
struct Patient {
    stream: TcpStream,
    /// Runs while something waits to be written.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            waiting: None,
        }
    }

    /// What came of an attempt to write, or that there were too many in vain.
    fn patiently<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let deadline = Instant::now() + UNREAD_TIME_LIMIT;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.patiently(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.patiently(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
