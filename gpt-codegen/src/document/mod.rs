//! The OpenAPI description in one shape (that of 3.1), its objects read on demand.

mod content;
mod contradiction;
mod encoding;
mod envelope;
mod header;
mod operation;
mod parameter;
mod pattern;
mod reference;
pub(crate) mod schema;
mod security;
mod select;
mod server;
mod style;
mod webhook;

pub(crate) use parameter::is_reserved_header;
pub(crate) use select::Selection;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    files::Files,
    ir,
    node::Node,
    source::Span,
};

/// A description, read on demand.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) files: Files,
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    /// Those of the whole document, absolute.
    pub(crate) servers: Vec<ir::Server>,
    /// Whether [`Document::servers`] come from the configuration and hold for each operation.
    is_relocated: bool,
}

impl Document {
    /// Reads what concerns the whole document. `base_url` takes the place of all servers.
    pub(crate) fn read(cx: &mut Diagnostics, files: Files, base_url: Option<&str>) -> Self {
        let root = files.root();
        // Reported; operations are read all the same.
        let _ = envelope::check(cx, root, &envelope::ROOT);
        if let Some(components) = root.get("components")
            && components.as_mapping().is_some()
        {
            let _ = envelope::check(cx, components, &envelope::COMPONENTS);
        }
        let info = read_info(cx, root);
        let mut document = Self {
            files,
            title: String::new(),
            version: String::new(),
            description: None,
            servers: Vec::new(),
            is_relocated: base_url.is_some(),
        };
        if let Some(info) = info {
            document.title = info.title;
            document.version = info.version;
            document.description = info.description;
        }
        document.servers = document.read_servers(cx, base_url);
        document
    }

    /// The description itself, without the other files.
    pub(crate) fn root(&self) -> &Node {
        self.files.root()
    }
}

fn read_info(cx: &mut Diagnostics, root: &Node) -> Option<openapiv3::Info> {
    let Some(info) = root.get("info") else {
        cx.report(
            Diagnostic::error(
                "invalid-document",
                root.span.start_point(),
                "this OpenAPI description has no `info`",
            )
            .label("`info` is missing here")
            .help("add `info: {title: NAME, version: \"1.0\"}`"),
        );
        return None;
    };
    // What is no mapping was reported with the root.
    info.as_mapping()?;
    envelope::read(cx, info, &envelope::INFO)
}

/// An operation with what its path item and the document add to it. References are followed,
/// schemas are left as nodes.
#[derive(Debug)]
pub(crate) struct OperationObject<'a> {
    /// `operationId`, or the name derived from method and path.
    pub(crate) id: String,
    /// Where `operationId` stands, else the method.
    pub(crate) span: Span,
    pub(crate) method: ir::Method,
    pub(crate) path: &'a str,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    /// `x-openai-isConsequential`.
    pub(crate) consequential: Option<bool>,
    /// Its own servers, path item's included; empty for the document's.
    pub(crate) servers: Vec<ir::Server>,
    /// Its own or the document's.
    pub(crate) security: Vec<Vec<ir::Requirement>>,
    /// Those of the path item first, as overridden by the operation's.
    pub(crate) parameters: Vec<ParameterObject<'a>>,
    pub(crate) body: Option<BodyObject<'a>>,
    pub(crate) responses: Vec<ResponseObject<'a>>,
    pub(crate) callbacks: Vec<WebhookObject<'a>>,
}

/// A request that the API sends by itself.
#[derive(Debug)]
pub(crate) struct WebhookObject<'a> {
    /// The key of the webhook or callback.
    pub(crate) name: String,
    pub(crate) method: ir::Method,
    pub(crate) description: Option<String>,
    pub(crate) content: Vec<MediaTypeObject<'a>>,
}

/// A parameter.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "as the specification has it")]
pub(crate) struct ParameterObject<'a> {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// What it is part of, where operations share it.
    pub(crate) home: Option<ir::Home>,
    pub(crate) location: ir::Location,
    /// With the default of its location.
    pub(crate) style: ir::Style,
    /// With the default of its style.
    pub(crate) explode: bool,
    pub(crate) allow_reserved: bool,
    pub(crate) required: bool,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) example: Option<serde_json::Value>,
    /// Its schema, or that of its `content`.
    pub(crate) schema: Option<&'a Node>,
    /// The media type of a `content` parameter.
    pub(crate) content: Option<String>,
}

impl ParameterObject<'_> {
    /// A variable of the path that nothing describes: any text.
    fn undescribed(name: &str, span: Span) -> Self {
        Self {
            name: name.to_owned(),
            span,
            home: None,
            location: ir::Location::Path,
            style: ir::Style::Simple,
            explode: false,
            allow_reserved: false,
            required: true,
            description: None,
            deprecated: false,
            example: None,
            schema: None,
            content: None,
        }
    }
}

/// A request body.
#[derive(Debug)]
pub(crate) struct BodyObject<'a> {
    pub(crate) span: Span,
    /// What it is part of, where operations share it.
    pub(crate) home: Option<ir::Home>,
    pub(crate) required: bool,
    pub(crate) description: Option<String>,
    pub(crate) content: Vec<MediaTypeObject<'a>>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct ResponseObject<'a> {
    pub(crate) status: ir::Status,
    pub(crate) span: Span,
    /// What it is part of, where operations share it.
    pub(crate) home: Option<ir::Home>,
    pub(crate) description: Option<String>,
    pub(crate) headers: Vec<HeaderObject>,
    pub(crate) content: Vec<MediaTypeObject<'a>>,
}

/// A header of an answer.
#[derive(Clone, Debug)]
pub(crate) struct HeaderObject {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) required: bool,
    pub(crate) deprecated: bool,
    pub(crate) explode: bool,
    /// The media type of a `content` header.
    pub(crate) content: Option<String>,
    /// `type` of its schema, where that is one word.
    pub(crate) kind: Option<String>,
}

/// A media type of a body.
#[derive(Debug)]
pub(crate) struct MediaTypeObject<'a> {
    pub(crate) media_type: String,
    pub(crate) span: Span,
    pub(crate) schema: Option<&'a Node>,
    /// What each item of a sequence is.
    pub(crate) item_schema: Option<&'a Node>,
    pub(crate) example: Option<serde_json::Value>,
    /// The object itself, where there is more than a name.
    pub(crate) node: Option<&'a Node>,
}
