//! People sign in to the APIs of a GPT, each for themselves: OAuth 2.0 with authorization codes
//! (RFC 6749 section 4.1) and PKCE (RFC 7636), or OpenID Connect with discovery.

mod client;
mod endpoint;
mod token;

use std::{borrow::Cow, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use url::Url;

pub use client::{OAuthClient, TokenExchange};

use self::{
    client::{Endpoints, Place},
    endpoint::Returned,
    token::Token,
};
use crate::{
    action::{Api, Operation, SecurityScheme},
    credential::Credential,
    error::Error,
    secret::{self, SecretKey, fingerprint},
    store::{Change, Store, StoreError},
};

/// How long a person may take to sign in.
const STATE_LIFETIME: Duration = Duration::from_secs(600);

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// The provider does not do its part.
    #[error("the provider does not work: {0}")]
    Provider(String),
    /// The provider says no.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// A code or refresh token is no longer good.
    #[error("the sign-in is no longer valid")]
    Invalid,
    /// What came back does not belong to a sign-in that this person began.
    #[error(
        "this sign-in was not begun here, was used already, or took too long: begin it again in the \
         conversation"
    )]
    Forged,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Other(#[from] Error),
}

impl SignInError {
    fn refused(error: &str, description: &str) -> Self {
        match (error, description) {
            ("invalid_grant", _) => Self::Invalid,
            ("", _) => Self::Refused("it gave no reason".to_owned()),
            (error, "") => Self::Refused(endpoint::shown(error)),
            (_, description) => Self::Refused(endpoint::shown(description)),
        }
    }
}

/// An API that people sign in to.
pub(crate) struct Provider {
    pub(crate) api: &'static Api,
    pub(crate) scheme: &'static SecurityScheme,
    client: OAuthClient,
    place: Place,
    discovered: OnceCell<Endpoints>,
    scope: String,
}

impl Provider {
    /// What is asked where people sign in.
    fn parameters<'a>(
        &'a self,
        redirect_uri: &'a str,
        state: &'a str,
        verifier: &str,
    ) -> Vec<(&'static str, Cow<'a, str>)> {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        let mut parameters = vec![
            ("response_type", "code".into()),
            ("client_id", (&*self.client.id).into()),
            ("redirect_uri", redirect_uri.into()),
            ("state", state.into()),
            ("code_challenge", challenge.into()),
            ("code_challenge_method", "S256".into()),
        ];
        if !self.scope.is_empty() {
            parameters.push(("scope", (&*self.scope).into()));
        }
        parameters
    }

    /// The path at which signing in begins, below that of the GPT.
    pub(crate) fn path(&self) -> String {
        format!("/sign-in/{}/{}", self.api.name, self.scheme.name)
    }
}

/// The APIs that people sign in to, and their tokens.
#[derive(Clone)]
pub(crate) struct SignIns {
    providers: Arc<[Provider]>,
    store: Arc<dyn Store>,
    key: Option<SecretKey>,
    http: Option<reqwest::Client>,
}

/// A sign-in that has begun.
#[derive(Serialize, Deserialize)]
struct Begun {
    person: String,
    api: String,
    scheme: String,
    verifier: String,
    redirect_uri: String,
}

impl SignIns {
    /// # Errors
    /// A client cannot be used, or there is no key to seal tokens with.
    pub(crate) fn new(
        clients: Vec<(&'static Api, &'static SecurityScheme, OAuthClient)>,
        operations: &[&'static Operation],
        store: Arc<dyn Store>,
        key: Option<SecretKey>,
    ) -> Result<Self, Error> {
        let mut providers = Vec::new();
        for (api, scheme, client) in clients {
            let place = Place::of(api, scheme, &client)?;
            let demanded = || demanded(api, scheme, operations);
            providers.push(Provider {
                api,
                scheme,
                scope: client.scope.clone().unwrap_or_else(demanded),
                client,
                place,
                discovered: OnceCell::new(),
            });
        }
        if let (Some(provider), None) = (providers.first(), &key) {
            return Err(Error::Setting {
                name: "GPT_SECRET_KEY".to_owned(),
                message: format!(
                    "is missing: people sign in to {}, and their tokens are sealed with it; make \
                     one with `openssl rand -base64 32`",
                    provider.api.title
                ),
            });
        }
        let http = if providers.is_empty() {
            None
        } else {
            Some(endpoint::http().map_err(std::io::Error::other)?)
        };
        Ok(Self {
            providers: providers.into(),
            store,
            key,
            http,
        })
    }

    /// The same with another store.
    pub(crate) fn in_store(&self, store: Arc<dyn Store>) -> Self {
        Self {
            store,
            ..self.clone()
        }
    }

    pub(crate) fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The provider of a scheme of an API.
    pub(crate) fn provider(&self, api: &str, scheme: &str) -> Option<&Provider> {
        let mut providers = self.providers.iter();
        providers.find(|it| it.api.name == api && it.scheme.name == scheme)
    }

    /// The provider whose token an operation takes, if people sign in for it.
    pub(crate) fn of(&self, operation: &Operation) -> Option<&Provider> {
        let mut requirements = operation.security.iter().copied().flatten();
        requirements.find_map(|it| self.provider(operation.api.name, it.scheme))
    }

    /// Begins a sign-in; the address of the provider to which the person goes.
    pub(crate) async fn begin(
        &self,
        provider: &Provider,
        person: &str,
        redirect_uri: String,
    ) -> Result<Url, SignInError> {
        let endpoints = self.endpoints(provider).await?;
        let (state, verifier) = (secret::token()?, secret::token()?);
        let mut url = endpoints.authorization.clone();
        url.query_pairs_mut()
            .extend_pairs(provider.parameters(&redirect_uri, &state, &verifier));
        let begun = Begun {
            person: person.to_owned(),
            api: provider.api.name.to_owned(),
            scheme: provider.scheme.name.to_owned(),
            verifier,
            redirect_uri,
        };
        let key = state_key(&state);
        let sealed = self.seal(&key, &begun)?;
        let change = Change::for_a_time(&sealed, STATE_LIFETIME);
        self.store.put(&key, change).await?;
        Ok(url)
    }

    /// Ends a sign-in with what a provider sent back by the person's browser.
    pub(crate) async fn finish(
        &self,
        provider: &Provider,
        person: &str,
        query: &str,
    ) -> Result<(), SignInError> {
        let returned = Returned::new(query);
        let state = returned.state.as_deref().ok_or(SignInError::Forged)?;
        let begun = self.begun(provider, person, state).await?;
        if let Some(error) = &returned.error {
            let description = returned.error_description.as_deref().unwrap_or_default();
            return Err(SignInError::refused(error, description));
        }
        let endpoints = self.endpoints(provider).await?;
        // Another provider's code must not be taken for this one's, RFC 9207.
        if let (Some(expected), Some(issuer)) = (&endpoints.issuer, &returned.issuer)
            && expected != issuer
        {
            return Err(SignInError::Forged);
        }
        let code = returned.code.as_deref().ok_or(SignInError::Forged)?;
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &begun.redirect_uri),
            ("code_verifier", &begun.verifier),
        ];
        let http = self.http()?;
        let grant = endpoint::token(http, &endpoints.token, &provider.client, &parameters).await?;
        self.keep(provider, person, grant, None).await
    }

    /// The sign-in that a state belongs to, which it does once, and for who began it.
    async fn begun(
        &self,
        provider: &Provider,
        person: &str,
        state: &str,
    ) -> Result<Begun, SignInError> {
        let key = state_key(state);
        let sealed = self.store.record(&key).await?.ok_or(SignInError::Forged)?;
        let begun: Begun = self.open(&key, &sealed).ok_or(SignInError::Forged)?;
        let is_own = begun.person == person
            && begun.api == provider.api.name
            && begun.scheme == provider.scheme.name;
        if !is_own {
            return Err(SignInError::Forged);
        }
        let remove = self.store.swap(&key, Some(&sealed), Change::remove());
        if remove.await? {
            Ok(begun)
        } else {
            Err(SignInError::Forged)
        }
    }

    async fn endpoints<'a>(&self, provider: &'a Provider) -> Result<&'a Endpoints, SignInError> {
        match &provider.place {
            Place::Known(endpoints) => Ok(endpoints),
            Place::Configuration(url) => {
                let http = self.http()?;
                let read = || endpoint::configuration(http, url);
                provider.discovered.get_or_try_init(read).await
            }
        }
    }

    fn http(&self) -> Result<&reqwest::Client, SignInError> {
        let missing = || SignInError::Provider("there is no HTTP client".to_owned());
        self.http.as_ref().ok_or_else(missing)
    }

    fn seal(&self, place: &str, value: &impl Serialize) -> Result<String, SignInError> {
        let text = serde_json::to_string(value).map_err(std::io::Error::other);
        let text = text.map_err(Error::from)?;
        let sealed = self.key.as_ref().and_then(|key| key.seal(place, &text));
        let failed = || Error::from(std::io::Error::other("a token cannot be sealed"));
        Ok(sealed.ok_or_else(failed)?)
    }

    fn open<T: for<'de> Deserialize<'de>>(&self, place: &str, sealed: &str) -> Option<T> {
        serde_json::from_str(&self.key.as_ref()?.open(place, sealed)?).ok()
    }

    /// The credential of a person, renewed if it is about to end; `None` where they must sign in.
    pub(crate) async fn credential(
        &self,
        provider: &Provider,
        person: &str,
    ) -> Result<Option<Credential>, SignInError> {
        let token = self.token(provider, person).await?;
        Ok(token.map(Token::credential))
    }
}

fn state_key(state: &str) -> String {
    format!("sign-in/{}", fingerprint(state))
}

/// All scopes that the operations of an API demand of a scheme.
fn demanded(
    api: &'static Api,
    scheme: &SecurityScheme,
    operations: &[&'static Operation],
) -> String {
    let mut scopes: Vec<&str> = Vec::new();
    for operation in operations.iter().filter(|it| std::ptr::eq(it.api, api)) {
        for requirement in operation.security.iter().copied().flatten() {
            if requirement.scheme == scheme.name {
                scopes.extend(requirement.scopes);
            }
        }
    }
    scopes.sort_unstable();
    scopes.dedup();
    scopes.join(" ")
}
