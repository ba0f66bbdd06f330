//! How requests of actions are signed.
//!
//! Secrets enter through [`Credential`] and leave in one place, `Signature::apply`; nothing in
//! between can print them.

mod set;
mod signature;
mod variable;

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;

use crate::action::{Location, SecurityKind};

pub(crate) use set::Credentials;
pub(crate) use variable::variable;

/// A secret that proves who sends a request. It cannot be printed or serialised.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Credential(Secret);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Secret {
    ApiKey(String),
    Bearer(String),
    Http(String),
    Basic { user: String, password: String },
}

impl Credential {
    /// A key that is sent as a header, query parameter or cookie.
    pub fn api_key(key: impl Into<String>) -> Self {
        Self(Secret::ApiKey(key.into()))
    }

    /// A bearer token; also an access token of OAuth2 or OpenID Connect.
    pub fn bearer(token: impl Into<String>) -> Self {
        Self(Secret::Bearer(token.into()))
    }

    /// What follows the name of the scheme in the header `Authorization`, for schemes other than
    /// basic and bearer.
    pub fn http(credential: impl Into<String>) -> Self {
        Self(Secret::Http(credential.into()))
    }

    /// The user and password of basic authentication.
    pub fn basic(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self(Secret::Basic {
            user: user.into(),
            password: password.into(),
        })
    }

    /// One that a scheme takes and that means nothing; `None` where a scheme takes none.
    #[cfg(feature = "server")]
    pub(crate) fn placeholder(kind: SecurityKind) -> Option<Self> {
        let text = "placeholder-of-a-test";
        Self::from_setting(text, kind)
            .or_else(|_| Self::from_setting(&format!("{text}:{text}"), kind))
            .ok()
    }

    /// Reads what an environment variable holds for a scheme.
    fn from_setting(text: &str, kind: SecurityKind) -> Result<Self, &'static str> {
        match kind {
            SecurityKind::ApiKey(..) => Ok(Self::api_key(text)),
            SecurityKind::Bearer
            | SecurityKind::AuthorizationCode { .. }
            | SecurityKind::OpenIdConnect(_) => Ok(Self::bearer(text)),
            SecurityKind::Http(_) => Ok(Self::http(text)),
            SecurityKind::MutualTls => Err(CERTIFICATE),
            SecurityKind::Basic => text
                .split_once(':')
                .map(|(user, password)| Self::basic(user, password))
                .ok_or("write it as `user:password`"),
        }
    }

    /// Whether the credential can be sent as the scheme asks.
    fn fits(&self, kind: SecurityKind) -> Result<(), &'static str> {
        match (&self.0, kind) {
            (Secret::ApiKey(key), SecurityKind::ApiKey(location, _)) => match location {
                Location::Query => nonempty(key),
                Location::Cookie if !key.bytes().all(is_cookie_octet) => {
                    Err("the key holds characters that a cookie cannot hold")
                }
                _ => in_header(key),
            },
            (Secret::Http(secret), SecurityKind::Http(_)) => in_header(secret),
            (Secret::Bearer(secret), kind) if kind.is_bearer() => in_header(secret),
            (Secret::Basic { user, .. }, SecurityKind::Basic) if user.contains(':') => {
                Err("the user of basic authentication cannot hold `:`")
            }
            (Secret::Basic { .. }, SecurityKind::Basic) => Ok(()),
            (_, SecurityKind::ApiKey(..)) => Err("use `Credential::api_key`"),
            (
                _,
                SecurityKind::Bearer
                | SecurityKind::AuthorizationCode { .. }
                | SecurityKind::OpenIdConnect(_),
            ) => Err("use `Credential::bearer`"),
            (_, SecurityKind::Http(_)) => Err("use `Credential::http`"),
            (_, SecurityKind::MutualTls) => Err(CERTIFICATE),
            (_, SecurityKind::Basic) => Err("use `Credential::basic`"),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Secret::ApiKey(_) => "Credential::api_key(..)",
            Secret::Bearer(_) => "Credential::bearer(..)",
            Secret::Http(_) => "Credential::http(..)",
            Secret::Basic { .. } => "Credential::basic(..)",
        })
    }
}

/// What is said where a credential is given for mutual TLS.
const CERTIFICATE: &str = "give the certificate to the HTTP client, with `Client::http`";

fn nonempty(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        Err("it is empty")
    } else {
        Ok(())
    }
}

fn in_header(text: &str) -> Result<(), &'static str> {
    nonempty(text)?;
    HeaderValue::from_str(text)
        .map(drop)
        .map_err(|_| "it holds characters that a header cannot hold")
}

/// RFC 6265, section 4.1.1.
fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

fn basic(user: &str, password: &str) -> String {
    STANDARD.encode(format!("{user}:{password}"))
}
