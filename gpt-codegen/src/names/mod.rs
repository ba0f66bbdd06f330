//! Decides every name of the generated module once: Rust identifiers and the flat argument names.
//!
//! Schemas are named first, then operations, then what is named after where it stands, each in the
//! order of the document: a new operation renames nothing but what shares its own name.

mod arguments;
mod inline;
mod media_types;
mod scope;
mod words;

use crate::ir::{
    Api, EnumValues, HomeKind, Operation, OperationId, Origin, Response, Rest, Status, Type,
    TypeId, WebhookId,
};

pub(crate) use arguments::{Arguments, BODY, BodyArguments, tool_names};
pub(crate) use inline::same_shape;
use scope::Scope;
use words::{snake, spelled, upper_camel, words};

/// Names that the generated module uses itself.
const RESERVED: &[&str] = &[
    "API",
    "Box",
    "Client",
    "Clone",
    "Copy",
    "None",
    "OPERATIONS",
    "Option",
    "Self",
    "Some",
    "String",
    "Vec",
    "rt",
];

/// Methods that the generated client has anyway.
const RESERVED_METHODS: &[&str] = &["clone", "from", "from_env", "into", "new"];

/// Every name that is emitted. They are identifiers in ASCII, perhaps keywords.
#[derive(Debug)]
pub(crate) struct Names {
    types: Vec<TypeNames>,
    operations: Vec<OperationNames>,
    /// Of webhooks whose type has another name.
    webhooks: Vec<Option<String>>,
}

/// The names of a type and its parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypeNames {
    /// Of a struct, enum or union the Rust name; of any other type what its parts are named after.
    pub(crate) name: String,
    /// Of a struct, one for each field; of an enum or union, one for each value or variant.
    pub(crate) parts: Vec<String>,
    /// The field or variant for what the document does not name.
    pub(crate) rest: String,
}

/// The names of an operation.
#[derive(Clone, Debug)]
pub(crate) struct OperationNames {
    /// The arguments struct.
    pub(crate) name: String,
    /// The client's method.
    pub(crate) method: String,
    /// What the model sees the operation as.
    pub(crate) tool: String,
    /// What the model sees the parameters and the body as.
    pub(crate) arguments: Arguments,
    /// The field of each parameter.
    pub(crate) fields: Vec<String>,
    /// The field of the body.
    pub(crate) body: String,
    /// Where the body has several types.
    pub(crate) by_media_type: Option<ByMediaType>,
    /// Where success has several types.
    pub(crate) answer: Option<ByStatus>,
    /// Where failure has several types.
    pub(crate) failure: Option<ByStatus>,
}

/// The names of an enum by status.
#[derive(Clone, Debug)]
pub(crate) struct ByStatus {
    pub(crate) name: String,
    /// One for each response.
    pub(crate) variants: Vec<String>,
}

/// The names of an enum by media type.
#[derive(Clone, Debug)]
pub(crate) struct ByMediaType {
    pub(crate) name: String,
    /// One for each media type, the preferred one first.
    pub(crate) variants: Vec<String>,
}

impl Names {
    pub(crate) fn of(api: &Api) -> Self {
        let mut scope = Scope::with(RESERVED);
        let mut types = vec![TypeNames::default(); api.types.len()];
        name_components(api, &mut scope, &mut types);
        let operations = name_operations(api, &mut scope);
        inline::name(api, &operations, &mut scope, &mut types);
        let webhooks = name_webhooks(api, &operations, &mut scope);
        for (def, index) in api.types.iter().zip(0_u32..) {
            let id = TypeId(index);
            let (parts, rest) = match &def.kind {
                Type::Struct(object) => fields(
                    object.fields.iter().map(|it| it.name.as_str()),
                    matches!(object.rest, Rest::Kept(_)),
                ),
                Type::Enum(it) => match &it.values {
                    EnumValues::Texts(texts) => {
                        variants(texts.iter().map(|it| (words(it), spelled(it))), it.open)
                    }
                    EnumValues::Integers(integers) => variants(
                        integers.iter().map(|it| {
                            let words = words(&it.to_string());
                            (words.clone(), words)
                        }),
                        it.open,
                    ),
                },
                Type::Union(union) => variants(
                    (0..union.variants.len()).map(|variant| {
                        let words = inline::variant_words(api, &types, id, variant);
                        (words.clone(), words)
                    }),
                    union.open,
                ),
                _ => (Vec::new(), String::new()),
            };
            if let Some(names) = types.get_mut(index as usize) {
                names.parts = parts;
                names.rest = rest;
            }
        }
        Self {
            types,
            operations,
            webhooks,
        }
    }

    pub(crate) fn ty(&self, id: TypeId) -> &TypeNames {
        &self.types[id.0 as usize]
    }

    /// The name of a webhook, unless its type has that name.
    pub(crate) fn webhook(&self, id: WebhookId) -> Option<&str> {
        self.webhooks.get(id.0 as usize)?.as_deref()
    }

    pub(crate) fn operation(&self, id: OperationId) -> &OperationNames {
        &self.operations[id.0 as usize]
    }
}

/// What a webhook brings is called after it, unless the type was made for it and is called so.
fn name_webhooks(
    api: &Api,
    operations: &[OperationNames],
    scope: &mut Scope,
) -> Vec<Option<String>> {
    let ids = (0_u32..).map(WebhookId);
    ids.zip(&api.webhooks)
        .map(|(id, webhook)| {
            let def = api.ty(webhook.ty.id);
            let is_own = is_item(&def.kind) && def.origin == Origin::Webhook(id);
            let name = upper_camel(&inline::webhook_words(api, operations, id));
            (!is_own || webhook.ty.nullable).then(|| scope.take(&[name], ""))
        })
        .collect()
}

/// Whether a type is an item of the generated module.
pub(crate) fn is_item(kind: &Type) -> bool {
    matches!(kind, Type::Struct(_) | Type::Enum(_) | Type::Union(_))
}

/// Components whose names need no change go first, so that none of them loses its name to another.
/// Those that nothing uses keep their names from operations all the same: the next operation may use
/// them.
fn name_components(api: &Api, scope: &mut Scope, types: &mut [TypeNames]) {
    for unchanged in [true, false] {
        for (def, names) in api.types.iter().zip(&mut *types) {
            let Origin::Component(component) = &def.origin else {
                continue;
            };
            let name = upper_camel(&words(component));
            if (name == *component) != unchanged {
                continue;
            }
            names.name = if is_item(&def.kind) {
                let suffixed = format!("{name}Schema");
                scope.take(&[name, suffixed], "")
            } else {
                name
            };
        }
    }
    for component in &api.components {
        scope.reserve(upper_camel(&words(component)));
    }
    name_shared(api, scope, types);
}

/// Names what several operations refer to, before any of them.
fn name_shared(api: &Api, scope: &mut Scope, types: &mut [TypeNames]) {
    for (def, names) in api.types.iter().zip(types) {
        let Origin::Shared(home, parts) = &def.origin else {
            continue;
        };
        if !parts.is_empty() || !is_item(&def.kind) {
            continue;
        }
        let name = upper_camel(&words(&home.name));
        let suffix = match home.kind {
            HomeKind::Schema => "Schema",
            HomeKind::Parameter => "Parameter",
            HomeKind::RequestBody => "Body",
            HomeKind::Response => "Response",
        };
        let suffixed = format!("{name}{suffix}");
        names.name = scope.take(&[name, suffixed], "");
    }
}

fn name_operations(api: &Api, scope: &mut Scope) -> Vec<OperationNames> {
    let mut methods = Scope::with(RESERVED_METHODS);
    let tools = tool_names(api.operations.iter().map(|it| it.id.as_str()));
    let named: Vec<_> = api
        .operations
        .iter()
        .zip(tools)
        .map(|(op, tool)| {
            let words = words(&op.id);
            let name = upper_camel(&words);
            let method = snake(&words);
            let suffixed = (format!("{name}Action"), format!("{method}_action"));
            let name = scope.take(&[name, suffixed.0], "");
            let method = methods.take(&[method, suffixed.1], "_");
            (op, tool, name, method)
        })
        .collect();
    named
        .into_iter()
        .map(|(op, tool, name, method)| {
            let arguments = Arguments::of(api, op);
            let (fields, body) = argument_fields(op, &arguments);
            OperationNames {
                answer: by_status(api, &op.answers, &name, "Answer", scope),
                by_media_type: op
                    .body
                    .as_ref()
                    .and_then(|it| media_types::name(api, it, &name, scope)),
                failure: by_status(api, &op.failures, &name, "Failure", scope),
                name,
                method,
                tool,
                arguments,
                fields,
                body,
            }
        })
        .collect()
}

fn argument_fields(op: &Operation, arguments: &Arguments) -> (Vec<String>, String) {
    // The body first: its field has the same name everywhere.
    let body = op.body.is_some().then_some(BODY);
    let (mut fields, _) = fields(
        body.into_iter()
            .chain(arguments.parameters.iter().map(String::as_str)),
        false,
    );
    let body = if body.is_some() && !fields.is_empty() {
        fields.remove(0)
    } else {
        String::new()
    };
    (fields, body)
}

/// The enum of a side with several body types.
fn by_status(
    api: &Api,
    responses: &[Response],
    operation: &str,
    side: &str,
    scope: &mut Scope,
) -> Option<ByStatus> {
    let (first, others) = responses.split_first()?;
    if others.iter().all(|it| same_shape(api, first.ty, it.ty)) {
        return None;
    }
    let mut variants = Scope::default();
    Some(ByStatus {
        name: scope.take(&[format!("{operation}{side}")], ""),
        variants: responses
            .iter()
            .map(|it| variants.take(&[status_name(it.status)], ""))
            .collect(),
    })
}

/// The names of fields. One whose wire name is its Rust name gets it before others.
fn fields<'a>(names: impl Iterator<Item = &'a str>, keeps_rest: bool) -> (Vec<String>, String) {
    let mut scope = Scope::default();
    let names: Vec<_> = names.map(|name| (name, snake(&words(name)))).collect();
    let unchanged: Vec<bool> = names.iter().map(|(wire, name)| wire == name).collect();
    let mut fields = vec![String::new(); names.len()];
    for first in [true, false] {
        for ((field, (wire, name)), unchanged) in fields.iter_mut().zip(&names).zip(&unchanged) {
            if *unchanged == first {
                *field = scope.take(&[name.clone(), snake(&spelled(wire))], "_");
            }
        }
    }
    let rest = if keeps_rest {
        scope.take(&["additional".into(), "additional_properties".into()], "_")
    } else {
        String::new()
    };
    (fields, rest)
}

/// The names of variants, from the words of each and those to try when the first are taken.
fn variants(
    values: impl Iterator<Item = (Vec<String>, Vec<String>)>,
    open: bool,
) -> (Vec<String>, String) {
    let other = "Other".to_owned();
    let mut scope = Scope::default();
    if open {
        scope.take(std::slice::from_ref(&other), "");
    }
    let names = values
        .map(|(words, spelled)| {
            let name = upper_camel(&words);
            let value = format!("{name}Value");
            let mut candidates = vec![name, upper_camel(&spelled)];
            if open && words == ["other"] {
                candidates.push(value);
            }
            scope.take(&candidates, "")
        })
        .collect();
    (names, if open { other } else { String::new() })
}

/// The reason phrase of a status (RFC 9110 and its neighbours) as an identifier.
pub(crate) fn status_name(status: Status) -> String {
    let name = match status {
        Status::Default => "Default",
        Status::Range(1) => "Informational",
        Status::Range(2) => "Success",
        Status::Range(3) => "Redirection",
        Status::Range(4) => "ClientError",
        Status::Range(5) => "ServerError",
        Status::Range(class) => return format!("Status{class}xx"),
        Status::Code(code) => match code {
            100 => "Continue",
            101 => "SwitchingProtocols",
            102 => "Processing",
            103 => "EarlyHints",
            200 => "Ok",
            201 => "Created",
            202 => "Accepted",
            203 => "NonAuthoritativeInformation",
            204 => "NoContent",
            205 => "ResetContent",
            206 => "PartialContent",
            207 => "MultiStatus",
            208 => "AlreadyReported",
            226 => "ImUsed",
            300 => "MultipleChoices",
            301 => "MovedPermanently",
            302 => "Found",
            303 => "SeeOther",
            304 => "NotModified",
            307 => "TemporaryRedirect",
            308 => "PermanentRedirect",
            400 => "BadRequest",
            401 => "Unauthorized",
            402 => "PaymentRequired",
            403 => "Forbidden",
            404 => "NotFound",
            405 => "MethodNotAllowed",
            406 => "NotAcceptable",
            407 => "ProxyAuthenticationRequired",
            408 => "RequestTimeout",
            409 => "Conflict",
            410 => "Gone",
            411 => "LengthRequired",
            412 => "PreconditionFailed",
            413 => "ContentTooLarge",
            414 => "UriTooLong",
            415 => "UnsupportedMediaType",
            416 => "RangeNotSatisfiable",
            417 => "ExpectationFailed",
            418 => "ImATeapot",
            421 => "MisdirectedRequest",
            422 => "UnprocessableContent",
            423 => "Locked",
            424 => "FailedDependency",
            425 => "TooEarly",
            426 => "UpgradeRequired",
            428 => "PreconditionRequired",
            429 => "TooManyRequests",
            431 => "RequestHeaderFieldsTooLarge",
            451 => "UnavailableForLegalReasons",
            500 => "InternalServerError",
            501 => "NotImplemented",
            502 => "BadGateway",
            503 => "ServiceUnavailable",
            504 => "GatewayTimeout",
            505 => "HttpVersionNotSupported",
            507 => "InsufficientStorage",
            508 => "LoopDetected",
            511 => "NetworkAuthenticationRequired",
            code => return format!("Status{code}"),
        },
    };
    name.to_owned()
}
