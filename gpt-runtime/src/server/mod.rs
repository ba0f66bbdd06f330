//! Serves a GPT over HTTP, or several: for each a page, and an API with the same powers.
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
//! [`serve_all`] and [`Server::and`] serve several GPTs in one process. Each is at `/g/{slug}/` with
//! all of the API below that, such as `/g/weather-desk/api/gpt`; `/` is a directory of those that
//! are for everyone, and of all of them for their owner, who is one. Who may not use a GPT is not
//! told whether it is there.
//!
//! # API
//!
//! Bodies are JSON and must be sent as `Content-Type: application/json`; only a file is sent as it is.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `GET /api/gpt` | | name, description, starters, tools and model of the GPT |
//! | `POST /api/messages` | `{"text": "…"}` | the answer, in a new conversation |
//! | `POST /api/conversations` | `{}` | 201 and `{"id": "…"}` |
//! | `GET /api/conversations` | | the conversations of the session, the latest first |
//! | `GET /api/conversations/{id}` | | `{"id": "…", "messages": […]}` |
//! | `DELETE /api/conversations/{id}` | | 204 once it is forgotten |
//! | `POST /api/conversations/{id}/messages` | `{"text": "…", "files": ["…"]}` | the answer |
//! | `POST /api/conversations/{id}/retry` | `{}` | another answer to what was said last, in place of the earlier |
//! | `POST /api/conversations/{id}/files?name=…` | the file itself, with its `Content-Type` | 201 and `{"id": "…", "name": "…", "media_type": "…", "size": …}` |
//! | `GET /api/conversations/{id}/files/{file}` | | the file |
//! | `GET /api/files/{token}` | | the file that a link for an API leads to |
//! | `POST /api/conversations/{id}/calls/{call_id}` | `{"decision": "allow"}`, `"always_allow"` or `"decline"` | 204 |
//! | `POST /api/conversations/{id}/cancel` | `{}` | 204 once the running turn is told to stop |
//! | `GET /api/consents`, `DELETE /api/consents/{tool}` | | the tools that are always allowed; 204 once one asks again |
//! | `GET /api/sign-ins`, `DELETE /api/sign-ins/{api}/{scheme}` | | where people sign in; 204 once the token is forgotten |
//! | `POST /api/sessions` | `{}` | 204 with a session as a cookie |
//! | `GET /api/clients`, `DELETE /api/clients/{id}` | | the programs that the person lets use the GPT; 204 once one is disconnected |
//! | `GET /api/share`, `POST /api/share` | | the share link, and a new one, for the owner |
//! | `GET /api/configuration` | | instructions, actions, their servers and authentication, for the owner |
//! | `POST /api/operations/{tool}/test` | `{"arguments": {…}}` | result of one call, for the owner |
//! | `GET /api/gpts` | | of a server of several, those that match `q` and `category` |
//! | `GET /api/openapi.json` | | this API as OpenAPI 3.1 |
//! | `GET /actions/openapi.json`, `POST /actions/{name}` | the arguments | actions of this program, for other hosts |
//! | `GET /v1/models`, `POST /v1/chat/completions`, `POST /v1/responses` | as OpenAI's API has them | the GPT as a model for OpenAI's clients |
//! | `POST /mcp`, `GET /mcp`, `DELETE /mcp` | as the Model Context Protocol has them | the GPT as an MCP server, with the feature `mcp` |
//! | `GET /healthz`, `GET /readyz` | | 204 while the process runs, and while it can answer |
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
//! Where a description says `x-openai-isConsequential: false` of an operation that does not only
//! read, the first call of a person asks and offers `always_allow`; reading asks nothing, unless
//! [`ask_before_reading`](crate::service::Builder::ask_before_reading) says so.
//!
//! **A call that a person signs in for** says `sign_in_needed` with a path on this server, which
//! leads the browser of the session to the provider and back to `{path}/callback`, the redirect
//! URI to register there. The call goes on by itself. A client that takes the turn as JSON finds the
//! path in the call's `sign_in` instead.
//!
//! **A file** is uploaded first and then named in a message by its id, whose text may be empty:
//!
//! ```sh
//! curl --data-binary @plan.pdf -H 'Content-Type: application/pdf' \
//!     'http://127.0.0.1:8000/api/conversations/ID/files?name=plan.pdf'
//! ```
//!
//! A file may have 20 MB, the files of a conversation 100 MB together, and a message ten of them,
//! unless the [`Builder`](crate::service::Builder) says otherwise. They go when the conversation is
//! deleted. Browsers are told to save what is no image.
//!
//! Calls take and bring files as actions of ChatGPT do: in the property `openaiFileIdRefs` of a body
//! the model names files, and the API is sent their names, media types and links, which lead to the
//! file for five minutes and without a session. Files in the property `openaiFileResponse` of an
//! answer are kept: ten at most, of 10 MB each, in base64 or as URLs on servers of the API.
//!
//! **MCP clients** of all revisions up to 2026-07-28 come to `/mcp` by streamable HTTP, by OAuth or with
//! the same tokens as everybody, and each of their calls counts as a message; `crate::mcp` says what they
//! find. A session of an earlier revision is known to who began it for a day after its last use, in
//! all processes that share the store; only a question to a person must be answered in the process
//! that asked, which since 2026-07-28 any can.
//!
//! **Actions of this program**, which are functions with [`#[action]`](macro@crate::action), can be
//! called by other hosts. `/actions/openapi.json` describes them, for the address that people use,
//! in OpenAPI 3.1 and within the rules of ChatGPT's editor; what is longer than it takes is shortened
//! there; types that hold themselves cannot be described for it. A call answers 200 with JSON, 204
//! where there is no answer, 422 where the arguments are not as described or the action says why it
//! did nothing, and 503 where it took too long. It asks nobody: that is up to the host, which is
//! told by `x-openai-isConsequential`. A GPT without such actions has neither path.
//!
//! **Errors** are `application/problem+json` (RFC 9457) whose `detail` says what is wrong.
//!
//! # Who may use it
//!
//! | visibility | lets in |
//! |---|---|
//! | `only_me` | the owner, by a token that is printed as part of an address at the first start |
//! | `link` | also who has the share link, which is printed at each start and which the owner can renew |
//! | `everyone` | everyone |
//!
//! A server of several GPTs has one token of its owner, which opens the directory and each of them;
//! share links and the sessions of others are each GPT's own.
//!
//! Tokens are sent as `Authorization: Bearer …`. Opening an address with one in a browser turns it
//! into a session, a cookie that scripts cannot read. Conversations, lasting consents and sign-ins
//! belong to a session; what a client without one begins is known by its id alone.
//!
//! **Programs** such as ChatGPT, Claude and editors need no token pasted: the GPT is an OAuth 2.1
//! resource with an authorization server of its own, as MCP has it. Whoever may not come in is
//! answered with the address of its metadata (RFC 9728). A program says what it is by a document at
//! its own address (Client ID Metadata Documents) or registers (RFC 7591), and sends the person's
//! browser to a page of the GPT, where they allow it or decline. Its tokens open this GPT alone, and
//! act for the person: their conversations, consents and sign-ins, but nothing that only the owner
//! may do. They end when the person disconnects the program, and with what let the person in, such
//! as the share link. An access token lasts an hour; one that replaces it is good once.
//!
//! # Who may connect
//!
//! On a loopback address only requests for this very host and port are answered, so that no web
//! page can reach the GPT under a name of its own. Requests that change something must come from
//! the GPT's own page, from a page of [`Server::allowed_origins`], or from no page at all.
//! `GPT_PUBLIC_URL` names the address people use when a proxy stands in front.

mod actions;
mod address;
mod api;
mod command;
mod configuration;
mod connections;
#[cfg(feature = "mcp")]
mod desk;
mod directory;
mod entrance;
mod events;
mod extract;
mod files;
mod forwarded;
mod gpts;
mod guard;
mod health;
mod limits;
mod log;
#[cfg(feature = "mcp")]
mod mcp;
mod oauth;
mod openai;
mod origins;
mod page;
mod problem;
mod reload;
mod settings;
mod shutdown;
mod sign_in;
#[cfg(feature = "mcp")]
mod stdio;
mod watch;

use std::{fmt::Display, io::Write as _, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderMap, header},
    routing::get,
};
use tokio::net::TcpListener;

#[cfg(feature = "mcp")]
pub use self::stdio::serve_stdio;
use self::{command::Command, gpts::Gpts};
use crate::{
    environment::variable, error::Error, function::Held, gpt::Gpt, metrics::Metrics,
    service::Service, store, tool::fetch::Fetcher,
};

/// Serves a GPT with the settings of the environment until Ctrl-C or SIGTERM, or does what
/// `GPT_COMMAND` says.
pub async fn serve(gpt: impl Gpt) -> Result<(), Error> {
    match Command::from_env()? {
        Command::Serve => Server::new(Service::from_env(gpt)?).run().await,
        // What a GPT is depends on no setting, which may be missing.
        Command::Definition => command::print(&[gpt.definition()]),
        #[cfg(feature = "mcp")]
        Command::Mcp => serve_stdio(gpt).await,
    }
}

/// Serves several GPTs, as [`Server::and`] says, with the settings of the environment until Ctrl-C
/// or SIGTERM, or does what `GPT_COMMAND` says: `serve_all(&[&WeatherDesk, &NewsDesk])`.
///
/// One that is made when the program runs is handed to [`Service::builder`], and its service to
/// [`Server::and`].
///
/// They share the store that `GPT_STORE` names, else the file `gpts.db` in the working directory.
///
/// # Errors
/// A setting cannot be used, there is no GPT, or two have one slug.
pub async fn serve_all(gpts: &[&'static dyn Gpt]) -> Result<(), Error> {
    let [first, others @ ..] = gpts else {
        return Err(Error::Setting {
            name: "serve_all".to_owned(),
            message: "there is no GPT to serve: name one".to_owned(),
        });
    };
    match Command::from_env()? {
        Command::Serve => {}
        Command::Definition => {
            let definitions: Vec<_> = gpts.iter().map(|it| it.definition()).collect();
            return command::print(&definitions);
        }
        #[cfg(feature = "mcp")]
        Command::Mcp if others.is_empty() => return stdio::serve(Held::Lent(*first)).await,
        #[cfg(feature = "mcp")]
        Command::Mcp => return Err(stdio::several()),
    }
    let name = if others.is_empty() {
        first.definition().name
    } else {
        "gpts"
    };
    let store = store::from_settings(name, &variable)?;
    let service = |gpt: &'static dyn Gpt| {
        let builder = crate::service::Builder::new(Held::Lent(gpt)).store(Arc::clone(&store));
        builder.from_env()?.build()
    };
    let mut server = Server::new(service(*first)?);
    for gpt in others {
        server = server.and(service(*gpt)?);
    }
    server.run().await
}

/// Serves one [`Service`] or several over HTTP.
pub struct Server {
    service: Service,
    others: Vec<Service>,
    address: Option<String>,
    public_url: Option<String>,
    owner_token: Option<String>,
    settings: settings::InCode,
    tell: Option<Arc<limits::Tell>>,
    client_fetcher: Option<Fetcher>,
}

impl Server {
    /// A server that listens where the environment says.
    pub fn new(service: Service) -> Self {
        Self {
            service,
            others: Vec::new(),
            address: None,
            public_url: None,
            owner_token: None,
            settings: settings::InCode::default(),
            tell: None,
            client_fetcher: None,
        }
    }

    /// Serves one more GPT.
    ///
    /// A GPT alone is at `/`. Of several each is at `/g/{slug}/` with everything it has alone, and
    /// `/` is a directory of them. The slug is made of the name, or is that of
    /// [`Builder::slug`](crate::service::Builder::slug). They have one owner; sessions, share
    /// links, conversations, consents and sign-ins are each GPT's own, also where they share a
    /// store: it keeps theirs by their slugs, and not among what the [`Service`] itself keeps.
    #[must_use]
    pub fn and(mut self, service: Service) -> Self {
        self.others.push(service);
        self
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

    /// Fetches with this the documents by which programs say what they are, before a person lets
    /// them use the GPT; from public addresses alone unless set.
    #[must_use]
    pub fn client_fetcher(mut self, fetcher: Fetcher) -> Self {
        self.client_fetcher = Some(fetcher);
        self
    }

    /// The proxies whose `Forwarded`, `X-Forwarded-For`, `-Proto`, `-Host` and `X-Request-Id` are
    /// believed, whatever `GPT_TRUSTED_PROXIES` says; none unless set.
    ///
    /// These are addresses and networks such as `127.0.0.1, 10.0.0.0/8`.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: impl Display) -> Self {
        self.settings.trusted_proxies = Some(proxies.to_string());
        self
    }

    /// The origins whose pages may use the API from a browser, whatever `GPT_ALLOWED_ORIGINS` says;
    /// none unless set.
    ///
    /// These are origins such as `https://example.com, http://localhost:5173`. A page of such an
    /// origin sends a token, as programs do: cookies of the GPT's own page do not count for it.
    #[must_use]
    pub fn allowed_origins(mut self, origins: impl Display) -> Self {
        self.settings.allowed_origins = Some(origins.to_string());
        self
    }

    /// Serves `GET /metrics` for Prometheus on an address of its own, whatever `GPT_METRICS_ADDR`
    /// says; off unless set. Everyone who reaches the address can read them.
    #[must_use]
    pub fn metrics_address(mut self, address: impl Display) -> Self {
        self.settings.metrics_address = Some(address.to_string());
        self
    }

    /// How long running turns may go on after the signal to stop, whatever `GPT_SHUTDOWN_GRACE`
    /// says; 30 seconds unless set.
    #[must_use]
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.settings.shutdown_grace = Some(grace);
        self
    }

    /// How many messages and new conversations a caller may send a minute, whatever
    /// `GPT_MESSAGES_PER_MINUTE` says; 60 unless set. So many may come at once.
    ///
    /// A caller is an address, of IPv6 a network of 64 bits, or who [`Self::caller`] says.
    #[must_use]
    pub fn messages_per_minute(mut self, messages: usize) -> Self {
        self.settings.messages_per_minute = Some(messages);
        self
    }

    /// How many turns of a caller may run at once, whatever `GPT_TURNS_PER_CALLER` says; 16 unless
    /// set.
    #[must_use]
    pub fn turns_per_caller(mut self, turns: usize) -> Self {
        self.settings.turns_per_caller = Some(turns);
        self
    }

    /// How many turns may run at once, whatever `GPT_TURNS` says; 1,024 unless set.
    #[must_use]
    pub fn turns(mut self, turns: usize) -> Self {
        self.settings.turns = Some(turns);
        self
    }

    /// How many connections may be open at once, whatever `GPT_CONNECTIONS` says; 4,096 unless set.
    /// The system may allow fewer.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.settings.connections = Some(connections);
        self
    }

    /// Counts callers by what their requests say instead of by their addresses, where this returns
    /// something: only what cannot be made up, such as what a proxy in front puts there.
    #[must_use]
    pub fn caller(
        mut self,
        tell: impl Fn(&HeaderMap) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.tell = Some(Arc::new(tell));
        self
    }

    /// Starts to listen. Nothing is answered before the result runs.
    pub async fn bind(self) -> Result<Bound, Error> {
        let public_url = address::public_url(self.public_url)?;
        let owner_token = address::owner_token(self.owner_token)?;
        let listener = address::listen(self.address).await?;
        let local_addr = listener.local_addr().map_err(Error::Serve)?;
        let settings = self.settings.resolve()?;
        let origins = settings.origins.clone();
        let guard = guard::Guard::new(local_addr, public_url.as_ref(), origins);
        let url = match public_url {
            Some(url) => url,
            None => address::local_url(local_addr)?,
        };
        let fetcher = match self.client_fetcher {
            Some(fetcher) => fetcher,
            None => Fetcher::new()?,
        };
        let token = owner_token.as_deref();
        let gpts = Gpts::open(self.service, self.others, token, url, fetcher).await?;
        let metrics = match &settings.metrics_address {
            Some(address) => Some(listen_for_metrics(address).await?),
            None => None,
        };
        Ok(Bound {
            gpts,
            guard,
            listener,
            local_addr,
            settings,
            metrics,
            tell: self.tell,
        })
    }

    /// Listens, prints the address, and serves until Ctrl-C or SIGTERM.
    ///
    /// Log lines go to standard error, as `GPT_LOG` and `GPT_LOG_FORMAT` say, unless the program
    /// has a subscriber of its own by then. Does what `GPT_COMMAND` says instead, where it is set.
    pub async fn run(self) -> Result<(), Error> {
        match Command::from_env()? {
            Command::Serve => {}
            Command::Definition => {
                let services = [&self.service].into_iter().chain(&self.others);
                let definitions: Vec<_> = services.map(Service::definition).collect();
                return command::print(&definitions);
            }
            #[cfg(feature = "mcp")]
            Command::Mcp if self.others.is_empty() => {
                return stdio::speak(self.service, None).await;
            }
            #[cfg(feature = "mcp")]
            Command::Mcp => return Err(stdio::several()),
        }
        log::install()?;
        self.bind().await?.run().await
    }
}

/// A [`Server`] that listens.
pub struct Bound {
    gpts: Gpts,
    guard: guard::Guard,
    listener: TcpListener,
    local_addr: SocketAddr,
    settings: settings::Settings,
    metrics: Option<TcpListener>,
    tell: Option<Arc<limits::Tell>>,
}

impl Bound {
    /// The address listened on, with the port that was chosen where it was asked for as `0`.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The address that lets the owner in; `None` unless their token was made by this start.
    pub fn owner_url(&self) -> Option<String> {
        let entrance = &self.gpts.entrance;
        let token = entrance.access.new_token()?;
        Some(entrance.address(&format!("/?token={token}")))
    }

    /// The addresses that let in whom the owner gives them to, each with the name of its GPT: one
    /// for each whose visibility is `link`.
    ///
    /// # Errors
    /// The store failed.
    pub async fn share_urls(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let mut urls = Vec::new();
        for gpt in &self.gpts.hosted {
            if let Some(key) = gpt.entrance.access.share().await? {
                let url = gpt.entrance.address(&format!("/?key={key}"));
                urls.push((gpt.service.definition().name, url));
            }
        }
        Ok(urls)
    }

    /// The address of the metrics, where they are served.
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics.as_ref()?.local_addr().ok()
    }

    /// Prints the address and serves until Ctrl-C or SIGTERM, or does what `GPT_COMMAND` says; logs
    /// as [`Server::run`] does.
    pub async fn run(self) -> Result<(), Error> {
        match Command::from_env()? {
            Command::Serve => {}
            Command::Definition => return command::print(&self.gpts.definitions()),
            #[cfg(feature = "mcp")]
            Command::Mcp => {
                let [gpt] = &self.gpts.hosted[..] else {
                    return Err(stdio::several());
                };
                let place = desk::Place {
                    listener: self.listener,
                    guard: self.guard,
                    entrance: Arc::clone(&gpt.entrance),
                };
                return stdio::speak(gpt.service.clone(), Some(place)).await;
            }
        }
        log::install()?;
        let signal = shutdown::signal()?;
        let mut names = Vec::new();
        for gpt in &self.gpts.hosted {
            let definition = gpt.service.definition();
            names.push(definition.name);
            tracing::info!(
                gpt = definition.name,
                tokens = crate::check::cost(definition),
                "each request to a model carries instructions and tools of about this many tokens"
            );
            for operation in definition.operations() {
                for problem in crate::schema::problems(operation) {
                    tracing::warn!("arguments of `{}`: {problem}", operation.id);
                }
            }
        }
        let verb = if names.len() == 1 { "is" } else { "are" };
        let names = names.join(", ");
        let mut lines = format!("{names} {verb} listening on http://{}\n", self.local_addr);
        if let Some(url) = self.owner_url() {
            lines += &["For its owner, shown this once: ", &url, "\n"].concat();
        }
        for (name, url) in self.share_urls().await? {
            let of = if self.gpts.are_several() {
                [" ", name].concat()
            } else {
                String::new()
            };
            lines += &["To share", &of, ": ", &url, "\n"].concat();
        }
        // Whoever started the server may have stopped reading.
        if let Err(error) = std::io::stdout().write_all(lines.as_bytes()) {
            tracing::warn!("the addresses cannot be printed: {error}");
        }
        self.run_until(signal).await
    }

    /// Serves until `shutdown` is ready. From then on the server is not ready and begins no turn;
    /// running turns get the time of [`Server::shutdown_grace`] to finish.
    pub async fn run_until(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        /// What connections get to pass on that their turn was broken off.
        const GOODBYE: Duration = Duration::from_secs(1);

        let (drain, draining) = shutdown::stopping();
        let (stop, stopping) = shutdown::stopping();
        let metrics = Arc::clone(&self.gpts.metrics);
        let limits = self.settings.limits;
        let watch = watch::Watch {
            metrics: Arc::clone(&metrics),
            limiter: Arc::new(limits::Limiter::new(
                limits,
                Arc::clone(&metrics),
                draining.clone(),
            )),
            proxies: self.settings.proxies,
            tell: self.tell,
        };
        let mut router = self.gpts.router(&stopping, self.settings.reload);
        if self.settings.reload {
            router = router.merge(reload::routes(draining.clone()));
        }
        let router = router.merge(health::routes(self.gpts.services(), draining.clone()));
        let router = watch::watched(guard::protect(router, Arc::new(self.guard)), watch);
        let limit = self.settings.connections;
        let counted = Arc::clone(&metrics);
        let server = connections::serve(self.listener, router, limit, counted, draining);
        let grace = self.settings.grace;
        let end = async move {
            shutdown.await;
            drain.stop();
            tokio::time::sleep(grace).await;
            stop.stop();
            tokio::time::sleep(GOODBYE).await;
        };
        tokio::select! {
            () = server => {}
            () = end => {}
            () = serve_metrics(self.metrics, metrics) => {}
        }
        Ok(())
    }
}

async fn listen_for_metrics(address: &address::Setting) -> Result<TcpListener, Error> {
    let addresses = address.resolve().await?;
    TcpListener::bind(&addresses[..])
        .await
        .map_err(|error| address.error(format!("cannot listen on `{}`: {error}", address.value)))
}

/// Serves the metrics where there is a place for them; never ready.
async fn serve_metrics(listener: Option<TcpListener>, metrics: Arc<Metrics>) {
    /// Those who collect metrics are few.
    const CONNECTIONS: usize = 16;
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

    if let Some(listener) = listener {
        // The sender of this is kept, or it would count as said.
        let (_never, draining) = shutdown::stopping();
        let answer = async move || ([(header::CONTENT_TYPE, TEXT)], metrics.text());
        let router = Router::new().route("/metrics", get(answer));
        connections::serve(listener, router, CONNECTIONS, Arc::default(), draining).await;
    }
    std::future::pending::<()>().await;
}
