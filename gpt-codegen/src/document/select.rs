//! Which operations are wanted, found without reading the others.

use std::collections::{HashMap, HashSet};

use super::{Document, OperationObject, envelope};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::Method,
    nearest::nearest,
    node::{Entry, Node},
    source::Span,
};

/// What operations to read: those that any selector names, or all when there is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    pub(crate) ids: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// `/pets`, or `GET /pets` for one method.
    pub(crate) paths: Vec<String>,
    /// Whether operations without `operationId` are named after method and path.
    pub(crate) derive_ids: bool,
}

/// An operation that is known by its name only.
pub(super) struct Candidate<'a> {
    pub(super) path: &'a str,
    /// Where the path stands as a key.
    pub(super) path_span: Span,
    pub(super) item: &'a Node,
    pub(super) method: Method,
    pub(super) entry: &'a Entry,
    /// Its own or the derived one.
    pub(super) id: String,
    /// `operationId` as written, if it is.
    pub(super) written: Option<(&'a str, Span)>,
}

const METHODS: [(&str, Method); 9] = [
    ("get", Method::Get),
    ("put", Method::Put),
    ("post", Method::Post),
    ("delete", Method::Delete),
    ("options", Method::Options),
    ("head", Method::Head),
    ("patch", Method::Patch),
    ("trace", Method::Trace),
    ("query", Method::Query),
];

impl Selection {
    /// Whether nothing selects, so that everything is wanted.
    pub(crate) fn is_all(&self) -> bool {
        self.ids.is_empty() && self.tags.is_empty() && self.paths.is_empty()
    }

    /// Whether an operation is wanted, as it was written.
    pub(crate) fn wants(&self, method: &str, path: &str, operation: &Node) -> bool {
        let id = operation.get("operationId").and_then(Node::as_str);
        let tags = operation.get("tags").and_then(Node::as_sequence);
        let mut tags = tags.unwrap_or_default().iter().filter_map(Node::as_str);
        self.is_all()
            || id.is_some_and(|id| self.ids.iter().any(|wanted| wanted == id))
            || tags.any(|tag| self.tags.iter().any(|wanted| wanted == tag))
            || self.paths.iter().any(|wanted| is_at(wanted, method, path))
    }

    fn selects(&self, candidate: &Candidate<'_>) -> bool {
        self.is_all()
            || self.ids.contains(&candidate.id)
            || candidate
                .tags()
                .any(|tag| self.tags.iter().any(|wanted| wanted == tag))
            || self.paths.iter().any(|wanted| candidate.is_at(wanted))
    }
}

impl Candidate<'_> {
    /// Where `operationId` stands, else the method.
    pub(super) fn span(&self) -> Span {
        self.written.map_or(self.entry.key, |(_, span)| span)
    }

    /// Whether the id is the one that is written.
    fn keeps_id(&self) -> bool {
        self.written.is_some_and(|(id, _)| id == self.id)
    }

    fn tags(&self) -> impl Iterator<Item = &str> {
        let tags = self.entry.node.get("tags").and_then(Node::as_sequence);
        tags.unwrap_or_default().iter().filter_map(Node::as_str)
    }

    fn is_at(&self, wanted: &str) -> bool {
        is_at(wanted, self.method.as_str(), self.path)
    }
}

/// Whether an operation is at the path that is wanted, `/pets` or `GET /pets`.
fn is_at(wanted: &str, method: &str, path: &str) -> bool {
    match wanted.split_once(char::is_whitespace) {
        Some((wanted_method, wanted_path)) => {
            wanted_path.trim() == path && wanted_method.eq_ignore_ascii_case(method)
        }
        None => wanted == path,
    }
}

impl Document {
    /// The wanted operations in the order of the document. One that cannot be read is reported
    /// and left out.
    pub(crate) fn operations<'a>(
        &'a self,
        cx: &mut Diagnostics,
        selection: &Selection,
    ) -> Vec<OperationObject<'a>> {
        let mark = cx.len();
        let mut candidates = self.candidates(cx, selection);
        self.check_selectors(cx, selection, &candidates);
        candidates.retain(|candidate| selection.selects(candidate));
        // Paths that could not be followed are reported already.
        let is_explained = cx.has_errors_since(mark);
        let has_webhooks = self.root().get("webhooks").is_some();
        if candidates.is_empty() && selection.is_all() && !is_explained && !has_webhooks {
            cx.report(
                Diagnostic::fatal(
                    "no-operations",
                    self.paths_span(),
                    "the document describes no operation",
                )
                .label("expected a path with a method such as `get`"),
            );
        }
        check_ids(cx, selection, &candidates);
        candidates
            .iter()
            .filter_map(|candidate| {
                let mark = cx.len();
                let operation = self.operation(cx, candidate);
                if operation.is_none() {
                    cx.leave_out(&candidate.id, candidate.span(), mark);
                }
                operation
            })
            .collect()
    }

    fn candidates<'a>(&'a self, cx: &mut Diagnostics, selection: &Selection) -> Vec<Candidate<'a>> {
        let Some(paths) = self.root().get("paths") else {
            if self.root().get("webhooks").is_some() {
                return Vec::new();
            }
            cx.report(
                Diagnostic::fatal(
                    "no-operations",
                    self.root().span.start_point(),
                    "the document has no `paths`",
                )
                .label("`paths` is missing here"),
            );
            return Vec::new();
        };
        let mut found = Vec::new();
        for (path, entry) in paths.as_mapping().into_iter().flatten() {
            if path.starts_with("x-") {
                continue;
            }
            let from = found.len();
            let Some(item) = self.follow(cx, &entry.node) else {
                continue;
            };
            found.extend(item_candidates(path, entry, item));
            if !std::ptr::eq(item, &raw const entry.node) {
                // What stands beside the reference belongs to the path as well.
                found.extend(item_candidates(path, entry, &entry.node));
            }
            found.retain(|candidate| check_method(cx, candidate));
            let is_wanted = selection.is_all()
                || found[from..].iter().any(|it| selection.selects(it))
                || selection.paths.iter().any(|it| it.ends_with(path.as_str()));
            if is_wanted {
                let _ = envelope::check(cx, item, &envelope::PATH_ITEM);
                if !check_path(cx, path, entry.key) {
                    found.truncate(from);
                }
            }
        }
        if cx.lets_pass("duplicate-operation-id", None) {
            rename_repeated(&mut found);
        }
        make_unique(&mut found);
        found
    }

    /// Reports each selector that names nothing.
    fn check_selectors(
        &self,
        cx: &mut Diagnostics,
        selection: &Selection,
        candidates: &[Candidate<'_>],
    ) {
        let span = self.paths_span();
        let mut report = |kind: &str, wanted: &str, known: Option<String>| {
            let diagnostic = Diagnostic::fatal(
                "unknown-selector",
                span,
                format!("no operation has the {kind} `{wanted}`, which was asked for"),
            )
            .label("not among these");
            cx.report(match known {
                Some(known) => diagnostic.help(format!("did you mean `{known}`?")),
                None => diagnostic,
            });
        };
        for id in &selection.ids {
            if !candidates.iter().any(|it| it.id == *id) {
                let known = nearest(id, candidates.iter().map(|it| it.id.as_str()));
                report("id", id, known.map(str::to_owned));
            }
        }
        for tag in &selection.tags {
            if !candidates.iter().any(|it| it.tags().any(|own| own == tag)) {
                let known = nearest(tag, candidates.iter().flat_map(Candidate::tags));
                report("tag", tag, known.map(str::to_owned));
            }
        }
        for path in &selection.paths {
            if !candidates.iter().any(|it| it.is_at(path)) {
                let known: Vec<_> = candidates
                    .iter()
                    .flat_map(|it| {
                        [
                            it.path.to_owned(),
                            format!("{} {}", it.method.as_str(), it.path),
                        ]
                    })
                    .collect();
                let known = nearest(path, known.iter().map(String::as_str));
                report("path", path, known.map(str::to_owned));
            }
        }
    }

    fn paths_span(&self) -> Span {
        self.root()
            .entry("paths")
            .map_or(self.root().span.start_point(), |entry| entry.key)
    }
}

fn item_candidates<'a>(
    path: &'a str,
    entry: &'a Entry,
    item: &'a Node,
) -> impl Iterator<Item = Candidate<'a>> {
    item_operations(item).map(|(method, operation)| {
        let written = operation
            .node
            .get("operationId")
            .and_then(|id| Some((id.as_str()?, id.span)))
            .filter(|(id, _)| !id.is_empty());
        Candidate {
            path,
            path_span: entry.key,
            item,
            id: written.map_or_else(|| derived_id(&method, path), |(id, _)| id.to_owned()),
            method,
            entry: operation,
            written,
        }
    })
}

/// The operations of a path item, those of 3.2's `additionalOperations` included.
pub(super) fn item_operations(item: &Node) -> impl Iterator<Item = (Method, &Entry)> {
    let entries = item.as_mapping().into_iter().flatten();
    let usual = entries.filter_map(|(key, operation)| {
        let (_, method) = METHODS.iter().find(|(name, _)| name == key)?;
        Some((method.clone(), operation))
    });
    let others = item.get("additionalOperations").and_then(Node::as_mapping);
    let others = others.into_iter().flatten();
    usual.chain(others.map(|(name, operation)| (Method::Other(name.clone()), operation)))
}

/// Reports missing and repeated ids of wanted operations.
fn check_ids(cx: &mut Diagnostics, selection: &Selection, wanted: &[Candidate<'_>]) {
    let mut first: HashMap<&str, Span> = HashMap::new();
    for candidate in wanted {
        let Some((id, span)) = candidate.written else {
            if !selection.derive_ids && !has_wrong_id(candidate) {
                let missing = missing_id(candidate);
                cx.report(if cx.lets_pass(missing.name, Some(missing.span)) {
                    missing.cause("named after method and path")
                } else {
                    missing
                });
            }
            continue;
        };
        if let Some(first) = first.get(id) {
            cx.report(
                Diagnostic::error(
                    "duplicate-operation-id",
                    span,
                    format!("two operations are called `{id}`"),
                )
                .label("second")
                .related(*first, "first")
                .help(format!(
                    "give one of them another name, such as `{}`",
                    derived_id(&candidate.method, candidate.path)
                )),
            );
        } else {
            first.insert(id, span);
        }
    }
}

/// Names operations after method and path whose id is that of an operation before.
fn rename_repeated(candidates: &mut [Candidate<'_>]) {
    let mut taken = HashSet::new();
    for candidate in candidates {
        if candidate.written.is_some() && !taken.insert(candidate.id.clone()) {
            candidate.id = derived_id(&candidate.method, candidate.path);
        }
    }
}

/// Whether an id is there but no text, which reading the operation reports.
fn has_wrong_id(candidate: &Candidate<'_>) -> bool {
    let id = candidate.entry.node.get("operationId");
    if id.is_some_and(|it| it.as_str() == Some("")) {
        return false;
    }
    candidate.entry.node.as_mapping().is_none_or(|operation| {
        operation
            .keys()
            .any(|key| *key == "operationId" || nearest(key, ["operationId"]).is_some())
    })
}

fn missing_id(candidate: &Candidate<'_>) -> Diagnostic {
    let empty = candidate.entry.node.get("operationId");
    Diagnostic::error(
        "missing-operation-id",
        empty.map_or(candidate.entry.key, |it| it.span),
        "operation has no `operationId`",
    )
    .label("this operation needs a name the model can call")
    .help(format!("add `operationId: {}`", candidate.id))
    .note("`derive_operation_ids` in the configuration names such operations by method and path")
}

/// Whether a method can be sent (RFC 9110, section 9.1); reported where it cannot.
fn check_method(cx: &mut Diagnostics, candidate: &Candidate<'_>) -> bool {
    let name = candidate.method.as_str();
    let is_token = |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(it);
    let is_sound = !name.is_empty() && name.chars().all(is_token);
    if !is_sound {
        cx.report(
            Diagnostic::error(
                "invalid-method",
                candidate.entry.key,
                format!("`{name}` is no HTTP method"),
            )
            .label("expected a name such as `LINK`")
            .note("where this is let pass, the operation is left out"),
        );
    }
    is_sound
}

/// Whether the operations of a path can go on. Where the configuration lets a wrong one pass, it is
/// called as it is written.
fn check_path(cx: &mut Diagnostics, path: &str, span: Span) -> bool {
    let (message, help) = if !path.starts_with('/') {
        ("a path begins with `/`", format!("write `/{path}`"))
    } else if let Some((before, _)) = path.split_once(['?', '#']) {
        (
            "a path ends before its query",
            format!("write `{before}` and describe the rest with `parameters`"),
        )
    } else {
        return true;
    };
    let has_variable_behind = path
        .split_once(['?', '#'])
        .is_some_and(|(_, behind)| behind.contains('{'));
    let diagnostic = Diagnostic::error("invalid-path", span, message)
        .label("not a path")
        .help(help);
    if has_variable_behind {
        return cx.is_refused(
            diagnostic.note("where this is let pass, the operations of the path are left out"),
        );
    }
    cx.report(diagnostic);
    true
}

/// `GET /pets/{petId}` is `getPetsByPetId`, `GET /pets` is `listPets`.
fn derived_id(method: &Method, path: &str) -> String {
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let is_collection = last.ends_with('s') && !last.ends_with('}');
    let mut id = match method {
        Method::Get if is_collection => "list".to_owned(),
        Method::Post if is_collection => "create".to_owned(),
        Method::Patch => "update".to_owned(),
        other => other.as_str().to_ascii_lowercase(),
    };
    for segment in path.split('/') {
        let is_parameter = segment.contains('{');
        if is_parameter {
            id.push_str("By");
        }
        for word in segment.split(|c: char| !c.is_ascii_alphanumeric()) {
            let mut letters = word.chars();
            if let Some(letter) = letters.next() {
                id.push(letter.to_ascii_uppercase());
                id.extend(letters);
            }
        }
    }
    id
}

/// Two paths may differ in punctuation alone; the later one is numbered.
fn make_unique(candidates: &mut [Candidate<'_>]) {
    let mut taken: HashSet<String> = candidates
        .iter()
        .filter(|it| it.keeps_id())
        .map(|it| it.id.clone())
        .collect();
    for candidate in candidates.iter_mut().filter(|it| !it.keeps_id()) {
        let base = candidate.id.clone();
        let mut number = 1;
        while !taken.insert(candidate.id.clone()) {
            number += 1;
            candidate.id = format!("{base}{number}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::derived_id;
    use crate::ir::Method;

    #[test]
    fn ids_say_method_and_path() {
        for (method, path, id) in [
            (Method::Get, "/pets", "listPets"),
            (Method::Get, "/pets/{petId}", "getPetsByPetId"),
            (Method::Post, "/pets", "createPets"),
            (Method::Post, "/pets/search", "postPetsSearch"),
            (Method::Patch, "/a-b/{c_d}", "updateABByCD"),
            (Method::Get, "/", "get"),
        ] {
            assert_eq!(derived_id(&method, path), id);
        }
    }
}
