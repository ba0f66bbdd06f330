//! An [`Api`] owns its types and operations; ids index it. Order is the order of the document.

use serde_json::Value;

use crate::{document::HeaderObject, source::Span};

/// Everything that is generated from one document.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    /// The name of the generated module.
    pub(crate) name: String,
    /// The names of all components that are schemas, used or not.
    pub(crate) components: Vec<String>,
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) servers: Vec<Server>,
    /// Those that the operations use.
    pub(crate) security_schemes: Vec<SecurityScheme>,
    pub(crate) types: Vec<TypeDef>,
    pub(crate) operations: Vec<Operation>,
    /// What the API sends by itself.
    pub(crate) webhooks: Vec<Webhook>,
}

impl Api {
    pub(crate) fn ty(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0 as usize]
    }
}

/// The position of a type in [`Api::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeId(pub(crate) u32);

/// A type in a place: the type, and whether `null` may stand there too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeUse {
    pub(crate) id: TypeId,
    pub(crate) nullable: bool,
}

/// A schema, resolved. There is one per component and one per inline schema.
#[derive(Clone, Debug)]
pub(crate) struct TypeDef {
    pub(crate) span: Span,
    /// What it is named after.
    pub(crate) origin: Origin,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) examples: Vec<Value>,
    /// `default` of the schema.
    pub(crate) default: Option<Value>,
    /// Keywords that no Rust type says, such as `enum` of a number: requests are checked against
    /// them.
    pub(crate) checks: serde_json::Map<String, Value>,
    /// Whether a request can reach it.
    pub(crate) in_request: bool,
    /// Whether an answer can reach it.
    pub(crate) in_answer: bool,
    pub(crate) kind: Type,
}

/// Where a schema stands, which is what it is named after.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// `#/components/schemas/NAME`, or the last segment of another reference.
    Component(String),
    /// In something that several places refer to, or inside a component: named after that, whoever
    /// asked for it first.
    Shared(Home, Vec<Part>),
    /// Inside another schema.
    Inside(TypeId, Part),
    /// In an operation.
    Operation(OperationId, Place),
    /// What a webhook brings.
    Webhook(WebhookId),
}

/// What several places refer to, or share as operations of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Home {
    pub(crate) name: String,
    pub(crate) kind: HomeKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum HomeKind {
    Schema,
    Parameter,
    RequestBody,
    Response,
}

/// The position of an operation in [`Api::operations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct OperationId(pub(crate) u32);

/// The position of a webhook in [`Api::webhooks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct WebhookId(pub(crate) u32);

/// A part of a schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Property(String),
    /// The items of an array.
    Item,
    /// The item at a position of an array.
    Position(usize),
    /// The additional properties of an object that has others too.
    Value,
    /// The values of a map.
    Entry,
    /// A variant of a union, by position.
    Variant(usize),
}

/// A place for a schema in an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Parameter(String),
    /// The request body, in the media type of this position.
    Body(usize),
    /// The body of an answer or failure.
    Response(Status),
    /// An item of an answer that is a stream.
    Item(Status),
}

/// The shape of a type.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    /// Any JSON.
    Any,
    Boolean,
    Integer(Integer),
    Number(Number),
    String(Text),
    Array(Array),
    /// An object whose keys are free.
    Map(Map),
    Struct(Struct),
    Enum(Enum),
    Union(Union),
    /// No content.
    Unit,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Integer {
    pub(crate) format: IntegerFormat,
    pub(crate) bounds: Bounds,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum IntegerFormat {
    Int32,
    #[default]
    Int64,
    Uint32,
    Uint64,
    /// More than 64 bits: `Digits`
    Big,
    /// Seconds since 1970: `UnixTime`
    UnixTime,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Number {
    pub(crate) format: NumberFormat,
    pub(crate) bounds: Bounds,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NumberFormat {
    Float,
    #[default]
    Double,
    /// `Digits`
    Decimal,
    /// Seconds since 1970: `UnixTime`
    UnixTime,
}

/// The bounds of a number, as JSON numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) minimum: Option<serde_json::Number>,
    pub(crate) exclusive_minimum: Option<serde_json::Number>,
    pub(crate) maximum: Option<serde_json::Number>,
    pub(crate) exclusive_maximum: Option<serde_json::Number>,
    pub(crate) multiple_of: Option<serde_json::Number>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    pub(crate) format: TextFormat,
    /// `format` as written, known or not.
    pub(crate) format_name: Option<String>,
    /// `contentEncoding` as written.
    pub(crate) encoding: Option<String>,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    /// An ECMA-262 regular expression.
    pub(crate) pattern: Option<String>,
}

/// The formats that have a Rust type of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TextFormat {
    #[default]
    None,
    /// `Date`
    Date,
    /// `OffsetDateTime`
    DateTime,
    /// `PrimitiveDateTime`
    LocalDateTime,
    /// `TimeOfDay`
    Time,
    /// `Duration`
    Duration,
    /// `Uuid`
    Uuid,
    /// `Url`
    Uri,
    /// `Ipv4Addr`
    Ipv4,
    /// `Ipv6Addr`
    Ipv6,
    /// `IpAddr`
    Ip,
    /// A number as text: `Decimal`
    Decimal,
    /// `Base64`
    Byte,
    /// `Base64Url`
    Base64Url,
    /// `Base16`
    Base16,
    /// A `String` in JSON; raw bytes as a whole answer.
    Binary,
    /// `File`: a binary that is a whole request body or can be a part of one.
    File,
}

#[derive(Clone, Debug)]
pub(crate) struct Array {
    /// A type that fits all items.
    pub(crate) items: TypeUse,
    /// The types of the first items (`prefixItems`).
    pub(crate) prefix: Vec<TypeUse>,
    /// What may follow them.
    pub(crate) rest: Rest,
    /// Whether `prefix` describes all items, so that it is a tuple in Rust.
    pub(crate) is_tuple: bool,
    pub(crate) min_items: Option<u64>,
    pub(crate) max_items: Option<u64>,
    pub(crate) unique_items: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Map {
    pub(crate) values: TypeUse,
    pub(crate) patterns: Option<Patterns>,
    pub(crate) min_properties: Option<u64>,
    pub(crate) max_properties: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Struct {
    pub(crate) fields: Vec<Field>,
    pub(crate) rest: Rest,
    pub(crate) patterns: Option<Patterns>,
}

/// `patternProperties`, and what `additionalProperties` says beside them.
#[derive(Clone, Debug)]
pub(crate) struct Patterns {
    /// By regular expression of ECMA-262.
    pub(crate) values: Vec<(String, TypeUse)>,
    pub(crate) rest: Rest,
}

impl Patterns {
    /// Every type in it.
    pub(crate) fn uses_mut(&mut self) -> impl Iterator<Item = &mut TypeUse> {
        let rest = match &mut self.rest {
            Rest::Kept(ty) => Some(ty),
            Rest::Ignored | Rest::Refused => None,
        };
        self.values.iter_mut().map(|(_, ty)| ty).chain(rest)
    }

    /// Every type in it.
    pub(crate) fn uses(&self) -> impl Iterator<Item = TypeUse> {
        let rest = match self.rest {
            Rest::Kept(ty) => Some(ty),
            Rest::Ignored | Rest::Refused => None,
        };
        self.values.iter().map(|(_, ty)| *ty).chain(rest)
    }
}

impl Map {
    /// Every type in it.
    pub(crate) fn uses(&self) -> impl Iterator<Item = TypeUse> {
        let patterns = self.patterns.iter().flat_map(Patterns::uses);
        [self.values].into_iter().chain(patterns)
    }
}

impl Array {
    /// Every type in it.
    pub(crate) fn uses_mut(&mut self) -> impl Iterator<Item = &mut TypeUse> {
        let rest = match &mut self.rest {
            Rest::Kept(ty) => Some(ty),
            Rest::Ignored | Rest::Refused => None,
        };
        let first = self.prefix.iter_mut();
        [&mut self.items].into_iter().chain(first).chain(rest)
    }

    /// Every type in it.
    pub(crate) fn uses(&self) -> impl Iterator<Item = TypeUse> {
        let rest = match self.rest {
            Rest::Kept(ty) => Some(ty),
            Rest::Ignored | Rest::Refused => None,
        };
        [self.items]
            .into_iter()
            .chain(self.prefix.iter().copied())
            .chain(rest)
    }
}

/// What becomes of properties that are not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// `additionalProperties` is absent.
    Ignored,
    /// `additionalProperties: false`.
    Refused,
    /// `additionalProperties` is `true` or a schema.
    Kept(TypeUse),
}

/// A property.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own.
pub(crate) struct Field {
    /// The name on the wire.
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) ty: TypeUse,
    pub(crate) required: bool,
    /// Whether the type stands behind a `Box`, to have a size or to be small. Only optional or
    /// nullable fields are boxed, inside their `Option`.
    pub(crate) boxed: bool,
    /// The description at the property, else of its schema.
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) default: Option<Value>,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
}

/// A closed or open list of texts or integers.
#[derive(Clone, Debug)]
pub(crate) struct Enum {
    pub(crate) values: EnumValues,
    /// Whether values that are not listed are kept: in answers the API may add some.
    pub(crate) open: bool,
    /// Whether it was written as `const`.
    pub(crate) is_const: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum EnumValues {
    Texts(Vec<String>),
    Integers(Vec<i64>),
}

/// One of several types (`oneOf`, `anyOf`, type arrays).
#[derive(Clone, Debug)]
pub(crate) struct Union {
    /// The property that tells the variants apart: of the `discriminator`, or one that is `const`
    /// in every variant.
    pub(crate) tag: Option<String>,
    pub(crate) variants: Vec<Variant>,
    /// Whether values that fit no variant are kept: in answers the API may add some.
    pub(crate) open: bool,
    /// Whether it is a list of values of several kinds.
    pub(crate) is_list: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) ty: TypeId,
    /// The values of the tag that choose it; empty in an untagged union.
    pub(crate) tags: Vec<String>,
    /// Whether the payload must stand behind a `Box`.
    pub(crate) boxed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// `operationId`, or the name derived from method and path.
    pub(crate) id: String,
    /// Where `operationId` stands, else the method.
    pub(crate) span: Span,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    /// `x-openai-isConsequential`, else whether the method is neither GET nor QUERY.
    pub(crate) consequential: bool,
    /// Its own servers, path item's included; empty for the document's.
    pub(crate) servers: Vec<Server>,
    /// Alternatives, each a combination. Empty when none is needed.
    pub(crate) security: Vec<Vec<Requirement>>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// What success brings, the most specific status first.
    pub(crate) answers: Vec<Response>,
    /// What failure brings, the most specific status first.
    pub(crate) failures: Vec<Response>,
}

impl Operation {
    /// The stream that is typed: that of the most specific answer that has one.
    pub(crate) fn stream(&self) -> Option<&Stream> {
        self.answers.iter().find_map(|it| it.stream.as_ref())
    }
}

/// A request that the API sends by itself, with a body.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    /// The key of the webhook or callback.
    pub(crate) name: String,
    /// The operation whose callback it is.
    pub(crate) operation: Option<OperationId>,
    pub(crate) method: Method,
    pub(crate) description: Option<String>,
    pub(crate) ty: TypeUse,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
    /// OpenAPI 3.2
    Query,
    /// One of `additionalOperations`, OpenAPI 3.2.
    Other(String),
}

impl Method {
    /// The name on the wire.
    pub(crate) fn as_str(&self) -> &str {
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

    /// Whether it only reads (RFC 9110, section 9.2.1).
    pub(crate) fn is_safe(&self) -> bool {
        matches!(self, Self::Get | Self::Query)
    }
}

#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) location: Location,
    pub(crate) style: Style,
    pub(crate) explode: bool,
    pub(crate) allow_reserved: bool,
    pub(crate) required: bool,
    pub(crate) ty: TypeUse,
    /// The media type of a `content` parameter.
    pub(crate) content: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) example: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Location {
    Path,
    Query,
    /// The query string as a whole.
    QueryString,
    Header,
    Cookie,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Simple,
    Matrix,
    Label,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    /// As `form`, without percent-encoding.
    Cookie,
}

#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) span: Span,
    pub(crate) required: bool,
    pub(crate) description: Option<String>,
    /// The media type that a model uses, and a typed call that does not choose.
    pub(crate) preferred: MediaType,
    /// What it may be sent as instead.
    pub(crate) others: Vec<MediaType>,
}

impl Body {
    /// All media types, the preferred one first.
    pub(crate) fn media_types(&self) -> impl Iterator<Item = &MediaType> {
        std::iter::once(&self.preferred).chain(&self.others)
    }

    /// All media types, the preferred one first.
    pub(crate) fn media_types_mut(&mut self) -> impl Iterator<Item = &mut MediaType> {
        std::iter::once(&mut self.preferred).chain(&mut self.others)
    }

    /// The type in the preferred media type.
    pub(crate) fn ty(&self) -> TypeUse {
        self.preferred.ty
    }
}

/// A media type of a request body.
#[derive(Clone, Debug)]
pub(crate) struct MediaType {
    pub(crate) name: String,
    pub(crate) ty: TypeUse,
    /// How properties are written, where that is unusual.
    pub(crate) encoding: Vec<Encoding>,
    pub(crate) example: Option<Value>,
}

/// How a property of a form or of a `multipart` body is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Encoding {
    /// The name on the wire; `None` for all properties that have none of their own.
    pub(crate) property: Option<String>,
    pub(crate) content_type: Option<String>,
    /// `None` for what is written as a media type.
    pub(crate) styled: Option<Styled>,
    pub(crate) headers: Vec<(String, String)>,
    /// Whether it is a file, or a list of files.
    pub(crate) is_file: bool,
}

impl Encoding {
    /// The usual way of a property.
    pub(crate) fn of(property: &str) -> Self {
        Self {
            property: Some(property.to_owned()),
            content_type: None,
            styled: None,
            headers: Vec::new(),
            is_file: false,
        }
    }
}

/// A style with all that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Styled {
    pub(crate) style: Style,
    pub(crate) explode: bool,
    pub(crate) allow_reserved: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: Status,
    /// `None` for an empty body.
    pub(crate) media_type: Option<String>,
    /// `Type::Unit` for an empty body.
    pub(crate) ty: TypeUse,
    pub(crate) description: Option<String>,
    /// The media type that is made of items, where there is one.
    pub(crate) stream: Option<Stream>,
    /// The other media types there are.
    pub(crate) others: Vec<String>,
    pub(crate) headers: Vec<HeaderObject>,
}

/// An answer that comes item by item.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) span: Span,
    pub(crate) media_type: String,
    pub(crate) item: TypeUse,
    /// Whether the type is that of a server-sent event as a whole, not of its data.
    pub(crate) is_event: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Status {
    Code(u16),
    /// `Range(4)` is `4XX`.
    Range(u8),
    Default,
}

#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) span: Span,
    /// Possibly with `{variables}`, and absolute unless that is let pass.
    pub(crate) url: String,
    /// Name and default.
    pub(crate) variables: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) struct SecurityScheme {
    pub(crate) name: String,
    pub(crate) kind: SecurityKind,
    pub(crate) description: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecurityKind {
    ApiKey {
        location: Location,
        name: String,
    },
    Basic,
    /// Also OAuth2 without a flow in which a person signs in, whose tokens are sent so.
    Bearer,
    /// The authorization code flow of OAuth2.
    AuthorizationCode {
        authorization_url: String,
        token_url: String,
    },
    /// The address of the configuration of OpenID Connect.
    OpenIdConnect(String),
    /// Another scheme of the header `Authorization`.
    Http(String),
    /// The certificate of the HTTP client.
    MutualTls,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// [`SecurityScheme::name`].
    pub(crate) scheme: String,
    pub(crate) scopes: Vec<String>,
}
