//! A call of a typed operation, before and while it is sent.

use std::{
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    time::Duration,
};

use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::{
    answer,
    client::Client,
    error::CallError,
    exchange::{Fault, Received},
};
use crate::{
    action::{Action, Operation},
    credential::Credentials,
    data::{self, Slot, View},
    request::{Arguments, Request, RequestError, Typed},
};

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
    arguments: Typed,
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
    pub(super) fn new(client: Client, arguments: &A) -> Self {
        Self {
            call: Prepared {
                client,
                operation: A::OPERATION,
                arguments: typed(A::OPERATION, arguments),
            },
            action: PhantomData,
        }
    }

    /// The request as it will be sent, without credentials.
    ///
    /// # Errors
    ///
    /// When the arguments are not as described, or the server's address cannot be used.
    pub fn request(&self) -> Result<Request, RequestError> {
        self.call.request()
    }

    /// Sends the body as another of the media types that the description has for it. Where the
    /// body is an enum by media type, the variant decides instead.
    ///
    /// A media type that the description does not have makes the call fail before it is sent.
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.call.arguments.content_type = Some(media_type.into());
        self
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
        let operation = self.call.operation;
        let received = self.call.exchange().await?;
        if !answer::is_success(operation, &received) {
            return Err(CallError::Status(Box::new(answer::failed(
                operation, &received,
            ))));
        }
        if !received.is_whole {
            return Err(CallError::TooLarge {
                limit: received.body.len(),
            });
        }
        let body = answer::read(operation, &received).map_err(|mut error| {
            // The message quotes what it found.
            if let Some(redacted) = self.call.credentials().redact(&error.message) {
                error.message = redacted;
            }
            CallError::Decode(error)
        })?;
        Ok(Reply {
            status: received.status.as_u16(),
            headers: received.headers,
            body,
        })
    }
}

/// The arguments as JSON, and beside it what JSON cannot hold.
fn typed(operation: &Operation, arguments: &dyn Slot) -> Typed {
    let (value, files) = data::to_marked(arguments);
    let is_enum = operation.body.is_some_and(|it| it.by_media_type);
    Typed {
        value,
        files,
        variant: is_enum.then(|| variant(operation, arguments)).flatten(),
        content_type: None,
    }
}

/// The variant of the body, which is the field that is no parameter.
fn variant(operation: &Operation, arguments: &dyn Slot) -> Option<usize> {
    let View::Record(record) = arguments.view() else {
        return None;
    };
    let is_parameter = |name: &str| operation.parameters.iter().any(|it| it.argument == name);
    let mut fields = record.table().fields.iter();
    let index = fields.position(|(name, _)| !is_parameter(name))?;
    match record.get(index).view() {
        View::Union(union) => Some(union.get().0),
        View::Option(Some(body)) => match body.view() {
            View::Union(union) => Some(union.get().0),
            _ => None,
        },
        _ => None,
    }
}

impl Prepared {
    fn request(&self) -> Result<Request, RequestError> {
        let Self {
            client,
            operation,
            arguments,
        } = self;
        // Credentials and the base URL are those of one API.
        if !std::ptr::eq(operation.api, client.api) {
            return Err(RequestError::Description {
                message: format!(
                    "`{}` is an operation of {}, not of {}",
                    operation.id, operation.api.name, client.api.name
                ),
            });
        }
        let arguments = Arguments::from_typed(operation, arguments)?;
        Request::new(operation, client.settings.base_url.as_ref(), &arguments)
    }

    fn credentials(&self) -> &Credentials {
        &self.client.settings.credentials
    }

    /// Sends the request. No secret that comes back in a failure remains in it.
    async fn exchange(&self) -> Result<Received, Fault> {
        let request = self.request()?;
        let mut received = self.client.exchange(self.operation, request).await?;
        if !answer::is_success(self.operation, &received)
            && let Some(redacted) = self.credentials().redact(&received.text())
        {
            received.body = redacted.into_bytes();
            // It is UTF-8 now, whatever it was.
            received.headers.remove(CONTENT_TYPE);
        }
        Ok(received)
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
            .field("arguments", &self.call.arguments.value)
            .finish_non_exhaustive()
    }
}
