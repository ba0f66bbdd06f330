//! How requests of actions are signed.
//!
//! Secrets enter through [`Credential`] and leave in one place, `Signature::apply`; nothing in
//! between can print them.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::{
    action::{Api, Location, Requirement, SecurityKind, SecurityScheme},
    error::Error,
    request::{self, RequestError},
};

/// A secret that proves who sends a request. It cannot be printed or serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(Secret);

#[derive(Clone, PartialEq, Eq)]
enum Secret {
    ApiKey(String),
    Bearer(String),
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

    /// The user and password of basic authentication.
    pub fn basic(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self(Secret::Basic {
            user: user.into(),
            password: password.into(),
        })
    }

    /// Reads what an environment variable holds for a scheme.
    fn from_setting(text: &str, kind: SecurityKind) -> Result<Self, &'static str> {
        match kind {
            SecurityKind::ApiKey(..) => Ok(Self::api_key(text)),
            SecurityKind::Bearer => Ok(Self::bearer(text)),
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
            (Secret::Bearer(token), SecurityKind::Bearer) => in_header(token),
            (Secret::Basic { user, .. }, SecurityKind::Basic) if user.contains(':') => {
                Err("the user of basic authentication cannot hold `:`")
            }
            (Secret::Basic { .. }, SecurityKind::Basic) => Ok(()),
            (_, SecurityKind::ApiKey(..)) => Err("use `Credential::api_key`"),
            (_, SecurityKind::Bearer) => Err("use `Credential::bearer`"),
            (_, SecurityKind::Basic) => Err("use `Credential::basic`"),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Secret::ApiKey(_) => "Credential::api_key(..)",
            Secret::Bearer(_) => "Credential::bearer(..)",
            Secret::Basic { .. } => "Credential::basic(..)",
        })
    }
}

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

/// The credentials of one API, by scheme.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials(BTreeMap<&'static str, Credential>);

impl Credentials {
    /// The credentials that a source of settings, such as the environment, has for an API.
    pub(crate) fn read(
        api: &'static Api,
        lookup: &dyn Fn(&str) -> Result<Option<String>, Error>,
    ) -> Result<Self, Error> {
        let mut credentials = Self::default();
        for scheme in api.security_schemes {
            let name = variable(api, scheme.name);
            let Some(text) = lookup(&name)? else { continue };
            // A secret mounted as a file often ends with a line break.
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let credential = Credential::from_setting(text, scheme.kind)
                .and_then(|it| it.fits(scheme.kind).map(|()| it))
                .map_err(|message| Error::Setting {
                    name,
                    message: message.to_owned(),
                })?;
            credentials.0.insert(scheme.name, credential);
        }
        Ok(credentials)
    }

    /// Sets the credential of a scheme.
    pub(crate) fn set(
        &mut self,
        api: &'static Api,
        scheme: &str,
        credential: Credential,
    ) -> Result<(), Error> {
        let setting = |message: String| Error::Setting {
            name: format!("credential `{scheme}` of {}", api.name),
            message,
        };
        let known = find(api, scheme).ok_or_else(|| {
            let names: Vec<_> = api
                .security_schemes
                .iter()
                .map(|it| format!("`{}`", it.name))
                .collect();
            setting(match names.as_slice() {
                [] => "the API has no security schemes".to_owned(),
                names => format!("there is no such scheme; there is {}", names.join(", ")),
            })
        })?;
        credential
            .fits(known.kind)
            .map_err(|message| setting(message.to_owned()))?;
        self.0.insert(known.name, credential);
        Ok(())
    }

    /// The signature that satisfies one of the alternatives: the first whose schemes all have
    /// credentials; nothing only where nothing is asked or accepted.
    pub(crate) fn sign(
        &self,
        api: &'static Api,
        alternatives: &'static [&'static [Requirement]],
    ) -> Result<Signature<'_>, RequestError> {
        let satisfied = alternatives
            .iter()
            .filter(|schemes| !schemes.is_empty())
            .find_map(|schemes| {
                schemes
                    .iter()
                    .map(|it| Some((find(api, it.scheme)?.kind, self.0.get(it.scheme)?)))
                    .collect::<Option<Vec<_>>>()
            });
        if let Some(parts) = satisfied {
            return Ok(Signature { parts });
        }
        if alternatives.is_empty() || alternatives.iter().any(|it| it.is_empty()) {
            return Ok(Signature { parts: Vec::new() });
        }
        Err(RequestError::Credential {
            alternatives: alternatives
                .iter()
                .map(|schemes| {
                    schemes
                        .iter()
                        .filter(|it| !self.0.contains_key(it.scheme))
                        .map(|it| variable(api, it.scheme))
                        .collect()
                })
                .collect(),
        })
    }

    /// Replaces the secrets, and the ways they are spelled on the wire, wherever they stand.
    pub(crate) fn redact(&self, text: &str) -> Option<String> {
        let mut redacted = None::<String>;
        for spelling in self.0.values().flat_map(spellings) {
            let current = redacted.as_deref().unwrap_or(text);
            if current.contains(&spelling) {
                redacted = Some(current.replace(&spelling, "[redacted]"));
            }
        }
        redacted
    }
}

/// How a secret may come back in an answer. Short ones are left out: they would match words.
fn spellings(credential: &Credential) -> Vec<String> {
    let secrets = match &credential.0 {
        Secret::ApiKey(secret) | Secret::Bearer(secret) => vec![secret.clone()],
        Secret::Basic { user, password } => vec![basic(user, password), password.clone()],
    };
    let mut spellings = Vec::new();
    for secret in secrets {
        let json = serde_json::Value::from(secret.as_str()).to_string();
        let escaped = json.trim_matches('"').to_owned();
        let encoded = request::percent_encode(&secret);
        for spelling in [secret, escaped, encoded] {
            if spelling.len() >= 8 && !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
    }
    // Of two that overlap the longer goes first, so that no tail of it remains.
    spellings.sort_by_key(|it| std::cmp::Reverse(it.len()));
    spellings
}

fn find(api: &'static Api, scheme: &str) -> Option<&'static SecurityScheme> {
    api.security_schemes.iter().find(|it| it.name == scheme)
}

fn basic(user: &str, password: &str) -> String {
    STANDARD.encode(format!("{user}:{password}"))
}

/// What is added to one request.
pub(crate) struct Signature<'a> {
    parts: Vec<(SecurityKind, &'a Credential)>,
}

impl Signature<'_> {
    /// Puts the secrets where their schemes say. They replace whatever an argument put there.
    pub(crate) fn apply(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), RequestError> {
        for (kind, credential) in &self.parts {
            let unusable = || RequestError::Description {
                message: "a security scheme cannot be applied".to_owned(),
            };
            let (location, name, value) = match (kind, &credential.0) {
                (SecurityKind::ApiKey(location, name), Secret::ApiKey(key)) => {
                    (*location, *name, key.clone())
                }
                (SecurityKind::Bearer, Secret::Bearer(token)) => (
                    Location::Header,
                    AUTHORIZATION.as_str(),
                    format!("Bearer {token}"),
                ),
                (SecurityKind::Basic, Secret::Basic { user, password }) => (
                    Location::Header,
                    AUTHORIZATION.as_str(),
                    format!("Basic {}", basic(user, password)),
                ),
                _ => return Err(unusable()),
            };
            match location {
                Location::Query => set_query(url, name, &value),
                Location::Header => {
                    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
                    headers.insert(name, secret_header(&value).ok_or_else(unusable)?);
                }
                Location::Cookie => {
                    let cookies = with_cookie(headers, name, &value);
                    headers.insert(COOKIE, secret_header(&cookies).ok_or_else(unusable)?);
                }
                Location::Path => return Err(unusable()),
            }
        }
        Ok(())
    }
}

fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn set_query(url: &mut Url, name: &str, value: &str) {
    let name = request::percent_encode(name);
    let value = request::percent_encode(value);
    let others: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name.as_str()))
        .collect();
    let own = format!("{name}={value}");
    let query = others
        .into_iter()
        .chain([own.as_str()])
        .collect::<Vec<_>>()
        .join("&");
    url.set_query(Some(&query));
}

fn with_cookie(headers: &HeaderMap, name: &str, value: &str) -> String {
    let others = headers
        .get(COOKIE)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let own = format!("{name}={value}");
    others
        .split("; ")
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name))
        .chain([own.as_str()])
        .collect::<Vec<_>>()
        .join("; ")
}

/// The environment variable that holds a setting of an API: `WEATHER_USER_AGENT` for `userAgent`
/// of `weather`.
pub(crate) fn variable(api: &Api, setting: &str) -> String {
    format!("{}_{}", upper_snake(api.name), upper_snake(setting))
}

fn upper_snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            continue;
        }
        let before = index.checked_sub(1).and_then(|it| characters.get(it));
        let after = characters.get(index + 1);
        // `userAgent` -> USER_AGENT, `HTTPBearer` -> HTTP_BEARER
        let starts_word = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|it| it.is_lowercase()))
            });
        if starts_word && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(character.to_uppercase());
    }
    snake.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_of_variables() {
        for (name, expected) in [
            ("userAgent", "USER_AGENT"),
            ("HTTPBearer", "HTTP_BEARER"),
            ("api-key", "API_KEY"),
            ("api_key", "API_KEY"),
            ("ApiKeyAuth", "API_KEY_AUTH"),
            ("oauth2", "OAUTH2"),
            ("X.Token ", "X_TOKEN"),
            ("__", ""),
        ] {
            assert_eq!(super::upper_snake(name), expected, "{name}");
        }
    }
}
