//! Who asks: the customer whose token came along, and what they have allowed.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};

use super::{Counter, problem::Problem};
use crate::oauth::{Access, Scope};

/// The name of a customer who lets the client see their orders.
pub(super) struct Reader(pub(super) &'static str);

/// The name of a customer who lets the client change something for them.
pub(super) struct Writer(pub(super) &'static str);

impl FromRequestParts<Counter> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Problem> {
        customer(&parts.headers, counter, Scope::OrdersRead).map(Self)
    }
}

impl FromRequestParts<Counter> for Writer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Problem> {
        customer(&parts.headers, counter, Scope::OrdersWrite).map(Self)
    }
}

fn customer(headers: &HeaderMap, counter: &Counter, scope: Scope) -> Result<&'static str, Problem> {
    let Some(token) = bearer(headers) else {
        return Err(Problem::not_signed_in(None));
    };
    match counter.authority.access(token) {
        Some(Access { customer, scopes }) if scopes.contains(&scope) => Ok(customer),
        Some(_) => Err(Problem::not_allowed(scope.name())),
        None => Err(Problem::not_signed_in(Some(
            "the token has ended or was never given: sign in again",
        ))),
    }
}

/// The token of a request, RFC 6750 section 2.1: the one way in which the shop takes it.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start())
}
