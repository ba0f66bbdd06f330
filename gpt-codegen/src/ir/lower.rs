//! Operations with their parameters, bodies and answers, brought into an [`Api`].

use super::{
    Api, Array, Home, Operation, OperationId, Origin, Parameter, Place, Response, Rest,
    SecurityScheme, Status, Text, TextFormat, Type, TypeUse, Webhook, WebhookId, analysis,
    media::{self, Encoding},
    schema::{Schemas, blank},
    types::Method,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    document::{
        Document, MediaTypeObject, OperationObject, ParameterObject, ResponseObject, WebhookObject,
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
        if schemas.is_expressible(&operation) {
            let id = OperationId(u32::try_from(lowered.len()).unwrap_or(u32::MAX));
            lowered.push(schemas.operation(id, operation));
            schemas.drain();
            schemas.webhooks(&mut sent, Some(id), callbacks);
        } else {
            schemas.cx.leave_out(&operation.id, operation.span, mark);
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
    fn operation(&mut self, id: OperationId, operation: OperationObject<'a>) -> Operation {
        let parameters = operation
            .parameters
            .into_iter()
            .map(|parameter| self.parameter(id, parameter))
            .collect();
        let body = operation.body.and_then(|body| self.body(id, body));
        let mut responses = operation.responses;
        if operation.method == Method::Head {
            // What is described is what a GET would bring: an answer to HEAD has no body.
            for response in &mut responses {
                response.content.clear();
            }
        }
        let (answers, failures) = self.responses(id, responses);
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
                (Some(self.spoken(media)), ty)
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

    pub(super) fn content(&mut self, media: &MediaTypeObject<'a>, origin: Origin) -> TypeUse {
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
            (Encoding::Bytes | Encoding::Multipart, _) => {
                self.own(media.span, origin, text(TextFormat::Binary))
            }
        }
    }

    /// What a schema in an operation is named after: its place there, unless operations share it.
    pub(super) fn origin(
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

    /// A file as a whole request body.
    pub(super) fn file(&mut self, span: Span, origin: Origin) -> TypeUse {
        let format = TextFormat::File;
        let text = Text {
            format,
            ..Text::default()
        };
        self.own(span, origin, Type::String(text))
    }

    /// A type that follows from the place alone.
    pub(super) fn own(&mut self, span: Span, origin: Origin, kind: Type) -> TypeUse {
        TypeUse {
            id: self.add(blank(span, origin, kind)),
            nullable: false,
        }
    }

    /// Reports that the items of a request body are not told apart.
    pub(super) fn tell_item_schema(&mut self, media: &MediaTypeObject<'a>) {
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
}

/// What a stream is when it is read as a whole.
fn all_items(item: TypeUse) -> Type {
    Type::Array(Array {
        items: item,
        prefix: Vec::new(),
        rest: Rest::Ignored,
        is_tuple: false,
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
