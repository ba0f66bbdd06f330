//! The client that the authorization server knows, and how it proves who it is.

use std::{fmt, io};

use axum::http::{HeaderMap, header::AUTHORIZATION};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use url::form_urlencoded;

use super::{form::Form, token::Refusal};
use crate::random::{self, Fingerprint};

/// A client and the secret it shares with the authorization server, which cannot be printed.
#[derive(Clone)]
pub(crate) struct Client {
    id: &'static str,
    secret: String,
}

impl Client {
    /// A client with a new secret.
    ///
    /// # Errors
    /// The system has no random bytes to give.
    pub(crate) fn new(id: &'static str) -> io::Result<Self> {
        let secret = random::text()?;
        Ok(Self { id, secret })
    }

    pub(crate) fn id(&self) -> &'static str {
        self.id
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// Checks the proof that came with a request: in the header or in the form, never in both
    /// (RFC 6749 section 2.3).
    pub(super) fn check(&self, headers: &HeaderMap, form: &mut Form) -> Result<(), Refusal> {
        let (id, secret) = (form.take("client_id"), form.take("client_secret"));
        let (id, secret) = match headers.get(AUTHORIZATION) {
            Some(_) if secret.is_some() => {
                let description = "the client proves itself twice: in the header and in the form";
                return Err(Refusal::invalid_request(description));
            }
            Some(value) => {
                let basic = value.to_str().ok().and_then(basic);
                let (named, secret) = basic.ok_or_else(Refusal::invalid_client)?;
                if id.is_some_and(|id| id != named) {
                    return Err(Refusal::invalid_client());
                }
                (named, secret)
            }
            None => match (id, secret) {
                (Some(id), Some(secret)) => (id, secret),
                _ => return Err(Refusal::invalid_client()),
            },
        };
        if id == self.id && Fingerprint::of(&secret) == Fingerprint::of(&self.secret) {
            Ok(())
        } else {
            Err(Refusal::invalid_client())
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Id and secret of a header, each encoded as in a form before they are joined.
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    let decoded = |text: &str| {
        let mut pairs = form_urlencoded::parse(text.as_bytes());
        let (text, rest) = pairs.next()?;
        (rest.is_empty() && pairs.next().is_none()).then(|| text.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}
