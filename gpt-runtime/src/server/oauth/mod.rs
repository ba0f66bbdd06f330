//! Lets programs use a GPT for a person who allows it, as MCP demands of servers: each GPT is an
//! OAuth 2.1 resource and its own authorization server.
//!
//! Clients find the way by themselves: the answer to who may not come in names the metadata of the
//! resource (RFC 9728), and these name those of the server (RFC 8414). `access` knows what clients,
//! codes and tokens are; here is how they come over HTTP.

mod authorize;
mod connected;
mod document;
mod metadata;
mod parameters;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use super::{entrance::Entrance, guard::own_form, limits::counted};
use crate::tool::fetch::Fetcher;

pub(super) use connected::routes as connected;
pub(super) use metadata::{resource_metadata, routes as metadata};

/// The most bytes of a request: programs say little.
const BODY_LIMIT: usize = 16 * 1024;

/// The authorization server of a GPT.
#[derive(Clone)]
pub(super) struct Authorization {
    pub(super) entrance: Arc<Entrance>,
    /// The name of the GPT.
    pub(super) gpt: &'static str,
    /// Reads documents about clients.
    pub(super) fetcher: Fetcher,
}

const AUTHORIZE: &str = "/oauth/authorize";
const TOKEN: &str = "/oauth/token";
const REVOKE: &str = "/oauth/revoke";
const REGISTER: &str = "/oauth/register";

/// The routes below the path of a GPT, whose [`Authorization`] is put into the extensions of
/// requests. They ask who comes themselves.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let authorize = get(authorize::ask).merge(own_form(post(authorize::answer)));
    Router::new()
        .route(AUTHORIZE, counted(authorize))
        .route(TOKEN, counted(post(token::token)))
        .route(REVOKE, counted(post(token::revoke)))
        .route(REGISTER, counted(post(token::register)))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
