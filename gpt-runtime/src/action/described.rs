//! Operations as generated code writes them down: a text, because a text costs nothing to compile.
//! It is JSON in the words of OpenAPI, with what goes without saying left out.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Api, Body, BodyArguments, Encoding, Header, Location, MediaType, Method, Operation, Parameter,
    Requirement, Response, Server, Status, Stream, StreamItem, Style, Tool,
};
use crate::cache::Cache;
#[cfg(feature = "server")]
use crate::function::{self, Function};

/// An operation as generated code has it, to be read when it is first used; or a function as
/// `#[action]` has it.
#[derive(Debug)]
pub struct Described {
    /// The API it belongs to.
    pub api: &'static Api,
    /// `operationId`, or the name derived where the document has none.
    pub id: &'static str,
    /// What a model sees of it.
    pub tool: Tool,
    /// What [`Response::schema`] is of each answer.
    schemas: &'static [&'static str],
    source: Source,
}

/// What an operation is read from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Text(&'static str),
    Operation(&'static Operation),
    #[cfg(feature = "server")]
    Function(&'static Function),
}

/// The operations that were read, by the addresses of their descriptions.
static READ: Cache<usize, Operation> = Cache::new();

impl Described {
    /// What the generator writes: the tool in parts, and how the operation goes over HTTP.
    #[must_use]
    pub const fn new(api: &'static Api, id: &'static str, tool: Tool, http: &'static str) -> Self {
        Self {
            api,
            id,
            tool,
            schemas: &[],
            source: Source::Text(http),
        }
    }

    /// The same with the JSON Schemas of its answers in their order, empty for one without.
    #[must_use]
    pub const fn answering(mut self, schemas: &'static [&'static str]) -> Self {
        self.schemas = schemas;
        self
    }

    /// The description of an operation that is at hand.
    #[must_use]
    pub const fn of(operation: &'static Operation) -> Self {
        Self {
            api: operation.api,
            id: operation.id,
            tool: operation.tool,
            schemas: &[],
            source: Source::Operation(operation),
        }
    }

    /// What it is read from, for checks while the program is compiled.
    #[cfg(feature = "server")]
    pub(crate) const fn source(&self) -> Source {
        self.source
    }

    /// What `#[action]` writes: a function, the name and description of its tool, and how it is
    /// called. The schema and the example of its arguments are worked out when it is first used.
    #[cfg(feature = "server")]
    #[doc(hidden)]
    #[must_use]
    pub const fn function_of(
        id: &'static str,
        name: &'static str,
        description: &'static str,
        function: &'static Function,
    ) -> Self {
        Self {
            api: &function::API,
            id,
            tool: Tool {
                name,
                description,
                parameters: "{}",
                example: "{}",
            },
            source: Source::Function(function),
            schemas: &[],
        }
    }

    /// The function that it is, if it is one.
    #[cfg(feature = "server")]
    pub(crate) const fn function(&self) -> Option<&'static Function> {
        match self.source {
            Source::Function(function) => Some(function),
            Source::Text(_) | Source::Operation(_) => None,
        }
    }

    /// The operation.
    ///
    /// # Panics
    ///
    /// When the text was not written by the generator of the same version.
    pub fn operation(&'static self) -> &'static Operation {
        let place = std::ptr::from_ref(self).addr();
        match self.source {
            Source::Text(text) => READ.get(place, || self.read(text)),
            Source::Operation(operation) => operation,
            #[cfg(feature = "server")]
            Source::Function(it) => READ.get(place, || function::operation(self, it)),
        }
    }

    fn read(&self, text: &'static str) -> Operation {
        let http: Http = match serde_json::from_str(text) {
            Ok(http) => http,
            Err(error) => panic!("the description of `{}` is no longer one: {error}", self.id),
        };
        Operation {
            api: self.api,
            id: self.id,
            tool: self.tool,
            method: method(http.method),
            path: kept(http.path),
            servers: all(http.servers, HttpServer::read),
            parameters: all(http.parameters, HttpParameter::read),
            body: http.request_body.map(HttpBody::read),
            answers: all(http.answers.into_iter().enumerate(), |(index, answer)| {
                let schema = self.schemas.get(index).copied();
                Response {
                    schema: schema.filter(|it| !it.is_empty()),
                    ..answer.read()
                }
            }),
            failures: all(http.failures, HttpResponse::read),
            security: all(http.security, requirements),
            consequential: http.consequential,
            asks_once: false,
            time_limit: None,
            deprecated: http.deprecated,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Http {
    /// What the tool costs is read while programs are compiled, by `check`.
    #[serde(default, rename = "characters")]
    _characters: usize,
    method: String,
    path: String,
    #[serde(default)]
    servers: Vec<HttpServer>,
    #[serde(default)]
    parameters: Vec<HttpParameter>,
    request_body: Option<HttpBody>,
    #[serde(default)]
    answers: Vec<HttpResponse>,
    #[serde(default)]
    failures: Vec<HttpResponse>,
    #[serde(default)]
    security: Vec<Map<String, Value>>,
    #[serde(default)]
    consequential: bool,
    #[serde(default)]
    deprecated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpServer {
    url: String,
    #[serde(default)]
    variables: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpParameter {
    /// The same as `name` where it is missing.
    argument: Option<String>,
    name: String,
    #[serde(rename = "in")]
    location: HttpLocation,
    style: Option<HttpStyle>,
    explode: Option<bool>,
    #[serde(default)]
    allow_reserved: bool,
    #[serde(default)]
    required: bool,
    content: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum HttpLocation {
    Path,
    Query,
    QueryString,
    Header,
    Cookie,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum HttpStyle {
    Simple,
    Matrix,
    Label,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Cookie,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpBody {
    #[serde(default)]
    required: bool,
    content: Vec<HttpMediaType>,
    #[serde(default)]
    by_media_type: bool,
    /// The argument that is the body as a whole.
    argument: Option<String>,
    /// The arguments that are its properties, and the properties.
    #[serde(default)]
    properties: Vec<(String, String)>,
    #[serde(default)]
    additional_properties: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpMediaType {
    media_type: String,
    #[serde(default)]
    encoding: Vec<HttpEncoding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpEncoding {
    property: Option<String>,
    content_type: Option<String>,
    style: Option<HttpStyle>,
    #[serde(default)]
    explode: bool,
    #[serde(default)]
    allow_reserved: bool,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    file: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpResponse {
    /// `200`, `2XX`, or missing for any other.
    status: Option<String>,
    media_type: Option<String>,
    #[serde(default)]
    variant: usize,
    stream: Option<HttpStream>,
    #[serde(default)]
    headers: Vec<HttpHeader>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpStream {
    media_type: String,
    /// Whether an item is an event rather than its data.
    #[serde(default)]
    event: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpHeader {
    name: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    explode: bool,
    content: Option<String>,
}

impl HttpServer {
    fn read(self) -> Server {
        Server {
            url: kept(self.url),
            variables: all(self.variables, |(name, default)| {
                (kept(name), text(default))
            }),
        }
    }
}

impl HttpParameter {
    fn read(self) -> Parameter {
        let name = kept(self.name);
        let (location, style, explode) = match self.location {
            HttpLocation::Path => (Location::Path, Style::Simple, false),
            HttpLocation::Query => (Location::Query, Style::Form, true),
            HttpLocation::QueryString => (Location::QueryString, Style::Form, true),
            HttpLocation::Header => (Location::Header, Style::Simple, false),
            HttpLocation::Cookie => (Location::Cookie, Style::Form, true),
        };
        Parameter {
            argument: self.argument.map_or(name, kept),
            name,
            location,
            style: self.style.map_or(style, HttpStyle::read),
            explode: self.explode.unwrap_or(explode),
            allow_reserved: self.allow_reserved,
            required: self.required || location == Location::Path,
            content: self.content.map(kept),
        }
    }
}

impl HttpStyle {
    fn read(self) -> Style {
        match self {
            Self::Simple => Style::Simple,
            Self::Matrix => Style::Matrix,
            Self::Label => Style::Label,
            Self::Form => Style::Form,
            Self::SpaceDelimited => Style::SpaceDelimited,
            Self::PipeDelimited => Style::PipeDelimited,
            Self::DeepObject => Style::DeepObject,
            Self::Cookie => Style::Cookie,
        }
    }
}

impl HttpBody {
    fn read(self) -> Body {
        let arguments = match self.argument {
            Some(argument) => BodyArguments::Whole(kept(argument)),
            None => BodyArguments::Properties(
                all(self.properties, |(argument, property)| {
                    (kept(argument), kept(property))
                }),
                self.additional_properties,
            ),
        };
        Body {
            required: self.required,
            media_types: all(self.content, |it| MediaType {
                name: kept(it.media_type),
                encoding: all(it.encoding, HttpEncoding::read),
            }),
            by_media_type: self.by_media_type,
            arguments,
        }
    }
}

impl HttpEncoding {
    fn read(self) -> Encoding {
        Encoding {
            property: self.property.map(kept),
            content_type: self.content_type.map(kept),
            style: self.style.map(HttpStyle::read),
            explode: self.explode,
            allow_reserved: self.allow_reserved,
            headers: all(self.headers, |(name, value)| (kept(name), kept(value))),
            is_file: self.file,
        }
    }
}

impl HttpResponse {
    fn read(self) -> Response {
        Response {
            status: self.status.map_or(Status::Default, |it| status(&it)),
            media_type: self.media_type.map(kept),
            variant: self.variant,
            stream: self.stream.map(|it| Stream {
                media_type: kept(it.media_type),
                item: if it.event {
                    StreamItem::Event
                } else {
                    StreamItem::Data
                },
            }),
            headers: all(self.headers, |it| Header {
                name: kept(it.name),
                required: it.required,
                explode: it.explode,
                content: it.content.map(kept),
            }),
            schema: None,
        }
    }
}

fn status(text: &str) -> Status {
    match (text.parse(), text.strip_suffix("XX")) {
        (Ok(code), _) => Status::Code(code),
        (_, Some(class)) => class.parse().map_or(Status::Default, Status::Range),
        _ => Status::Default,
    }
}

fn method(name: String) -> Method {
    match name.as_str() {
        "GET" => Method::Get,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        "DELETE" => Method::Delete,
        "OPTIONS" => Method::Options,
        "HEAD" => Method::Head,
        "PATCH" => Method::Patch,
        "TRACE" => Method::Trace,
        "QUERY" => Method::Query,
        _ => Method::Other(kept(name)),
    }
}

/// Schemes with their scopes, as OpenAPI writes them.
fn requirements(schemes: Map<String, Value>) -> &'static [Requirement] {
    all(schemes, |(scheme, scopes)| Requirement {
        scheme: kept(scheme),
        scopes: match scopes {
            Value::Array(scopes) => all(scopes, text),
            _ => &[],
        },
    })
}

fn text(value: Value) -> &'static str {
    match value {
        Value::String(text) => kept(text),
        _ => "",
    }
}

/// A text for as long as the program runs, as the description is.
fn kept(text: String) -> &'static str {
    text.leak()
}

fn all<S, T>(sources: impl IntoIterator<Item = S>, read: impl FnMut(S) -> T) -> &'static [T] {
    let all: Vec<T> = sources.into_iter().map(read).collect();
    if all.is_empty() { &[] } else { all.leak() }
}

#[cfg(test)]
mod tests {
    use super::{Described, Tool};
    use crate::action::Api;

    static API: Api = Api {
        name: "zoo",
        title: "Zoo",
        version: "1",
        servers: &[],
        security_schemes: &[],
        schemas: "{}",
        answer_schemas: "{}",
    };

    const fn described(name: &'static str, http: &'static str) -> Described {
        let tool = Tool {
            name,
            description: "",
            parameters: "{}",
            example: "{}",
        };
        Described::new(&API, name, tool, http)
    }

    #[test]
    fn everything_is_read() {
        const FEED: &Described = &described(
            "feed",
            r#"{
              "characters": 120,
              "method": "PURGE",
              "path": "/animals/{id}",
              "servers": [{ "url": "https://{at}.example", "variables": { "at": "\"zoo\"" } }],
              "parameters": [
                { "name": "id", "in": "path", "style": "matrix" },
                { "argument": "q_", "name": "q", "in": "query", "explode": false, "required": true,
                  "style": "deepObject", "allowReserved": true },
                { "name": "all", "in": "querystring", "content": "application/json" }
              ],
              "requestBody": {
                "required": true,
                "byMediaType": true,
                "content": [
                  { "mediaType": "application/json" },
                  { "mediaType": "multipart/form-data", "encoding": [
                    { "property": "photo", "file": true, "contentType": "image/png",
                      "headers": [["X-Part", "1"]] },
                    { "style": "form", "explode": true }
                  ] }
                ],
                "properties": [["name_", "name"]],
                "additionalProperties": true
              },
              "answers": [
                { "status": "200", "mediaType": "text/event-stream", "headers": [
                  { "name": "X-Rate", "required": true, "explode": true, "content": "text/plain" }
                ], "stream": { "mediaType": "text/event-stream", "event": true } },
                { "status": "2XX", "variant": 1 }
              ],
              "failures": [{}],
              "security": [{}, { "key": [], "oauth": ["read"] }],
              "consequential": true,
              "deprecated": true
            }"#,
        )
        .answering(&["", r#"{"type":"object"}"#]);
        expect_test::expect_file!["described.txt"].assert_debug_eq(FEED.operation());
    }

    #[test]
    fn operations_may_be_described_alike() {
        const HTTP: &str = r#"{ "method": "GET", "path": "/" }"#;
        const FIRST: &Described = &described("first", HTTP);
        const SECOND: &Described = &described("second", HTTP);
        assert_eq!(FIRST.operation().id, "first");
        assert_eq!(SECOND.operation().id, "second");
    }
}
