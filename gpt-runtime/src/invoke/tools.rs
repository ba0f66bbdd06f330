//! Calls on behalf of a model.

use std::{collections::HashMap, time::Duration};

use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    answer,
    attachments::{self, Attachments, Source},
    back_off::{self, BackOff},
    client::Client,
    exchange::{Fault, Outgoing, Received},
    http::Http,
    shorten,
};
use crate::{
    action::{Api, Operation},
    credential::Credential,
    environment::{Lookup, variable},
    error::Error,
    request::{Arguments, Request, RequestError},
};
#[cfg(feature = "server")]
use {
    super::{client::LENGTH_LIMIT, stand_in},
    crate::{function::Functions, request},
    url::Url,
};

/// Calls operations on behalf of a model. Cloning it is cheap and shares connections.
#[derive(Clone, Debug, Default)]
pub struct Invoker {
    /// By the address of their API.
    clients: HashMap<usize, Client>,
    http: Http,
    pub(super) time_limit: Option<Duration>,
    pub(super) length_limit: Option<usize>,
    back_off: BackOff,
    /// What answers in the place of all servers.
    #[cfg(feature = "server")]
    stand_in: Option<stand_in::Shared>,
    #[cfg(feature = "server")]
    pub(super) functions: Functions,
}

/// What a model is shown of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolOutput {
    /// The bounded text.
    pub text: String,
    /// Whether the call failed.
    pub is_error: bool,
}

impl Invoker {
    /// Credentials and base URLs from the environment.
    ///
    /// For an API module `weather` with a security scheme `userAgent` these are
    /// `WEATHER_USER_AGENT` and `WEATHER_BASE_URL`.
    ///
    /// # Errors
    ///
    /// When a variable is set but cannot be used.
    pub fn from_env(apis: &[&'static Api]) -> Result<Self, Error> {
        Self::from_lookup(apis, &variable)
    }

    /// Credentials and base URLs from another source, by the names they have in the environment.
    ///
    /// # Errors
    ///
    /// When a setting is there but cannot be used.
    pub fn from_settings(
        apis: &[&'static Api],
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        Self::from_lookup(apis, &|name| Ok(lookup(name)))
    }

    pub(crate) fn from_lookup(apis: &[&'static Api], lookup: &Lookup<'_>) -> Result<Self, Error> {
        let mut invoker = Self::default();
        for api in apis {
            let client = Client::from_lookup(api, lookup)?.shared(&invoker.http);
            invoker.clients.insert(key(api), client);
        }
        Ok(invoker)
    }

    /// Sends the API's calls to another server than the document's.
    ///
    /// # Errors
    ///
    /// When the URL is no absolute `http` or `https` URL.
    pub fn set_base_url(&mut self, api: &'static Api, url: &str) -> Result<(), Error> {
        self.client_mut(api).set_base_url(url)
    }

    /// Sets the credential of a security scheme of the API, by its name in the document.
    ///
    /// # Errors
    ///
    /// When the API has no such scheme, or the credential is of another kind.
    pub fn set_credential(
        &mut self,
        api: &'static Api,
        scheme: &str,
        credential: Credential,
    ) -> Result<(), Error> {
        self.client_mut(api).set_credential(scheme, credential)
    }

    /// Gives up on a call after this time; 45 seconds unless set.
    pub fn set_time_limit(&mut self, limit: Duration) {
        self.time_limit = Some(limit);
    }

    /// Refuses requests, and shortens what a model is shown of answers, beyond so many characters;
    /// 100,000 unless set, as ChatGPT does.
    pub fn set_length_limit(&mut self, characters: usize) {
        self.length_limit = Some(characters);
    }

    /// Lets this answer in the place of all servers.
    #[cfg(feature = "server")]
    pub(crate) fn set_stand_in(&mut self, stand_in: stand_in::Shared) {
        self.stand_in = Some(stand_in);
    }

    /// The most characters that a model is shown of what a call brings.
    #[cfg(feature = "server")]
    pub(crate) fn length_limit(&self) -> usize {
        self.length_limit.unwrap_or(LENGTH_LIMIT)
    }

    /// Calls an operation with flat arguments. Never fails: what goes wrong is told to the model.
    ///
    /// An API that says `Retry-After` with 429 or 503 is left alone for so long, up to ten minutes;
    /// one that failed three times in a row, with 429, 5xx or no answer, for a second and then twice
    /// as long with each further failure, up to a minute. Meanwhile nothing is sent.
    pub async fn invoke(&self, operation: &'static Operation, arguments: &Value) -> ToolOutput {
        self.invoke_with_headers(operation, arguments, &HeaderMap::new())
            .await
    }

    /// As [`Self::invoke`], with headers of one's own in the request.
    ///
    /// They replace what an argument put there; a credential replaces them.
    pub async fn invoke_with_headers(
        &self,
        operation: &'static Operation,
        arguments: &Value,
        headers: &HeaderMap,
    ) -> ToolOutput {
        #[cfg(feature = "server")]
        if let Some(invoked) = self.show_function(operation, arguments).await {
            return invoked.output;
        }
        let client = self.prepared(operation, headers);
        let call = Call {
            client: &client,
            operation,
            arguments,
            attachments: None,
        };
        self.attempt(call, None).await.output
    }

    /// The same in a conversation.
    #[cfg(feature = "server")]
    pub(crate) async fn invoke_for(
        &self,
        operation: &'static Operation,
        arguments: &Value,
        setup: Setup<'_>,
    ) -> Invoked {
        if let Some(invoked) = self.show_function(operation, arguments).await {
            return invoked;
        }
        let mut client = self.prepared(operation, setup.headers);
        if setup.attachments.is_some() {
            client.settings_mut().answer_limit = attachments::ANSWER_LIMIT;
        }
        let own = setup.own.map(|(scheme, credential)| {
            let set = client.set_credential(scheme, credential.clone());
            set.map(|()| credential)
        });
        let own = match own.transpose() {
            Ok(own) => own,
            Err(error) => return Invoked::failed(format!("Nothing was sent: {error}.")),
        };
        let call = Call {
            client: &client,
            operation,
            arguments,
            attachments: setup.attachments,
        };
        self.attempt(call, own.as_ref()).await
    }

    /// Whether calls of an operation can be signed as they are, or need not be.
    #[cfg(feature = "server")]
    pub(crate) fn is_signed(&self, operation: &'static Operation) -> bool {
        let client = self.client(operation.api);
        let credentials = &client.settings.credentials;
        credentials.sign(operation.api, operation.security).is_ok()
    }

    /// Whether there is a credential of ours for a scheme of an API.
    #[cfg(feature = "server")]
    pub(crate) fn has_credential(&self, api: &'static Api, scheme: &str) -> bool {
        self.client(api).settings.credentials.has(scheme)
    }

    /// The server that an operation is called at, or why there is none.
    #[cfg(feature = "server")]
    pub(crate) fn server(&self, operation: &'static Operation) -> Result<Url, RequestError> {
        let client = self.client(operation.api);
        request::server_of(operation, client.settings.base_url.as_ref())
    }

    /// Makes a call, unless the API is to be left alone.
    async fn attempt(&self, call: Call<'_>, own: Option<&Credential>) -> Invoked {
        let operation = call.operation;
        let caller = self.back_off.caller(operation.api, own);
        if let Some(remains) = self.back_off.remains(caller, Instant::now()) {
            return Invoked::failed(left_alone(operation.api, remains));
        }
        let result = call.send().await;
        match &result {
            Ok(received) => {
                let answer = (received.status, back_off::asked(&received.headers));
                self.back_off.note(caller, Some(answer), Instant::now());
            }
            Err(Fault::Connection(_) | Fault::TimeLimit(_)) => {
                self.back_off.note(caller, None, Instant::now());
            }
            // Nothing was sent.
            Err(Fault::Request(_)) => {}
        }
        told(call.client, operation, result)
    }

    fn prepared(&self, operation: &'static Operation, headers: &HeaderMap) -> Client {
        let mut client = self.client(operation.api);
        if !headers.is_empty() {
            client.settings_mut().headers.extend(headers.clone());
        }
        // What is set for one operation goes before what is set for all.
        if let Some(limit) = operation.time_limit.or(self.time_limit) {
            client.settings_mut().time_limit = limit;
        }
        if let Some(limit) = self.length_limit {
            client.settings_mut().length_limit = limit;
        }
        #[cfg(feature = "server")]
        if let Some(stand_in) = &self.stand_in {
            client.settings_mut().stand_in = Some(stand_in.clone());
        }
        client
    }

    fn client(&self, api: &'static Api) -> Client {
        self.clients
            .get(&key(api))
            .cloned()
            .unwrap_or_else(|| Client::new(api).shared(&self.http))
    }

    fn client_mut(&mut self, api: &'static Api) -> &mut Client {
        self.clients
            .entry(key(api))
            .or_insert_with(|| Client::new(api).shared(&self.http))
    }
}

/// For whom, and in which conversation, a call is made.
#[cfg(feature = "server")]
pub(crate) struct Setup<'a> {
    /// What goes with the request.
    pub(crate) headers: &'a HeaderMap,
    /// The person's credential for a scheme, which goes before ours.
    pub(crate) own: Option<(&'static str, Credential)>,
    /// Where files come from and go to; `None` outside of conversations.
    pub(crate) attachments: Option<&'a dyn Attachments>,
}

/// What came of a call.
pub(crate) struct Invoked {
    pub(crate) output: ToolOutput,
    /// Whether the API said that it does not know who asks, with status 401: then nothing was
    /// carried out.
    #[cfg_attr(
        not(feature = "server"),
        allow(dead_code, reason = "people sign in at a server")
    )]
    pub(crate) is_unauthorized: bool,
    /// Whether the text is all of a successful answer, nothing left out.
    #[cfg_attr(
        not(feature = "server"),
        allow(dead_code, reason = "who shows answers as data is a server")
    )]
    pub(crate) is_whole: bool,
}

impl Invoked {
    pub(crate) fn failed(text: String) -> Self {
        let output = ToolOutput {
            text,
            is_error: true,
        };
        Self {
            output,
            is_unauthorized: false,
            is_whole: false,
        }
    }
}

/// What a model is told of an API that is not to be called now.
fn left_alone(api: &Api, remains: Duration) -> String {
    let seconds = remains.as_secs() + 1;
    format!(
        "Nothing was sent: {} has too much to do or failed several times in a row, and is left \
         alone for another {seconds} s. Do not call it again before that.",
        api.title
    )
}

fn told(
    client: &Client,
    operation: &'static Operation,
    result: Result<Received, Fault>,
) -> Invoked {
    let mut invoked = match result {
        Ok(received) => Invoked {
            is_unauthorized: received.status == StatusCode::UNAUTHORIZED,
            ..show(client, operation, &received)
        },
        Err(fault) => Invoked::failed(explain(&fault)),
    };
    // A server may repeat what it was sent, in its headers too; a model must see no secret.
    let text = &invoked.output.text;
    let redacted = client.settings.credentials.redact(text);
    let limit = client.settings.length_limit;
    let text = redacted.as_ref().unwrap_or(text);
    let shortened = shorten::shorten(text, limit, true);
    invoked.is_whole &= shortened == *text;
    invoked.output.text = shortened;
    invoked
}

/// What a model is shown of the text of a tool that runs here.
#[cfg(feature = "server")]
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    shorten::shorten(text, limit, true)
}

fn key(api: &'static Api) -> usize {
    std::ptr::from_ref(api) as usize
}

/// A call that is to be made.
#[derive(Clone, Copy)]
struct Call<'a> {
    client: &'a Client,
    operation: &'static Operation,
    arguments: &'a Value,
    /// The files around it, where it is made in a conversation.
    attachments: Option<&'a dyn Attachments>,
}

impl Call<'_> {
    async fn send(self) -> Result<Received, Fault> {
        let Self {
            client,
            operation,
            attachments,
            ..
        } = self;
        let mut arguments = Arguments::from_flat(operation, self.arguments)?;
        if let Some(attachments) = attachments {
            attachments::refer(&mut arguments, attachments)?;
        }
        let server = client.settings.base_url.as_ref();
        let request = Request::new(operation, server, &arguments)?;
        let length = request.length();
        let limit = client.settings.length_limit;
        if length > limit {
            return Err(Fault::Request(RequestError::TooLong { length, limit }));
        }
        let outgoing = Outgoing {
            operation,
            arguments: &arguments,
            request: &request,
        };
        let mut received = client.exchange(outgoing).await?;
        if let Some(attachments) = attachments
            && answer::is_success(operation, received.status)
        {
            let source = Source::of(client, operation, &request.url);
            source.take_files(&mut received, attachments).await;
        }
        Ok(received)
    }
}

/// What a model can do about a call without an answer.
fn explain(fault: &Fault) -> String {
    match fault {
        Fault::Request(error @ RequestError::Arguments(_)) => {
            format!("Nothing was sent: {error}\nCorrect this and call again.")
        }
        Fault::Request(error) => format!("Nothing was sent: {error}."),
        Fault::Connection(error) => format!("The call failed: {error}."),
        Fault::TimeLimit(limit) => format!(
            "There was no complete answer within {limit:?}. The call may have been carried out all \
             the same."
        ),
    }
}

fn show(client: &Client, operation: &Operation, received: &Received) -> Invoked {
    let is_error = !answer::is_success(operation, received.status);
    let head = head(received, is_error);
    let mut is_whole = false;
    let body = if received.body.is_empty() {
        String::new()
    } else if received.is_text() {
        // Before it is cut: half a secret is not found any more.
        let text = received.text();
        let text = client.settings.credentials.redact(&text).unwrap_or(text);
        let limit = client.settings.length_limit;
        let limit = limit.saturating_sub(head.chars().count());
        let shortened = shorten::shorten(&text, limit, received.is_whole);
        is_whole = !is_error && received.is_whole && shortened == text;
        shortened
    } else {
        received.summary()
    };
    let output = ToolOutput {
        text: head + &body,
        is_error,
    };
    Invoked {
        output,
        is_unauthorized: false,
        is_whole,
    }
}

/// What is said about the body before it.
fn head(received: &Received, is_error: bool) -> String {
    let status = received.status;
    if !is_error {
        return if received.body.is_empty() {
            format!("The call succeeded with status {status} and an empty answer.")
        } else {
            String::new()
        };
    }
    let redirect = received.redirect_host().map_or_else(String::new, |host| {
        format!("The server sends it on to {host}, which is not followed.\n")
    });
    let retry = received.headers.get(RETRY_AFTER);
    let retry = retry
        .and_then(|it| it.to_str().ok())
        .map_or_else(String::new, |after| format!("Retry-After: {after}\n"));
    format!("The call failed with status {status}.\n{redirect}{retry}")
}
