//! The OpenAPI description in one shape (that of 3.1), its objects read on demand.

mod content;
mod encoding;
mod envelope;
mod operation;
mod parameter;
mod reference;
pub(crate) mod schema;
mod security;
mod select;
mod server;
mod style;

pub(crate) use select::Selection;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir,
    node::Node,
    source::Span,
};

/// A description, read on demand.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) root: Node,
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
    pub(crate) fn read(cx: &mut Diagnostics, root: Node, base_url: Option<&str>) -> Self {
        // Reported; operations are read all the same.
        let _ = envelope::check(cx, &root, &envelope::ROOT);
        if let Some(components) = root.get("components")
            && components.as_mapping().is_some()
        {
            let _ = envelope::check(cx, components, &envelope::COMPONENTS);
        }
        let info = read_info(cx, &root);
        let mut document = Self {
            root,
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
}

/// A parameter.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "as the specification has it")]
pub(crate) struct ParameterObject<'a> {
    pub(crate) name: String,
    pub(crate) span: Span,
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

/// A request body.
#[derive(Debug)]
pub(crate) struct BodyObject<'a> {
    pub(crate) span: Span,
    pub(crate) required: bool,
    pub(crate) description: Option<String>,
    pub(crate) content: Vec<MediaTypeObject<'a>>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct ResponseObject<'a> {
    pub(crate) status: ir::Status,
    pub(crate) span: Span,
    pub(crate) description: Option<String>,
    pub(crate) content: Vec<MediaTypeObject<'a>>,
}

/// A media type of a body.
#[derive(Debug)]
pub(crate) struct MediaTypeObject<'a> {
    pub(crate) media_type: String,
    pub(crate) span: Span,
    pub(crate) schema: Option<&'a Node>,
    pub(crate) example: Option<serde_json::Value>,
    /// The object itself, where there is more than a name.
    pub(crate) node: Option<&'a Node>,
}
