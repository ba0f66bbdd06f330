//! Typed calls: what a generated client is made of.

use std::{
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::{error::CallError, http::Http};
use crate::{
    action::{Action, Api, Operation},
    credential::{Credential, Credentials},
    data,
    error::Error,
    request::{Request, RequestError},
};

/// Calls the operations of an API. Cloning it is cheap and shares connections.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) api: &'static Api,
    pub(super) settings: Arc<Settings>,
}

/// What holds for all calls of a client.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) base_url: Option<Url>,
    pub(super) credentials: Credentials,
    /// Sent with each request; may hold secrets, which is why each value is marked sensitive.
    pub(super) headers: HeaderMap,
    pub(super) time_limit: Duration,
    pub(super) answer_limit: usize,
    pub(super) http: Http,
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
                time_limit: Duration::from_secs(45),
                answer_limit: 10_000_000,
                http: Http::default(),
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
        let _ = api;
        unimplemented!()
    }

    /// Sends the calls to another server than the document's.
    ///
    /// # Errors
    ///
    /// When the URL is no absolute `http` or `https` URL.
    pub fn base_url(self, url: &str) -> Result<Self, Error> {
        let _ = url;
        Ok(self)
    }

    /// Sets the credential of a security scheme, by its name in the document.
    ///
    /// # Errors
    ///
    /// When the API has no such scheme, or the credential is of another kind.
    pub fn credential(mut self, scheme: &str, credential: Credential) -> Result<Self, Error> {
        let api = self.api;
        self.settings_mut()
            .credentials
            .set(api, scheme, credential)?;
        Ok(self)
    }

    /// Sends a header with each request.
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

    /// Gives up on a call after this time; 45 seconds unless set.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings_mut().time_limit = limit;
        self
    }

    /// Refuses answers of more bytes than this; 10,000,000 unless set.
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
    pub fn call<A: Action>(&self, arguments: A) -> Call<A> {
        Call {
            call: Prepared {
                client: self.clone(),
                operation: A::OPERATION,
                arguments: data::to_value(&arguments),
            },
            action: PhantomData,
        }
    }

    pub(super) fn settings_mut(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }
}

/// A call that is sent when it is awaited.
#[must_use = "a call is sent when it is awaited"]
pub struct Call<A> {
    call: Prepared,
    action: PhantomData<fn() -> A>,
}

/// A call without its types.
#[derive(Clone)]
struct Prepared {
    client: Client,
    operation: &'static Operation,
    arguments: Value,
}

/// An answer with what came around it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: T,
}

impl<A: Action> Call<A> {
    /// The request as it will be sent, without credentials.
    ///
    /// # Errors
    ///
    /// When the arguments are not as described, or the server's address cannot be used.
    pub fn request(&self) -> Result<Request, RequestError> {
        unimplemented!()
    }

    /// Gives up after another time than the client's.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.call.client.settings_mut().time_limit = limit;
        self
    }

    /// Sends the call, as awaiting it does.
    ///
    /// # Errors
    ///
    /// When there is no answer, or the answer is a failure.
    pub async fn send(self) -> Result<A::Answer, CallError<A::Failure>> {
        Ok(self.reply().await?.body)
    }

    /// Sends the call for its answer with status and headers.
    ///
    /// # Errors
    ///
    /// When there is no answer, or the answer is a failure.
    pub async fn reply(self) -> Result<Reply<A::Answer>, CallError<A::Failure>> {
        let _ = (self.call.operation, self.call.arguments);
        unimplemented!()
    }
}

impl<A: Action> IntoFuture for Call<A> {
    type Output = Result<A::Answer, CallError<A::Failure>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<A> Clone for Call<A> {
    fn clone(&self) -> Self {
        Self {
            call: self.call.clone(),
            action: PhantomData,
        }
    }
}

impl<A> fmt::Debug for Call<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.call.operation.id)
            .field("arguments", &self.call.arguments)
            .finish_non_exhaustive()
    }
}
