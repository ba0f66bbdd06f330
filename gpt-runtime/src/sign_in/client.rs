//! What an OAuth client is, and where its settings come from.

use std::fmt;

use url::Url;

use crate::{
    action::{Api, SecurityKind, SecurityScheme},
    credential::variable,
    environment::Lookup,
    error::Error,
};

/// How a client proves itself where codes become tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenExchange {
    /// With id and secret in the form, `client_secret_post`.
    #[default]
    Post,
    /// With id and secret in the header `Authorization`, `client_secret_basic`.
    Basic,
}

/// A client that an OAuth 2.0 or OpenID Connect provider knows: with it people sign in to an API,
/// each for themselves. Its secret cannot be printed.
#[derive(Clone)]
pub struct OAuthClient {
    pub(super) id: String,
    pub(super) secret: Option<String>,
    pub(super) exchange: TokenExchange,
    pub(super) scope: Option<String>,
    pub(super) authorization_url: Option<String>,
    pub(super) token_url: Option<String>,
    pub(super) revocation_url: Option<String>,
}

impl OAuthClient {
    /// The client of this id, without a secret: a public one.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: None,
            exchange: TokenExchange::default(),
            scope: None,
            authorization_url: None,
            token_url: None,
            revocation_url: None,
        }
    }

    /// The secret it shares with the provider.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// How it proves itself, [`TokenExchange::Post`] by default.
    #[must_use]
    pub fn exchange(mut self, exchange: TokenExchange) -> Self {
        self.exchange = exchange;
        self
    }

    /// What people are asked to allow, with spaces in between; what the operations of the GPT
    /// demand by default.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Where people sign in, instead of where the document says.
    #[must_use]
    pub fn authorization_url(mut self, url: impl Into<String>) -> Self {
        self.authorization_url = Some(url.into());
        self
    }

    /// Where codes become tokens, instead of where the document says.
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Where tokens are revoked when a person signs out, RFC 7009.
    #[must_use]
    pub fn revocation_url(mut self, url: impl Into<String>) -> Self {
        self.revocation_url = Some(url.into());
        self
    }

    /// The client that a source of settings has for a scheme; `None` without a client id.
    pub(crate) fn read(
        api: &Api,
        scheme: &SecurityScheme,
        lookup: &Lookup<'_>,
    ) -> Result<Option<Self>, Error> {
        let prefix = variable(api, scheme.name);
        let setting = |name: &str| -> Result<Option<String>, Error> {
            let value = lookup(&format!("{prefix}_{name}"))?;
            let value = value.map(|it| it.trim().to_owned());
            Ok(value.filter(|it| !it.is_empty()))
        };
        let Some(id) = setting("CLIENT_ID")? else {
            return Ok(None);
        };
        let exchange = match setting("TOKEN_EXCHANGE")?.as_deref() {
            None | Some("post") => TokenExchange::Post,
            Some("basic") => TokenExchange::Basic,
            Some(_) => {
                return Err(Error::Setting {
                    name: format!("{prefix}_TOKEN_EXCHANGE"),
                    message: "is neither `post` nor `basic`".to_owned(),
                });
            }
        };
        Ok(Some(Self {
            id,
            secret: setting("CLIENT_SECRET")?,
            exchange,
            scope: setting("SCOPE")?,
            authorization_url: setting("AUTHORIZATION_URL")?,
            token_url: setting("TOKEN_URL")?,
            revocation_url: setting("REVOCATION_URL")?,
        }))
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("id", &self.id)
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}

/// Where a provider is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At these addresses.
    Known(Endpoints),
    /// At those of its configuration, OpenID Connect Discovery 1.0.
    Configuration(Url),
}

/// The addresses of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoints {
    /// Who it says it is, where it says so.
    pub(super) issuer: Option<String>,
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) revocation: Option<Url>,
}

impl Place {
    /// Where a client's provider is, by the document and what was set instead.
    pub(super) fn of(
        api: &Api,
        scheme: &SecurityScheme,
        client: &OAuthClient,
    ) -> Result<Self, Error> {
        let (authorization, token) = match scheme.kind {
            SecurityKind::AuthorizationCode {
                authorization_url,
                token_url,
            } => (Some(authorization_url), Some(token_url)),
            SecurityKind::OpenIdConnect(url) if client.token_url.is_none() => {
                return Ok(Self::Configuration(address(api, scheme, url)?));
            }
            _ => (None, None),
        };
        let of = |set: &Option<String>, documented: Option<&'static str>| {
            let url = set.as_deref().or(documented).ok_or_else(|| {
                wrong(
                    api,
                    scheme,
                    "the document does not say where people sign in: set its URLs",
                )
            })?;
            address(api, scheme, url)
        };
        let revocation = client.revocation_url.as_deref();
        Ok(Self::Known(Endpoints {
            issuer: None,
            authorization: of(&client.authorization_url, authorization)?,
            token: of(&client.token_url, token)?,
            revocation: revocation
                .map(|url| address(api, scheme, url))
                .transpose()?,
        }))
    }
}

/// An address to which secrets may be sent.
fn address(api: &Api, scheme: &SecurityScheme, url: &str) -> Result<Url, Error> {
    let parsed = Url::parse(url).map_err(|_| {
        wrong(
            api,
            scheme,
            &format!("`{url}` is no absolute URL: set another one"),
        )
    })?;
    if is_safe(&parsed) {
        return Ok(parsed);
    }
    let message = format!("`{url}` must begin with `https://`: tokens travel there");
    Err(wrong(api, scheme, &message))
}

/// Whether nobody on the way can read what is sent there.
pub(super) fn is_safe(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(url::Host::Domain(name))) => name.eq_ignore_ascii_case("localhost"),
        ("http", Some(url::Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(url::Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    }
}

fn wrong(api: &Api, scheme: &SecurityScheme, message: &str) -> Error {
    Error::Setting {
        name: format!("OAuth client of `{}` of {}", scheme.name, api.name),
        message: message.to_owned(),
    }
}
