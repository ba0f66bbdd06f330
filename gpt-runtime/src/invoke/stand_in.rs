//! What answers requests in the place of servers, in tests.

use std::{pin::Pin, sync::Arc};

use axum::http;
use bytes::Bytes;
use reqwest::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
};
use url::Url;

use super::{answer, error::ConnectionError, exchange::Received};
use crate::{
    action::{Action, Operation},
    credential::Credentials,
    request::Arguments,
};

/// Answers requests in the place of servers.
pub(crate) trait StandIn: Send + Sync {
    /// Answers a request that is ready to be sent, credentials included.
    fn answer<'a>(&'a self, call: Standing<'a>, request: reqwest::Request) -> Answering<'a>;

    /// Whether files that an answer names by their URLs are fetched.
    fn fetches_files(&self, base_url: Option<&Url>) -> bool;
}

/// An answer that is on its way.
pub(crate) type Answering<'a> =
    Pin<Box<dyn Future<Output = Result<Response, ConnectionError>> + Send + 'a>>;

/// What a stand-in knows of a call, beside its request.
pub(crate) struct Standing<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) arguments: &'a Arguments<'a>,
    /// Those of the request, to be taken out of what is kept.
    pub(crate) credentials: &'a Credentials,
    /// The server that is called instead of the document's.
    pub(crate) base_url: Option<&'a Url>,
    pub(crate) host: &'a str,
    pub(crate) http: &'a reqwest::Client,
    /// The most bytes that are read of an answer.
    pub(crate) answer_limit: usize,
}

/// An answer without its types, as it is made or was recorded.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Standing<'_> {
    /// Sends the request all the same.
    pub(crate) async fn send(
        &self,
        request: reqwest::Request,
    ) -> Result<Response, ConnectionError> {
        let sent = self.http.execute(request).await;
        sent.map_err(|error| ConnectionError::new(self.host, error))
    }

    /// Sends the request all the same, and reads the whole answer.
    pub(crate) async fn ask(&self, request: reqwest::Request) -> Result<Plain, ConnectionError> {
        let mut response = self.send(request).await?;
        let mut received = Received::begun(&mut response);
        let filled = received.fill(&mut response, self.answer_limit).await;
        filled.map_err(|error| ConnectionError::new(self.host, error))?;
        Ok(Plain {
            status: received.status,
            headers: received.headers,
            body: received.body.into(),
        })
    }

    /// A failure to connect, for a reason of the stand-in's.
    pub(crate) fn no_connection(&self, message: &str) -> ConnectionError {
        ConnectionError::no_client(self.host, message)
    }
}

impl Plain {
    /// The same without the secrets that its request held, where it is text.
    pub(crate) fn redacted(mut self, credentials: &Credentials) -> Self {
        let received = self.received();
        if received.is_text()
            && let Some(text) = credentials.redact(&received.text())
        {
            self.body = text.into();
            if let Some(media_type) = received.media_type() {
                // It is UTF-8 now, whatever it was.
                let essence = media_type.split(';').next().unwrap_or_default();
                if let Ok(value) = HeaderValue::from_str(essence) {
                    self.headers.insert(CONTENT_TYPE, value);
                }
            }
        }
        self
    }

    /// As the client takes it from a server.
    pub(crate) fn into_response(self) -> Response {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response.into()
    }

    /// Whether it is what the description says of a success; else what is wrong. Nothing is said of
    /// failures.
    pub(crate) fn check<A: Action>(&self) -> Result<(), String> {
        let operation = A::operation();
        if !answer::is_success(operation, self.status) {
            return Ok(());
        }
        let read = answer::read::<A::Answer>(operation, &self.received());
        read.map(drop).map_err(|error| match error.path.as_str() {
            "" => error.message,
            path => format!("`{path}`: {}", error.message),
        })
    }

    fn received(&self) -> Received {
        Received {
            status: self.status,
            headers: self.headers.clone(),
            body: self.body.to_vec(),
            is_whole: true,
        }
    }
}

impl std::fmt::Debug for dyn StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StandIn")
    }
}

/// A stand-in that clients share.
pub(crate) type Shared = Arc<dyn StandIn>;
