//! Where secrets are put into a request: the one place they leave through.

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::{Credential, Secret, basic};
use crate::{
    action::{Location, SecurityKind},
    request::{self, RequestError},
};

/// What is added to one request.
pub(crate) struct Signature<'a> {
    pub(super) parts: Vec<(SecurityKind, &'a Credential)>,
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
                (kind, Secret::Bearer(token)) if kind.is_bearer() => (
                    Location::Header,
                    AUTHORIZATION.as_str(),
                    format!("Bearer {token}"),
                ),
                (SecurityKind::Basic, Secret::Basic { user, password }) => (
                    Location::Header,
                    AUTHORIZATION.as_str(),
                    format!("Basic {}", basic(user, password)),
                ),
                (SecurityKind::Http(scheme), Secret::Http(credential)) => (
                    Location::Header,
                    AUTHORIZATION.as_str(),
                    format!("{scheme} {credential}"),
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
                Location::Path | Location::QueryString => return Err(unusable()),
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
