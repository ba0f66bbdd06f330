//! How an operation goes over HTTP, as the text that `action/described.rs` of the runtime reads:
//! JSON in the words of OpenAPI, without what goes without saying.

use serde_json::{Map, Value, json};

use crate::{
    document::HeaderObject,
    ir::{
        Body, Encoding, Location, MediaType, Operation, Parameter, Requirement, Response, Server,
        Status, Stream, Style,
    },
    names::{BODY, BodyArguments, OperationNames},
};

/// Everything about an operation but its name and its tool.
pub(super) fn described(op: &Operation, names: &OperationNames, characters: usize) -> Value {
    let mut http = Object::default();
    // First what the compiler reads to check a GPT, which stops at `method`.
    http.set("characters", characters);
    http.flag("consequential", op.consequential);
    http.list("servers", op.servers.iter().map(server));
    http.list("security", op.security.iter().map(|it| requirements(it)));
    http.set("method", op.method.as_str());
    http.set("path", op.path.as_str());
    let wire = op.parameters.iter().zip(&names.arguments.parameters);
    http.list(
        "parameters",
        wire.map(|(it, argument)| parameter(it, argument)),
    );
    if let Some((body, arguments)) = op.body.as_ref().zip(names.arguments.body.as_ref()) {
        let by_media_type = names.by_media_type.is_some();
        http.set("requestBody", request_body(body, arguments, by_media_type));
    }
    http.list("answers", responses(&op.answers, names.answer.is_some()));
    http.list("failures", responses(&op.failures, names.failure.is_some()));
    http.flag("deprecated", op.deprecated);
    http.into()
}

/// A JSON object that leaves out what is empty.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    fn text(&mut self, key: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.set(key, text.as_str());
        }
    }

    fn flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.set(key, true);
        }
    }

    fn list(&mut self, key: &str, items: impl Iterator<Item = Value>) {
        let items: Vec<_> = items.collect();
        if !items.is_empty() {
            self.set(key, items);
        }
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

fn server(server: &Server) -> Value {
    let mut described = Object::default();
    described.set("url", server.url.as_str());
    if !server.variables.is_empty() {
        let variables = server.variables.iter();
        let variables = variables.map(|(name, default)| (name.clone(), default.as_str().into()));
        described.set("variables", variables.collect::<Map<_, _>>());
    }
    described.into()
}

fn parameter(parameter: &Parameter, argument: &str) -> Value {
    let (location, usual) = match parameter.location {
        Location::Path => ("path", (Style::Simple, false)),
        Location::Query => ("query", (Style::Form, true)),
        Location::QueryString => ("querystring", (Style::Form, true)),
        Location::Header => ("header", (Style::Simple, false)),
        Location::Cookie => ("cookie", (Style::Form, true)),
    };
    let mut described = Object::default();
    if argument != parameter.name {
        described.set("argument", argument);
    }
    described.set("name", parameter.name.as_str());
    described.set("in", location);
    if parameter.style != usual.0 {
        described.set("style", style(parameter.style));
    }
    if parameter.explode != usual.1 {
        described.set("explode", parameter.explode);
    }
    described.flag("allowReserved", parameter.allow_reserved);
    let is_path = parameter.location == Location::Path;
    described.flag("required", parameter.required && !is_path);
    described.text("content", parameter.content.as_ref());
    described.into()
}

fn style(style: Style) -> &'static str {
    match style {
        Style::Simple => "simple",
        Style::Matrix => "matrix",
        Style::Label => "label",
        Style::Form => "form",
        Style::SpaceDelimited => "spaceDelimited",
        Style::PipeDelimited => "pipeDelimited",
        Style::DeepObject => "deepObject",
        Style::Cookie => "cookie",
    }
}

fn request_body(body: &Body, arguments: &BodyArguments, by_media_type: bool) -> Value {
    let mut described = Object::default();
    described.flag("required", body.required);
    described.list("content", body.media_types().map(media_type));
    described.flag("byMediaType", by_media_type);
    match arguments {
        BodyArguments::Whole => described.set("argument", BODY),
        BodyArguments::Properties { map, open } => {
            described.list("properties", map.iter().map(|it| json!(it)));
            described.flag("additionalProperties", *open);
        }
    }
    described.into()
}

fn media_type(media_type: &MediaType) -> Value {
    let mut described = Object::default();
    described.set("mediaType", media_type.name.as_str());
    described.list("encoding", media_type.encoding.iter().map(encoding));
    described.into()
}

fn encoding(encoding: &Encoding) -> Value {
    let mut described = Object::default();
    described.text("property", encoding.property.as_ref());
    described.flag("file", encoding.is_file);
    described.text("contentType", encoding.content_type.as_ref());
    if let Some(styled) = &encoding.styled {
        described.set("style", style(styled.style));
        described.flag("explode", styled.explode);
        described.flag("allowReserved", styled.allow_reserved);
    }
    described.list("headers", encoding.headers.iter().map(|it| json!(it)));
    described.into()
}

fn responses(responses: &[Response], by_status: bool) -> impl Iterator<Item = Value> {
    responses.iter().enumerate().map(move |(index, response)| {
        let mut described = Object::default();
        match response.status {
            Status::Code(code) => described.set("status", code.to_string()),
            Status::Range(class) => described.set("status", format!("{class}XX")),
            Status::Default => {}
        }
        described.text("mediaType", response.media_type.as_ref());
        if by_status && index > 0 {
            described.set("variant", index);
        }
        if let Some(stream) = &response.stream {
            described.set("stream", streamed(stream));
        }
        described.list("headers", response.headers.iter().map(header));
        described.into()
    })
}

fn streamed(stream: &Stream) -> Value {
    let mut described = Object::default();
    described.set("mediaType", stream.media_type.as_str());
    described.flag("event", stream.is_event);
    described.into()
}

fn header(header: &HeaderObject) -> Value {
    let mut described = Object::default();
    described.set("name", header.name.as_str());
    described.flag("required", header.required);
    described.flag("explode", header.explode);
    described.text("content", header.content.as_ref());
    described.into()
}

fn requirements(all: &[Requirement]) -> Value {
    let schemes = all.iter().map(|it| (it.scheme.clone(), json!(it.scopes)));
    Value::Object(schemes.collect())
}
