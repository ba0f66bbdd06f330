//! Where customers sign in: an OAuth 2.0 authorization server, as strict as the standards ask.
//!
//! Authorization codes (RFC 6749) with PKCE (RFC 7636), refresh tokens that are good once, and
//! revocation (RFC 7009), by the best practice of RFC 9700. It knows one client and two customers.

mod authorize;
mod client;
mod form;
mod grants;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    extract::State,
    http::header,
    routing::{get, post},
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use self::grants::Grants;
pub(crate) use self::{client::Client, grants::Access};

/// Something that a customer may allow a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    OrdersRead,
    OrdersWrite,
}

impl Scope {
    const ALL: [Self; 2] = [Self::OrdersRead, Self::OrdersWrite];

    /// As the protocol names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OrdersRead => "orders.read",
            Self::OrdersWrite => "orders.write",
        }
    }

    /// What it means to a customer.
    fn meaning(self) -> &'static str {
        match self {
            Self::OrdersRead => "see your cart, orders and invoices",
            Self::OrdersWrite => "fill your cart, place and cancel orders, send goods back",
        }
    }

    /// Reads names with spaces in between; `None` where one is not known, or there is none.
    fn read(text: &str) -> Option<Vec<Self>> {
        let mut scopes = Vec::new();
        for name in text.split(' ') {
            let scope = Self::ALL.into_iter().find(|scope| scope.name() == name)?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Some(scopes)
    }

    fn write(scopes: &[Self]) -> String {
        let names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
        names.join(" ")
    }
}

/// A customer of the demo. The password is no secret: the page that asks for it shows it.
struct Account {
    user: &'static str,
    name: &'static str,
    password: &'static str,
}

const ACCOUNTS: [Account; 2] = [
    Account {
        user: "ada",
        name: "Ada Lovelace",
        password: "engine-1843",
    },
    Account {
        user: "grace",
        name: "Grace Hopper",
        password: "compiler-1952",
    },
];

/// What a customer is called on paper.
pub(crate) fn full_name(user: &str) -> &str {
    let account = ACCOUNTS.iter().find(|account| account.user == user);
    account.map_or(user, |account| account.name)
}

/// Who gives tokens to the shop's one client.
pub(crate) struct Authority {
    /// What it calls itself, and where it is.
    issuer: String,
    client: Client,
    clock: fn() -> OffsetDateTime,
    redirect_uri: Mutex<Option<String>>,
    grants: Mutex<Grants>,
}

impl Authority {
    pub(crate) fn new(issuer: String, client: Client, clock: fn() -> OffsetDateTime) -> Self {
        Self {
            issuer,
            client,
            clock,
            redirect_uri: Mutex::default(),
            grants: Mutex::default(),
        }
    }

    /// Registers the one address to which the client may have people sent back.
    pub(crate) fn register(&self, redirect_uri: String) {
        *lock(&self.redirect_uri) = Some(redirect_uri);
    }

    /// What an access token is good for; `None` when it has ended, was revoked or never given.
    pub(crate) fn access(&self, token: &str) -> Option<Access> {
        self.grants().access(token, (self.clock)())
    }

    fn grants(&self) -> MutexGuard<'_, Grants> {
        lock(&self.grants)
    }
}

/// What is behind a lock is changed by single insertions and removals: it is whole even if a
/// thread panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The endpoints.
pub(crate) fn router(authority: Arc<Authority>) -> Router {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route(
            "/oauth/authorize",
            get(authorize::ask).post(authorize::answer),
        )
        .route("/oauth/style.css", get(style))
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(token::revoke))
        .with_state(authority)
}

async fn style() -> ([(header::HeaderName, &'static str); 1], &'static str) {
    let css = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (css, include_str!("style.css"))
}

/// RFC 8414.
async fn metadata(State(authority): State<Arc<Authority>>) -> Json<Value> {
    let issuer = &authority.issuer;
    let proofs = json!(["client_secret_basic", "client_secret_post"]);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "scopes_supported": Scope::ALL.map(Scope::name),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": proofs,
        "revocation_endpoint_auth_methods_supported": proofs,
        "authorization_response_iss_parameter_supported": true,
    }))
}
