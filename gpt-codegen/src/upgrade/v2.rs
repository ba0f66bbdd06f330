//! Swagger 2.0.

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    node::Node,
};

pub(super) fn upgrade(cx: &mut Diagnostics, root: Node) -> Option<Node> {
    let node = root.get("swagger")?;
    cx.report(
        Diagnostic::error(
            "unsupported-version",
            node.span,
            "Swagger 2.0 cannot be read yet",
        )
        .label("expected OpenAPI 3")
        .help("convert it to OpenAPI 3, for example with `swagger2openapi`"),
    );
    None
}
