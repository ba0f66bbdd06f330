//! Operations with their parameters, bodies and answers, brought into an [`Api`].

use super::{
    Api, Array, Body, Home, Operation, OperationId, Origin, Parameter, Place, Response,
    SecurityScheme, Shape, Status, Text, TextFormat, Type, TypeUse, Webhook, WebhookId, analysis,
    media::{self, Encoding},
    schema::{Part, Schemas, blank},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    document::{
        BodyObject, Document, MediaTypeObject, OperationObject, ParameterObject, ResponseObject,
        WebhookObject, schema::Kind,
    },
    node::Node,
    source::Span,
};

/// Lowers the operations and all that they reach. What cannot be expressed is reported and leaves
/// out the operation it belongs to.
pub(crate) fn lower<'a>(
    cx: &mut Diagnostics,
    document: &'a Document,
    name: &str,
    operations: Vec<OperationObject<'a>>,
    webhooks: Vec<WebhookObject<'a>>,
) -> Api {
    let mut schemas = Schemas::new(cx, document);
    let mut sent: Vec<Webhook> = Vec::new();
    let mut lowered: Vec<Operation> = Vec::with_capacity(operations.len());
    for mut operation in operations {
        let callbacks = std::mem::take(&mut operation.callbacks);
        let mark = schemas.cx.len();
        if !schemas.is_expressible(&operation) {
            schemas.cx.leave_out(&operation.id, operation.span, mark);
        } else {
            let id = OperationId(u32::try_from(lowered.len()).unwrap_or(u32::MAX));
            lowered.push(schemas.operation(id, operation));
            schemas.drain();
            schemas.webhooks(&mut sent, Some(id), callbacks);
        }
    }
    schemas.webhooks(&mut sent, None, webhooks);
    schemas.check_field_defaults();
    let required_in_requests = std::mem::take(&mut schemas.required_in_requests);
    let types = std::mem::take(&mut schemas.types);
    let components = schemas.component_names();
    let mut api = Api {
        name: name.to_owned(),
        components,
        title: document.title.clone(),
        version: document.version.clone(),
        description: document.description.clone(),
        servers: document.servers.clone(),
        security_schemes: security_schemes(cx, document, &lowered),
        types,
        operations: lowered,
        webhooks: sent,
    };
    analysis::finish(cx, &mut api, &required_in_requests);
    api
}

fn security_schemes(
    cx: &mut Diagnostics,
    document: &Document,
    operations: &[Operation],
) -> Vec<SecurityScheme> {
    let mut schemes: Vec<SecurityScheme> = Vec::new();
    let alternatives = operations.iter().flat_map(|it| &it.security);
    for requirement in alternatives.flatten() {
        if schemes.iter().all(|it| it.name != requirement.scheme) {
            schemes.extend(document.security_scheme(cx, &requirement.scheme));
        }
    }
    schemes
}

impl<'a> Schemas<'a, '_> {
    /// Whether a request can be made of an operation; reported where it cannot.
    fn is_expressible(&mut self, operation: &OperationObject<'a>) -> bool {
        let Some(body) = &operation.body else {
            return true;
        };
        let Some(media) = media::preferred_body(&body.content) else {
            return true;
        };
        let problem = match media::encoding(&media.media_type) {
            Encoding::Json | Encoding::JsonSuffix | Encoding::Text | Encoding::Sequence => {
                return true;
            }
            Encoding::Bytes if !media::is_multipart(&media.media_type) => return true,
            Encoding::Form => {
                if media
                    .schema
                    .is_none_or(|node| self.form(node) != Form::Nested)
                {
                    return true;
                }
                format!("`{}` with nested values", media.media_type)
            }
            Encoding::Bytes => format!("`{}`", media.media_type),
        };
        self.cx.report(
            Diagnostic::warning(
                "unsupported-body",
                media.span,
                format!(
                    "`{}` is left out: its body cannot be sent as {problem}",
                    operation.id
                ),
            )
            .label("this media type is not supported")
            .related(operation.span, "the operation")
            .help("describe the body as `application/json`, or do not select the operation"),
        );
        false
    }

    /// What a form is made of.
    fn form(&mut self, node: &'a Node) -> Form {
        let shape = Shape::flatten(self, &[Part::whole(node)]);
        let properties = shape.properties();
        if !shape.groups.is_empty() {
            return Form::Nested;
        }
        if properties.is_empty()
            && shape.outer().all(|it| {
                it.additional_properties
                    .is_none_or(|it| it.as_bool() == Some(false))
            })
        {
            return Form::Empty;
        }
        let is_object = shape.kinds().as_deref() == Some(&[Kind::Object]);
        let is_flat = properties.values().all(|places| {
            let parts: Vec<_> = places.iter().map(|it| Part::whole(it.node)).collect();
            let shape = Shape::flatten(self, &parts);
            let kinds = shape.kinds().unwrap_or_default();
            let nested = |kind: &Kind| matches!(kind, Kind::Array | Kind::Object);
            shape.groups.is_empty() && !kinds.is_empty() && !kinds.iter().any(nested)
        });
        if is_object && is_flat && !properties.is_empty() {
            Form::Flat
        } else {
            Form::Nested
        }
    }

    fn operation(&mut self, id: OperationId, operation: OperationObject<'a>) -> Operation {
        let parameters = operation
            .parameters
            .into_iter()
            .map(|parameter| self.parameter(id, parameter))
            .collect();
        let body = operation.body.and_then(|body| self.body(id, body));
        let (answers, failures) = self.responses(id, operation.responses);
        let consequential = operation
            .consequential
            .unwrap_or(!operation.method.is_safe());
        Operation {
            id: operation.id,
            span: operation.span,
            method: operation.method,
            path: operation.path.to_owned(),
            summary: operation.summary,
            description: operation.description,
            deprecated: operation.deprecated,
            consequential,
            servers: operation.servers,
            security: operation.security,
            parameters,
            body,
            answers,
            failures,
        }
    }

    fn parameter(&mut self, id: OperationId, parameter: ParameterObject<'a>) -> Parameter {
        let place = Place::Parameter(parameter.name.clone());
        let origin = self.origin(id, place, parameter.home, parameter.schema);
        let remarks = parameter
            .schema
            .map(|node| self.remarks(&[node]))
            .unwrap_or_default();
        let ty = match (parameter.schema, &parameter.content) {
            (Some(node), _) => self.lower(node, origin),
            (None, Some(_)) => self.own(parameter.span, origin, Type::Any),
            (None, None) => self.own(parameter.span, origin, Type::String(Text::default())),
        };
        Parameter {
            name: parameter.name,
            span: parameter.span,
            location: parameter.location,
            style: parameter.style,
            explode: parameter.explode,
            allow_reserved: parameter.allow_reserved,
            required: parameter.required,
            ty,
            content: parameter.content,
            description: parameter
                .description
                .filter(|text| !text.trim().is_empty())
                .or_else(|| remarks.description.map(str::to_owned)),
            deprecated: parameter.deprecated || remarks.deprecated,
            example: parameter
                .example
                .or_else(|| remarks.example.map(Node::to_json)),
        }
    }

    fn body(&mut self, id: OperationId, body: BodyObject<'a>) -> Option<Body> {
        let media = media::preferred_body(&body.content)?;
        // A form without fields is how some generators say that there is no body.
        if media::encoding(&media.media_type) == Encoding::Form
            && media
                .schema
                .is_some_and(|node| self.form(node) == Form::Empty)
        {
            return None;
        }
        self.tell_others(media, &body.content);
        self.tell_item_schema(media);
        let origin = self.origin(id, Place::Body, body.home, media.schema);
        let ty = match (media::encoding(&media.media_type), media.schema) {
            (Encoding::Form, Some(node)) => self.lower(node, origin),
            (Encoding::Form, None) => self.own(media.span, origin, Type::Any),
            _ => self.content(media, origin),
        };
        Some(Body {
            span: body.span,
            required: body.required,
            media_type: media::spoken(&media.media_type),
            ty,
            description: body.description,
            example: media.example.clone(),
        })
    }

    /// What the API sends by itself, where that has a type.
    fn webhooks(
        &mut self,
        sent: &mut Vec<Webhook>,
        operation: Option<OperationId>,
        webhooks: Vec<WebhookObject<'a>>,
    ) {
        for webhook in webhooks {
            let Some(media) = media::preferred(&webhook.content) else {
                continue;
            };
            let id = WebhookId(u32::try_from(sent.len()).unwrap_or(u32::MAX));
            let ty = self.content(media, Origin::Webhook(id));
            self.drain();
            sent.push(Webhook {
                name: webhook.name,
                operation,
                method: webhook.method,
                description: webhook.description,
                ty,
            });
        }
    }

    /// Answers and failures, the most specific first.
    fn responses(
        &mut self,
        id: OperationId,
        responses: Vec<ResponseObject<'a>>,
    ) -> (Vec<Response>, Vec<Response>) {
        let has_success = responses.iter().any(|it| is_success(it.status));
        let mut answers = Vec::new();
        let mut failures = Vec::new();
        for response in responses {
            let response = self.response(id, response);
            if is_success(response.status) {
                answers.push(response);
                continue;
            }
            // Where nothing else is said of success, `default` says it too.
            if response.status == Status::Default && !has_success {
                answers.push(response.clone());
            }
            failures.push(response);
        }
        answers.sort_by_key(|it| specificity(it.status));
        failures.sort_by_key(|it| specificity(it.status));
        (answers, failures)
    }

    fn response(&mut self, id: OperationId, response: ResponseObject<'a>) -> Response {
        let preferred = media::preferred(&response.content);
        let schema = preferred.and_then(|it| it.schema);
        let origin = self.origin(id, Place::Response(response.status), response.home, schema);
        let stream = self.stream(id, response.status, &response.content);
        let (media_type, ty) = match preferred {
            None => (None, self.own(response.span, origin, Type::Unit)),
            Some(media) => {
                let ty = match &stream {
                    Some(stream) if media.span == stream.span => {
                        self.own(media.span, origin, all_items(stream.item))
                    }
                    _ => self.content(media, origin),
                };
                (Some(media::spoken(&media.media_type)), ty)
            }
        };
        let used = stream.iter().map(|it| it.media_type.as_str());
        let used: Vec<&str> = used.chain(media_type.as_deref()).collect();
        let others = response.content.iter().map(|it| it.media_type.as_str());
        // A range is nothing that can be asked for.
        let others = others.filter(|it| !used.contains(it) && !it.contains('*'));
        Response {
            status: response.status,
            others: others.map(str::to_owned).collect(),
            media_type,
            ty,
            description: response.description,
            stream,
            headers: response.headers,
        }
    }

    fn content(&mut self, media: &MediaTypeObject<'a>, origin: Origin) -> TypeUse {
        let text = |format| {
            Type::String(Text {
                format,
                ..Text::default()
            })
        };
        match (media::encoding(&media.media_type), media.schema) {
            (Encoding::Json | Encoding::JsonSuffix, Some(node)) => self.lower(node, origin),
            (Encoding::Json | Encoding::JsonSuffix, None) => {
                self.own(media.span, origin, Type::Any)
            }
            (Encoding::Text | Encoding::Form | Encoding::Sequence, _) => {
                self.own(media.span, origin, text(TextFormat::None))
            }
            (Encoding::Bytes, _) => self.own(media.span, origin, text(TextFormat::Binary)),
        }
    }

    /// What a schema in an operation is named after: its place there, unless operations share it.
    fn origin(
        &mut self,
        id: OperationId,
        place: Place,
        home: Option<Home>,
        schema: Option<&'a Node>,
    ) -> Origin {
        let Some(home) = home else {
            return Origin::Operation(id, place);
        };
        if let Some(schema) = schema {
            self.settle(&home.name, home.kind, schema);
        }
        Origin::Shared(home, Vec::new())
    }

    /// A type that follows from the place alone.
    pub(super) fn own(&mut self, span: Span, origin: Origin, kind: Type) -> TypeUse {
        TypeUse {
            id: self.add(blank(span, origin, kind)),
            nullable: false,
        }
    }

    /// Reports that the items of a request body are not told apart.
    fn tell_item_schema(&mut self, media: &MediaTypeObject<'a>) {
        if let Some(node) = media.item_schema {
            self.cx.report(
                Diagnostic::warning(
                    "newer-version",
                    node.span,
                    "`itemSchema` of a request body is not supported",
                )
                .label("ignored")
                .note("it is new in OpenAPI 3.2"),
            );
        }
    }

    /// Reports media types that would have brought another JSON than the chosen one.
    fn tell_others(&mut self, chosen: &MediaTypeObject<'a>, content: &[MediaTypeObject<'a>]) {
        let json = |media: &MediaTypeObject<'_>| {
            matches!(
                media::encoding(&media.media_type),
                Encoding::Json | Encoding::JsonSuffix
            )
        };
        let schema = |media: &MediaTypeObject<'_>| media.schema.map(Node::to_json);
        let other = content.iter().find(|media| {
            media.span != chosen.span
                && json(media)
                && json(chosen)
                && schema(media) != schema(chosen)
        });
        if let Some(other) = other {
            self.cx.report(
                Diagnostic::warning(
                    "passed-over-media-type",
                    other.span,
                    format!("`{}` has a schema of its own", other.media_type),
                )
                .label("passed over")
                .related(chosen.span, "this one is used"),
            );
        }
    }
}

/// What `application/x-www-form-urlencoded` is to carry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Empty,
    /// Scalars only.
    Flat,
    Nested,
}

/// What a stream is when it is read as a whole.
fn all_items(item: TypeUse) -> Type {
    Type::Array(Array {
        items: item,
        min_items: None,
        max_items: None,
        unique_items: false,
    })
}

fn is_success(status: Status) -> bool {
    matches!(status, Status::Code(200..=299) | Status::Range(2))
}

fn specificity(status: Status) -> u8 {
    match status {
        Status::Code(_) => 0,
        Status::Range(_) => 1,
        Status::Default => 2,
    }
}
