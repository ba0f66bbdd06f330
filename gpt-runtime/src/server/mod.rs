//! Serves a GPT over HTTP: a page, and an API with the same powers.
//!
//! ```no_run
//! # async fn example(gpt: impl gpt_runtime::gpt::Gpt) -> Result<(), gpt_runtime::Error> {
//! gpt_runtime::serve(gpt).await
//! # }
//! ```
//!
//! [`serve`] listens where `GPT_ADDR` says, else on `127.0.0.1:8000`. [`Server`] does the same for
//! a [`Service`] put together by hand.
//!
//! # API
//!
//! Bodies are JSON and must be sent as `Content-Type: application/json`.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `GET /api/gpt` | | name, description, starters, tools and model of the GPT |
//! | `POST /api/messages` | `{"text": "…"}` | the answer, in a new conversation |
//! | `POST /api/conversations` | `{}` | 201 and `{"id": "…"}` |
//! | `GET /api/conversations/{id}` | | `{"id": "…", "messages": […]}` |
//! | `POST /api/conversations/{id}/messages` | `{"text": "…"}` | the answer |
//! | `POST /api/conversations/{id}/calls/{call_id}` | `{"decision": "allow"}` or `"decline"` | 204 |
//! | `POST /api/conversations/{id}/cancel` | `{}` | 204 once the running turn is told to stop |
//! | `GET /api/openapi.json` | | this API as OpenAPI 3.1 |
//! | `GET /healthz` | | 204 |
//!
//! **An answer** is a stream of server-sent events: the name of each is the type of a
//! [`conversation::Event`](crate::conversation::Event), its data that event as JSON. A client that
//! prefers `Accept: application/json` gets the whole turn at once instead:
//! `{"conversation": "…", "text": "…", "calls": […]}`. Both carry the id of the conversation in
//! the header `Conversation-Id`. Closing the connection cancels the turn.
//!
//! **A consequential call** asks first: the stream says `confirmation_needed` and waits for the
//! decision. A message may bring the decision for all calls of its turn as
//! `{"text": "…", "decision": "allow"}`; a client that takes the turn as JSON cannot be asked, so
//! without one its consequential calls are declined.
//!
//! **Errors** are `application/problem+json` (RFC 9457) whose `detail` says what is wrong.
//!
//! # Who may connect
//!
//! On a loopback address only requests for this very host and port are answered, so that no web
//! page can reach the GPT under a name of its own. Requests that change something must come from
//! the GPT's own page or from no page at all. `GPT_PUBLIC_URL` names the address people use when
//! a proxy stands in front.

mod address;
mod api;
mod entrance;
mod events;
mod extract;
mod guard;
mod page;
mod problem;
mod shutdown;
mod sign_in;

use std::{fmt::Display, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, routing::get, serve::ListenerExt as _};
use tokio::{net::TcpListener, sync::oneshot};

use self::entrance::Entrance;
use crate::{access::Access, error::Error, gpt::Gpt, service::Service};

/// Serves a GPT with the settings of the environment until Ctrl-C or SIGTERM.
pub async fn serve(gpt: impl Gpt) -> Result<(), Error> {
    Server::new(Service::from_env(gpt)?).run().await
}

/// Serves a [`Service`] over HTTP.
pub struct Server {
    service: Service,
    address: Option<String>,
    public_url: Option<String>,
    owner_token: Option<String>,
}

impl Server {
    /// A server that listens where the environment says.
    pub fn new(service: Service) -> Self {
        Self {
            service,
            address: None,
            public_url: None,
            owner_token: None,
        }
    }

    /// Listens on this address, such as `127.0.0.1:8000`, whatever `GPT_ADDR` says.
    #[must_use]
    pub fn address(mut self, address: impl Display) -> Self {
        self.address = Some(address.to_string());
        self
    }

    /// The address people use when a proxy stands in front, whatever `GPT_PUBLIC_URL` says.
    #[must_use]
    pub fn public_url(mut self, url: impl Display) -> Self {
        self.public_url = Some(url.to_string());
        self
    }

    /// The token by which the owner is known, whatever `GPT_OWNER_TOKEN` says. Without one, a token
    /// is made at the first start and printed once.
    #[must_use]
    pub fn owner_token(mut self, token: impl Into<String>) -> Self {
        self.owner_token = Some(token.into());
        self
    }

    /// Starts to listen. Nothing is answered before the result runs.
    pub async fn bind(self) -> Result<Bound, Error> {
        let public_url = address::public_url(self.public_url)?;
        let owner_token = address::owner_token(self.owner_token)?;
        let listener = address::listen(self.address).await?;
        let local_addr = listener.local_addr().map_err(Error::Serve)?;
        let guard = guard::Guard::new(local_addr, public_url.as_ref());
        let access = Access::open(
            Arc::clone(self.service.store()),
            self.service.definition().visibility,
            self.service.secret_key().cloned(),
            owner_token.as_deref(),
        )
        .await?;
        let url = match public_url {
            Some(url) => url,
            None => address::local_url(local_addr)?,
        };
        Ok(Bound {
            service: self.service,
            guard,
            entrance: Arc::new(Entrance::new(access, url)),
            listener,
            local_addr,
        })
    }

    /// Listens, prints the address, and serves until Ctrl-C or SIGTERM.
    pub async fn run(self) -> Result<(), Error> {
        self.bind().await?.run().await
    }
}

/// A [`Server`] that listens.
pub struct Bound {
    service: Service,
    guard: guard::Guard,
    entrance: Arc<Entrance>,
    listener: TcpListener,
    local_addr: SocketAddr,
}

impl Bound {
    /// The address listened on, with the port that was chosen where it was asked for as `0`.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The address that lets the owner in; `None` unless their token was made by this start.
    pub fn owner_url(&self) -> Option<String> {
        let token = self.entrance.access.new_token()?;
        Some(self.entrance.address(&format!("/?token={token}")))
    }

    /// The address that lets in whom the owner gives it to, where the visibility is `link`.
    ///
    /// # Errors
    /// The store failed.
    pub async fn share_url(&self) -> Result<Option<String>, Error> {
        let key = self.entrance.access.share().await?;
        Ok(key.map(|key| self.entrance.address(&format!("/?key={key}"))))
    }

    /// Prints the address and serves until Ctrl-C or SIGTERM.
    pub async fn run(self) -> Result<(), Error> {
        let signal = shutdown::signal()?;
        for operation in self.service.definition().operations() {
            for problem in crate::schema::problems(operation) {
                eprintln!("warning: arguments of `{}`: {problem}", operation.id);
            }
        }
        println!(
            "{} is listening on http://{}",
            self.service.definition().name,
            self.local_addr
        );
        if let Some(url) = self.owner_url() {
            println!("For its owner, shown this once: {url}");
        }
        if let Some(url) = self.share_url().await? {
            println!("To share: {url}");
        }
        self.run_until(signal).await
    }

    /// Serves until `shutdown` is ready; running turns then get a few seconds to finish.
    pub async fn run_until(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        /// What a running turn gets to finish.
        const GRACE: Duration = Duration::from_secs(5);
        /// What connections get to pass on that their turn was broken off.
        const GOODBYE: Duration = Duration::from_secs(1);

        let (stop, stopping) = shutdown::stopping();
        let (closing, closed) = oneshot::channel();
        let router = router(self.service, self.guard, self.entrance, stopping);
        let listener = self.listener.tap_io(|connection| {
            // A stream of small events must not wait for the reader's acknowledgements. Without
            // the option it is only slower.
            let _ = connection.set_nodelay(true);
        });
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            shutdown.await;
            // Nobody hears it when the server has already stopped.
            let _ = closing.send(());
        });
        let limit = async move {
            if closed.await.is_err() {
                return std::future::pending().await;
            }
            tokio::time::sleep(GRACE).await;
            stop.stop();
            tokio::time::sleep(GOODBYE).await;
        };
        tokio::select! {
            result = server.into_future() => result.map_err(Error::Serve),
            () = limit => Ok(()),
        }
    }
}

fn router(
    service: Service,
    guard: guard::Guard,
    entrance: Arc<Entrance>,
    stopping: shutdown::Stopping,
) -> Router {
    let health = Router::new().route("/healthz", get(async || StatusCode::NO_CONTENT));
    let page = page::routes(&service, Arc::clone(&entrance));
    let sign_in = sign_in::routes(service.clone());
    let api = api::routes(service, stopping)
        .merge(entrance::routes())
        .merge(sign_in);
    let api = entrance::protect(api, entrance);
    guard::protect(health.merge(page).merge(api), Arc::new(guard))
}
