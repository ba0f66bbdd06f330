//! Typed calls: what a generated client is made of.

use std::{sync::Arc, time::Duration};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

#[cfg(feature = "server")]
use super::stand_in;
use super::{
    call::Call,
    hook::{Attempt, Hooks, Outcome},
    http::Http,
    retry::Retry,
};
use crate::{
    action::{Action, Api},
    credential::{self, Credential, Credentials},
    environment::{Lookup, variable},
    error::Error,
    request,
};

/// Calls the operations of an API. Cloning it is cheap and shares connections.
///
/// A generated module has a client of its own, with a method for each operation; it is made from
/// this one where it needs settings:
///
/// ```
/// use gpt_runtime::{action::Api, credential::Credential, error::Error, invoke::Client};
///
/// fn client(api: &'static Api) -> Result<Client, Error> {
///     Client::new(api)
///         .base_url("http://127.0.0.1:8080/v1")?
///         .credential("userAgent", Credential::api_key("weather-desk (me@example.com)"))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) api: &'static Api,
    pub(super) settings: Arc<Settings>,
}

/// As ChatGPT has it.
pub(super) const LENGTH_LIMIT: usize = 100_000;
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(45);

/// What holds for all calls of a client.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) base_url: Option<Url>,
    pub(super) credentials: Credentials,
    /// Sent with each request; may hold secrets, which is why each value is marked sensitive.
    pub(super) headers: HeaderMap,
    pub(super) time_limit: Duration,
    pub(super) answer_limit: usize,
    /// The most characters of a request that a model makes, and of what it is shown of an answer.
    pub(super) length_limit: usize,
    pub(super) retry: Retry,
    pub(super) hooks: Hooks,
    pub(super) http: Http,
    /// What answers in the place of the server.
    #[cfg(feature = "server")]
    pub(super) stand_in: Option<stand_in::Shared>,
}

impl Client {
    /// A client without credentials that talks to the document's server.
    pub fn new(api: &'static Api) -> Self {
        Self {
            api,
            settings: Arc::new(Settings {
                base_url: None,
                credentials: Credentials::default(),
                headers: HeaderMap::new(),
                time_limit: TIME_LIMIT,
                answer_limit: 10_000_000,
                length_limit: LENGTH_LIMIT,
                retry: Retry::default(),
                hooks: Hooks::default(),
                http: Http::default(),
                #[cfg(feature = "server")]
                stand_in: None,
            }),
        }
    }

    /// A client with the credentials and the base URL of the environment.
    ///
    /// For an API module `weather` with a security scheme `userAgent` these are
    /// `WEATHER_USER_AGENT` and `WEATHER_BASE_URL`.
    ///
    /// # Errors
    ///
    /// When a variable is set but cannot be used.
    pub fn from_env(api: &'static Api) -> Result<Self, Error> {
        Self::from_lookup(api, &variable)
    }

    pub(super) fn from_lookup(api: &'static Api, lookup: &Lookup<'_>) -> Result<Self, Error> {
        let mut client = Self::new(api);
        client.settings_mut().credentials = Credentials::read(api, lookup)?;
        let name = credential::variable(api, "baseUrl");
        if let Some(url) = lookup(&name)?.filter(|it| !it.trim().is_empty()) {
            client.settings_mut().base_url = Some(base_url(name, url.trim())?);
        }
        Ok(client)
    }

    /// Sends the calls to another server than the document's.
    ///
    /// # Errors
    ///
    /// When the URL is no absolute `http` or `https` URL.
    pub fn base_url(mut self, url: &str) -> Result<Self, Error> {
        self.set_base_url(url)?;
        Ok(self)
    }

    pub(super) fn set_base_url(&mut self, url: &str) -> Result<(), Error> {
        let name = format!("base URL of {}", self.api.name);
        self.settings_mut().base_url = Some(base_url(name, url)?);
        Ok(())
    }

    /// Sets the credential of a security scheme, by its name in the document.
    ///
    /// # Errors
    ///
    /// When the API has no such scheme, or the credential is of another kind.
    pub fn credential(mut self, scheme: &str, credential: Credential) -> Result<Self, Error> {
        self.set_credential(scheme, credential)?;
        Ok(self)
    }

    pub(super) fn set_credential(
        &mut self,
        scheme: &str,
        credential: Credential,
    ) -> Result<(), Error> {
        let api = self.api;
        self.settings_mut().credentials.set(api, scheme, credential)
    }

    /// Sends a header with each request. A secret is better set as a [`Credential`], which is taken
    /// out of failures that repeat it.
    ///
    /// # Errors
    ///
    /// When the name or value cannot stand in a header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let setting = |message: &str| Error::Setting {
            name: format!("header `{}`", name.escape_debug()),
            message: message.to_owned(),
        };
        let parsed = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| setting("a header cannot have this name"))?;
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| setting("its value holds characters that a header cannot hold"))?;
        value.set_sensitive(true);
        self.settings_mut().headers.insert(parsed, value);
        Ok(self)
    }

    /// Sends the calls through an HTTP client of one's own.
    ///
    /// Its redirect policy holds then: one that follows to other hosts may show them credentials.
    #[must_use]
    pub fn http(mut self, client: reqwest::Client) -> Self {
        self.settings_mut().http = Http::given(client);
        self
    }

    /// Sends requests again by this policy; [`Retry::default`] unless set.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.settings_mut().retry = retry;
        self
    }

    /// Calls this before each request that is sent, after the hooks that were added before.
    ///
    /// ```
    /// # use gpt_runtime::{action::Api, invoke::Client};
    /// # fn client(api: &'static Api) -> Client {
    /// Client::new(api)
    ///     .before(|attempt| eprintln!("{} {}", attempt.method.as_str(), attempt.url))
    ///     .after(|attempt, outcome| match outcome.result {
    ///         Ok(head) => eprintln!("{}: {}", attempt.operation.id, head.status),
    ///         Err(failure) => eprintln!("{}: {failure:?}", attempt.operation.id),
    ///     })
    /// # }
    /// ```
    #[must_use]
    pub fn before(mut self, hook: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.settings_mut().hooks.add_before(hook);
        self
    }

    /// Calls this when an answer begins or a request fails, after the hooks that were added before.
    /// Of a call that is dropped meanwhile it hears nothing.
    #[must_use]
    pub fn after(
        mut self,
        hook: impl Fn(&Attempt<'_>, &Outcome<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.settings_mut().hooks.add_after(hook);
        self
    }

    /// Gives up on a call after this time, all attempts and the waits between them included; 45
    /// seconds unless set. A stream may take longer: of it this is the longest silence.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings_mut().time_limit = limit;
        self
    }

    /// Refuses answers, and items of a stream, of more bytes than this; 10,000,000 unless set.
    #[must_use]
    pub fn answer_limit(mut self, bytes: usize) -> Self {
        self.settings_mut().answer_limit = bytes;
        self
    }

    /// The API it calls.
    pub fn api(&self) -> &'static Api {
        self.api
    }

    /// Prepares a call; it is sent when it is awaited.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "arguments are written in the call, where a reference would be noise"
    )]
    pub fn call<A: Action>(&self, arguments: A) -> Call<A> {
        Call::new(self.clone(), &arguments)
    }

    /// With the connections of others.
    pub(super) fn shared(mut self, http: &Http) -> Self {
        self.settings_mut().http = http.clone();
        self
    }

    pub(super) fn settings_mut(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }
}

fn base_url(name: String, url: &str) -> Result<Url, Error> {
    request::server(url).map_err(|message| Error::Setting {
        name,
        message: message.to_owned(),
    })
}
