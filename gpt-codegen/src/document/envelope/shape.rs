//! The keys of each envelope object, with what they hold.

use Field::{Flag, Json, Mapping, Schema, Sequence, Text, Texts, Unread};

/// What a key holds, and who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::document) enum Field {
    Text,
    Flag,
    Texts,
    /// Any value for `openapiv3`.
    Json,
    /// A schema, which stays a node.
    Schema,
    /// A mapping that is read on its own.
    Mapping,
    /// A list that is read on its own.
    Sequence,
    /// Read on its own or not at all.
    Unread,
}

/// The keys of an object.
#[derive(Debug)]
pub(in crate::document) struct Shape {
    /// With its article: "an operation".
    pub(super) what: &'static str,
    /// The name of reports about what is missing or odd in it; where nothing can be beyond the types
    /// of its values, that of these.
    pub(super) name: &'static str,
    pub(super) fields: &'static [(&'static str, Field)],
    /// Keys of OpenAPI 3.2 that nothing here reads.
    pub(super) since_3_2: &'static [&'static str],
    /// Whether other keys are names, not mistakes.
    pub(super) is_open: bool,
}

impl Shape {
    pub(in crate::document) fn field(&self, key: &str) -> Option<Field> {
        self.fields
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, field)| *field)
    }

    /// "this operation"
    pub(super) fn what_this(&self) -> String {
        match self.what.split_once(' ') {
            Some((_, noun)) => format!("this {noun}"),
            None => self.what.to_owned(),
        }
    }
}

const fn shape(
    what: &'static str,
    name: &'static str,
    fields: &'static [(&'static str, Field)],
    since_3_2: &'static [&'static str],
) -> Shape {
    Shape {
        what,
        name,
        fields,
        since_3_2,
        is_open: false,
    }
}

pub(in crate::document) const ROOT: Shape = shape(
    "an OpenAPI description",
    "invalid-document",
    &[
        ("openapi", Unread),
        ("info", Mapping),
        ("jsonSchemaDialect", Unread),
        ("servers", Sequence),
        ("paths", Mapping),
        ("webhooks", Mapping),
        ("components", Mapping),
        ("security", Sequence),
        ("tags", Unread),
        ("externalDocs", Unread),
        ("$self", Text),
    ],
    &[],
);

pub(in crate::document) const INFO: Shape = shape(
    "an `info` object",
    "invalid-info",
    &[
        ("title", Text),
        ("summary", Unread),
        ("description", Text),
        ("termsOfService", Unread),
        ("contact", Unread),
        ("license", Unread),
        ("version", Text),
    ],
    &[],
);

pub(in crate::document) const COMPONENTS: Shape = shape(
    "a `components` object",
    "wrong-type",
    &[
        ("schemas", Mapping),
        ("responses", Mapping),
        ("parameters", Mapping),
        ("examples", Mapping),
        ("requestBodies", Mapping),
        ("headers", Mapping),
        ("securitySchemes", Mapping),
        ("links", Unread),
        ("callbacks", Unread),
        ("pathItems", Mapping),
        ("mediaTypes", Mapping),
    ],
    &[],
);

pub(in crate::document) const PATH_ITEM: Shape = shape(
    "a path item",
    "wrong-type",
    &[
        ("$ref", Unread),
        ("summary", Unread),
        ("description", Unread),
        ("get", Unread),
        ("put", Unread),
        ("post", Unread),
        ("delete", Unread),
        ("options", Unread),
        ("head", Unread),
        ("patch", Unread),
        ("trace", Unread),
        ("servers", Unread),
        ("parameters", Unread),
        // Since 3.2.
        ("query", Unread),
        ("additionalOperations", Mapping),
    ],
    &[],
);

pub(in crate::document) const OPERATION: Shape = shape(
    "an operation",
    "wrong-type",
    &[
        ("tags", Texts),
        ("summary", Text),
        ("description", Text),
        ("externalDocs", Unread),
        ("operationId", Text),
        ("parameters", Sequence),
        ("requestBody", Mapping),
        ("responses", Mapping),
        ("callbacks", Mapping),
        ("deprecated", Flag),
        ("security", Sequence),
        ("servers", Sequence),
    ],
    &[],
);

pub(in crate::document) const PARAMETER: Shape = shape(
    "a parameter",
    "invalid-parameter",
    &[
        ("name", Text),
        ("in", Text),
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        ("style", Text),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", Schema),
        ("example", Json),
        ("examples", Unread),
        ("content", Mapping),
        // Beside a `$ref` in 3.1.
        ("summary", Unread),
    ],
    &[],
);

pub(in crate::document) const BODY: Shape = shape(
    "a request body",
    "wrong-type",
    &[
        ("description", Text),
        ("content", Mapping),
        ("required", Flag),
        ("summary", Unread),
    ],
    &[],
);

pub(in crate::document) const RESPONSE: Shape = shape(
    "a response",
    "wrong-type",
    &[
        ("description", Text),
        ("headers", Mapping),
        ("content", Mapping),
        ("links", Unread),
        ("summary", Unread),
    ],
    &[],
);

pub(in crate::document) const HEADER: Shape = shape(
    "a header",
    "invalid-header",
    &[
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        ("style", Text),
        ("explode", Flag),
        ("schema", Schema),
        ("example", Json),
        ("examples", Unread),
        ("content", Mapping),
        // Beside a `$ref` in 3.1.
        ("summary", Unread),
    ],
    &[],
);

pub(in crate::document) const MEDIA_TYPE: Shape = shape(
    "a media type",
    "wrong-type",
    &[
        ("schema", Schema),
        ("itemSchema", Schema),
        ("example", Json),
        ("examples", Unread),
        ("encoding", Mapping),
    ],
    &["itemEncoding", "prefixEncoding"],
);

pub(in crate::document) const ENCODING: Shape = shape(
    "an encoding",
    "wrong-type",
    &[
        ("contentType", Text),
        ("headers", Mapping),
        ("style", Text),
        ("explode", Flag),
        ("allowReserved", Flag),
    ],
    &["encoding", "itemEncoding", "prefixEncoding"],
);

pub(in crate::document) const SECURITY_SCHEME: Shape = shape(
    "a security scheme",
    "invalid-security-scheme",
    &[
        ("type", Text),
        ("description", Text),
        ("name", Text),
        ("in", Text),
        ("scheme", Text),
        ("bearerFormat", Text),
        ("flows", Unread),
        ("openIdConnectUrl", Text),
        ("summary", Unread),
        ("oauth2MetadataUrl", Text),
        ("deprecated", Flag),
    ],
    &[],
);

pub(in crate::document) const SERVER: Shape = shape(
    "a server",
    "invalid-server",
    &[
        ("url", Text),
        ("name", Text),
        ("description", Text),
        ("variables", Mapping),
    ],
    &[],
);

pub(in crate::document) const SERVER_VARIABLE: Shape = shape(
    "a server variable",
    "invalid-server",
    &[("enum", Texts), ("default", Text), ("description", Text)],
    &[],
);
