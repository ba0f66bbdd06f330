//! What a generated module says about an API: its operations as data, and the trait that ties an
//! operation to its Rust types.
//!
//! Generated code writes them down as texts, which become these when they are first needed; the
//! interpreter in [`crate::invoke`] reads them.

mod described;

use std::time::Duration;

use crate::data::Data;

pub use described::Described;
#[cfg(feature = "server")]
pub(crate) use described::Source;

/// A typed operation: the arguments of one call, and what comes back.
///
/// `gpt-codegen` implements this for one struct per operation; its fields are the operation's
/// parameters and, as `body`, its request body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action",
    label = "name a module made by `include_actions!`, or an operation in it such as `weather::GetForecast`"
)]
pub trait Action: Data {
    /// The description that is called, shown to the model and served.
    const OPERATION: &'static Described;
    /// The body of a successful answer.
    type Answer: Data;
    /// The body of any other answer.
    type Failure: Data;
    /// The operation, as it was described.
    fn operation() -> &'static Operation {
        Self::OPERATION.operation()
    }
}

/// An action with an answer that comes item by item: `gpt-codegen` implements this where a success
/// has a media type such as `text/event-stream` or `application/jsonl`.
#[diagnostic::on_unimplemented(
    message = "the answer of `{Self}` is no stream",
    label = "the description has no sequential media type, such as `text/event-stream`, for it"
)]
pub trait Streaming: Action {
    /// An item.
    type Item: Data;
}

/// An API: one OpenAPI document, narrowed to its selected operations.
#[derive(Debug)]
pub struct Api {
    /// The name of the generated module.
    pub name: &'static str,
    /// `info.title`.
    pub title: &'static str,
    /// `info.version`.
    pub version: &'static str,
    /// The document's servers, the first being the default.
    pub servers: &'static [Server],
    /// The security schemes its operations use.
    pub security_schemes: &'static [SecurityScheme],
    /// JSON object of the schemas that the operations' parameters refer to as `#/$defs/NAME`.
    pub schemas: &'static str,
    /// The same for [`Response::schema`]: what is sent and what comes back differ.
    pub answer_schemas: &'static str,
}

/// One operation, as data.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The API it belongs to.
    pub api: &'static Api,
    /// `operationId`, or the name derived where the document has none.
    pub id: &'static str,
    /// What a model sees of it.
    pub tool: Tool,
    /// The HTTP method.
    pub method: Method,
    /// The path template, such as `/points/{latitude},{longitude}`.
    pub path: &'static str,
    /// The operation's own servers; empty for the API's.
    pub servers: &'static [Server],
    /// Path, query, header and cookie parameters.
    pub parameters: &'static [Parameter],
    /// The request body.
    pub body: Option<Body>,
    /// Bodies of success by status, the most specific first.
    pub answers: &'static [Response],
    /// Bodies of failure by status, the most specific first.
    pub failures: &'static [Response],
    /// Alternatives, each a combination of schemes; empty when none is needed.
    pub security: &'static [&'static [Requirement]],
    /// Whether a person is asked before each call (`x-openai-isConsequential`).
    pub consequential: bool,
    /// Whether a person is asked until they say "always", also where the call only reads.
    pub asks_once: bool,
    /// How long a call of it may take, where that was set for it alone.
    pub time_limit: Option<Duration>,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
}

impl Operation {
    /// Whether the body has a property by which callers usually ask for a stream.
    pub(crate) fn asks_for_streams(&self) -> bool {
        match self.body.map(|it| it.arguments) {
            Some(BodyArguments::Properties(properties, _)) => {
                properties.iter().any(|(_, property)| *property == "stream")
            }
            _ => false,
        }
    }
}

/// What a model sees of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// `^[A-Za-z_][A-Za-z0-9_-]{0,63}$`, unique in its API.
    pub name: &'static str,
    /// What it does, in the document's words.
    pub description: &'static str,
    /// JSON Schema 2020-12 of the flat arguments, as JSON text; `#/$defs/NAME` refers to
    /// [`Api::schemas`].
    pub parameters: &'static str,
    /// An example of arguments derived from the schema, as JSON text.
    pub example: &'static str,
}

/// One parameter and the flat argument that fills it.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The name the model and the arguments struct use.
    pub argument: &'static str,
    /// The name on the wire.
    pub name: &'static str,
    /// Where it goes.
    pub location: Location,
    /// How arrays and objects are spelled.
    pub style: Style,
    /// Whether each item or property gets a name of its own.
    pub explode: bool,
    /// Whether reserved characters are sent as they are.
    pub allow_reserved: bool,
    /// Whether a call without it is refused.
    pub required: bool,
    /// The media type it is written as, for a `content` parameter.
    pub content: Option<&'static str>,
}

/// The request body and the flat arguments that fill it.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// Whether a call without it is refused.
    pub required: bool,
    /// The media types it may be sent as, the preferred one first.
    pub media_types: &'static [MediaType],
    /// Whether its Rust type is an enum by media type, with a variant for each in their order.
    pub by_media_type: bool,
    /// How flat arguments become the body, as it is in the preferred media type.
    pub arguments: BodyArguments,
}

/// A media type of a request body.
#[derive(Clone, Copy, Debug)]
pub struct MediaType {
    /// Its name, such as `application/json`; a range such as `image/*` is filled when it is sent.
    pub name: &'static str,
    /// How the properties of a form or of a `multipart` body are written, where that is unusual.
    pub encoding: &'static [Encoding],
}

impl MediaType {
    /// A media type in which every property is written as is usual.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            encoding: &[],
        }
    }

    /// The same with properties of which some are written in another way.
    #[must_use]
    pub const fn encoded(mut self, encoding: &'static [Encoding]) -> Self {
        self.encoding = encoding;
        self
    }
}

/// How a property of a form or of a `multipart` body is written.
#[derive(Clone, Copy, Debug)]
pub struct Encoding {
    /// The property; `None` for all that have none of their own.
    pub property: Option<&'static str>,
    /// The media type of its value, instead of the one that follows from its type.
    pub content_type: Option<&'static str>,
    /// How arrays and objects are spelled; `None` for parts that have a media type.
    pub style: Option<Style>,
    /// Whether each item or property gets a name of its own, where there is a style.
    pub explode: bool,
    /// Whether reserved characters are sent as they are, where there is a style.
    pub allow_reserved: bool,
    /// The headers of its parts.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whether it is a file, or a list of files: of a model's text, the bytes are sent.
    pub is_file: bool,
}

impl Encoding {
    /// The usual way of a property, to be changed.
    pub const fn of(property: &'static str) -> Self {
        Self {
            property: Some(property),
            content_type: None,
            style: None,
            explode: false,
            allow_reserved: false,
            headers: &[],
            is_file: false,
        }
    }

    /// The usual way of all properties that have none of their own, to be changed.
    pub const fn of_others() -> Self {
        let mut others = Self::of("");
        others.property = None;
        others
    }

    /// The same for a file.
    #[must_use]
    pub const fn file(mut self) -> Self {
        self.is_file = true;
        self
    }

    /// The same, written as a media type.
    #[must_use]
    pub const fn written_as(mut self, media_type: &'static str) -> Self {
        self.content_type = Some(media_type);
        self
    }

    /// The same in a style.
    #[must_use]
    pub const fn styled(mut self, style: Style, explode: bool) -> Self {
        self.style = Some(style);
        self.explode = explode;
        self
    }

    /// The same with reserved characters sent as they are.
    #[must_use]
    pub const fn reserved(mut self) -> Self {
        self.allow_reserved = true;
        self
    }

    /// The same with headers.
    #[must_use]
    pub const fn with_headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = headers;
        self
    }
}

/// How flat arguments become the request body.
#[derive(Clone, Copy, Debug)]
pub enum BodyArguments {
    /// One argument holds the body as a whole.
    Whole(&'static str),
    /// Each property of the body is an argument: `(argument, property)`. Arguments without a place
    /// are refused, or become properties too where the flag (`additionalProperties`) says so.
    Properties(&'static [(&'static str, &'static str)], bool),
}

/// A kind of answer the document describes.
#[derive(Clone, Copy, Debug)]
pub struct Response {
    /// The statuses it stands for.
    pub status: Status,
    /// The media type of its body; `None` for an empty one.
    pub media_type: Option<&'static str>,
    /// The variant of [`Action::Answer`] or [`Action::Failure`] that holds it, where that is an
    /// enum by status.
    pub variant: usize,
    /// The stream that the answer may be, beside or instead of a body of `media_type`.
    pub stream: Option<Stream>,
    /// The headers that come with it.
    pub headers: &'static [Header],
    /// JSON Schema 2020-12 of a body of success that is JSON, as JSON text; `#/$defs/NAME` refers
    /// to [`Api::answer_schemas`]. Nothing is checked by it: APIs answer more than they describe.
    pub schema: Option<&'static str>,
}

impl Response {
    /// An answer with a body of a media type, or an empty one.
    pub const fn new(status: Status, media_type: Option<&'static str>) -> Self {
        Self {
            status,
            media_type,
            variant: 0,
            stream: None,
            headers: &[],
            schema: None,
        }
    }

    /// The same in another variant than the first.
    #[must_use]
    pub const fn variant(mut self, variant: usize) -> Self {
        self.variant = variant;
        self
    }
}

/// An answer that comes item by item.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// The media type, one that is made of items.
    pub media_type: &'static str,
    /// What [`Streaming::Item`] is of an item.
    pub item: StreamItem,
}

/// What a type is of an item of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamItem {
    /// The item's JSON; of a server-sent event its data.
    Data,
    /// A server-sent event as an object with `data`, `event`, `id` and `retry`.
    Event,
}

/// A header of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// Its name.
    pub name: &'static str,
    /// Whether it always comes.
    pub required: bool,
    /// Whether properties are written `name=value`.
    pub explode: bool,
    /// The media type it is written as, for a `content` header.
    pub content: Option<&'static str>,
}

/// The statuses a response stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Exactly this one.
    Code(u16),
    /// All of a class: `Range(4)` is `4XX`.
    Range(u8),
    /// Any other.
    Default,
}

/// A server of an API.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// An absolute URL, possibly with `{variables}`.
    pub url: &'static str,
    /// `(name, default)` of its variables.
    pub variables: &'static [(&'static str, &'static str)],
}

/// How requests prove who sends them.
#[derive(Clone, Copy, Debug)]
pub struct SecurityScheme {
    /// Its key in `components.securitySchemes`.
    pub name: &'static str,
    /// Its kind.
    pub kind: SecurityKind,
}

/// The kinds of security scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityKind {
    /// A key in a header, the query or a cookie of this name.
    ApiKey(Location, &'static str),
    /// HTTP basic authentication, RFC 7617.
    Basic,
    /// A bearer token, RFC 6750.
    Bearer,
    /// A bearer token that a person gets by signing in, RFC 6749 section 4.1.
    AuthorizationCode {
        /// Where they sign in.
        authorization_url: &'static str,
        /// Where the code they come back with becomes a token.
        token_url: &'static str,
    },
    /// The same, with the addresses at this one, OpenID Connect Discovery 1.0.
    OpenIdConnect(&'static str),
    /// A credential of another scheme in the header `Authorization`, RFC 9110.
    Http(&'static str),
    /// The certificate of the HTTP client; nothing is added to requests.
    MutualTls,
}

impl SecurityKind {
    /// Whether its credential is a bearer token.
    pub fn is_bearer(self) -> bool {
        matches!(
            self,
            Self::Bearer | Self::AuthorizationCode { .. } | Self::OpenIdConnect(_)
        )
    }
}

/// A scheme that a call needs.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// The scheme's name.
    pub scheme: &'static str,
    /// The scopes it must hold.
    pub scopes: &'static [&'static str],
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the path template.
    Path,
    /// In the query string.
    Query,
    /// The query string as a whole.
    QueryString,
    /// A request header.
    Header,
    /// In the `Cookie` header.
    Cookie,
}

/// How a parameter's value is spelled (OpenAPI 3.2, section 4.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `a,b`, as in paths and headers.
    Simple,
    /// `;name=a,b`.
    Matrix,
    /// `.a.b`.
    Label,
    /// `name=a&name=b`, as in queries and cookies.
    Form,
    /// `name=a%20b`.
    SpaceDelimited,
    /// `name=a|b`.
    PipeDelimited,
    /// `name[key]=value`.
    DeepObject,
    /// `name=a; name=b` without percent-encoding, as in cookies.
    Cookie,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
    /// Reads like `GET`, and has a body.
    Query,
    /// Any other, by its name.
    Other(&'static str),
}

impl Method {
    /// The method's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
            Self::Query => "QUERY",
            Self::Other(name) => name,
        }
    }

    /// Whether a request that is carried out twice does the same as one that is carried out once.
    pub const fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch)
    }
}
