//! Serves a GPT defined in Rust: a chat page, an API and typed action clients, over any model.
//!
//! ```no_run
//! use gpt_runtime::gpt;
//!
//! /// Answers in one sentence.
//! #[gpt(name = "Brief", instructions = "Answer in one sentence.")]
//! struct Brief;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), gpt_runtime::Error> {
//!     gpt_runtime::serve(Brief).await
//! }
//! ```
//!
//! This is a whole program. It prints where it listens, `http://127.0.0.1:8000` unless told
//! otherwise, and there is the page. Without a model it says so and works all the same, by matching
//! words with actions.
//!
//! # Actions
//!
//! An action is an operation of an HTTP API that the model may call. The crate `gpt-codegen` turns
//! an OpenAPI document into a module, in the build script:
//!
//! ```text
//! fn main() -> Result<(), gpt_codegen::Error> {
//!     gpt_codegen::compile("actions/weather.yaml")
//! }
//! ```
//!
//! [`include_actions!`] declares that module, and the `actions` of [`#[gpt]`](macro@gpt) name it:
//!
//! ```no_run
//! use gpt_runtime::gpt;
//!
//! # mod weather {
//! #     pub const OPERATIONS: &[&gpt_runtime::action::Described] = &[];
//! # }
//! # #[cfg(any())]
//! gpt_runtime::include_actions!(weather);
//!
//! /// Forecasts and alerts for any place in the United States.
//! #[gpt(
//!     name = "Weather Desk",
//!     instructions = "Answer briefly, with the name of the place.",
//!     starters = ["Will it rain in Denver tomorrow?"],
//!     actions = [weather],
//! )]
//! struct WeatherDesk;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), gpt_runtime::Error> {
//!     gpt_runtime::serve(WeatherDesk).await
//! }
//! ```
//!
//! A function is an action too, with [`#[action]`](macro@action), and so are methods of the GPT, with
//! [`#[actions]`](macro@actions): [`mod@function`] shows both.
//!
//! The model is an untrusted caller, and so is the API: arguments are validated against the
//! document before anything is sent, answers are shortened before a model reads them, secrets are
//! taken out of them, and a person is asked before a call that changes something.
//!
//! # Concepts
//!
//! - A [`Gpt`] is a type with a [`Definition`](gpt::Definition): name, instructions, starters,
//!   tools, actions, visibility. [`#[gpt]`](macro@gpt) checks and implements it.
//! - An [`Action`](action::Action) is a typed operation, described by an
//!   [`Operation`](action::Operation) that is plain data. The typed client and the tool a model
//!   sees are two faces of it.
//! - A [`Model`](model::Model) answers messages and asks for calls:
//!   [`Responses`](model::responses::Responses) speaks to OpenAI,
//!   [`Anthropic`](model::anthropic::Anthropic) to Anthropic,
//!   [`ChatCompletions`](model::chat::ChatCompletions) to OpenAI-compatible servers,
//!   [`Offline`](model::offline::Offline) needs nothing, [`Script`](model::script::Script) is for
//!   tests.
//! - A [`Service`] is a GPT with all it needs to talk. Each thing said is a
//!   [`Turn`](conversation::Turn), a stream of [`Event`](conversation::Event)s.
//! - A [`Store`](store::Store) keeps conversations: in a file, in a database or in memory.
//! - A [`Tool`](tool::Tool) runs here and is called by the model as operations are;
//!   [`mod@tool`] has those that stand for built-in tools.
//! - A [`Credential`](credential::Credential) signs the requests of an API's actions.
//! - A [`Server`] serves all that over HTTP; [`mod@server`] describes its API.
//! - Programs with a model of their own call the actions by the Model Context Protocol, over HTTP or
//!   as a program that they start: [`serve_stdio`], [`mod@mcp`].
//! - A [`Test`](testing::Test) of a GPT needs neither key nor network; [`mod@testing`] shows one.
//!
//! # Environment
//!
//! [`serve`], [`serve_all`] and [`Service::from_env`] read these variables; a service that is
//! [put together by hand](Service::builder) reads none.
//!
//! Each of them can also be read from a file, as Docker, Kubernetes and systemd hand out secrets:
//! `OPENAI_API_KEY_FILE=/run/secrets/openai` stands for an `OPENAI_API_KEY` with what is in that
//! file. [`Builder::from_settings`](service::Builder::from_settings) takes them from elsewhere, a
//! store of secrets for example.
//!
//! | variable | meaning | without it |
//! |---|---|---|
//! | `GPT_COMMAND` | what the program does: `serve`; `definition`, which prints what the GPT is, as [`mod@document`] says; or `mcp`, which is [`serve_stdio`] | `serve` |
//! | `GPT_MCP_CONFIRMATION` | who decides about calls that ask first, where the GPT is an MCP server: `person`, whom the client asks, or `client`, as it likes | `person` |
//! | `GPT_MAX_MCP_TOOLS` | how many tools an MCP client is listed; of more it is given two that find and call them | 64 |
//! | `GPT_ADDR` | the address to listen on | `127.0.0.1:8000` |
//! | `GPT_PUBLIC_URL` | the URL people use, where a proxy stands in front, and from which APIs fetch files | the address |
//! | `GPT_OWNER_TOKEN` | the token by which the owner is known | one is made at the first start and printed once |
//! | `GPT_SECRET_KEY` | 32 bytes in base64 that sign sessions and seal the tokens of people; the same in all processes | sessions are signed with a key in the store, and nobody can sign in to an API |
//! | `GPT_TRUSTED_PROXIES` | addresses and networks whose `Forwarded`, `X-Forwarded-*` and `X-Request-Id` are believed | none |
//! | `GPT_ALLOWED_ORIGINS` | origins whose pages may use the API from a browser, such as `https://example.com` | none |
//! | `GPT_MESSAGES_PER_MINUTE` | how many messages a caller may send a minute | 60 |
//! | `GPT_TURNS_PER_CALLER` | how many answers a caller may wait for at once | 16 |
//! | `GPT_TURNS` | how many answers may be written at once | 1024 |
//! | `GPT_CONNECTIONS` | how many connections may be open at once | 4096 |
//! | `GPT_SHUTDOWN_GRACE` | how many seconds running answers get when the server is told to stop | 30 |
//! | `GPT_METRICS_ADDR` | an address of its own for `GET /metrics` of Prometheus | there are none |
//! | `GPT_LOG` | what is logged: `error`, `warn`, `info`, `debug` or `trace` | `info` |
//! | `GPT_LOG_FORMAT` | `json` or `text` | `text` |
//! | `GPT_RELOAD` | `1`: pages load themselves anew when the program is replaced, as `cargo gpt dev` does | pages stay |
//! | `GPT_STORE` | where conversations are kept: a path or `sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`, or `memory` | a file in the working directory named after the GPT, such as `weather-desk.db` |
//! | `OPENAI_API_KEY` | the key of OpenAI, or of the server at `OPENAI_BASE_URL` | none is sent |
//! | `OPENAI_BASE_URL` | an OpenAI-compatible server, such as `http://localhost:11434/v1` | OpenAI where there is a key |
//! | `ANTHROPIC_API_KEY` | the key of Anthropic, or of the server at `ANTHROPIC_BASE_URL` | none is sent |
//! | `ANTHROPIC_BASE_URL` | a server that speaks Anthropic's Messages API | Anthropic where there is a key |
//! | `GPT_PROTOCOL` | `responses`, `chat_completions` or `anthropic`; needed where variables of both vendors are set | `responses` at OpenAI, `chat_completions` at `OPENAI_BASE_URL`, `anthropic` where only its variables are set, else no model |
//! | `GPT_MODEL` | the name of the model there | a current one at OpenAI and Anthropic; an error elsewhere |
//! | `GPT_HOSTED_TOOLS` | the built-in tools that the model's server brings, of `web_search`, `image_generation` and `code_interpreter`, with commas; not for `chat_completions` | all at OpenAI (`responses`), `web_search` and `code_interpreter` at Anthropic, none elsewhere |
//! | `GPT_MAX_CONTEXT_TOKENS` | how many tokens of a conversation the model is shown; a token is taken for four characters | 100000 |
//! | `GPT_SEARCH_URL` | the address of a [SearXNG](https://docs.searxng.org), for `web_search` where the model does not bring it; with the feature `web` | see `BRAVE_API_KEY` |
//! | `BRAVE_API_KEY` | the key of Brave's Search API, for the same | an error where a GPT needs it |
//! | `GPT_IMAGES_URL` | an OpenAI-compatible server with `images/generations`, for `image_generation` where the model does not bring it | OpenAI where there is a key |
//! | `GPT_IMAGES_API_KEY` | its key | `OPENAI_API_KEY` at OpenAI, none elsewhere |
//! | `GPT_IMAGES_MODEL` | the name of the model there | a current one at OpenAI; an error elsewhere |
//! | `GPT_PYTHON` | the interpreter for `code_interpreter` where the model does not bring it | `/usr/bin/python3` |
//! | `WEATHER_API_KEY` | for a module `weather`, the credential of its security scheme `apiKey`; `user:password` for basic authentication | calls that need it fail, and say so |
//! | `WEATHER_BASE_URL` | for a module `weather`, the server its calls go to | the one in the document |
//! | `WEATHER_LOGIN_CLIENT_ID` | for a module `weather`, the OAuth client with which people sign in, each for themselves, for its security scheme `login`; also `_CLIENT_SECRET`, `_TOKEN_EXCHANGE` (`post` or `basic`), `_SCOPE`, `_AUTHORIZATION_URL`, `_TOKEN_URL`, `_REVOCATION_URL` | nobody signs in |
//!
//! # Features
//!
//! - `server`, on by default: [`#[gpt]`](macro@gpt) and everything that serves a GPT, which is
//!   [`mod@gpt`], [`message`], [`model`], [`conversation`], [`service`], [`store`], [`mod@tool`],
//!   [`mod@testing`] and [`mod@server`] with what stands at the top of this crate.
//! - `mcp`, on by default: the GPT as an MCP server, at `/mcp` and by [`serve_stdio`], which is
//!   [`mod@mcp`]. It adds about 30 crates, and up to a third to a first build.
//! - `sqlite`, on by default: conversations in a file, by SQLite, which is compiled along and needs
//!   a C compiler. Without it, and without `GPT_STORE`, conversations end with the program.
//! - `postgres`: conversations in PostgreSQL, for several machines.
//! - `web`: `web_search` and the reading of pages, where the model's provider does not bring them.
//!
//! A program that only calls an API writes `default-features = false`. It has the typed clients,
//! their [`credential`]s, and with [`Invoker`](invoke::Invoker) calls of tools for a model of its
//! own; axum is not built.

extern crate self as gpt_runtime;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "server")]
mod access;
pub mod action;
mod cache;
#[cfg(feature = "server")]
mod check;
#[cfg(feature = "server")]
pub mod conversation;
pub mod credential;
pub mod data;
#[cfg(feature = "server")]
pub mod document;
mod environment;
pub mod error;
#[cfg(feature = "server")]
mod file;
#[cfg(feature = "server")]
pub mod function;
#[cfg(feature = "server")]
pub mod gpt;
pub mod invoke;
#[cfg(feature = "mcp")]
pub mod mcp;
#[cfg(feature = "server")]
pub mod message;
#[cfg(feature = "server")]
mod metrics;
#[cfg(feature = "server")]
pub mod model;
#[cfg(feature = "server")]
mod network;
pub mod request;
pub mod schema;
#[cfg(feature = "server")]
pub mod secret;
mod sequence;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
pub mod sign_in;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod testing;
#[cfg(feature = "server")]
pub mod tool;

pub use error::Error;
#[cfg(feature = "server")]
pub use function::ActionError;
#[cfg(feature = "server")]
pub use gpt::Gpt;
#[cfg(feature = "server")]
#[doc(inline)]
pub use gpt_macros::{action, actions, gpt};
#[cfg(feature = "mcp")]
pub use server::serve_stdio;
#[cfg(feature = "server")]
pub use server::{Server, serve, serve_all};
#[cfg(feature = "server")]
pub use service::Service;

/// Includes the module that `gpt_codegen` wrote for an action schema, under its name.
///
/// `include_actions!(weather)` declares `pub mod weather` with the code generated from
/// `actions/weather.yaml`; a visibility may stand before the name.
#[macro_export]
macro_rules! include_actions {
    ($name:ident) => {
        $crate::include_actions! { pub $name }
    };
    ($visibility:vis $name:ident) => {
        // A binary uses few of the operations it includes, and lints of style are for people.
        #[allow(
            dead_code,
            missing_docs,
            unexpected_cfgs,
            unreachable_pub,
            clippy::all,
            clippy::nursery,
            clippy::pedantic,
            clippy::restriction
        )]
        $visibility mod $name {
            // rust-analyzer knows no `env!` with a message, and would see nothing of the module.
            #[cfg(rust_analyzer)]
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
            #[cfg(not(rust_analyzer))]
            include!(concat!(
                env!(
                    "OUT_DIR",
                    "no build script ran: add a `build.rs` that calls `gpt_codegen::compile`"
                ),
                "/",
                stringify!($name),
                ".rs"
            ));
        }
    };
}
