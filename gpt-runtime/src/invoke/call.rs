//! A call of a typed operation, before and while it is sent.

use std::{
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    time::Duration,
};

use reqwest::{
    StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue},
};

use super::{
    answer,
    client::Client,
    error::{CallError, Failed},
    exchange::{Fault, Opened, Outgoing, Received},
    reply::Reply,
    retry::Retry,
    stream::{ByteStream, Items},
};
use crate::{
    action::{Action, Operation, Streaming},
    data::{self, Data, Slot, Slots, View},
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
    /// What is asked for instead of what the description has first.
    accept: Option<String>,
}

impl<A: Action> Call<A> {
    pub(super) fn new(client: Client, arguments: &A) -> Self {
        Self {
            call: Prepared {
                client,
                operation: A::operation(),
                arguments: typed(A::operation(), arguments),
                accept: None,
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
        Ok(self.call.request()?.1)
    }

    /// Asks for another media type than the one that is typed, such as `text/csv`. What comes is
    /// read with [`Self::text`] or [`Self::bytes`].
    pub fn accept(mut self, media_type: &str) -> Self {
        self.call.accept = Some(media_type.to_owned());
        self
    }

    /// Sends the body as another of the media types that the description has for it. Where the
    /// body is an enum by media type, the variant decides instead.
    ///
    /// A media type that the description does not have makes the call fail before it is sent.
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.call.arguments.content_type = Some(media_type.into());
        self
    }

    /// Sends the request again by another policy than the client's.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.call.client.settings_mut().retry = retry;
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
        let call = self.call;
        let reply = call.whole().await?;
        let body = answer::read(call.operation, &reply.body).map_err(|mut error| {
            // They quote what was found.
            call.redact(&mut error.message);
            call.redact(&mut error.text);
            CallError::Decode(error)
        })?;
        Ok(reply.map(|_| body))
    }

    /// Sends the call for its answer as text, whatever its type.
    ///
    /// # Errors
    ///
    /// When there is no answer, or the answer is a failure.
    pub async fn text(self) -> Result<String, CallError<A::Failure>> {
        Ok(self.call.whole().await?.body.text())
    }

    /// Sends the call for its answer as bytes, read while they arrive: for downloads of any length.
    ///
    /// The time limit holds until the answer begins, and then for each time that nothing arrives.
    ///
    /// # Errors
    ///
    /// When there is no answer, or the answer is a failure.
    pub async fn bytes(self) -> Result<Reply<ByteStream<A::Failure>>, CallError<A::Failure>> {
        let call = self.call;
        let opened = call.open().await?;
        let time_limit = call.client.settings.time_limit;
        let reply = call.reply_of(opened);
        Ok(reply.map(|opened| ByteStream::new(call.operation, opened, time_limit)))
    }

    /// Sends the call for its answer item by item, while they arrive.
    ///
    /// The time limit holds until the answer begins, and then for each time that nothing arrives.
    /// Where an API streams only when the body says so, the body must say so.
    ///
    /// # Errors
    ///
    /// When there is no answer, or the answer is a failure or no stream.
    pub async fn stream(self) -> Result<Items<A>, CallError<A::Failure>>
    where
        A: Streaming,
    {
        Ok(self.stream_reply().await?.body)
    }

    /// As [`Self::stream`], with status and headers.
    ///
    /// # Errors
    ///
    /// When there is no answer, or the answer is a failure or no stream.
    pub async fn stream_reply(mut self) -> Result<Reply<Items<A>>, CallError<A::Failure>>
    where
        A: Streaming,
    {
        self.call.accept.get_or_insert_with(|| accept::<A>());
        let call = self.call;
        let opened = call.open().await?;
        let reply = call.reply_of(opened);
        let (status, headers, described) = (reply.status, reply.headers, reply.described);
        let body = Items::new(call.client, reply.body).map_err(CallError::Decode)?;
        Ok(Reply {
            status,
            headers,
            body,
            described,
        })
    }
}

/// The media types of an operation's streams.
fn accept<A: Streaming>() -> String {
    let streams = A::operation()
        .answers
        .iter()
        .filter_map(|it| it.stream.as_ref());
    let mut types: Vec<&str> = streams.map(|it| it.media_type).collect();
    types.dedup();
    types.join(", ")
}

/// The arguments as JSON, and beside it what JSON cannot hold.
pub(crate) fn typed(operation: &Operation, arguments: &dyn Slot) -> Typed {
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
    let View::Record(table, _) = arguments.view() else {
        return None;
    };
    let is_parameter = |name: &str| operation.parameters.iter().any(|it| it.argument == name);
    let mut fields = table.fields();
    let index = fields.position(|(name, _)| !is_parameter(name))?;
    let mut variant = None;
    arguments.slots(Slots(&mut |slots| {
        if let Some(View::Union(_, chosen, _)) = slots.get(index).map(|it| it.view()) {
            variant = Some(chosen);
        }
    }));
    variant
}

impl Prepared {
    fn request(&self) -> Result<(Arguments<'_>, Request), RequestError> {
        let Self {
            client,
            operation,
            arguments,
            accept,
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
        let mut request = Request::new(operation, client.settings.base_url.as_ref(), &arguments)?;
        if let Some(accept) = accept {
            let value = HeaderValue::from_str(accept).map_err(|_| RequestError::Description {
                message: format!("`{}` is no media type", accept.escape_debug()),
            })?;
            request.headers.insert(ACCEPT, value);
        }
        Ok((arguments, request))
    }

    fn redact(&self, text: &mut String) {
        let credentials = &self.client.settings.credentials;
        if let Some(redacted) = credentials.redact(text) {
            *text = redacted;
        }
    }

    /// Sends the request for an answer that has begun and is a success.
    async fn open<F: Data>(&self) -> Result<Opened, CallError<F>> {
        let fault = |fault: Fault| fault.of(self.operation);
        let (arguments, request) = self.request().map_err(|it| fault(it.into()))?;
        let outgoing = Outgoing {
            operation: self.operation,
            arguments: &arguments,
            request: &request,
        };
        let opened = self.client.open(outgoing).await;
        let opened = opened.map_err(fault)?;
        if answer::is_success(self.operation, opened.status) {
            return Ok(opened);
        }
        let failure = opened.whole(self.client.settings.answer_limit).await;
        let failed = self.failed(failure.map_err(fault)?);
        Err(CallError::Status(Box::new(failed)))
    }

    /// A failure. No secret that comes back in it remains in it.
    fn failed<F: Data>(&self, mut received: Received) -> Failed<F> {
        let credentials = &self.client.settings.credentials;
        if let Some(redacted) = credentials.redact(&received.text()) {
            received.body = redacted.into_bytes();
            // It is UTF-8 now, whatever it was.
            received.headers.remove(CONTENT_TYPE);
        }
        answer::failed(self.operation, &received)
    }

    /// Sends the request for the whole of an answer that is a success.
    async fn whole<F: Data>(&self) -> Result<Reply<Received>, CallError<F>> {
        let opened = self.open().await?;
        let limit = self.client.settings.answer_limit;
        let received = opened.whole(limit).await;
        let received = received.map_err(|fault| fault.of(self.operation))?;
        if !received.is_whole {
            return Err(CallError::TooLarge {
                operation: self.operation.id,
                limit,
            });
        }
        let (status, headers) = (received.status, received.headers.clone());
        Ok(self.reply_with(status, headers, received))
    }

    fn reply_of(&self, opened: Opened) -> Reply<Opened> {
        let (status, headers) = (opened.status, opened.headers.clone());
        self.reply_with(status, headers, opened)
    }

    fn reply_with<T>(&self, status: StatusCode, headers: HeaderMap, body: T) -> Reply<T> {
        let described = answer::described(self.operation, status);
        Reply {
            status: status.as_u16(),
            headers,
            body,
            described: described.map_or(&[], |it| it.headers),
        }
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
