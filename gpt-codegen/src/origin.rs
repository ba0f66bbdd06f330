//! Where what was generated stands in the description, for those who hold the two side by side.

use std::path::{Path, PathBuf};

use crate::{
    Error,
    diagnostic::{Diagnostics, Findings},
    emit,
    ir::{Api, OperationId, Origin, TypeId},
    load,
    names::Names,
    node::{Node, Value},
    parse::parse,
    source::{MAX_BYTES, Sources, Span},
};

/// Where operations and types stand in the description. It may change in any version.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct Origins {
    pub operations: Vec<OperationOrigin>,
    pub types: Vec<TypeOrigin>,
    /// The warnings, those too that the text leaves out.
    pub warnings: Vec<WarningOrigin>,
}

/// Where an operation stands.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct OperationOrigin {
    pub id: String,
    pub method: String,
    pub path: String,
    /// The Rust name of the arguments.
    pub arguments: String,
}

/// Where the schema of a type stands: of a component, or of a whole body.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct TypeOrigin {
    /// The Rust type, as the generated module writes it.
    pub rust: String,
    pub file: PathBuf,
    /// The byte at which the schema begins.
    pub offset: usize,
    pub in_request: bool,
    pub in_answer: bool,
}

/// The places of a warning.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct WarningOrigin {
    pub name: &'static str,
    /// In each file the byte.
    pub places: Vec<(PathBuf, usize)>,
}

impl Origins {
    pub(crate) fn of(api: &Api, names: &Names, sources: &Sources) -> Self {
        let operations = api.operations.iter().zip(0_u32..).map(|(op, index)| {
            let arguments = names.operation(OperationId(index)).name.clone();
            OperationOrigin {
                id: op.id.clone(),
                method: op.method.as_str().to_owned(),
                path: op.path.clone(),
                arguments,
            }
        });
        let types = api.types.iter().zip(0_u32..);
        let types = types.filter(|(def, _)| !matches!(def.origin, Origin::Inside(..)));
        Self {
            operations: operations.collect(),
            types: types
                .map(|(def, index)| TypeOrigin {
                    rust: emit::type_text(api, names, TypeId(index)),
                    file: sources.get(def.span.source).path.clone(),
                    offset: def.span.start as usize,
                    in_request: def.in_request,
                    in_answer: def.in_answer,
                })
                .collect(),
            warnings: Vec::new(),
        }
    }

    pub(crate) fn with_warnings(mut self, findings: &Findings) -> Self {
        let place = |span: Span| {
            let path = findings.sources.get(span.source).path.clone();
            (path, span.start as usize)
        };
        self.warnings = findings
            .found
            .iter()
            .map(|it| {
                let related = it.related.iter().map(|(span, _)| *span);
                WarningOrigin {
                    name: it.name,
                    places: related.chain([it.span]).map(place).collect(),
                }
            })
            .collect();
        self
    }
}

/// The JSON pointer of each value of a document, by the byte at which it begins.
///
/// # Errors
///
/// When the document cannot be read.
#[doc(hidden)]
pub fn places(path: &Path) -> Result<Vec<(usize, String)>, Error> {
    let mut cx = Diagnostics::default();
    let root = load::load(&mut cx, path, MAX_BYTES).and_then(|id| parse(&mut cx, id));
    let mut places = Vec::new();
    match root {
        Some(root) => walk(&root, String::new(), &mut places),
        None => return Err(Error::new("cannot read the document", path.display())),
    }
    cx.finish();
    Ok(places)
}

fn walk(node: &Node, pointer: String, places: &mut Vec<(usize, String)>) {
    match &node.value {
        Value::Mapping(entries) => {
            for (key, entry) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                walk(&entry.node, format!("{pointer}/{key}"), places);
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, format!("{pointer}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push((node.span.start as usize, pointer));
}
