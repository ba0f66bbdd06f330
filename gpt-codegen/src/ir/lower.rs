//! Operations with their parameters, bodies and answers, brought into an [`Api`].

use super::{
    Api, Operation, OperationId, Origin, Parameter, Place, Response, SecurityScheme, Status, Text,
    TextFormat, Type, TypeUse, analysis,
    media::{self, Encoding},
    schema::{Schemas, blank},
};
use crate::{
    diagnostic::Diagnostics,
    document::{Document, MediaTypeObject, OperationObject, ParameterObject, ResponseObject},
    ir::Method,
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
) -> Api {
    let mut schemas = Schemas::new(cx, document);
    let mut lowered: Vec<Operation> = Vec::with_capacity(operations.len());
    for operation in operations {
        if schemas.is_expressible(&operation) {
            let id = OperationId(u32::try_from(lowered.len()).unwrap_or(u32::MAX));
            lowered.push(schemas.operation(id, operation));
            schemas.drain();
        }
    }
    schemas.check_field_defaults();
    let required_in_requests = std::mem::take(&mut schemas.required_in_requests);
    let types = std::mem::take(&mut schemas.types);
    let mut api = Api {
        name: name.to_owned(),
        title: document.title.clone(),
        version: document.version.clone(),
        description: document.description.clone(),
        servers: document.servers.clone(),
        security_schemes: security_schemes(cx, document, &lowered),
        types,
        operations: lowered,
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
        let (answers, failures) = self.responses(id, operation.responses);
        Operation {
            id: operation.id,
            span: operation.span,
            method: operation.method,
            path: operation.path.to_owned(),
            summary: operation.summary,
            description: operation.description,
            deprecated: operation.deprecated,
            consequential: operation
                .consequential
                .unwrap_or(operation.method != Method::Get),
            servers: operation.servers,
            security: operation.security,
            parameters,
            body,
            answers,
            failures,
        }
    }

    fn parameter(&mut self, id: OperationId, parameter: ParameterObject<'a>) -> Parameter {
        let origin = Origin::Operation(id, Place::Parameter(parameter.name.clone()));
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
        let origin = Origin::Operation(id, Place::Response(response.status));
        let (media_type, ty) = match media::preferred(&response.content) {
            None => (None, self.own(response.span, origin, Type::Unit)),
            Some(media) => {
                let ty = self.content(media, origin);
                (Some(media::spoken(&media.media_type)), ty)
            }
        };
        Response {
            status: response.status,
            media_type,
            ty,
            description: response.description,
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
            (Encoding::Text | Encoding::Form, _) => {
                self.own(media.span, origin, text(TextFormat::None))
            }
            (Encoding::Bytes | Encoding::Multipart, _) => {
                self.own(media.span, origin, text(TextFormat::Binary))
            }
        }
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
