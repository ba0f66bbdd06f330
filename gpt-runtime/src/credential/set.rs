//! The credentials of an API: read, chosen, and taken out of what comes back.

use std::collections::BTreeMap;

use super::{Credential, Secret, basic, signature::Signature, variable::variable};
use crate::{
    action::{Api, Requirement, SecurityKind, SecurityScheme},
    environment::Lookup,
    error::Error,
    request::{self, RequestError},
};

/// The credentials of one API, by scheme.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials(BTreeMap<&'static str, Credential>);

impl Credentials {
    /// The credentials that a source of settings, such as the environment, has for an API.
    pub(crate) fn read(api: &'static Api, lookup: &Lookup<'_>) -> Result<Self, Error> {
        let mut credentials = Self::default();
        for scheme in api.security_schemes {
            if is_mutual_tls(Some(scheme)) {
                continue;
            }
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

    /// Whether there is a credential for a scheme.
    #[cfg(feature = "server")]
    pub(crate) fn has(&self, scheme: &str) -> bool {
        self.0.contains_key(scheme)
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
                    .map(|it| (find(api, it.scheme), self.0.get(it.scheme)))
                    .filter(|(scheme, _)| !is_mutual_tls(*scheme))
                    .map(|(scheme, credential)| Some((scheme?.kind, credential?)))
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
                        .filter(|it| !is_mutual_tls(find(api, it.scheme)))
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

fn find(api: &'static Api, scheme: &str) -> Option<&'static SecurityScheme> {
    api.security_schemes.iter().find(|it| it.name == scheme)
}

/// Whether the HTTP client proves who sends a request, so that there is nothing to set.
fn is_mutual_tls(scheme: Option<&SecurityScheme>) -> bool {
    scheme.is_some_and(|it| it.kind == SecurityKind::MutualTls)
}

/// How a secret may come back in an answer. Short ones are left out: they would match words.
fn spellings(credential: &Credential) -> Vec<String> {
    let secrets = match &credential.0 {
        Secret::ApiKey(secret) | Secret::Bearer(secret) | Secret::Http(secret) => {
            vec![secret.clone()]
        }
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
